"""
Numbers and days as people type them, read into what is known: an interval, a span of days.

What `number`, `interval_text`, `span_text` and `validity_text` write reads back as the same value. What has
more than one meaning is refused with a hint how to write it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from lib.domain.errors import Refusal
from lib.domain.interval import DaySpan, Interval, exactly
from lib.text.search import fold

LONGEST = 100
"""Characters of one number or day; longer ones are texts."""

FIRST_YEAR, LAST_YEAR = 1900, 2100

_MOST_DIGITS = 15
_NUMBER = {
    "vi": re.compile(r"(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?"),
    "en": re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"),
}
_MARKS = {"vi": str.maketrans({".": "", ",": "."}), "en": str.maketrans({",": ""})}


def _step(number: Decimal) -> Decimal:
    """The unit of the last digit that is not zero: 1 for 542, 100 for 8.900, 0,1 for 96,5."""
    return Decimal(1).scaleb(int(number.normalize().as_tuple().exponent)) if number else Decimal(1)


def _floats(low: Decimal, high: Decimal, low_open: bool = False, high_open: bool = False) -> Interval:
    return Interval(float(low), float(high), low_open, high_open)


def _a_little_over(number: Decimal) -> Interval:
    return _floats(number, number + _step(number), high_open=True)


def _nearly(number: Decimal) -> Interval:
    return _floats(number - _step(number), number, high_open=True)


def _about(number: Decimal) -> Interval:
    half = _step(number) / 2
    return _floats(number - half, number + half)


Build = Callable[..., Interval]

_BUILDERS: Mapping[str, Build] = {
    "exact": lambda number: exactly(float(number)),
    "closed": _floats,
    "low_open": lambda low, high: _floats(low, high, True, False),
    "high_open": lambda low, high: _floats(low, high, False, True),
    "open": lambda low, high: _floats(low, high, True, True),
    "a_little_over": _a_little_over,
    "nearly": _nearly,
    "about": _about,
    "over": lambda low: Interval(float(low), math.inf, True, True),
    "from": lambda low: Interval(float(low), math.inf, False, True),
    # Every quantity of the catalogue is counted or measured from zero.
    "under": lambda high: _floats(Decimal(0), high, False, True),
    "at_most": lambda high: _floats(Decimal(0), high),
    "tens": lambda: Interval(10, 100, False, True),
    "hundreds": lambda: Interval(100, 1_000, False, True),
    "thousands": lambda: Interval(1_000, 10_000, False, True),
}
"""
What each way of saying means. "Hơn 542" lies between it and the next figure as round as it (543), "gần"
below it, "khoảng" half such a step to either side: as the shipped records were read.
"""

_WAYS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "vi": (
        ("exact", "N"),
        ("closed", "(?:tu )?N (?:den|-) N"),
        ("low_open", "tren N den N"),
        ("high_open", "(?:tu )?N den duoi N"),
        ("open", "tren N den duoi N"),
        ("a_little_over", "hon N"),
        ("nearly", "gan N"),
        ("about", "khoang N"),
        ("over", "(?:tren|>) N"),
        ("from", "(?:it nhat|toi thieu|>=|≥) N"),
        ("from", "tu N(?: tro len)?"),
        ("under", "(?:duoi|<) N"),
        ("at_most", "(?:khong qua|toi da|<=|≤) N"),
        ("tens", "hang chuc"),
        ("hundreds", "hang tram"),
        ("thousands", "hang (?:nghin|ngan)"),
    ),
    "en": (
        ("exact", "N"),
        ("closed", "(?:from )?N (?:to|-) N"),
        ("low_open", "over N to N"),
        ("high_open", "(?:from )?N to under N"),
        ("open", "over N to under N"),
        ("a_little_over", "(?:just|a little) over N"),
        ("nearly", "(?:nearly|almost) N"),
        ("about", "about N"),
        ("over", "(?:over|more than|>) N"),
        ("from", "(?:from|at least|>=|≥) N"),
        ("under", "(?:under|less than|<) N"),
        ("at_most", "(?:at most|up to|<=|≤) N"),
        ("tens", "tens"),
        ("hundreds", "hundreds"),
        ("thousands", "thousands"),
    ),
}
"""Ways of saying a number, without diacritics; N is a number."""

_COMPILED = {
    lang: tuple((name, re.compile(way.replace("N", r"([\d.,]*\d)"))) for name, way in ways)
    for lang, ways in _WAYS.items()
}


def _plain(text: str) -> str:
    """Folded, with one kind of dash and a space around signs that stand between or before numbers."""
    found = fold(text.replace("–", "-").replace("—", "-"))
    return re.sub(r"\s*(>=|<=|≥|≤|>|<)\s*", r" \1 ", found).strip()


def _decimal(lang: str, written: str) -> Decimal | None:
    """A number in the signs of the language; None where it could be another number as well."""
    if not _NUMBER[lang].fullmatch(written):
        return None
    found = written.translate(_MARKS[lang])
    return Decimal(found) if len(found) <= _MOST_DIGITS + 1 else None


def read_number(lang: str, text: str, unit: str = "") -> Interval:
    """
    The number in `text`: `1.234,5`, `100-120`, `hơn 24`, `khoảng 300`, `dưới 10`, with or without its unit.

    Raises
    ------
    Refusal
        If it is not one of the ways above, or its ends are in the wrong order.
    """
    plain = _plain(text) if len(text) <= LONGEST else ""
    said = re.sub(r"(?<=\d)\s*-\s*(?=\d)", " - ", plain)
    tail = fold(unit)
    if tail and said.endswith(tail):
        said = said.removesuffix(tail).rstrip()
    for name, way in _COMPILED[lang]:
        found = way.fullmatch(said)
        if found is None:
            continue
        numbers = [_decimal(lang, part) for part in found.groups()]
        if any(number is None for number in numbers):
            continue
        try:
            return _BUILDERS[name](*numbers)
        except ValueError:
            raise Refusal("entry.low_above_high", found=text) from None
    raise Refusal("entry.unclear_number", found=text)


_MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
)}
_QUARTERS = {"1": 1, "2": 2, "3": 3, "4": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4}

_DAY = r"(?P<day>\d{1,2})"
_MONTH = r"(?P<month>\d{1,2})"
_YEAR = r"(?P<year>\d{4})"
_DAYS = tuple(
    re.compile(way)
    for way in (
        rf"(?:ngay )?{_DAY}([/.-]){_MONTH}\2{_YEAR}",
        rf"{_YEAR}-{_MONTH}-{_DAY}",
        rf"(?:ngay )?{_DAY} thang {_MONTH} nam {_YEAR}",
        rf"{_DAY} (?P<name>{'|'.join(_MONTHS)})[a-z]* {_YEAR}",
        rf"(?:thang )?{_MONTH}/{_YEAR}",
        rf"thang {_MONTH} nam {_YEAR}",
        rf"(?P<name>{'|'.join(_MONTHS)})[a-z]* {_YEAR}",
        rf"(?:quy |q)(?P<quarter>[1-4]|iv|i{{1,3}})(?:/| nam | ){_YEAR}",
        rf"(?:nam )?{_YEAR}",
    )
)
_BETWEEN = re.compile(r"(?:tu |from )?(?P<first>.+?)(?: - | den | to )(?P<last>.+)")
_LATEST = re.compile(
    r"(?:(?:khong ro ngay|undated),? )?(?P<how>muon nhat|truoc|at the latest|before) (?P<day>.+)"
)
_STRICTLY_BEFORE = ("truoc", "before")


def read_days(text: str) -> DaySpan:
    """
    The day, or the span it lies in: `30/6/2025`, `6/2025`, `quý II/2025`, `2025`, `1/6/2025 – 15/7/2025`.

    Raises
    ------
    Refusal
        If it is none of these, such a day does not exist, or the last one comes before the first.
    """
    plain = _plain(text) if len(text) <= LONGEST else ""
    found = _one_span(plain)
    if found is not None:
        return found
    between = _BETWEEN.fullmatch(plain)
    first = _one_span(between["first"]) if between else None
    last = _one_span(between["last"]) if between else None
    if first is None or last is None:
        raise Refusal("entry.unclear_day", found=text)
    if first.earliest > last.latest:
        raise Refusal("entry.day_order", found=text)
    return DaySpan(first.earliest, last.latest)


def read_day(text: str) -> date:
    """One exact day. `Refusal` as `read_days`, and for a month, a year or a span."""
    found = read_days(text)
    if found.earliest != found.latest:
        raise Refusal("entry.not_one_day", found=text)
    return found.earliest


def read_validity(text: str) -> tuple[date | None, date]:
    """
    When something was true: as `read_days`, or with no known beginning: `muộn nhất 30/6/2025`.

    Raises
    ------
    Refusal
        As `read_days`.
    """
    plain = _plain(text) if len(text) <= LONGEST else ""
    found = _LATEST.fullmatch(plain)
    if found is None:
        span = read_days(text)
        return span.earliest, span.latest
    day = read_days(found["day"])
    if found["how"] in _STRICTLY_BEFORE:
        return None, day.earliest - timedelta(days=1)
    return None, day.latest


def _one_span(plain: str) -> DaySpan | None:
    """The span of a day, a month, a quarter or a year; None if it is not written as one."""
    for way in _DAYS:
        found = way.fullmatch(plain)
        if found is not None:
            return _span(found.groupdict())
    return None


def _span(parts: Mapping[str, str | None]) -> DaySpan | None:
    year = int(parts["year"] or 0)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    quarter = _QUARTERS.get(parts.get("quarter") or "")
    first = last = int(parts.get("month") or 0) or _MONTHS.get(parts.get("name") or "", 0)
    if quarter:
        first, last = quarter * 3 - 2, quarter * 3
    elif not first:
        first, last = 1, 12
    try:
        if parts.get("day"):
            day = date(year, first, int(parts["day"] or 0))
            return DaySpan(day, day)
        after = date(year + last // 12, last % 12 + 1, 1)
        return DaySpan(date(year, first, 1), after - timedelta(days=1))
    except ValueError:
        return None
