"""
The whole database as open files, and back: a CSV a table, the boundaries as a GeoPackage, and a manifest.

The CSV files (RFC 4180, UTF-8) hold every column of every table, so that an import brings back the same state
to the row number. Days and moments are ISO 8601, yes and no are 1 and 0, numbers have every digit they need,
shapes are WKB in hexadecimal (EPSG:4326). An empty cell of a column that may be unknown is unknown; an empty
text in such a column is a single backslash, and a text that begins with a backslash has one more. The
GeoPackage shows the same boundaries to a map program; nothing is read back from it.

`manifest.json` names the version of the schema and, of each file, its SHA-256 and its number of rows.
Password hashes and drafts stay out unless they are asked for.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

import geopandas as gpd
from pyogrio import write_dataframe
from shapely import from_wkb
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Double,
    Integer,
    Table,
    Text,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.types import TypeEngine

from geo.crs import STORAGE_CRS
from lib.domain.clock import now
from lib.domain.errors import DataError, Refusal, Unavailable
from lib.store import log, schema
from lib.store.database import Database
from lib.store.disk import disk_problem, settle, settle_folder
from lib.store.migrate import migrate, newest_version, schema_version

FORMAT = "ccn-export-1"
MANIFEST = "manifest.json"
LAYERS = "boundaries.gpkg"
LAYER = "boundary"
CHUNK = 5_000
"""Rows held in memory at once, whatever the size of the database."""

TABLES: tuple[Table, ...] = tuple(schema.metadata.sorted_tables)
"""Every table that the schema names, in one fixed order."""

_LONGEST_CELL = min(sys.maxsize, 2**31 - 1)
_MARK = "\\"


@dataclass(frozen=True, slots=True)
class Manifest:
    """
    What an export holds. `files` are (SHA-256, rows) by file name; `with_accounts` says whether password
    hashes and drafts are in it.
    """

    schema: str
    exported_at: str
    with_accounts: bool
    files: Mapping[str, tuple[str, int]]

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(rows for name, (_, rows) in self.files.items() if name != LAYERS)


def export(database: Database, folder: Path, *, with_accounts: bool = False) -> Manifest:
    """
    Write the whole database, as it is at one moment, into a folder that does not exist yet or is empty.

    The folder appears when it is complete. Others may go on writing to the database meanwhile.

    Raises
    ------
    Refusal
        "cli.folder_in_use" if something is in the folder, "cli.other_schema" if the database waits for
        a migration.
    Unavailable
        If the database does not answer, or the folder cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refusal("cli.folder_in_use", place=folder.name)
    _need_this_schema(schema_version(database))
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(mode=0o700, parents=True)
        manifest = _write_all(database, part, with_accounts)
        for path in part.iterdir():
            settle(path)
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
        settle_folder(folder.parent)
    except OSError as error:
        raise Unavailable(disk_problem(error)) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return manifest


def _write_all(database: Database, folder: Path, with_accounts: bool) -> Manifest:
    files: dict[str, tuple[str, int]] = {}
    with database.read() as connection:
        for table in TABLES:
            with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
                files[f"{table.name}.csv"] = _write_table(connection, table, file, with_accounts)
        files[LAYERS] = _write_layers(connection, folder / LAYERS)
    manifest = Manifest(newest_version(), now().isoformat(), with_accounts, files)
    document = {
        "format": FORMAT,
        "schema": manifest.schema,
        "exported_at": manifest.exported_at,
        "with_accounts": with_accounts,
        "files": {name: {"sha256": digest, "rows": rows} for name, (digest, rows) in files.items()},
    }
    (folder / MANIFEST).write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    return manifest


def digests(database: Database) -> dict[str, str]:
    """
    A SHA-256 of the content of each table, all at one moment.

    Two databases with the same digests hold the same state, whatever kind they are.
    """
    with database.read() as connection:
        return {
            table.name: _write_table(connection, table, None, with_accounts=True)[0] for table in TABLES
        }


def _write_table(
    connection: Connection, table: Table, file: TextIO | None, with_accounts: bool
) -> tuple[str, int]:
    """Write a table as CSV (to nowhere if `file` is None); its SHA-256 and number of rows."""
    digest, count = hashlib.sha256(), 0
    writers = [_writer(column) for column in table.columns]
    if not with_accounts and table is schema.account:
        writers[list(table.columns.keys()).index("password")] = lambda value: ""

    def put(lines: Iterable[Sequence[str]]) -> None:
        buffer = io.StringIO(newline="")
        # CR LF, so that the writer quotes both signs inside a text.
        csv.writer(buffer, lineterminator="\r\n").writerows(lines)
        digest.update(buffer.getvalue().encode())
        if file is not None:
            file.write(buffer.getvalue())

    put([list(table.columns.keys())])
    if with_accounts or table is not schema.draft:
        for rows in _partitions(connection, table):
            count += len(rows)
            put([write(value) for write, value in zip(writers, row, strict=True)] for row in rows)
    return digest.hexdigest(), count


def _partitions(connection: Connection, table: Table) -> Iterator[Sequence[Any]]:
    found = connection.execute(
        select(table).order_by(*_byte_order(connection, table)),
        execution_options={"stream_results": True, "yield_per": CHUNK},
    )
    yield from found.partitions(CHUNK)


def _byte_order(connection: Connection, table: Table) -> list[Any]:
    """The primary key; text byte by byte, so that every server puts the rows in the same order."""
    is_postgres = connection.dialect.name == "postgresql"
    return [
        column.collate("C") if is_postgres and isinstance(column.type, Text) else column
        for column in table.primary_key.columns
    ]


def _write_layers(connection: Connection, path: Path) -> tuple[str, int]:
    kept = schema.boundary
    rows = connection.execute(select(kept).where(kept.c.shape.is_not(None)).order_by(kept.c.seq)).all()
    columns = [column.name for column in kept.columns if column.name != "shape"]
    data = {name: [_layer_value(getattr(row, name)) for row in rows] for name in columns}
    shapes = [from_wkb(bytes(row.shape)) for row in rows]
    frame = gpd.GeoDataFrame(data, geometry=shapes, crs=STORAGE_CRS)
    write_dataframe(frame, path, layer=LAYER, driver="GPKG", geometry_type="Unknown")
    return sha256_of(path), len(rows)


def _layer_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _writer(column: Column[Any]) -> Callable[[Any], str]:
    """How a value of a column is written into a cell."""
    plain = _PLAIN[_family(column.type)][0]
    if column.nullable and isinstance(column.type, Text):
        return lambda value: "" if value is None else _marked(value)
    return lambda value: "" if value is None else plain(value)


def _marked(value: str) -> str:
    return _MARK + value if not value or value.startswith(_MARK) else value


def _reader(column: Column[Any]) -> Callable[[str], Any]:
    """How a cell of a column is read back; it raises ValueError at what cannot have been written."""
    plain = _PLAIN[_family(column.type)][1]
    if not column.nullable:
        return plain
    if isinstance(column.type, Text):
        return lambda cell: None if not cell else cell.removeprefix(_MARK)
    return lambda cell: None if not cell else plain(cell)


def _flag(cell: str) -> bool:
    return {"1": True, "0": False}[cell]


_PLAIN: Mapping[type[Any], tuple[Callable[[Any], str], Callable[[str], Any]]] = {
    Boolean: (lambda value: str(int(value)), _flag),
    DateTime: (lambda value: str(value.isoformat()), datetime.fromisoformat),
    Date: (lambda value: str(value.isoformat()), date.fromisoformat),
    Double: (repr, float),
    Integer: (str, int),
    Text: (str, str),
    bytes: (lambda value: bytes(value).hex().upper(), bytes.fromhex),
}
"""How values of each kind of column are written and read; what is none of SQL's own types is a shape."""


def _family(kind: TypeEngine[Any]) -> type[Any]:
    return next((family for family in _PLAIN if isinstance(kind, family)), bytes)


def read_manifest(folder: Path) -> Manifest:
    """
    The manifest of an export, after every file it names was compared with its checksum.

    Raises
    ------
    DataError
        If the folder is no export, lacks a file, or a file is not as it was written.
    """
    try:
        document = json.loads((folder / MANIFEST).read_text("utf-8"))
        files = {name: (str(one["sha256"]), int(one["rows"])) for name, one in document["files"].items()}
        manifest = Manifest(
            str(document["schema"]), str(document["exported_at"]), bool(document["with_accounts"]), files
        )
        is_ours = document["format"] == FORMAT and {f"{table.name}.csv" for table in TABLES} <= set(files)
    except OSError:
        raise DataError("no_file", file=MANIFEST) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DataError("cli.bad_manifest", file=MANIFEST) from None
    if not is_ours:
        raise DataError("cli.bad_manifest", file=MANIFEST)
    for name, (digest, _) in files.items():
        if _checked_sha256(folder, name) != digest:
            raise DataError("cli.bad_checksum", file=name)
    return manifest


def _checked_sha256(folder: Path, name: str) -> str:
    path = folder / name
    if path.parent != folder or not path.is_file():
        raise DataError("no_file", file=Path(name).name)
    return sha256_of(path)


def sha256_of(path: Path) -> str:
    """The checksum of a file as the manifest writes it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def import_into(database: Database, folder: Path) -> Manifest:
    """
    Bring the state of an export into a database that is empty: all of it in one transaction, or nothing.

    Raises
    ------
    DataError
        As `read_manifest`, or at a cell that cannot be read.
    Refusal
        "cli.not_empty" if the database holds something, "cli.other_schema" if the export was made by
        another version of the program.
    """
    manifest = read_manifest(folder)
    _need_this_schema(manifest.schema)
    migrate(database)
    with database.write() as connection:
        if not is_empty(connection):
            raise Refusal("cli.not_empty", address=database.shown)
        for table in TABLES:
            _read_table(connection, table, folder, manifest.files[f"{table.name}.csv"][1])
        if not database.is_sqlite:
            _go_on_numbering(connection)
    return manifest


def _need_this_schema(found: str) -> None:
    if found != newest_version():
        raise Refusal("cli.other_schema", found=found or "–", needed=newest_version())


def is_empty(connection: Connection) -> bool:
    """Whether no table holds a row."""
    return not any(
        connection.execute(select(func.count()).select_from(select(table).limit(1).subquery())).scalar_one()
        for table in TABLES
    )


def _read_table(connection: Connection, table: Table, folder: Path, expected: int) -> None:
    count = 0
    for rows in log.chunks(_table_rows(table, folder / f"{table.name}.csv"), CHUNK):
        count += len(rows)
        _add(connection, table, rows)
    if count != expected:
        raise DataError("cli.wrong_row_count", file=f"{table.name}.csv", found=count, expected=expected)


def _table_rows(table: Table, path: Path) -> Iterator[dict[str, Any]]:
    readers = {column.name: _reader(column) for column in table.columns}
    with path.open(encoding="utf-8", newline="") as file, _long_cells():
        lines = csv.reader(file, strict=True)
        header = next(lines, [])
        if header != list(readers):
            raise DataError("cli.wrong_header", file=path.name, line=1, found=", ".join(header))
        for cells in lines:
            if len(cells) != len(header):
                raise DataError(
                    "wrong_cell_count", file=path.name, line=lines.line_num, found=len(cells),
                    expected=len(header),
                )
            yield {
                name: _read_cell(path.name, lines.line_num, name, read, cell)
                for (name, read), cell in zip(readers.items(), cells, strict=True)
            }


def _read_cell(file: str, line: int, column: str, read: Callable[[str], Any], cell: str) -> Any:
    try:
        return read(cell)
    except (ValueError, KeyError):
        raise DataError("cli.bad_cell", file=file, line=line, column=column, found=cell) from None


@contextmanager
def _long_cells() -> Iterator[None]:
    """A boundary of many corners is one long cell; other readers keep the usual limit."""
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _add(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Row by row for shapes, which PostGIS has to convert, and on SQLite; else COPY, ten times as fast."""
    has_shape = any(_family(column.type) is bytes for column in table.columns)
    if connection.dialect.name != "postgresql" or has_shape:
        connection.execute(insert(table), rows)
        return
    raw = connection.connection.driver_connection
    assert raw is not None
    names = ", ".join(f'"{name}"' for name in rows[0])
    with raw.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(list(row.values()))


def _go_on_numbering(connection: Connection) -> None:
    """Rows came with their numbers; the next one must not begin at 1 again."""
    for table in TABLES:
        if "seq" in table.columns and table.columns["seq"].autoincrement is True:
            last = connection.execute(select(func.max(table.c.seq))).scalar_one()
            if last is not None:
                connection.execute(
                    text("SELECT setval(pg_get_serial_sequence(:name, 'seq'), :last)"),
                    {"name": table.name, "last": last},
                )
