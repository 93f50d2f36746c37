"""What is in a database, as a checksum; and whether its indexes say what its records say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, DateTime, Table, select

from lib.store import log, schema
from lib.store.database import Database

TABLES = (
    schema.batch, schema.observation, schema.current, schema.unbelieved, schema.choice, schema.audit,
    schema.source, schema.cluster, schema.boundary, schema.meta,
)


def checksum(database: Database) -> str:
    """
    Of every table that writing evidence touches, as one reader sees them together.

    Left out is what a repetition cannot have in common: the time of the day, and gaps between row numbers,
    which PostgreSQL leaves where a transaction was cut off.
    """
    found = hashlib.sha256()
    with database.read() as connection:
        numbers = select(schema.observation.c.seq).order_by(schema.observation.c.seq)
        rank = {seq: place for place, seq in enumerate(connection.execute(numbers).scalars())}
        for table in TABLES:
            found.update(table.name.encode())
            for line in _lines(connection, table, rank):
                found.update(line.encode())
    return found.hexdigest()


def _lines(connection: Connection, table: Table, rank: dict[int, int]) -> Iterable[str]:
    kept = [column for column in table.columns if not isinstance(column.type, DateTime)]
    refers = [column.name == "seq" and table in (schema.current, schema.unbelieved) for column in kept]
    own = [column.name == "seq" and not refer for column, refer in zip(kept, refers, strict=True)]
    for place, row in enumerate(connection.execute(select(*kept).order_by(*table.primary_key))):
        cells: list[Any] = [
            place if is_own else rank.get(cell, cell) if refer else cell
            for cell, is_own, refer in zip(row, own, refers, strict=True)
        ]
        yield repr(cells)


class _TakeBack(Exception):
    """Ends a transaction without a trace."""


def wrong_indexes(database: Database) -> list[str]:
    """The indexes that differ from the same ones reckoned anew from all records."""
    wrong: list[str] = []
    try:
        with database.write() as connection:
            before = _indexes(connection)
            log.reindex(connection)
            wrong += [name for name, rows in _indexes(connection).items() if rows != before[name]]
            raise _TakeBack
    except _TakeBack:
        return wrong


def _indexes(connection: Connection) -> dict[str, set[tuple[Any, ...]]]:
    said = schema.observation
    asked = {
        "current_state": select(schema.current),
        "unbelieved": select(schema.unbelieved),
        "known_to": select(said.c.id, said.c.known_to),
    }
    return {name: {tuple(row) for row in connection.execute(query)} for name, query in asked.items()}


def damage(database: Database) -> list[str]:
    """What the database's own check of its files finds wrong."""
    with database.write() as connection:
        if database.is_sqlite:
            said = list(connection.exec_driver_sql("PRAGMA quick_check").scalars())
            return [line for line in said if line != "ok"]
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS amcheck")
        # Raises when an index does not fit its table; the second part lists broken rows.
        connection.exec_driver_sql(
            "SELECT bt_index_check(i.indexrelid, true) FROM pg_index i "
            "JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam "
            "JOIN pg_class t ON t.oid = i.indrelid "
            "WHERE a.amname = 'btree' AND t.relnamespace = 'public'::regnamespace"
        ).all()
        return [
            f"{table.name}: {line}" for table in TABLES
            for line in connection.exec_driver_sql(f"SELECT msg FROM verify_heapam('{table.name}')").scalars()
        ]
