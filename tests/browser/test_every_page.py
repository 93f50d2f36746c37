"""What must hold on every page, on a screen and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser import axe
from tests.browser.harness import DESKTOP, MAP_FRAME, PHONE, Server, open_page, running_app

PAGES = {
    "/": "Tổng quan",
    "/ban-do": "Bản đồ",
    "/rui-ro": "Rủi ro môi trường",
    "/ho-so?cum=HT-CCN-007": "Hồ sơ cụm",
    "/lap-day": "Tỷ lệ lấp đầy",
    "/phuong-phap": "Phương pháp",
    "/du-lieu": "Chất lượng dữ liệu",
    "/bao-sai": "Số liệu bị báo sai",
    "/nhat-ky": "Nhật ký thay đổi",
    "/tai-khoan": "Tài khoản",
}
SIDEWAYS = """() => {
  const width = document.documentElement.clientWidth, main = document.querySelector('[data-testid="stMain"]');
  const wide = [...main.querySelectorAll('*')].filter(e => {
    const box = e.getBoundingClientRect();
    if (!box.width || box.right <= width + 1) return false;
    for (let p = e.parentElement; p && p !== main; p = p.parentElement)
      if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(p).overflowX)) return false;
    return true;
  });
  return {page: document.documentElement.scrollWidth - width, main: main.scrollWidth - main.clientWidth,
    wide: wide.slice(0, 5).map(e => e.tagName + '.' + e.className + ' ' + (e.dataset.testid || '')
      + ' ' + e.innerText.slice(0, 60))};
}"""


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_whole_in_vietnamese_and_asks_nobody_else(
    path: str, size: tuple[int, int], server: Server, new_page: Callable[..., Page]
) -> None:
    # The fixtures fail the test when a foreign host was asked or a script of the page failed.
    page = new_page(size)
    open_page(page, server.url, path)
    assert not page.get_by_test_id("stException").count(), page.get_by_test_id(
        "stException"
    ).first.inner_text()
    assert not page.locator('[data-testid="stAlertContentError"]').count()
    assert page.get_attribute("html", "lang") == "vi"
    assert PAGES[path] in page.title()
    assert len(page.get_by_test_id("stMain").inner_text()) > 200
    sideways = page.evaluate(SIDEWAYS)
    assert sideways["page"] <= 0 and sideways["main"] <= 1, sideways


@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_used_by_everyone(path: str, goto: Callable[[str], Page]) -> None:
    found = axe.violations(goto(path))
    for violation in found:
        print("Streamlit's own:" if violation.is_frame else "ours:", violation)
    grave = [str(violation) for violation in found if violation.is_grave and not violation.is_frame]
    assert not grave, "\n".join(grave)


def test_the_phone_keeps_a_margin_beside_the_map_for_the_scrolling_finger(
    server: Server, new_page: Callable[..., Page]
) -> None:
    page = new_page(PHONE, has_touch=True)
    open_page(page, server.url, "/ban-do")
    box = page.locator(MAP_FRAME).first.bounding_box()
    assert box is not None
    assert box["x"] >= 8 and box["x"] + box["width"] <= PHONE[0] - 8


def test_the_first_visitor_of_a_new_server_may_come_by_a_deep_link(new_page: Callable[..., Page]) -> None:
    # Until st.navigation has run once, Streamlit takes a folder `pages/` beside app.py for its list of pages.
    with running_app() as fresh:
        page = new_page()
        open_page(page, fresh.url, "/ban-do?tim=cong+khanh&cum=HT-CCN-012")
        assert not page.get_by_role("dialog").count(), page.get_by_role("dialog").inner_text()
        assert "tim=cong" in page.url and "cum=HT-CCN-012" in page.url


def test_an_unknown_cluster_in_the_address_is_said_and_not_an_error(goto: Callable[[str], Page]) -> None:
    page = goto("/ho-so?cum=khong-co")
    assert not page.get_by_test_id("stException").count()
    assert "khong-co" in page.get_by_test_id("stMain").inner_text()


def test_the_map_asks_only_this_server_for_leaflet(goto: Callable[[str], Page]) -> None:
    page = goto("/ban-do")
    sources = page.locator(MAP_FRAME).first.evaluate(
        "frame => [...frame.contentDocument.querySelectorAll('script[src], link[href]')]"
        ".map(e => e.src || e.href)"
    )
    assert any("leaflet" in source for source in sources)
    assert all(source.startswith((server_origin(page), "data:")) for source in sources), sources


def server_origin(page: Page) -> str:
    """Scheme, host and port of the page."""
    origin: str = page.evaluate("location.origin")
    return origin
