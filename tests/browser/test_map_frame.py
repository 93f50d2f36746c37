"""The map in a real browser: nothing from data runs, names read back, coordinates and lengths are right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from lib.domain.places import Cluster, Commune
from lib.render import maps
from lib.render.assets import install_leaflet
from tests.render.nasty import NASTY
from tests.render.test_maps import BASEMAP, COMMUNES, _clusters, _profiles

ADDRESS = "http://map.test/component/streamlit_folium.st_folium/index.html"


class LoneMap:
    """A page that shows one map, offline; what it asks for is kept in `asked`."""

    def __init__(self, page: Page, leaflet: Path) -> None:
        self.page, self.leaflet = page, leaflet
        self.asked: list[str] = []
        self.errors: list[str] = []
        self.html = ""
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        url = route.request.url
        self.asked.append(url)
        if url == ADDRESS:
            route.fulfill(body=self.html, content_type="text/html; charset=utf-8")
        elif url.startswith("http://map.test/app/static/leaflet/"):
            route.fulfill(path=self.leaflet / url.rpartition("/")[2])
        else:
            route.abort()

    def show(self, clusters: list[Cluster], communes: list[Commune], **options: Any) -> Page:
        made = maps.base_map(maps.base_config("vi", BASEMAP, communes, options.get("tiles")))
        picked = options.get("picked")
        for group in maps.cluster_layers(_profiles(clusters), "level", {}, picked, "2030", "vi"):
            group.add_to(made)
        self.html = made.get_root().render()
        self.page.goto(ADDRESS)
        self.page.wait_for_function("() => window.ccn && ccn.draw && document.querySelector('.ccn-label')")
        return self.page


@pytest.fixture(scope="module")
def lone_map(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneMap]:
    leaflet = install_leaflet(tmp_path_factory.mktemp("static") / "leaflet")
    page = browser.new_page(viewport={"width": 900, "height": 600})
    yield LoneMap(page, leaflet)
    page.close()


@pytest.mark.parametrize("text", NASTY)
def test_a_nasty_name_runs_nothing_and_reads_back(lone_map: LoneMap, text: str) -> None:
    lone_map.asked.clear()
    lone_map.errors.clear()
    commune = Commune("2025-07:1", text, text, lat=18.3, lon=105.9)
    page = lone_map.show([Cluster("T-000", text, communes_now=("2025-07:1",))], [commune], picked="T-000")
    assert page.evaluate("document.querySelector('.ccn-label.is-picked').textContent") == text
    assert page.evaluate("window.hit") is None
    assert lone_map.errors == []
    assert [url for url in lone_map.asked if not url.startswith("http://map.test/")] == []


def test_coordinates_of_a_point_are_those_of_the_metric_system(lone_map: LoneMap) -> None:
    page = lone_map.show(_clusters(1), [])
    found = page.evaluate("ccn.metric(18.3428, 105.9057)")
    assert found == pytest.approx([542_681.977, 2_028_878.620], abs=0.002)
    page.mouse.click(120, 500)
    shown = page.locator(".ccn-readout").inner_text()
    assert "WGS 84" in shown
    assert "VN-2000" in shown


def test_measuring_adds_up_the_parts(lone_map: LoneMap) -> None:
    page = lone_map.show(_clusters(1), [])
    page.locator(".ccn-tool").nth(1).click()
    for x, y in ((100, 500), (100, 400), (200, 400)):
        page.mouse.click(x, y)
        page.wait_for_timeout(300)
    assert "km" in page.locator(".ccn-readout").inner_text()
    page.keyboard.press("Escape")
    assert page.locator(".ccn-readout").is_hidden()


def test_symbols_of_one_commune_do_not_touch_at_province_zoom(lone_map: LoneMap) -> None:
    page = lone_map.show(_clusters(4), list(COMMUNES.values()))
    script = """() => {
      const map = Object.values(window).find((v) => v instanceof L.Map);
      const dots = Object.values(map._layers).filter((l) => l.feature && l instanceof L.CircleMarker);
      return dots.map((d) => {
        const p = map.latLngToContainerPoint(d.getLatLng());
        return [p.x, p.y, d.getRadius()];
      });
    }"""
    dots = page.evaluate(script)
    assert len(dots) == 4
    for i, (x, y, radius) in enumerate(dots):
        for other_x, other_y, other_radius in dots[:i]:
            assert ((x - other_x) ** 2 + (y - other_y) ** 2) ** 0.5 > radius + other_radius


def test_a_tile_source_that_fails_leaves_the_map_as_it_is(lone_map: LoneMap) -> None:
    lone_map.errors.clear()
    page = lone_map.show(_clusters(2), [], tiles=("http://tiles.invalid/{z}/{x}/{y}.png", "Nguồn thử"))
    page.wait_for_timeout(800)
    assert page.locator(".leaflet-tile-loaded").count() == 0
    assert "Nguồn thử" not in page.locator(".leaflet-control-attribution").inner_text()
    assert page.locator(".ccn-label").count() > 0
    assert lone_map.errors == []
