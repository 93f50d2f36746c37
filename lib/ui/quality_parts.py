"""The sections of the data quality page: what is empty, old, contradicted, or does not add up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from lib.assess import quality, quality_agree, quality_places, quality_sums
from lib.assess.next_evidence import worth_finding
from lib.assess.quality import AgeState, CellState
from lib.assess.quality_sums import Existing, Relation, SumCheck
from lib.domain.kleene import Truth
from lib.domain.observation import Observation
from lib.domain.places import Boundary
from lib.render.html import paragraph, table
from lib.store.select import Choice
from lib.text import day, interval_text, number, t, validity_text
from lib.ui import choices, figures, frame, loaders
from lib.ui import findings as why
from lib.ui.cluster_list import commune_names
from lib.ui.coverage import EXISTING_GROUPS, EXISTING_STATUSES
from lib.ui.rows import each_row
from lib.ui.scope import Scope, address_query

SECTION_KEY = "phan"
SECTIONS = {
    "mau-thuan": "contradictions",
    "day-du": "completeness",
    "con-han": "age",
    "cong-tong": "sums",
    "vi-tri": "places",
    "quy-tac": "rules",
}
"""Sections by their word in the address."""


@dataclass(frozen=True)
class Quality:
    """All that the page shows, worked out once: about the clusters in scope, the province and the plan."""

    scope: Scope
    view: loaders.View
    codes: tuple[str, ...]
    existing: tuple[str, ...]
    cells: pd.DataFrame
    aged: tuple[quality.Aged, ...]
    contradictions: tuple[quality.Contradiction, ...]
    disagreements: tuple[quality_agree.Disagreement, ...]
    choices: Mapping[quality.Pair, Choice]
    sums: tuple[SumCheck, ...]

    @property
    def lang(self) -> str:
        return self.scope.lang

    @property
    def unchosen(self) -> int:
        """Contradictions nobody has chosen a source for."""
        return sum(one.why is not quality.InUse.CHOSEN for one in self.contradictions)

    @property
    def filled(self) -> int:
        return sum(state.is_filled for state in self.cells["state"])


def gather(scope: Scope, view: loaders.View) -> Quality:
    """The state of the evidence as of the chosen dates."""
    kept, evidence = loaders.store(), view.evidence
    inside = scope.apply(view.profiles)
    codes = tuple(str(code) for code in inside["code"])
    exists = inside["plan_group"].isin(EXISTING_GROUPS) | inside["status"].isin(EXISTING_STATUSES)
    existing = tuple(str(code) for code in inside.loc[exists, "code"])
    every = tuple(str(code) for code in view.profiles["code"])
    read = quality.attributes_read((one for found in view.findings.values() for one in found), evidence)
    # A filter by cluster leaves out what is said of the whole province.
    whole = () if scope.is_filtered else (quality_sums.PROVINCE, quality_sums.PLAN)
    subjects = {*codes, *whole}
    made = {(one.subject, one.attribute): one for one in kept.choices(scope.known_on)}
    standing = {pair: one for pair, one in made.items() if one.observation}
    sums = quality_sums.cluster_checks(evidence, codes)
    if whole:
        counted = Existing(EXISTING_GROUPS, EXISTING_STATUSES)
        sums = (
            *quality_sums.sum_checks(evidence),
            *quality_sums.cluster_sums(evidence, every, counted),
            *sums,
        )
    return Quality(
        scope,
        view,
        codes,
        existing,
        quality.completeness(evidence, existing, read),
        quality.aged(evidence, subjects),
        quality.contradictions(
            evidence, subjects, {pair: one.observation for pair, one in standing.items()}
        ),
        (
            *quality_agree.place_disagreements(evidence, codes, kept.commune_changes, kept.communes),
            *quality_agree.disagreements(evidence, codes),
        ),
        standing,
        sums,
    )


def answer(found: Quality) -> tuple[str, str]:
    """The page's first line, and what it looks at."""
    lang = found.lang
    share = quality.empty_share_pct(found.cells)
    said = t(
        lang,
        "quality.answer" if share is not None else "quality.answer_no_cells",
        count=len(found.contradictions),
        open=found.unchosen,
        empty=number(lang, share or 0.0),
    )
    return said, t(lang, "quality.purpose", day=day(lang, found.scope.as_of))


def key_figures(found: Quality) -> None:
    """Five figures, each beside what it is part of."""
    lang = found.lang
    stale = sum(one.state is AgeState.STALE for one in found.aged)
    wrong = sum(check.verdict is False for check in found.sums)
    drawn = len(found.codes) - len(quality_places.schematic(found.codes, found.view.boundaries))
    cards = (
        ("open", found.unchosen, len(found.contradictions)),
        ("empty", len(found.cells) - found.filled, len(found.cells)),
        ("stale", stale, len(found.aged)),
        ("wrong", wrong, len(found.sums)),
        ("schematic", len(found.codes) - drawn, len(found.codes)),
    )
    with st.container(key="figures"):
        for column, (key, count, of) in zip(st.columns(len(cards), gap="small"), cards, strict=True):
            with column:
                figures.figure(
                    lang,
                    t(lang, f"quality.figure.{key}"),
                    number(lang, count),
                    t(lang, f"quality.beside.{key}", of=number(lang, of)),
                    (),
                    key=f"quality.{key}",
                )


def choose_section(lang: str) -> str:
    """The section to show, by its key; kept in the address."""

    def labels(language: str) -> dict[str, str]:
        return {word: t(language, f"quality.section.{key}") for word, key in SECTIONS.items()}

    word = choices.segments(
        t(lang, "quality.section_label"), SECTION_KEY, labels, lang, default=next(iter(SECTIONS))
    )
    return SECTIONS[word]


def name_of(lang: str, view: loaders.View, subject: str) -> str:
    """The name of a cluster, of the province or of its plan."""
    names = dict(zip(view.profiles["code"], view.profiles["name"], strict=True))
    return str(names[subject]) if subject in names else t(lang, f"quality.subject.{subject}")


def dossier_link(found: Quality, code: str) -> str:
    """The cluster's name as a link to its dossier on the same dates; a plain name otherwise. Safe to show."""
    name = escape(name_of(found.lang, found.view, code))
    if code not in found.view.findings:
        return name
    query = urlencode(address_query(found.scope, {"cum": code}))
    return f'<a href="{escape(f"ho-so?{query}")}" target="_self">{name}</a>'


def _links(found: Quality, codes: Iterable[str]) -> str:
    return ", ".join(dossier_link(found, code) for code in codes)


def _heads(lang: str, *keys: str) -> list[str]:
    return [t(lang, f"quality.head.{key}") for key in keys]


def _unfold(title: str, content: str) -> str:
    return f"<details><summary>{escape(title)}</summary>{content}</details>"


def label_of(lang: str, attribute: str) -> str:
    return loaders.store().attributes[attribute].label[lang]


# Completeness


def bar_html(filled: int, stale: int, total: int) -> str:
    """A bar: solid where a figure stands, pale where it is past its shelf life, hollow where none is."""
    share = {"#0B3C5D": filled - stale, "#9DB4C3": stale}
    inner = "".join(
        f'<i style="display:inline-block;height:100%;width:{100 * count / total:.1f}%;background:{colour}">'
        "</i>"
        for colour, count in share.items()
        if total and count
    )
    return (
        '<span aria-hidden="true" style="display:inline-flex;width:7rem;max-width:22vw;height:.75rem;'
        f'border:1px dashed #5F6772;overflow:hidden;vertical-align:middle">{inner}</span>'
    )


def completeness(found: Quality) -> None:
    """Which attributes are known for how many clusters, the emptiest first, by topic; then by cluster."""
    lang = found.lang
    if found.cells.empty:
        st.info(t(lang, "quality.completeness.none"), icon=":material/search_off:")
        return
    by_attribute = quality.filled_counts(found.cells, "attribute")
    figures.heading(
        t(
            lang,
            "quality.completeness.title",
            filled=number(lang, found.filled),
            total=number(lang, len(found.cells)),
            attributes=len(by_attribute),
            clusters=len(found.existing),
        )
    )
    st.caption(t(lang, "quality.completeness.caption"))
    worth(found)
    rows: list[Sequence[str]] = []
    # Topics in the order of their emptiest attribute, since the rows come emptiest first; one table for all,
    # so that the bars stand below one another.
    for topic, part in by_attribute.groupby("topic", sort=False):
        rows.append((f"<b>{escape(t(lang, f'dossier.topic.{topic}'))}</b>", "", ""))
        rows += [_attribute_cells(found, row) for row in each_row(part)]
    st.html(table(_heads(lang, "attribute", "known", "clusters_known"), rows))
    figures.heading(t(lang, "quality.completeness.by_cluster"))
    cells = (
        (
            dossier_link(found, row.cluster),
            bar_html(row.filled, row.stale, row.total),
            escape(t(lang, "quality.completeness.of_items", filled=row.filled, total=row.total)),
        )
        for row in each_row(quality.filled_counts(found.cells, "cluster"))
    )
    st.html(table(_heads(lang, "cluster", "known", "items_known"), cells))


def _attribute_cells(found: Quality, row: pd.Series) -> tuple[str, str, str]:
    lang = found.lang
    counted = escape(t(lang, "quality.completeness.of_clusters", filled=row.filled, total=row.total))
    if row.stale:
        stale = escape(t(lang, "quality.completeness.stale", count=row.stale))
        counted += f" <small class='soft'>{stale}</small>"
    here = found.cells[found.cells["attribute"] == row.attribute]
    lacking = [one.cluster for one in each_row(here) if not one.state.is_filled]
    # Where every cluster lacks it, naming them all would say nothing more.
    if lacking and row.filled:
        title = t(lang, "quality.completeness.lacking", count=len(lacking))
        counted += f"{' ·' if row.stale else ''} {_unfold(title, _links(found, lacking))}"
    return escape(label_of(lang, row.attribute)), bar_html(row.filled, row.stale, row.total), counted


def worth_table(found: Quality) -> pd.DataFrame:
    """The missing attributes of existing clusters, the one that could change most first."""
    return worth_finding(
        (one for code in found.existing for one in found.view.findings[code]),
        loaders.store().attributes,
        loaders.rulebook(),
    )


def worth(found: Quality) -> None:
    """What to find out first, and whom to ask."""
    lang, listed = found.lang, worth_table(found)
    if listed.empty:
        return
    with st.container(border=True, key="panel-worth"):
        figures.heading(t(lang, "quality.worth.title"))
        st.caption(t(lang, "quality.worth.caption"))
        cells = (
            (
                escape(label_of(lang, row.attribute)),
                escape(why.body_now(lang, row.ask)) if row.ask else "–",
                escape(t(lang, "quality.worth.clusters", count=row.clusters)),
            )
            for row in each_row(listed.head(5))
        )
        st.html(table(_heads(lang, "attribute", "ask", "lacking"), cells, classes=("", "soft", "num")))
        frame.page_link("risk", t(lang, "risk.request_title"), icon=":material/assignment:")


# Age


def age(found: Quality) -> None:
    """Evidence against its shelf life, by topic, and the old ones by name."""
    lang = found.lang
    if not found.aged:
        st.info(t(lang, "quality.age.none"), icon=":material/search_off:")
        return
    counted = {state: [one for one in found.aged if one.state is state] for state in AgeState}
    figures.heading(
        t(
            lang,
            "quality.age.title",
            total=len(found.aged),
            **{str(state): len(items) for state, items in counted.items()},
        )
    )
    st.caption(t(lang, "quality.age.caption"))
    topics = dict.fromkeys(one.topic for one in found.aged)
    cells = (
        (
            escape(t(lang, f"dossier.topic.{topic}")),
            *(str(sum(one.topic == topic for one in items)) for items in counted.values()),
        )
        for topic in topics
    )
    heads = [*_heads(lang, "topic"), *(t(lang, f"quality.age.state.{state}") for state in AgeState)]
    st.html(table(heads, cells))
    for state in (AgeState.STALE, AgeState.UNSURE):
        figures.heading(t(lang, f"quality.age.list.{state}", count=len(counted[state])))
        if not counted[state]:
            st.caption(t(lang, f"quality.age.empty.{state}"))
            continue
        for topic in dict.fromkeys(one.topic for one in counted[state]):
            items = [one for one in counted[state] if one.topic == topic]
            with st.expander(f"{t(lang, f'dossier.topic.{topic}')} ({len(items)})"):
                st.html(
                    table(
                        _heads(lang, "subject", "attribute", "said", "when", "good_until"),
                        (_aged_cells(found, one) for one in items),
                    )
                )


def _aged_cells(found: Quality, one: quality.Aged) -> tuple[str, ...]:
    lang, item = found.lang, one.observation
    return (
        dossier_link(found, item.subject),
        escape(label_of(lang, item.attribute)),
        escape(figures.said(lang, item)),
        escape(validity_text(lang, item)),
        f"<span class='ccn-nowrap'>{escape(day(lang, one.good_until))}</span>",
    )


# Sums


_VERDICTS: Mapping[Truth, str] = {False: "wrong", None: "unknown", True: "right"}


def sums(found: Quality) -> None:
    """Totals against their parts: those that cannot be right first, those that agree folded away."""
    lang = found.lang
    if not found.sums:
        st.info(t(lang, "quality.sums.none"), icon=":material/search_off:")
        return
    by = {verdict: [one for one in found.sums if one.verdict is verdict] for verdict in _VERDICTS}
    counts = {word: len(by[verdict]) for verdict, word in _VERDICTS.items()}
    figures.heading(t(lang, "quality.sums.title", **counts))
    st.caption(t(lang, "quality.sums.caption"))
    for verdict, word in _VERDICTS.items():
        if not by[verdict]:
            continue
        content = table(
            _heads(lang, "sum", "parts", "whole"), (_sum_cells(found, one) for one in by[verdict])
        )
        if verdict is True:
            with st.expander(t(lang, f"quality.sums.list.{word}", count=counts[word])):
                st.html(content)
        else:
            figures.heading(t(lang, f"quality.sums.list.{word}", count=counts[word]))
            st.html(content)


def sum_name(found: Quality, check: SumCheck) -> str:
    """What is compared, and for which cluster."""
    said = t(found.lang, f"quality.sum.{check.key}")
    if check.subject in found.view.findings:
        return f"{name_of(found.lang, found.view, check.subject)}: {said[:1].lower()}{said[1:]}"
    return said


def parts_text(found: Quality, check: SumCheck) -> str:
    """The parts and what they come to: "12 + 11 = 23"; a sum of clusters by its coverage."""
    lang = found.lang
    if check.expected or check.is_open:
        unit = _unit(lang, check)
        return t(
            lang,
            "quality.sums.clusters",
            sum=interval_text(lang, check.sum, unit),
            covered=check.covered,
            expected=check.expected,
        )
    said = [figures.said(lang, part) for part in check.parts]
    if not said:
        return t(lang, "common.word.unknown")
    if check.relation is Relation.EACH or len(said) == 1 or check.missing:
        return "; ".join(
            f"{label_of(lang, part.attribute)}: {text}" for part, text in zip(check.parts, said, strict=True)
        )
    return f"{' + '.join(said)} = {interval_text(lang, check.sum, _unit(lang, check))}"


def _unit(lang: str, check: SumCheck) -> str:
    one = check.whole or next(iter(check.parts), None)
    unit = loaders.store().attributes[one.attribute].unit if one else ""
    return t(lang, f"common.unit.{unit}") if unit and unit != "%" else unit


def verdict_text(found: Quality, check: SumCheck) -> str:
    """The verdict with its reason: by how much, or what is missing."""
    lang = found.lang
    said = t(lang, f"quality.verdict.{_VERDICTS[check.verdict]}")
    unit = _unit(lang, check)
    if check.is_shared:
        gap = f"{number(lang, abs(check.gap or 0), 0 if unit != 'ha' else 2)} {unit}"
        return f"{said}. {t(lang, 'quality.sums.shared', gap=gap)}"
    if check.is_rounding:
        gap = number(lang, abs(check.gap or 0), 2)
        return f"{said}. {t(lang, 'quality.sums.rounding', gap=gap, unit=unit)}"
    if check.verdict is None:
        return f"{said}. {_why_unknown(found, check)}"
    if check.verdict is False and check.least_gap is not None:
        least = check.least_gap
        gap = f"{number(lang, abs(least), 0 if least == int(least) else 2)} {unit}"
        side = "gap" if check.gap is not None else "over" if least > 0 else "under"
        return f"{said}. {t(lang, f'quality.sums.{side}', gap=gap)}"
    return said


def _why_unknown(found: Quality, check: SumCheck) -> str:
    lang = found.lang
    if check.is_mixed:
        return t(lang, "quality.sums.mixed")
    if check.is_open:
        key = "open" if check.covered < check.expected else "open_only"
        return t(lang, f"quality.sums.{key}", missing=check.expected - check.covered)
    if check.expected:
        return t(lang, "quality.sums.lacking_clusters", missing=check.expected - check.covered)
    if check.missing:
        labels = [label_of(lang, attribute) for _, attribute in check.missing]
        what = "; ".join(label[:1].lower() + label[1:] for label in labels)
        return t(lang, "quality.sums.lacking", what=what)
    return t(lang, "quality.sums.vague")


def _sum_cells(found: Quality, check: SumCheck) -> tuple[str, ...]:
    lang = found.lang
    sources = dict.fromkeys(
        figures.source_link(loaders.store().sources[part.source]) for part in check.parts[:4]
    )
    parts = escape(parts_text(found, check))
    if check.expected and check.parts:
        parts += "<br>" + _unfold(
            t(lang, "quality.sums.which"),
            "; ".join(
                f"{dossier_link(found, part.subject)} {escape(figures.said(lang, part))}"
                f" <small class='soft'>({escape(label_of(lang, part.attribute))})</small>"
                for part in check.parts
            ),
        )
    elif sources:
        parts += f"<br><small class='soft'>{'; '.join(sources)}</small>"
    whole = figures.source_html(lang, check.whole) if check.whole else escape(t(lang, "common.word.unknown"))
    verdict, _, reason = verdict_text(found, check).partition(". ")
    said = f"<b>{escape(verdict)}</b>{f'. {escape(reason)}' if reason else ''}"
    return f"{escape(sum_name(found, check))}<br><small>{said}</small>", parts, whole


# Places


def every_boundary(found: Quality) -> list[Boundary]:
    """Every boundary known that has begun to hold by the day, not only the best of a cluster."""
    scope = found.scope
    return [
        boundary
        for boundary in loaders.store().all_boundaries(scope.known_on)
        if boundary.cluster in found.codes and (boundary.valid_from or scope.as_of) <= scope.as_of
    ]


def places(found: Quality) -> None:
    """Boundaries outside the commune named, moved sites, and clusters nobody has drawn."""
    lang, kept = found.lang, loaders.store()
    undrawn = quality_places.schematic(found.codes, found.view.boundaries)
    clusters = [one for one in kept.clusters if one.code in found.codes]
    checks = quality_places.place_checks(clusters, found.view.boundaries, kept.communes)
    moved = quality_places.moves(every_boundary(found))
    figures.heading(
        t(lang, "quality.places.title", drawn=len(found.codes) - len(undrawn), total=len(found.codes))
    )
    if undrawn:
        st.caption(t(lang, "quality.places.schematic_caption"))

    if checks or moved:
        _outside(found, checks)
        _moved(found, moved)
    else:
        st.caption(t(lang, "quality.places.nothing_drawn"))
    figures.heading(t(lang, "quality.places.undrawn", count=len(undrawn)))
    if not undrawn:
        st.caption(t(lang, "quality.places.undrawn_none"))
        return
    by_code = {one.code: one for one in clusters}
    waiting = (
        (
            dossier_link(found, code),
            escape(commune_names("|".join(by_code[code].communes_now), kept.communes))
            or f"<span class='soft'>{escape(t(lang, 'common.word.unknown'))}</span>",
        )
        for code in undrawn
    )
    st.html(table(_heads(lang, "cluster", "point_of"), waiting))


def _outside(found: Quality, checks: Sequence[quality_places.PlaceCheck]) -> None:
    """Boundaries that do not lie, or may not lie, in a commune that was named."""
    lang = found.lang
    outside = [one for one in checks if one.is_inside is not True]
    figures.heading(t(lang, "quality.places.outside", count=sum(one.is_inside is False for one in outside)))
    if outside:
        cells = (
            (
                dossier_link(found, one.cluster),
                escape(_commune(one.commune) or t(lang, "common.word.unknown")),
                _km(lang, one.distance_m),
                _km(lang, one.limit_m),
                escape(_commune(one.nearest)),
                escape(one.boundary.source),
            )
            for one in outside
        )
        heads = _heads(lang, "cluster", "commune", "distance", "limit", "nearest", "source")
        st.html(table(heads, cells, classes=("", "", "num", "num", "", "")))
    else:
        st.caption(t(lang, "quality.places.outside_none"))
    st.caption(t(lang, "quality.places.reach", times=number(lang, quality_places.REACH)))


def _moved(found: Quality, moved: Sequence[quality_places.Move]) -> None:
    """Clusters whose boundaries show two sites."""
    lang = found.lang
    figures.heading(t(lang, "quality.places.moved", count=len({one.cluster for one in moved})))
    if moved:
        apart = (
            (
                dossier_link(found, one.cluster),
                escape(_boundary_text(lang, one.first)),
                escape(_boundary_text(lang, one.second)),
                _km(lang, one.distance_m),
            )
            for one in moved
        )
        heads = _heads(lang, "cluster", "boundary", "other_boundary", "apart")
        st.html(table(heads, apart, classes=("", "", "", "num")))
    else:
        st.caption(t(lang, "quality.places.moved_none"))


def _commune(code: str) -> str:
    communes = loaders.store().communes
    return communes[code].full_name if code in communes else code


def _km(lang: str, metres: float | None) -> str:
    return "–" if metres is None else f"{number(lang, metres / 1000, 1)} km"


def _boundary_text(lang: str, boundary: Boundary) -> str:
    accuracy = t(lang, f"map.accuracy.{boundary.accuracy}")
    horizon = f", {boundary.horizon}" if boundary.horizon else ""
    return f"{boundary.source} ({accuracy}{horizon})"


# Rules


def rules(found: Quality) -> None:
    """Rules whose text has yet to be compared with the gazette, the least read first."""
    lang = found.lang
    book, as_of = loaders.rulebook().rules, found.scope.as_of
    unread = quality.unread_rules(book, as_of)
    total = sum(rule.is_in_force(as_of) for rule in book)
    figures.heading(t(lang, "quality.rules.title", unread=len(unread), total=total))
    if not unread:
        st.caption(t(lang, "quality.rules.none"))
        return
    st.caption(t(lang, "quality.rules.caption"))
    cells = (
        (
            f"<b>{escape(rule.id)}</b> {escape(rule.title[lang])}<br><small class='soft'>"
            f"{escape(t(lang, 'quality.rules.file', file=rule.file, line=rule.line))}</small>",
            "<br>".join(
                escape(why.basis_text(lang, basis)) for basis in rule.basis if not basis.status.may_conclude
            ),
        )
        for rule in unread
    )
    st.html(table(_heads(lang, "rule", "unread"), cells))
    frame.page_link("method", t(lang, "frame.page.method"), icon=":material/menu_book:")


# Export


def _statement_row(found: Quality, item: Observation, role: str, reason: str, kind: str) -> dict[str, str]:
    lang = found.lang
    source = loaders.store().sources[item.source]
    return {
        t(lang, "quality.head.kind"): kind,
        t(lang, "quality.head.code"): item.subject,
        t(lang, "quality.head.subject"): name_of(lang, found.view, item.subject),
        t(lang, "quality.head.attribute"): label_of(lang, item.attribute),
        t(lang, "quality.head.role"): role,
        t(lang, "quality.head.said"): figures.said(lang, item),
        t(lang, "quality.head.source_kind"): figures.kind_word(lang, item.source_kind),
        t(lang, "quality.head.when"): validity_text(lang, item),
        t(lang, "quality.head.source"): source.title,
        t(lang, "dossier.head.link"): source.url,
        t(lang, "dossier.head.why"): reason,
    }


def _contradiction_sheet(found: Quality, in_use_why: Callable[[quality.Contradiction], str]) -> pd.DataFrame:
    lang = found.lang
    rows = []
    for one in found.contradictions:
        for item in one.all:
            role = "in_use" if item is one.in_use else "others"
            rows.append(
                _statement_row(
                    found, item, t(lang, f"dossier.head.{role}"), in_use_why(one),
                    t(lang, "quality.contradictions.kind"),
                )
            )
    for other in found.disagreements:
        for item in other.statements:
            rows.append(
                _statement_row(
                    found, item, "", t(lang, f"quality.agree.{other.key}"),
                    t(lang, "quality.contradictions.kind_between"),
                )
            )
    return pd.DataFrame(rows)


def _matrix_sheet(found: Quality) -> pd.DataFrame:
    """Clusters down, attributes across."""
    lang = found.lang
    words = {state: t(lang, f"quality.cell.{state}") for state in CellState}
    rows: dict[str, dict[str, str]] = {}
    for row in each_row(found.cells):
        line = rows.setdefault(
            row.cluster,
            {
                t(lang, "quality.head.code"): row.cluster,
                t(lang, "quality.head.cluster"): name_of(lang, found.view, row.cluster),
            },
        )
        line[label_of(lang, row.attribute)] = words[row.state]
    return pd.DataFrame(list(rows.values()))


def _sheet(lang: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=_heads(lang, *heads))


def sheets(
    found: Quality, section: str, in_use_why: Callable[[quality.Contradiction], str]
) -> dict[str, pd.DataFrame]:
    """All sections as tables, the one that is shown first."""
    lang, as_of = found.lang, found.scope.as_of
    made = {
        "contradictions": _contradiction_sheet(found, in_use_why),
        "completeness": _matrix_sheet(found),
        "age": _sheet(
            lang,
            ("subject", "attribute", "said", "when", "good_until", "state"),
            (
                (
                    name_of(lang, found.view, one.observation.subject),
                    label_of(lang, one.observation.attribute),
                    figures.said(lang, one.observation),
                    validity_text(lang, one.observation),
                    day(lang, one.good_until),
                    t(lang, f"quality.age.state.{one.state}"),
                )
                for one in found.aged
            ),
        ),
        "sums": _sheet(
            lang,
            ("sum", "parts", "whole", "verdict"),
            (
                (
                    sum_name(found, one),
                    parts_text(found, one),
                    figures.said(lang, one.whole) if one.whole else t(lang, "common.word.unknown"),
                    verdict_text(found, one),
                )
                for one in found.sums
            ),
        ),
        "places": _sheet(lang, ("code", "cluster", "state", "distance"), _place_rows(found)),
        "rules": _sheet(
            lang,
            ("rule", "unread"),
            (
                (f"{rule.id} {rule.title[lang]}", "; ".join(why.basis_text(lang, b) for b in rule.basis))
                for rule in quality.unread_rules(loaders.rulebook().rules, as_of)
            ),
        ),
    }
    ordered = [section, *(key for key in made if key != section)]
    named = {t(lang, f"quality.section.{key}"): made[key] for key in ordered}
    rows = (
        (label_of(lang, row.attribute), why.body_now(lang, row.ask) if row.ask else "", row.clusters)
        for row in each_row(worth_table(found))
    )
    return named | {t(lang, "quality.worth.title"): _sheet(lang, ("attribute", "ask", "lacking"), rows)}


def _place_rows(found: Quality) -> list[tuple[str, str, str, str]]:
    """Code, name, what is uncertain about the place, and how far off it is."""
    lang, kept, boundaries = found.lang, loaders.store(), found.view.boundaries
    clusters = [one for one in kept.clusters if one.code in found.codes]
    rows = [
        (one.cluster, "outside", one.distance_m)
        for one in quality_places.place_checks(clusters, boundaries, kept.communes)
        if one.is_inside is False
    ]
    rows += [(one.cluster, "moved", one.distance_m) for one in quality_places.moves(every_boundary(found))]
    rows += [(code, "schematic", None) for code in quality_places.schematic(found.codes, boundaries)]
    return [
        (code, name_of(lang, found.view, code), t(lang, f"quality.place_state.{state}"), _km(lang, metres))
        for code, state, metres in rows
    ]


def note(text: str) -> None:
    """A line of plain text in the page's soft colour."""
    st.html(paragraph(text, "ccn-soft"))
