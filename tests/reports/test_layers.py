"""Map layers: approximate places stay points, texts come through, files open again."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import pyogrio
import pytest
from shapely.geometry import Polygon

from geo.shapes import schematic_circle
from lib.domain.places import Accuracy, Boundary
from lib.reports.layers import BOUNDARIES_LAYER, NOTES_LAYER, POINTS_LAYER, LayerFeature, to_gpkg, to_kml
from tests.reports.nasty import NASTY

RING = [(105.90, 18.30), (105.92, 18.30), (105.92, 18.32), (105.90, 18.32)]
HOLE = [(105.905, 18.305), (105.91, 18.305), (105.91, 18.31)]


def boundary(accuracy: Accuracy) -> Boundary:
    shape = Polygon(RING, [HOLE]) if accuracy is not Accuracy.SCHEMATIC else schematic_circle(105.9, 18.3, 75)
    return Boundary("HT-CCN-012", shape, accuracy, 1.0, 75.0, "QĐ <1>")


def features(name: str = "Cổng Khánh 1") -> list[LayerFeature]:
    words = {"Mức": name, "CODE": "b", "geom": "c"}
    return [
        LayerFeature("HT-CCN-012", name, 105.9, 18.3, 75.0, boundary(Accuracy.SURVEYED), words),
        LayerFeature("HT-CCN-013", name, 106.0, 18.2, 30.0, boundary(Accuracy.SCHEMATIC), words),
        LayerFeature("HT-CCN-014", name, 106.1, 18.1),
    ]


def saved(folder: Path, raw: bytes, ending: str) -> Path:
    path = folder / f"x.{ending}"
    path.write_bytes(raw)
    return path


def test_a_geopackage_holds_polygons_only_for_real_boundaries(tmp_path: Path) -> None:
    path = saved(tmp_path, to_gpkg(features(), notices=["Ghi chú"]), "gpkg")
    assert set(pyogrio.list_layers(path)[:, 0]) == {POINTS_LAYER, BOUNDARIES_LAYER, NOTES_LAYER}
    points, shapes = gpd.read_file(path, layer=POINTS_LAYER), gpd.read_file(path, layer=BOUNDARIES_LAYER)
    assert points.crs == shapes.crs == "EPSG:4326"
    assert list(points["code"]) == ["HT-CCN-013", "HT-CCN-014"] and set(points.geom_type) == {"Point"}
    assert set(points["position"]) == {"vị trí gần đúng cấp xã"}
    assert points["area_ha"][0] == 30 and points["area_ha"].isna()[1]
    assert list(shapes["code"]) == ["HT-CCN-012"] and set(shapes.geom_type) == {"MultiPolygon"}
    assert shapes.geometry[0].equals(Polygon(RING, [HOLE]))


@pytest.mark.parametrize("text", NASTY)
def test_nasty_names_read_back_unchanged(tmp_path: Path, text: str) -> None:
    path = saved(tmp_path, to_gpkg(features(text)), "gpkg")
    assert list(gpd.read_file(path, layer=POINTS_LAYER)["name"]) == [text, text]
    assert gpd.read_file(path, layer=POINTS_LAYER)["Mức"][0] == text
    tree = ElementTree.fromstring(to_kml(features(text), notices=[text]))
    names = [mark.findtext("{*}name") for mark in tree.iter("{http://www.opengis.net/kml/2.2}Placemark")]
    assert names == [text, text, text]


def test_kml_opens_as_points_and_polygons(tmp_path: Path) -> None:
    read = gpd.read_file(saved(tmp_path, to_kml(features()), "kml"))
    assert sorted(read.geom_type) == ["Point", "Point", "Polygon"]
    assert "vị trí gần đúng cấp xã" in to_kml(features()).decode()


def test_no_features_still_make_files_that_open(tmp_path: Path) -> None:
    assert gpd.read_file(saved(tmp_path, to_gpkg([]), "gpkg"), layer=POINTS_LAYER).empty
    ElementTree.fromstring(to_kml([]))


def test_english_words_are_used_when_asked() -> None:
    assert "approximate position, commune level" in to_kml(features(), lang="en").decode()
