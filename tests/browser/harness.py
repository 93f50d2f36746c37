"""A server of the dashboard and a browser that looks at it, for browser tests and benchmarks."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Route, WebSocket

from lib.store.database import URL_VARIABLE, sqlite_url
from tools.setup_env import CHROMIUM_VARIABLE, find_chromium

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app.py"
TODAY = "2026-11-24"
"""The day it is in every test, unless one asks for another."""
DESKTOP, PHONE = (1440, 900), (390, 844)
MAP_FRAME = 'iframe[title*="streamlit_folium"]'
CARD = '[data-testid="stMain"] .ccn-card[data-code]'
_START_SECONDS = 60
_OWN_HOSTS = {"127.0.0.1", "localhost"}
# Root may not use Chromium's sandbox; the rest keeps the browser from asking its maker anything.
_CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

MAPS_READY = f"""() => [...document.querySelectorAll('{MAP_FRAME}')].every(frame => {{
  const map = frame.contentWindow && frame.contentWindow.map;
  return map && map._loaded && frame.clientHeight > 50;
}})"""
_QUIET = f"""() => {{
  const app = document.querySelector('[data-testid="stApp"]');
  if (!app || app.dataset.testScriptState !== 'notRunning') return null;
  if (!document.querySelector('[data-testid="stMainBlockContainer"]')) return null;
  if (document.querySelector('[data-testid="stSkeleton"], [data-testid="stSpinner"],'
      + ' [data-stale="true"]')) return null;
  for (const chart of document.querySelectorAll('[data-testid="stPlotlyChart"]'))
    if (!chart.querySelector('.main-svg')) return null;
  for (const table of document.querySelectorAll('[data-testid="stDataFrame"]'))
    if (!table.querySelector('canvas')) return null;
  if (!({MAPS_READY})()) return null;
  const main = document.querySelector('[data-testid="stMain"]');
  return main.innerText.length + ':' + main.scrollHeight + ':' + document.querySelectorAll('*').length;
}}"""


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A running Streamlit server. `started` is the `time.perf_counter()` of its start."""

    url: str
    process: subprocess.Popen[bytes]
    started: float
    log: Path

    def log_text(self) -> str:
        """What the server has written so far."""
        return self.log.read_text("utf-8", errors="replace")


@contextmanager
def running_app(
    *,
    arguments: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    app: Path = APP,
    folder: Path = ROOT,
    options: Sequence[str] = (),
) -> Iterator[Server]:
    """
    Serve `app` from `folder` on a free port until the block ends.

    `arguments` are the app's own (`--data FOLDER`), `options` Streamlit's. The clock stands at `TODAY` unless
    `environment` sets `CCN_TODAY`. Each server has a database of its own, filled at its start.

    Raises
    ------
    RuntimeError
        With the server's log, when it does not answer.
    """
    port = free_port()
    # The dashboard starts by its own entry, as users start it; any other script by Streamlit's.
    entry = ["lib.serve"] if app == APP else ["streamlit", "run", str(app)]
    command = [
        sys.executable,
        "-m",
        *entry,
        "--server.address",
        "127.0.0.1",
        "--server.port",
        str(port),
        "--server.headless",
        "true",
        *options,
        "--",
        *arguments,
    ]
    with tempfile.TemporaryDirectory(prefix="ccn-server-") as scratch:
        log = Path(scratch) / "server.log"
        started = time.perf_counter()
        with log.open("wb") as sink:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env={
                    **os.environ,
                    "CCN_TODAY": TODAY,
                    URL_VARIABLE: sqlite_url(Path(scratch) / "ccn.sqlite"),
                    **(environment or {}),
                },
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
        server = Server(f"http://127.0.0.1:{port}", process, started, log)
        try:
            _wait_for_answer(server)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for_answer(server: Server) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the server did not answer:\n{server.log_text()[-4000:]}")


def launch(playwright: Playwright) -> Browser:
    """
    Headless Chromium: the installed one, else Playwright's own.

    Raises
    ------
    RuntimeError
        When there is none.
    """
    path = find_chromium()
    if path is None:
        raise RuntimeError(f"no Chromium found: install one, or name it with {CHROMIUM_VARIABLE}")
    return playwright.chromium.launch(executable_path=path, args=list(_CHROMIUM_ARGUMENTS))


@dataclass
class Watch:
    """What a page did that it should not: addresses outside this machine, errors of its scripts."""

    foreign: list[str] = field(default_factory=list)
    page_errors: list[str] = field(default_factory=list)
    console_errors: list[str] = field(default_factory=list)

    def _address(self, url: str) -> bool:
        """Whether an address is one of ours; notes it when it is not."""
        parts = urlsplit(url)
        if parts.scheme in ("data", "blob", "about") or parts.hostname in _OWN_HOSTS:
            return True
        self.foreign.append(url)
        return False

    def route(self, route: Route) -> None:
        """Let requests to this machine pass and stop all others."""
        if self._address(route.request.url):
            route.continue_()
        else:
            route.abort()

    def console(self, message: ConsoleMessage) -> None:
        """
        Note errors on the console, for the reader of a failed test.

        Streamlit's front end first asks below a page's own address and is answered 404 by design, so they
        are not held against a page.
        """
        if message.type == "error":
            self.console_errors.append(message.text[:300])

    def _websocket(self, opened: WebSocket) -> None:
        self._address(opened.url)

    def on(self, page: Page) -> None:
        """Watch a page."""
        page.on("pageerror", lambda error: self.page_errors.append(str(error)[:500]))
        page.on("console", self.console)
        page.on("websocket", self._websocket)


def new_context(
    browser: Browser, watch: Watch, size: tuple[int, int] = DESKTOP, **options: Any
) -> BrowserContext:
    """A fresh browser profile of a Vietnamese reader that reaches nothing but this machine."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        service_workers="block",
        **options,
    )
    context.route("**/*", watch.route)
    context.on("page", watch.on)
    return context


def wait_quiet(page: Page, seconds: float = 30, still_ms: int = 400) -> None:
    """
    Wait until the script has ended, maps, charts and tables are drawn, and nothing has moved for `still_ms`.

    Raises
    ------
    TimeoutError
        When the page is not still after `seconds`.
    """
    deadline, since, last = time.monotonic() + seconds, time.monotonic(), None
    while time.monotonic() < deadline:
        state = page.evaluate(_QUIET)
        if state is None or state != last:
            since, last = time.monotonic(), state
        elif (time.monotonic() - since) * 1000 >= still_ms:
            return
        page.wait_for_timeout(80)
    raise TimeoutError(f"{page.url} was not still after {seconds} s (last state: {last})")


def open_page(page: Page, url: str, path: str = "/") -> None:
    """Open a page of the dashboard and wait until all of it is drawn."""
    page.goto(url + path, wait_until="domcontentloaded")
    page.wait_for_selector('[data-testid="stApp"]')
    wait_quiet(page)


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of a select box by the words on the screen, then wait."""
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()
    wait_quiet(page)


def set_day(page: Page, label: str, day: str) -> None:
    """Type a day (`24/11/2026`) into a date field, then wait."""
    box = page.get_by_label(label).first
    box.click()
    box.fill(day)
    box.press("Enter")
    page.keyboard.press("Escape")
    wait_quiet(page)


class MapView:
    """The Leaflet map inside the page's map frame."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.frame = page.locator(MAP_FRAME).first

    def evaluate(self, body: str, argument: object = None) -> Any:
        """Run a function body with `map`, the frame's `window` as `win` and `argument`; returns its value."""
        return self.frame.evaluate(
            f"(frame, argument) => {{ const win = frame.contentWindow, map = win.map; {body} }}", argument
        )

    def codes(self) -> list[str]:
        """Codes of the clusters drawn now, each once."""
        found: list[str] = self.evaluate(
            "const drawn = Object.values(map._layers).filter(l => l.feature);"
            "return [...new Set(drawn.map(l => l.feature.properties.code))]"
        )
        return sorted(found)

    def view(self) -> tuple[float, float, float]:
        """Latitude, longitude and zoom, rounded so that equal views are equal."""
        lat, lon, zoom = self.evaluate("const c = map.getCenter(); return [c.lat, c.lng, map.getZoom()]")
        return round(lat, 4), round(lon, 4), round(zoom, 2)

    def set_view(self, lat: float, lon: float, zoom: float) -> None:
        """Move the map as a reader would, without animation."""
        self.evaluate(
            "map.setView([argument[0], argument[1]], argument[2], {animate: false})", [lat, lon, zoom]
        )

    def is_same_as_before(self) -> bool:
        """Whether this very map object was asked before: a remounted frame holds a new one."""
        seen: bool = self.evaluate("const seen = !!map.__seen; map.__seen = true; return seen")
        return seen

    def point_of(self, code: str) -> tuple[float, float] | None:
        """Pixel of a cluster's symbol in the page, scrolled into view; None when it is not drawn."""
        self.frame.scroll_into_view_if_needed()
        inside = self.evaluate(
            "const all = Object.values(map._layers).filter(l => l.feature);"
            "const l = all.find(l => l.feature.properties.code === argument);"
            "if (!l) return null;"
            "const at = map.latLngToContainerPoint(l.getLatLng ? l.getLatLng() : l.getBounds().getCenter());"
            "const size = map.getSize();"
            "return at.x < 0 || at.y < 0 || at.x > size.x || at.y > size.y ? null : [at.x, at.y]",
            code,
        )
        box = self.frame.bounding_box()
        return (box["x"] + inside[0], box["y"] + inside[1]) if inside and box else None

    def click(self, code: str) -> None:
        """
        Click a cluster's symbol and wait for the page.

        Raises
        ------
        LookupError
            When the cluster is not drawn inside the view.
        """
        point = self.point_of(code)
        if point is None:
            raise LookupError(f"{code} is not in the view of the map")
        self.page.mouse.click(*point)
        self.page.wait_for_selector(f'.ccn-card[data-code="{code}"]')
        wait_quiet(self.page)
