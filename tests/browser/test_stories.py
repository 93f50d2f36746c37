"""The three readers' stories, by what they see and click."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from playwright.sync_api import Locator, Page

from lib.text import t
from tests.browser.harness import CARD, MapView, Server, choose, open_page, wait_quiet

PHU_VIET, BAC_CAM_XUYEN, THACH_KIM = "Phù Việt", "Bắc Cẩm Xuyên", "Thạch Kim"
TREATMENT = "Hệ thống xử lý nước thải tập trung"
PRESS_ON_BAC_CAM_XUYEN = "Nhức nhối xử lý nước thải cụm công nghiệp tại Hà Tĩnh"


def name_button(page: Page, name: str) -> Locator:
    """The name of a cluster in a list; it is what one clicks."""
    return page.locator(".ccn-list").get_by_role("button", name=name, exact=True)


def pick(page: Page, name: str) -> None:
    """Choose a cluster in the list."""
    name_button(page, name).click()
    page.wait_for_function(
        "name => [...document.querySelectorAll('.ccn-list button[aria-pressed=true]')]"
        ".some(button => button.textContent === name)",
        arg=name,
    )
    wait_quiet(page)


def level_in_list(page: Page, name: str) -> str:
    """The words of a cluster's row, from its level on."""
    row = page.locator(".ccn-list tr").filter(has=page.get_by_role("button", name=name, exact=True))
    return row.locator("td").nth(2).inner_text().strip()


def names_in_list(page: Page) -> list[str]:
    return page.locator(".ccn-list button.ccn-name").all_inner_texts()


def finding(page: Page, title: str) -> Locator:
    """The finding of a rule in the panel; whatever hides it is unfolded first."""
    found = page.locator(".ccn-finding").filter(has=page.locator("b", has_text=title)).first
    found.wait_for(state="attached")
    if not found.is_visible():
        fold = page.get_by_test_id("stExpander").filter(has=found)
        fold.locator("summary").first.click()
        found.wait_for(state="visible")
        wait_quiet(page)
    return found


def evidence_item(shown: Locator, words: str) -> Locator:
    return shown.locator("li").filter(has_text=words).first


def type_day(page: Page, label: str, digits: str) -> None:
    """Type a day into a date field of the side bar, part after part, as on a keyboard."""
    field = page.get_by_test_id("stDateInput").filter(has_text=label).first
    field.get_by_role("spinbutton").first.click()
    page.keyboard.type(digits, delay=40)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    wait_quiet(page)


def workbook(page: Page, button: Locator) -> tuple[str, Workbook]:
    """The name and the content of the file that a button hands over."""
    with page.expect_download() as waiting:
        button.click()
    with open(waiting.value.path(), "rb") as file:
        return waiting.value.suggested_filename, openpyxl.load_workbook(io.BytesIO(file.read()))


def texts(book: Workbook) -> str:
    """All cells of a workbook as one text; no cell may be a formula."""
    found = []
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", f"{sheet.title}!{cell.coordinate}: {cell.value}"
                if cell.value is not None:
                    found.append(str(cell.value))
    return "\n".join(found)


def test_a_planner_finds_a_cluster_reads_its_area_and_passes_the_view_on(
    goto: Callable[[str], Page], new_page: Callable[..., Page], map_view: MapView
) -> None:
    page = goto("/ban-do")
    page.get_by_role("radio", name=t("vi", "frame.horizon.2020")).click()
    wait_quiet(page)
    page.get_by_role("radio", name=t("vi", "frame.horizon.2030")).click()
    wait_quiet(page)
    search = page.get_by_label(t("vi", "frame.scope.search"))
    search.fill("cong khanh")
    search.press("Enter")
    wait_quiet(page)
    assert names_in_list(page) == ["Cổng Khánh 1", "Cổng Khánh 2", "Cổng Khánh 3"]
    assert map_view.codes() == ["HT-CCN-012", "HT-CCN-013", "HT-CCN-024"]

    pick(page, "Cổng Khánh 1")
    card = page.locator(".st-key-panel-card")
    said = card.inner_text()
    assert "Cổng Khánh 1" in said and "HT-CCN-012" in said
    assert re.search(r"Diện tích quy hoạch, 2030\s+75 ha", said), said
    assert page.locator(CARD).get_attribute("data-code") == "HT-CCN-012"

    card.get_by_role("button", name="văn bản pháp lý, 8/11/2022").first.click()
    source = page.get_by_test_id("stPopoverBody")
    source.get_by_text(t("vi", "common.word.fine_print")).first.click()
    opened = source.inner_text()
    assert "75 ha" in opened
    assert "bản chép của: Quyết định 1363/QĐ-TTg ngày 8/11/2022" in opened
    link = source.get_by_role("link").first
    assert (link.get_attribute("href") or "").startswith("https://")
    assert "noopener" in (link.get_attribute("rel") or "")
    page.keyboard.press("Escape")
    wait_quiet(page)

    # The planner moves the map to see what lies around; the link must show just that.
    map_view.set_view(18.49, 105.71, 11.25)
    wait_quiet(page)
    page.get_by_role("button", name=t("vi", "common.link.copy")).click()
    field = page.get_by_label(t("vi", "common.link.field"))
    copied = field.input_value()
    query = parse_qs(urlsplit(copied).query)
    assert query["tim"] == ["cong khanh"] and query["cum"] == ["HT-CCN-012"]
    assert query["ngay"] == ["2026-11-24"]

    other = new_page()
    open_page(other, copied, "")
    assert other.get_by_label(t("vi", "frame.scope.search")).input_value() == "cong khanh"
    horizon = other.get_by_role("radio", name=t("vi", "frame.horizon.2030"))
    assert horizon.get_attribute("aria-checked") == "true"
    assert other.locator(".st-key-panel-card").inner_text() == said
    assert MapView(other).codes() == map_view.codes()
    assert MapView(other).view() == pytest.approx(map_view.view(), abs=0.002)


def test_an_inspector_reads_why_two_clusters_come_first(goto: Callable[[str], Page]) -> None:
    page = goto("/rui-ro?ngay=2026-11-24")
    assert set(names_in_list(page)[:3]) >= {PHU_VIET, BAC_CAM_XUYEN}
    for name in (PHU_VIET, BAC_CAM_XUYEN):
        assert level_in_list(page, name) == "Cao"
        pick(page, name)
        assert page.get_by_text(f"Vì sao {name} ở mức Cao").is_visible()
        shown = finding(page, TREATMENT)
        said = shown.inner_text()
        assert said.startswith("Có nguy cơ (chưa loại trừ miễn trừ)")
        assert "Luật Bảo vệ môi trường 72/2020/QH14, Điều 51 khoản 1; Điều 52 khoản 1" in said
        assert "có hiệu lực từ 29/1/2026" in said
        assert "Luật 146/2025/QH15" in said
        assert "báo chí" in evidence_item(shown, "Hệ thống xử lý nước thải tập trung:").inner_text()
        assert "Giấy tờ làm rõ việc miễn trừ:" in said
        assert "quyết định của UBND tỉnh miễn hệ thống thu gom" in said
        assert "Còn thiếu:" in said and t("vi", "risk.clears", what="").strip() in said
        assert "Sở Nông nghiệp và Môi trường (trước đây: Sở Tài nguyên và Môi trường)" in said
        assert finding(page, "Phản ánh ô nhiễm").inner_text().startswith("Có nguy cơ")

    # Bắc Cẩm Xuyên is the one chosen last: its evidence opens.
    item = evidence_item(finding(page, TREATMENT), "Hệ thống xử lý nước thải tập trung:")
    link = item.get_by_role("link", name=PRESS_ON_BAC_CAM_XUYEN)
    assert (link.get_attribute("href") or "").startswith("https://")
    assert link.get_attribute("target") == "_blank"
    item.get_by_text(t("vi", "common.word.fine_print")).click()
    assert "Nguyên văn: “không có hệ thống thu gom, xử lý theo quy định”" in item.inner_text()
    assert t("vi", "common.word.read", confidence=t("vi", "common.confidence.medium")) in item.inner_text()


def test_an_inspector_sees_whom_the_exemption_of_article_48_saves(goto: Callable[[str], Page]) -> None:
    page = goto("/rui-ro?ngay=2026-11-24")
    pick(page, BAC_CAM_XUYEN)
    said = finding(page, TREATMENT).inner_text()
    assert "76,2 %, không trên 80 %" in said
    assert "100 đến dưới 1.000 m³/ngày, không dưới 100 m³/ngày" in said
    assert "Vì vậy Điều 48 khoản 7 không miễn cho cụm này." in said
    # An exemption that is closed needs no papers; the province's decision still does.
    assert "từng cơ sở cho thấy tự xử lý" not in said

    pick(page, THACH_KIM)
    said = finding(page, TREATMENT).inner_text()
    assert said.startswith("Có nguy cơ (chưa loại trừ miễn trừ)")
    assert "95 %, trên 80 %" in said
    missing = re.search(r"Còn thiếu: (.*)", said)
    assert missing is not None and "cơ sở tự xử lý nước thải đạt quy chuẩn" in missing[1]
    assert "Điều 48 khoản 7 không miễn" not in said
    assert "từng cơ sở cho thấy tự xử lý đạt quy chuẩn" in said


def test_an_inspector_sets_the_date_back_and_meets_the_law_of_that_day(goto: Callable[[str], Page]) -> None:
    page = goto("/rui-ro?ngay=2026-11-24")
    type_day(page, t("vi", "frame.scope.as_of"), "30062024")
    assert "ngay=2024-06-30" in page.url
    assert "xét tại ngày 30/6/2024" in page.locator(".ccn-whose").inner_text()

    pick(page, THACH_KIM)
    shown = finding(page, TREATMENT)
    said = shown.inner_text()
    assert said.startswith("Có nguy cơ:")
    assert "R-WWT-1" in said
    assert "có hiệu lực từ 1/1/2022 đến hết 31/12/2025" in said
    assert "phải hoàn thành trước 01/01/2024" in said
    assert "Điều 48 khoản 7" not in said and "Luật 146/2025/QH15" not in said
    assert "4/12/2017" in evidence_item(shown, "Hệ thống xử lý nước thải tập trung:").inner_text()

    pick(page, BAC_CAM_XUYEN)
    assert "Chưa đủ căn cứ" in level_in_list(page, BAC_CAM_XUYEN)
    assert not page.locator(".ccn-finding").filter(has_text="Có nguy cơ").count()
    shown = finding(page, TREATMENT)
    assert shown.inner_text().startswith("Chưa rõ:")
    item = evidence_item(shown, "Hệ thống xử lý nước thải tập trung:")
    assert "chưa chắc đúng vào ngày xét, không dùng" in item.inner_text()
    assert "không rõ ngày, muộn nhất 30/6/2025" in item.inner_text()


def test_an_inspector_takes_the_list_along(goto: Callable[[str], Page]) -> None:
    page = goto("/rui-ro?ngay=2026-11-24")
    page.get_by_role("button", name=t("vi", "common.export.title")).click()
    file, book = workbook(page, page.get_by_role("button", name=t("vi", "common.export.xlsx")))
    assert file == "ccn-ha-tinh-rui-ro-2026-11-24.xlsx"
    content = texts(book)
    assert "24/11/2026" in content and "chưa được Sở Nông nghiệp và Môi trường xác nhận" in content
    listed = list(book[t("vi", "risk.sheet_list")].iter_rows(values_only=True))
    assert len(listed) == 1 + 28
    names = [str(row[1]) for row in listed[1:]]
    assert names == names_in_list(page)
    assert dict(zip(names, (row[2] for row in listed[1:]), strict=True))[PHU_VIET] == "Cao"
    rules = book[t("vi", "risk.sheet_findings")]
    assert any(
        BAC_CAM_XUYEN in row and any("Điều 51" in str(cell) for cell in row)
        and any(PRESS_ON_BAC_CAM_XUYEN in str(cell) for cell in row)
        for row in rules.iter_rows(values_only=True)
    )


def test_an_inspector_takes_the_request_sheet_of_one_commune(goto: Callable[[str], Page]) -> None:
    page = goto("/rui-ro?ngay=2026-11-24")
    sheet = page.get_by_test_id("stExpander").filter(has_text=t("vi", "risk.request_title"))
    sheet.locator("summary").click()
    wait_quiet(page)
    sheet.get_by_role("radio", name=t("vi", "risk.request_commune")).click()
    wait_quiet(page)
    page.get_by_role("combobox", name=t("vi", "risk.request_commune_pick"), exact=True).click()
    page.keyboard.type("Việt Xuyên")
    page.get_by_role("option").filter(has_text="Việt Xuyên").click()
    wait_quiet(page)
    asked = re.search(r"(\d+) mục cần cung cấp, (\d+) cụm", sheet.inner_text())
    assert asked is not None and asked[2] == "1"
    file, book = workbook(page, sheet.get_by_role("button", name=t("vi", "risk.request_download")))
    assert file == "ccn-ha-tinh-phieu-de-nghi-2026-11-24.xlsx"
    content = texts(book)
    assert "Việt Xuyên" in content and "HT-CCN-006" in content
    assert "HT-CCN-007" not in content and BAC_CAM_XUYEN not in content
    meta = dict(book["_meta"].iter_rows(values_only=True, max_col=2))
    items = [row for row in book[str(meta["items_sheet"])].iter_rows(values_only=True) if "HT-CCN-006" in row]
    assert len(items) == int(asked[1])
    assert "provincial_exemption" in {cell for row in items for cell in row}
    # What is known already is prefilled with its source.
    known = [row for row in book[str(meta["known_sheet"])].iter_rows(values_only=True) if "HT-CCN-006" in row]
    assert any("Đã xây, chưa đạt yêu cầu" in row for row in known)
    assert all(any(str(cell or "").strip() for cell in row[6:7]) for row in known)


def test_a_leader_sees_the_province_on_one_screen_and_then_the_occupancy(goto: Callable[[str], Page]) -> None:
    page = goto("/")
    size = page.evaluate(
        "() => { const main = document.querySelector('[data-testid=stMain]');"
        " return {needs: main.scrollHeight, has: main.clientHeight}; }"
    )
    assert size["has"] <= 900
    assert size["needs"] <= 900, size
    said = page.get_by_test_id("stMain").inner_text()
    for day in ("25/12/2026", "31/12/2026", "28/2/2027"):
        assert day in said
    bottom = page.locator(".st-key-panel-due").bounding_box()
    assert bottom is not None and bottom["y"] + bottom["height"] <= 900

    page.get_by_test_id("stSidebarNav").get_by_role("link", name=t("vi", "frame.page.occupancy")).click()
    page.wait_for_url("**/lap-day**")
    wait_quiet(page)
    said = page.get_by_test_id("stMain").inner_text()
    assert "Lấp đầy theo công bố: Nhà nước đầu tư 62,17 %, doanh nghiệp đầu tư 25,97 %" in said
    assert re.search(r"Số mới nhất, 9/1/2026\b.*4/28 cụm có số liệu riêng", said), said
    state = page.locator(".st-key-panel-occupancy-occupancy_state_published_pct")
    assert "62,17 %" in state.inner_text()
    state.get_by_role("button", name="báo chí, 9/1/2026").click()
    source = page.get_by_test_id("stPopoverBody")
    assert "62,17 %" in source.inner_text()
    assert source.get_by_role("link").first.is_visible()


def test_a_leader_prints_what_is_on_the_screen(goto: Callable[[str], Page]) -> None:
    page = goto("/lap-day")
    page.evaluate("() => { window.print = () => { window.printed = (window.printed || 0) + 1 } }")
    page.get_by_role("button", name=t("vi", "common.link.print")).click()
    assert page.evaluate("window.printed") == 1
    page.emulate_media(media="print")
    assert page.locator("h1.ccn-answer").is_visible()
    assert page.locator(".ccn-whose").is_visible()
    assert not page.get_by_test_id("stSidebar").is_visible()
    assert not page.get_by_role("button", name=t("vi", "common.link.print")).is_visible()


def test_a_dossier_prints_on_two_pages(goto: Callable[[str], Page]) -> None:
    page = goto("/ho-so?cum=HT-CCN-007")
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    pages = re.findall(rb"/Type\s*/Page\b", printed)
    sizes = {
        tuple(round(float(part)) for part in box.split()[2:])
        for box in re.findall(rb"/MediaBox\s*\[([^\]]*)\]", printed)
    }
    assert 1 <= len(pages) <= 2, len(pages)
    assert sizes == {(595, 842)}, sizes


def test_the_risk_page_filters_by_group_and_word(goto: Callable[[str], Page]) -> None:
    page = goto("/rui-ro?ngay=2026-11-24")
    choose(page, t("vi", "risk.filter_group"), "Nước thải")
    choose(page, t("vi", "risk.filter_word"), "Có nguy cơ")
    assert names_in_list(page) == [PHU_VIET, BAC_CAM_XUYEN, THACH_KIM]
    assert t("vi", "risk.not_listed", count="25") in page.get_by_test_id("stMain").inner_text()


def test_the_server_wrote_no_stack_trace(server: Server) -> None:
    assert "Traceback" not in server.log_text(), server.log_text()[-3000:]
