"""The parts of a cluster's dossier."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from lib.assess.missing import missing_items
from lib.domain.observation import Observation
from lib.render.html import paragraph, table
from lib.text import t, validity_text
from lib.ui import cluster_list, figures, loaders, risk_tables, selection
from lib.ui.browser import pick_list
from lib.ui.card import PLAN_AREA, boundary_lines
from lib.ui.findings import body_now, short_reasons
from lib.ui.rows import each_row, row_of
from lib.ui.scope import Scope, history
from lib.ui.top import top


def choose(lang: str, scope: Scope, view: loaders.View) -> str | None:
    """The cluster to open: that of the address, else the last one chosen, else the only one in scope."""
    asked = selection.picked(view.findings, lang)
    inside = list(scope.apply(view.profiles)["code"])
    found = asked or selection.last_picked() or (inside[0] if len(inside) == 1 else None)
    names = dict(zip(view.profiles["code"], view.profiles["name"], strict=True))
    options = sorted(names, key=lambda code: code)
    with st.container(key="page-controls"):
        chosen = st.selectbox(
            t(lang, "dossier.choose"),
            options,
            index=options.index(found) if found in names else None,
            format_func=lambda code: f"{names[code]} · {code}",
            placeholder=t(lang, "dossier.choose_hint"),
        )
    if chosen and chosen != asked:
        selection.pick(chosen)
    return chosen


def index(lang: str, profiles: pd.DataFrame) -> None:
    """All clusters in scope, to pick one from."""
    communes = loaders.store().communes
    rows = [
        {
            "code": row.code,
            "cells": [
                {
                    "text": row.name,
                    "pick": True,
                    "sub": cluster_list.commune_names(row.communes_now, communes),
                },
                {"text": row.code},
                {"text": t(lang, f"frame.level.{row.level}"), "style": cluster_list.dot("level", row.level)},
            ],
        }
        for row in each_row(profiles)
    ]
    columns = [
        {"label": t(lang, "risk.col_cluster")},
        {"label": t(lang, "dossier.code")},
        {"label": t(lang, "risk.col_level")},
    ]
    pick_list(
        columns,
        rows,
        key="dossier.index",
        caption=t(lang, "mappage.list_caption"),
        picked=None,
        on_pick=selection.pick,
    )


def title(lang: str, scope: Scope, view: loaders.View, code: str) -> None:
    """Name, code, commune then and now; the second line counts what is flagged and what is unknown."""
    kept = loaders.store()
    row = row_of(view.profiles, code)
    unknown = t(lang, "common.word.unknown").lower()
    place = t(
        lang,
        "dossier.place",
        now=cluster_list.commune_names(row["communes_now"], kept.communes) or unknown,
        then=cluster_list.commune_names(row["communes_then"], kept.communes) or unknown,
    )
    counts = t(
        lang,
        "dossier.counts",
        flags=int(row["flag_count"]),
        unknown=int(row["unknown_count"]),
        why=short_reasons(lang, view.findings[code]) or t(lang, "dossier.no_flag"),
    )
    answer = t(lang, "dossier.answer", name=row["name"], level=t(lang, f"frame.level.{row['level']}"))
    top(scope, answer, f"{code} · {place} · {counts}", {selection.KEY: code})


def key_facts(lang: str, view: loaders.View, code: str, horizon: str) -> None:
    """Planned area, occupancy and central treatment, each with its source."""
    attributes = loaders.store().attributes
    facts = (PLAN_AREA[horizon], "occupancy_published_pct", "central_treatment")
    with st.container(key="figures"):
        columns = st.columns(3, gap="small")
    for column, key in zip(columns, facts, strict=True):
        standing = view.evidence.get(code, key)
        chosen = standing.chosen
        stale = chosen is not None and view.evidence.is_stale(chosen)
        label = (
            t(lang, f"mappage.planned_area.{horizon}")
            if key == PLAN_AREA[horizon]
            else attributes[key].label[lang]
        )
        beside = t(lang, "common.word.stale") if stale else ""
        if chosen is None and standing.possible:
            beside = t(lang, "dossier.only_possible")
        with column:
            figures.figure(
                lang,
                label,
                figures.said(lang, chosen) if chosen else None,
                beside,
                standing.usable[:1] + standing.contradicting + standing.possible,
                key=f"dossier.{key}",
            )


def place(lang: str, view: loaders.View, code: str, horizon: str) -> None:
    """How well the place is known."""
    planned = row_of(view.profiles, code)[PLAN_AREA[horizon]]
    st.html("".join(paragraph(line, cls) for line, cls in boundary_lines(lang, view, code, planned, horizon)))


def unknowns(lang: str, view: loaders.View, code: str) -> None:
    """What is not known, and who would know."""
    attributes = loaders.store().attributes
    items = missing_items(view.findings[code], attributes)
    figures.heading(t(lang, "dossier.unknown", count=len(items)))
    cells = (
        (
            escape(attributes[row.attribute].label[lang])
            + figures.questioned_chip(lang, code, row.attribute),
            escape(t(lang, "overview.ask", body=body_now(lang, row.ask)) if row.ask else ""),
        )
        for row in each_row(items)
    )
    st.html(table((), cells, classes=("", "soft")))


def contradictions(lang: str, view: loaders.View, code: str) -> None:
    """Sources that cannot all be right, side by side, with the one in use."""
    attributes = loaders.store().attributes
    found = {key: standing for key, standing in view.evidence.of(code).items() if standing.contradicting}
    if not found:
        return
    figures.heading(t(lang, "dossier.contradictions"))
    cells = (
        (
            escape(attributes[key].label[lang]) + figures.questioned_chip(lang, code, key),
            figures.source_html(lang, standing.usable[0]),
            "<br>".join(figures.source_html(lang, other) for other in standing.contradicting),
            escape(t(lang, f"dossier.prefers.{attributes[key].prefers}")),
        )
        for key, standing in found.items()
    )
    heads = [t(lang, f"dossier.head.{key}") for key in ("what", "in_use", "others", "why")]
    st.html(table(heads, cells, classes=("", "", "", "soft")))


def timeline(lang: str, scope: Scope, code: str) -> None:
    """
    Every observation by the last day it may describe, one row for what one source says of one time.

    What lies after the as-of date is set apart; what only may have been true by then says so.
    """
    attributes = loaders.store().attributes
    figures.heading(t(lang, "dossier.timeline"))
    rows: dict[tuple[str, str, str], list[Observation]] = {}
    for observation in history(code):
        key = (validity_text(lang, observation), observation.source, _standing_mark(lang, observation, scope))
        rows.setdefault(key, []).append(observation)
    cells = []
    for (when, _, mark), group in rows.items():
        facts = "<br>".join(
            f"{escape(attributes[one.attribute].label[lang])}: <b>{escape(figures.said(lang, one))}</b>"
            f"{figures.questioned_chip(lang, one.subject, one.attribute)}"
            for one in group
        )
        chip = f' <span class="ccn-chip">{escape(mark)}</span>' if mark else ""
        cells.append(
            (escape(when), facts + chip, figures.source_html(lang, group[0], with_value=False, group=group))
        )
    st.html(
        table(
            [t(lang, f"dossier.head.{key}") for key in ("when", "what", "source")],
            cells,
            classes=("num", "", ""),
        )
    )


def _standing_mark(lang: str, observation: Observation, scope: Scope) -> str:
    """Empty when it may be used on the as-of date, else why it is not."""
    if observation.valid_latest <= scope.as_of:
        return ""
    may = observation.valid_earliest is None or observation.valid_earliest <= scope.as_of
    return t(lang, "dossier.may_apply" if may else "dossier.after")


def all_facts(lang: str, view: loaders.View, code: str) -> None:
    """The facts that stand on the as-of date, by topic."""
    attributes = loaders.store().attributes
    topics: dict[str, list[tuple[str, str]]] = {}
    for key, standing in view.evidence.of(code).items():
        if standing.usable:
            shown = standing.usable if attributes[key].is_multiple else standing.usable[:1]
            values = "<br>".join(escape(figures.said(lang, one)) for one in shown)
            label = escape(attributes[key].label[lang]) + figures.questioned_chip(lang, code, key)
            topics.setdefault(attributes[key].topic, []).append((label, values))
    with st.expander(t(lang, "dossier.all_facts")):
        for topic, cells in topics.items():
            st.html(paragraph(t(lang, f"dossier.topic.{topic}"), "ccn-soft") + table((), cells))


def sheets(lang: str, scope: Scope, view: loaders.View, code: str) -> dict[str, pd.DataFrame]:
    """Timeline and findings as tables."""
    kept = loaders.store()
    name = dict(zip(view.profiles["code"], view.profiles["name"], strict=True))[code]
    observed = pd.DataFrame(
        [
            {
                t(lang, "dossier.head.when"): validity_text(lang, one),
                t(lang, "dossier.head.what"): kept.attributes[one.attribute].label[lang],
                t(lang, "dossier.head.said"): figures.said(lang, one),
                t(lang, "dossier.head.as_written"): one.as_written,
                t(lang, "common.word.source"): kept.sources[one.source].title,
                t(lang, "dossier.head.link"): kept.sources[one.source].url,
                t(lang, "dossier.head.kind"): figures.kind_word(lang, one.source_kind),
            }
            for one in history(code)
        ]
    )
    rules = pd.DataFrame([risk_tables.finding_row(lang, name, finding) for finding in view.findings[code]])
    return {t(lang, "dossier.timeline"): observed, t(lang, "risk.sheet_findings"): rules}
