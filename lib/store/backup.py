"""
A backup of the whole database in one file while it is in use, and the way back.

From SQLite it is a SQLite file, copied by SQLite's own backup in one pass: in smaller steps it begins anew at
every write of somebody else and may never end, and a plain copy of the file lacks what is still in the log.

From PostgreSQL it is a ZIP of the export of `lib.store.portable`, made in one REPEATABLE READ transaction.
Not `pg_dump`: that has to be installed where this program runs and be no older than the server, while the
export needs nothing, is checked by its checksums, and can be restored into either kind of database.

Either holds accounts with their password hashes, so the file may be read by its owner only.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from lib.domain.clock import now
from lib.domain.errors import Refusal, Unavailable
from lib.domain.observation import Attribute
from lib.store.database import Database, open_database, problem_of, sqlite_url
from lib.store.disk import disk_problem, settle, settle_folder
from lib.store.portable import export, import_into, is_empty
from lib.store.verify import Problem, verify

_SQLITE_HEADER = b"SQLite format 3\x00"
_SIDE_FILES = ("-wal", "-shm")


class Unsound(Refusal):
    """A backup or a database that does not hold together; `problems` says where."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("cli.unsound", count=len(problems))


@dataclass(frozen=True, slots=True)
class Restored:
    """Where a backup was restored, and where the database that was there before is kept (None: none was)."""

    shown: str
    kept_aside: Path | None


def backup(database: Database, file: Path, attributes: Mapping[str, Attribute]) -> None:
    """
    Write a backup of one moment into `file`; it appears when it is complete, verified and on the disk.

    Others may go on writing meanwhile.

    Raises
    ------
    Refusal
        "cli.file_exists" if there is such a file: a backup never replaces another one.
    Unsound
        If what was copied does not hold together.
    Unavailable
        If the database does not answer, or the disk is full.
    """
    if file.exists():
        raise Refusal("cli.file_exists", place=file.name)
    if database.file is not None and not database.file.exists():
        raise Unavailable("store.gone")
    with _in_full_or_not_at_all(file) as part:
        if database.file is None:
            _zip_export(database, part, attributes)
        else:
            _copy_sqlite(database.file, part)
            _need_sound(part, attributes)


@contextmanager
def _in_full_or_not_at_all(file: Path) -> Iterator[Path]:
    """A new file beside `file` that takes its name when all went well, and else is gone."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)
    except OSError as error:
        raise Unavailable(disk_problem(error)) from error
    os.close(descriptor)
    part = Path(name)
    try:
        yield part
        settle(part)
        part.replace(file)
        settle_folder(file.parent)
    except OSError as error:
        raise Unavailable(disk_problem(error)) from error
    finally:
        for side in ("", *_SIDE_FILES, "-journal"):
            part.with_name(part.name + side).unlink(missing_ok=True)


def _copy_sqlite(source: Path, target: Path) -> None:
    """One consistent state, in one pass, as one file without a log beside it."""
    try:
        # Not read only: the last one to close a database with a log has to be able to tidy up.
        with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
            read.backup(written, pages=-1)
            written.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise Unavailable(problem_of(error)) from error


def _need_sound(file: Path, attributes: Mapping[str, Attribute]) -> None:
    database = open_database(sqlite_url(file))
    try:
        problems = verify(database, attributes)
    finally:
        database.close()
    _as_one_file(file)
    if problems:
        raise Unsound(problems)


def _as_one_file(file: Path) -> None:
    """Looking at a database made it keep a log beside it; put everything back into the one file."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _zip_export(database: Database, target: Path, attributes: Mapping[str, Attribute]) -> None:
    """The export as one file, after it was brought back once: a backup nobody tried is none."""
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        folder, tried = Path(scratch) / "export", Path(scratch) / "tried.sqlite"
        export(database, folder, with_accounts=True)
        with closing(open_database(sqlite_url(tried))) as fresh:
            import_into(fresh, folder)
        _need_sound(tried, attributes)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.iterdir()):
                archive.write(path, path.name)


def restore(
    database: Database, file: Path, attributes: Mapping[str, Attribute], *, replace: bool = False
) -> Restored:
    """
    Bring a backup back, verified before it takes the place of anything.

    A SQLite file takes its place at once, by its name; the one that was there is kept beside it. PostgreSQL
    must be empty: make a new database, restore into it, and let the address name it.

    Raises
    ------
    DataError
        If the backup is damaged.
    Refusal
        "cli.no_backup" if the file is none, "cli.database_exists" without `replace`, "cli.in_use" while
        a server has the database open, "cli.not_empty" for PostgreSQL.
    Unsound
        If the backup does not hold together.
    """
    with _unpacked(file) as (kind, place):
        if database.file is not None:
            return _restore_file(database, kind, place, attributes, replace)
        _restore_server(database, kind, place, attributes)
        return Restored(database.shown, None)


@contextmanager
def _unpacked(file: Path) -> Iterator[tuple[str, Path]]:
    """("sqlite", the file) or ("export", a folder with what the ZIP holds)."""
    try:
        with file.open("rb") as opened:
            head = opened.read(len(_SQLITE_HEADER))
    except OSError:
        raise Refusal("cli.no_backup", place=file.name) from None
    if head == _SQLITE_HEADER:
        yield "sqlite", file
        return
    with tempfile.TemporaryDirectory() as scratch:
        try:
            with zipfile.ZipFile(file) as archive:
                archive.extractall(scratch)
        except (zipfile.BadZipFile, EOFError, NotImplementedError):
            raise Refusal("cli.no_backup", place=file.name) from None
        yield "export", Path(scratch)


def _restore_server(database: Database, kind: str, place: Path, attributes: Mapping[str, Attribute]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = place
        if kind == "sqlite":
            copy = Path(scratch) / "copy.sqlite"
            shutil.copyfile(place, copy)
            _need_sound(copy, attributes)
            folder = Path(scratch) / "export"
            with closing(open_database(sqlite_url(copy))) as opened:
                export(opened, folder, with_accounts=True)
        import_into(database, folder)
    problems = verify(database, attributes)
    if problems:
        raise Unsound(problems)


def _restore_file(
    database: Database, kind: str, place: Path, attributes: Mapping[str, Attribute], replace: bool
) -> Restored:
    target = database.file
    assert target is not None
    if target.exists() and not replace and not _holds_nothing(database):
        raise Refusal("cli.database_exists", place=target.name)
    aside: Path | None = None
    with _in_full_or_not_at_all(target) as part:
        if kind == "sqlite":
            shutil.copyfile(place, part)
        else:
            part.unlink()
            with closing(open_database(sqlite_url(part))) as fresh:
                import_into(fresh, place)
        _need_sound(part, attributes)
        database.close()
        if target.exists():
            aside = _set_aside(target)
    return Restored(database.shown, aside)


def _holds_nothing(database: Database) -> bool:
    """Whether a file is there but nothing is in it, as after a first look at an address."""
    try:
        with database.read() as connection:
            return is_empty(connection)
    except Unavailable:
        target = database.file
        return target is not None and target.exists() and target.stat().st_size == 0


def _set_aside(target: Path) -> Path:
    """
    Keep a database under another name as well, its log put back into it.

    Raises
    ------
    Refusal
        "cli.in_use" while somebody has it open: he would go on writing into what is no longer there.
    """
    aside = target.with_name(f"{target.stem}-{now():%Y%m%d-%H%M%S-%f}{target.suffix}")
    try:
        with closing(sqlite3.connect(target, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise Refusal("cli.in_use", place=target.name) from error
    except sqlite3.DatabaseError:
        # It is damaged, which may be why it is replaced: its log is kept with it, unread.
        for side in _SIDE_FILES:
            beside = target.with_name(target.name + side)
            if beside.exists():
                beside.rename(aside.with_name(aside.name + side))
    try:
        os.link(target, aside)
    except OSError:
        # Some disks know no second name for a file.
        shutil.copy2(target, aside)
    return aside
