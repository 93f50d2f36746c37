"""Words, numbers and dates for the reader, in Vietnamese (default) or English."""

from lib.text.messages import LANGUAGES, has, t
from lib.text.numbers import day, interval_text, number, span_text
from lib.text.search import fold, matches
from lib.text.values import validity_text, value_text

__all__ = [
    "LANGUAGES",
    "day",
    "fold",
    "has",
    "interval_text",
    "matches",
    "number",
    "span_text",
    "t",
    "validity_text",
    "value_text",
]
