"""How good the evidence is: contradictions, gaps, age, sums and places. Pure: evidence in, rows out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations

from geo.shapes import distance_m, radius_m
from lib.domain.finding import Finding
from lib.domain.interval import Interval
from lib.domain.observation import Attribute, Evidence, Observation, SourceKind
from lib.domain.places import Accuracy, Boundary, Cluster, Commune
from lib.domain.rule import Rule

PROVINCE, PLAN, EACH_CLUSTER = "HT", "PLAN-1363", ""
"""Subjects of a figure: the province, its plan, and whichever cluster is looked at."""

AREA_ROUNDING_HA = 0.01
"""Areas are published with two decimals."""

MOVED_M = 1_000.0
"""Boundaries of one site whose centres lie further apart than this describe different places."""

ELONGATION = 1.5
"""
How many radii of the circle of a commune's area its own border may lie from its point.

Assumed, for want of commune borders: an ellipse with axes 2.25 to 1 reaches 1.5 radii.
"""

_HA_PER_KM2 = 100.0

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """
    Statements about one figure that cannot all be true.

    `why` tells what put `in_use` first: "chosen" (a steward did), "newest" or "reliable" (the order of the
    catalogue).
    """

    subject: str
    attribute: str
    in_use: Observation
    others: tuple[Observation, ...]
    why: str

    @property
    def is_chosen(self) -> bool:
        return self.why == "chosen"


def contradictions(
    evidence: Evidence, subjects: Collection[str], chosen: Mapping[Pair, str]
) -> list[Contradiction]:
    """
    Figures of `subjects` on which sources disagree, those nobody has settled first.

    `chosen` gives the identifier of the record that a steward let stand. A figure with such a choice is
    listed even when nothing contradicts it any more, so that the choice can be taken back.
    """
    found = []
    for (subject, attribute), standing in evidence.standings.items():
        if subject not in subjects or standing.chosen is None:
            continue
        is_chosen = chosen.get((subject, attribute)) == standing.chosen.id
        if standing.contradicting or is_chosen:
            others = standing.contradicting if standing.contradicting else standing.usable[1:]
            why = "chosen" if is_chosen else evidence.attributes[attribute].prefers
            found.append(Contradiction(subject, attribute, standing.chosen, others, why))
    return sorted(found, key=lambda one: one.is_chosen)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure by its attribute and subject; `subject` is "" for the cluster looked at."""

    attribute: str
    subject: str = EACH_CLUSTER


@dataclass(frozen=True, slots=True)
class Agreement:
    """
    Different figures that ought to say the same.

    Two sides disagree when no figure of the one can equal any figure of the other. A side with several
    figures (the plan's area at three dates) agrees when one of them does.
    """

    key: str
    sides: tuple[tuple[Figure, ...], ...]
    rounding: float = 0.0


AGREEMENTS = (
    Agreement(
        "area",
        (
            (Figure("established_area_ha"),),
            (Figure("reported_area_ha"),),
            (
                Figure("plan_area_2020_ha"),
                Figure("plan_area_2030_ha"),
                Figure("plan_area_after_2030_ha"),
            ),
        ),
        AREA_ROUNDING_HA,
    ),
    Agreement(
        "plan_clusters",
        ((Figure("plan_clusters_2030_count", PROVINCE),), (Figure("clusters_2030_count", PLAN),)),
    ),
)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two sides of an agreement that cannot be equal, each with what its sources say."""

    key: str
    subject: str
    one: tuple[Observation, ...]
    other: tuple[Observation, ...]


def disagreements(
    evidence: Evidence, clusters: Iterable[str], agreements: Iterable[Agreement] = AGREEMENTS
) -> list[Disagreement]:
    """Where different figures that ought to agree cannot, in the order of the agreements."""
    codes = tuple(clusters)
    found = []
    for agreement in agreements:
        is_per_cluster = any(one.subject == EACH_CLUSTER for side in agreement.sides for one in side)
        for subject in codes if is_per_cluster else (agreement.sides[0][0].subject,):
            stated = [_stated(evidence, side, subject) for side in agreement.sides]
            found += [
                Disagreement(agreement.key, subject, one, other)
                for one, other in combinations([side for side in stated if side], 2)
                if not _may_agree(one, other, agreement.rounding)
            ]
    return found


def _stated(evidence: Evidence, side: Iterable[Figure], subject: str) -> tuple[Observation, ...]:
    """What stands for the figures of one side."""
    standings = (evidence.get(figure.subject or subject, figure.attribute) for figure in side)
    return tuple(one.chosen for one in standings if one.chosen is not None)


def _may_agree(one: Iterable[Observation], other: Sequence[Observation], rounding: float) -> bool:
    return any(
        _difference(first.value, second.value).may_be_within(rounding)
        for first in one
        for second in other
        if isinstance(first.value, Interval) and isinstance(second.value, Interval)
    )


@dataclass(frozen=True, slots=True)
class Between:
    """A number known to lie from `low` to `high`, either of which may be infinite."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False

    def may_be_within(self, most: float) -> bool:
        """Whether the number may lie from -`most` to `most`."""
        low, high = _even(self.low), _even(self.high)
        above = low > most or (low == most and self.low_open)
        below = high < -most or (high == -most and self.high_open)
        return not above and not below

    def is_within(self, most: float) -> bool:
        """Whether the number surely lies from -`most` to `most`."""
        return _even(self.low) >= -most and _even(self.high) <= most


def _even(number: float) -> float:
    """Without what floating-point addition leaves, far below any published digit."""
    return round(number, 6)


def _difference(one: Interval, other: Interval) -> Between:
    return Between(
        one.low - other.high,
        one.high - other.low,
        one.low_open or other.high_open,
        one.high_open or other.low_open,
    )


class Adds(StrEnum):
    """Whether parts add up to a total; what is wrong first."""

    DOES_NOT = "does_not"
    CANNOT_TELL = "cannot_tell"
    ADDS_UP = "adds_up"


class Relation(StrEnum):
    """What the sum of the parts ought to be: the total, or no more than it."""

    EQUALS = "equals"
    AT_MOST = "at_most"


def adds_up(
    total: Interval | None,
    parts: Iterable[Interval],
    *,
    is_complete: bool = True,
    relation: Relation = Relation.EQUALS,
    rounding: float = 0.0,
) -> Adds:
    """
    Whether non-negative `parts` add up to `total` as far as their intervals tell.

    `is_complete` is False when a part is not known: it may then be anything from nothing. Each figure may be
    off by half of `rounding`. "does_not" and "adds_up" hold for every number inside the intervals.
    """
    if total is None:
        return Adds.CANNOT_TELL
    known = tuple(parts)
    most = _even(rounding * (len(known) + 1) / 2)
    low, high = sum(one.low for one in known), sum(one.high for one in known)
    over = Between(
        low - total.high,
        high - total.low if is_complete else float("inf"),
        total.high_open or any(one.low_open for one in known),
        total.low_open or any(one.high_open for one in known),
    )
    if relation is Relation.AT_MOST:
        over = Between(max(over.low, 0.0), max(over.high, 0.0), over.low_open and over.low >= 0.0)
    if not over.may_be_within(most):
        return Adds.DOES_NOT
    return Adds.ADDS_UP if is_complete and over.is_within(most) else Adds.CANNOT_TELL


@dataclass(frozen=True, slots=True)
class Sum:
    """
    Figures that ought to add up.

    `parts` are figures of the province, the plan or one cluster. With `members` (attribute, value) the one
    part is added over the clusters that have this value; with ("", "") over all clusters. Published
    figures only: what was itself calculated as a difference would always fit.
    """

    key: str
    total: Figure
    parts: tuple[Figure, ...]
    relation: Relation = Relation.EQUALS
    rounding: float = 0.0
    members: tuple[str, str] | None = None

    @property
    def is_list_open(self) -> bool:
        """Whether clusters that are not in the list yet may belong to the sum."""
        return self.members is not None


ALL_CLUSTERS = ("", "")


def _plan_sums() -> tuple[Sum, ...]:
    found: list[Sum] = []
    for year in ("2020", "2030", "after_2030"):
        existing, kept, expanded = (
            Figure(f"{group}_area_{year}_ha", PLAN) for group in ("existing", "kept", "expanded")
        )
        part = (Figure(f"plan_area_{year}_ha"),)
        found.append(Sum("plan_groups", existing, (kept, expanded), rounding=AREA_ROUNDING_HA))
        for name, total in (("kept", kept), ("expanded", expanded)):
            members = ("plan_group", name)
            found.append(Sum("plan_rows", total, part, rounding=AREA_ROUNDING_HA, members=members))
    for year in ("2030", "after_2030"):
        total, part = Figure(f"plan_area_{year}_ha", PROVINCE), (Figure(f"plan_area_{year}_ha"),)
        found.append(Sum("province_area", total, part, rounding=AREA_ROUNDING_HA, members=ALL_CLUSTERS))
    new = (Figure("existing_area_2030_ha", PLAN), Figure("new_area_2030_ha", PLAN))
    found.append(Sum("existing_and_new", Figure("plan_area_2030_ha", PROVINCE), new))
    return tuple(found)


def _province(*attributes: str) -> tuple[Figure, ...]:
    return tuple(Figure(attribute, PROVINCE) for attribute in attributes)


SUMS = (
    Sum(
        "investors",
        Figure("clusters_count", PROVINCE),
        _province("clusters_state_count", "clusters_enterprise_count"),
    ),
    Sum(
        "investor_areas",
        Figure("clusters_area_ha", PROVINCE),
        _province("clusters_state_area_ha", "clusters_enterprise_area_ha"),
        rounding=AREA_ROUNDING_HA,
    ),
    Sum(
        "operating",
        Figure("clusters_count", PROVINCE),
        _province("clusters_operating_count", "clusters_not_operating_count"),
    ),
    Sum(
        "treatment",
        Figure("clusters_with_central_treatment", PROVINCE),
        _province(
            "clusters_with_central_treatment_budget_count", "clusters_with_central_treatment_enterprise_count"
        ),
    ),
    Sum(
        "treatment_or_not",
        Figure("clusters_count", PROVINCE),
        _province("clusters_with_central_treatment", "clusters_without_central_treatment"),
    ),
    Sum(
        "environmental_file",
        Figure("clusters_count", PROVINCE),
        _province("clusters_with_environmental_file", "clusters_without_environmental_file"),
    ),
    Sum(
        "projects",
        Figure("secondary_projects_count", PROVINCE),
        _province("secondary_projects_state_count", "secondary_projects_enterprise_count"),
    ),
    Sum(
        "leased",
        Figure("leasable_industrial_land_ha", PROVINCE),
        _province("land_leased_to_projects_ha"),
        Relation.AT_MOST,
        AREA_ROUNDING_HA,
    ),
    Sum(
        "clusters_area",
        Figure("clusters_area_ha", PROVINCE),
        (Figure("established_area_ha"),),
        rounding=AREA_ROUNDING_HA,
        members=ALL_CLUSTERS,
    ),
    Sum(
        "clusters_projects",
        Figure("secondary_projects_count", PROVINCE),
        (Figure("secondary_projects_count"),),
        members=ALL_CLUSTERS,
    ),
    Sum(
        "clusters_workers",
        Figure("workers_count", PROVINCE),
        (Figure("workers_count"),),
        members=ALL_CLUSTERS,
    ),
    *_plan_sums(),
    Sum(
        "cluster_leased",
        Figure("industrial_land_ha"),
        (Figure("leased_area_ha"), Figure("committed_area_ha")),
        Relation.AT_MOST,
        AREA_ROUNDING_HA,
    ),
    Sum(
        "cluster_industrial",
        Figure("established_area_ha"),
        (Figure("industrial_land_ha"),),
        Relation.AT_MOST,
        AREA_ROUNDING_HA,
    ),
)
"""The sums that are checked."""


@dataclass(frozen=True, slots=True)
class Checked:
    """
    One sum with its answer.

    `missing` names the figures without a published value as (subject, attribute); `is_of_one_time` is False
    when the figures describe different times, so that a change between them would look like an error.
    """

    sum: Sum
    subject: str
    answer: Adds
    total: Observation | None
    parts: tuple[Observation, ...]
    missing: tuple[Pair, ...]
    is_of_one_time: bool


def check_sums(
    evidence: Evidence, clusters: Sequence[str], sums: Iterable[Sum] = SUMS
) -> list[Checked]:
    """
    Every sum with its answer, those that do not add up first.

    Where one source states all figures its own are added, the newest such source; else those that stand. A
    sum of one cluster of which nothing is published is left out.
    """
    found = []
    for one in sums:
        is_per_cluster = one.total.subject == EACH_CLUSTER
        for subject in clusters if is_per_cluster else (one.total.subject,):
            checked = _checked(evidence, one, subject, _wanted(evidence, one, subject, clusters))
            if not is_per_cluster or (checked.total is not None and checked.parts):
                found.append(checked)
    order = list(Adds)
    return sorted(found, key=lambda one: order.index(one.answer))


def _wanted(evidence: Evidence, one: Sum, subject: str, clusters: Sequence[str]) -> list[Pair]:
    """The figures that are to be added."""
    if one.members is None:
        return [(figure.subject or subject, figure.attribute) for figure in one.parts]
    attribute, value = one.members
    inside = [
        code
        for code in clusters
        if not attribute or any(said.value == value for said in evidence.get(code, attribute).usable[:1])
    ]
    return [(code, figure.attribute) for code in inside for figure in one.parts]


def _published(evidence: Evidence, pair: Pair) -> tuple[Observation, ...]:
    """Published numbers of a figure, the preferred first."""
    return tuple(
        said
        for said in evidence.get(*pair).usable
        if said.source_kind is not SourceKind.DERIVED and isinstance(said.value, Interval)
    )


def _checked(evidence: Evidence, one: Sum, subject: str, wanted: Sequence[Pair]) -> Checked:
    whole = (one.total.subject or subject, one.total.attribute)
    figures = {pair: _published(evidence, pair) for pair in (whole, *wanted)}
    picked = _of_one_source(figures) or {pair: said[0] for pair, said in figures.items() if said}
    total, parts = picked.get(whole), tuple(picked[pair] for pair in wanted if pair in picked)
    missing = tuple(pair for pair in figures if pair not in picked)
    changing = any(evidence.attributes[said.attribute].prefers == "newest" for said in picked.values())
    is_of_one_time = not changing or _share_a_day(list(picked.values()))
    answer = _answer(one, total, parts, is_complete=not missing) if is_of_one_time else Adds.CANNOT_TELL
    return Checked(one, subject, answer, total, parts, missing, is_of_one_time)


def _answer(one: Sum, total: Observation | None, parts: Sequence[Observation], *, is_complete: bool) -> Adds:
    if total is None or not parts:
        return Adds.CANNOT_TELL
    whole, values = _number(total), [_number(said) for said in parts]
    answer = adds_up(
        whole, values, is_complete=is_complete, relation=one.relation, rounding=one.rounding
    )
    if one.is_list_open and answer is Adds.DOES_NOT:
        # What is lacking may belong to clusters that nobody has listed yet; what is too much may not.
        return adds_up(whole, values, is_complete=False, relation=one.relation, rounding=one.rounding)
    return answer


def _number(said: Observation) -> Interval:
    if not isinstance(said.value, Interval):
        raise TypeError(f"{said.id} is no number")
    return said.value


def _of_one_source(figures: Mapping[Pair, Sequence[Observation]]) -> dict[Pair, Observation]:
    """All figures as the newest source that states every one of them at one time says them; else nothing."""
    by_time: dict[tuple[str, date | None, date], dict[Pair, Observation]] = {}
    for pair, said in figures.items():
        for one in said:
            key = (one.source, one.valid_earliest, one.valid_latest)
            by_time.setdefault(key, {}).setdefault(pair, one)
    whole = [found for found in by_time.values() if len(found) == len(figures)]
    return max(whole, key=lambda found: next(iter(found.values())).newness, default={})


def _share_a_day(said: Sequence[Observation]) -> bool:
    """Whether all may describe one and the same day."""
    if not said:
        return True
    return max(one.valid_earliest or date.min for one in said) <= min(one.valid_latest for one in said)


@dataclass(frozen=True, slots=True)
class Gap:
    """How many of the clusters have a usable value of an attribute; `missing` are codes that have none."""

    attribute: Attribute
    total: int
    missing: tuple[str, ...]

    @property
    def known(self) -> int:
        return self.total - len(self.missing)


def read_by_rules(findings: Iterable[Finding]) -> set[str]:
    """The attributes that findings rest on or would need."""
    found: set[str] = set()
    for finding in findings:
        found |= {item.attribute for item in finding.missing}
        found |= {use.observation.attribute for use in finding.evidence}
    return found


def completeness(evidence: Evidence, clusters: Sequence[str], wanted: Collection[str]) -> list[Gap]:
    """The gaps of the `wanted` attributes, the worst first, then in the order of the catalogue."""
    gaps = [
        Gap(one, len(clusters), tuple(code for code in clusters if not evidence.get(code, key).usable))
        for key, one in evidence.attributes.items()
        if key in wanted
    ]
    return sorted(gaps, key=lambda gap: -len(gap.missing))


def empty_share(gaps: Sequence[Gap]) -> float | None:
    """The share of cells (cluster × attribute) without a value, from 0 to 1; None when there is no cell."""
    cells = sum(gap.total for gap in gaps)
    return sum(len(gap.missing) for gap in gaps) / cells if cells else None


class Age(StrEnum):
    STALE = "stale"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class Aged:
    """A statement in use that is past its shelf life, or of which nobody knows since when it was true."""

    observation: Observation
    age: Age


def aged(evidence: Evidence, subjects: Collection[str]) -> list[Aged]:
    """Statements in use that are stale, the oldest first, then undated ones of attributes that age."""
    found = []
    for (subject, attribute), standing in evidence.standings.items():
        said = standing.chosen
        ages = evidence.attributes[attribute].shelf_life_months is not None
        if subject not in subjects or said is None or not ages:
            continue
        if evidence.is_stale(said):
            found.append(Aged(said, Age.STALE))
        elif said.valid_earliest is None:
            found.append(Aged(said, Age.UNDATED))
    return sorted(found, key=lambda one: (one.age, one.observation.valid_latest, one.observation.id))


@dataclass(frozen=True, slots=True)
class Outside:
    """A boundary whose centre lies further from every commune of its cluster than their size allows."""

    cluster: str
    commune: str
    distance_m: float
    allowed_m: float


def outside(
    clusters: Iterable[Cluster], boundaries: Mapping[str, Boundary], communes: Mapping[str, Commune]
) -> list[Outside]:
    """
    Boundaries that seem to lie outside their cluster's communes, by the nearest of these.

    A commune is known by its point and area only; `ELONGATION` radii and the boundary's own error are
    allowed. Communes without either cannot be compared and tell nothing.
    """
    found = []
    for cluster in clusters:
        boundary = boundaries.get(cluster.code)
        if boundary is None:
            continue
        distances = [
            _from_commune(cluster.code, boundary, communes[code])
            for code in cluster.communes_now
            if code in communes and communes[code].area_km2 is not None and communes[code].lon is not None
        ]
        if distances and all(one.distance_m > one.allowed_m for one in distances):
            found.append(min(distances, key=lambda one: one.distance_m - one.allowed_m))
    return found


def _from_commune(cluster: str, boundary: Boundary, commune: Commune) -> Outside:
    point = (commune.lon or 0.0, commune.lat or 0.0)
    allowed = ELONGATION * radius_m((commune.area_km2 or 0.0) * _HA_PER_KM2) + boundary.error_m
    return Outside(cluster, commune.code, distance_m(_centre(boundary), point), allowed)


def _centre(boundary: Boundary) -> tuple[float, float]:
    centre = boundary.shape.centroid
    return float(centre.x), float(centre.y)


@dataclass(frozen=True, slots=True)
class Moved:
    """Two boundaries of one cluster whose centres lie `distance_m` metres apart."""

    one: Boundary
    other: Boundary
    distance_m: float


def moved(boundaries: Iterable[Boundary]) -> list[Moved]:
    """Pairs of boundaries of one cluster more than `MOVED_M` apart, the furthest first."""
    by_cluster: dict[str, list[Boundary]] = {}
    for boundary in boundaries:
        by_cluster.setdefault(boundary.cluster, []).append(boundary)
    pairs = [
        Moved(one, other, distance_m(_centre(one), _centre(other)))
        for found in by_cluster.values()
        for one, other in combinations(found, 2)
    ]
    return sorted((pair for pair in pairs if pair.distance_m > MOVED_M), key=lambda pair: -pair.distance_m)


def without_boundary(clusters: Iterable[str], boundaries: Mapping[str, Boundary]) -> list[str]:
    """Clusters whose place is schematic still."""
    return [
        code
        for code in clusters
        if code not in boundaries or boundaries[code].accuracy is Accuracy.SCHEMATIC
    ]


def to_compare(rules: Iterable[Rule], day: date) -> list[Rule]:
    """Rules in force on the day with a clause whose text nobody has compared with the gazette."""
    return [
        rule
        for rule in rules
        if rule.is_in_force(day)
        and not rule.verified_by
        and any(not basis.status.may_conclude for basis in rule.basis)
    ]


def by_topic(gaps: Iterable[Gap], cluster: str) -> dict[str, tuple[int, int]]:
    """How many of the attributes of each topic are known of one cluster, and how many there are."""
    found: dict[str, tuple[int, int]] = {}
    for gap in gaps:
        known, total = found.get(gap.attribute.topic, (0, 0))
        found[gap.attribute.topic] = (known + (cluster not in gap.missing), total + 1)
    return found
