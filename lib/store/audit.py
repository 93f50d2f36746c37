"""The trail of changes: who changed what, from which value to which, when and why. Rows are only added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, insert, select

from lib.domain import clock
from lib.store import schema
from lib.store.database import Database


@dataclass(frozen=True, slots=True)
class AuditRow:
    """
    One change. `number` grows with time; `author` is an account's name; `action` a key as `append`.

    `old` and `new` are values in plain signs; what does not apply is empty.
    """

    number: int
    at: datetime
    author: str
    action: str
    subject: str = ""
    attribute: str = ""
    old: str = ""
    new: str = ""
    reason: str = ""
    batch: str = ""
    door: str = ""


def note(
    connection: Connection,
    author: str,
    action: str,
    *,
    subject: str = "",
    attribute: str = "",
    old: str = "",
    new: str = "",
    reason: str = "",
    batch: str = "",
    door: str = "",
) -> None:
    """Adds one row in the transaction of the change itself, so that neither stands without the other."""
    connection.execute(
        insert(schema.audit).values(
            at=clock.now(),
            author=author,
            action=action,
            subject=subject,
            attribute=attribute,
            old=old,
            new=new,
            reason=reason,
            batch=batch,
            door=door,
        )
    )


def entries(
    database: Database,
    *,
    limit: int = 200,
    before: int | None = None,
    author: str = "",
    subject: str = "",
    action: str = "",
    first_day: date | None = None,
    last_day: date | None = None,
) -> tuple[AuditRow, ...]:
    """
    The newest `limit` changes that match, the newest first.

    `before` is the number of the last row already seen, to go on to older ones; the days are inclusive.
    """
    table = schema.audit
    query = select(table).order_by(table.c.seq.desc()).limit(limit)
    wanted = ((table.c.author, author), (table.c.subject, subject), (table.c.action, action))
    for column, value in wanted:
        if value:
            query = query.where(column == value)
    if before is not None:
        query = query.where(table.c.seq < before)
    if first_day is not None:
        query = query.where(table.c.at >= datetime.combine(first_day, time.min))
    if last_day is not None:
        query = query.where(table.c.at < datetime.combine(last_day + timedelta(days=1), time.min))
    with database.read() as connection:
        return tuple(AuditRow(*row) for row in connection.execute(query))


def authors(database: Database) -> tuple[str, ...]:
    """Names of all who have changed something, sorted."""
    with database.read() as connection:
        return tuple(sorted(connection.execute(select(schema.audit.c.author).distinct()).scalars()))


def actions(database: Database) -> tuple[str, ...]:
    """Keys of all actions that occur, sorted."""
    with database.read() as connection:
        return tuple(sorted(connection.execute(select(schema.audit.c.action).distinct()).scalars()))
