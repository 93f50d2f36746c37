"""Whether figures that should add up do: three answers, from intervals and from what is missing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import product
from math import inf

from lib.domain.interval import Interval
from lib.domain.kleene import Truth, all_of
from lib.domain.observation import Evidence, Observation, SourceKind

ANY_AMOUNT = Interval(0.0, inf, high_open=True)
"""What a figure nobody has may be."""

_DIGITS = 6
"""Digits that count: far more than anybody prints, fewer than what adding binary fractions leaves."""

PROVINCE, PLAN = "HT", "PLAN-1363"


class Relation(StrEnum):
    """
    How parts stand to their whole.

    EQUAL: they add up to it. COVER: together they make it up, but something may count in two of them (a
    cluster with two investors), so the whole is at most their sum and at least the largest. EACH: none is
    larger than the whole.
    """

    EQUAL = "equal"
    COVER = "cover"
    EACH = "each"


@dataclass(frozen=True, slots=True)
class SumRule:
    """
    Parts and their whole, each as (subject, attribute); an empty subject is whichever cluster is looked at.

    `rounding` is how far off one printed figure may be, in its unit: half of its last digit.
    """

    key: str
    whole: tuple[str, str]
    parts: tuple[tuple[str, str], ...]
    relation: Relation = Relation.EQUAL
    rounding: float = 0.0


@dataclass(frozen=True, slots=True)
class ClusterSum:
    """
    A total of the province or plan, and the attribute of clusters that adds up to it.

    The first of `attributes` that is known counts for a cluster. `group` confines it to clusters of one
    plan group; without it those count that a source shows to exist by the day of the total.
    `is_complete`: all clusters of the group have been read from the document, so nothing else may add.
    """

    key: str
    whole: tuple[str, str]
    attributes: tuple[str, ...]
    group: str = ""
    is_complete: bool = False
    rounding: float = 0.0


def _of(subject: str, *attributes: str) -> tuple[tuple[str, str], ...]:
    return tuple((subject, key) for key in attributes)


_HORIZONS = ("2020", "2030", "after_2030")

SUM_RULES = (
    SumRule("kinds", (PROVINCE, "clusters_count"),
            _of(PROVINCE, "clusters_state_count", "clusters_enterprise_count"), Relation.COVER),
    SumRule("operating", (PROVINCE, "clusters_count"),
            _of(PROVINCE, "clusters_operating_count", "clusters_not_operating_count")),
    SumRule("area", (PROVINCE, "clusters_area_ha"),
            _of(PROVINCE, "clusters_state_area_ha", "clusters_enterprise_area_ha"), Relation.COVER, 0.005),
    SumRule("projects", (PROVINCE, "secondary_projects_count"),
            _of(PROVINCE, "secondary_projects_state_count", "secondary_projects_enterprise_count"),
            Relation.COVER),
    SumRule("treatment", (PROVINCE, "clusters_count"),
            _of(PROVINCE, "clusters_with_central_treatment", "clusters_without_central_treatment")),
    SumRule("treatment_kinds", (PROVINCE, "clusters_with_central_treatment"),
            _of(PROVINCE, "clusters_with_central_treatment_budget_count",
                "clusters_with_central_treatment_enterprise_count")),
    SumRule("files", (PROVINCE, "clusters_count"),
            _of(PROVINCE, "clusters_with_environmental_file", "clusters_without_environmental_file")),
    SumRule("leasable", (PROVINCE, "leasable_industrial_land_ha"),
            _of(PROVINCE, "leasable_industrial_land_operating_ha", "land_leased_to_projects_ha"),
            Relation.EACH, 0.005),
    *(SumRule(f"plan_groups_{horizon}", (PLAN, f"existing_area_{horizon}_ha"),
              _of(PLAN, f"kept_area_{horizon}_ha", f"expanded_area_{horizon}_ha"), rounding=0.005)
      for horizon in _HORIZONS),
    SumRule("plan_total", (PROVINCE, "plan_area_2030_ha"),
            _of(PLAN, "existing_area_2030_ha", "new_area_2030_ha"), rounding=0.5),
)
"""Totals of the province and of the plan."""

CLUSTER_RULES = (
    SumRule("cluster_land_used", ("", "industrial_land_ha"), _of("", "leased_area_ha", "committed_area_ha"),
            Relation.EACH, 0.005),
    SumRule("cluster_industrial", ("", "established_area_ha"), _of("", "industrial_land_ha"),
            Relation.EACH, 0.005),
    SumRule("cluster_recovered", ("", "established_area_ha"), _of("", "land_recovered_ha"),
            Relation.EACH, 0.005),
)
"""Parts and wholes within one cluster."""

CLUSTER_SUMS = (
    ClusterSum("clusters_area", (PROVINCE, "clusters_area_ha"),
               ("established_area_ha", "plan_area_2020_ha", "reported_area_ha"), rounding=0.005),
    ClusterSum("clusters_projects", (PROVINCE, "secondary_projects_count"), ("secondary_projects_count",)),
    ClusterSum("clusters_workers", (PROVINCE, "workers_count"), ("workers_count",)),
    *(ClusterSum(f"kept_{horizon}", (PLAN, f"kept_area_{horizon}_ha"), (f"plan_area_{horizon}_ha",),
                 "kept", True, 0.005) for horizon in _HORIZONS),
    *(ClusterSum(f"expanded_{horizon}", (PLAN, f"expanded_area_{horizon}_ha"), (f"plan_area_{horizon}_ha",),
                 "expanded", False, 0.005) for horizon in _HORIZONS),
)
"""Totals of the province and of the plan against the sum of clusters."""


def _plus(one: Interval, other: Interval) -> Interval:
    return Interval(
        one.low + other.low, one.high + other.high,
        one.low_open or other.low_open, one.high_open or other.high_open,
    )


def total(parts: Iterable[Interval]) -> Interval:
    """The sum of what may lie anywhere in each of `parts`; nothing adds up to 0."""
    found = Interval(0.0, 0.0)
    for part in parts:
        found = _plus(found, part)
    return found


def _minus(one: Interval, other: Interval) -> Interval:
    return _plus(one, Interval(-other.high, -other.low, other.high_open, other.low_open))


def _largest(parts: Sequence[Interval]) -> Interval:
    """What the largest of the parts may be."""
    low, high = max(part.low for part in parts), max(part.high for part in parts)
    return Interval(
        low, high,
        low < high and any(part.low_open for part in parts if part.low == low),
        low < high and all(part.high_open for part in parts if part.high == high),
    )


def _holds(difference: Interval, least: float, most: float) -> Truth:
    """Whether `least` <= a number of `difference` <= `most`: for all of them, for none, or for some."""
    low, high = round(difference.low, _DIGITS), round(difference.high, _DIGITS)
    is_exact = low == high
    rounded = Interval(
        low, high, difference.low_open and not is_exact, difference.high_open and not is_exact
    )
    below, above = rounded.less_than(least), rounded.more_than(most)
    if below is True or above is True:
        return False
    return True if below is False and above is False else None


def adds_up(
    relation: Relation, parts: Sequence[Interval | None], whole: Interval | None, tolerance: float = 0.0
) -> Truth:
    """
    Whether parts agree with their whole.

    True when they do wherever in their intervals the figures lie, False when they cannot, None when it
    depends. A part that is missing (None) may be any amount from 0; without the whole nothing can be told.
    `tolerance` is how far off rounding may bring the sum.
    """
    if whole is None:
        return None
    known = [ANY_AMOUNT if part is None else part for part in parts]
    most = round(tolerance, _DIGITS)
    tests: dict[Relation, Callable[[], list[Truth]]] = {
        Relation.EQUAL: lambda: [_holds(_minus(total(known), whole), -most, most)],
        Relation.COVER: lambda: [
            _holds(_minus(total(known), whole), -most, inf),
            _holds(_minus(_largest(known), whole), -inf, most),
        ],
        Relation.EACH: lambda: [_holds(_minus(_largest(known), whole), -inf, most)],
    }
    return all_of(tests[relation]())


@dataclass(frozen=True, slots=True)
class SumCheck:
    """
    One comparison of parts with their whole.

    `missing` are (subject, attribute) without a usable figure. For a sum of clusters `covered` of
    `expected` clusters have a figure; `is_open` when clusters nobody has named may belong to it too;
    `is_mixed` when it would be too much, but figures of another kind stand in for some clusters.
    """

    key: str
    relation: Relation
    subject: str
    whole: Observation | None
    parts: tuple[Observation, ...]
    missing: tuple[tuple[str, str], ...]
    sum: Interval
    verdict: Truth
    covered: int = 0
    expected: int = 0
    is_open: bool = False
    is_mixed: bool = False

    @property
    def is_rounding(self) -> bool:
        """Whether it adds up only because figures are rounded."""
        is_exact = self.whole is not None and isinstance(self.whole.value, Interval) and self.sum.is_exact
        return (
            self.verdict is True
            and self.relation is Relation.EQUAL
            and is_exact
            and bool(self.gap)
        )

    @property
    def is_shared(self) -> bool:
        """Whether it holds only because something counts in two of the parts."""
        return self.verdict is True and self.relation is Relation.COVER and (self.gap or 0.0) > 0

    @property
    def least_gap(self) -> float | None:
        """
        How far the sum of an EQUAL check lies from the whole at least, above 0 when the sum is too large.

        None when they may meet, or when figures that are missing could close the gap.
        """
        value = self.whole.value if self.whole else None
        if not isinstance(value, Interval) or self.relation is not Relation.EQUAL:
            return None
        over, under = self.sum.low - value.high, self.sum.high - value.low
        if over > 0:
            return round(over, _DIGITS)
        return round(under, _DIGITS) if under < 0 and not self.missing and not self.is_open else None

    @property
    def gap(self) -> float | None:
        """Sum less whole, when both are exact."""
        value = self.whole.value if self.whole else None
        if not isinstance(value, Interval) or not value.is_exact or not self.sum.is_exact:
            return None
        return round(self.sum.low - value.low, _DIGITS)


def _number(item: Observation | None) -> Interval | None:
    return item.value if item is not None and isinstance(item.value, Interval) else None


def _stated(evidence: Evidence, subject: str, attribute: str) -> list[Observation]:
    """Usable numbers that a source states itself: one worked out from the others would prove nothing."""
    return [
        item
        for item in evidence.get(subject, attribute).usable
        if item.source_kind is not SourceKind.DERIVED and isinstance(item.value, Interval)
    ]


def _beside(
    evidence: Evidence, whole: Observation, candidates: Sequence[Observation]
) -> Observation | None:
    """
    The statement to compare with `whole`: one of the same source and time.

    Where a value holds for all time (an area in a plan) another source will do.
    """
    for item in candidates:
        attribute = evidence.attributes[item.attribute]
        is_timeless = attribute.prefers == "reliable" and attribute.shelf_life_months is None
        if is_timeless or (item.source == whole.source and _of_one_time(item, whole)):
            return item
    return None


def _of_one_time(one: Observation, other: Observation) -> bool:
    return (one.valid_earliest or date.min) <= other.valid_latest and (
        other.valid_earliest or date.min
    ) <= one.valid_latest


def sum_checks(evidence: Evidence, rules: Sequence[SumRule] = SUM_RULES) -> tuple[SumCheck, ...]:
    """
    Totals against their parts, once for every statement of the total that has parts of its time.

    A total none of whose statements has all its parts is compared once, by the one that has most of them,
    with what is missing.
    """
    found: list[SumCheck] = []
    for rule in rules:
        whole_said = _stated(evidence, *rule.whole)
        tried = [_compare(evidence, rule, whole) for whole in whole_said]
        whole_kept = [check for check in tried if not check.missing]
        fullest = sorted(tried, key=lambda check: len(check.missing))[:1]
        found += _distinct(whole_kept) or fullest or [_compare(evidence, rule, None)]
    return tuple(found)


def _distinct(checks: Sequence[SumCheck]) -> list[SumCheck]:
    """Each set of figures once, even when several sources repeat it."""
    seen: dict[object, SumCheck] = {}
    for check in checks:
        assert check.whole is not None
        figures = (check.whole.value, tuple(part.value for part in check.parts))
        seen.setdefault(figures, check)
    return list(seen.values())


def _compare(evidence: Evidence, rule: SumRule, whole: Observation | None, cluster: str = "") -> SumCheck:
    parts: list[Observation | None] = []
    for subject, attribute in rule.parts:
        said = _stated(evidence, subject or cluster, attribute)
        if rule.whole[0] and whole is not None:
            parts.append(_beside(evidence, whole, said))
        else:
            parts.append(said[0] if said else None)
    missing = [
        (subject or cluster, attribute)
        for (subject, attribute), part in zip(rule.parts, parts, strict=True)
        if part is None
    ]
    if whole is None:
        missing.insert(0, (rule.whole[0] or cluster, rule.whole[1]))
    numbers = [_number(part) for part in parts]
    tolerance = rule.rounding * (len(parts) + 1)
    return SumCheck(
        rule.key, rule.relation, rule.whole[0] or cluster, whole,
        tuple(part for part in parts if part is not None), tuple(missing),
        total(number for number in numbers if number is not None),
        adds_up(rule.relation, numbers, _number(whole), tolerance),
    )


def cluster_checks(
    evidence: Evidence, codes: Iterable[str], rules: Sequence[SumRule] = CLUSTER_RULES
) -> tuple[SumCheck, ...]:
    """Parts and wholes within each cluster, where the whole or one part is known."""
    found = []
    for rule, code in product(rules, codes):
        whole = next(iter(_stated(evidence, code, rule.whole[1])), None)
        check = _compare(evidence, rule, whole, code)
        if check.whole is not None and check.parts:
            found.append(check)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Existing:
    """Plan groups and statuses that show a cluster to exist."""

    groups: Collection[str]
    statuses: Collection[str]

    def by(self, evidence: Evidence, code: str, day: date) -> bool:
        """Whether a source shows the cluster to exist by the day."""
        if evidence.get(code, "plan_group").value in self.groups:
            return True
        return any(
            item.value in self.statuses and item.valid_latest <= day
            for item in evidence.get(code, "status").usable
        )


def cluster_sums(
    evidence: Evidence,
    codes: Iterable[str],
    existing: Existing,
    rules: Sequence[ClusterSum] = CLUSTER_SUMS,
) -> tuple[SumCheck, ...]:
    """The newest statement of each total against the sum of the clusters it covers."""
    every = tuple(codes)
    return tuple(_cluster_sum(evidence, every, existing, rule) for rule in rules)


def _cluster_sum(evidence: Evidence, codes: Sequence[str], existing: Existing, rule: ClusterSum) -> SumCheck:
    whole = next(iter(_stated(evidence, *rule.whole)), None)
    day = whole.valid_latest if whole else evidence.as_of
    inside = [
        code
        for code in codes
        if (
            evidence.get(code, "plan_group").value == rule.group
            if rule.group
            else existing.by(evidence, code, day)
        )
    ]
    parts: list[Observation] = []
    missing: list[tuple[str, str]] = []
    for code in inside:
        said = [item for key in rule.attributes for item in _stated(evidence, code, key)[:1]]
        if said:
            parts.append(said[0])
        else:
            missing.append((code, rule.attributes[0]))
    numbers = [_number(part) for part in parts]
    tolerance = rule.rounding * (len(parts) + 1)
    # Clusters nobody has named may belong to the total: they add any amount.
    unknown: list[Interval | None] = [None] * (len(missing) + (not rule.is_complete))
    verdict = adds_up(Relation.EQUAL, [*numbers, *unknown], _number(whole), tolerance)
    # A planned area in place of an established one may be another figure, and proves nothing wrong.
    is_firm = verdict is not False or all(part.attribute == rule.attributes[0] for part in parts)
    return SumCheck(
        rule.key, Relation.EQUAL, rule.whole[0], whole, tuple(parts),
        (*(() if whole else (rule.whole,)), *missing),
        total(number for number in numbers if number is not None),
        verdict if is_firm else None, len(parts), len(inside), not rule.is_complete, not is_firm,
    )
