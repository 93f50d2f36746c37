"""
The one door to the database: a SQLite file or PostgreSQL, reading and writing by transactions.

SQLite: write-ahead log; `synchronous=FULL`, so that a power cut loses nothing that was confirmed; writers
begin with BEGIN IMMEDIATE, because a deferred transaction that reads and then writes fails at once when
another one wrote meanwhile. PostgreSQL: writers take one advisory lock, so that row numbers grow in the order
of the commits and a reader who asks for "newer than the last seen" misses nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from lib.domain.errors import Unavailable

URL_VARIABLE = "CCN_DATABASE_URL"
WAIT_S = 10
"""How long a writer waits for another one, and a reader for a connection, before it gives up."""

_WRITERS_LOCK = 0x43434E
_SQLITE_SIGNS = {
    "SQLITE_FULL": "full",
    "SQLITE_IOERR_SHMSIZE": "full",
    "SQLITE_IOERR_WRITE": "full",
    "SQLITE_READONLY": "read_only",
    "SQLITE_CANTOPEN": "read_only",
    "SQLITE_PERM": "read_only",
    "SQLITE_BUSY": "busy",
    "SQLITE_LOCKED": "busy",
}
"""Beginnings of SQLite's names of errors; the first that fits counts."""
_POSTGRES_SIGNS = {
    "53100": "full",
    "25006": "read_only",
    "53300": "busy",
    "55P03": "busy",
    "57014": "busy",
}
"""SQLSTATE disk_full, read_only_sql_transaction, too_many_connections, lock_not_available, query_canceled."""


def problem_of(error: Exception) -> str:
    """
    Which message tells a reader about a failure of the database: full, read only, busy or gone.

    It goes by the codes of the database: its words depend on the language of the server.
    """
    if isinstance(error, PoolTimeout):
        return "store.busy"
    cause = error.orig if isinstance(error, DBAPIError) else error
    name = getattr(cause, "sqlite_errorname", None) or ""
    found = next((problem for sign, problem in _SQLITE_SIGNS.items() if name.startswith(sign)), None)
    return f"store.{found or _POSTGRES_SIGNS.get(getattr(cause, 'sqlstate', None) or '', 'gone')}"


class Database:
    """
    Opens connections and bounds transactions; safe to share between threads.

    Raises
    ------
    Unavailable
        From `read` and `write`, when the database cannot be reached, is full, read only or too busy. A
        transaction that fails leaves no trace; the next one tries anew, so nothing has to be restarted.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def file(self) -> Path | None:
        """The SQLite file; None on PostgreSQL."""
        name = self.engine.url.database
        return Path(name) if self.is_sqlite and name else None

    @property
    def shown(self) -> str:
        """The address without its password, for logs and pages."""
        return self.engine.url.render_as_string(hide_password=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the database until it is left, and may not write."""
        with self._translating(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("PRAGMA query_only=ON")
                connection.exec_driver_sql("BEGIN")
            else:
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield connection
            connection.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction of the one writer of the moment: all of it is kept, or nothing."""
        with self._translating(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_S}s'")
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS_LOCK})
            yield connection
            connection.commit()

    @contextmanager
    def _translating(self) -> Iterator[None]:
        """Failures of the database as `Unavailable`; mistakes in a statement stay what they are."""
        driver = self.engine.dialect.loaded_dbapi
        try:
            yield
        except (DBAPIError, PoolTimeout, driver.Error) as error:
            # Rows loaded in bulk go through the driver itself, whose errors arrive unwrapped.
            problem = problem_of(error)
            is_failure = isinstance(error, (OperationalError, PoolTimeout, driver.OperationalError))
            is_lost = isinstance(error, DBAPIError) and error.connection_invalidated
            if problem == "store.gone" and not is_failure and not is_lost:
                raise
            if problem != "store.busy":
                # The other connections to a server that stopped are dead as well.
                self.close()
            raise Unavailable(problem) from error

    def close(self) -> None:
        """Ends all connections; the next use opens new ones."""
        self.engine.dispose()


def default_url(folder: Path) -> str:
    """The address in `CCN_DATABASE_URL`, else a SQLite file in `folder`."""
    return os.environ.get(URL_VARIABLE) or sqlite_url(folder / "ccn.sqlite")


def sqlite_url(file: Path) -> str:
    """The address of a SQLite file."""
    return URL.create("sqlite", database=str(file)).render_as_string(hide_password=False)


def open_database(address: str) -> Database:
    """
    The database at an address: `sqlite:///folder/file.sqlite` or `postgresql://user@host/name`.

    Nothing is read or written yet.

    Raises
    ------
    Unavailable
        If the address is not one, or names a database of another kind.
    """
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise Unavailable("store.bad_address") from error
    kind = url.get_backend_name()
    if kind == "sqlite":
        return _open_sqlite(url)
    if kind in ("postgresql", "postgres"):
        return _open_postgres(url)
    raise Unavailable("store.bad_address")


def _open_sqlite(url: URL) -> Database:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url.set(drivername="sqlite"), connect_args={"timeout": WAIT_S}, pool_timeout=WAIT_S, pool_size=10
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        # The transactions are begun above, not by the driver, which would begin them deferred.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "checkin")
    def allow_writing(connection: Any, _: Any) -> None:
        if connection is not None:
            connection.execute("PRAGMA query_only=OFF")

    if url.database:
        _hold_to_the_file(engine, Path(url.database))
    return Database(engine)


def _hold_to_the_file(engine: Engine, file: Path) -> None:
    """Only the file at the address counts, also when it is moved away or replaced while the program runs."""
    was_there = False

    @event.listens_for(engine, "do_connect")
    def refuse_a_new_file(*_: Any) -> None:
        # SQLite would make an empty one in the place of one that was moved away.
        if was_there and not file.exists():
            raise Unavailable("store.gone")

    @event.listens_for(engine, "connect")
    def remember(_: Any, record: Any) -> None:
        nonlocal was_there
        was_there = True
        record.info["file"] = _identity(file)

    @event.listens_for(engine, "checkout")
    def reconnect_to_another(_: Any, record: Any, __: Any) -> None:
        # What is written to a file that is no longer there would be lost without a word, and a connection
        # opened while the file was read only stays so.
        if record.info.get("file") != _identity(file):
            raise DisconnectionError


def _identity(file: Path) -> tuple[int, int, bool] | None:
    """What tells a file from another one that later has its name, and whether it may be written."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, os.access(file, os.W_OK)


def _open_postgres(url: URL) -> Database:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_timeout=WAIT_S,
        connect_args={"connect_timeout": WAIT_S},
    )
    return Database(engine)
