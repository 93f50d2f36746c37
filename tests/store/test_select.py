"""What stands as of a day, as known on a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.interval import DaySpan, Interval, exactly
from lib.domain.observation import Confidence, Evidence, Observation, SourceKind, Standing
from lib.store.select import Choice, select
from tests.store.make import ATTRIBUTES, observation

TODAY = date(2026, 11, 24)
LEGAL, PRESS = SourceKind.LEGAL_DOCUMENT, SourceKind.PRESS


def evidence(
    *items: Observation, as_of: date = TODAY, known_on: date = TODAY, choices: tuple[Choice, ...] = ()
) -> Evidence:
    return select(items, ATTRIBUTES, as_of, known_on, choices)


def standing(*items: Observation, **more: Any) -> Standing:
    return evidence(*items, **more).get("HT-CCN-001", items[0].attribute)


def ids(items: tuple[Observation, ...]) -> list[str]:
    return [item.id for item in items]


@pytest.mark.parametrize("as_of, usable, possible", [
    (date(2020, 12, 31), [], []),
    (date(2021, 1, 1), [], ["A"]),
    (date(2021, 12, 30), [], ["A"]),
    (date(2021, 12, 31), ["A"], []),
])
def test_a_year_counts_only_from_its_last_day(as_of: date, usable: list[str], possible: list[str]) -> None:
    around_2021 = observation("A", valid_earliest=date(2021, 1, 1), valid_latest=date(2021, 12, 31))
    found = standing(around_2021, as_of=as_of)
    assert (ids(found.usable), ids(found.possible)) == (usable, possible)


def test_undated_evidence_may_have_been_true_on_any_earlier_day() -> None:
    undated = observation("A", valid_earliest=None, valid_latest=date(2025, 6, 30))
    earlier = standing(undated, as_of=date(2024, 6, 30))
    assert (ids(earlier.usable), ids(earlier.possible)) == ([], ["A"])
    assert earlier.chosen is None and earlier.value is None
    assert ids(standing(undated, as_of=date(2025, 6, 30)).usable) == ["A"]


def test_what_was_recorded_later_was_not_known() -> None:
    item = observation("A", recorded_at=datetime(2026, 11, 24, 23, 59))
    assert standing(item, known_on=date(2026, 11, 23)) == Standing()
    assert ids(standing(item, known_on=date(2026, 11, 24)).usable) == ["A"]


def test_a_retraction_acts_from_the_day_it_was_recorded() -> None:
    first = observation("A", recorded_at=datetime(2026, 1, 1))
    undo = observation("B", value="", retracts="A", recorded_at=datetime(2026, 3, 1), reason="nhập nhầm")
    assert ids(standing(first, undo, known_on=date(2026, 2, 28)).usable) == ["A"]
    assert standing(first, undo, known_on=date(2026, 3, 1)) == Standing()


def test_a_retraction_that_was_retracted_has_no_effect_any_more() -> None:
    first = observation("A", recorded_at=datetime(2026, 1, 1))
    undo = observation("B", value="", retracts="A", recorded_at=datetime(2026, 3, 1))
    redo = observation("C", value="", retracts="B", recorded_at=datetime(2026, 5, 1))
    assert standing(first, undo, redo, known_on=date(2026, 4, 1)) == Standing()
    assert ids(standing(first, undo, redo, known_on=date(2026, 5, 1)).usable) == ["A"]


def test_a_correction_replaces_the_record_and_its_own_retraction_brings_it_back() -> None:
    first = observation("A", recorded_at=datetime(2026, 1, 1))
    better = observation("B", value=exactly(6), supersedes="A", recorded_at=datetime(2026, 3, 1))
    undo = observation("C", value="", retracts="B", recorded_at=datetime(2026, 5, 1))
    items = (first, better, undo)
    assert ids(standing(*items, known_on=date(2026, 2, 1)).usable) == ["A"]
    assert ids(standing(*items, known_on=date(2026, 4, 1)).usable) == ["B"]
    assert ids(standing(*items, known_on=date(2026, 5, 1)).usable) == ["A"]


def test_a_correction_corrected_in_turn_does_not_bring_the_first_record_back() -> None:
    items = (observation("A"), observation("B", supersedes="A"), observation("C", supersedes="B"))
    assert ids(standing(*items).usable) == ["C"]


def test_a_correction_acts_even_where_it_is_not_usable_yet() -> None:
    first = observation("A")
    moved = observation("B", supersedes="A", valid_earliest=date(2025, 1, 1), valid_latest=date(2025, 1, 1))
    assert standing(first, moved, as_of=date(2024, 6, 30)) == Standing()


def test_the_newest_wins_where_a_value_changes_with_time() -> None:
    old = observation("A", source_kind=LEGAL)
    new = observation("B", source_kind=PRESS, value=exactly(9), valid_earliest=date(2025, 1, 1),
                      valid_latest=date(2025, 1, 1))
    found = standing(old, new)
    assert ids(found.usable) == ["B", "A"]
    assert found.contradicting == (), "what was true earlier is history"


def test_two_sources_of_one_day_that_disagree_both_stay() -> None:
    report, press = observation("B"), observation("A", value=exactly(9), source_kind=PRESS)
    found = standing(press, report)
    assert ids(found.usable) == ["B", "A"]
    assert ids(found.contradicting) == ["A"]


def test_an_undated_value_contradicts_an_older_one_it_may_have_been_true_with() -> None:
    dated = observation("A")
    undated = observation("B", value=exactly(9), valid_earliest=None, valid_latest=date(2026, 11, 23))
    assert ids(standing(dated, undated).contradicting) == ["B"]


@pytest.mark.parametrize("kind", [PRESS, LEGAL])
@pytest.mark.parametrize("earliest", [None, date(2023, 12, 31)])
def test_the_vaguest_date_never_wins(earliest: date | None, kind: SourceKind) -> None:
    """A statement counts from the day it surely does not lie before, whoever makes it."""
    dated = observation("A", source_kind=PRESS)
    vague = observation(
        "B", value=exactly(9), valid_earliest=earliest, valid_latest=date(2026, 11, 23), source_kind=kind
    )
    assert ids(standing(vague, dated).usable) == ["A", "B"]


def test_of_two_that_begin_on_one_day_the_one_that_lasted_longer_is_the_newer() -> None:
    point = observation("A", source_kind=LEGAL)
    span = observation("B", value=exactly(9), valid_latest=date(2024, 6, 30), source_kind=PRESS)
    assert ids(standing(point, span).usable) == ["B", "A"]


def test_intervals_that_overlap_agree() -> None:
    around = observation("B", value=Interval(4, 6))
    above = observation("B", value=Interval(5, 6, low_open=True))
    assert standing(observation("A"), around).contradicting == ()
    assert ids(standing(observation("A"), above).contradicting) == ["B"]


def test_the_more_reliable_wins_where_the_value_is_one_for_all_time() -> None:
    decision = observation("A", attribute="established_area_ha", source_kind=LEGAL, value=exactly(24.5))
    press = observation("B", attribute="established_area_ha", source_kind=PRESS, value=exactly(30),
                        valid_earliest=date(2026, 1, 1), valid_latest=date(2026, 1, 1))
    found = standing(decision, press)
    assert ids(found.usable) == ["A", "B"]
    assert ids(found.contradicting) == ["B"]


def test_days_known_to_a_year_agree_with_a_day_in_it() -> None:
    year = observation("A", attribute="established_on", value=DaySpan(date(2014, 1, 1), date(2014, 12, 31)))
    day = observation("B", attribute="established_on", value=DaySpan(date(2014, 5, 2), date(2014, 5, 2)))
    other = observation("C", attribute="established_on", value=DaySpan(date(2015, 5, 2), date(2015, 5, 2)))
    assert ids(standing(year, day, other).contradicting) == ["C"]


def test_tenants_stand_side_by_side() -> None:
    items = [observation(name, attribute="tenant", value=name) for name in "AB"]
    assert standing(*items).contradicting == ()


def test_among_equals_the_surer_reading_wins_then_the_later_published() -> None:
    unsure = observation("A", reading_confidence=Confidence.LOW)
    sure = observation("B", published_on=date(2024, 2, 1))
    later = observation("C", published_on=date(2024, 3, 1))
    assert ids(standing(unsure, sure, later).usable) == ["C", "B", "A"]


def test_the_choice_of_the_steward_stands_from_the_day_it_was_made() -> None:
    report, press = observation("A"), observation("B", value=exactly(9), source_kind=PRESS)
    choice = Choice("HT-CCN-001", "leased_area_ha", "B", datetime(2026, 11, 24, 8))
    found = standing(report, press, choices=(choice,))
    assert ids(found.usable) == ["B", "A"]
    assert ids(found.contradicting) == ["A"]
    release = {"recorded_at": datetime(2026, 1, 1)}
    before = standing(
        observation("A", **release), observation("B", source_kind=PRESS, **release),
        choices=(choice,), known_on=date(2026, 11, 23),
    )
    assert ids(before.usable) == ["A", "B"]


def test_a_choice_that_is_not_usable_on_the_day_decides_nothing() -> None:
    report = observation("A")
    later = observation("B", valid_earliest=None, valid_latest=date(2026, 1, 1))
    choice = Choice("HT-CCN-001", "leased_area_ha", "B", datetime(2026, 11, 24))
    found = standing(report, later, choices=(choice,), as_of=date(2025, 1, 1))
    assert (ids(found.usable), ids(found.possible)) == (["A"], ["B"])


def test_stale_evidence_still_stands_and_says_so() -> None:
    found = evidence(observation("A"), as_of=date(2025, 1, 2))
    chosen = found.get("HT-CCN-001", "leased_area_ha").chosen
    assert chosen is not None and found.is_stale(chosen)
    assert not evidence(observation("A"), as_of=date(2025, 1, 1)).is_stale(chosen)


def test_subjects_list_their_attributes_in_the_order_of_the_catalogue() -> None:
    found = evidence(observation("A", attribute="tenant", value="x"), observation("B"))
    assert list(found.of("HT-CCN-001")) == ["leased_area_ha", "tenant"]
    assert found.of("HT-CCN-002") == {}


DAYS = st.dates(date(2024, 1, 1), date(2024, 1, 8))


@st.composite
def records(draw: st.DrawFn) -> list[Observation]:
    found: list[Observation] = []
    for index in range(draw(st.integers(1, 7))):
        first, last = sorted((draw(DAYS), draw(DAYS)))
        earlier = [item.id for item in found]
        link = draw(st.sampled_from(["", "supersedes", "retracts"])) if earlier else ""
        found.append(observation(
            f"O{index}",
            value=exactly(draw(st.integers(1, 3))),
            valid_earliest=draw(st.sampled_from([None, first])),
            valid_latest=last,
            source_kind=draw(st.sampled_from(SourceKind)),
            recorded_at=datetime(2024, 1, 1 + index),
            **({link: draw(st.sampled_from(earlier))} if link else {}),
        ))
    return found


@given(records(), st.randoms(use_true_random=False), DAYS, DAYS)
def test_the_order_of_the_records_does_not_matter(
    items: list[Observation], random: Any, as_of: date, known_on: date
) -> None:
    mixed = list(items)
    random.shuffle(mixed)
    assert select(items, ATTRIBUTES, as_of, known_on) == select(mixed, ATTRIBUTES, as_of, known_on)


@given(records(), DAYS, DAYS)
def test_nothing_of_the_future_is_used(items: list[Observation], as_of: date, known_on: date) -> None:
    found = standing(*items, as_of=as_of, known_on=known_on)
    assert all(item.valid_latest <= as_of for item in found.usable)
    assert all(item.recorded_at.date() <= known_on for item in found.usable + found.possible)
    assert all(item.valid_latest > as_of for item in found.possible)
    assert set(ids(found.contradicting)) <= set(ids(found.usable[1:]))


@given(records(), DAYS, DAYS)
def test_later_records_do_not_change_what_was_known_before(
    items: list[Observation], as_of: date, known_on: date
) -> None:
    by_then = [item for item in items if item.recorded_at.date() <= known_on]
    assert (
        evidence(*items, as_of=as_of, known_on=known_on).standings
        == evidence(*by_then, as_of=as_of, known_on=known_on).standings
    )
