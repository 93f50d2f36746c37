"""What an observation says and when it was true, in words."""

from __future__ import annotations

from collections.abc import Mapping

from lib.domain.interval import DaySpan, Interval
from lib.domain.observation import Attribute, Observation
from lib.text.messages import t
from lib.text.numbers import day, interval_text, span_text

ValueLabels = Mapping[tuple[str, str], Mapping[str, str]]


def value_text(lang: str, attribute: Attribute, observation: Observation, labels: ValueLabels) -> str:
    """The value in the reader's language with its unit; a coded value by its label."""
    value = observation.value
    if isinstance(value, Interval):
        return interval_text(
            lang, value, attribute.unit if attribute.unit == "%" else _unit(lang, attribute.unit)
        )
    if isinstance(value, DaySpan):
        return span_text(lang, value)
    label = labels.get((attribute.key, value))
    return label[lang] if label else value


def _unit(lang: str, unit: str) -> str:
    return t(lang, f"common.unit.{unit}") if unit else ""


def validity_text(lang: str, observation: Observation) -> str:
    """When it was true, as far as known: a day, a span, or "không rõ ngày, trước 1/7/2025"."""
    first, last = observation.valid_earliest, observation.valid_latest
    if first is None:
        return t(lang, "common.validity.undated", day=day(lang, last))
    return span_text(lang, DaySpan(first, last))
