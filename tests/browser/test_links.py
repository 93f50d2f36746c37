"""What was chosen stays, from page to page, on a reload, on Back, in a link; a wrong link does no harm."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from lib.text import t
from tests.browser.harness import MapView, choose, open_page, wait_quiet
from tests.browser.test_stories import names_in_list, pick

CONG_KHANH = ["Cổng Khánh 1", "Cổng Khánh 2", "Cổng Khánh 3"]
SEARCH = t("vi", "frame.scope.search")


def go_by_sidebar(page: Page, key: str, url_path: str, lang: str = "vi") -> None:
    """Follow the navigation, as one does with the mouse."""
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=t(lang, f"frame.page.{key}")).click()
    page.wait_for_url(f"**/{url_path}*")
    wait_quiet(page)


def search_for(page: Page, words: str) -> None:
    box = page.get_by_label(SEARCH)
    box.fill(words)
    box.press("Enter")
    wait_quiet(page)


def unfold_filters(page: Page) -> None:
    page.get_by_test_id("stSidebar").get_by_text(t("vi", "frame.scope.more")).click()
    wait_quiet(page)


def said(page: Page) -> str:
    return page.get_by_test_id("stMain").inner_text()


def is_whole(page: Page) -> bool:
    """No stack trace and no red box; the page has its first line."""
    return (
        not page.get_by_test_id("stException").count()
        and not page.locator('[data-testid="stAlertContentError"]').count()
        and page.locator("h1.ccn-answer").is_visible()
    )


def test_filters_stay_from_page_to_page_on_reload_and_on_back(goto: Callable[[str], Page]) -> None:
    page = goto("/ban-do?ngay=2024-06-30")
    search_for(page, "cong khanh")
    unfold_filters(page)
    choose(page, t("vi", "frame.scope.plan_group"), t("vi", "frame.plan_group.expanded"))
    assert names_in_list(page) == CONG_KHANH[:2]

    go_by_sidebar(page, "risk", "rui-ro")
    assert "ngay=2024-06-30" in page.url and "30/6/2024" in page.locator(".ccn-whose").inner_text()
    assert page.get_by_label(SEARCH).input_value() == "cong khanh"
    assert names_in_list(page) == CONG_KHANH[:2]

    page.reload()
    wait_quiet(page)
    assert page.get_by_label(SEARCH).input_value() == "cong khanh"
    assert names_in_list(page) == CONG_KHANH[:2]

    go_by_sidebar(page, "occupancy", "lap-day")
    assert "30/6/2024" in page.locator(".ccn-whose").inner_text()
    page.go_back()
    page.wait_for_url("**/rui-ro*")
    wait_quiet(page)
    assert names_in_list(page) == CONG_KHANH[:2]
    page.go_back()
    page.wait_for_url("**/ban-do*")
    wait_quiet(page)
    assert page.get_by_label(SEARCH).input_value() == "cong khanh"
    assert names_in_list(page) == CONG_KHANH[:2]


def test_back_returns_to_the_cluster_before(goto: Callable[[str], Page]) -> None:
    page = goto("/ban-do?tim=cong+khanh")
    pick(page, "Cổng Khánh 1")
    fold = page.get_by_test_id("stExpander").filter(has=page.locator(".ccn-list"))
    fold.locator("summary").click()
    wait_quiet(page)
    pick(page, "Cổng Khánh 2")
    assert page.locator(".ccn-card-name").inner_text() == "Cổng Khánh 2"
    page.go_back()
    wait_quiet(page)
    assert page.locator(".ccn-card-name").inner_text() == "Cổng Khánh 1"


def test_clearing_the_filters_shows_all_clusters_and_keeps_the_date(goto: Callable[[str], Page]) -> None:
    page = goto("/ban-do?tim=cong+khanh&nhom=expanded&ngay=2024-06-30")
    assert len(names_in_list(page)) == 2
    page.get_by_role("button", name=t("vi", "common.filter.clear")).click()
    wait_quiet(page)
    assert len(names_in_list(page)) == 28
    assert "tim=" not in page.url and "nhom=" not in page.url
    assert "30/6/2024" in page.locator(".ccn-whose").inner_text()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/rui-ro?ngay=khong-co&muc=abc&nhom=%3Cb%3E&tu=x&xa=2025-07:00000&ngon-ngu=xx&biet=hom-qua", ()),
        ("/ban-do?ngay=1900-01-01&cum=XYZ&xem=1,2&moc=1999&mau=xanh", ("XYZ", "1,2")),
        ("/ho-so?cum=%3Cimg%20src%3Dx%20onerror%3Dwindow.hit%3D1%3E", ("<img src=x onerror=window.hit=1>",)),
        ("/ban-do?cum=%7B%7B%207*7*1000003%20%7D%7D&xem=%7B%25", ("{{ 7*7*1000003 }}", "{%")),
    ],
    ids=["filters", "map", "markup", "template"],
)
def test_a_wrong_link_is_ignored_and_the_page_stays_whole(
    goto: Callable[[str], Page], path: str, words: tuple[str, ...]
) -> None:
    page = goto(path)
    assert is_whole(page), said(page)
    assert page.get_attribute("html", "lang") == "vi"
    assert "24/11/2026" in page.locator(".ccn-whose").inner_text()
    shown = said(page)
    assert all(word in shown for word in words), shown
    assert "49000147" not in page.content()
    assert page.evaluate("window.hit === undefined")


def test_english_is_a_switch_and_stays(goto: Callable[[str], Page]) -> None:
    page = goto("/ban-do")
    assert page.title() == t("vi", "frame.page.map")
    page.get_by_test_id("stSidebar").get_by_role("radio", name="en", exact=True).click()
    wait_quiet(page)
    assert page.get_attribute("html", "lang") == "en"
    assert page.title() == t("en", "frame.page.map")
    assert "ngon-ngu=en" in page.url
    for key, path in (("risk", "rui-ro"), ("method", "phuong-phap")):
        go_by_sidebar(page, key, path, "en")
        assert page.get_attribute("html", "lang") == "en"
        assert page.title() == t("en", f"frame.page.{key}")
        assert is_whole(page)
    page.get_by_test_id("stSidebar").get_by_role("radio", name="vi", exact=True).click()
    wait_quiet(page)
    assert page.get_attribute("html", "lang") == "vi"


def test_before_the_data_was_recorded_nothing_was_known(goto: Callable[[str], Page]) -> None:
    page = goto("/rui-ro?biet=2026-11-23")
    assert t("vi", "risk.answer_none", unknown="28") in said(page)
    assert not page.locator(".ccn-finding").count()
    levels = page.locator(".ccn-list tbody tr td:nth-child(3)").all_inner_texts()
    assert {level.strip() for level in levels} == {t("vi", "frame.level.unknown")}
    go_by_sidebar(page, "map", "ban-do")
    assert "biet=2026-11-23" in page.url
    pick(page, "Cổng Khánh 1")
    card = page.locator(".st-key-panel-card").inner_text()
    assert "75 ha" not in card
    assert t("vi", "common.word.unknown") in card


def test_a_filter_does_not_move_the_map(goto: Callable[[str], Page], map_view: MapView) -> None:
    page = goto("/ban-do")
    map_view.set_view(18.42, 105.83, 10.75)
    wait_quiet(page)
    before = map_view.view()
    assert not map_view.is_same_as_before()
    every = map_view.codes()

    search_for(page, "cong khanh")
    assert map_view.codes() != every
    assert map_view.view() == before
    unfold_filters(page)
    choose(page, t("vi", "frame.scope.plan_group"), t("vi", "frame.plan_group.expanded"))
    assert map_view.view() == before
    choose(page, t("vi", "mappage.colour_by"), t("vi", "mappage.colour.plan_group"))
    assert map_view.view() == before
    page.get_by_role("radio", name=t("vi", "frame.horizon.sau")).click()
    wait_quiet(page)
    assert map_view.view() == before
    legend = page.locator(".st-key-map-legend-plan_group button")
    legend.filter(has_text=t("vi", "map.plan_group.expanded")).click()
    wait_quiet(page)
    assert map_view.codes() == ["HT-CCN-012", "HT-CCN-013"]
    assert map_view.view() == before
    page.get_by_role("button", name=t("vi", "common.filter.clear")).click()
    wait_quiet(page)
    assert set(map_view.codes()) > {"HT-CCN-012", "HT-CCN-013"}
    assert map_view.view() == before
    # The frame was not made anew either: measuring and the reader's own zoom would be lost.
    assert map_view.is_same_as_before()


def test_a_click_on_the_map_does_not_move_it_and_marks_the_list(
    goto: Callable[[str], Page], map_view: MapView
) -> None:
    page = goto("/ban-do")
    map_view.set_view(18.30, 105.95, 11)
    wait_quiet(page)
    before = map_view.view()
    map_view.is_same_as_before()
    map_view.click("HT-CCN-007")
    assert "cum=HT-CCN-007" in page.url
    assert page.locator(".ccn-card-name").inner_text() == "Bắc Cẩm Xuyên"
    assert map_view.view() == before
    assert map_view.is_same_as_before()


def test_a_link_of_one_page_opens_with_its_filters_in_another_browser(
    goto: Callable[[str], Page], new_page: Callable[..., Page]
) -> None:
    page = goto("/rui-ro?ngay=2024-06-30&tim=cam+xuyen&cum=HT-CCN-007")
    page.get_by_role("button", name=t("vi", "common.link.copy")).click()
    copied = page.get_by_label(t("vi", "common.link.field")).input_value()
    other = new_page()
    open_page(other, copied, "")
    assert names_in_list(other) == names_in_list(page) != []
    assert other.locator(".ccn-answer").inner_text() == page.locator(".ccn-answer").inner_text()
    assert "30/6/2024" in other.locator(".ccn-whose").inner_text()
