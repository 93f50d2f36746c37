"""Health tells the states of a database apart, never fails, and is well again when the trouble is over."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event

from lib.store import health
from lib.store.database import Database, open_database, sqlite_url
from lib.store.health import State, check
from lib.store.migrate import migrate
from lib.store.portable import digests
from tests.store.databases import PostgresMaker


@pytest.fixture
def ready(database: Database) -> Iterator[Database]:
    migrate(database)
    yield database


def test_a_database_that_works_is_well_and_keeps_nothing_of_the_check(ready: Database) -> None:
    before = digests(ready)
    found = check(ready)
    assert found.state is State.OK and found.is_readable and 0 <= found.seconds < health.SLOW_S
    assert digests(ready) == before


def test_a_writer_that_holds_the_database_long_makes_it_slow(ready: Database) -> None:
    if not ready.is_sqlite:
        pytest.skip("on PostgreSQL a writer keeps nobody waiting who writes another row")
    with ready.write():
        assert check(ready).state is State.SLOW
    assert check(ready).state is State.OK


def test_a_database_that_says_nothing_is_slow_and_asked_only_once(
    ready: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PATIENCE_S", 0.1)
    silence = threading.Event()
    asked = []

    def hang(*_: object) -> None:
        asked.append(1)
        silence.wait(20)

    event.listen(ready.engine, "before_cursor_execute", hang)
    try:
        for _ in range(3):
            found = check(ready)
            assert found.state is State.SLOW and found.seconds >= 0.1
        assert len(asked) == 1
    finally:
        event.remove(ready.engine, "before_cursor_execute", hang)
        silence.set()
    monkeypatch.undo()
    check(ready)
    assert check(ready).state is State.OK


def test_a_full_sqlite_file_is_full_until_there_is_room(tmp_path: Path) -> None:
    with closing(open_database(sqlite_url(tmp_path / "a.sqlite"))) as database:
        migrate(database)
        limit = [True]

        @event.listens_for(database.engine, "checkout")
        def confine(connection: object, *_: object) -> None:
            pages = 1 if limit[0] else 1_000_000
            connection.execute(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]

        database.close()
        found = check(database)
        assert found.state is State.FULL and found.is_readable
        limit[0] = False
        assert check(database).state is State.OK


@pytest.mark.parametrize(
    ("number", "state"),
    [(errno.ENOSPC, State.FULL), (errno.EROFS, State.READ_ONLY), (errno.EACCES, State.READ_ONLY)],
)
def test_a_disk_that_takes_nothing_more_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, state: State
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    with closing(open_database(sqlite_url(tmp_path / "a.sqlite"))) as database:
        migrate(database)
        monkeypatch.setattr(health.tempfile, "TemporaryFile", refuse)
        assert check(database).state is state
        monkeypatch.undo()
        assert check(database).state is State.OK


def test_a_sqlite_file_that_was_taken_away_is_gone_until_it_is_back(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite"
    with closing(open_database(sqlite_url(file))) as database:
        migrate(database)
        assert check(database).state is State.OK
        database.close()
        file.rename(tmp_path / "away.sqlite")
        found = check(database)
        assert found.state is State.GONE and not found.is_readable
        assert not file.exists()
        (tmp_path / "away.sqlite").rename(file)
        assert check(database).state is State.OK


def test_a_server_that_cannot_be_reached_is_gone(postgres_maker: PostgresMaker) -> None:
    name = postgres_maker.new()
    with closing(open_database(postgres_maker.url(name))) as database:
        migrate(database)
        assert check(database).state is State.OK
        postgres_maker.drop(name)
        assert check(database).state is State.GONE
        again = postgres_maker.new()
        postgres_maker._run("ALTER DATABASE {} RENAME TO {}", again, name)
        migrate(database)
        assert check(database).state is State.OK
        database.close()
        postgres_maker._run("ALTER DATABASE {} RENAME TO {}", name, again)


def test_a_server_that_may_not_be_written_is_read_only(postgres_maker: PostgresMaker) -> None:
    name = postgres_maker.new()
    with closing(open_database(postgres_maker.url(name))) as database:
        migrate(database)
        postgres_maker._run("ALTER DATABASE {} SET default_transaction_read_only = on", name)
        database.close()
        assert check(database).state is State.READ_ONLY
        postgres_maker._run("ALTER DATABASE {} RESET default_transaction_read_only", name)
        assert check(database).state is State.OK
    postgres_maker.drop(name)


def test_an_address_where_nobody_answers_is_gone() -> None:
    with closing(open_database("postgresql://nobody@127.0.0.1:1/none")) as database:
        assert check(database).state is State.GONE
