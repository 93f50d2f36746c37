"""The frame of every page: pages and their addresses, side bar, whose data this is."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from lib.domain.errors import DataError, Refusal
from lib.text import day, t
from lib.ui import access, loaders, notices
from lib.ui.coverage import coverage
from lib.ui.language import language
from lib.ui.scope import current_scope, draw_sidebar
from lib.ui.settings import ROOT, settings
from lib.ui.style import CSS


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page: its file, address, icon and the key of its title and section."""

    key: str
    file: str
    url_path: str
    icon: str
    section: str


PAGES = (
    PageEntry("overview", "overview.py", "", "dashboard", "see"),
    PageEntry("map", "cluster_map.py", "ban-do", "map", "see"),
    PageEntry("risk", "risk.py", "rui-ro", "water_drop", "see"),
    PageEntry("occupancy", "occupancy.py", "lap-day", "bar_chart", "see"),
    PageEntry("dossier", "dossier.py", "ho-so", "folder_open", "look_up"),
    PageEntry("method", "method.py", "phuong-phap", "menu_book", "look_up"),
    PageEntry("entry", "entry.py", "cap-nhat", "edit_note", "data"),
    PageEntry("quality", "quality.py", "du-lieu", "fact_check", "data"),
    PageEntry("questions", "questions.py", "bao-sai", "flag", "data"),
    PageEntry("audit", "audit.py", "nhat-ky", "history", "data"),
    PageEntry("accounts", "accounts.py", "tai-khoan", "group", "data"),
)


def pages(lang: str) -> dict[str, Any]:
    """The pages by key, titled in the reader's language."""
    return {
        entry.key: st.Page(
            ROOT / "pages" / entry.file,
            title=t(lang, f"frame.page.{entry.key}"),
            icon=f":material/{entry.icon}:",
            url_path=entry.url_path or None,
            default=not entry.url_path,
        )
        for entry in PAGES
    }


def run() -> None:
    """Draws the frame and runs the chosen page; bad data becomes a message instead of a page."""
    lang = language()
    st.set_page_config(
        layout="wide",
        page_icon=str(Path(__file__).with_name("mark.svg")),
    )
    st.html(CSS + _wordmark(lang))
    made = pages(lang)
    st.session_state["frame.pages"] = made
    sections: dict[str, list[Any]] = {}
    for entry in PAGES:
        sections.setdefault(t(lang, f"frame.section.{entry.section}"), []).append(made[entry.key])
    chosen = st.navigation(sections, expanded=True)
    try:
        settings()
        access.require_reading(lang)
        kept = loaders.store()
        loaders.rulebook()
        draw_sidebar(kept)
        with st.sidebar:
            access.draw_identity(lang)
        _whose(current_scope().lang)
        chosen.run()
    except DataError as error:
        notices.data_error(error, lang)
    except Refusal as error:
        notices.refusal(error, lang)


def _wordmark(lang: str) -> str:
    """The app's name above the navigation, where Streamlit has no place for text."""
    name, tagline = t(lang, "common.app.name"), t(lang, "common.app.tagline")
    return f"<style>[data-testid=stSidebarHeader]::before {{ content:'{name}\\A {tagline}' }}</style>"


def _whose(lang: str) -> None:
    """Whose data this is, as of when, and how complete."""
    scope = current_scope()
    found = coverage(scope)
    text = " · ".join(
        (
            t(lang, "frame.whose"),
            t(lang, "frame.as_of", day=day(lang, scope.as_of)),
            t(lang, "frame.coverage", **found),
        )
    )
    st.html(f'<p class="ccn-whose">{escape(text)}</p>')


def page_link(key: str, label: str, query: dict[str, str] | None = None, *, icon: str | None = None) -> None:
    """A link to another page that keeps the scope; `query` adds what the page itself reads."""
    made = st.session_state.get("frame.pages")
    if made:
        st.page_link(made[key], label=label, query_params=query, icon=icon)
