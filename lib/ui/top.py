"""The top of a page: its answer as the first line; beside it link, print and "Báo sai số liệu"."""

from __future__ import annotations

import streamlit as st

from lib.ui import figures, report_wrong
from lib.ui.browser import page_tools
from lib.ui.scope import Scope, address_query


def top(
    scope: Scope, answer: str, purpose: str, extra: dict[str, str] | None = None, *, with_view: bool = False
) -> None:
    """`extra` are parts of the address that the page sets; `with_view` adds the map's view to the link."""
    left, right = st.columns([4, 1], vertical_alignment="top", gap="small")
    with left:
        figures.headline(answer, purpose)
    with right:
        page_tools(scope.lang, address_query(scope, extra), with_view=with_view)
        report_wrong.tool(scope.lang)
