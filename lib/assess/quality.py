"""How good the evidence is: what contradicts, what is missing, what is old. Pure: evidence in, rows out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pandas as pd

from lib.domain.finding import Finding
from lib.domain.observation import Evidence, Observation, months_after
from lib.domain.rule import BasisStatus, Rule

Pair = tuple[str, str]
"""Subject and attribute: one figure."""

PAGE_FACTS = frozenset(
    {
        "plan_group",
        "plan_area_2020_ha",
        "plan_area_2030_ha",
        "plan_area_after_2030_ha",
        "status",
        "operating",
        "works_state",
        "central_treatment",
        "environmental_file",
        "investor_type",
        "infrastructure_investor",
        "occupancy_published_pct",
        "established_area_ha",
        "industrial_land_ha",
        "leased_area_ha",
        "commune_now",
    }
)
"""What the pages show of every cluster, besides what rules read."""


class InUse(StrEnum):
    """What put a statement first: the catalogue's order of the attribute, or a steward's choice."""

    NEWEST = "newest"
    RELIABLE = "reliable"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Statements about one figure that cannot all be true, and why `in_use` stands."""

    subject: str
    attribute: str
    in_use: Observation
    others: tuple[Observation, ...]
    why: InUse

    @property
    def all(self) -> tuple[Observation, ...]:
        return (self.in_use, *self.others)


def contradictions(
    evidence: Evidence, subjects: Collection[str], chosen: Mapping[Pair, str]
) -> tuple[Contradiction, ...]:
    """
    Figures of `subjects` on which sources disagree, those nobody has settled first.

    `chosen` gives the record that a steward let stand. A figure with such a choice is listed with all its
    statements even when none of them contradicts the chosen one, so that the choice can be taken back.
    """
    found = []
    for (subject, attribute), standing in evidence.standings.items():
        if subject not in subjects or standing.chosen is None:
            continue
        is_chosen = chosen.get((subject, attribute)) == standing.chosen.id
        if not standing.contradicting and not is_chosen:
            continue
        why = InUse.CHOSEN if is_chosen else InUse(evidence.attributes[attribute].prefers)
        others = standing.contradicting or standing.usable[1:]
        found.append(Contradiction(subject, attribute, standing.chosen, others, why))
    return tuple(sorted(found, key=lambda one: one.why is InUse.CHOSEN))


def differing_totals(evidence: Evidence, subject: str) -> dict[str, tuple[Observation, ...]]:
    """
    Statements of every attribute of a subject that sources give more than one value, the one in use first.

    Texts, and values that stand side by side, are no totals and are left out.
    """
    return {
        key: standing.usable
        for key, standing in evidence.of(subject).items()
        if not evidence.attributes[key].is_multiple
        and evidence.attributes[key].value_type == "number"
        and len({one.value for one in standing.usable}) > 1
    }


class CellState(StrEnum):
    """What is known of one attribute of one cluster."""

    KNOWN = "known"
    STALE = "stale"
    POSSIBLE = "possible"
    EMPTY = "empty"

    @property
    def is_filled(self) -> bool:
        """Whether a figure stands: one that only may have been true by the day does not."""
        return self in (CellState.KNOWN, CellState.STALE)


CELL_COLUMNS = ("cluster", "attribute", "topic", "state")


def attributes_read(findings: Iterable[Finding], evidence: Evidence) -> tuple[str, ...]:
    """What rules rest on or would need, and what pages show, in the order of the catalogue."""
    read = set(PAGE_FACTS)
    for finding in findings:
        read |= {item.attribute for item in finding.missing}
        read |= {use.observation.attribute for use in finding.evidence}
    return tuple(key for key in evidence.attributes if key in read)


def completeness(evidence: Evidence, clusters: Iterable[str], attributes: Collection[str]) -> pd.DataFrame:
    """One row for each cluster and attribute, with the `topic` of the attribute and a `CellState`."""
    rows = [
        (code, key, evidence.attributes[key].topic, _cell(evidence, code, key))
        for code in clusters
        for key in attributes
    ]
    # As objects: pandas would make plain text of the states.
    return pd.DataFrame(rows, columns=list(CELL_COLUMNS), dtype=object)


def _cell(evidence: Evidence, code: str, key: str) -> CellState:
    standing = evidence.get(code, key)
    if standing.chosen is None:
        return CellState.POSSIBLE if standing.possible else CellState.EMPTY
    return CellState.STALE if evidence.is_stale(standing.chosen) else CellState.KNOWN


def empty_share_pct(cells: pd.DataFrame) -> float | None:
    """Percent of cells without a figure; None when there is no cell."""
    if cells.empty:
        return None
    return 100.0 * sum(not state.is_filled for state in cells["state"]) / len(cells)


def filled_counts(cells: pd.DataFrame, by: str) -> pd.DataFrame:
    """
    How many cells of each "attribute" or "cluster" are filled, the emptiest first, equal ones as they came.

    Returns
    -------
    table
        The column `by` (and `topic`, by attribute), `filled`, of these `stale`, and `total`.
    """
    keys = ["attribute", "topic"] if by == "attribute" else [by]
    marked = cells.assign(
        filled=[state.is_filled for state in cells["state"]],
        stale=[state is CellState.STALE for state in cells["state"]],
        total=1,
    )
    counted = marked.groupby(keys, sort=False)[["filled", "stale", "total"]].sum().astype(int).reset_index()
    order = (counted["filled"] / counted["total"]).sort_values(kind="stable").index
    return counted.loc[order].reset_index(drop=True)


class AgeState(StrEnum):
    """A statement against its shelf life: past it, not dated well enough to tell, within it."""

    STALE = "stale"
    UNSURE = "unsure"
    FRESH = "fresh"


@dataclass(frozen=True, slots=True)
class Aged:
    """A statement in use of an attribute that ages; `good_until` counts from the last day it may describe."""

    observation: Observation
    topic: str
    good_until: date
    state: AgeState


def aged(evidence: Evidence, subjects: Collection[str]) -> tuple[Aged, ...]:
    """The statements in use of attributes that age, those that ran out first ahead."""
    found = []
    for (subject, key), standing in evidence.standings.items():
        attribute = evidence.attributes[key]
        if subject not in subjects or standing.chosen is None or attribute.shelf_life_months is None:
            continue
        said = standing.chosen
        until = months_after(said.valid_latest, attribute.shelf_life_months)
        found.append(Aged(said, attribute.topic, until, _age(evidence, said)))
    return tuple(sorted(found, key=lambda one: (one.good_until, one.observation.id)))


def _age(evidence: Evidence, said: Observation) -> AgeState:
    if evidence.is_stale(said):
        return AgeState.STALE
    return AgeState.FRESH if evidence.is_surely_fresh(said) else AgeState.UNSURE


_READ = {status: place for place, status in enumerate(BasisStatus)}


def unread_rules(rules: Iterable[Rule], day: date) -> tuple[Rule, ...]:
    """
    Rules in force on the day with a clause whose text nobody has compared with the gazette, the least read
    first.
    """
    unread = [
        rule
        for rule in rules
        if rule.is_in_force(day)
        and not rule.verified_by
        and any(not basis.status.may_conclude for basis in rule.basis)
    ]
    return tuple(sorted(unread, key=lambda rule: -max(_READ[basis.status] for basis in rule.basis)))
