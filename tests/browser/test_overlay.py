"""A folder laid over the shipped data: boundaries replace circles, and what is broken is said by name."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page

from lib.text import t
from tests.browser.harness import ROOT, MapView, Server, open_page, running_app, wait_quiet

CODE, PLANNED_HA = "HT-CCN-012", 75.0
SOURCE = "Bản đồ quy hoạch chi tiết CCN Cổng Khánh 1, tờ QH-04 (thử nghiệm)"
# Near the crossing of 105.70° E and 18.50° N, with one corner cut off.
RING = [
    [105.6960, 18.4960], [105.7050, 18.4960], [105.7050, 18.5020],
    [105.7030, 18.5040], [105.6960, 18.5040], [105.6960, 18.4960],
]
BOW_TIE = [[105.70, 18.50], [105.71, 18.51], [105.71, 18.50], [105.70, 18.51], [105.70, 18.50]]
WGS84_A, WGS84_E2 = 6_378_137.0, 0.006_694_38


def feature(ring: Sequence[Sequence[float]], **properties: object) -> dict[str, object]:
    """A boundary of `CODE`; a property of None is left out."""
    given = {"cluster": CODE, "accuracy": "plan_drawing", "error_m": 15, "source": SOURCE} | properties
    return {
        "type": "Feature",
        "properties": {key: value for key, value in given.items() if value is not None},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def write_layer(path: Path, *features: Mapping[str, object], encoding: str = "utf-8") -> None:
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1)
    path.write_text(text, encoding)


def area_on_ellipsoid_ha(ring: Sequence[Sequence[float]]) -> float:
    """Area of a small ring by the local radii of the WGS 84 ellipsoid: another way than the app's own."""
    lat = math.radians(sum(corner[1] for corner in ring) / len(ring))
    bend = 1 - WGS84_E2 * math.sin(lat) ** 2
    north = math.radians(1) * WGS84_A * (1 - WGS84_E2) / bend**1.5
    east = math.radians(1) * WGS84_A / math.sqrt(bend) * math.cos(lat)
    crossed = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
    return abs(crossed) / 2 * north * east / 10_000


def vietnamese(text: str) -> float:
    return float(text.replace(".", "").replace(",", "."))


@pytest.fixture(scope="module")
def overlaid(start_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The dashboard with one boundary laid over it."""
    folder = tmp_path_factory.mktemp("lop-phu")
    write_layer(folder / "ranh-gioi.geojson", feature(RING))
    return start_server(["--data", str(folder)])


def drawn_shape(map_view: MapView, code: str) -> str:
    """How the extent of a cluster is drawn when it is larger than its symbol: `polygon` or `circle`."""
    kind: str = map_view.evaluate(
        "const L = win.L;"
        "const all = Object.values(map._layers)"
        ".filter(l => l.feature && l.feature.properties.code === argument);"
        "const one = all.find(l => !(l instanceof L.CircleMarker) || l instanceof L.Circle);"
        "return !one ? 'none' : one instanceof L.Polygon ? 'polygon' : 'circle'",
        code,
    )
    return kind


def test_a_boundary_replaces_the_circle_and_says_how_good_it_is(
    overlaid: Server, page: Page, map_view: MapView
) -> None:
    open_page(page, overlaid.url, f"/ban-do?cum={CODE}")
    card = page.locator(".st-key-panel-card").inner_text()
    compared = re.search(
        r"Ranh giới đo được ([\d.,]+) ha; quy hoạch 75,00 ha \(chênh ([−–-]?[\d.,]+) %\)", card
    )
    assert compared is not None, card
    measured = vietnamese(compared[1])
    assert measured == pytest.approx(area_on_ellipsoid_ha(RING), rel=0.002)
    difference = vietnamese(re.sub("[−–-]", "-", compared[2]))
    assert difference == pytest.approx(100 * (measured - PLANNED_HA) / PLANNED_HA, abs=0.06)
    assert t("vi", "map.accuracy.plan_drawing") in card
    assert "± 15 m" in card
    assert SOURCE in card
    assert t("vi", "mappage.schematic") not in card
    # The plan's own figure stays beside it.
    assert re.search(r"Diện tích quy hoạch, 2030\s+75 ha", card), card

    map_view.set_view(18.50, 105.70, 14)
    wait_quiet(page)
    assert drawn_shape(map_view, CODE) == "polygon"
    corners = map_view.evaluate(
        "const L = win.L;"
        "const one = Object.values(map._layers).find(l => l.feature && l.feature.properties.code === argument"
        " && l instanceof L.Polygon);"
        "return one.getLatLngs().flat(Infinity).map(p => [p.lng, p.lat])",
        CODE,
    )
    assert corners == [pytest.approx(corner) for corner in RING[:-1]]
    dashes = map_view.evaluate(
        "const L = win.L;"
        "const one = Object.values(map._layers).find(l => l.feature && l.feature.properties.code === argument"
        " && l instanceof L.Polygon);"
        "return one.options.dashArray",
        CODE,
    )
    assert dashes is None


def test_the_other_clusters_stay_circles_and_say_so(
    overlaid: Server, page: Page, map_view: MapView
) -> None:
    open_page(page, overlaid.url, "/ban-do?cum=HT-CCN-007")
    assert map_view.view()[2] >= 12
    assert drawn_shape(map_view, "HT-CCN-007") == "circle"
    assert t("vi", "mappage.schematic") in page.locator(".st-key-panel-card").inner_text()


def test_the_dossier_compares_the_boundary_too(overlaid: Server, page: Page) -> None:
    open_page(page, overlaid.url, f"/ho-so?cum={CODE}")
    said = page.get_by_test_id("stMain").inner_text()
    assert "Ranh giới đo được" in said and "quy hoạch 75,00 ha" in said
    assert SOURCE in said


def test_the_exported_layer_holds_the_boundary_and_points(overlaid: Server, page: Page) -> None:
    open_page(page, overlaid.url, "/ban-do?tim=cong+khanh")
    page.get_by_role("button", name=t("vi", "common.export.title")).click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=t("vi", "common.export.kml")).click()
    kml = Path(waiting.value.path()).read_text("utf-8")
    marks = {name: mark for mark in kml.split("<Placemark")[1:] for name in ("1", "2", "3")
             if f"Cổng Khánh {name}" in mark.partition("</name>")[0]}
    assert set(marks) == {"1", "2", "3"}
    assert "<Polygon" in marks["1"] and SOURCE in marks["1"]
    assert "<Polygon" not in marks["2"] and "<Point" in marks["2"]


def wrong_ring(folder: Path) -> None:
    write_layer(folder / "ranh-gioi.geojson", feature(RING), feature(BOW_TIE, cluster="HT-CCN-013"))


def no_source(folder: Path) -> None:
    write_layer(folder / "ranh-gioi.geojson", feature(RING), feature(RING, cluster="HT-CCN-013", source=None))


def wrong_encoding(folder: Path) -> None:
    write_layer(folder / "ranh-gioi.geojson", feature(RING, source="Bản vẽ".encode().decode("latin-1")),
                encoding="latin-1")
    path = folder / "ranh-gioi.geojson"
    path.write_bytes(path.read_bytes().replace("Bản vẽ".encode(), b"B\xe3n v\xea"))


def row_without_source(folder: Path) -> None:
    with (ROOT / "data" / "tables" / "observations.csv").open(encoding="utf-8", newline="") as file:
        columns, *rows = csv.reader(file)
    row = dict(zip(columns, rows[0], strict=True)) | {"id": "OBS-X1", "source": ""}
    with (folder / "observations.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, [row[column] for column in columns]])


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (wrong_ring, ("ranh-gioi.geojson", "đối tượng “2”", "tự cắt tại kinh độ 105.705", "Cách sửa:")),
        (no_source, ("ranh-gioi.geojson", "đối tượng “2”", "mục “source”", "Ranh giới không ghi nguồn")),
        (wrong_encoding, ("ranh-gioi.geojson", "dòng ", "không phải mã UTF-8", "Cách sửa:")),
        (row_without_source, ("observations.csv", "dòng 2", "cột “source”", "Chưa ghi nguồn.")),
    ],
    ids=["self-crossing", "no source", "encoding", "row without source"],
)
def test_a_broken_folder_is_said_in_vietnamese_by_file_and_place(
    spoil: Callable[[Path], None], expected: tuple[str, ...], tmp_path: Path, page: Page
) -> None:
    spoil(tmp_path)
    with running_app(arguments=["--data", str(tmp_path)]) as broken:
        page.goto(f"{broken.url}/ban-do", wait_until="domcontentloaded")
        page.wait_for_selector('[data-testid="stAlertContentError"]', timeout=20_000)
        said = page.locator('[data-testid="stAlertContentError"]').inner_text()
        for part in expected:
            assert part in said, said
        page.get_by_text(t("vi", "frame.error.nothing_changed")).wait_for()
        assert not page.get_by_test_id("stException").count()
        # Where the folder lies on the server is nobody's business.
        assert str(tmp_path.parent) not in page.content()
        assert "Traceback" not in broken.log_text(), broken.log_text()[-3000:]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path, page: Page) -> None:
    with running_app(arguments=["--data", str(tmp_path / "khong-co")]) as broken:
        page.goto(broken.url, wait_until="domcontentloaded")
        page.wait_for_selector('[data-testid="stAlertContentError"]', timeout=20_000)
        said = page.locator('[data-testid="stAlertContentError"]').inner_text()
        assert "khong-co" in said and "Không tìm thấy thư mục này." in said
        assert not page.get_by_test_id("stException").count()
