"""Areas are measured in metres, circles have their area, and points keep apart without jumping."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon

from geo.crs import to_vn2000, to_wgs84
from geo.shapes import area_ha, distance_m, radius_m, schematic_circle, spread

LON, LAT = st.floats(105.2, 106.5), st.floats(17.95, 18.75)


@given(LON, LAT)
def test_a_square_of_one_kilometre_is_a_hundred_hectares(lon: float, lat: float) -> None:
    east, north = to_vn2000(lon, lat)
    square = Polygon([to_wgs84(east + x, north + y) for x, y in ((0, 0), (1000, 0), (1000, 1000), (0, 1000))])
    assert area_ha(square) == pytest.approx(100, rel=0.0005)


@given(LON, LAT, st.floats(0.5, 500))
def test_a_schematic_circle_has_the_area_it_stands_for(lon: float, lat: float, area: float) -> None:
    circle = schematic_circle(lon, lat, area)
    assert circle.is_valid
    assert area_ha(circle) == pytest.approx(area, rel=0.005)
    assert circle.contains(Point(lon, lat))
    for corner in circle.exterior.coords:
        assert distance_m((lon, lat), (corner[0], corner[1])) == pytest.approx(radius_m(area), rel=5e-3)


@pytest.mark.parametrize("area", [0.0, -1.0, float("nan")])
def test_there_is_no_circle_of_no_area(area: float) -> None:
    with pytest.raises(ValueError):
        schematic_circle(105.9, 18.3, area)


COMMUNES = ((105.9, 18.34), (106.1, 18.2), (105.5, 18.5))
NAMES = st.integers(1, 999).map("HT-CCN-{:03d}".format)
CODES = st.dictionaries(NAMES, st.sampled_from(COMMUNES), max_size=40)


@settings(deadline=None)
@given(CODES)
def test_no_two_clusters_stand_on_one_another(points: dict[str, tuple[float, float]]) -> None:
    placed = spread(points, step_m=900)
    assert list(placed) == list(points)
    for one, other in combinations(placed.values(), 2):
        assert distance_m(one, other) > 850


@given(CODES, st.randoms())
def test_the_order_of_asking_moves_nobody(points: dict[str, tuple[float, float]], random: object) -> None:
    codes = list(points)
    random.shuffle(codes)  # type: ignore[attr-defined]
    assert spread({code: points[code] for code in codes}) == spread(points)


def test_a_cluster_alone_on_its_point_stays_there_and_others_stand_around() -> None:
    placed = spread({"B": COMMUNES[0], "A": COMMUNES[0], "C": COMMUNES[1]})
    assert placed["C"] == COMMUNES[1]
    assert placed["A"][1] > COMMUNES[0][1] > placed["B"][1]
