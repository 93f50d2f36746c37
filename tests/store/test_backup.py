"""A backup made while others write comes back as one moment of the database, or not at all."""

from __future__ import annotations

import os
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import func, select

from lib.domain.errors import DataError, Refusal, Unavailable
from lib.domain.interval import exactly
from lib.store import schema
from lib.store.backup import Unsound, backup, restore
from lib.store.database import Database, open_database, sqlite_url
from lib.store.portable import digests
from lib.store.verify import verify
from tests.store.databases import KINDS
from tests.store.histories import add, another, bring_in_shipped, said, shipped, write_history

ENTRIES_PER_BATCH = 7


@pytest.fixture
def filled(database: Database) -> Database:
    bring_in_shipped(database)
    write_history(database)
    return database


@contextmanager
def opened(file: Path) -> Iterator[Database]:
    with closing(open_database(sqlite_url(file))) as database:
        yield database


@pytest.mark.parametrize("kind", KINDS)
def test_a_backup_comes_back_whole_on_either_kind(
    filled: Database, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    backup(filled, tmp_path / "copy.backup", shipped().attributes)
    with another(kind, tmp_path / "second", request) as second:
        done = restore(second, tmp_path / "copy.backup", shipped().attributes)
        assert done.kept_aside is None
        assert digests(second) == digests(filled)
        assert verify(second, shipped().attributes) == ()


def test_a_backup_while_another_writes_is_one_moment(
    filled: Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    stop, written = Event(), []

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            parts = range(ENTRIES_PER_BATCH)
            items = [said(f"W-{number:05d}-{part}", value=exactly(number)) for part in parts]
            written.append(add(filled, 10, *items, title="đang ghi"))

    writer = Thread(target=write)
    writer.start()
    try:
        while len(written) < 3:
            stop.wait(0.01)
        before = len(written)
        backup(filled, tmp_path / "copy.backup", shipped().attributes)
        after = len(written)
    finally:
        stop.set()
        writer.join()
    # The writer was not kept out while the copy was made.
    assert after > before
    with another("sqlite", tmp_path / "second", request) as second:
        restore(second, tmp_path / "copy.backup", shipped().attributes)
        assert verify(second, shipped().attributes) == ()
        batch, records = schema.batch, schema.observation
        with second.read() as connection:
            batches = connection.execute(
                select(batch.c.id).where(batch.c.title == "đang ghi").order_by(batch.c.seq)
            ).scalars().all()
            counted = select(records.c.batch, func.count()).group_by(records.c.batch)
            sizes = {identifier: count for identifier, count in connection.execute(counted)}
    assert list(batches) == written[: len(batches)] and before <= len(batches) <= after + 1
    assert {sizes[identifier] for identifier in batches} == {ENTRIES_PER_BATCH}


def test_a_backup_is_one_file_that_only_its_owner_reads(filled: Database, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    backup(filled, folder / "copy.backup", shipped().attributes)
    assert [path.name for path in folder.iterdir()] == ["copy.backup"]
    if os.name != "nt":
        assert (folder / "copy.backup").stat().st_mode & 0o077 == 0


def test_a_backup_never_replaces_another(filled: Database, tmp_path: Path) -> None:
    (tmp_path / "copy.backup").write_bytes(b"older")
    with pytest.raises(Refusal) as error:
        backup(filled, tmp_path / "copy.backup", shipped().attributes)
    assert error.value.problem == "cli.file_exists"
    assert (tmp_path / "copy.backup").read_bytes() == b"older"


def test_a_backup_of_what_does_not_hold_together_leaves_no_file(filled: Database, tmp_path: Path) -> None:
    with filled.write() as connection:
        connection.exec_driver_sql("DELETE FROM current_state")
    with pytest.raises(Unsound) as error:
        backup(filled, tmp_path / "kept" / "copy.backup", shipped().attributes)
    assert {problem.kind for problem in error.value.problems} == {"state"}
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_backup_of_a_file_that_is_gone_makes_none(tmp_path: Path) -> None:
    with opened(tmp_path / "gone.sqlite") as database, pytest.raises(Unavailable) as error:
        backup(database, tmp_path / "copy.backup", shipped().attributes)
    assert error.value.problem == "store.gone"
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A backup of a SQLite database with a history."""
    with opened(tmp_path / "first" / "first.sqlite") as first:
        bring_in_shipped(first)
        write_history(first)
        backup(first, tmp_path / "copy.backup", shipped().attributes)
    return tmp_path / "copy.backup"


def test_a_live_database_is_not_overwritten(filled: Database, copy: Path) -> None:
    before = digests(filled)
    with pytest.raises(Refusal) as error:
        restore(filled, copy, shipped().attributes)
    assert error.value.problem == ("cli.database_exists" if filled.is_sqlite else "cli.not_empty")
    assert digests(filled) == before


def test_a_replaced_database_is_kept_aside_whole(copy: Path, tmp_path: Path) -> None:
    with opened(tmp_path / "live.sqlite") as live:
        bring_in_shipped(live)
        add(live, 1, said("P-9"))
        before = digests(live)
        done = restore(live, copy, shipped().attributes, replace=True)
        assert done.kept_aside is not None
        assert digests(live) != before
        with opened(done.kept_aside) as old:
            assert digests(old) == before
        add(live, 20, said("P-20"))
        assert verify(live, shipped().attributes) == ()


def test_a_database_that_a_server_has_open_is_not_replaced(copy: Path, tmp_path: Path) -> None:
    with opened(tmp_path / "live.sqlite") as live, opened(tmp_path / "live.sqlite") as server:
        bring_in_shipped(live)
        before = digests(server)
        with pytest.raises(Refusal) as error:
            restore(live, copy, shipped().attributes, replace=True)
        assert error.value.problem == "cli.in_use"
        assert digests(server) == before
        assert sorted(path.name for path in tmp_path.glob("live*.sqlite")) == ["live.sqlite"]


def test_a_damaged_database_can_be_replaced_and_is_kept(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "live.sqlite").write_bytes(b"not a database at all, but a long enough text" * 100)
    with opened(tmp_path / "live.sqlite") as live:
        done = restore(live, copy, shipped().attributes, replace=True)
        assert verify(live, shipped().attributes) == ()
    assert done.kept_aside is not None and done.kept_aside.read_bytes().startswith(b"not a database")


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 half a zip"])
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "copy.backup").write_bytes(content)
    with opened(tmp_path / "live.sqlite") as live, pytest.raises(Refusal) as error:
        restore(live, tmp_path / "copy.backup", shipped().attributes)
    assert error.value.problem == "cli.no_backup"
    assert not (tmp_path / "live.sqlite").exists()


def test_a_damaged_backup_never_takes_the_place_of_anything(copy: Path, tmp_path: Path) -> None:
    content = bytearray(copy.read_bytes())
    content[20 * 4096 : 28 * 4096] = b"\xff" * 8 * 4096
    copy.write_bytes(content)
    with opened(tmp_path / "live.sqlite") as live:
        bring_in_shipped(live)
        before = digests(live)
        with pytest.raises(Unsound):
            restore(live, copy, shipped().attributes, replace=True)
        assert digests(live) == before


def test_an_archive_changed_afterwards_is_refused(filled: Database, tmp_path: Path) -> None:
    if filled.is_sqlite:
        pytest.skip("its backup is no archive")
    backup(filled, tmp_path / "copy.backup", shipped().attributes)
    with zipfile.ZipFile(tmp_path / "copy.backup") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(tmp_path / "changed.backup", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(b"13.1", b"99.9"))
    with opened(tmp_path / "live.sqlite") as live, pytest.raises(DataError) as error:
        restore(live, tmp_path / "changed.backup", shipped().attributes)
    assert error.value.problem == "cli.bad_checksum"


def test_a_plain_program_reads_the_copy(copy: Path) -> None:
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("SELECT count(*) FROM observation").fetchone()[0] > 400
