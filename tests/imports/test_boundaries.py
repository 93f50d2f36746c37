"""A boundary file is taken whole, or refused by file, feature and field."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lib.domain.errors import DataError
from lib.domain.places import Accuracy
from lib.imports.boundaries import DEFAULT_ERROR_M, read_boundaries, read_overlay
from lib.text import LANGUAGES, has

CODES = {"HT-CCN-001", "HT-CCN-012"}
RING = [[105.90, 18.30], [105.91, 18.30], [105.91, 18.31], [105.90, 18.31], [105.90, 18.30]]
BOW_TIE = [[105.90, 18.30], [105.91, 18.31], [105.91, 18.30], [105.90, 18.31], [105.90, 18.30]]


def feature(ring: Any = RING, **properties: Any) -> dict[str, Any]:
    words = {"cluster": "HT-CCN-012", "accuracy": "surveyed", "source": "QĐ 1/QĐ-UBND"} | properties
    return {
        "type": "Feature",
        "properties": {key: value for key, value in words.items() if value is not None},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def saved(folder: Path, *features: Any, name: str = "ranh_gioi.geojson", **document: Any) -> Path:
    path = folder / name
    whole = {"type": "FeatureCollection", "features": list(features)} | document
    path.write_text(json.dumps(whole, ensure_ascii=False), "utf-8")
    return path


def refused(path: Path) -> DataError:
    with pytest.raises(DataError) as caught:
        read_boundaries(path, CODES)
    for lang in LANGUAGES:
        for part in ("what", "remedy"):
            assert has(lang, caught.value.problem.replace("imports.", "imports.errors.") + f".{part}")
    assert caught.value.file == path.name
    return caught.value


def test_a_boundary_is_read_with_its_area_class_and_error(tmp_path: Path) -> None:
    (boundary,) = read_boundaries(saved(tmp_path, feature(valid_from="2024-01-31", horizon=2030)), CODES)
    assert (boundary.cluster, boundary.accuracy, boundary.error_m) == ("HT-CCN-012", Accuracy.SURVEYED, 1.0)
    assert boundary.area_ha == pytest.approx(117, abs=1)
    assert (boundary.horizon, boundary.valid_from, boundary.valid_to) == ("2030", date(2024, 1, 31), None)
    assert boundary.file == "ranh_gioi.geojson"


@pytest.mark.parametrize("accuracy", DEFAULT_ERROR_M)
def test_each_class_has_its_usual_error_unless_the_file_says(tmp_path: Path, accuracy: Accuracy) -> None:
    plain, own = feature(accuracy=accuracy.value), feature(accuracy=accuracy.value, error_m=7, horizon="2020")
    first, second = read_boundaries(saved(tmp_path, plain, own), CODES)
    assert (first.error_m, second.error_m) == (DEFAULT_ERROR_M[accuracy], 7.0)


@pytest.mark.parametrize("key", ["code", "ma_cum"])
def test_the_code_may_stand_under_other_names(tmp_path: Path, key: str) -> None:
    assert read_boundaries(saved(tmp_path, feature(cluster=None, **{key: "HT-CCN-001"})), CODES)


def test_heights_are_dropped_and_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = saved(tmp_path, feature([[*corner, 4.5] for corner in RING]))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert not read_boundaries(path, CODES)[0].shape.has_z


@pytest.mark.parametrize(
    ("problem", "change"),
    [
        ("missing_cluster", {"cluster": None}),
        ("unknown_cluster", {"cluster": "HT-CCN-999"}),
        ("unknown_cluster", {"cluster": ["HT-CCN-012"]}),
        ("missing_source", {"source": None}),
        ("missing_source", {"source": "  "}),
        ("unknown_accuracy", {"accuracy": None}),
        ("unknown_accuracy", {"accuracy": "schematic"}),
        ("bad_error", {"error_m": 0}),
        ("bad_error", {"error_m": "khoảng 5"}),
        ("bad_error", {"error_m": True}),
        ("bad_error", {"error_m": 10**400}),
        ("unknown_horizon", {"horizon": "2025"}),
        ("bad_day", {"valid_from": "31/01/2024"}),
        ("bad_day", {"valid_to": 2024}),
        ("bad_period", {"valid_from": "2024-01-31", "valid_to": "2024-01-31"}),
        ("self_crossing", {"ring": BOW_TIE}),
        ("looks_like_metres", {"ring": [[542681.9, 2028878.6], [543681.9, 2028878.6], [543681.9, 2029878]]}),
        ("swapped", {"ring": [[lat, lon] for lon, lat in RING]}),
        ("outside_province", {"ring": [[lon - 3, lat] for lon, lat in RING]}),
        ("bad_coordinates", {"ring": [[105.9, 18.3], [105.91, 18.3]]}),
        ("bad_coordinates", {"ring": [["a", "b"], ["c", "d"], ["e", "f"], ["a", "b"]]}),
        ("bad_coordinates", {"ring": 3}),
        ("bad_coordinates", {"ring": [[10**400, 18], [105.91, 18.3], [105.9, 18.31], [10**400, 18]]}),
        ("empty_shape", {"ring": []}),
    ],
)
def test_a_wrong_feature_is_refused_by_number(tmp_path: Path, problem: str, change: dict[str, Any]) -> None:
    error = refused(saved(tmp_path, feature(horizon="2020"), feature(**change)))
    assert error.problem == f"imports.{problem}"
    assert error.place["feature"] == "2"


def test_a_self_crossing_names_the_place(tmp_path: Path) -> None:
    error = refused(saved(tmp_path, feature(BOW_TIE)))
    assert error.details == {"lon": "105.905000", "lat": "18.305000"}


@pytest.mark.parametrize(
    ("problem", "geometry"),
    [
        ("empty_shape", None),
        ("empty_shape", {"type": "MultiPolygon", "coordinates": []}),
        ("not_a_polygon", {"type": "Point", "coordinates": [105.9, 18.3]}),
        ("not_a_polygon", {"type": "GeometryCollection", "geometries": []}),
        ("not_a_polygon", "POLYGON"),
        ("bad_coordinates", {"type": "Polygon"}),
    ],
)
def test_a_shape_that_is_no_polygon_is_refused(tmp_path: Path, problem: str, geometry: Any) -> None:
    wrong = deepcopy(feature()) | {"geometry": geometry}
    error = refused(saved(tmp_path, wrong))
    assert (error.problem, error.place["feature"]) == (f"imports.{problem}", "1")


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:EPSG::9209", "EPSG:3857", "EPSG:14326", 9209, None])
def test_another_crs_is_refused(tmp_path: Path, name: Any) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    assert refused(saved(tmp_path, feature(), crs=crs)).problem == "imports.other_crs"


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326"])
def test_wgs84_may_be_named(tmp_path: Path, name: str) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    assert read_boundaries(saved(tmp_path, feature(), crs=crs), CODES)


@pytest.mark.parametrize(
    ("problem", "raw", "line"),
    [
        ("bad_json", b'{\n"type": "FeatureCollection",\n"features": [', 3),
        ("bad_json", b'{"type": "FeatureCollection", "features": [NaN]}', 1),
        ("bad_json", b"[" * 100_000, 1),
        ("bad_json", b"", 1),
        ("bad_encoding", b'{\n"source": "Q\xd0 1363"}', 2),
    ],
)
def test_what_cannot_be_read_is_refused_by_line(tmp_path: Path, problem: str, raw: bytes, line: int) -> None:
    path = tmp_path / "hong.geojson"
    path.write_bytes(raw)
    error = refused(path)
    assert (error.problem, error.place["line"]) == (f"imports.{problem}", line)


def test_a_file_without_features_is_refused(tmp_path: Path) -> None:
    assert refused(saved(tmp_path)).problem == "imports.no_features"
    assert refused(saved(tmp_path, type="Feature")).problem == "imports.not_a_collection"


def test_two_shapes_for_one_period_are_refused_and_for_two_periods_are_not(tmp_path: Path) -> None:
    assert refused(saved(tmp_path, feature(), feature(valid_from="2024-01-01"))).place["feature"] == "2"
    apart = saved(tmp_path, feature(valid_to="2024-01-01"), feature(valid_from="2024-01-01"))
    assert len(read_boundaries(apart, CODES)) == 2
    better = saved(tmp_path, feature(), feature(accuracy="digitised"))
    assert len(read_boundaries(better, CODES)) == 2


def test_a_folder_gives_all_its_files_and_its_sub_folder(tmp_path: Path) -> None:
    (tmp_path / "boundaries").mkdir()
    saved(tmp_path, feature())
    saved(tmp_path / "boundaries", feature(cluster="HT-CCN-001"), name="b.geojson")
    assert [one.cluster for one in read_overlay(tmp_path, CODES)] == ["HT-CCN-012", "HT-CCN-001"]
    saved(tmp_path / "boundaries", feature(), name="c.geojson")
    with pytest.raises(DataError) as caught:
        read_overlay(tmp_path, CODES)
    assert (caught.value.file, caught.value.details["other_file"]) == ("c.geojson", "ranh_gioi.geojson")


def test_a_folder_without_boundaries_gives_none(tmp_path: Path) -> None:
    assert read_overlay(tmp_path, CODES) == ()
