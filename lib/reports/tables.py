"""Tables as CSV and XLSX files in which no text can become a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from math import isfinite
from numbers import Integral, Real

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from lib.text import number, t

Content = str | int | float | date | datetime | None

HEADER_FILL = PatternFill("solid", fgColor="FFE7EDF3")
HEADER_FONT = Font(bold=True, color="FF1F2D3D")
HEADER_LINE = Border(bottom=Side(style="thin", color="FF8795A5"))
DAY_FORMAT = "dd/mm/yyyy"

_CELL_LIMIT = 32_767
_NAME_LIMIT = 31
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
# What begins like a formula after a separator that some reader splits at; quotes are looked through.
_PART_AFTER_SEPARATOR = re.compile(r"""([;|\t\n][\s"']*)([=+\-@＝＋－＠][^;|\t\n]*)""")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*\s*%?")
# What XML 1.0 has no place for, lone surrogates included; tab and line feed stay.
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """The text without characters that an XML file cannot hold; a carriage return becomes a line feed."""
    return _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def content(lang: str, value: object) -> Content:
    """A value as a cell holds it: numbers and days as such, nothing for what is missing, the rest as text."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    if isinstance(value, bool):
        return t(lang, "common.word.yes" if value else "common.word.no")
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        plain = float(value)
        return plain if isfinite(plain) else None if plain != plain else ("∞" if plain > 0 else "−∞")
    if isinstance(value, datetime):
        naive = value.replace(tzinfo=None)
        return naive.date() if (naive.hour, naive.minute, naive.second) == (0, 0, 0) else naive
    if isinstance(value, date):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return "; ".join(str(content(lang, part) or "") for part in value)
    return clean(str(value))


def to_csv(table: pd.DataFrame, notices: Sequence[str] = (), *, lang: str = "vi") -> bytes:
    """
    The table as CSV: UTF-8 with a byte order mark, so that Excel reads the accents; decimal point.

    The header is the first row; the notices follow the table after an empty row, each behind "#". A text that
    a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers. Every cell is
    quoted, because a Vietnamese Excel splits at ";": what follows one inside a text is made harmless as well.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow([_harmless(str(column)) for column in table.columns])
    for row in table.itertuples(index=False, name=None):
        writer.writerow([_csv_cell(content(lang, value)) for value in row])
    if notices:
        writer.writerow([])
        writer.writerows([[_harmless(f"# {line}")] for line in notices])
    return out.getvalue().encode("utf-8-sig")


def _csv_cell(value: Content) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return _harmless(value) if isinstance(value, str) else str(value)


def _harmless(text: str) -> str:
    """The text as no spreadsheet takes it for a formula."""
    text = clean(text)
    if text.lstrip(" \n").startswith(_STARTS_FORMULA) and not _PLAIN_NUMBER.fullmatch(text):
        text = "'" + text
    return _PART_AFTER_SEPARATOR.sub(_harmless_part, text)


def _harmless_part(found: re.Match[str]) -> str:
    """A plain number, with the minus or plus it has, stays; anything else gets an apostrophe."""
    before, part = found.groups()
    return found.group() if _PLAIN_NUMBER.fullmatch(part.strip()) else f"{before}'{part}"


def to_xlsx(sheets: Mapping[str, pd.DataFrame], notices: Sequence[str], lang: str = "vi") -> bytes:
    """
    An XLSX workbook: first a sheet with the notices and what the sheets hold, then one sheet a table.

    Text cells never become formulas; numbers and days stay what they are, missing ones are empty cells.
    """
    book = Workbook()
    cover = first_sheet(book)
    names = sheet_names([t(lang, "reports.notes.sheet"), *sheets])
    cover.title = names[0]
    _fill_notes(cover, lang, notices, [
        (name, len(table)) for name, table in zip(names[1:], sheets.values(), strict=True)
    ])
    for name, table in zip(names[1:], sheets.values(), strict=True):
        _fill(book.create_sheet(name), lang, table)
    return saved(book)


def first_sheet(book: Workbook) -> Worksheet:
    """The sheet a new workbook comes with."""
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    return sheet


def saved(book: Workbook) -> bytes:
    """The workbook as a file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet_names(wanted: Iterable[str]) -> list[str]:
    """Names that Excel accepts: at most 31 characters, none of `[]:*?/\\`, no two alike whatever the case."""
    names: list[str] = []
    for raw in wanted:
        name = re.sub(r"[\[\]:*?/\\]", " ", clean(raw).replace("\n", " ")).strip().strip("'").strip()
        # "History" is a name Excel keeps for itself.
        name = (name if name and name.casefold() != "history" else f"{name}_")[:_NAME_LIMIT]
        candidate, count = name, 1
        while candidate.casefold() in {taken.casefold() for taken in names}:
            count += 1
            candidate = f"{name[: _NAME_LIMIT - len(str(count)) - 3]} ({count})"
        names.append(candidate)
    return names


def write(cell: Cell, value: Content) -> None:
    """Put a value into a cell; a text stays a text, whatever it begins with."""
    if isinstance(value, str):
        text = clean(value)
        if not text:
            return
        cell.value = text if len(text) <= _CELL_LIMIT else text[: _CELL_LIMIT - 1] + "…"
        cell.data_type = "s"
        if text.startswith(_STARTS_FORMULA):
            # Otherwise Excel would take it for a formula as soon as someone edits the cell.
            cell.quotePrefix = True
        return
    if isinstance(value, date) and value.year < 1900:
        write(cell, value.isoformat())
        return
    cell.value = value
    if isinstance(value, date):
        cell.number_format = f"{DAY_FORMAT} hh:mm" if isinstance(value, datetime) else DAY_FORMAT


def write_header(sheet: Worksheet, row: int, titles: Sequence[str]) -> None:
    """A row of column titles, each bold on a tint and wrapped."""
    for column, title in enumerate(titles, 1):
        cell = at(sheet, row, column)
        write(cell, title)
        cell.font, cell.fill, cell.border = HEADER_FONT, HEADER_FILL, HEADER_LINE
        cell.alignment = Alignment(wrap_text=True, vertical="center")


def at(sheet: Worksheet, row: int, column: int) -> Cell:
    """The cell in this place."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    return cell


def for_print(sheet: Worksheet, *, header_row: int | None = None) -> None:
    """A4 across, as wide as the page, the header on every page."""
    sheet.page_setup.paperSize = 9
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    if header_row:
        sheet.print_title_rows = f"{header_row}:{header_row}"


def _fill_notes(
    sheet: Worksheet, lang: str, notices: Sequence[str], parts: Sequence[tuple[str, int]]
) -> None:
    sheet.column_dimensions["A"].width = 44
    sheet.column_dimensions["B"].width = 60
    title = at(sheet, 1, 1)
    write(title, t(lang, "reports.notes.title"))
    title.font = Font(bold=True, size=14)
    row = 3
    for line in notices:
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=2)
        cell = at(sheet, row, 1)
        write(cell, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[row].height = 16.0 * (1 + len(line) // 100)
        row += 1
    write_header(sheet, row + 1, [t(lang, "reports.notes.part"), t(lang, "reports.notes.rows")])
    for offset, (name, count) in enumerate(parts, 2):
        write(at(sheet, row + offset, 1), name)
        write(at(sheet, row + offset, 2), t(lang, "reports.notes.count", count=number(lang, count)))
    empty = at(sheet, row + len(parts) + 3, 1)
    write(empty, t(lang, "reports.notes.empty_cells"))
    for_print(sheet)


def _fill(sheet: Worksheet, lang: str, table: pd.DataFrame) -> None:
    rows = [[content(lang, value) for value in row] for row in table.itertuples(index=False, name=None)]
    titles = [clean(str(column)) for column in table.columns]
    write_header(sheet, 1, titles)
    for number_, cells in enumerate(rows, 2):
        for column, value in enumerate(cells, 1):
            cell = at(sheet, number_, column)
            write(cell, value)
            cell.alignment = Alignment(wrap_text=isinstance(value, str), vertical="top")
    for column, title in enumerate(titles, 1):
        values = [cells[column - 1] for cells in rows]
        shape = _number_format([v for v in values if isinstance(v, int | float)])
        for number_, value in enumerate(values, 2):
            if isinstance(value, int | float):
                at(sheet, number_, column).number_format = shape
        longest = max((_line_length(value) for value in [title, *values]), default=0)
        sheet.column_dimensions[get_column_letter(column)].width = min(60, max(9, longest + 3))
    sheet.freeze_panes = "A2"
    if titles:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(titles))}{len(rows) + 1}"
    for_print(sheet, header_row=1)


def _line_length(value: Content) -> int:
    if isinstance(value, date):
        return len(DAY_FORMAT)
    return max((len(line) for line in str("" if value is None else value).split("\n")), default=0)


def _number_format(values: Sequence[float]) -> str:
    """The digits the column needs, at most three; thousands apart unless all could be years."""
    digits = next((d for d in range(3) if all(round(v, d) == round(v, 3) for v in values)), 3)
    whole = "#,##0" if any(abs(v) >= 10_000 for v in values) or digits else "0"
    return whole + ("." + "0" * digits if digits else "")
