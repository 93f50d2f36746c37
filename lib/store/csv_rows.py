"""CSV files read strictly: a cell that cannot be accepted raises an error naming file, line and column."""

from __future__ import annotations

import csv
import io
import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from lib.domain.clock import LOCAL_TIME
from lib.domain.errors import DataError

LIST_SEPARATOR = "|"

_Kind = TypeVar("_Kind", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Row:
    """
    One record of a CSV file and the line it begins on (the header is line 1).

    Each reader below returns the typed content of one column and raises `DataError` naming the place.
    A column the file does not have reads as empty.
    """

    file: str
    line: int
    cells: dict[str, str]

    def error(self, problem: str, column: str, *, found: object = None, **details: Any) -> DataError:
        """The error of this row, to be raised by the caller."""
        shown = self.cells.get(column, "") if found is None else found
        return DataError(
            problem, file=self.file, line=self.line, column=column, found=shown or None, **details
        )

    def text(self, column: str) -> str:
        return self.cells.get(column, "")

    def required(self, column: str) -> str:
        """The text of a column that may not be empty."""
        text = self.text(column)
        if not text:
            raise self.error("missing_field", column)
        return text

    def parts(self, column: str) -> tuple[str, ...]:
        """A list written `a|b|c`; empty parts do not count."""
        parts = (part.strip() for part in self.text(column).split(LIST_SEPARATOR))
        return tuple(part for part in parts if part)

    def flag(self, column: str) -> bool:
        """`1` or `0`; empty is no."""
        return self.one_of(column, ("0", "1", "")) == "1"

    def one_of(self, column: str, allowed: Sequence[str]) -> str:
        text = self.text(column)
        if text not in allowed:
            raise self.error("not_allowed", column, allowed=", ".join(a for a in allowed if a))
        return text

    def kind(self, column: str, kind: type[_Kind]) -> _Kind:
        return kind(self.one_of(column, [member.value for member in kind]))

    def whole(self, column: str) -> int | None:
        """A positive whole number; None when empty."""
        text = self.text(column)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and int(text) > 0):
            raise self.error("not_a_number", column)
        return int(text)

    def number(self, column: str, *, may_be_infinite: bool = False) -> float | None:
        """A finite number with a decimal point; None when empty. `inf` only where it is allowed."""
        text = self.text(column)
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            raise self.error("not_a_number", column) from None
        if not math.isfinite(value) and not (may_be_infinite and value == math.inf):
            raise self.error("not_finite", column)
        return value

    def day(self, column: str) -> date | None:
        """A day written `2026-11-24`; None when empty."""
        text = self.text(column)
        if not text:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise self.error("bad_date", column) from None
        if day.isoformat() != text:
            raise self.error("bad_date", column)
        return day

    def moment(self, column: str) -> datetime:
        """A day, or a day and time, in Vietnam's local time without a zone."""
        text = self.required(column)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise self.error("bad_date", column) from None
        return moment.astimezone(LOCAL_TIME).replace(tzinfo=None) if moment.tzinfo else moment


def _decoded(path: Path, file: str) -> str:
    """The text of a file in NFC, so that names that look alike also join."""
    try:
        content = path.read_bytes()
    except OSError:
        raise DataError("no_file", file=file) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DataError(
            "bad_encoding", file=file, line=line, found=f"byte 0x{content[error.start]:02X}"
        ) from None
    return unicodedata.normalize("NFC", text)


def _records(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Records with the line each begins on; blank lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DataError("bad_csv", file=file, line=line, found=str(error)) from None
        if any(cell.strip() for cell in record):
            yield line, [cell.strip() for cell in record]


def read_rows(path: Path, columns: Sequence[str], *, file: str = "") -> list[Row]:
    """
    The records of a CSV file in UTF-8 with a header.

    Parameters
    ----------
    columns
        Those the file must have. Others are kept as well.
    file
        The name to use in messages; the file's own name if empty.

    Raises
    ------
    DataError
        If the file is absent, not UTF-8, no well-formed CSV, lacks a column or has it twice, or if a record
        has more or fewer cells than the header.
    """
    file = file or path.name
    records = _records(_decoded(path, file), file)
    line, header = next(records, (1, []))
    for column in columns:
        if column not in header:
            raise DataError("missing_column", file=file, line=line, column=column)
    for index, column in enumerate(header):
        if column in header[:index]:
            raise DataError("duplicate_column", file=file, line=line, column=column)
    rows = []
    for line, cells in records:
        if len(cells) != len(header):
            raise DataError("wrong_cell_count", file=file, line=line, found=len(cells), expected=len(header))
        rows.append(Row(file, line, dict(zip(header, cells, strict=True))))
    return rows
