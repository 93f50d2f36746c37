"""The map: no code from data, no foreign host, no change of the base, no cluster left out or moved."""

from __future__ import annotations

import random
import re
from typing import Any

import branca.element
import folium
import pandas as pd
import pytest
from shapely.geometry import Polygon
from streamlit_folium import generate_js_hash, generate_leaflet_string

from geo.crs import to_vn2000
from lib.domain.places import Accuracy, Boundary, Cluster, Commune
from lib.render import map_data, maps, palette
from lib.render.assets import install_leaflet
from tests.render.nasty import PRODUCT

LINE = [[104.7, 17.4], [105.5, 18.3], [107.1, 19.25]]
BASEMAP: dict[str, Any] = {
    "features": [
        {
            "properties": {"kind": kind, "source": f"Nguồn {kind}", "licence": "CC0"},
            "geometry": {"type": shape, "coordinates": coordinates},
        }
        for kind, shape, coordinates in (
            ("land", "MultiPolygon", [[[*LINE, LINE[0]]]]),
            ("province", "Polygon", [[*LINE, LINE[0]]]),
            ("river", "MultiLineString", [LINE]),
            ("border", "LineString", LINE),
        )
    ]
}
COMMUNES = {
    code: Commune(code, name, name, lat=lat, lon=lon)
    for code, name, lat, lon in (("2025-07:1", "Xã Một", 18.3, 105.9), ("2025-07:2", "Xã Hai", 18.5, 105.6))
}


def _clusters(count: int) -> list[Cluster]:
    return [Cluster(f"T-{i:03d}", f"Cụm {i}", communes_now=("2025-07:1",)) for i in range(count)]


def _profiles(clusters: list[Cluster]) -> pd.DataFrame:
    rows = [
        {
            "code": c.code, "name": c.name, "level": "high" if i % 2 else "unknown", "area_ha": 30.0,
            "plan_group": "new",
        }
        for i, c in enumerate(clusters)
    ]
    return pd.DataFrame(rows).merge(map_data.positions(clusters, COMMUNES), how="left", on="code")


def _script(made: folium.Map) -> str:
    made.get_root().render()
    return str(generate_leaflet_string(made))


@pytest.fixture(scope="module")
def config() -> str:
    return maps.base_config("vi", BASEMAP, COMMUNES.values())


def _everywhere(text: str) -> folium.Map:
    made = folium.Map([18, 105], tiles=None)
    folium.TileLayer("x/{z}/{x}/{y}.png", attr=text).add_to(made)
    group = folium.FeatureGroup(text).add_to(made)
    feature = {
        "type": "Feature", "properties": {"name": text},
        "geometry": {"type": "Point", "coordinates": [105.9, 18.3]},
    }
    collection = {"type": "FeatureCollection", "features": [feature]}
    folium.GeoJson(
        collection, name=text, tooltip=folium.GeoJsonTooltip(["name"], aliases=[text]),
        popup=folium.GeoJsonPopup(["name"]), style_function=lambda _: {"color": "red"},
    ).add_to(group)
    folium.CircleMarker([18, 105], popup=folium.Popup(text), tooltip=text).add_to(made)
    folium.CircleMarker([18, 105], popup=folium.Popup(text, parse_html=True)).add_to(group)
    folium.Marker([18, 105], icon=folium.DivIcon(html=text)).add_to(made)
    folium.LayerControl().add_to(made)
    root: Any = made.get_root()
    root.html.add_child(folium.Element(text))
    return made


def test_no_text_is_run_as_a_template() -> None:
    written = _everywhere("{{ 7*7*1000003 }}").get_root().render()
    assert PRODUCT not in written
    assert "7*7*1000003" in written


@pytest.mark.parametrize("text", ["{% if %}", "{#", "{{", "}}"])
def test_half_a_template_does_not_break_the_map(text: str) -> None:
    assert _everywhere(text).get_root().render()


def test_the_guard_leaves_a_harmless_map_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def written() -> str:
        names: dict[str, str] = {}
        page = _everywhere("Cụm bình thường").get_root().render()
        return re.sub(r"[0-9a-f]{32}", lambda found: names.setdefault(found.group(), f"id{len(names)}"), page)

    guarded = written()
    guard = branca.element.Element.__init__
    plain = next(c.cell_contents for c in guard.__closure__ or () if callable(c.cell_contents))
    monkeypatch.setattr(branca.element.Element, "__init__", plain)
    assert written() == guarded


def test_the_guard_is_put_on_once() -> None:
    before = branca.element.Element.__init__
    maps._install_guard()
    assert branca.element.Element.__init__ is before


def test_the_base_map_names_no_host(config: str) -> None:
    page = maps.base_map(config).get_root().render()
    assert not re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", page)
    assert re.findall(r'(?:src|href)="([^"]+)"', page) == [
        "../../app/static/leaflet/leaflet.js", "../../app/static/leaflet/leaflet.css",
    ]


def test_a_filter_or_a_selection_does_not_change_the_base(config: str) -> None:
    profiles = _profiles(_clusters(5))
    hashes = []
    for shown, picked in ((profiles, None), (profiles.head(1), "T-000")):
        made = maps.base_map(config)
        script = _script(made)
        for group in maps.cluster_layers(shown, "level", {}, picked, "2030", "vi"):
            group.add_to(made)
        hashes.append(generate_js_hash(script, "map"))
    assert hashes[0] == hashes[1]


def test_every_cluster_with_a_place_is_drawn_whatever_is_not_known_of_it() -> None:
    profiles = _profiles(_clusters(4))
    profiles["area_ha"] = float("nan")
    profiles["level"] = None
    for colour_by in palette.COLOUR_BY:
        words = {style.key: style.key for style in palette.classes(colour_by)}
        rows = map_data.cluster_rows(profiles, colour_by, {}, "2030", words)
        assert len(rows) == 4
        assert {row[7] for row in rows} == {map_data.radius_px(None)}
        assert all(row[9] == 1 and row[10] == 0 for row in rows)


def test_a_place_does_not_depend_on_the_filter() -> None:
    profiles = _profiles(_clusters(4))
    words = {style.key: style.key for style in palette.classes("level")}
    whole = {row[0]: row[3:7] for row in map_data.cluster_rows(profiles, "level", {}, "2030", words)}
    for code, place in whole.items():
        only = profiles[profiles["code"] == code]
        assert map_data.cluster_rows(only, "level", {}, "2030", words)[0][3:7] == place


def test_clusters_of_one_commune_stand_apart_and_one_without_commune_has_no_place() -> None:
    nowhere, alone = Cluster("T-100", "Không rõ xã"), Cluster("T-101", "Một mình", (), ("2025-07:2",))
    clusters = [*_clusters(4), nowhere, alone]
    placed = map_data.positions(clusters, COMMUNES).set_index("code")
    assert "T-100" not in placed.index
    assert len(placed[["shown_lat", "shown_lon"]].drop_duplicates()) == 5
    assert placed["apart_px"].to_dict()["T-101"] == 0
    assert placed["apart_px"].to_dict()["T-000"] > 0


def test_the_worst_come_first_and_the_counts_add_up() -> None:
    profiles = _profiles(_clusters(6))
    words = {style.key: style.key for style in palette.classes("plan_group")}
    order = dict(zip(profiles["code"], profiles["level"], strict=True))
    rows = map_data.cluster_rows(profiles, "plan_group", {}, "2030", words)
    assert [order[row[0]] for row in rows] == ["high"] * 3 + ["unknown"] * 3
    assert sum(count for _, count in map_data.legend_counts(profiles, "level")) == 6


def test_a_surveyed_boundary_replaces_the_circle_and_moves_the_symbol_inside() -> None:
    shape = Polygon([(105.70, 18.40), (105.71, 18.40), (105.71, 18.41), (105.70, 18.41)])
    boundary = Boundary("T-000", shape, Accuracy.SURVEYED, 1.0, 117.0, "s")
    words = {style.key: style.key for style in palette.classes("level")}
    rows = map_data.cluster_rows(_profiles(_clusters(2)), "level", {"T-000": boundary}, "2030", words)
    row = next(row for row in rows if row[0] == "T-000")
    assert row[10][0][0][0] == [18.4, 105.7]
    assert row[3:5] == row[5:7] == [18.405, 105.705]
    other = next(row for row in rows if row[0] == "T-001")
    assert other[10] == round((30.0 * 10_000 / 3.14159265) ** 0.5)


def test_area_follows_the_horizon_and_a_range_its_lower_end() -> None:
    profiles = _profiles(_clusters(1)).assign(plan_area_2030_ha=75.0, area_ha=float("nan"), area_low_ha=24.0)
    words = {style.key: style.key for style in palette.classes("level")}
    at_2030 = map_data.cluster_rows(profiles, "level", {}, "2030", words)[0]
    later = map_data.cluster_rows(profiles, "level", {}, "sau", words)[0]
    assert (at_2030[7], later[7]) == (map_data.radius_px(75.0), map_data.radius_px(24.0))


def test_a_symbol_grows_in_area_with_the_cluster() -> None:
    assert map_data.radius_px(40.0) / map_data.radius_px(10.0) == pytest.approx(2, abs=0.05)
    assert map_data.radius_px(None) == min(map_data.radius_px(a) for a in (1.0, 10.0, 75.0, 900.0))


def test_the_readout_agrees_with_the_transformation_to_a_millimetre() -> None:
    fit: Any = map_data.vn2000_fit()
    (south, west), (north, east) = map_data.FRAME
    dice = random.Random(7)
    points = [(dice.uniform(west, east), dice.uniform(south, north)) for _ in range(500)]
    for lon, lat in [*points, (105.9057, 18.3428), (west, south), (east, north)]:
        u, v, k, found = (lon - fit["lon"]) / fit["half"], (lat - fit["lat"]) / fit["half"], 0, [0.0, 0.0]
        for i in range(fit["degree"] + 1):
            for j in range(fit["degree"] - i + 1):
                found[0] += fit["easting"][k] * u**i * v**j
                found[1] += fit["northing"][k] * u**i * v**j
                k += 1
        assert found == pytest.approx(to_vn2000(lon, lat), abs=0.001)


def test_the_packed_base_map_keeps_its_points_to_eleven_metres() -> None:
    parts: list[dict[str, Any]] = map_data.packed_base(BASEMAP)
    (river,) = [part for part in parts if part["style"].get("color") == palette.RIVER]
    steps = river["runs"][0]
    assert steps[:2] == [1_047_000, 174_000]
    assert sum(steps[0::2]) / map_data.PACK_SCALE == pytest.approx(107.1)
    assert sum(steps[1::2]) / map_data.PACK_SCALE == pytest.approx(19.25)


def test_tiles_of_the_administrator_are_optional_and_their_words_escaped(config: str) -> None:
    assert '"tiles"' not in config
    with_tiles = maps.base_config("vi", BASEMAP, (), ("http://tiles.local/{z}/{x}/{y}.png", "<b>Sở</b>"))
    assert '"tiles"' in with_tiles
    assert "<b>" not in with_tiles


def test_leaflet_is_copied_from_its_wheel(tmp_path: Any) -> None:
    target = install_leaflet(tmp_path / "leaflet")
    assert (target / "leaflet.js").stat().st_size > 100_000
    assert (target / "leaflet.css").is_file()
    assert (target / "images").is_dir()
    assert install_leaflet(target) == target
