"""The frame of every page: pages and their addresses, side bar, whose data this is."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from lib.domain.errors import DataError
from lib.text import day, t
from lib.ui import loaders, notices
from lib.ui.exports import coverage
from lib.ui.scope import current_scope, draw_sidebar, language
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
    st.set_page_config(layout="wide", page_title=t(lang, "common.app.name"), page_icon=str(Path(__file__).with_name("mark.svg")))
    st.html(CSS)
    made = pages(lang)
    st.session_state["frame.pages"] = made
    sections: dict[str, list[Any]] = {}
    for entry in PAGES:
        sections.setdefault(t(lang, f"frame.section.{entry.section}"), []).append(made[entry.key])
    st.logo(_wordmark(lang), size="large")
    chosen = st.navigation(sections, expanded=True)
    try:
        settings()
        kept = loaders.store()
        loaders.rulebook()
        draw_sidebar(kept)
        _whose(current_scope().lang)
        chosen.run()
    except DataError as error:
        notices.data_error(error, lang)


def _wordmark(lang: str) -> str:
    """The app's name as a picture, because only a picture can stand above the navigation."""
    name, tagline = escape(t(lang, "common.app.name")), escape(t(lang, "common.app.tagline"))
    font = "font-family='Source Sans, Source Sans Pro, Noto Sans, Segoe UI, Arial, sans-serif'"
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='232' height='40' viewBox='0 0 232 40'><title>{name}</title>"
        f"<text x='0' y='17' {font} font-size='18' font-weight='600' fill='#1B2730'>{name}</text>"
        f"<text x='0' y='35' {font} font-size='14' fill='#55616B'>{tagline}</text></svg>"
    )


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
