"""The trail: newest first, found by person, subject, action and day, page by page, and never changed."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from lib.store import audit, schema
from lib.store.database import Database
from lib.store.migrate import migrate


@pytest.fixture
def kept(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Three changes by two people on two days."""
    migrate(database)
    changes = (
        ("2026-11-24", "lan", "append", "HT-CCN-001", "24"),
        ("2026-11-25", "an", "question.ask", "HT-CCN-001", ""),
        ("2026-11-25", "lan", "correct", "HT-CCN-002", "[24, 25)"),
    )
    for day, author, action, subject, new in changes:
        monkeypatch.setenv("CCN_TODAY", day)
        with database.write() as connection:
            audit.note(
                connection, author, action, subject=subject, attribute="leased_area_ha", old="20", new=new,
                reason="biên bản", batch="B-000002", door="page",
            )
    return database


def actions(rows: tuple[audit.AuditRow, ...]) -> list[str]:
    return [row.action for row in rows]


def test_all_of_a_change_is_kept_the_newest_first(kept: Database) -> None:
    rows = audit.entries(kept)
    assert actions(rows) == ["correct", "question.ask", "append"]
    newest = rows[0]
    assert newest.at.date() == date(2026, 11, 25)
    assert (newest.author, newest.subject, newest.attribute) == ("lan", "HT-CCN-002", "leased_area_ha")
    assert (newest.old, newest.new) == ("20", "[24, 25)")
    assert (newest.reason, newest.batch, newest.door) == ("biên bản", "B-000002", "page")


def test_it_is_found_by_person_subject_action_and_day(kept: Database) -> None:
    assert actions(audit.entries(kept, author="lan")) == ["correct", "append"]
    assert actions(audit.entries(kept, subject="HT-CCN-001")) == ["question.ask", "append"]
    assert actions(audit.entries(kept, action="correct")) == ["correct"]
    assert actions(audit.entries(kept, author="an", action="correct")) == []
    assert actions(audit.entries(kept, last_day=date(2026, 11, 24))) == ["append"]
    assert actions(audit.entries(kept, first_day=date(2026, 11, 25))) == ["correct", "question.ask"]
    assert audit.authors(kept) == ("an", "lan")
    assert audit.actions(kept) == ("append", "correct", "question.ask")


def test_pages_follow_one_another_without_gap_or_double(kept: Database) -> None:
    seen, before = [], None
    while rows := audit.entries(kept, limit=2, before=before):
        seen += actions(rows)
        before = rows[-1].number
    assert seen == actions(audit.entries(kept))


def test_nothing_stays_of_a_transaction_that_fails(kept: Database) -> None:
    with pytest.raises(RuntimeError), kept.write() as connection:
        audit.note(connection, "lan", "undo")
        raise RuntimeError
    assert "undo" not in audit.actions(kept)


@pytest.mark.parametrize("statement", [delete(schema.audit), update(schema.audit).values(author="nobody")])
def test_the_database_itself_refuses_to_change_the_trail(kept: Database, statement: object) -> None:
    before = audit.entries(kept)
    with pytest.raises(DBAPIError), kept.write() as connection:
        connection.execute(statement)  # type: ignore[call-overload]
    assert audit.entries(kept) == before
