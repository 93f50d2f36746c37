"""
The few things that need a script in the page: copying a link, printing, and a list one can pick from.

The scripts are constants; data reaches the page as data and is written with `textContent` only, so no text
from a file can become markup here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from lib.text import t


def _file(name: str) -> str:
    return (Path(__file__).parent / name).read_text("utf-8")


@st.cache_resource(show_spinner=False)
def _tools() -> Callable[..., Any]:
    renderer: Callable[..., Any] = st.components.v2.component(
        "ccn_page_tools",
        html='<div class="ccn-tools"></div>',
        js=_file("page_tools.js"),
        css=_file("page_tools.css"),
        isolate_styles=False,
    )
    return renderer


@st.cache_resource(show_spinner=False)
def _pick_list() -> Callable[..., Any]:
    renderer: Callable[..., Any] = st.components.v2.component(
        "ccn_pick_list",
        html='<div class="ccn-list"></div>',
        js=_file("pick_list.js"),
        css=_file("pick_list.css"),
        isolate_styles=False,
    )
    return renderer


def page_tools(lang: str, query: Mapping[str, str], *, with_view: bool = False) -> None:
    """
    "Sao chép liên kết" and "In trang". `query` restores the page; with `with_view` the map's view is read
    when the button is pressed, so panning never reruns the page. Also sets the language of the document.
    """
    with st.container(key="page-tools"):
        _tools()(
            key="ccn_tools",
            data={
                "lang": lang,
                "query": dict(query),
                "with_view": with_view,
                "copy": t(lang, "common.link.copy"),
                "print": t(lang, "common.link.print"),
                "field": t(lang, "common.link.field"),
                "hint": t(lang, "common.link.select_hint"),
                "copied": t(lang, "common.link.copied"),
            },
        )


def pick_list(
    columns: Sequence[Mapping[str, str]],
    rows: Sequence[Mapping[str, object]],
    *,
    key: str,
    caption: str,
    picked: str | None,
    on_pick: Callable[[str], None],
    height: int = 0,
) -> None:
    """
    A real table whose rows can be chosen with mouse or keyboard; prints whole.

    `columns`: `label` and optional `cls` ("num", "ccn-hide-phone"). A row has `code` and `cells`: each a
    mapping with `text`, and optional `pick` (the name that is the button), `sub` (small line below), `style`
    (fill, outline, border style of a dot before the text) and `bar` (from %, to %, fill, outline).
    `on_pick` is called with the code before the page reruns. With `height` (px), and on a phone, the list
    scrolls inside itself; on paper it is whole.
    """

    def changed() -> None:
        code = getattr(st.session_state.get(key), "picked", None)
        if code:
            on_pick(str(code))

    _pick_list()(
        key=key,
        data={
            "columns": list(columns),
            "rows": list(rows),
            "picked": picked or "",
            "caption": caption,
            "height": height,
        },
        on_picked_change=changed,
    )
