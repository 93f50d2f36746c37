"""
The append-only log: rows added within a writer's transaction, and the two indexes that follow from them.

`known_to` and `unbelieved` say when a record was believed; `current_state` names the record that stands now.
Both are kept here and nowhere else, and can be reckoned anew from the records at any time (`reindex`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, and_, case, delete, func, insert, or_, select, update
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import Select

from lib.domain.clock import today
from lib.domain.observation import Attribute, Observation
from lib.store import schema
from lib.store.records import observation_columns, observation_of
from lib.store.select import known

CHUNK = 20_000
"""Rows that go to the database at once: memory stays bounded whatever the size of a file."""

Pair = tuple[str, str]
"""A subject and an attribute."""

_TABLE = schema.observation
_COLUMNS = [column.name for column in _TABLE.columns if column.name != "seq"]


def add_observations(
    connection: Connection, items: Iterable[Observation], attributes: Mapping[str, Attribute]
) -> int:
    """Append records, however many, and return their number. `index_batch` has to follow."""
    count = 0
    for chunk in chunks(observation_columns(item, attributes[item.attribute]) for item in items):
        insert_rows(connection, chunk)
        count += len(chunk)
    return count


def chunks(rows: Iterable[dict[str, Any]], size: int = CHUNK) -> Iterator[list[dict[str, Any]]]:
    """Rows in lists of at most `size`."""
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def insert_rows(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """The fast way of each database: COPY on PostgreSQL, prepared rows on SQLite."""
    names = ", ".join(_COLUMNS)
    raw = connection.connection.driver_connection
    assert raw is not None
    if connection.dialect.name == "postgresql":
        with raw.cursor() as cursor, cursor.copy(f"COPY observation ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([row[name] for name in _COLUMNS])
        return
    marks = ", ".join("?" * len(_COLUMNS))
    raw.executemany(
        f"INSERT INTO observation ({names}) VALUES ({marks})",
        ([_sqlite_text(name, row[name]) for name in _COLUMNS] for row in rows),
    )


def _sqlite_text(name: str, value: Any) -> Any:
    """Days and moments as SQLAlchemy writes them into a SQLite file."""
    if value is None or isinstance(value, (str, float, bool)):
        return value
    return f"{value:%Y-%m-%d %H:%M:%S.%f}" if name == "recorded_at" else value.isoformat()


def index_batch(connection: Connection, batch: str) -> None:
    """Bring both indexes up to date after records of `batch` were added."""
    withdrawing = select(_TABLE.c.subject, _TABLE.c.attribute).where(
        _TABLE.c.batch == batch, or_(_TABLE.c.supersedes != "", _TABLE.c.retracts != "")
    )
    for subject, attribute in connection.execute(withdrawing.distinct()).all():
        _index_belief(connection, subject, attribute)
    touched = select(_TABLE.c.subject, _TABLE.c.attribute).where(_TABLE.c.batch == batch).distinct()
    _index_current(connection, touched)
    _remember_days(connection)


def index_pairs(connection: Connection, pairs: Iterable[Pair]) -> None:
    """Bring the current state of some subjects and attributes up to date, after a choice."""
    for subject, attribute in pairs:
        one = select(_TABLE.c.subject, _TABLE.c.attribute).where(
            _TABLE.c.subject == subject, _TABLE.c.attribute == attribute
        )
        _index_current(connection, one.distinct())
    _remember_days(connection)


def reindex(connection: Connection) -> None:
    """Both indexes reckoned anew from all records."""
    withdrawing = select(_TABLE.c.subject, _TABLE.c.attribute).where(
        or_(_TABLE.c.supersedes != "", _TABLE.c.retracts != "")
    )
    connection.execute(delete(schema.unbelieved))
    for subject, attribute in connection.execute(withdrawing.distinct()).all():
        _index_belief(connection, subject, attribute)
    connection.execute(delete(schema.current))
    _index_current(connection, select(_TABLE.c.subject, _TABLE.c.attribute).distinct())
    _remember_days(connection)


def beliefs(items: Sequence[Observation]) -> dict[str, list[tuple[date, date | None]]]:
    """
    On which days (half-open; None: to this day) each record of one subject and attribute was believed.

    It replays the days on which something was recorded with `known`, the one definition of belief.
    """
    days = sorted({item.recorded_at.date() for item in items})
    spans: dict[str, list[tuple[date, date | None]]] = {item.id: [] for item in items}
    for day in days:
        believed = {item.id for item in known(items, day)}
        for identifier, found in spans.items():
            is_open = bool(found) and found[-1][1] is None
            if identifier in believed and not is_open:
                found.append((day, None))
            elif identifier not in believed and is_open:
                found[-1] = (found[-1][0], day)
    return spans


def _index_belief(connection: Connection, subject: str, attribute: str) -> None:
    where = and_(_TABLE.c.subject == subject, _TABLE.c.attribute == attribute)
    rows = connection.execute(select(_TABLE).where(where).order_by(_TABLE.c.seq)).mappings().all()
    spans = beliefs([observation_of(row) for row in rows])
    connection.execute(
        delete(schema.unbelieved).where(schema.unbelieved.c.seq.in_([row["seq"] for row in rows]))
    )
    for row in rows:
        found = spans[row["id"]]
        until = found[-1][1] if found else row["known_from"]
        if until != row["known_to"]:
            connection.execute(update(_TABLE).where(_TABLE.c.seq == row["seq"]).values(known_to=until))
        gaps = _gaps(row["known_from"], found)
        if gaps:
            connection.execute(
                insert(schema.unbelieved),
                [{"seq": row["seq"], "from_day": start, "to_day": end} for start, end in gaps],
            )


def _gaps(known_from: date, spans: Sequence[tuple[date, date | None]]) -> list[tuple[date, date]]:
    """The days between a record's first day and its last belief on which it was not believed."""
    gaps = []
    free_from: date | None = known_from
    for start, end in spans:
        if free_from is not None and free_from < start:
            gaps.append((free_from, start))
        free_from = end
    return gaps


def believed(known_on: date) -> ColumnElement[bool]:
    """Whether a record was believed at the end of a day."""
    gap = schema.unbelieved
    return and_(
        _TABLE.c.known_from <= known_on,
        or_(_TABLE.c.known_to.is_(None), _TABLE.c.known_to > known_on),
        ~select(gap.c.seq)
        .where(gap.c.seq == _TABLE.c.seq, gap.c.from_day <= known_on, gap.c.to_day > known_on)
        .exists(),
    )


def preferred(as_of: date, where: ColumnElement[bool]) -> Select[Any]:
    """
    For each subject and attribute: the smallest order key among what was certainly true by `as_of`.

    `turn` is the first later day on which a record becomes certainly true.
    """
    usable = _TABLE.c.valid_latest <= as_of
    return (
        select(
            _TABLE.c.subject,
            _TABLE.c.attribute,
            func.min(case((usable, _TABLE.c.order_key))).label("order_key"),
            func.min(case((~usable, _TABLE.c.valid_latest))).label("turn"),
        )
        .where(where)
        .group_by(_TABLE.c.subject, _TABLE.c.attribute)
    )


def _index_current(connection: Connection, pairs: Select[Any]) -> None:
    """Replace the current state of the pairs that a statement finds."""
    now = schema.current
    found = pairs.subquery()
    connection.execute(
        delete(now).where(
            select(found.c.subject)
            .where(found.c.subject == now.c.subject, found.c.attribute == now.c.attribute)
            .exists()
        )
    )
    live = and_(
        _TABLE.c.known_to.is_(None),
        select(found.c.subject)
        .where(found.c.subject == _TABLE.c.subject, found.c.attribute == _TABLE.c.attribute)
        .exists(),
    )
    best = preferred(today(), live).subquery()
    rows = select(best.c.subject, best.c.attribute, _TABLE.c.seq, best.c.turn).select_from(
        best.outerjoin(
            _TABLE,
            and_(
                _TABLE.c.subject == best.c.subject,
                _TABLE.c.attribute == best.c.attribute,
                _TABLE.c.order_key == best.c.order_key,
            ),
        )
    )
    connection.execute(insert(now).from_select(["subject", "attribute", "seq", "until"], rows))
    _apply_choices(connection, found)


def standing_choices(known_on: date | None = None) -> Select[Any]:
    """The last choice of each subject and attribute (by the end of a day), taken back or not."""
    kept = schema.choice
    newest = select(func.max(kept.c.seq)).group_by(kept.c.subject, kept.c.attribute)
    if known_on is not None:
        newest = newest.where(kept.c.chosen_at <= datetime.combine(known_on, time.max))
    return select(kept).where(kept.c.seq.in_(newest))


def _apply_choices(connection: Connection, pairs: Any) -> None:
    """A choice goes before the order, as long as its record is believed and certainly true."""
    kept = standing_choices().subquery()
    chosen = connection.execute(
        select(_TABLE.c.subject, _TABLE.c.attribute, _TABLE.c.seq)
        .join(kept, _TABLE.c.id == kept.c.observation)
        .join(pairs, and_(_TABLE.c.subject == pairs.c.subject, _TABLE.c.attribute == pairs.c.attribute))
        .where(_TABLE.c.known_to.is_(None), _TABLE.c.valid_latest <= today())
    ).all()
    now = schema.current
    for subject, attribute, seq in chosen:
        connection.execute(
            update(now).where(now.c.subject == subject, now.c.attribute == attribute).values(seq=seq)
        )


def _remember_days(connection: Connection) -> None:
    """From which day on the current state holds, and by which day all of it is known."""
    newest = connection.execute(select(func.max(_TABLE.c.known_from))).scalar_one()
    if newest is None:
        return
    kept = get_meta(connection)
    day = max(today().isoformat(), kept.get("current_day", ""))
    set_meta(connection, current_day=day, known_by=max(newest.isoformat(), kept.get("known_by", "")))


def get_meta(connection: Connection) -> dict[str, str]:
    """What the database says of itself."""
    return {row.key: row.value for row in connection.execute(select(schema.meta))}


def set_meta(connection: Connection, **values: str) -> None:
    connection.execute(delete(schema.meta).where(schema.meta.c.key.in_(list(values))))
    connection.execute(insert(schema.meta), [{"key": key, "value": value} for key, value in values.items()])


def add_batch(
    connection: Connection, *, kind: str, title: str, author: str, door: str, recorded_at: Any,
    undoes: str = "", reason: str = "",
) -> str:
    """Open a batch: `B-` and a number that grows. Writers are alone, so that none is taken twice."""
    last = connection.execute(select(func.max(schema.batch.c.seq))).scalar_one() or 0
    identifier = f"B-{last + 1:06d}"
    connection.execute(
        insert(schema.batch).values(
            seq=last + 1, id=identifier, kind=kind, title=title, author=author, door=door,
            recorded_at=recorded_at, undoes=undoes, reason=reason,
        )
    )
    return identifier
