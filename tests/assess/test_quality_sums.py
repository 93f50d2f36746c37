"""Whether figures add up: three answers that hold for every figure inside the intervals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.assess.quality_sums import (
    PLAN,
    PROVINCE,
    ClusterSum,
    Existing,
    Relation,
    SumCheck,
    SumRule,
    adds_up,
    cluster_checks,
    cluster_sums,
    sum_checks,
)
from lib.domain.interval import Interval, exactly
from lib.domain.observation import Observation, SourceKind
from tests.assess.make import CODE, TODAY, evidence, say

OTHER = "HT-CCN-002"
KINDS = SumRule(
    "kinds",
    (PROVINCE, "clusters_count"),
    ((PROVINCE, "clusters_state_count"), (PROVINCE, "clusters_enterprise_count")),
    Relation.COVER,
)
OPERATING = SumRule(
    "operating",
    (PROVINCE, "clusters_count"),
    ((PROVINCE, "clusters_operating_count"), (PROVINCE, "clusters_not_operating_count")),
)
EXISTING = Existing(("kept", "expanded"), ("established", "investor_approved"))
MOST = 6

small = st.tuples(st.integers(0, MOST), st.integers(0, MOST)).map(lambda ends: Interval(min(ends), max(ends)))


def holds(relation: Relation, parts: tuple[int, ...], whole: int) -> bool:
    """The relation between plain numbers."""
    return {
        Relation.EQUAL: sum(parts) == whole,
        Relation.COVER: max(parts) <= whole <= sum(parts),
        Relation.EACH: max(parts) <= whole,
    }[relation]


def inside(value: Interval) -> range:
    return range(int(value.low), int(value.high) + 1)


@given(st.sampled_from(Relation), st.lists(small, min_size=1, max_size=3), small)
def test_the_answer_is_that_of_all_completions(
    relation: Relation, parts: list[Interval], whole: Interval
) -> None:
    """The ends are whole numbers, so some completion fits exactly if one of whole numbers does."""
    outcomes = {
        holds(relation, numbers, total)
        for *numbers_, total in product(*map(inside, parts), inside(whole))
        for numbers in [tuple(numbers_)]
    }
    expected = outcomes.pop() if len(outcomes) == 1 else None
    assert adds_up(relation, parts, whole) is expected


@given(st.sampled_from(Relation), st.lists(small, min_size=1, max_size=3), small)
def test_a_missing_part_is_any_amount_and_never_proves_that_parts_add_up(
    relation: Relation, parts: list[Interval], whole: Interval
) -> None:
    answer = adds_up(relation, [*parts, None], whole)
    assert answer is not True
    too_much = {
        Relation.EQUAL: sum(part.low for part in parts) > whole.high,
        Relation.COVER: max(part.low for part in parts) > whole.high,
        Relation.EACH: max(part.low for part in parts) > whole.high,
    }
    assert (answer is False) is too_much[relation]


@given(st.sampled_from(Relation), st.lists(small, min_size=1, max_size=3))
def test_without_a_total_nothing_can_be_told(relation: Relation, parts: list[Interval]) -> None:
    assert adds_up(relation, parts, None) is None


@given(st.lists(small, min_size=1, max_size=3), small, st.permutations(range(3)))
def test_the_order_of_parts_does_not_matter(
    parts: list[Interval], whole: Interval, order: list[int]
) -> None:
    moved = [parts[place] for place in order if place < len(parts)]
    assert adds_up(Relation.EQUAL, parts, whole) is adds_up(Relation.EQUAL, moved, whole)


def test_an_open_end_is_not_reached() -> None:
    under_eleven = Interval(10, 11, high_open=True)
    assert adds_up(Relation.EQUAL, [under_eleven, exactly(1)], exactly(12)) is False
    assert adds_up(Relation.EQUAL, [under_eleven, exactly(1)], exactly(11)) is None


@pytest.mark.parametrize(("whole", "answer"), [(318.83, True), (318.78, True), (318.70, False)])
def test_rounding_of_printed_figures_is_allowed_for(whole: float, answer: bool) -> None:
    rows = [42.92, 26.47, 4.40, 23.11, 68.28, 39.52, 51.05, 11.07, 42.17, 5.33, 4.52]
    assert adds_up(Relation.EQUAL, [exactly(row) for row in rows], exactly(whole), 0.06) is answer


def said(attribute: str, number: float, source: str, year: int = 2026, **more: object) -> Observation:
    made = say(attribute, number, date(year, 1, 9), subject=PROVINCE)
    return replace(made, id=f"{made.id}/{source}", source=source, **more)  # type: ignore[arg-type]


def checked(rule: SumRule, *statements: Observation) -> list[SumCheck]:
    return list(sum_checks(evidence(*statements), (rule,)))


def test_a_cluster_with_two_kinds_of_investor_counts_in_both() -> None:
    (check,) = checked(
        KINDS,
        said("clusters_count", 22, "a"),
        said("clusters_state_count", 12, "a"),
        said("clusters_enterprise_count", 11, "a"),
    )
    assert check.verdict is True and check.is_shared and check.gap == 1


def test_parts_of_one_source_that_cannot_make_up_its_total_are_named() -> None:
    (check,) = checked(
        OPERATING,
        said("clusters_count", 22, "a"),
        said("clusters_operating_count", 18, "a"),
        said("clusters_not_operating_count", 3, "a"),
    )
    assert check.verdict is False and check.gap == check.least_gap == -1


def test_figures_of_different_sources_and_times_are_not_added() -> None:
    """A total of 2026 and parts of 2024 differ because clusters were added, not because one is wrong."""
    (check,) = checked(
        OPERATING,
        said("clusters_count", 22, "a"),
        said("clusters_operating_count", 18, "b", 2024),
        said("clusters_not_operating_count", 3, "b", 2024),
    )
    assert check.verdict is None
    assert {attribute for _, attribute in check.missing} == {
        "clusters_operating_count", "clusters_not_operating_count",
    }


def test_every_source_that_gives_a_total_with_its_parts_is_checked() -> None:
    found = checked(
        OPERATING,
        said("clusters_count", 22, "a"),
        said("clusters_count", 21, "b", 2024),
        said("clusters_operating_count", 18, "b", 2024),
        said("clusters_not_operating_count", 3, "b", 2024),
    )
    assert [(check.whole.source, check.verdict) for check in found if check.whole] == [("b", True)]


def test_what_was_worked_out_from_the_total_proves_nothing() -> None:
    (check,) = checked(
        OPERATING,
        said("clusters_count", 22, "a"),
        said("clusters_operating_count", 18, "a"),
        said("clusters_not_operating_count", 4, "a", source_kind=SourceKind.DERIVED),
    )
    assert check.verdict is None


def test_land_in_use_must_fit_into_the_industrial_land_of_its_cluster() -> None:
    found = cluster_checks(
        evidence(say("industrial_land_ha", 20), say("leased_area_ha", 25), say("committed_area_ha", 5)),
        [CODE, OTHER],
    )
    assert [(check.key, check.subject, check.verdict) for check in found] == [
        ("cluster_land_used", CODE, False)
    ]


PLAN_SUM = ClusterSum("kept", (PLAN, "kept_area_2030_ha"), ("plan_area_2030_ha",), "kept", True, 0.005)


def planned(code: str, area: float | None) -> list[Observation]:
    group = say("plan_group", "kept", subject=code, kind=SourceKind.LEGAL_DOCUMENT)
    return [group] if area is None else [group, say("plan_area_2030_ha", area, subject=code)]


@pytest.mark.parametrize(
    ("areas", "verdict"),
    [((40.0, 10.0), True), ((40.0, 9.0), False), ((40.0, None), None), ((60.0, None), False)],
)
def test_clusters_of_a_group_add_up_to_its_printed_total(
    areas: tuple[float, float | None], verdict: bool | None
) -> None:
    rows = planned(CODE, areas[0]) + planned(OTHER, areas[1])
    total = say("kept_area_2030_ha", 50, subject=PLAN, kind=SourceKind.LEGAL_DOCUMENT)
    (check,) = cluster_sums(evidence(total, *rows), [CODE, OTHER], EXISTING, (PLAN_SUM,))
    assert check.verdict is verdict
    assert (check.covered, check.expected) == (sum(area is not None for area in areas), 2)


def test_clusters_nobody_has_named_may_make_up_the_rest_but_not_take_away() -> None:
    rule = ClusterSum("projects", (PROVINCE, "secondary_projects_count"), ("secondary_projects_count",))

    def verdict(projects: float) -> bool | None:
        made = evidence(
            say("secondary_projects_count", 10, subject=PROVINCE),
            say("plan_group", "kept"),
            say("secondary_projects_count", projects),
        )
        return cluster_sums(made, [CODE], EXISTING, (rule,))[0].verdict

    assert verdict(4) is None
    assert verdict(11) is False


def test_how_far_a_sum_is_off_is_told_only_as_far_as_it_is_certain() -> None:
    rule = ClusterSum("area", (PROVINCE, "clusters_area_ha"), ("established_area_ha",))
    made = evidence(
        say("clusters_area_ha", 30, subject=PROVINCE),
        say("plan_group", "kept"),
        say("established_area_ha", Interval(35, 45)),
    )
    (check,) = cluster_sums(made, [CODE], EXISTING, (rule,))
    assert check.verdict is False and check.gap is None and check.least_gap == 5


def test_a_cluster_set_up_after_the_total_was_published_is_not_counted() -> None:
    rule = ClusterSum("area", (PROVINCE, "clusters_area_ha"), ("established_area_ha",))
    made = evidence(
        say("clusters_area_ha", 30, date(2026, 1, 9), subject=PROVINCE),
        say("status", "established", date(2020, 1, 1)),
        say("established_area_ha", 30, date(2020, 1, 1)),
        say("status", "established", TODAY, subject=OTHER),
        say("established_area_ha", 40, TODAY, subject=OTHER),
    )
    (check,) = cluster_sums(made, [CODE, OTHER], EXISTING, (rule,))
    assert check.expected == 1 and check.verdict is None
