"""Boundaries outside the commune named, sites that moved, and clusters nobody has drawn."""

from __future__ import annotations

import pytest
from shapely.geometry import Polygon, box

from geo.crs import to_vn2000, to_wgs84
from lib.assess.quality_places import REACH, moves, place_checks, schematic
from lib.domain.places import Accuracy, Boundary, Cluster, Commune

CODE = "HT-CCN-001"
HOME = Commune("2025-07:18118", "Nam Hồng Lĩnh", "Phường Nam Hồng Lĩnh", lat=18.5184, lon=105.72, area_km2=36)
AWAY = Commune("2025-07:18115", "Bắc Hồng Lĩnh", "Phường Bắc Hồng Lĩnh", lat=18.70, lon=105.72, area_km2=36)
COMMUNES = {HOME.code: HOME, AWAY.code: AWAY}
RADIUS_M = 3_385.0
"""Of a circle of 36 km²."""


def square(north_m: float, accuracy: Accuracy = Accuracy.SURVEYED, source: str = "đo đạc") -> Boundary:
    """A square of 500 m whose middle lies so many metres north of the commune's point."""
    east, north = to_vn2000(HOME.lon or 0, HOME.lat or 0)
    metric = box(east - 250, north + north_m - 250, east + 250, north + north_m + 250)
    shape = Polygon([to_wgs84(x, y) for x, y in metric.exterior.coords])
    return Boundary(CODE, shape, accuracy, 1.0, 25.0, source)


def cluster(*communes: str) -> Cluster:
    return Cluster(CODE, "Nam Hồng", communes_now=communes)


@pytest.mark.parametrize(
    ("north_m", "is_inside"), [(0, True), (REACH * RADIUS_M - 50, True), (REACH * RADIUS_M + 50, False)]
)
def test_a_boundary_lies_outside_when_it_is_farther_than_the_commune_can_reach(
    north_m: float, is_inside: bool
) -> None:
    (check,) = place_checks([cluster(HOME.code)], {CODE: square(north_m)}, COMMUNES)
    assert check.is_inside is is_inside
    assert check.commune == HOME.code
    assert check.distance_m == pytest.approx(north_m, abs=1)


def test_one_of_several_communes_is_enough_and_the_nearest_is_named() -> None:
    far = {CODE: square(20_000)}
    (both,) = place_checks([cluster(HOME.code, AWAY.code)], far, COMMUNES)
    assert both.is_inside is True and both.commune == AWAY.code
    (only,) = place_checks([cluster(HOME.code)], far, COMMUNES)
    assert only.is_inside is False and only.nearest == AWAY.code


def test_without_a_commune_whose_point_is_known_nothing_can_be_told() -> None:
    (check,) = place_checks([cluster()], {CODE: square(0)}, COMMUNES)
    assert check.is_inside is None and check.distance_m is None


def test_a_circle_at_the_commune_point_is_not_checked_but_to_be_replaced() -> None:
    circle = {CODE: square(50_000, Accuracy.SCHEMATIC)}
    assert place_checks([cluster(HOME.code)], circle, COMMUNES) == ()
    assert schematic([CODE], circle) == (CODE,)
    assert schematic([CODE], {CODE: square(0)}) == ()
    assert schematic([CODE], {}) == (CODE,)


@pytest.mark.parametrize(("apart_m", "moved"), [(990, False), (1_010, True)])
def test_a_site_moved_when_its_boundaries_lie_more_than_a_kilometre_apart(
    apart_m: float, moved: bool
) -> None:
    found = moves([square(0), square(apart_m, source="bản vẽ")])
    assert bool(found) is moved
    assert all(one.distance_m == pytest.approx(apart_m, abs=0.5) for one in found)


def test_the_error_of_boundaries_is_no_move_and_circles_do_not_move() -> None:
    assert moves([square(0), square(5_000, Accuracy.SCHEMATIC)]) == ()
    vague = Boundary(CODE, square(1_040).shape, Accuracy.DIGITISED, 50.0, 25.0, "số hoá")
    assert moves([square(0), vague]) == ()
