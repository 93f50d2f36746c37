"""
"Phiếu đề nghị cung cấp số liệu": what is missing, cluster by cluster, ready to be filled in and read back.

Besides what the reader sees, the items carry hidden columns (`ITEM_KEYS`) and the workbook hidden sheets:
`_meta` (key, value) and `_lists` (for each coded attribute its labels and, beside them, its codes).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from lib.domain.observation import Attribute, Evidence, Observation, Source, ValueType
from lib.domain.places import Cluster
from lib.domain.rulebook import Body
from lib.reports.tables import (
    DAY_FORMAT,
    at,
    first_sheet,
    for_print,
    saved,
    sheet_names,
    write,
    write_header,
)
from lib.text import day, t, validity_text, value_text
from lib.text.values import ValueLabels

FORM_VERSION = "1"
META_SHEET = "_meta"
LISTS_SHEET = "_lists"
ITEM_KEYS = ("cluster", "attribute", "rules", "on")
KNOWN_KEYS = ("cluster", "attribute", "observation")

_ITEM_COLUMNS = {
    "number": 6, "code": 13, "name": 20, "item": 30, "meaning": 42, "unit": 10, "allowed": 34, "why": 18,
    "body": 26, "known": 28, "known_when": 18, "known_source": 36, "answer": 24, "answer_day": 14,
    "paper": 30, "note": 26,
}
_KNOWN_COLUMNS = {
    "number": 6, "code": 13, "name": 20, "item": 32, "known": 40, "known_when": 20, "known_source": 46,
    "is_right": 14, "correction": 28, "paper": 30, "note": 26,
}
_TO_FILL = {"answer", "answer_day", "paper", "note", "is_right", "correction"}
_NOT_ASKED_BACK = {"commune_now", "commune_then"}
"""Codes of the administrative lists: the office keeps those itself."""

_FILL = PatternFill("solid", fgColor="FFFFF4CC")
_EDGE = Side(style="thin", color="FFB8BFC7")
_BOX = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)


def request_sheet(
    addressee: str,
    clusters: Sequence[Cluster],
    missing: pd.DataFrame,
    evidence: Evidence,
    attributes: Mapping[str, Attribute],
    labels: ValueLabels,
    sources: Mapping[str, Source],
    *,
    lang: str = "vi",
    notices: Sequence[str] = (),
    bodies: Mapping[str, Body] | None = None,
) -> bytes:
    """
    The request as an XLSX file: how to fill in, what is asked, what is known already, and hidden keys.

    Parameters
    ----------
    addressee
        Whom it goes to, as written on the cover.
    clusters
        The clusters asked about, in the order of the sheet.
    missing
        `cluster`, `attribute`, `rules` (ids joined by "|"), `on` ("duty" or "exemption"), `ask` (body key).
        Rows of a cluster not in `clusters` come last, under their code.
    bodies
        Adds to each item the name of the body that should know (the one that took over, if it ended).

    Returns
    -------
    file
        Nothing is protected. Texts never become formulas. Coded answers have drop-down lists.
    """
    book = Workbook()
    cover = first_sheet(book)
    cover.title, items_name, known_name = sheet_names(
        t(lang, f"reports.request.{key}") for key in ("cover_sheet", "items_sheet", "known_sheet")
    )
    items, known = book.create_sheet(items_name), book.create_sheet(known_name)
    lists = book.create_sheet(LISTS_SHEET)
    names = {cluster.code: cluster.name for cluster in clusters}
    order = {code: place for place, code in enumerate(names)}
    rows = [{str(key): value for key, value in row.items()} for row in missing.to_dict("records")]
    rows.sort(key=lambda row: (order.get(str(row["cluster"]), len(order)), row["on"] != "duty"))

    _fill_cover(cover, addressee, evidence, len({row["cluster"] for row in rows}), len(rows), lang, notices)
    pick = _Lists(lists, labels, lang)
    _fill_items(items, rows, names, evidence, attributes, labels, sources, lang, bodies or {}, pick)
    _fill_known(known, names, evidence, attributes, labels, sources, lang)
    _fill_meta(book.create_sheet(META_SHEET), {
        "form": "request_sheet", "version": FORM_VERSION, "lang": lang, "addressee": addressee,
        "as_of": evidence.as_of.isoformat(), "known_on": evidence.known_on.isoformat(),
        "items_sheet": items_name, "known_sheet": known_name,
        "items_columns": "|".join([*_ITEM_COLUMNS, *ITEM_KEYS]),
        "known_columns": "|".join([*_KNOWN_COLUMNS, *KNOWN_KEYS]),
    })
    lists.sheet_state = "hidden"
    return saved(book)


class _Lists:
    """The hidden sheet of labels and codes, filled as coded attributes are met."""

    def __init__(self, sheet: Worksheet, labels: ValueLabels, lang: str) -> None:
        self._sheet, self._labels, self._lang = sheet, labels, lang
        self._places: dict[str, str] = {}

    def choices(self, attribute: Attribute) -> list[tuple[str, str]]:
        """Allowed codes with their labels in the reader's language."""
        codes = attribute.allowed or tuple(code for key, code in self._labels if key == attribute.key)
        return [
            (code, label[self._lang] if (label := self._labels.get((attribute.key, code))) else code)
            for code in codes
        ]

    def range_of(self, attribute: Attribute) -> str:
        """Where the labels of `attribute` stand, "no information" at their end, which has no code."""
        if attribute.key not in self._places:
            column = 2 * len(self._places) + 1
            choices = [*self.choices(attribute), ("", t(self._lang, "reports.request.no_information"))]
            write(at(self._sheet, 1, column), attribute.key)
            for row, (code, label) in enumerate(choices, 2):
                write(at(self._sheet, row, column), label)
                write(at(self._sheet, row, column + 1), code)
            letter = get_column_letter(column)
            self._places[attribute.key] = f"'{LISTS_SHEET}'!${letter}$2:${letter}${len(choices) + 1}"
        return self._places[attribute.key]


def _fill_items(
    sheet: Worksheet,
    rows: Sequence[Mapping[str, object]],
    names: Mapping[str, str],
    evidence: Evidence,
    attributes: Mapping[str, Attribute],
    labels: ValueLabels,
    sources: Mapping[str, Source],
    lang: str,
    bodies: Mapping[str, Body],
    pick: _Lists,
) -> None:
    columns = _header(sheet, _ITEM_COLUMNS, ITEM_KEYS, lang)
    if not bodies:
        sheet.column_dimensions[get_column_letter(columns["body"])].hidden = True
    checks: dict[str, DataValidation] = {}
    for number, row in enumerate(rows, 1):
        code, key = str(row["cluster"]), str(row["attribute"])
        attribute = attributes.get(key)
        said, when, whence = _known(code, key, evidence, attribute, labels, sources, lang)
        words: dict[str, str | int] = {
            "number": number,
            "code": code,
            "name": names.get(code, code),
            "item": attribute.label[lang] if attribute else key,
            "meaning": attribute.meaning[lang] if attribute else "",
            "unit": _unit(lang, attribute),
            "allowed": _allowed(lang, attribute, pick),
            "why": t(lang, f"reports.request.for_{'duty' if row['on'] == 'duty' else 'exemption'}"),
            "body": _body(lang, str(row.get("ask") or ""), bodies),
            "known": said,
            "known_when": when,
            "known_source": whence,
            "cluster": code,
            "attribute": key,
            "rules": str(row["rules"]),
            "on": str(row["on"]),
        }
        _write_row(sheet, number + 1, columns, words)
        line = number + 1
        _check(sheet, checks, attribute, f"{get_column_letter(columns['answer'])}{line}", lang, pick)
        if attribute is not None and attribute.value_type is ValueType.DAY:
            at(sheet, line, columns["answer"]).number_format = DAY_FORMAT
        at(sheet, line, columns["answer_day"]).number_format = DAY_FORMAT
    if rows:
        letter = get_column_letter(columns["answer_day"])
        days = _entry(ValueType.DAY, lang)
        days.add(f"{letter}2:{letter}{len(rows) + 1}")
        sheet.add_data_validation(days)
    sheet.freeze_panes = at(sheet, 2, columns["meaning"])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_ITEM_COLUMNS))}{len(rows) + 1}"
    for_print(sheet, header_row=1)


def _fill_known(
    sheet: Worksheet,
    names: Mapping[str, str],
    evidence: Evidence,
    attributes: Mapping[str, Attribute],
    labels: ValueLabels,
    sources: Mapping[str, Source],
    lang: str,
) -> None:
    """Every statement that stands about the clusters, to be confirmed or corrected."""
    columns = _header(sheet, _KNOWN_COLUMNS, KNOWN_KEYS, lang)
    line = 1
    for code, name in names.items():
        for key, standing in evidence.of(code).items():
            if key in _NOT_ASKED_BACK or key not in attributes:
                continue
            for observation in (*standing.usable, *standing.possible):
                line += 1
                _write_row(sheet, line, columns, {
                    "number": line - 1,
                    "code": code,
                    "name": name,
                    "item": attributes[key].label[lang],
                    "known": value_text(lang, attributes[key], observation, labels),
                    "known_when": validity_text(lang, observation),
                    "known_source": _source(lang, observation, sources),
                    "cluster": code,
                    "attribute": key,
                    "observation": observation.id,
                })
    if line > 1:
        letter = get_column_letter(columns["is_right"])
        choices = ",".join(t(lang, f"reports.request.{key}") for key in ("right", "wrong"))
        check = DataValidation(type="list", formula1=f'"{choices}"', allow_blank=True)
        check.add(f"{letter}2:{letter}{line}")
        sheet.add_data_validation(check)
    sheet.freeze_panes = at(sheet, 2, columns["known"])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_KNOWN_COLUMNS))}{line}"
    for_print(sheet, header_row=1)


def _fill_cover(
    sheet: Worksheet, addressee: str, evidence: Evidence, clusters: int, items: int, lang: str,
    notices: Sequence[str],
) -> None:
    def word(key: str, **values: object) -> str:
        return t(lang, f"reports.request.{key}", **values)

    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 30, 82
    for row, key, size in ((1, "title", 16), (2, "subtitle", 12)):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=2)
        cell = at(sheet, row, 1)
        write(cell, word(key))
        cell.font, cell.alignment = Font(bold=row == 1, size=size), Alignment(horizontal="center")
    sheet.row_dimensions[1].height = 26
    facts: list[tuple[str, str | None]] = [
        ("to", addressee),
        ("from", word("from_default")),
        ("purpose", word("purpose_text")),
        ("scope", word("scope_text", clusters=clusters, items=items)),
        ("as_of", day(lang, evidence.as_of)),
        ("deadline", None),
        ("contact", None),
        ("respondent", None),
        ("respondent_day", None),
    ]
    row = 4
    for key, value in facts:
        label, cell = at(sheet, row, 1), at(sheet, row, 2)
        write(label, word(key))
        write(cell, value)
        label.font = Font(bold=True)
        label.alignment = cell.alignment = Alignment(wrap_text=True, vertical="top")
        if value is None:
            cell.fill, cell.border = _FILL, _BOX
        sheet.row_dimensions[row].height = 16.0 * (1 + len(value or "") // 80)
        row += 1
    for title, lines in (
        (word("how"), [word(f"step_{number}") for number in range(1, 6)]), (word("notes"), list(notices))
    ):
        if not lines:
            continue
        row += 1
        write(at(sheet, row, 1), title)
        at(sheet, row, 1).font = Font(bold=True)
        for line in lines:
            row += 1
            sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=2)
            cell = at(sheet, row, 1)
            write(cell, line)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            sheet.row_dimensions[row].height = 16.0 * (1 + len(line) // 105)
        row += 1
    for_print(sheet)


def _fill_meta(sheet: Worksheet, values: Mapping[str, str]) -> None:
    for row, (key, value) in enumerate(values.items(), 1):
        write(at(sheet, row, 1), key)
        write(at(sheet, row, 2), value)
    sheet.sheet_state = "hidden"


def _header(sheet: Worksheet, widths: Mapping[str, int], keys: Sequence[str], lang: str) -> dict[str, int]:
    """Titles, widths and hidden key columns; returns the column of each, counted from 1."""
    write_header(sheet, 1, [*(t(lang, f"reports.request.{key}") for key in widths), *keys])
    columns = {key: column for column, key in enumerate(widths, 1)}
    for key, width in widths.items():
        sheet.column_dimensions[get_column_letter(columns[key])].width = width
        if key in _TO_FILL:
            at(sheet, 1, columns[key]).fill = _FILL
    for key in keys:
        columns[key] = len(columns) + 1 if key not in columns else columns[key]
        sheet.column_dimensions[get_column_letter(columns[key])].hidden = True
    return columns


def _write_row(
    sheet: Worksheet, line: int, columns: Mapping[str, int], words: Mapping[str, str | int]
) -> None:
    for key, column in columns.items():
        cell = at(sheet, line, column)
        write(cell, words.get(key))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.border = _BOX
        if key in _TO_FILL:
            cell.fill = _FILL


def _known(
    code: str,
    key: str,
    evidence: Evidence,
    attribute: Attribute | None,
    labels: ValueLabels,
    sources: Mapping[str, Source],
    lang: str,
) -> tuple[str, str, str]:
    """What is said of it so far, when it held and where it stands, one statement a line in each."""
    standing = evidence.get(code, key)
    statements: list[tuple[str, Observation]] = []
    if attribute is not None:
        for observation in standing.usable:
            said = value_text(lang, attribute, observation, labels)
            if observation in standing.contradicting:
                said = t(lang, "reports.request.disagrees", value=said)
            elif evidence.is_stale(observation):
                said = t(lang, "reports.request.stale", value=said)
            statements.append((said, observation))
        for observation in standing.possible:
            said = value_text(lang, attribute, observation, labels)
            statements.append((t(lang, "reports.request.possible", value=said), observation))
    if not statements:
        return t(lang, "reports.request.nothing_known"), "", ""
    return (
        "\n".join(said for said, _ in statements),
        "\n".join(validity_text(lang, observation) for _, observation in statements),
        "\n".join(_source(lang, observation, sources) for _, observation in statements),
    )


def _source(lang: str, observation: Observation, sources: Mapping[str, Source]) -> str:
    source = sources.get(observation.source)
    if source is None:
        return observation.source
    if source.document_number and source.document_number not in source.title:
        return t(lang, "reports.request.document", title=source.title, number=source.document_number)
    return source.title


def _unit(lang: str, attribute: Attribute | None) -> str:
    if attribute is None or not attribute.unit:
        return ""
    return attribute.unit if attribute.unit == "%" else t(lang, f"common.unit.{attribute.unit}")


def _allowed(lang: str, attribute: Attribute | None, pick: _Lists) -> str:
    kind = attribute.value_type if attribute else ValueType.TEXT
    if attribute is not None and kind is ValueType.CODE:
        choices = "; ".join(label for _, label in pick.choices(attribute))
        key = "answer_codes" if attribute.is_multiple else "answer_code"
        return t(lang, f"reports.request.{key}", choices=choices)
    key = {ValueType.NUMBER: "answer_number", ValueType.DAY: "answer_day_kind"}.get(kind, "answer_text")
    return t(lang, f"reports.request.{key}")


def _body(lang: str, key: str, bodies: Mapping[str, Body]) -> str:
    """The body that should know, or the one that took over from it."""
    seen: set[str] = set()
    while key in bodies and bodies[key].now and key not in seen:
        seen.add(key)
        key = bodies[key].now
    return bodies[key].name[lang] if key in bodies else ""


def _check(
    sheet: Worksheet, checks: dict[str, DataValidation], attribute: Attribute | None, cell: str, lang: str,
    pick: _Lists,
) -> None:
    """Hang the cell under the check of its attribute; all warn and none forbids, so that a range can stay."""
    if attribute is None or attribute.value_type is ValueType.TEXT:
        return
    is_code = attribute.value_type is ValueType.CODE
    key = attribute.key if is_code else attribute.value_type.value
    if key not in checks:
        checks[key] = (
            _choice(pick.range_of(attribute), lang) if is_code else _entry(attribute.value_type, lang)
        )
        sheet.add_data_validation(checks[key])
    checks[key].add(cell)


def _choice(cells: str, lang: str) -> DataValidation:
    return _warning(DataValidation(type="list", formula1=cells, allow_blank=True), lang, "warn_choice")


def _entry(kind: ValueType, lang: str) -> DataValidation:
    if kind is ValueType.DAY:
        check = DataValidation(type="date", operator="greaterThan", formula1="1", allow_blank=True)
        return _warning(check, lang, "warn_day")
    check = DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
    return _warning(check, lang, "warn_number")


def _warning(check: DataValidation, lang: str, key: str) -> DataValidation:
    check.errorStyle = "warning"
    check.showErrorMessage = True
    check.errorTitle = t(lang, "reports.request.warn_title")
    check.error = t(lang, f"reports.request.{key}")
    return check
