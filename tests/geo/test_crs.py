"""VN-2000 and WGS 84 agree with published points and undo each other."""

from __future__ import annotations

import csv
from math import hypot
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import to_vn2000, to_wgs84

CHECK_POINTS = Path(__file__).parents[3] / "shared" / "data" / "geo" / "hatinh_vn2000_check_points.csv"


def test_a_point_of_the_province_has_the_coordinates_that_a_written_out_pipeline_gives() -> None:
    easting, northing = to_vn2000(105.9057, 18.3428)
    assert easting == pytest.approx(542_681.977, abs=0.01)
    assert northing == pytest.approx(2_028_878.620, abs=0.01)


def test_the_datum_shift_is_there() -> None:
    """Without the seven numbers of QĐ 05/2007 the point would lie 224.5 m away."""
    lon, lat = to_wgs84(542_681.977, 2_028_878.620)
    assert lon == pytest.approx(105.9057, abs=1e-7)
    assert lat == pytest.approx(18.3428, abs=1e-7)


@given(st.floats(105.1, 106.52), st.floats(17.91, 18.82))
def test_there_and_back_again_ends_within_a_millimetre(lon: float, lat: float) -> None:
    easting, northing = to_vn2000(lon, lat)
    again = to_vn2000(*to_wgs84(easting, northing))
    assert hypot(again[0] - easting, again[1] - northing) < 0.001


def test_the_stations_of_the_province_agree_with_their_published_coordinates() -> None:
    if not CHECK_POINTS.exists():
        pytest.skip("the check points are not beside this repository")
    with CHECK_POINTS.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8
    for row in rows:
        easting, northing = to_vn2000(float(row["lon_wgs84"]), float(row["lat_wgs84"]))
        written = float(row["easting_vn2000_tm3_105_30"]), float(row["northing_vn2000_tm3_105_30"])
        assert hypot(easting - written[0], northing - written[1]) < 0.05, row["name"]
