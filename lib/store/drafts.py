"""
What a person has typed and not saved yet: one draft for each account and form.

A draft is nobody else's business: every question names the account, and drafts are in no trail.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from lib.domain import clock
from lib.domain.errors import Refusal
from lib.store import schema
from lib.store.database import Database

LONGEST_DRAFT = 100_000
"""Characters of one draft as it is kept."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed in one form, and when it was kept last."""

    form: str
    content: Mapping[str, Any]
    saved_at: datetime


def save(database: Database, account_name: str, form: str, content: Mapping[str, Any]) -> None:
    """
    Keeps what was typed in place of what this account typed in this form before.

    Raises
    ------
    Refusal
        If it is too long.
    Unavailable
        If the database cannot be written.
    """
    text = json.dumps(content, ensure_ascii=False)
    if len(text) > LONGEST_DRAFT:
        raise Refusal("entry.draft_too_long", most=LONGEST_DRAFT)
    kept = schema.draft
    with database.write() as connection:
        connection.execute(delete(kept).where(kept.c.account == account_name, kept.c.form == form))
        connection.execute(
            insert(kept).values(account=account_name, form=form, content=text, saved_at=clock.now())
        )


def load(database: Database, account_name: str, form: str) -> Draft | None:
    """This account's draft of a form; None if there is none, or it cannot be read any more."""
    found = [one for one in load_all(database, account_name) if one.form == form]
    return found[0] if found else None


def load_all(database: Database, account_name: str) -> tuple[Draft, ...]:
    """All drafts of this account, the newest first."""
    kept = schema.draft
    with database.read() as connection:
        rows = connection.execute(
            select(kept).where(kept.c.account == account_name).order_by(kept.c.saved_at.desc(), kept.c.form)
        ).all()
    read = ((row, _content(row.content)) for row in rows)
    return tuple(Draft(row.form, content, row.saved_at) for row, content in read if content is not None)


def _content(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def drop(database: Database, account_name: str, form: str) -> None:
    """
    Forgets a draft, if there is one.

    Raises
    ------
    Unavailable
        If the database cannot be written.
    """
    kept = schema.draft
    with database.write() as connection:
        connection.execute(delete(kept).where(kept.c.account == account_name, kept.c.form == form))
