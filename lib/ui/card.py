"""The card of a picked cluster: key facts with their sources, flags, and the way to the dossier."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from lib.domain.observation import Standing
from lib.render.html import paragraph
from lib.text import number, t
from lib.ui import findings as why
from lib.ui import frame, loaders
from lib.ui.cluster_list import commune_names, dot
from lib.ui.figures import origin, questioned_chip, said, source_popover
from lib.ui.rows import row_of

PLAN_AREA = {"2020": "plan_area_2020_ha", "2030": "plan_area_2030_ha", "sau": "plan_area_after_2030_ha"}
CARD_FACTS = (
    "status",
    "operating",
    "central_treatment",
    "occupancy_published_pct",
    "infrastructure_investor",
)


def level_html(lang: str, level: str) -> str:
    """The level's dot and word."""
    fill, outline, border = dot("level", level)
    return (
        f'<span class="ccn-dot" style="background:{fill};border:1.5px {border} {outline}"></span>'
        f"{escape(t(lang, f'frame.level.{level}'))}"
    )


def fact(lang: str, label: str, standing: Standing, *, key: str) -> None:
    """One fact with its source one click away; what is not known says so."""
    chosen = standing.chosen
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        value = said(lang, chosen) if chosen else t(lang, "common.word.unknown")
        soft = "" if chosen else ' class="ccn-soft"'
        chip = questioned_chip(lang, chosen.subject, chosen.attribute) if chosen else ""
        st.html(f"<div{soft}><small class='ccn-soft'>{escape(label)}</small><br>{escape(value)}{chip}</div>")
        if chosen:
            source_popover(lang, origin(lang, chosen), standing.usable[:1] + standing.contradicting, key=key)


def boundary_lines(
    lang: str, view: loaders.View, code: str, planned_ha: float, horizon: str
) -> list[tuple[str, str]]:
    """How well the place is known, and a real boundary's area beside the plan's: lines with their class."""
    boundary = loaders.boundaries(view.evidence.as_of, horizon).get(code)
    if boundary is None:
        return [(t(lang, "mappage.schematic"), "ccn-soft")]
    measured = number(lang, boundary.area_ha, 2)
    if pd.isna(planned_ha) or not planned_ha:
        compared = t(lang, "mappage.boundary_only", measured=measured)
    else:
        difference = number(lang, 100 * (boundary.area_ha - planned_ha) / planned_ha, 1)
        compared = t(
            lang,
            "mappage.boundary_compare",
            measured=measured,
            planned=number(lang, planned_ha, 2),
            difference=difference,
        )
    accuracy = t(
        lang,
        "mappage.boundary_accuracy",
        accuracy=t(lang, f"map.accuracy.{boundary.accuracy}"),
        error=number(lang, boundary.error_m),
        source=boundary.source,
    )
    return [(compared, ""), (accuracy, "ccn-soft")]


def cluster_card(lang: str, view: loaders.View, code: str, horizon: str) -> None:
    """Key facts and flags of one cluster."""
    kept = loaders.store()
    row = row_of(view.profiles, code)
    place = commune_names(row["communes_now"], kept.communes) or t(lang, "common.word.unknown")
    with st.container(border=True, key="panel-card"):
        st.html(
            f'<div class="ccn-card" data-code="{escape(code)}">'
            f'<b class="ccn-card-name">{escape(row["name"])}</b> <span class="ccn-soft">{escape(code)}</span>'
            f"<br>{level_html(lang, row['level'])} · {escape(place)}</div>"
        )
        attribute = PLAN_AREA[horizon]
        fact(
            lang,
            t(lang, f"mappage.planned_area.{horizon}"),
            view.evidence.get(code, attribute),
            key=f"card.{attribute}",
        )
        for key in CARD_FACTS:
            fact(lang, kept.attributes[key].label[lang], view.evidence.get(code, key), key=f"card.{key}")
        st.html(
            "".join(
                paragraph(line, cls)
                for line, cls in boundary_lines(lang, view, code, row[attribute], horizon)
            )
        )
        flags = [finding for finding in view.findings[code] if finding.is_flag]
        for finding in flags:
            st.html(
                f'<div class="ccn-finding {finding.word}"><p>{escape(why.word(lang, finding))}: '
                f"{escape(finding.rule.title[lang])}</p></div>"
            )
        if not flags:
            st.caption(t(lang, "mappage.no_flags", count=int(row["unknown_count"])))
        with st.container(horizontal=True):
            frame.page_link(
                "dossier", t(lang, "risk.open_dossier"), {"cum": code}, icon=":material/folder_open:"
            )
            frame.page_link("risk", t(lang, "mappage.open_risk"), {"cum": code}, icon=":material/water_drop:")
