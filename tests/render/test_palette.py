"""Colours keep their order in grey, stand out against the map, and never say "fine" in green."""

from __future__ import annotations

import colorsys
import math
from itertools import pairwise

import pytest

from lib.domain.finding import Level
from lib.render import palette
from lib.text import t


def _linear(colour: str) -> tuple[float, float, float]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _lightness(colour: str) -> float:
    y = _luminance(colour)
    return 116 * (y ** (1 / 3) if y > 0.008856 else 7.787 * y + 16 / 116) - 16


def test_levels_are_those_of_the_domain_worst_first() -> None:
    assert [style.key for style in palette.classes("level")] == [level.value for level in Level]


def test_worse_levels_are_darker() -> None:
    lightness = [_lightness(style.fill) for style in palette.classes("level")]
    assert lightness == sorted(lightness)
    assert min(b - a for a, b in pairwise(lightness)) > 10


@pytest.mark.parametrize("colour_by", palette.COLOUR_BY)
def test_outlines_stand_out_against_land_and_sea(colour_by: str) -> None:
    for style in palette.classes(colour_by):
        for ground in (palette.LAND, palette.SEA, palette.PROVINCE):
            assert _contrast(style.outline, ground) >= 4.5, (style.key, ground)


@pytest.mark.parametrize("colour_by", palette.COLOUR_BY)
def test_nothing_is_green(colour_by: str) -> None:
    for style in palette.classes(colour_by):
        for colour in (style.fill, style.outline):
            hue, _, saturation = colorsys.rgb_to_hls(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
            assert saturation < 0.1 or not 70 <= hue * 360 <= 170, (style.key, colour)


@pytest.mark.parametrize("colour_by", palette.COLOUR_BY)
def test_unknown_comes_last_hollow_and_dashed(colour_by: str) -> None:
    last = palette.classes(colour_by)[-1]
    assert last.key == palette.UNKNOWN
    assert last.is_hollow
    assert last.dash


@pytest.mark.parametrize("colour_by", palette.COLOUR_BY)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_class_has_its_own_word(colour_by: str, lang: str) -> None:
    words = [t(lang, style.label_key) for style in palette.classes(colour_by)]
    assert len(set(words)) == len(words)


def test_what_is_missing_or_not_in_the_palette_is_drawn_as_unknown() -> None:
    assert palette.style_of("status", None).key == palette.UNKNOWN
    assert palette.style_of("status", "merged").key == palette.UNKNOWN


@pytest.mark.parametrize(
    ("low", "high", "key"),
    [
        (0.0, None, "under_25"), (24.9, None, "under_25"), (25.0, None, "from_25"), (50.0, None, "from_50"),
        (79.9, None, "from_50"), (80.0, None, "from_80"), (95.0, 100.0, "from_80"),
        (45.0, 55.0, "unknown"), (None, None, "unknown"), (math.nan, math.nan, "unknown"),
    ],
)
def test_an_occupancy_whose_range_crosses_a_border_has_no_class(
    low: float | None, high: float | None, key: str
) -> None:
    assert palette.occupancy_class(low, high) == key
