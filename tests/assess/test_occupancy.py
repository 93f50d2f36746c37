"""The decree's arithmetic of occupancy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.assess.occupancy import area_weighted_mean, decree_occupancy, leased_only_pct, simple_mean
from lib.domain.interval import Interval, exactly


@pytest.mark.parametrize(
    ("leased", "committed", "industrial", "expected"),
    [
        (10, 0, 40, Interval(25, 25)),
        (10, 10, 40, Interval(25, 50)),
        (10, 5, 40, Interval(25, 37.5)),
        (10, None, 40, Interval(25, 100)),
        (None, 10, 40, Interval(25, 100)),
        (None, None, 40, None),
        (10, 0, None, None),
        (10, 0, 0, None),
        (30, 30, 40, Interval(75, 100)),
    ],
)
def test_leased_or_committed_land_over_industrial_land(leased, committed, industrial, expected):
    wrap = lambda value: None if value is None else exactly(value)  # noqa: E731
    assert decree_occupancy(wrap(leased), wrap(committed), wrap(industrial)) == expected


def test_leased_land_alone_is_another_figure():
    assert leased_only_pct(exactly(10), exactly(40)) == Interval(25, 25)
    assert leased_only_pct(exactly(10), None) is None


def test_intervals_in_give_intervals_out():
    assert decree_occupancy(Interval(10, 20), exactly(0), Interval(40, 50)) == Interval(20, 50)


def test_the_means_say_what_they_are_and_how_many_they_cover():
    figures = {"a": exactly(100), "b": exactly(40), "c": None}
    land = {"a": exactly(10), "b": exactly(50), "c": exactly(5)}
    simple, weighted = simple_mean(figures), area_weighted_mean(figures, land)
    assert (simple.value, simple.kind, simple.covered, simple.total) == (Interval(70, 70), "simple", 2, 3)
    assert (weighted.value, weighted.kind, weighted.covered) == (Interval(50, 50), "area_weighted", 2)
    assert simple_mean({"c": None}).value is None and area_weighted_mean({"c": None}, {}).value is None


spans = st.tuples(st.floats(0, 50), st.floats(0, 50)).map(lambda ends: Interval(min(ends), max(ends)))
lands = st.tuples(st.floats(50, 90), st.floats(50, 90)).map(lambda ends: Interval(min(ends), max(ends)))


@given(spans, spans, lands, st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_any_figures_inside_the_intervals_give_an_occupancy_inside(leased, committed, land, a, b, c):
    at = lambda span, share: min(span.low + share * (span.high - span.low), span.high)  # noqa: E731
    both = decree_occupancy(leased, committed, land)
    union = max(at(leased, a), at(committed, b))
    share = min(100.0, union / at(land, c) * 100)
    assert both.low - 1e-6 <= share <= both.high + 1e-6


@given(st.lists(st.tuples(st.floats(0, 100), lands, st.floats(0, 1)), min_size=1, max_size=6))
def test_the_weighted_mean_holds_for_any_land_inside_its_interval(rows):
    figures = {str(i): exactly(row[0]) for i, row in enumerate(rows)}
    mean = area_weighted_mean(figures, {str(i): row[1] for i, row in enumerate(rows)}).value
    weights = [land.low + share * (land.high - land.low) for _, land, share in rows]
    value = sum(w * row[0] for w, row in zip(weights, rows, strict=True)) / sum(weights)
    assert mean.low - 1e-6 <= value <= mean.high + 1e-6
