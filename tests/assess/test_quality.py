"""Contradictions, gaps, age, sums and places, on small evidence made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from geo.shapes import distance_m
from lib.assess import quality, quality_agree, quality_places, quality_sums
from lib.assess.quality import AgeState, CellState, InUse
from lib.assess.quality_sums import Relation, adds_up
from lib.domain.interval import DaySpan, Interval, exactly
from lib.domain.observation import Observation, SourceKind
from lib.domain.places import Accuracy, Boundary, Cluster, Commune
from tests.assess.make import CODE, TODAY, attributes, book, evidence, finding, say

BEFORE = date(2026, 6, 30)
OTHER = "HT-CCN-002"


def of(source: str, said: Observation) -> Observation:
    return replace(said, id=f"{said.id}/{source}", source=source)


# Contradictions


def test_a_contradiction_names_all_statements_and_the_order_that_decides() -> None:
    said = [of(key, say("reported_area_ha", area)) for key, area in (("a", 11.0), ("b", 12.0), ("c", 13.0))]
    (found,) = quality.contradictions(evidence(*said), {CODE}, {})
    assert found.why is InUse.RELIABLE
    assert {one.source for one in found.all} == {"a", "b", "c"}


def test_a_choice_is_told_apart_and_comes_after_what_nobody_settled() -> None:
    said = [of(key, say("reported_area_ha", area)) for key, area in (("a", 11.0), ("b", 12.0))]
    also = [of(key, say("total_investment_billion_vnd", cost)) for key, cost in (("a", 86.0), ("b", 96.0))]
    known = evidence(*said, *also)
    chosen = known.get(CODE, "reported_area_ha").chosen
    assert chosen is not None
    first, second = quality.contradictions(known, {CODE}, {(CODE, "reported_area_ha"): chosen.id})
    assert (first.attribute, first.why) == ("total_investment_billion_vnd", InUse.RELIABLE)
    assert (second.attribute, second.why) == ("reported_area_ha", InUse.CHOSEN)


def test_a_choice_that_does_not_stand_on_the_day_is_no_reason() -> None:
    said = [of(key, say("reported_area_ha", area)) for key, area in (("a", 11.0), ("b", 12.0))]
    (found,) = quality.contradictions(evidence(*said), {CODE}, {(CODE, "reported_area_ha"): "gone"})
    assert found.why is InUse.RELIABLE


def test_another_value_of_another_time_is_a_total_that_differs_but_no_contradiction() -> None:
    said = [
        say("clusters_count", count, day, subject="HT") for count, day in ((22.0, TODAY), (21.0, BEFORE))
    ]
    known = evidence(*said)
    assert quality.contradictions(known, {"HT"}, {}) == ()
    totals = quality.differing_totals(known, "HT")
    assert [one.value for one in totals["clusters_count"]] == [exactly(22.0), exactly(21.0)]


def test_areas_that_differ_by_rounding_agree_and_others_do_not() -> None:
    known = evidence(
        say("plan_area_2020_ha", 4.52),
        say("reported_area_ha", 4.515),
        say("plan_area_2020_ha", 68.28, subject=OTHER),
        say("reported_area_ha", 68.17, subject=OTHER),
    )
    (found,) = quality_agree.disagreements(known, [CODE, OTHER])
    assert found.subject == OTHER
    assert {one.value for one in found.statements} == {exactly(68.28), exactly(68.17)}


def test_works_that_ended_before_they_began_disagree() -> None:
    span = DaySpan(date(2020, 1, 1), date(2020, 12, 31))
    ended = DaySpan(date(2019, 1, 1), date(2019, 12, 31))
    known = evidence(say("construction_started_on", span), say("works_completed_on", ended))
    assert [one.key for one in quality_agree.disagreements(known, [CODE])] == ["days"]


# Gaps and age


def test_cells_tell_known_old_possible_and_empty_apart() -> None:
    known = evidence(
        say("status", "established"),
        say("operating", "yes", date(2020, 1, 1)),
        say("central_treatment", "none", (None, date(2027, 6, 30))),
    )
    wanted = ("status", "operating", "central_treatment", "works_state")
    cells = quality.completeness(known, [CODE], wanted)
    assert list(cells["state"]) == [
        CellState.KNOWN, CellState.STALE, CellState.POSSIBLE, CellState.EMPTY,
    ]  # fmt: skip
    assert quality.empty_share_pct(cells) == 50.0


def test_the_worst_gap_comes_first_and_clusters_are_counted_alike() -> None:
    said = [say("status", "established"), say("status", "planned", subject=OTHER), say("operating", "yes")]
    known = evidence(*said)
    cells = quality.completeness(known, [CODE, OTHER], ("status", "operating", "works_state"))
    by_attribute = quality.filled_counts(cells, "attribute")
    assert list(by_attribute["attribute"]) == ["works_state", "operating", "status"]
    assert list(by_attribute["filled"]) == [0, 1, 2]
    by_cluster = quality.filled_counts(cells, "cluster")
    assert list(zip(by_cluster["cluster"], by_cluster["filled"], strict=True)) == [(OTHER, 1), (CODE, 2)]


def test_no_cell_has_no_share() -> None:
    assert quality.empty_share_pct(quality.completeness(evidence(), [], ("status",))) is None


def test_what_a_rule_misses_or_rests_on_is_read() -> None:
    in_force = [rule for rule in book().rules if rule.is_in_force(TODAY)]
    found = [finding(rule.family, say("operating", "yes")) for rule in in_force]
    needed = {item.attribute for one in found for item in one.missing}
    rested_on = {use.observation.attribute for one in found for use in one.evidence}
    read = quality.attributes_read(found, evidence())
    assert needed - quality.PAGE_FACTS and rested_on
    assert set(read) == needed | rested_on | quality.PAGE_FACTS
    assert list(read) == [key for key in attributes() if key in set(read)]


def test_old_undated_and_fresh_statements_are_told_apart_the_oldest_first() -> None:
    known = evidence(
        say("status", "established", (None, BEFORE)),
        say("operating", "yes", date(2020, 1, 1)),
        say("works_state", "idle"),
        say("plan_area_2030_ha", 10.0, (None, BEFORE)),
    )
    found = quality.aged(known, {CODE})
    assert [(one.observation.attribute, one.state) for one in found] == [
        ("operating", AgeState.STALE), ("status", AgeState.UNSURE), ("works_state", AgeState.FRESH),
    ]  # fmt: skip
    assert found[0].good_until == date(2022, 1, 1)


# Sums


@pytest.mark.parametrize(
    ("relation", "parts", "whole", "expected"),
    [
        (Relation.EQUAL, [12.0, 10.0], 22.0, True),
        (Relation.EQUAL, [12.0, 11.0], 22.0, False),
        (Relation.EQUAL, [12.0, None], 22.0, None),
        (Relation.EQUAL, [23.0, None], 22.0, False),
        (Relation.EQUAL, [12.0, 10.0], None, None),
        (Relation.COVER, [12.0, 11.0], 22.0, True),
        (Relation.COVER, [12.0, 9.0], 22.0, False),
        (Relation.EACH, [12.0, 22.0], 22.0, True),
        (Relation.EACH, [12.0, 23.0], 22.0, False),
        (Relation.EACH, [12.0, None], 22.0, None),
    ],
)
def test_three_answers(
    relation: Relation, parts: list[float | None], whole: float | None, expected: bool | None
) -> None:
    known = [None if part is None else exactly(part) for part in parts]
    assert adds_up(relation, known, None if whole is None else exactly(whole)) is expected


WHOLE_NUMBERS = st.integers(0, 6)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    """A range of whole numbers with closed or open ends that holds at least one of them."""
    low, width = draw(WHOLE_NUMBERS), draw(st.integers(0, 3))
    is_wide = width >= 2
    return Interval(low, low + width, is_wide and draw(st.booleans()), is_wide and draw(st.booleans()))


def _inside(interval: Interval) -> list[float]:
    """Points of the interval: its whole numbers, and points close to open ends."""
    near = 0.001
    points = {interval.low + near * interval.low_open, interval.high - near * interval.high_open}
    middle = range(int(interval.low) + 1, int(interval.high))
    return sorted(points | {float(number) for number in middle})


def _holds(relation: Relation, parts: tuple[float, ...], whole: float) -> bool:
    return {
        Relation.EQUAL: abs(sum(parts) - whole) < 1e-6,
        Relation.COVER: sum(parts) >= whole - 1e-6 and max(parts) <= whole + 1e-6,
        Relation.EACH: max(parts) <= whole + 1e-6,
    }[relation]


@given(st.sampled_from(list(Relation)), st.lists(intervals(), min_size=1, max_size=3), intervals())
def test_a_firm_answer_holds_for_every_number_inside_the_intervals(
    relation: Relation, parts: list[Interval], whole: Interval
) -> None:
    answer = adds_up(relation, parts, whole)
    tried = [_holds(relation, inside[:-1], inside[-1]) for inside in product(*map(_inside, [*parts, whole]))]
    if answer is not None:
        assert set(tried) == {answer}


@given(st.lists(st.integers(0, 50), min_size=1, max_size=5), st.integers(-3, 3))
def test_exact_figures_always_get_a_firm_answer(parts: list[int], off: int) -> None:
    whole = max(sum(parts) + off, 0)
    found = adds_up(Relation.EQUAL, [exactly(part) for part in parts], exactly(whole))
    assert found is (sum(parts) == whole)


@given(st.sampled_from(list(Relation)), st.lists(intervals(), min_size=1, max_size=3), intervals())
def test_a_missing_part_never_turns_doubt_into_certainty_that_it_adds_up(
    relation: Relation, parts: list[Interval], whole: Interval
) -> None:
    before, after = adds_up(relation, parts, whole), adds_up(relation, [*parts, None], whole)
    if before is None and relation is not Relation.COVER:
        assert after is None
    assert not (relation is Relation.EQUAL and after is True)


def test_the_parts_are_those_of_the_same_source_and_time() -> None:
    known = evidence(
        of("a", say("clusters_count", 22.0, subject="HT")),
        of("a", say("clusters_operating_count", 18.0, subject="HT")),
        of("b", say("clusters_not_operating_count", 4.0, BEFORE, subject="HT")),
    )
    (rule,) = [one for one in quality_sums.SUM_RULES if one.key == "operating"]
    (found,) = quality_sums.sum_checks(known, [rule])
    assert found.verdict is None
    assert found.missing == (("HT", "clusters_not_operating_count"),)


def test_what_was_worked_out_from_a_total_does_not_prove_it() -> None:
    known = evidence(
        of("a", say("clusters_count", 21.0, subject="HT")),
        of("a", say("clusters_with_central_treatment", 8.0, subject="HT")),
        of("a", say("clusters_without_central_treatment", 13.0, TODAY, SourceKind.DERIVED, "HT")),
    )
    (rule,) = [one for one in quality_sums.SUM_RULES if one.key == "treatment"]
    (found,) = quality_sums.sum_checks(known, [rule])
    assert found.verdict is None and found.missing


def test_a_planned_area_in_place_of_an_established_one_proves_nothing_wrong() -> None:
    (rule,) = [one for one in quality_sums.CLUSTER_SUMS if one.key == "clusters_area"]
    counted = quality_sums.Existing(("kept",), ())
    for attribute, expected, is_mixed in (
        ("established_area_ha", False, False), ("plan_area_2020_ha", None, True),
    ):  # fmt: skip
        known = evidence(
            say("clusters_area_ha", 20.0, subject="HT"), say("plan_group", "kept"), say(attribute, 30.0)
        )
        (found,) = quality_sums.cluster_sums(known, [CODE], counted, [rule])
        assert (found.verdict, found.is_mixed) == (expected, is_mixed)


def test_leased_land_beyond_the_industrial_land_does_not_fit() -> None:
    known = evidence(say("industrial_land_ha", 20.0), say("leased_area_ha", 21.5))
    found = {one.key: one.verdict for one in quality_sums.cluster_checks(known, [CODE])}
    assert found["cluster_land_used"] is False


# Places


def _boundary(lon: float, lat: float, source: str = "a", accuracy: Accuracy = Accuracy.SURVEYED) -> Boundary:
    shape = box(lon - 0.002, lat - 0.002, lon + 0.002, lat + 0.002)
    return Boundary(CODE, shape, accuracy, 5.0, 20.0, source)


COMMUNE = Commune("2025-07:1", "Một", "Xã Một", lat=18.3, lon=105.9, area_km2=12.0)
CLUSTER = Cluster(CODE, "Cụm", communes_now=(COMMUNE.code,))


def test_a_boundary_near_its_commune_is_inside_and_one_far_away_is_not() -> None:
    communes = {COMMUNE.code: COMMUNE}
    near, far = _boundary(105.91, 18.31), _boundary(106.1, 18.3)
    for boundary, expected in ((near, True), (far, False)):
        (found,) = quality_places.place_checks([CLUSTER], {CODE: boundary}, communes)
        assert found.is_inside is expected
        middle = (boundary.shape.centroid.x, boundary.shape.centroid.y)
        assert found.distance_m == pytest.approx(distance_m(middle, (105.9, 18.3)), rel=1e-6)


def test_a_commune_without_an_area_leaves_it_open() -> None:
    communes = {COMMUNE.code: replace(COMMUNE, area_km2=None)}
    (found,) = quality_places.place_checks([CLUSTER], {CODE: _boundary(106.1, 18.3)}, communes)
    assert found.is_inside is None


def test_a_site_moved_only_beyond_one_kilometre() -> None:
    here, beside, away = _boundary(105.9, 18.3), _boundary(105.905, 18.3, "b"), _boundary(105.93, 18.3, "c")
    found = quality_places.moves([here, beside, away])
    assert [(one.first.source, one.second.source) for one in found] == [("a", "c"), ("b", "c")]
    assert found[0].distance_m == pytest.approx(distance_m((105.9, 18.3), (105.93, 18.3)), rel=1e-3)


def test_a_schematic_circle_is_no_boundary() -> None:
    circle = _boundary(105.9, 18.3, accuracy=Accuracy.SCHEMATIC)
    assert quality_places.schematic([CODE, OTHER], {CODE: circle}) == (CODE, OTHER)
    assert quality_places.moves([circle, _boundary(106.0, 18.3)]) == ()


# Rules


def test_unread_rules_are_those_in_force_whose_clause_may_not_conclude() -> None:
    found = quality.unread_rules(book().rules, TODAY)
    assert found and all(rule.is_in_force(TODAY) and not rule.verified_by for rule in found)
    assert all(any(not basis.status.may_conclude for basis in rule.basis) for rule in found)
    verified = [replace(rule, verified_by="Lan", verified_on=TODAY) for rule in found]
    assert quality.unread_rules(verified, TODAY) == ()
