"""
The dashboard's map against a bare Streamlit page with the plain folium map of the same data, in one run.

    python -m benchmarks.compare [--sizes 25 200 1000] [--repeats 3] [--output results.md]

Synthetic clusters stand beside the shipped ones; both pages show the same clusters at the same places. Times
of clicks and filters are taken inside the page: from the click event to the card in the document, or to the
right number of clusters on the map.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, TimeoutError, WebSocket, sync_playwright
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.make_clusters import make
from lib.assess import tests as rule_tests
from lib.assess.evaluate import assess
from lib.assess.profile import cluster_profiles
from lib.domain.finding import Finding
from lib.render.assets import install_leaflet
from lib.render.map_data import class_keys, legend_counts, positions
from lib.render.palette import classes
from lib.store.files import SHIPPED, open_store
from lib.store.rulebook import read_rulebook
from lib.text import t
from tests.browser.harness import (
    MAP_FRAME,
    TODAY,
    MapView,
    Server,
    Watch,
    choose,
    launch,
    new_context,
    running_app,
    wait_quiet,
)

COLOUR_BY = "plan_group"
OUR_PATH = "/ban-do"
OUR_PILLS = f".st-key-map-legend-{COLOUR_BY} button"
PLAIN_PILLS = ".st-key-filter button"
CARD = '[data-testid="stMain"] .ccn-card[data-code]'
SIZES = (25, 200, 1000)
CLICKS = 6
APART_PX = 70
SMALLEST_M = 1_800
DRAW_MS = 60_000
CLICK_MS = 15_000
VIEW = (18.33, 105.85, 9.5)
AIMS = {
    "first map": dict.fromkeys(SIZES, 1.0),
    "filter": {25: 0.5, 200: 0.4, 1000: 0.4},
    "click": {25: 1.25, 200: 1.0, 1000: 0.75},
}
_COUNT = f"""() => {{
  const frame = document.querySelector('{MAP_FRAME}');
  const map = frame && frame.contentWindow && frame.contentWindow.map;
  if (!map || !map._layers) return -1;
  return new Set(Object.values(map._layers).filter(l => l.feature).map(l => l.feature.properties.code)).size;
}}"""
# A promise of the milliseconds from the next click (here or in the map's frame) until `done` holds.
_STOPWATCH = f"""wanted => {{
  const count = {_COUNT};
  const code = () => (document.querySelector('{CARD}') || {{dataset: {{code: ''}}}}).dataset.code;
  const before = code(), now = () => performance.timeOrigin + performance.now();
  const done = wanted === null ? () => code() && code() !== before : () => count() === wanted;
  const frames = [...document.querySelectorAll('{MAP_FRAME}')];
  const windows = [window, ...frames.map(frame => frame.contentWindow)];
  window.__measured = null;
  const start = () => {{
    const started = now();
    windows.forEach(one => one.removeEventListener('click', start, true));
    const tick = setInterval(() => {{
      if (!done()) return;
      clearInterval(tick);
      window.__measured = now() - started;
    }}, 5);
  }};
  windows.forEach(one => one.addEventListener('click', start, true));
}}"""


@dataclass(frozen=True)
class Data:
    """What both pages show. `counts` are the placed clusters by class, in the order of our legend."""

    geojson: dict[str, Any]
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass
class Measured:
    """Times of one page in milliseconds; runs of its script; whether the view outlived a filter."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    runs: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    view_kept: list[bool] = field(default_factory=list)


@dataclass(frozen=True)
class Contestant:
    """One of the two pages: how to serve it, where it is, and its filter buttons with their classes.

    `prepare` brings the opened page to the state in which it is measured.
    """

    name: str
    serve: Callable[[], AbstractContextManager[Server]]
    path: str
    pills: str
    order: tuple[str, ...]
    prepare: Callable[[Page], None]


def _area_ha(value: float | None) -> float:
    """An area to draw: where none is known, a common one, so that both pages draw every cluster."""
    return 20.0 if value is None or math.isnan(value) else value


def _circle(lat: float, lon: float, area_ha: float) -> dict[str, Any]:
    """A circle of that area as a polygon of 32 corners, large enough to be hit at the province's zoom."""
    radius = max(math.sqrt(area_ha * 10_000 / math.pi), SMALLEST_M) / 111_320
    ring = [
        [lon + radius * math.cos(turn) / math.cos(math.radians(lat)), lat + radius * math.sin(turn)]
        for turn in (2 * math.pi * step / 32 for step in range(33))
    ]
    return {"type": "Polygon", "coordinates": [[[round(x, 6), round(y, 6)] for x, y in ring]]}


def shared_data(overlay: Path) -> Data:
    """The placed clusters of the shipped data and the overlay, as the dashboard sees them."""
    store = open_store(SHIPPED, overlay=overlay)
    book = read_rulebook(SHIPPED / "rules", tests=rule_tests.TESTS, attributes=store.attributes)
    today = date.fromisoformat(TODAY)
    evidence = store.evidence(today, today)
    findings: dict[str, list[Finding]] = defaultdict(list)
    for finding in assess([cluster.code for cluster in store.clusters], evidence, book):
        findings[finding.subject].append(finding)
    table = cluster_profiles(store.clusters, evidence, findings, book)
    placed = table.merge(positions(store.clusters, store.communes), on="code")
    colours = {style.key: style.fill for style in classes(COLOUR_BY)}
    keys = class_keys(placed, COLOUR_BY)
    features = [
        {
            "type": "Feature",
            "geometry": _circle(row["shown_lat"], row["shown_lon"], _area_ha(row.get("plan_area_2030_ha"))),
            "properties": {
                "code": row["code"],
                "name": row["name"],
                "class": key,
                "colour": colours[key],
                "level": row["level"],
                "status": row["status"] or "",
                "area": str(row.get("plan_area_2030_ha")),
            },
        }
        for row, key in zip(placed.to_dict("records"), keys, strict=True)
    ]
    found = Counter(keys)
    # The legend leaves out classes without any cluster, but counts those without a place.
    order = [style.key for style, count in legend_counts(table, COLOUR_BY) if count]
    return Data({"type": "FeatureCollection", "features": features}, {key: found[key] for key in order})


class Runs:
    """Counts the script runs of a page by the messages that open them."""

    def __init__(self, page: Page) -> None:
        self.count = 0
        page.on("websocket", self._watch)

    def _watch(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._frame)

    def _frame(self, payload: str | bytes) -> None:
        if isinstance(payload, bytes) and ForwardMsg.FromString(payload).WhichOneof("type") == "new_session":
            self.count += 1


def _drawn(page: Page, count: int) -> None:
    page.wait_for_function(f"wanted => ({_COUNT})() === wanted", arg=count, polling=10, timeout=DRAW_MS)


def _timed(page: Page, wanted: int | None, act: Callable[[], None]) -> float | None:
    """
    Milliseconds from the click that `act` makes until the card changed or `wanted` clusters are drawn.

    None, with a line on the screen, when nothing happened: a symbol below another one was clicked.
    """
    page.evaluate(_STOPWATCH, wanted)
    act()
    try:
        found = page.wait_for_function("() => window.__measured", polling=10, timeout=CLICK_MS)
    except TimeoutError as error:
        print(f"{page.url}: no answer to a click ({error.message})")
        return None
    return float(found.json_value())


def _targets(page: Page) -> list[str]:
    """Codes of clusters in the view whose symbols stand well apart, in a fixed order."""
    view = MapView(page)
    chosen: list[str] = []
    taken: list[tuple[float, float]] = []
    for code in view.codes():
        point = view.point_of(code)
        frame = view.frame.bounding_box()
        if point is None or frame is None:
            continue
        x, y = point[0] - frame["x"], point[1] - frame["y"]
        inside = 60 < x < frame["width"] - 80 and 40 < y < frame["height"] - 60
        if inside and all(math.hypot(x - a, y - b) > APART_PX for a, b in taken):
            taken.append((x, y))
            chosen.append(code)
        if len(chosen) == CLICKS:
            break
    return chosen


def first_map(browser: Browser, one: Contestant, data: Data, kept: Measured) -> None:
    """Cold start: from the start of the server, and from the first visit, to the map; then a second visit."""
    with one.serve() as server:
        for visit in ("first map", "second visit"):
            context = new_context(browser, Watch())
            page = context.new_page()
            went = time.perf_counter()
            page.goto(server.url + one.path, wait_until="commit")
            _drawn(page, data.total)
            done = time.perf_counter()
            if visit == "first map":
                kept.times["server and first map"].append((done - server.started) * 1000)
            kept.times[visit].append((done - went) * 1000)
            context.close()


def interactions(browser: Browser, one: Contestant, data: Data, kept: Measured) -> None:
    """Clicks and filters on one open page."""
    with one.serve() as server:
        context = new_context(browser, Watch())
        page = context.new_page()
        runs, view = Runs(page), MapView(page)
        page.goto(server.url)
        wait_quiet(page, 60)
        page.goto(server.url + one.path, wait_until="commit")
        _drawn(page, data.total)
        wait_quiet(page, 60)
        one.prepare(page)
        for code in _targets(page):
            point, before = view.point_of(code), runs.count
            if point is None:
                continue
            taken = _timed(page, None, partial(page.mouse.click, *point))
            wait_quiet(page, 60)
            if taken is not None:
                kept.times["click"].append(taken)
                kept.runs["click"].append(runs.count - before)
        for place, key in enumerate(one.order):
            if not 0 < data.counts[key] < data.total:
                continue
            for wanted in (data.counts[key], data.total):
                view.set_view(*VIEW)
                wait_quiet(page, 60)
                seen, was, before = view.is_same_as_before(), view.view(), runs.count
                button = page.locator(one.pills).nth(place)
                taken = _timed(page, wanted, button.click)
                wait_quiet(page, 60)
                if taken is None:
                    continue
                kept.times["filter"].append(taken)
                kept.runs["filter"].append(runs.count - before)
                same = MapView(page).is_same_as_before() and seen is not None
                kept.view_kept.append(same and MapView(page).view() == was)
        context.close()


def contestants(scratch: Path, overlay: Path, data: Data) -> tuple[Contestant, Contestant]:
    """The dashboard and the bare page, ready to be served."""
    bare = scratch / "bare"
    bare.mkdir()
    shutil.copy(Path(__file__).with_name("plain_app.py"), bare / "plain_app.py")
    install_leaflet(bare / "static" / "leaflet")
    (bare / "clusters.geojson").write_text(json.dumps(data.geojson), "utf-8")
    options = (
        "--server.enableStaticServing", "true", "--browser.gatherUsageStats", "false",
        "--server.fileWatcherType", "none",
    )  # fmt: skip

    def ours() -> AbstractContextManager[Server]:
        return running_app(arguments=["--data", str(overlay)])

    def plain() -> AbstractContextManager[Server]:
        return running_app(
            app=bare / "plain_app.py",
            folder=bare,
            arguments=[str(bare / "clusters.geojson")],
            options=options,
        )

    def colour(page: Page) -> None:
        choose(page, t("vi", "mappage.colour_by"), t("vi", f"mappage.colour.{COLOUR_BY}"))

    order = tuple(data.counts)
    present = tuple(sorted(key for key, count in data.counts.items() if count))
    return (
        Contestant("dashboard", ours, OUR_PATH, OUR_PILLS, order, colour),
        Contestant("bare page", plain, "/", PLAIN_PILLS, present, lambda page: None),
    )


def measure(browser: Browser, size: int, repeats: int) -> tuple[int, Measured, Measured]:
    """Both pages at one size, taking turns: the clusters drawn, the dashboard's times, the bare page's."""
    with tempfile.TemporaryDirectory(prefix="ccn-bench-") as name:
        scratch = Path(name)
        overlay = scratch / "overlay"
        make(size, overlay)
        data = shared_data(overlay)
        pair = contestants(scratch, overlay, data)
        kept = {one.name: Measured() for one in pair}
        for _ in range(repeats):
            for one in pair:
                first_map(browser, one, data, kept[one.name])
        for one in pair:
            interactions(browser, one, data, kept[one.name])
    return data.total, kept[pair[0].name], kept[pair[1].name]


def _most(values: Sequence[int]) -> str:
    """The usual number of runs, and the largest where it differs."""
    if not values:
        return "–"
    usual = statistics.mode(values)
    return str(usual) if max(values) == usual else f"{usual} (max {max(values)})"


def table(results: dict[int, tuple[int, Measured, Measured]]) -> str:
    """The results as Markdown: medians, ratios, runs, and how often the view was kept."""
    lines = [
        "| synthetic (drawn) | measure | dashboard, ms | bare page, ms | ratio | aim "
        "| runs, dashboard / bare | view kept, dashboard / bare |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for size, (drawn, ours, plain) in results.items():
        for measure_name in ("server and first map", "first map", "second visit", "filter", "click"):
            if not ours.times[measure_name] or not plain.times[measure_name]:
                lines.append(f"| {size} ({drawn}) | {measure_name} | not measured | | | | | |")
                continue
            a, b = (statistics.median(one.times[measure_name]) for one in (ours, plain))
            aim = AIMS.get(measure_name, {}).get(size)
            runs = " / ".join(_most(one.runs[measure_name]) for one in (ours, plain))
            kept = " / ".join(f"{sum(one.view_kept)} of {len(one.view_kept)}" for one in (ours, plain))
            lines.append(
                f"| {size} ({drawn}) | {measure_name} | {a:.0f} | {b:.0f} | {a / b:.2f} | "
                f"{f'≤ {aim}' if aim else ''} | {runs if measure_name in ours.runs else ''} | "
                f"{kept if measure_name == 'filter' else ''} |"
            )
    return "\n".join(lines)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--repeats", type=int, default=3, help="cold starts of each page at each size")
    parser.add_argument("--output", type=Path, help="file for the table, besides the screen")
    given = parser.parse_args()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        results = {size: measure(browser, size, given.repeats) for size in given.sizes}
        browser.close()
    found = table(results)
    print(found)
    if given.output:
        given.output.write_text(found + "\n", "utf-8")


if __name__ == "__main__":
    main()
