"""Buttons that hand over what the page shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from lib.reports.tables import to_csv, to_xlsx
from lib.text import day, t
from lib.ui.coverage import coverage
from lib.ui.scope import Scope

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def notices(scope: Scope) -> list[str]:
    """What every exported file says about itself."""
    lang = scope.lang
    return [
        t(lang, "frame.whose"),
        t(lang, "frame.export_as_of", as_of=day(lang, scope.as_of), known_on=day(lang, scope.known_on)),
        t(lang, "frame.export_coverage", **coverage(scope)),
        t(lang, "frame.priority_tool"),
    ]


def file_name(stem: str, scope: Scope, ending: str) -> str:
    return f"ccn-ha-tinh-{stem}-{scope.as_of.isoformat()}.{ending}"


def buttons(
    scope: Scope,
    stem: str,
    sheets: Callable[[], Mapping[str, pd.DataFrame]],
    *,
    layers: Mapping[str, tuple[str, Callable[[], bytes]]] | None = None,
) -> None:
    """
    Download buttons. Files are made when asked for, not on every run.

    `sheets` gives tables by sheet name, the first one is also the CSV; `layers` gives map files by ending:
    (media type, maker).
    """
    lang = scope.lang
    with st.popover(t(lang, "common.export.title"), icon=":material/download:", key=f"export.{stem}"):
        st.caption(t(lang, "common.export.help"))
        makers: dict[str, tuple[str, str, Callable[[], bytes]]] = {
            "xlsx": ("common.export.xlsx", XLSX, lambda: to_xlsx(sheets(), notices(scope), lang)),
            "csv": (
                "common.export.csv",
                "text/csv",
                lambda: to_csv(next(iter(sheets().values())), notices(scope), lang=lang),
            ),
        }
        for ending, (media, maker) in (layers or {}).items():
            makers[ending] = (f"common.export.{ending}", media, maker)
        for ending, (label, media, maker) in makers.items():
            st.download_button(
                t(lang, label),
                maker,
                file_name(stem, scope, ending),
                media,
                key=f"export.{stem}.{ending}",
                on_click="ignore",
                width="stretch",
            )
