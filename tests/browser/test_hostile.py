"""Texts that break things, in every text field of the data: nothing runs and every text reads back."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Page

from lib.text import t
from tests.browser.harness import CARD, ROOT, MapView, Server, open_page, wait_quiet

PRODUCT = "49000147"
NASTY = (
    '<img src=x onerror=window.hit=1>',
    "</script><script>window.hit=1</script>",
    '"><svg onload="window.hit=1">',
    "`);window.hit=1;(`",
    "${window.hit=1}",
    "\\`);window.hit=1;(`",
    '"});window.hit=1;({a:"',
    "{{ 7*7*1000003 }}",
    "{% if %}",
    "{#",
    "\\",
    "\"'",
    "\u202ecba\u202c \u200fabc\u200f",
    "[x](javascript:window.hit=1)",
    "# x",
    ":red[x] :material/home: $x^2$",
    "=HYPERLINK(1)",
    "Cụm & <b>đậm</b> &amp;",
    "x" * 10_000,
)
PLACED, UNPLACED = 900, 950
"""Number of the first made-up cluster with a commune, and of the first without one."""
ALL_IN_ONE = "HT-CCN-999"
"""A cluster whose many observations bring every text at once."""
HT_COMMUNE = "2025-07:18118"
PAGES = ("/", "/ho-so", f"/ho-so?cum=HT-CCN-{UNPLACED}", "/rui-ro?ngon-ngu=en")


def columns_of(name: str) -> list[str]:
    with (ROOT / "data" / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def write_rows(folder: Path, name: str, rows: Iterable[Mapping[str, str]]) -> None:
    columns = columns_of(name)
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def hostile_folder(folder: Path) -> Path:
    """Clusters, sources and observations whose texts are all hostile."""
    clusters, observations = [], []
    sources = [
        {
            "key": f"nasty{index}",
            "title": text,
            "publisher": text,
            "kind": "press",
            "url": ("javascript:window.hit=1", 'https://a.invalid/"><img src=x onerror=window.hit=1>', text)[
                index % 3
            ],
            "document_number": text,
            "date_as_written": text,
        }
        for index, text in enumerate(NASTY)
    ]

    def observe(code: str, index: int, attribute: str, column: str, value: str) -> None:
        text = NASTY[index]
        values = {"value_low": value, "value_high": value} if column == "number" else {column: value}
        observations.append(
            {
                "id": f"X-{len(observations)}", "subject": code, "attribute": attribute, **values,
                "as_written": text, "valid_earliest": "2026-01-01", "valid_latest": "2026-06-01",
                "recorded_at": "2026-11-24", "source": f"nasty{index}", "source_kind": "press",
                "reading_confidence": "high", "batch": text, "author": text, "reason": text, "note": text,
            }
        )

    for index, text in enumerate(NASTY):
        for first in (PLACED, UNPLACED):
            code = f"HT-CCN-{first + index}"
            clusters.append({"code": code, "name": text, "aliases": f"{text}|{text}", "note": text})
            observe(code, index, "operating", "value_code", "yes")
            observe(code, index, "central_treatment", "value_code", "none")
            observe(code, index, "occupancy_published_pct", "number", str(10 + index))
            observe(code, index, "plan_area_2030_ha", "number", "50")
            observe(code, index, "infrastructure_investor", "value_text", text)
            if first == PLACED:
                observe(code, index, "commune_now", "value_text", HT_COMMUNE)
        for attribute in ("tenant", "pollution_report", "inspection", "location_hint", "commune_then"):
            observe(ALL_IN_ONE, index, attribute, "value_text", text)
    clusters.append({"code": ALL_IN_ONE, "name": "Cụm đủ mọi chữ"})
    observe(ALL_IN_ONE, 0, "commune_now", "value_text", HT_COMMUNE)
    for name, rows in (("clusters", clusters), ("sources", sources), ("observations", observations)):
        write_rows(folder, name, rows)
    return folder


@pytest.fixture(scope="module")
def hostile(start_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The dashboard on data full of hostile texts."""
    return start_server(["--data", str(hostile_folder(tmp_path_factory.mktemp("doc-hai")))])


def assert_nothing_ran(page: Page) -> None:
    """In no frame did a text run, become an element, or get calculated on the server."""
    for frame in page.frames:
        assert frame.evaluate("window.hit === undefined"), frame.url
        made = frame.evaluate(
            "selector => [...document.querySelectorAll(selector)].map(e => e.outerHTML.slice(0, 200))",
            "img[src=x], [onerror], [onload], [href^='javascript:' i]",
        )
        assert made == [], made
        content = frame.content()
        assert PRODUCT not in content and "49.000.147" not in content and "49,000,147" not in content
    assert not page.get_by_test_id("stException").count()
    assert not page.locator('[data-testid="stAlertContentError"]').count()


def text_of(page: Page, selector: str = '[data-testid="stMain"]') -> str:
    """What stands in a part of the page, folded parts too."""
    return page.locator(selector).first.evaluate("e => e.textContent")


def assert_reads_back(said: str, *, where: str) -> None:
    lost = [text[:60] for text in NASTY if " ".join(text.split()) not in " ".join(said.split())]
    assert not lost, f"{where}: {lost}"


def names(page: Page) -> list[str]:
    buttons = page.locator(".ccn-list button.ccn-name")
    found: list[str] = buttons.evaluate_all("all => all.map(e => e.textContent)")
    return found


@pytest.mark.parametrize("path", PAGES)
def test_nothing_runs_on_a_page(hostile: Server, page: Page, path: str) -> None:
    open_page(page, hostile.url, path)
    assert_nothing_ran(page)
    assert page.locator("h1.ccn-answer").is_visible()


def test_the_map_draws_and_the_names_read_back(hostile: Server, page: Page, map_view: MapView) -> None:
    open_page(page, hostile.url, "/ban-do")
    drawn = map_view.codes()
    assert {f"HT-CCN-{PLACED + index}" for index in range(len(NASTY))} <= set(drawn)
    assert "HT-CCN-007" in drawn
    shown = names(page)
    for text in NASTY:
        assert shown.count(text) == 2, text[:60]
    # Those that no commune places are named below the map.
    note = page.get_by_test_id("stCaptionContainer").filter(
        has_text=t("vi", "map.place.none", names="").strip()
    )
    assert_reads_back(note.evaluate("e => e.textContent").replace("\u2060", ""), where="below the map")
    # Hovering shows the name in the map itself.
    map_view.set_view(18.52, 105.73, 14)
    wait_quiet(page)
    assert map_view.evaluate("return win.document.querySelectorAll('.ccn-label').length") > 0
    assert_nothing_ran(page)


def test_a_picked_cluster_is_named_on_card_and_map(hostile: Server, page: Page, map_view: MapView) -> None:
    open_page(page, hostile.url, "/ban-do")
    for index in (0, 1, 7, len(NASTY) - 1):
        code = f"HT-CCN-{PLACED + index}"
        if page.locator(CARD).count():
            fold = page.get_by_test_id("stExpander").filter(has=page.locator(".ccn-list"))
            if not page.locator(".ccn-list").first.is_visible():
                fold.locator("summary").click()
                wait_quiet(page)
        page.locator(f'.ccn-list tr[data-code="{code}"] button').click()
        page.wait_for_selector(f'.ccn-card[data-code="{code}"]')
        wait_quiet(page)
        assert text_of(page, ".ccn-card-name") == NASTY[index]
        label = map_view.evaluate(
            "const found = win.document.querySelector('.ccn-label.is-picked');"
            "return found && found.textContent"
        )
        assert label == NASTY[index]
        assert map_view.evaluate("return map._loaded")
        assert_nothing_ran(page)


def test_the_sources_of_a_card_open_unchanged(hostile: Server, page: Page) -> None:
    index = NASTY.index("[x](javascript:window.hit=1)")
    open_page(page, hostile.url, f"/ban-do?cum=HT-CCN-{PLACED + index}")
    page.locator(".st-key-panel-card [data-testid=stPopover] button").first.click()
    body = page.get_by_test_id("stPopoverBody")
    body.wait_for()
    assert NASTY[index] in body.evaluate("e => e.textContent")
    assert_nothing_ran(page)


def test_the_flags_and_their_evidence_read_back(hostile: Server, page: Page) -> None:
    open_page(page, hostile.url, f"/rui-ro?cum={ALL_IN_ONE}")
    findings = "\n".join(page.locator(".ccn-finding").evaluate_all("all => all.map(e => e.textContent)"))
    assert_reads_back(findings, where="findings")
    assert_nothing_ran(page)
    open_page(page, hostile.url, f"/rui-ro?cum=HT-CCN-{PLACED + 13}")
    assert NASTY[13] in text_of(page)
    assert names(page).count(NASTY[13]) == 2
    assert_nothing_ran(page)


def test_a_dossier_reads_back_whole(hostile: Server, page: Page) -> None:
    open_page(page, hostile.url, f"/ho-so?cum={ALL_IN_ONE}")
    assert_reads_back(text_of(page), where="dossier")
    assert_nothing_ran(page)
    # The browser may follow addresses of the web only.
    odd = page.locator('[data-testid="stMain"] a[href]').evaluate_all(
        "all => all.map(e => e.getAttribute('href')).filter(h => !/^(https?:\\/\\/|\\/|#)/.test(h))"
    )
    assert odd == []


def test_charts_and_their_sources_read_back(hostile: Server, page: Page) -> None:
    open_page(page, hostile.url, "/lap-day")
    charts = "\n".join(page.locator(".js-plotly-plot").evaluate_all("all => all.map(e => e.textContent)"))
    assert "onerror=window.hit=1" in charts
    page.locator(".st-key-occupancy-sources button").click()
    body = page.get_by_test_id("stPopoverBody")
    body.wait_for()
    assert_reads_back(body.evaluate("e => e.textContent"), where="sources of the chart")
    assert_nothing_ran(page)


def test_the_list_of_sources_reads_back(hostile: Server, page: Page) -> None:
    open_page(page, hostile.url, "/phuong-phap")
    page.get_by_role("tab").nth(3).click()
    wait_quiet(page)
    assert_reads_back(text_of(page), where="method page")
    assert_nothing_ran(page)


def test_a_search_for_a_hostile_name_finds_it(hostile: Server, page: Page) -> None:
    open_page(page, hostile.url, "/ban-do")
    box = page.get_by_label(t("vi", "frame.scope.search"))
    for text in (NASTY[0], NASTY[7]):
        box.fill(text)
        box.press("Enter")
        wait_quiet(page)
        assert names(page) == [text, text]
        assert_nothing_ran(page)


def test_the_server_did_not_stumble(hostile: Server) -> None:
    assert "Traceback" not in hostile.log_text(), hostile.log_text()[-3000:]
