"""Different figures of one cluster that should agree, and communes that sources give differently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from lib.assess.quality_agree import communes_today, disagreements, place_disagreements
from lib.domain.interval import DaySpan, Interval, exactly
from lib.domain.observation import Observation, SourceKind
from tests.assess.make import CODE, evidence, say, year

CHANGES = (
    ("2025-01:18415", "2025-07:18406", False),
    ("2025-01:18406", "2025-07:18406", False),
    ("2025-01:18466", "2025-07:18466", False),
)
COMMUNES = ("2025-07:18406", "2025-07:18466", "2025-01:18415", "2025-01:18406", "2025-01:18466")


@pytest.mark.parametrize(
    ("reported", "disagrees"),
    [
        (exactly(68.17), True),
        (exactly(68.275), False),
        (Interval(60, 70), False),
        (Interval(68.28, 70, low_open=True), False),
    ],
)
def test_areas_disagree_only_beyond_their_rounding(reported: Interval, disagrees: bool) -> None:
    found = disagreements(
        evidence(say("reported_area_ha", reported), say("plan_area_2020_ha", 68.28)), [CODE]
    )
    assert bool(found) is disagrees
    assert all(one.key == "area_reported" and len(one.statements) == 2 for one in found)


@pytest.mark.parametrize(
    ("started", "disagrees"),
    [(DaySpan(date(2019, 5, 1), date(2019, 5, 31)), True), (year(2020), False), (year(2021), False)],
)
def test_works_cannot_begin_before_the_decision(started: DaySpan, disagrees: bool) -> None:
    decided = say("investment_approved_on", DaySpan(date(2020, 6, 1), date(2020, 6, 1)))
    found = disagreements(evidence(decided, say("construction_started_on", started)), [CODE])
    assert bool(found) is disagrees


def test_projects_in_a_cluster_said_not_to_operate_are_a_disagreement_of_one_time_only() -> None:
    seen = date(2025, 6, 30)
    idle, busy = say("operating", "no", seen), say("secondary_projects_count", 3, seen)
    assert [one.key for one in disagreements(evidence(idle, busy), [CODE])] == ["not_operating"]
    later = say("secondary_projects_count", 3, date(2026, 6, 30))
    assert disagreements(evidence(idle, later), [CODE]) == ()
    assert disagreements(evidence(idle, say("secondary_projects_count", 0, seen)), [CODE]) == ()


def placed(source: str, *communes: str, kind: SourceKind = SourceKind.PRESS) -> list[Observation]:
    return [
        replace(made, id=f"{made.id}/{source}", source=source)
        for made in (say("commune_then", code, kind=kind) for code in communes)
    ]


def places(*statements: Sequence[Observation]) -> list[set[str]]:
    found = place_disagreements(
        evidence(*(item for group in statements for item in group)), [CODE], CHANGES, COMMUNES
    )
    return [{item.source for item in one.statements} for one in found]


def test_sources_that_name_communes_of_two_places_of_today_disagree() -> None:
    two = placed("a", "2025-01:18466"), placed("b", "2025-01:18415", "2025-01:18406")
    assert places(*two) == [{"a", "b"}]


def test_old_communes_that_became_one_do_not_disagree() -> None:
    assert places(placed("a", "2025-01:18415"), placed("b", "2025-01:18406")) == []


def test_a_place_that_was_worked_out_or_has_no_known_fate_says_nothing() -> None:
    here = placed("a", "2025-01:18466")
    assert places(here, placed("b", "2025-01:18415", kind=SourceKind.DERIVED)) == []
    assert places(here, placed("b", "xã Sơn Thọ, huyện Vũ Quang")) == []


def test_a_code_of_before_2025_is_followed_under_its_number() -> None:
    assert communes_today("2020:18466", CHANGES, COMMUNES) == frozenset({"2025-07:18466"})
    assert communes_today("2025-07:18406", CHANGES, COMMUNES) == frozenset({"2025-07:18406"})
    assert communes_today("2020:99999", CHANGES, COMMUNES) is None
