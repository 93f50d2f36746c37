"""The parts of the leader's screen."""

from __future__ import annotations

from datetime import date
from html import escape

import pandas as pd
import streamlit as st

from lib.assess.next_evidence import worth_finding
from lib.domain.finding import Level
from lib.domain.interval import Interval
from lib.domain.observation import Observation
from lib.render.charts import stacked_bar_html
from lib.render.html import table
from lib.render.palette import style_of
from lib.text import day, interval_text, t
from lib.ui import figures, frame, loaders, selection
from lib.ui.findings import body_now
from lib.ui.rows import each_row
from lib.ui.scope import Scope

PROVINCE, PLAN = "HT", "PLAN-1363"
_GO = "overview.go"


def _text(lang: str, observation: Observation | None, unit: str = "") -> str | None:
    if observation is None or not isinstance(observation.value, Interval):
        return None
    return interval_text(lang, observation.value, unit)


def key_figures(lang: str, view: loaders.View) -> None:
    """Five figures, each with what it is compared to, its date and its sources."""
    evidence = view.evidence

    def chosen(attribute: str) -> Observation | None:
        return evidence.get(PROVINCE, attribute).chosen

    unknown = t(lang, "common.word.unknown").lower()
    planned, planned_area = chosen("plan_clusters_2030_count"), chosen("plan_area_2030_ha")
    enterprise = chosen("occupancy_enterprise_published_pct")
    cards = (
        ("clusters", "clusters_count", "", _text(lang, planned) or unknown),
        (
            "area",
            "clusters_area_ha",
            t(lang, "common.unit.ha"),
            _text(lang, planned_area, t(lang, "common.unit.ha")) or unknown,
        ),
        ("occupancy", "occupancy_state_published_pct", "%", _text(lang, enterprise, "%") or unknown),
        (
            "treatment",
            "clusters_with_central_treatment",
            "",
            _text(lang, chosen("clusters_without_central_treatment")) or unknown,
        ),
        (
            "files",
            "clusters_without_environmental_file",
            "",
            _text(lang, chosen("clusters_with_environmental_file")) or unknown,
        ),
    )
    for column, (key, attribute, unit, beside) in zip(
        st.columns(len(cards), gap="small"), cards, strict=True
    ):
        with column:
            figures.figure(
                lang,
                t(lang, f"overview.figure.{key}"),
                _text(lang, chosen(attribute), unit),
                t(lang, f"overview.beside.{key}", value=beside),
                figures.standing_observations(evidence, PROVINCE, attribute),
                key=f"overview.{key}",
                link_label=_link_label(lang, view, attribute),
            )


def _link_label(lang: str, view: loaders.View, attribute: str) -> str:
    standing = view.evidence.get(PROVINCE, attribute)
    if standing.chosen is None:
        return ""
    label = figures.origin(lang, standing.chosen)
    if standing.contradicting:
        label += " · " + t(lang, "overview.contradicting", count=len(standing.contradicting))
    return label


def levels(lang: str, profiles: pd.DataFrame) -> None:
    """How many clusters stand at each level."""
    counts = profiles["level"].value_counts()
    shown = [
        (style_of("level", level), t(lang, f"frame.level.{level}"), int(counts.get(level, 0)))
        for level in Level
    ]
    alt = ", ".join(f"{word} {count}" for _, word, count in shown)
    with st.container(border=True, key="panel-levels"):
        figures.heading(t(lang, "overview.levels", count=len(profiles)))
        st.html(stacked_bar_html(shown, alt))


def find_out_next(lang: str, scope: Scope, profiles: pd.DataFrame, view: loaders.View) -> None:
    """The evidence that is missing most often, and whom to ask."""
    attributes = loaders.store().attributes
    found = worth_finding(
        (f for code in profiles["code"] for f in view.findings[code]), attributes, loaders.rulebook()
    )
    with st.container(border=True, key="panel-next"):
        figures.heading(t(lang, "overview.find_out"))
        if found.empty:
            st.caption(t(lang, "overview.find_out_none"))
            return
        cells = (
            (
                escape(attributes[row.attribute].label[lang]),
                escape(t(lang, "overview.ask", body=body_now(lang, row.ask)) if row.ask else ""),
                f"{row.clusters} {escape(t(lang, 'common.unit.clusters'))}",
            )
            for row in each_row(found.head(3))
        )
        st.html(table((), cells, classes=("", "soft", "num")))
        frame.page_link("risk", t(lang, "risk.request_title"), icon=":material/assignment:")


def due(lang: str, as_of: date) -> None:
    """The next dates that fall due, with their basis."""
    coming = sorted(
        (one for one in loaders.rulebook().calendar if one.day >= as_of), key=lambda one: (one.day, one.key)
    )
    wanted = [one for one in coming if one.kind in ("report", "deadline", "ends")]
    with st.container(border=True, key="panel-due"):
        figures.heading(t(lang, "overview.due"))
        if not wanted:
            st.caption(t(lang, "overview.due_none"))
            return
        top = [one for one in wanted if one.is_highlight][:3] or wanted[:3]
        short = ((escape(day(lang, one.day)), escape(one.label[lang])) for one in top)
        st.html(table((), short, classes=("num", "")))
        with st.popover(t(lang, "overview.due_all", count=len(wanted)), type="tertiary"):
            every = (
                (
                    escape(day(lang, one.day)),
                    escape(one.label[lang]),
                    escape(f"{one.basis} · {t(lang, f'rules.basis_status.{one.status}')}"),
                )
                for one in wanted
            )
            st.html(table((), every, classes=("num", "", "soft")))


def to_map(code: str) -> None:
    """A click on the overview's map leads to the map page: remembered here, followed after the callback."""
    st.session_state[_GO] = code


def follow_pick() -> None:
    """Go to the map page with the cluster that was clicked."""
    code = st.session_state.pop(_GO, None)
    if code:
        selection.remember(code)
        st.switch_page(st.session_state["frame.pages"]["map"], query_params={"cum": code})
