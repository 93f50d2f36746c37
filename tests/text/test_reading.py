"""Typed numbers and days: what is written reads back, what has two meanings is refused."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.errors import Refusal
from lib.domain.interval import DaySpan, Interval, exactly
from lib.domain.observation import Confidence, Observation, SourceKind
from lib.text import LANGUAGES, interval_text, number, span_text, validity_text
from lib.text.errors import refusal_text
from lib.text.reading import read_day, read_days, read_number, read_validity

LANGS = st.sampled_from(LANGUAGES)
# Up to three digits behind the sign, which is all that a page writes.
FIGURES = st.integers(0, 999_999_999).map(lambda thousandths: thousandths / 1000)
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@given(LANGS, st.integers(0, 10**12), st.integers(0, 3))
def test_what_number_writes_reads_back(lang: str, thousandths: int, digits: int) -> None:
    value = round(thousandths / 1000, digits)
    assert read_number(lang, number(lang, value, digits)) == exactly(value)


@given(LANGS, FIGURES, FIGURES, st.booleans(), st.booleans(), st.sampled_from(["", "ha", "%", "m³/ngày"]))
def test_what_interval_text_writes_reads_back(
    lang: str, one: float, other: float, low_open: bool, high_open: bool, unit: str
) -> None:
    low, high = min(one, other), max(one, other)
    is_point = low == high
    value = Interval(low, high, low_open and not is_point, high_open and not is_point)
    assert read_number(lang, interval_text(lang, value, unit), unit) == value


@given(LANGS, FIGURES, st.booleans())
def test_an_interval_without_an_upper_end_reads_back(lang: str, low: float, low_open: bool) -> None:
    value = Interval(low, math.inf, low_open, True)
    assert read_number(lang, interval_text(lang, value)) == value


@given(LANGS, DAYS, DAYS)
def test_what_span_text_writes_reads_back(lang: str, one: date, other: date) -> None:
    value = DaySpan(min(one, other), max(one, other))
    assert read_days(span_text(lang, value)) == value


@given(LANGS, st.integers(1900, 2100), st.integers(1, 12))
def test_whole_months_and_years_read_back(lang: str, year: int, month: int) -> None:
    after = date(year + month // 12, month % 12 + 1, 1)
    whole_month = DaySpan(date(year, month, 1), after - timedelta(days=1))
    whole_year = DaySpan(date(year, 1, 1), date(year, 12, 31))
    for value in (whole_month, whole_year):
        assert read_days(span_text(lang, value)) == value


@given(LANGS, st.none() | DAYS, DAYS)
def test_what_validity_text_writes_reads_back(lang: str, first: date | None, last: date) -> None:
    earliest = min(first, last) if first else None
    latest = max(first, last) if first else last
    item = Observation(
        "O", "HT", "a", "x", "x", earliest, latest, None, date.min, "s",  # type: ignore[arg-type]
        SourceKind.PRESS, Confidence.HIGH,
    )
    assert read_validity(validity_text(lang, item)) == (earliest, latest)


@given(LANGS, st.text(max_size=40))
def test_any_text_is_read_or_refused_in_words(lang: str, text: str) -> None:
    for read in (lambda: read_number(lang, text), lambda: read_days(text), lambda: read_validity(text)):
        try:
            read()
        except Refusal as error:
            assert len(refusal_text(lang, error)) > 40


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1.234,5", exactly(1234.5)),
        ("1949", exactly(1949)),
        ("1.234", exactly(1234)),
        ("0,05", exactly(0.05)),
        ("  12 ha ", exactly(12)),
        ("35 HA", exactly(35)),
        ("100-120", Interval(100, 120)),
        ("100 – 120 ha", Interval(100, 120)),
        ("từ 100 đến 120", Interval(100, 120)),
        ("hơn 24", Interval(24, 25, False, True)),
        ("hon 8.900", Interval(8900, 9000, False, True)),
        ("gần 5000", Interval(4000, 5000, False, True)),
        ("gần 52,25", Interval(52.24, 52.25, False, True)),
        ("khoảng 330", Interval(325, 335)),
        ("khoảng 96,5", Interval(96.45, 96.55)),
        ("trên 24", Interval(24, math.inf, True, True)),
        (">24", Interval(24, math.inf, True, True)),
        ("từ 300 trở lên", Interval(300, math.inf, False, True)),
        ("≥ 300", Interval(300, math.inf, False, True)),
        ("dưới 10", Interval(0, 10, False, True)),
        ("không quá 10", Interval(0, 10)),
        ("hàng trăm", Interval(100, 1000, False, True)),
    ],
)
def test_the_ways_of_saying_a_number(typed: str, value: Interval) -> None:
    assert read_number("vi", typed, "ha") == value


@pytest.mark.parametrize(
    "typed", ["", "12.5", "1.23.456", "1,234.5", "-5", "12 m", "chục", "1e3", "NaN", "5-3-1", "hơn", "9" * 40]
)
def test_an_unclear_number_is_refused_with_the_way_to_write_it(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_number("vi", typed, "ha")
    assert refused.value.problem == "entry.unclear_number"
    assert "1.234,5" in refusal_text("vi", refused.value)


def test_ends_in_the_wrong_order_are_named() -> None:
    with pytest.raises(Refusal, match="low_above_high"):
        read_number("vi", "120-100")


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("30/6/2025", date(2025, 6, 30), date(2025, 6, 30)),
        ("30-06-2025", date(2025, 6, 30), date(2025, 6, 30)),
        ("ngày 30 tháng 6 năm 2025", date(2025, 6, 30), date(2025, 6, 30)),
        ("2025-06-30", date(2025, 6, 30), date(2025, 6, 30)),
        ("6/2025", date(2025, 6, 1), date(2025, 6, 30)),
        ("tháng 2/2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("quý IV/2025", date(2025, 10, 1), date(2025, 12, 31)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("từ 6/2025 đến 7/2025", date(2025, 6, 1), date(2025, 7, 31)),
        ("1/6/2025 - 15/7/2025", date(2025, 6, 1), date(2025, 7, 15)),
        ("30 June 2025", date(2025, 6, 30), date(2025, 6, 30)),
    ],
)
def test_the_ways_of_saying_a_day(typed: str, first: date, last: date) -> None:
    assert read_days(typed) == DaySpan(first, last)


@pytest.mark.parametrize(
    "typed", ["", "31/6/2025", "29/2/2025", "13/2025", "6/25", "đầu năm 2025", "0/0/2025", "1850", "hôm qua"]
)
def test_an_unclear_day_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="unclear_day"):
        read_days(typed)


def test_days_in_the_wrong_order_are_named() -> None:
    with pytest.raises(Refusal, match="day_order"):
        read_days("2025 – 2024")


def test_one_day_is_asked_for_where_a_month_does_not_do() -> None:
    assert read_day("24/11/2026") == date(2026, 11, 24)
    with pytest.raises(Refusal, match="not_one_day"):
        read_day("11/2026")


def test_what_has_no_known_beginning() -> None:
    assert read_validity("muộn nhất 6/2025") == (None, date(2025, 6, 30))
    assert read_validity("trước 1/7/2025") == (None, date(2025, 6, 30))
