"""Colours, outlines and dashes by meaning: one definition for map, chart, table, report and legend."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

SEA = "#DCE9EF"
LAND = "#F4F1EA"
PROVINCE = "#FFFDF7"
PROVINCE_LINE = "#7D8A78"
RIVER = "#9CC3DA"
BORDER = "#A98B8B"
ACCENT = "#0B3C5D"
INK = "#1B2730"
SOFT = "#55616B"

UNKNOWN = "unknown"
_DASH = "4 3"


@dataclass(frozen=True, slots=True)
class Style:
    """
    How one class is drawn. `dash` is an SVG dash pattern, empty for solid.

    `key` is the value in the data; `label_key` the message with its word, which always stands beside it.
    """

    key: str
    fill: str
    outline: str
    label_key: str
    dash: str = ""

    @property
    def is_hollow(self) -> bool:
        return self.fill == "#FFFFFF"


COLOURS: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    # The worse, the more ink: lightness falls in order and survives a greyscale print.
    "level": (
        ("very_high", "#5E0B33", "#5E0B33", ""),
        ("high", "#C93A2B", "#8F1D14", ""),
        ("medium", "#EDA23A", "#8A5A00", ""),
        ("low", "#B5D6E0", "#2A6F8A", ""),
        (UNKNOWN, "#FFFFFF", "#5F6772", _DASH),
    ),
    # From nothing there to running; a built one that fails or is unproven is not yet treatment.
    "wastewater": (
        ("none", "#6B2412", "#6B2412", ""),
        ("built_noncompliant", "#BD5527", "#7F3210", ""),
        ("planned", "#E0A14A", "#8A5A00", ""),
        ("building", "#F2D08A", "#7D5C06", ""),
        ("built_unverified", "#D5DEE6", "#4A6274", _DASH),
        ("operating", "#84B9D1", "#1F6A8C", ""),
        (UNKNOWN, "#FFFFFF", "#5F6772", _DASH),
    ),
    # Neither full nor empty is bad as such: one hue, fuller is darker.
    "occupancy": (
        ("from_80", "#0B3C5D", "#0B3C5D", ""),
        ("from_50", "#4A83AC", "#1C5379", ""),
        ("from_25", "#9CC0D9", "#2A6F8A", ""),
        ("under_25", "#DCE8F0", "#2A6F8A", ""),
        (UNKNOWN, "#FFFFFF", "#5F6772", _DASH),
    ),
    # The way from a plan to a cluster that stands, darker as it goes; what went wrong is warm.
    "status": (
        ("under_construction", "#17506F", "#17506F", ""),
        ("investor_approved", "#4385A8", "#1C5379", ""),
        ("established", "#86B5CE", "#1F6A8C", ""),
        ("application_received", "#A99CC9", "#5A4A86", ""),
        ("calling_investor", "#CFC6E3", "#5A4A86", ""),
        ("planned", "#E9E5F2", "#5A4A86", ""),
        ("stalled", "#EDA23A", "#8A5A00", ""),
        ("removed", "#C4C8CC", "#4A525A", "1 3"),
        (UNKNOWN, "#FFFFFF", "#5F6772", _DASH),
    ),
    "plan_group": (
        ("kept", "#17506F", "#17506F", ""),
        ("expanded", "#86B5CE", "#1F6A8C", ""),
        ("new", "#F2D08A", "#7D5C06", ""),
        (UNKNOWN, "#FFFFFF", "#5F6772", _DASH),
    ),
}
COLOUR_BY = tuple(COLOURS)
OCCUPANCY_FROM_PCT = ((80.0, "from_80"), (50.0, "from_50"), (25.0, "from_25"), (0.0, "under_25"))


@cache
def classes(colour_by: str) -> tuple[Style, ...]:
    """The classes of a palette in the order of every list and legend, unknown last."""
    return tuple(
        Style(key, fill, outline, f"map.{colour_by}.{key}", dash)
        for key, fill, outline, dash in COLOURS[colour_by]
    )


def style_of(colour_by: str, value: str | None) -> Style:
    """The style of a value; what is missing or not in the palette is drawn as unknown, never left out."""
    found = {style.key: style for style in classes(colour_by)}
    return found.get(value or UNKNOWN, found[UNKNOWN])


def occupancy_class(low_pct: float | None, high_pct: float | None = None) -> str:
    """
    Class of an occupancy in percent, given exactly or by its two ends.

    A range that reaches over a class border is unknown: no class can be shown for it.
    """
    if low_pct is None or math.isnan(low_pct):
        return UNKNOWN
    top = low_pct if high_pct is None or math.isnan(high_pct) else high_pct
    found = {
        next(key for limit, key in OCCUPANCY_FROM_PCT if max(end, 0.0) >= limit) for end in (low_pct, top)
    }
    return found.pop() if len(found) == 1 else UNKNOWN
