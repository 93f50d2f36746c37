"""Which version of a family counts: half-open periods, gaps, and what was published later."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from lib.assess.evaluate import in_force, versions
from tests.assess.make import book

FAR = date(2100, 1, 1)
FIRST, SECOND = (
    replace(book().rules[0], id=name, family="T", effective_from=start, effective_to=end, known_from=known)
    for name, start, end, known in (
        ("T-1", date(2024, 1, 1), date(2025, 1, 1), date(2024, 1, 1)),
        ("T-2", date(2025, 1, 1), None, date(2024, 10, 1)),
    )
)


def seen(rules, as_of, known_on=FAR):
    return [(rule.id, is_current) for rule, is_current in versions(rules, as_of, known_on)]


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2023, 12, 31), []),
        (date(2024, 1, 1), [("T-1", True)]),
        (date(2024, 12, 31), [("T-1", True)]),
        (date(2025, 1, 1), [("T-2", True)]),
    ],
)
def test_the_first_day_counts_and_the_day_of_the_end_does_not(as_of, expected):
    assert seen([FIRST, SECOND], as_of) == expected


def test_the_order_of_the_file_does_not_matter():
    assert seen([SECOND, FIRST], date(2024, 6, 1)) == seen([FIRST, SECOND], date(2024, 6, 1))


def test_in_a_gap_the_version_that_ended_is_named_as_ended():
    late = replace(SECOND, effective_from=date(2025, 6, 1))
    assert seen([FIRST, late], date(2025, 3, 1)) == [("T-1", False)]
    assert seen([FIRST], date(2025, 1, 1)) == [("T-1", False)]


def test_a_version_published_later_was_not_known_and_the_one_before_ran_on():
    assert seen([FIRST, SECOND], date(2025, 2, 1), date(2024, 9, 30)) == [("T-1", True)]
    assert seen([FIRST, SECOND], date(2025, 2, 1), date(2024, 10, 1)) == [("T-2", True)]


def test_cohorts_of_a_family_stand_side_by_side():
    other = replace(FIRST, id="T-1x", cohort="new")
    assert seen([FIRST, other], date(2024, 6, 1)) == [("T-1", True), ("T-1x", True)]


def test_every_shipped_family_has_at_most_one_version_on_any_day():
    day = date(2012, 1, 1)
    while day < date(2032, 1, 1):
        families = [rule.family for rule in in_force([*book().rules, *book().norms], day)]
        assert len(families) == len(set(families)), day
        day += timedelta(days=1 if day.year in (2024, 2025, 2026, 2027) else 30)
