"""The request sheet: what is asked can be chosen, what is known is shown, and a machine can read it back."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pandas as pd
import pytest

from lib.domain.interval import Interval
from lib.domain.observation import (
    Attribute,
    Confidence,
    Evidence,
    Observation,
    Source,
    SourceKind,
    Standing,
    ValueType,
    standings_by_subject,
)
from lib.domain.places import Cluster
from lib.reports.request_sheet import ITEM_KEYS, LISTS_SHEET, META_SHEET, request_sheet
from tests.reports.nasty import NASTY


def attribute(key: str, kind: ValueType, **more: Any) -> Attribute:
    label = {"vi": f"nhãn {key}", "en": f"label {key}"}
    return Attribute(key, "environment", kind, label, {"vi": "nghĩa", "en": "meaning"}, **more)


ATTRIBUTES = {
    "flow": attribute("flow", ValueType.NUMBER, unit="m3_per_day", shelf_life_months=12),
    "permit": attribute("permit", ValueType.CODE, allowed=("in_force", "none"), ask="so_tnmt"),
    "expiry": attribute("expiry", ValueType.DAY),
    "paper": attribute("paper", ValueType.TEXT),
}
LABELS = {
    ("permit", "in_force"): {"vi": "Còn hiệu lực", "en": "In force"},
    ("permit", "none"): {"vi": "Chưa có, đang làm", "en": "None"},
}
SOURCES = {"bao": Source("bao", "Báo cáo <b>", "Sở", SourceKind.OFFICIAL_REPORT, document_number="12/BC")}
OLD_FLOW = Observation(
    "OBS-1", "HT-CCN-012", "flow", Interval(100, 1000, high_open=True), "hàng trăm", date(2020, 1, 1),
    date(2020, 12, 31), None, datetime(2026, 11, 24, tzinfo=UTC), "bao", SourceKind.OFFICIAL_REPORT,
    Confidence.HIGH,
)
STANDINGS = {("HT-CCN-012", "flow"): Standing(usable=(OLD_FLOW,))}
EVIDENCE = Evidence(
    date(2026, 11, 24), date(2026, 11, 24), ATTRIBUTES, STANDINGS, standings_by_subject(STANDINGS)
)
MISSING = pd.DataFrame(
    [
        ("HT-CCN-013", "permit", "R-1|R-2", "duty", "so_tnmt"),
        ("HT-CCN-012", "expiry", "R-1", "exemption", ""),
        ("HT-CCN-012", "flow", "R-3", "duty", ""),
        ("HT-CCN-012", "permit", "R-1", "duty", "so_tnmt"),
        ("HT-CCN-012", "unheard_of", "R-4", "exemption", ""),
    ],
    columns=["cluster", "attribute", "rules", "on", "ask"],
)


def sheet(name: str = "Cổng Khánh 1", lang: str = "vi") -> openpyxl.Workbook:
    clusters = [Cluster("HT-CCN-012", name), Cluster("HT-CCN-013", "Cổng Khánh 2")]
    raw = request_sheet(
        name, clusters, MISSING, EVIDENCE, ATTRIBUTES, LABELS, SOURCES, lang=lang, notices=[name]
    )
    return openpyxl.load_workbook(io.BytesIO(raw))


def rows_of(book: openpyxl.Workbook, place: int) -> list[dict[str, Any]]:
    page = book.worksheets[place]
    titles = [cell.value for cell in page[1]]
    return [dict(zip(titles, (cell.value for cell in row), strict=True)) for row in page.iter_rows(min_row=2)]


def test_items_stand_cluster_by_cluster_duties_first() -> None:
    found = [(row["cluster"], row["attribute"], row["on"]) for row in rows_of(sheet(), 1)]
    assert found == [
        ("HT-CCN-012", "flow", "duty"), ("HT-CCN-012", "permit", "duty"),
        ("HT-CCN-012", "expiry", "exemption"),
        ("HT-CCN-012", "unheard_of", "exemption"), ("HT-CCN-013", "permit", "duty"),
    ]


def test_what_is_known_is_filled_in_with_its_date_and_source_and_answers_are_left_empty() -> None:
    flow, permit, *_ = rows_of(sheet(), 1)
    assert flow["Hiện biết"] == "100 đến dưới 1.000 m³/ngày (đã cũ)"
    assert (flow["Thời điểm"], flow["Nguồn"]) == ("2020", "Báo cáo <b>, số 12/BC")
    assert (permit["Hiện biết"], permit["Đơn vị"]) == ("Chưa có số liệu", None)
    assert flow["Đơn vị"] == "m³/ngày" and flow["Trả lời"] is None and flow["Ngày của số liệu"] is None


def test_coded_items_have_a_list_to_choose_from_with_the_codes_beside_it() -> None:
    book = sheet()
    checks = book.worksheets[1].data_validations.dataValidation
    (choice,) = [check for check in checks if check.type == "list"]
    answer = next(cell for cell in book.worksheets[1][1] if cell.value == "Trả lời").column_letter
    assert {f"{answer}3", f"{answer}6"} == set(str(choice.sqref).split())
    assert choice.formula1 == f"'{LISTS_SHEET}'!$A$2:$A$4"
    lists = book[LISTS_SHEET]
    assert [(lists.cell(row, 1).value, lists.cell(row, 2).value) for row in range(2, 5)] == [
        ("Còn hiệu lực", "in_force"), ("Chưa có, đang làm", "none"), ("Không có thông tin", None),
    ]
    assert {check.type for check in checks} == {"list", "decimal", "date"}


def test_machine_keys_are_there_and_hidden_and_nothing_is_protected() -> None:
    book = sheet()
    page = book.worksheets[1]
    for cell in page[1]:
        if cell.value in ITEM_KEYS:
            dimensions = page.column_dimensions
            group = next(d for d in dimensions.values() if (d.min or 0) <= cell.column <= (d.max or 0))
            assert group.hidden
    assert book[META_SHEET].sheet_state == book[LISTS_SHEET].sheet_state == "hidden"
    meta = {row[0].value: row[1].value for row in book[META_SHEET].iter_rows()}
    assert (meta["form"], meta["as_of"], meta["items_sheet"]) == ("request_sheet", "2026-11-24", page.title)
    assert not any(one.protection.sheet for one in book.worksheets)


def test_known_statements_are_listed_for_confirmation() -> None:
    (row,) = rows_of(sheet(), 2)
    assert (row["observation"], row["Đúng hay sai"]) == ("OBS-1", None)
    assert sheet().worksheets[2].data_validations.dataValidation[0].formula1 == '"Đúng,Sai"'


@pytest.mark.parametrize("text", NASTY)
def test_nasty_names_stay_text(text: str) -> None:
    book = sheet(text)
    assert rows_of(book, 1)[0]["Tên cụm"] == text and book.worksheets[0]["B4"].value == text
    assert not any(cell.data_type == "f" for page in book for cells in page.iter_rows() for cell in cells)


def test_english_asks_in_english() -> None:
    book = sheet(lang="en")
    assert rows_of(book, 1)[1]["How to answer"] == "Choose from the list: In force; None"
