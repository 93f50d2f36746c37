"""The parts of the occupancy page."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from lib.assess.evaluate import in_force
from lib.assess.occupancy import decree_occupancy
from lib.domain.interval import Interval
from lib.domain.observation import Observation
from lib.domain.rule import Rule
from lib.render import charts
from lib.render.html import table
from lib.text import day, interval_text, number, t, validity_text
from lib.ui import figures, loaders
from lib.ui.findings import basis_text, period_text
from lib.ui.overview_parts import PROVINCE
from lib.ui.rows import each_row
from lib.ui.scope import Scope

AVERAGE, STATE, ENTERPRISE = (
    "occupancy_average_published_pct",
    "occupancy_state_published_pct",
    "occupancy_enterprise_published_pct",
)
CHART = {"displayModeBar": False}


def _pct(lang: str, observation: Observation | None) -> str:
    if observation is None or not isinstance(observation.value, Interval):
        return t(lang, "common.word.unknown").lower()
    return interval_text(lang, observation.value, "%")


def _cluster_figures(view: loaders.View, profiles: pd.DataFrame) -> list[tuple[str, Observation]]:
    found = (
        (row.name, view.evidence.get(row.code, "occupancy_published_pct").chosen)
        for row in each_row(profiles)
    )
    return [(name, observation) for name, observation in found if observation is not None]


def answer(lang: str, view: loaders.View, profiles: pd.DataFrame) -> tuple[str, str]:
    """The latest published figures by way of investing, and how many clusters have one of their own."""
    state, enterprise = (view.evidence.get(PROVINCE, key).chosen for key in (STATE, ENTERPRISE))
    own = len(_cluster_figures(view, profiles))
    when = validity_text(lang, state) if state else day(lang, view.evidence.as_of)
    return (
        t(lang, "occupancy.answer", state=_pct(lang, state), enterprise=_pct(lang, enterprise)),
        t(lang, "occupancy.purpose", when=when, own=own, total=len(profiles)),
    )


def ways_of_investing(lang: str, view: loaders.View) -> None:
    """State and enterprise side by side: occupancy, clusters, projects."""
    evidence = view.evidence
    cards = (
        (STATE, "clusters_state_count", "secondary_projects_state_count"),
        (ENTERPRISE, "clusters_enterprise_count", "secondary_projects_enterprise_count"),
        (AVERAGE, "clusters_count", "secondary_projects_count"),
    )
    with st.container(key="figures"):
        columns = st.columns(3, gap="small")
    for column, (attribute, clusters, projects) in zip(columns, cards, strict=True):
        beside = " · ".join(
            interval_text(lang, value, t(lang, f"common.unit.{unit}"))
            for key, unit in ((clusters, "clusters"), (projects, "projects"))
            if isinstance(value := evidence.get(PROVINCE, key).value, Interval)
        )
        with column:
            figures.figure(
                lang,
                t(lang, f"occupancy.card.{attribute}"),
                _pct(lang, chosen) if (chosen := evidence.get(PROVINCE, attribute).chosen) else None,
                beside,
                figures.standing_observations(evidence, PROVINCE, attribute),
                key=f"occupancy.{attribute}",
            )


def province_series(lang: str, scope: Scope, view: loaders.View) -> None:
    """What was published over time, with the law's line of the as-of date."""
    figures.heading(t(lang, "occupancy.series"))
    lines = {
        t(lang, f"occupancy.card.{key}"): view.evidence.get(PROVINCE, key).usable
        for key in (AVERAGE, STATE, ENTERPRISE)
    }
    if not any(lines.values()):
        st.caption(t(lang, "occupancy.series_none"))
        return
    limits: dict[float, list[str]] = {}
    for rule in in_force(loaders.rulebook().norms, scope.as_of):
        for value, words in _limits(lang, rule):
            limits.setdefault(value, []).append(words)
    legal = [(value, f"{number(lang, value)} %: {'; '.join(words)}") for value, words in limits.items()]
    st.plotly_chart(charts.series(lang, lines, legal), config=CHART, key="occupancy.series")
    st.caption(t(lang, "occupancy.series_alt", **_series_alt(lang, lines)))


def _limits(lang: str, rule: Rule) -> list[tuple[float, str]]:
    """The percentages a norm sets, each with what it is for and its article."""
    return [
        (float(one.value), f"{rule.title[lang]} ({one.article})")
        for one in rule.parameters.values()
        if one.unit == "%" and isinstance(one.value, (int, float))
    ]


def _series_alt(lang: str, lines: dict[str, tuple[Observation, ...]]) -> dict[str, str]:
    """The chart in a sentence, for those who do not see it."""
    every = sorted((one for found in lines.values() for one in found), key=lambda one: one.valid_latest)
    return {
        "count": str(len(every)),
        "first": validity_text(lang, every[0]),
        "last": validity_text(lang, every[-1]),
        "low": number(lang, min(one.value.low for one in every if isinstance(one.value, Interval)), 2),
        "high": number(lang, max(one.value.high for one in every if isinstance(one.value, Interval)), 2),
    }


def _by_decree(view: loaders.View, code: str) -> Interval | None:
    """Occupancy of a cluster by the decree's definition; None where the land is not known."""

    def land(attribute: str) -> Interval | None:
        value = view.evidence.get(code, attribute).value
        return value if isinstance(value, Interval) else None

    return decree_occupancy(land("leased_area_ha"), land("committed_area_ha"), land("industrial_land_ha"))


def single_clusters(lang: str, view: loaders.View, profiles: pd.DataFrame) -> None:
    """Clusters with a figure of their own: by the decree where it can be computed, else as published."""
    figures.heading(t(lang, "occupancy.single"))
    found = _cluster_figures(view, profiles)
    computed = [
        (t(lang, "occupancy.by_decree", name=row.name), share, "")
        for row in each_row(profiles)
        if (share := _by_decree(view, row.code)) is not None
    ]
    rows = [
        (name, one.value, _when(lang, view, one)) for name, one in found if isinstance(one.value, Interval)
    ]
    if computed or rows:
        st.plotly_chart(charts.occupancy_bars(lang, computed + rows), config=CHART, key="occupancy.bars")
    rest = len(profiles) - len({name for name, _ in found})
    st.caption(t(lang, "occupancy.single_rest", own=len(rows), rest=rest, decree=len(computed)))
    if found:
        with st.popover(
            t(lang, "common.word.sources", count=len(found)), type="tertiary", key="occupancy.sources"
        ):
            for name, one in found:
                st.html(
                    f'<p class="ccn-card"><b>{escape(name)}</b>: {figures.source_html(lang, one)}'
                    f"{figures.questioned_chip(lang, one.subject, one.attribute)}</p>"
                )


def _when(lang: str, view: loaders.View, observation: Observation) -> str:
    stale = f" · {t(lang, 'common.word.stale')}" if view.evidence.is_stale(observation) else ""
    return figures.origin(lang, observation) + stale


def averages_that_differ(lang: str, view: loaders.View) -> None:
    """All published averages with why they differ."""
    figures.heading(t(lang, "occupancy.averages"))
    st.caption(t(lang, "occupancy.averages_why"))
    cells = (
        (
            escape(validity_text(lang, one)),
            escape(_pct(lang, one)) + figures.questioned_chip(lang, one.subject, one.attribute),
            figures.source_html(lang, one, with_value=False),
        )
        for one in sorted(
            view.evidence.get(PROVINCE, AVERAGE).usable, key=lambda one: one.valid_latest, reverse=True
        )
    )
    heads = [t(lang, key) for key in ("dossier.head.when", "occupancy.pct", "common.word.source")]
    st.html(table(heads, cells, classes=("num", "num", "")))


def legal_lines(lang: str, scope: Scope) -> None:
    """The definition and the conditions that read occupancy, as of the date."""
    book = loaders.rulebook()
    figures.heading(t(lang, "occupancy.legal"))
    st.write(t(lang, "occupancy.definition"))
    cells = (
        (
            escape(rule.title[lang]),
            escape(rule.duty[lang]),
            escape("; ".join(basis_text(lang, one) for one in rule.basis) + " · " + period_text(lang, rule)),
        )
        for rule in in_force(book.norms, scope.as_of)
    )
    st.html(table((), cells, classes=("", "", "soft")))


def sheets(lang: str, view: loaders.View, profiles: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Cluster figures and the province's series as tables."""
    kept = loaders.store()

    def row(name: str, one: Observation) -> dict[str, object]:
        value = one.value
        assert isinstance(value, Interval)
        return {
            t(lang, "dossier.head.what"): name,
            t(lang, "occupancy.low"): value.low,
            t(lang, "occupancy.high"): value.high,
            t(lang, "dossier.head.when"): validity_text(lang, one),
            t(lang, "dossier.head.as_written"): one.as_written,
            t(lang, "common.word.source"): kept.sources[one.source].title,
        }

    single = [row(name, one) for name, one in _cluster_figures(view, profiles)]
    without = [
        {t(lang, "dossier.head.what"): name, t(lang, "dossier.head.when"): t(lang, "common.word.unknown")}
        for name in profiles["name"]
        if name not in {found for found, _ in _cluster_figures(view, profiles)}
    ]
    series = [
        row(kept.attributes[key].label[lang], one)
        for key in (AVERAGE, STATE, ENTERPRISE)
        for one in view.evidence.get(PROVINCE, key).usable
    ]
    return {
        t(lang, "occupancy.single"): pd.DataFrame(single + without),
        t(lang, "occupancy.series"): pd.DataFrame(series),
    }
