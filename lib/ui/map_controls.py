"""What stands around the map: horizon, colour, the legend that counts and filters, the list of names."""

from __future__ import annotations

from html import escape
from math import isnan

import pandas as pd
import streamlit as st

from lib.render.html import paragraph, table
from lib.render.map_data import FRAME
from lib.render.palette import COLOUR_BY
from lib.text import number, t
from lib.ui import choices, cluster_list, cluster_map, notices, selection
from lib.ui.browser import pick_list
from lib.ui.figures import said, source_html
from lib.ui.language import language
from lib.ui.loaders import View, store
from lib.ui.rows import each_row
from lib.ui.scope import HORIZONS, Scope


def answer(lang: str, scope: Scope, profiles: pd.DataFrame) -> tuple[str, str]:
    """The page's first line, with numbers from the data, and what the map is."""
    groups = profiles["plan_group"].value_counts()
    unread = t(lang, "mappage.rows_not_read")
    return (
        t(
            lang,
            "mappage.answer",
            total=len(profiles),
            kept=int(groups.get("kept", 0)),
            expanded=int(groups.get("expanded", 0)),
            other=len(profiles) - int(groups.get("kept", 0)) - int(groups.get("expanded", 0)),
        ),
        t(lang, "mappage.purpose", unread=unread),
    )


def horizon(lang: str) -> str:
    """Which horizon of the plan is drawn."""

    def labels(language: str) -> dict[str, str]:
        return {key: t(language, f"frame.horizon.{key}") for key in HORIZONS}

    return choices.segments(t(lang, "frame.scope.horizon"), "moc", labels, lang, default="2030")


def colour_by(lang: str) -> str:
    """What the colour of a cluster says."""

    def labels(language: str) -> dict[str, str]:
        return {key: t(language, f"mappage.colour.{key}") for key in COLOUR_BY}

    return choices.select(t(lang, "mappage.colour_by"), "mau", labels, lang, width=220)


def on_horizon(profiles: pd.DataFrame, horizon: str) -> pd.DataFrame:
    """
    Clusters that exist or are planned at the horizon: new ones are not there in 2020.

    A cluster whose row of the plan was not read stays, as its horizon is not known.
    """
    return profiles[profiles["plan_group"] != "new"] if horizon == "2020" else profiles


PLAN_ROWS = ("kept", "expanded", "expanded_rows_not_read", "existing", "new")


def plan_table(lang: str, view: View) -> None:
    """The plan's published sums by horizon beside what could be read of its rows."""
    attributes = store().attributes
    cells = []
    for group in PLAN_ROWS:
        found = [
            view.evidence.get("PLAN-1363", key).chosen
            if (key := f"{group}_area_{horizon}_ha") in attributes
            else None
            for horizon in ("2020", "2030", "after_2030")
        ]
        words = [
            escape(said(lang, one)) if one else escape(t(lang, "mappage.plan.not_collected")) for one in found
        ]
        read = int((view.profiles["plan_group"] == group).sum())
        rows_read = t(lang, "mappage.plan.rows_read", count=read) if group in ("kept", "expanded") else ""
        source = next((source_html(lang, one, with_value=False) for one in found if one), "")
        cells.append((escape(t(lang, f"mappage.plan.{group}")), *words, escape(rows_read), source))
    heads = [t(lang, f"mappage.plan.{key}") for key in ("group", "h2020", "h2030", "after", "read", "source")]
    with st.expander(t(lang, "mappage.plan.title")):
        st.html(
            paragraph(t(lang, "mappage.plan.intro"))
            + table(heads, cells, classes=("", "num", "num", "num", "", ""))
        )


def open_view(key: str) -> None:
    """The view a link asks for (`xem=lat,lon,zoom`), applied once, when the page opens with it."""
    asked = st.query_params.get("xem", "")
    if not asked or st.session_state.get("map.opened") == asked:
        return
    st.session_state["map.opened"] = asked
    try:
        lat, lon, zoom = (float(part) for part in asked.split(","))
    except ValueError:
        notices.unknown_address(language(), "xem", asked)
        return
    (south, west), (north, east) = FRAME
    if south <= lat <= north and west <= lon <= east and 8 <= zoom <= 18:
        cluster_map.look_at(key, lat, lon, zoom)
        st.session_state[f"{key}.seen"] = st.query_params.get(selection.KEY)
    else:
        notices.unknown_address(language(), "xem", asked)


def cluster_names(lang: str, profiles: pd.DataFrame, picked: str | None) -> None:
    """The clusters on the map as a list."""
    rows = [
        {
            "code": row.code,
            "cells": [
                {
                    "text": row.name,
                    "pick": True,
                    "sub": cluster_list.commune_names(row.communes_now, store().communes),
                },
                {"text": area_text(lang, row.area_low_ha, row.area_high_ha)},
                {"text": t(lang, f"frame.level.{row.level}"), "style": cluster_list.dot("level", row.level)},
            ],
        }
        for row in each_row(profiles.sort_values("code"))
    ]
    columns = [
        {"label": t(lang, "risk.col_cluster")},
        {"label": t(lang, "mappage.area"), "cls": "num"},
        {"label": t(lang, "risk.col_level")},
    ]
    pick_list(
        columns,
        rows,
        key="map.list",
        caption=t(lang, "mappage.list_caption"),
        picked=picked,
        on_pick=selection.pick,
        height=560,
    )


def area_text(lang: str, low: float, high: float) -> str:
    """An area in hectares; "–" where none is known."""
    if isnan(low):
        return "–"
    return number(lang, low, 2) if low == high else f"{number(lang, low, 0)}–{number(lang, high, 0)}"


def sheets(lang: str, profiles: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What the map shows, as a table."""
    columns = {
        "code": "dossier.code",
        "name": "risk.col_cluster",
        "plan_group": "frame.scope.plan_group",
        "status": "frame.scope.status",
        "plan_area_2020_ha": "mappage.area_2020",
        "plan_area_2030_ha": "mappage.area_2030",
        "plan_area_after_2030_ha": "mappage.area_after",
        "central_treatment": "mappage.treatment",
        "level": "risk.col_level",
        "lat": "mappage.lat",
        "lon": "mappage.lon",
    }
    table = profiles[list(columns)].copy()
    for column, words in (("plan_group", "plan_group"), ("status", "status"), ("level", "level")):
        table[column] = [
            t(lang, f"frame.{words}.{value}") if isinstance(value, str) else t(lang, "common.word.unknown")
            for value in table[column]
        ]
    labels = store().value_labels
    table["central_treatment"] = [
        labels["central_treatment", value][lang] if isinstance(value, str) else t(lang, "common.word.unknown")
        for value in table["central_treatment"]
    ]
    table[t(lang, "mappage.position")] = t(lang, "mappage.position_schematic")
    return {
        t(lang, "frame.page.map"): table.rename(
            columns={key: t(lang, label) for key, label in columns.items()}
        )
    }
