"""Numbers and days as a reader writes them."""

from __future__ import annotations

from datetime import date

from lib.domain.interval import DaySpan, Interval
from lib.text.messages import t


def number(lang: str, value: float, digits: int = 0) -> str:
    """`1.234,5` in Vietnamese, `1,234.5` in English."""
    text = f"{value:,.{digits}f}"
    return text if lang == "en" else text.translate(str.maketrans(",.", ".,"))


def _short(lang: str, value: float) -> str:
    """With the digits the figure has, at most three."""
    digits = next(d for d in range(4) if d == 3 or round(value, d) == round(value, 3))
    return number(lang, value, digits)


def interval_text(lang: str, value: Interval, unit: str = "") -> str:
    """An exact figure as itself, an interval by its ends: `trên 24 đến dưới 25 ha`."""
    tail = f" {unit}" if unit else ""
    if value.is_exact:
        return _short(lang, value.low) + tail
    if value.high == float("inf"):
        return (
            t(
                lang,
                "common.interval.from_open" if value.low_open else "common.interval.from",
                low=_short(lang, value.low),
            )
            + tail
        )
    key = {
        (False, False): "closed",
        (True, False): "low_open",
        (False, True): "high_open",
        (True, True): "open",
    }
    return (
        t(
            lang,
            f"common.interval.{key[value.low_open, value.high_open]}",
            low=_short(lang, value.low),
            high=_short(lang, value.high),
        )
        + tail
    )


def day(lang: str, value: date) -> str:
    """`24/11/2026` in Vietnamese, `24 Nov 2026` in English."""
    return f"{value.day}/{value.month}/{value.year}" if lang == "vi" else f"{value:%-d %b %Y}"


def span_text(lang: str, value: DaySpan) -> str:
    """A year, a month or a day where the span is just that, else its two ends."""
    first, last = value.earliest, value.latest
    if first == last:
        return day(lang, first)
    if (first.day, first.month, last.day, last.month) == (1, 1, 31, 12) and first.year == last.year:
        return str(first.year)
    if first.day == 1 and (first.year, first.month) == (last.year, last.month) and last.day >= 28:
        return f"{first.month}/{first.year}"
    return f"{day(lang, first)} – {day(lang, last)}"
