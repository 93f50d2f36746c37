"""What does not hold together is found, on either kind of database; what does hold is left in peace."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert, text

from lib.store import log, schema
from lib.store.database import Database
from lib.store.migrate import migrate
from lib.store.verify import Problem, verify
from tests.store.histories import CLUSTER, OTHER, add, bring_in_shipped, said, shipped, write_history


@pytest.fixture
def filled(database: Database) -> Database:
    bring_in_shipped(database)
    write_history(database)
    return database


def found(database: Database) -> list[Problem]:
    return list(verify(database, shipped().attributes))


def kinds(database: Database) -> set[tuple[str, str]]:
    return {(problem.kind, problem.table) for problem in found(database)}


def change(database: Database, *statements: str) -> None:
    """What somebody with the database in hand may do to it, the guards switched off."""
    with database.write() as connection:
        for statement in statements:
            connection.execute(text(statement))


def unguard(database: Database, table: str, event: str = "update") -> str:
    return f"DROP TRIGGER {table}_no_{event}" + ("" if database.is_sqlite else f" ON {table}")


def test_a_database_with_a_history_is_sound(filled: Database) -> None:
    assert found(filled) == []


def test_an_empty_one_is_sound(database: Database) -> None:
    migrate(database)
    assert found(database) == []


def test_a_database_without_a_schema_is_not(database: Database) -> None:
    assert [problem.kind for problem in found(database)] == ["schema"]


def test_a_missing_table_is_named(filled: Database) -> None:
    change(filled, "DROP TABLE draft")
    assert kinds(filled) == {("no_table", "draft")}


@pytest.mark.parametrize("table", schema.APPEND_ONLY)
def test_a_missing_guard_is_named(filled: Database, table: str) -> None:
    change(filled, unguard(filled, table, "delete"))
    assert found(filled) == [Problem("no_guard", table, 1, (f"{table}_no_delete",))]


def test_a_guard_that_is_switched_off_is_missing(filled: Database) -> None:
    if filled.is_sqlite:
        pytest.skip("SQLite cannot switch a trigger off")
    change(filled, "ALTER TABLE audit DISABLE TRIGGER audit_no_update")
    assert kinds(filled) == {("no_guard", "audit")}


def test_a_wrong_day_of_belief_is_found(filled: Database) -> None:
    change(filled, "UPDATE observation SET known_to = '2026-12-25' WHERE id = 'P-2'")
    assert ("belief", "observation") in kinds(filled)


def test_a_lost_gap_in_belief_is_found(filled: Database) -> None:
    change(filled, "DELETE FROM unbelieved")
    assert kinds(filled) == {("belief", "unbelieved")}


def test_a_wrong_order_of_preference_is_found(filled: Database) -> None:
    change(filled, "UPDATE observation SET order_key = '0' WHERE id = 'P-3'")
    assert ("index", "observation") in kinds(filled)


@pytest.mark.parametrize(
    "statement",
    [
        f"DELETE FROM current_state WHERE subject = '{CLUSTER}'",
        f"UPDATE current_state SET seq = NULL WHERE subject = '{CLUSTER}'",
        "INSERT INTO current_state (subject, attribute, seq, until) VALUES ('X', 'y', NULL, NULL)",
    ],
)
def test_a_current_state_that_a_search_does_not_give_is_found(filled: Database, statement: str) -> None:
    change(filled, statement)
    assert kinds(filled) == {("state", "current_state")}


def test_a_current_state_that_names_another_subject_s_record_is_found(filled: Database) -> None:
    change(
        filled,
        f"UPDATE current_state SET seq = (SELECT seq FROM observation WHERE id = 'P-3') "
        f"WHERE subject = '{CLUSTER}' AND attribute = 'leased_area_ha'",
    )
    assert ("no_target", "current_state.seq") in kinds(filled)


def test_a_record_may_only_be_withdrawn_by_one_of_its_own_subject(filled: Database) -> None:
    add(filled, 8, said("P-9", subject=OTHER, supersedes="P-2", reason="x"))
    assert ("no_target", "observation.supersedes") in kinds(filled)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"retracts": "nobody", "value": "", "reason": "x"}, "observation.retracts"),
        ({"source": "nobody"}, "observation.source"),
        ({"subject": "HT-CCN-999"}, "observation.subject"),
    ],
)
def test_what_names_something_that_is_not_there_is_found(
    filled: Database, changes: dict[str, str], place: str
) -> None:
    add(filled, 8, said("P-9", **changes))
    assert ("no_target", place) in kinds(filled)


def test_rows_without_their_batch_question_or_record_are_found(filled: Database) -> None:
    with filled.write() as connection:
        connection.execute(
            insert(schema.choice).values(
                subject=OTHER, attribute="leased_area_ha", observation="P-2", reason="", author="x",
                chosen_at=said("x").recorded_at, batch="B-999999",
            )
        )
        connection.execute(
            insert(schema.answer).values(
                question=99, verdict="kept", note="", answered_at=said("x").recorded_at, author="x"
            )
        )
    assert kinds(filled) >= {
        ("no_target", "choice.observation"), ("no_target", "choice.batch"), ("no_target", "answer.question"),
    }


def test_an_attribute_that_is_not_in_the_catalogue_is_found(filled: Database) -> None:
    change(filled, unguard(filled, "observation"), "UPDATE observation SET attribute = 'x' WHERE id = 'P-3'")
    assert ("unknown_attribute", "observation") in kinds(filled)


def test_examples_are_few_however_many_rows_are_wrong(filled: Database) -> None:
    change(filled, "UPDATE observation SET known_to = '2026-12-25' WHERE known_to IS NULL")
    one = next(problem for problem in found(filled) if problem.kind == "belief")
    assert one.count > 400 and len(one.examples) == 5


def test_a_damaged_file_is_found(filled: Database) -> None:
    if filled.file is None:
        pytest.skip("PostgreSQL checks its own pages")
    with filled.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    filled.close()
    with filled.file.open("r+b") as file:
        file.seek(20 * 4096)
        file.write(b"\xff" * 8 * 4096)
    assert [problem.kind for problem in found(filled)] == ["integrity"]


def test_reckoning_the_indexes_anew_makes_them_right_again(filled: Database) -> None:
    change(filled, "DELETE FROM current_state", "DELETE FROM unbelieved")
    assert found(filled) != []
    with filled.write() as connection:
        log.reindex(connection)
    assert found(filled) == []


def test_tomorrow_the_state_of_today_still_holds(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    # A record entered for 2030 becomes certainly true then, without anybody writing.
    monkeypatch.setenv("CCN_TODAY", date(2030, 1, 1).isoformat())
    assert found(filled) == []
