"""Comparisons of intervals, checked against numbers and days picked from inside them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lib.domain.interval import DaySpan, Interval, exactly

NUMBERS = st.integers(-6, 6).map(float)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    if low == high:
        return exactly(low)
    return Interval(low, high, draw(st.booleans()), draw(st.booleans()))


@st.composite
def spans(draw: st.DrawFn) -> DaySpan:
    first, last = sorted((draw(st.integers(0, 12)), draw(st.integers(0, 12))))
    return DaySpan(date(2024, 2, 24) + timedelta(first), date(2024, 2, 24) + timedelta(last))


def points(interval: Interval) -> list[float]:
    """Numbers of the interval that decide every comparison with a whole number or a half."""
    steps = range(int((interval.high - interval.low) * 4) + 1)
    candidates = (interval.low + step / 4 for step in steps)
    return [
        point for point in candidates
        if not (interval.low_open and point == interval.low)
        and not (interval.high_open and point == interval.high)
    ]


def agreed(answers: list[bool]) -> bool | None:
    return answers[0] if len(set(answers)) == 1 else None


@given(intervals(), st.integers(-12, 12).map(lambda half: half / 2))
def test_a_comparison_answers_only_what_all_numbers_inside_agree_on(interval: Interval, limit: float) -> None:
    inside = points(interval)
    assert interval.less_than(limit) is agreed([point < limit for point in inside])
    assert interval.at_most(limit) is agreed([point <= limit for point in inside])
    assert interval.more_than(limit) is agreed([point > limit for point in inside])
    assert interval.at_least(limit) is agreed([point >= limit for point in inside])


@given(intervals(), intervals())
def test_intervals_overlap_when_one_number_lies_in_both(one: Interval, other: Interval) -> None:
    assert one.overlaps(other) is bool(set(points(one)) & set(points(other)))
    assert one.overlaps(other) is other.overlaps(one)


@given(intervals())
def test_an_interval_overlaps_itself(interval: Interval) -> None:
    assert interval.overlaps(interval)


def test_hundreds_of_cubic_metres_are_not_below_one_hundred() -> None:
    hundreds = Interval(100, 1000, high_open=True)
    assert hundreds.less_than(100) is False
    assert hundreds.less_than(1000) is True
    assert hundreds.at_least(500) is None


@pytest.mark.parametrize("ends", [(2, 1, False, False), (1, 1, True, False), (1, 1, False, True)])
def test_an_empty_interval_is_refused(ends: tuple[float, float, bool, bool]) -> None:
    with pytest.raises(ValueError, match="empty"):
        Interval(*ends)


def test_not_a_number_is_no_interval() -> None:
    with pytest.raises(ValueError, match="empty"):
        exactly(float("nan"))


@given(spans(), st.integers(-1, 14))
def test_a_span_lies_before_a_day_when_all_its_days_do(span: DaySpan, offset: int) -> None:
    limit = date(2024, 2, 24) + timedelta(offset)
    days = [span.earliest + timedelta(step) for step in range((span.latest - span.earliest).days + 1)]
    assert span.before(limit) is agreed([day < limit for day in days])


@given(spans(), spans())
def test_spans_overlap_when_a_day_lies_in_both(one: DaySpan, other: DaySpan) -> None:
    shared = max(one.earliest, other.earliest) <= min(one.latest, other.latest)
    assert one.overlaps(other) is shared is other.overlaps(one)


@given(st.dates(), st.dates())
def test_a_span_that_ends_before_it_begins_is_refused(first: date, last: date) -> None:
    assume(first > last)
    with pytest.raises(ValueError, match="empty"):
        DaySpan(first, last)
