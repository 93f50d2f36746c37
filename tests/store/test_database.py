"""The door to the database: how it writes, that reading cannot, what a failure says and that it heals."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import event, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from lib.domain.errors import Unavailable
from lib.store import database as door
from lib.store import schema
from lib.store.database import Database, default_url, open_database, sqlite_url
from lib.store.migrate import migrate
from tests.store.databases import PostgresMaker
from tools.postgres import SAFE, Cluster, find_postgres, running_cluster

ROOM = 24 * 1024 * 1024
"""Bytes of the small file system that is filled up."""


def add(database: Database, key: str, value: str = "x") -> None:
    with database.write() as connection:
        connection.execute(insert(schema.meta).values(key=key, value=value))


def keys(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(select(schema.meta.c.key).order_by(schema.meta.c.key)).scalars())


def problem(action: Callable[[], object]) -> str:
    """What is the matter when an action fails."""
    with pytest.raises(Unavailable) as caught:
        action()
    return caught.value.problem


@pytest.fixture
def ready(database: Database) -> Database:
    """A database with the tables."""
    migrate(database)
    return database


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    database = open_database(sqlite_url(tmp_path / "a.sqlite"))
    migrate(database)
    yield database
    database.close()


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[Cluster]:
    """A server that these tests may stop, with nothing relaxed."""
    binaries = find_postgres()
    if binaries is None:
        pytest.skip("NOT TESTED: stopping a PostgreSQL server; no PostgreSQL with PostGIS on this machine")
    with running_cluster(binaries, SAFE) as cluster:
        yield cluster


# How it reads and writes


def test_sqlite_writes_ahead_and_flushes_every_commit(sqlite: Database) -> None:
    for transaction in (sqlite.read, sqlite.write):
        with transaction() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


def test_sqlite_takes_the_lock_before_it_reads(sqlite: Database) -> None:
    said: list[str] = []
    event.listen(sqlite.engine, "before_cursor_execute", lambda _c, _k, statement, *_: said.append(statement))
    with sqlite.write() as connection:
        connection.execute(select(schema.meta)).all()
        other = open_database(sqlite_url(sqlite.file or Path()))
        with other.engine.connect() as second:
            second.exec_driver_sql("PRAGMA busy_timeout=0")
            with pytest.raises(DBAPIError, match="locked"):
                second.exec_driver_sql("BEGIN IMMEDIATE")
        other.close()
    assert said[0] == "BEGIN IMMEDIATE"


def test_postgres_flushes_every_commit(own_cluster: Cluster) -> None:
    database = open_database(own_cluster.url())
    with database.write() as connection:
        for setting in SAFE:
            assert connection.exec_driver_sql(f"SHOW {setting}").scalar_one() == "on"
    database.close()


def test_writers_are_alone(ready: Database) -> None:
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait(5)
        with ready.write():
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with ready.write() as connection:
        connection.execute(select(schema.meta)).all()
        inside.set()
        thread.join(0.3)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_a_reader_sees_one_state_and_does_not_wait_for_writers(ready: Database) -> None:
    add(ready, "a")
    with ready.read() as connection:
        count = select(func.count()).select_from(schema.meta)
        before = connection.execute(count).scalar_one()
        add(ready, "b")
        assert connection.execute(count).scalar_one() == before
    assert keys(ready)[-2:] == ["a", "b"]


def test_reading_cannot_write(ready: Database) -> None:
    def write_while_reading() -> None:
        with ready.read() as connection:
            connection.execute(insert(schema.meta).values(key="a", value="x"))
            connection.commit()

    assert problem(write_while_reading) == "store.read_only"
    assert "a" not in keys(ready)
    add(ready, "b")
    assert "b" in keys(ready)


def test_a_transaction_that_fails_leaves_nothing(ready: Database) -> None:
    add(ready, "a")
    with pytest.raises(IntegrityError), ready.write() as connection:
        connection.execute(insert(schema.meta).values(key="b", value="x"))
        connection.execute(insert(schema.meta).values(key="a", value="again"))
    with pytest.raises(RuntimeError), ready.write() as connection:
        connection.execute(insert(schema.meta).values(key="c", value="x"))
        raise RuntimeError
    assert keys(ready)[-1] == "a"
    add(ready, "b")
    assert keys(ready)[-1] == "b"


@pytest.mark.parametrize("table", schema.APPEND_ONLY)
def test_nothing_written_can_be_changed_or_deleted(ready: Database, table: str) -> None:
    kept = schema.metadata.tables[table]
    row = {
        column.name: {"BOOLEAN": False, "DATE": None, "DOUBLE": 1.0}.get(str(column.type).split("_")[0], "x")
        for column in kept.columns if not column.nullable and column.name != "seq"
    }
    moment, day = "2026-11-24 00:00:00", "2026-11-24"
    row |= {
        column.name: {"DATETIME": moment, "DATE": day, "BIGINT": 1}[str(column.type)]
        for column in kept.columns
        if column.name in row and str(column.type) in ("DATETIME", "DATE", "BIGINT")
    }
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    with ready.write() as connection:
        connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), row)
    column = next(name for name, value in row.items() if value == "x")
    for statement in (f"UPDATE {table} SET {column} = 'y'", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError, match="append-only"), ready.write() as connection:
            connection.execute(text(statement))
    with ready.read() as connection:
        assert connection.execute(text(f"SELECT {column} FROM {table}")).scalars().all() == ["x"]


# Addresses


@pytest.mark.parametrize("address", ["", "nonsense", "mysql://a@b/c", "postgresql", "sqlite+unknown"])
def test_what_is_no_address_is_told(address: str) -> None:
    assert problem(lambda: open_database(address)) == "store.bad_address"


def test_the_address_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(door.URL_VARIABLE, raising=False)
    assert open_database(default_url(tmp_path)).file == tmp_path / "ccn.sqlite"
    monkeypatch.setenv(door.URL_VARIABLE, "postgresql://somebody:secret@127.0.0.1/ccn")
    database = open_database(default_url(tmp_path))
    assert not database.is_sqlite and database.file is None
    assert "secret" not in database.shown and "somebody" in database.shown


# Failures: told apart, nothing lost, healed without a restart


def test_a_writer_who_waits_too_long_is_told_busy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(door, "WAIT_S", 0.2)
    database = open_database(sqlite_url(tmp_path / "a.sqlite"))
    migrate(database)
    with database.write() as connection:
        connection.execute(insert(schema.meta).values(key="first", value="x"))
        assert problem(lambda: add(database, "second")) == "store.busy"
    add(database, "third")
    assert keys(database)[-2:] == ["first", "third"]
    database.close()


def test_a_writer_on_postgres_who_waits_too_long_is_told_busy(
    monkeypatch: pytest.MonkeyPatch, postgres_maker: PostgresMaker
) -> None:
    name = postgres_maker.new()
    database = open_database(postgres_maker.url(name))
    migrate(database)
    monkeypatch.setattr(door, "WAIT_S", 1)
    with database.write() as connection:
        connection.execute(insert(schema.meta).values(key="first", value="x"))
        assert problem(lambda: add(database, "second")) == "store.busy"
    add(database, "third")
    assert {"first", "third"} <= set(keys(database)) and "second" not in keys(database)
    database.close()
    postgres_maker.drop(name)


def test_a_stopped_server_is_gone_and_back_without_a_restart(own_cluster: Cluster) -> None:
    database = open_database(own_cluster.url())
    migrate(database)
    add(database, "before")
    own_cluster.stop()
    assert problem(lambda: keys(database)) == "store.gone"
    assert problem(lambda: add(database, "lost")) == "store.gone"
    own_cluster.start()
    add(database, "after")
    assert [key for key in keys(database) if key in ("before", "lost", "after")] == ["after", "before"]
    with pytest.raises(Unavailable) as caught, database.write() as connection:
        connection.execute(insert(schema.meta).values(key="half", value="x"))
        own_cluster.stop("immediate")
        connection.execute(insert(schema.meta).values(key="other half", value="x"))
    assert caught.value.problem == "store.gone"
    own_cluster.start()
    assert "half" not in keys(database) and "before" in keys(database)
    database.close()


def test_a_moved_file_is_gone_and_back_without_a_restart(sqlite: Database) -> None:
    file = sqlite.file or Path()
    add(sqlite, "before")
    away = file.with_name("away.sqlite")
    file.rename(away)
    assert problem(lambda: add(sqlite, "lost")) == "store.gone"
    assert problem(lambda: keys(sqlite)) == "store.gone"
    assert not file.exists(), "no empty database may take its place"
    away.rename(file)
    add(sqlite, "after")
    assert "before" in keys(sqlite) and "after" in keys(sqlite) and "lost" not in keys(sqlite)


def test_a_file_put_in_the_place_of_another_is_read(sqlite: Database, tmp_path: Path) -> None:
    file = sqlite.file or Path()
    add(sqlite, "old")
    other = open_database(sqlite_url(tmp_path / "other.sqlite"))
    migrate(other)
    add(other, "new")
    with other.write() as connection:
        connection.commit()
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    for end in ("-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)
    (tmp_path / "other.sqlite").replace(file)
    add(sqlite, "newer")
    assert {"new", "newer"} <= set(keys(sqlite)) and "old" not in keys(sqlite)


@contextmanager
def unwritable(file: Path) -> Iterator[None]:
    """A file that nobody may write: for root that needs a flag of the file system."""
    if os.name != "nt" and os.geteuid() == 0:
        if not shutil.which("chattr") or subprocess.run(["chattr", "+i", file], check=False).returncode:
            pytest.skip("NOT TESTED: a read-only SQLite file; root writes it and chattr does not work here")
        try:
            yield
        finally:
            subprocess.run(["chattr", "-i", file], check=True)
    else:
        file.chmod(0o444)
        try:
            yield
        finally:
            file.chmod(0o644)


def test_a_read_only_file_is_read_and_heals_without_a_restart(sqlite: Database) -> None:
    add(sqlite, "before")
    sqlite.close()
    with unwritable(sqlite.file or Path()):
        assert "before" in keys(sqlite)
        for _ in range(2):
            assert problem(lambda: add(sqlite, "lost")) == "store.read_only"
        assert "before" in keys(sqlite)
    add(sqlite, "after")
    assert {"before", "after"} <= set(keys(sqlite)) and "lost" not in keys(sqlite)


def test_a_file_made_read_only_under_open_connections_is_told(sqlite: Database) -> None:
    add(sqlite, "before")
    with unwritable(sqlite.file or Path()):
        assert problem(lambda: add(sqlite, "lost")) == "store.read_only"
        assert "before" in keys(sqlite)
    add(sqlite, "after")
    assert {"before", "after"} <= set(keys(sqlite)) and "lost" not in keys(sqlite)


def test_a_read_only_connection_is_not_kept_by_who_uses_the_engine(sqlite: Database) -> None:
    sqlite.close()

    def by_hand() -> None:
        with sqlite.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.execute(insert(schema.meta).values(key="a", value="x"))
            connection.rollback()

    with unwritable(sqlite.file or Path()), pytest.raises(DBAPIError):
        by_hand()
    by_hand()


def test_a_read_only_server_is_read_and_heals_without_a_restart(own_cluster: Cluster) -> None:
    database = open_database(own_cluster.url())
    migrate(database)
    add(database, "open")
    set_to = "ALTER SYSTEM SET default_transaction_read_only = {}"
    for value, is_writable in (("on", False), ("off", True)):
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("SET default_transaction_read_only = off")
            connection.exec_driver_sql(set_to.format(value))
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        database.close()
        if is_writable:
            add(database, "again")
        else:
            assert problem(lambda: add(database, "lost")) == "store.read_only"
        assert "open" in keys(database)
    assert "again" in keys(database) and "lost" not in keys(database)
    database.close()


@contextmanager
def small_file_system(folder: Path) -> Iterator[None]:
    """A file system of `ROOM` bytes at `folder`; without the right to mount one, the test is skipped."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=777", "none", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("NOT TESTED: a full disk; mounting a small file system needs root")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """A file that takes all the room that is left."""
    ballast = folder / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)
    return ballast


def overfill(database: Database) -> str:
    """Write until there is no room; the problem. Every row that was confirmed has to be found afterwards."""
    confirmed = set(keys(database))
    found = ""
    for number in range(10_000):
        try:
            add(database, f"row {number}", os.urandom(20_000).hex())
        except Unavailable as error:
            found = error.problem
            break
        confirmed.add(f"row {number}")
    assert set(keys(database)) == confirmed
    return found


def test_a_full_disk_is_told_and_heals_without_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    with small_file_system(folder):
        database = open_database(sqlite_url(folder / "a.sqlite"))
        migrate(database)
        add(database, "before")
        ballast = fill(folder)
        assert overfill(database) == "store.full"
        assert problem(lambda: add(database, "lost", "y" * 200_000)) == "store.full"
        assert "before" in keys(database)
        ballast.unlink()
        add(database, "after", "y" * 200_000)
        assert "after" in keys(database) and "lost" not in keys(database)
        with database.read() as connection:
            assert connection.exec_driver_sql("PRAGMA quick_check").scalar_one() == "ok"
        database.close()


def test_a_full_database_file_is_told_and_heals(sqlite: Database) -> None:
    """The same where nothing can be mounted: SQLite itself refuses to let the file grow."""
    add(sqlite, "before")

    def write_with(pages: int) -> None:
        with sqlite.write() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
            connection.execute(insert(schema.meta).values(key="big", value="x" * 500_000))

    assert problem(lambda: write_with(1)) == "store.full"
    assert "before" in keys(sqlite) and "big" not in keys(sqlite)
    write_with(1_000_000)
    assert "big" in keys(sqlite)


def test_a_full_disk_of_the_server_is_told_and_heals_without_a_restart(
    own_cluster: Cluster, tmp_path: Path
) -> None:
    folder = own_cluster.folder / "small"
    with small_file_system(folder):
        space = folder / "space"
        space.mkdir()
        if own_cluster.user:
            shutil.chown(space, own_cluster.user)
        admin = open_database(own_cluster.url())
        with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"CREATE TABLESPACE small LOCATION '{space}'")
            connection.exec_driver_sql("CREATE DATABASE small TEMPLATE template0 TABLESPACE small")
        database = open_database(own_cluster.url("small"))
        try:
            migrate(database)
            add(database, "before")
            ballast = fill(folder)
            assert overfill(database) == "store.full"
            ballast.unlink()
            add(database, "after", os.urandom(100_000).hex())
            assert {"before", "after"} <= set(keys(database))
        finally:
            database.close()
            with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("DROP DATABASE small WITH (FORCE)")
                connection.exec_driver_sql("DROP TABLESPACE small")
            admin.close()
