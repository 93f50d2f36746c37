"""Exported tables: numbers stay numbers, no text becomes a formula, the file says whose data it is."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.reports.tables import sheet_names, to_csv, to_xlsx
from tests.reports.nasty import NASTY

NOTICES = ["Số liệu tổng hợp từ nguồn công bố", "=1+1"]


def rows_of(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def book_of(raw: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(raw))


def test_csv_begins_with_a_byte_order_mark_and_ends_with_the_notices() -> None:
    raw = to_csv(pd.DataFrame({"tên": ["Đức Thọ"]}), NOTICES)
    assert raw.startswith(b"\xef\xbb\xbf")
    assert rows_of(raw) == [["tên"], ["Đức Thọ"], [], ["# Số liệu tổng hợp từ nguồn công bố"], ["# =1+1"]]


@pytest.mark.parametrize("text", ["=1+1", "+x", "-rf", "@SUM(A1)", "\tx", "\r=1", " =1", "＝1", "-1-1"])
def test_csv_text_that_looks_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert rows_of(to_csv(pd.DataFrame({text: [text]})))[1][0].lstrip("\n ")[0] in "'x"


@pytest.mark.parametrize(
    "text", ["x;=1+1", "x; =1+1", "a|@SUM(A1)", "a\n=1", "a;-rf", "a;+x", "x;-1+cmd|x", "x;＝1", 'x;"=1+1"']
)
def test_csv_text_is_harmless_where_a_reader_splits_at_another_separator(text: str) -> None:
    raw = to_csv(pd.DataFrame({"a": [text], "b": ["k"]})).decode("utf-8-sig")
    assert '"a","b"' in raw
    for part in re.split(r"[;|\n]", rows_of(raw.encode("utf-8-sig"))[1][0])[1:]:
        assert part.lstrip(' "').startswith("'") or part == "x"


def test_csv_lists_of_numbers_keep_their_minus() -> None:
    assert rows_of(to_csv(pd.DataFrame({"a": ["1; -3"]})))[1] == ["1; -3"]


def test_csv_numbers_stay_numbers_and_unknown_stays_empty() -> None:
    table = pd.DataFrame(
        {
            "a": [-1.5, float("nan")],
            "b": ["-5", "+3,2"],
            "c": [np.int64(-7), None],
            "d": [date(2024, 5, 1), pd.NaT],
        }
    )
    assert rows_of(to_csv(table))[1:] == [["-1.5", "-5", "-7.0", "2024-05-01"], ["", "+3,2", "", ""]]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(max_size=30) | st.sampled_from(NASTY), min_size=1, max_size=8))
def test_no_text_becomes_a_formula_in_either_format(texts: list[str]) -> None:
    table = pd.DataFrame({"text": texts})
    for row in rows_of(to_csv(table))[1:]:
        assert not row or not row[0].startswith(("=", "@", "\t", "\r"))
    for sheet in book_of(to_xlsx({"T": table}, texts)):
        for cells in sheet.iter_rows():
            assert all(cell.data_type in ("s", "n") for cell in cells)


@pytest.mark.parametrize("text", NASTY)
def test_nasty_text_reads_back_unchanged(text: str) -> None:
    sheet = book_of(to_xlsx({"T": pd.DataFrame({text: [text]})}, []))["T"]
    assert (sheet["A1"].value, sheet["A2"].value) == (text, text)


def test_xlsx_has_notes_first_and_keeps_kinds() -> None:
    table = pd.DataFrame(
        {
            "ha": [75.25, None],
            "người": [12_345, -3],
            "ngày": [date(2024, 5, 1), date(1890, 1, 1)],
            "chữ": ["a\x00b\x0b", "#N/A"],
            "đúng": [True, False],
            "vô hạn": [float("inf"), 1.0],
        }
    )
    book = book_of(to_xlsx({"Bảng [1]/x": table, "bảng  1  x": table}, NOTICES, "vi"))
    assert book.sheetnames[0] == "Ghi chú"
    assert book.worksheets[0]["A3"].value == NOTICES[0]
    sheet = book.worksheets[1]
    assert [cell.value for cell in sheet[2]][0:2] == [75.25, 12_345]
    assert sheet["A3"].value is None
    assert (sheet["A2"].number_format, sheet["B2"].number_format) == ("#,##0.00", "#,##0")
    assert sheet["C2"].is_date and sheet["C3"].value == "1890-01-01"
    assert (sheet["D2"].value, sheet["D3"].value, sheet["D3"].data_type) == ("ab", "#N/A", "s")
    assert (sheet["E2"].value, sheet["F2"].value) == ("Có", "∞")
    assert sheet.freeze_panes == "A2"


def test_an_empty_table_and_a_text_too_long_for_excel_are_no_trouble() -> None:
    book = book_of(to_xlsx({"A": pd.DataFrame(), "B": pd.DataFrame({"x": ["y" * 40_000]})}, []))
    assert len(book["B"]["A2"].value) == 32_767


@given(st.lists(st.text(max_size=50), max_size=12))
def test_sheet_names_are_what_excel_accepts(wanted: list[str]) -> None:
    names = sheet_names(wanted)
    assert len({name.casefold() for name in names}) == len(wanted)
    for name in names:
        assert 0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") and name.casefold() != "history"
