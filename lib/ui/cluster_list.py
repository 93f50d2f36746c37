"""Clusters as a list one can pick from, and the dots and words of their levels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from lib.domain.finding import Finding
from lib.domain.places import Commune
from lib.render.palette import style_of
from lib.text import number, t
from lib.ui import browser
from lib.ui.findings import short_reasons
from lib.ui.rows import each_row


def commune_names(joined: str | None, communes: Mapping[str, Commune]) -> str:
    """Names of the communes whose codes are joined by a bar."""
    codes = (joined or "").split("|") if isinstance(joined, str) and joined else []
    return ", ".join(dict.fromkeys(communes[code].name if code in communes else code for code in codes))


def dot(colour_by: str, value: str) -> list[str]:
    """Fill, outline and border style of a class, for the dot before its word."""
    style = style_of(colour_by, value)
    return [style.fill, style.outline, "dashed" if style.dash else "solid"]


def index_bar(level: str, low: float, high: float) -> list[object]:
    """From and to in per cent of the bar, fill and outline of the level."""
    style = style_of("level", level)
    return [round(low, 1), round(high, 1), style.fill, style.outline]


def risk_list(
    lang: str,
    profiles: pd.DataFrame,
    findings: Mapping[str, tuple[Finding, ...]],
    communes: Mapping[str, Commune],
    *,
    key: str,
    picked: str | None,
    on_pick: Callable[[str], None],
) -> None:
    """The ranked list: name and commune, level with its word, why, flags and what is missing."""
    columns: Sequence[Mapping[str, str]] = (
        {"label": "", "cls": "num soft ccn-hide-phone"},
        {"label": t(lang, "risk.col_cluster")},
        {"label": t(lang, "risk.col_level"), "cls": "ccn-nowrap"},
        {"label": t(lang, "risk.col_index"), "cls": "ccn-hide-phone"},
        {"label": t(lang, "risk.col_why")},
        {"label": t(lang, "risk.col_flags"), "cls": "num"},
        {"label": t(lang, "risk.col_missing"), "cls": "num ccn-hide-phone"},
    )
    rows = [
        {
            "code": row.code,
            "cells": [
                {"text": str(place)},
                {"text": row.name, "pick": True, "sub": commune_names(row.communes_now, communes)},
                {"text": t(lang, f"frame.level.{row.level}"), "style": dot("level", row.level)},
                {
                    "bar": index_bar(row.level, row.index_low, row.index_high),
                    "text": "",
                    "label": t(
                        lang,
                        "risk.index_label",
                        low=number(lang, row.index_low),
                        high=number(lang, row.index_high),
                    ),
                },
                {"text": short_reasons(lang, findings[row.code])},
                {"text": str(row.flag_count) if row.flag_count else "–"},
                {"text": str(row.unknown_count)},
            ],
        }
        for place, row in enumerate(each_row(profiles), start=1)
    ]
    browser.pick_list(
        columns,
        rows,
        key=key,
        caption=t(lang, "risk.list_caption"),
        picked=picked,
        on_pick=on_pick,
        height=760,
    )
