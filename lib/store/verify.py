"""
Whether a database holds together: its file, its schema, and everything that follows from the records.

What the store keeps beside the records (when each was believed, which one stands) is reckoned anew here with
the plain definitions of `lib.store.select`, subject by subject, so that memory stays bounded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table, and_, inspect, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.sql.elements import ColumnElement

from lib.domain.clock import today
from lib.domain.errors import Unavailable
from lib.domain.observation import Attribute, Observation
from lib.store import log, schema
from lib.store.database import Database
from lib.store.migrate import newest_version, schema_version
from lib.store.records import observation_of
from lib.store.select import Choice, known, order_key, stand

SHOWN = 5
"""How many examples of one kind of problem are named."""

_CHUNK = 5_000
_POSTGRES_TRIGGERS = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
_SQLITE_TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE(ABORT%'"


@dataclass(frozen=True, slots=True)
class Problem:
    """
    Something that does not hold. `kind` has its words in `cli.verify.<kind>`; `table` is where, `count` how
    often, `examples` some of the rows by number or identifier.
    """

    kind: str
    table: str = ""
    count: int = 1
    examples: tuple[str, ...] = ()


@dataclass
class _Found:
    """Problems gathered row by row."""

    rows: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def add(self, kind: str, table: str, row: object) -> None:
        self.counts[kind, table] += 1
        if len(self.rows[kind, table]) < SHOWN:
            self.rows[kind, table].append(str(row))

    def problems(self) -> tuple[Problem, ...]:
        return tuple(
            Problem(kind, table, count, tuple(self.rows[kind, table]))
            for (kind, table), count in self.counts.items()
        )


def verify(database: Database, attributes: Mapping[str, Attribute]) -> tuple[Problem, ...]:
    """
    Everything that does not hold in a database; empty when all is well.

    Parameters
    ----------
    attributes
        The catalogue of the release, which says how records are ordered.

    Raises
    ------
    Unavailable
        If the database does not answer.
    """
    found = _Found()
    if not _is_file_whole(database, found):
        return found.problems()
    version = schema_version(database)
    if version != newest_version():
        return (Problem("schema", examples=(version or "–", newest_version())),)
    with database.read() as connection:
        _check_tables(connection, found)
        if found.counts:
            return found.problems()
        _check_triggers(connection, found)
        _check_references(connection, found)
        _check_belief_and_state(connection, attributes, found)
    return found.problems()


def _is_file_whole(database: Database, found: _Found) -> bool:
    """SQLite's own check of every page and index; PostgreSQL checks its pages as it reads them."""
    if not database.is_sqlite:
        return True
    try:
        with database.read() as connection:
            said = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(5)")]
    except Unavailable:
        raise
    except DatabaseError as error:
        said = [str(error.orig)]
    for line in said if said != ["ok"] else ():
        found.add("integrity", "", line)
    return not found.counts


def _check_tables(connection: Connection, found: _Found) -> None:
    present = set(inspect(connection).get_table_names())
    for table in schema.metadata.sorted_tables:
        if table.name not in present:
            found.add("no_table", table.name, table.name)


def _check_triggers(connection: Connection, found: _Found) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    events = ("update", "delete") if is_sqlite else ("update", "delete", "truncate")
    statement = _SQLITE_TRIGGERS if is_sqlite else _POSTGRES_TRIGGERS
    present = {row[0] for row in connection.exec_driver_sql(statement)}
    for name in schema.APPEND_ONLY:
        for event in events:
            if f"{name}_no_{event}" not in present:
                found.add("no_guard", name, f"{name}_no_{event}")


@dataclass(frozen=True, slots=True)
class _Reference:
    """`column` of `table` names a row of `other` by `key`; empty names none. Pairs must agree if `same`."""

    table: Table
    column: str
    other: Table
    key: str
    same: tuple[str, ...] = ()
    only: str = ""


_PAIR = ("subject", "attribute")
_REFERENCES = (
    _Reference(schema.observation, "supersedes", schema.observation, "id", _PAIR),
    _Reference(schema.observation, "retracts", schema.observation, "id", _PAIR),
    _Reference(schema.observation, "source", schema.source, "key"),
    _Reference(schema.observation, "subject", schema.cluster, "code", only="%-CCN-%"),
    _Reference(schema.observation, "batch", schema.batch, "id"),
    _Reference(schema.boundary, "retracts", schema.boundary, "id", ("cluster",)),
    _Reference(schema.boundary, "cluster", schema.cluster, "code"),
    _Reference(schema.boundary, "batch", schema.batch, "id"),
    _Reference(schema.choice, "observation", schema.observation, "id", _PAIR),
    _Reference(schema.choice, "batch", schema.batch, "id"),
    _Reference(schema.source, "copy_of", schema.source, "key"),
    _Reference(schema.source, "batch", schema.batch, "id"),
    _Reference(schema.cluster, "batch", schema.batch, "id"),
    _Reference(schema.batch, "undoes", schema.batch, "id"),
    _Reference(schema.question, "observation", schema.observation, "id", _PAIR),
    _Reference(schema.answer, "question", schema.question, "seq"),
    _Reference(schema.current, "seq", schema.observation, "seq", _PAIR),
    _Reference(schema.unbelieved, "seq", schema.observation, "seq"),
)


def _check_references(connection: Connection, found: _Found) -> None:
    for one in _REFERENCES:
        other = one.other.alias("target")
        column = one.table.c[one.column]
        fits = [other.c[one.key] == column, *(other.c[name] == one.table.c[name] for name in one.same)]
        where: list[ColumnElement[bool]] = [~select(other.c[one.key]).where(and_(*fits)).exists()]
        where.append(column.is_not(None) if column.type.python_type is int else column != "")
        if one.only:
            where.append(column.like(one.only))
        row = next(iter(one.table.primary_key.columns))
        missing = select(row, column).where(*where).order_by(row)
        for key, target in connection.execute(missing):
            found.add("no_target", f"{one.table.name}.{one.column}", f"{key} → {target}")


def _subjects(connection: Connection) -> Iterator[tuple[str, list[Any]]]:
    """All records, one subject at a time, without holding the others."""
    said = schema.observation
    rows = connection.execute(
        select(said).order_by(said.c.subject, said.c.seq),
        execution_options={"stream_results": True, "yield_per": _CHUNK},
    ).mappings()
    for subject, group in groupby(rows, key=lambda row: str(row["subject"])):
        yield subject, list(group)


def _check_belief_and_state(
    connection: Connection, attributes: Mapping[str, Attribute], found: _Found
) -> None:
    reckoned_on = log.get_meta(connection).get("current_day", date.min.isoformat())
    as_of = max(today(), date.fromisoformat(reckoned_on))
    gaps: dict[int, set[tuple[date, date]]] = defaultdict(set)
    for seq, start, end in connection.execute(select(schema.unbelieved)):
        gaps[seq].add((start, end))
    choices = _choices(connection)
    standing = _standing_now(connection)
    for subject, rows in _subjects(connection):
        usable = []
        for row in rows:
            attribute = attributes.get(row["attribute"])
            if attribute is None:
                found.add("unknown_attribute", "observation", f"{row['seq']} → {row['attribute']}")
                continue
            item = observation_of(row)
            if row["order_key"] != order_key(item, attribute) or row["known_from"] != item.recorded_at.date():
                found.add("index", "observation", row["seq"])
            usable.append((row, item))
        _check_belief(usable, gaps, found)
        items = [item for _, item in usable]
        _check_state(subject, items, attributes, choices.get(subject, []), standing, as_of, found)
    for pair in standing:
        found.add("state", "current_state", " ".join(pair))


def _check_belief(
    rows: Sequence[tuple[Any, Observation]], gaps: Mapping[int, set[tuple[date, date]]], found: _Found
) -> None:
    pairs: dict[str, list[tuple[Any, Observation]]] = defaultdict(list)
    for row, item in rows:
        pairs[item.attribute].append((row, item))
    for pair in pairs.values():
        spans = log.beliefs([item for _, item in pair])
        for row, item in pair:
            until, away = _expected(row["known_from"], spans[item.id])
            if row["known_to"] != until:
                found.add("belief", "observation", row["seq"])
            if gaps.get(row["seq"], set()) != away:
                found.add("belief", "unbelieved", row["seq"])


def _expected(
    known_from: date, spans: Sequence[tuple[date, date | None]]
) -> tuple[date | None, set[tuple[date, date]]]:
    """The day from which a record is no longer believed, and the days before it on which it was not."""
    if not spans:
        return known_from, set()
    starts = [known_from, *(end for _, end in spans if end is not None)]
    away = {
        (free_from, start)
        for free_from, (start, _) in zip(starts, spans, strict=False)
        if free_from < start
    }
    return spans[-1][1], away


def _choices(connection: Connection) -> dict[str, list[Choice]]:
    kept: dict[str, list[Choice]] = defaultdict(list)
    for row in connection.execute(select(schema.choice).order_by(schema.choice.c.seq)):
        kept[row.subject].append(Choice(row.subject, row.attribute, row.observation, row.chosen_at))
    return kept


def _standing_now(connection: Connection) -> dict[tuple[str, str], tuple[str, date | None]]:
    """What the table of the current state says: the record, if any, and until when."""
    now, said = schema.current, schema.observation
    rows = connection.execute(
        select(now.c.subject, now.c.attribute, said.c.id, now.c.until).outerjoin_from(
            now, said, now.c.seq == said.c.seq
        )
    )
    return {(subject, attribute): (identifier or "", until) for subject, attribute, identifier, until in rows}


def _check_state(
    subject: str, items: Sequence[Observation], attributes: Mapping[str, Attribute],
    choices: Sequence[Choice], standing: dict[tuple[str, str], tuple[str, date | None]], as_of: date,
    found: _Found,
) -> None:
    """Compare with a full search, and strike out what was compared."""
    evidence = stand(known(items, date.max), attributes, as_of, date.max, choices)
    for attribute in {item.attribute for item in items}:
        chosen = evidence.get(subject, attribute).chosen
        kept, until = standing.pop((subject, attribute), ("", None))
        # From the day `until` on, the store does not use the row but searches.
        is_used = until is None or until > as_of
        if is_used and kept != (chosen.id if chosen else ""):
            found.add("state", "current_state", f"{subject} {attribute}")
