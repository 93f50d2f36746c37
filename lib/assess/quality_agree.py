"""Different attributes of one cluster that should agree, and places that sources give differently."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lib.domain.interval import DaySpan, Interval
from lib.domain.kleene import Truth
from lib.domain.observation import Evidence, Observation, SourceKind


class Kind(StrEnum):
    """
    How two attributes are compared. SAME: one number within `tolerance`. ORDER: the first day does not lie
    after the second. EXCLUDE: a code of `values` leaves the other attribute no more than `tolerance`.
    """

    SAME = "same"
    ORDER = "order"
    EXCLUDE = "exclude"


@dataclass(frozen=True, slots=True)
class Agreement:
    """
    Two attributes of a cluster that should agree; `key` names the reason in `lib/text/*/quality.toml`.

    `tolerance` is in the unit of the second attribute: half of the last digit in which areas are printed,
    both figures together.
    """

    key: str
    kind: Kind
    first: str
    second: str
    tolerance: float = 0.0
    values: tuple[str, ...] = ()


AGREEMENTS = (
    Agreement("area_established", Kind.SAME, "established_area_ha", "reported_area_ha", 0.01),
    Agreement("area_established", Kind.SAME, "established_area_ha", "plan_area_2020_ha", 0.01),
    Agreement("area_reported", Kind.SAME, "reported_area_ha", "plan_area_2020_ha", 0.01),
    Agreement("area_called", Kind.SAME, "called_area_ha", "established_area_ha", 0.01),
    Agreement("days", Kind.ORDER, "established_on", "construction_started_on"),
    Agreement("days", Kind.ORDER, "investment_approved_on", "construction_started_on"),
    Agreement("days", Kind.ORDER, "construction_started_on", "works_completed_on"),
    Agreement("days", Kind.ORDER, "construction_started_on", "operating_since"),
    Agreement("not_operating", Kind.EXCLUDE, "operating", "secondary_projects_count", values=("no",)),
    Agreement("not_operating", Kind.EXCLUDE, "operating", "occupancy_published_pct", values=("no",)),
    Agreement("not_operating", Kind.EXCLUDE, "operating", "workers_count", values=("no",)),
)
"""What should agree, as data: another pair is another line."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two statements in use about one cluster that cannot both be right."""

    subject: str
    key: str
    statements: tuple[Observation, ...]


def _same(agreement: Agreement, first: Observation, second: Observation) -> Truth:
    one, other = first.value, second.value
    if not isinstance(one, Interval) or not isinstance(other, Interval):
        return None
    return not max(one.low - other.high, other.low - one.high) > agreement.tolerance + 1e-9


def _in_order(agreement: Agreement, first: Observation, second: Observation) -> Truth:
    del agreement
    one, other = first.value, second.value
    if not isinstance(one, DaySpan) or not isinstance(other, DaySpan):
        return None
    return one.earliest <= other.latest


def _not_excluded(agreement: Agreement, first: Observation, second: Observation) -> Truth:
    """Only statements of one time can exclude each other: a cluster may have stopped or begun between."""
    is_one_time = (
        first.valid_earliest is not None
        and second.valid_earliest is not None
        and first.valid_earliest <= second.valid_latest
        and second.valid_earliest <= first.valid_latest
    )
    if first.value not in agreement.values or not isinstance(second.value, Interval) or not is_one_time:
        return None
    return second.value.more_than(agreement.tolerance) is not True


_TESTS = {Kind.SAME: _same, Kind.ORDER: _in_order, Kind.EXCLUDE: _not_excluded}


def disagreements(
    evidence: Evidence, codes: Iterable[str], agreements: Sequence[Agreement] = AGREEMENTS
) -> tuple[Disagreement, ...]:
    """Statements in use about different attributes of one cluster that cannot both be right."""
    found = []
    for code in codes:
        for agreement in agreements:
            first = evidence.get(code, agreement.first).chosen
            second = evidence.get(code, agreement.second).chosen
            if first and second and _TESTS[agreement.kind](agreement, first, second) is False:
                found.append(Disagreement(code, agreement.key, (first, second)))
    return tuple(found)


def communes_today(
    code: str, changes: Iterable[tuple[str, str, bool]], known: Collection[str]
) -> frozenset[str] | None:
    """
    The communes of today that a commune's code leads to; None when it leads nowhere known.

    A code of before 2025 is followed under the number it kept in 2025.
    """
    if code in known and code.startswith("2025-07:"):
        return frozenset({code})
    _, _, number = code.rpartition(":")
    wanted = {code, f"2025-01:{number}"}
    return frozenset(new for old, new, _ in changes if old in wanted) or None


def place_disagreements(
    evidence: Evidence,
    codes: Iterable[str],
    changes: Sequence[tuple[str, str, bool]],
    communes: Collection[str],
    attributes: Sequence[str] = ("commune_now", "commune_then"),
) -> tuple[Disagreement, ...]:
    """
    Clusters that sources put into communes which have no commune of today in common.

    Communes worked out from other statements are left out: they would repeat the disagreement. A commune
    whose later fate is not known says nothing.
    """
    found = []
    for code in codes:
        by_source: dict[str, list[Observation]] = {}
        for key in attributes:
            for item in evidence.get(code, key).usable:
                if item.source_kind is not SourceKind.DERIVED:
                    by_source.setdefault(item.source, []).append(item)
        places: Mapping[str, frozenset[str] | None] = {
            source: _all_today(items, changes, communes) for source, items in by_source.items()
        }
        named = {source: place for source, place in places.items() if place}
        apart = [source for source in named if any(not named[source] & named[other] for other in named)]
        if apart:
            statements = tuple(item for source in apart for item in by_source[source])
            found.append(Disagreement(code, "communes", statements))
    return tuple(found)


def _all_today(
    items: Iterable[Observation], changes: Sequence[tuple[str, str, bool]], communes: Collection[str]
) -> frozenset[str] | None:
    today = [communes_today(str(item.value), changes, communes) for item in items]
    return None if any(one is None for one in today) else frozenset().union(*(one for one in today if one))
