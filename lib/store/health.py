"""How the database is: well, slow, gone, full or read only. Asked anew each time, so it heals by itself."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, insert, text

from lib.store import schema
from lib.store.database import WAIT_S, Database, problem_of
from lib.store.disk import disk_problem

SLOW_S = 1.0
"""From how many seconds on an answer is slow."""

PATIENCE_S = 3.0
"""How long a check waits; what says nothing by then is slow, and is not asked a second time meanwhile."""

_PROBE_BYTES = 65_536


class State(StrEnum):
    """The states a reader can do something about, the best first."""

    OK = "ok"
    SLOW = "slow"
    READ_ONLY = "read_only"
    FULL = "full"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Health:
    """The state, and how many seconds it took to learn it."""

    state: State
    seconds: float

    @property
    def is_readable(self) -> bool:
        """Whether pages can be shown: a full or read only database still answers."""
        return self.state is not State.GONE


_STATES = {
    "store.busy": State.SLOW,
    "store.full": State.FULL,
    "store.read_only": State.READ_ONLY,
    "store.gone": State.GONE,
}


class _Question:
    """One check under way in a thread of its own: a server that hangs must not hang who asks."""

    def __init__(self, database: Database) -> None:
        self.begun = monotonic()
        self.answer: Health | None = None
        self._thread = Thread(target=self._ask, args=(database,), name="health", daemon=True)
        self._thread.start()

    def _ask(self, database: Database) -> None:
        state = _state(database)
        seconds = monotonic() - self.begun
        self.answer = Health(State.SLOW if state is State.OK and seconds >= SLOW_S else state, seconds)

    def wait(self, seconds: float) -> None:
        self._thread.join(seconds)

    @property
    def is_open(self) -> bool:
        return self._thread.is_alive()


_open_questions: WeakKeyDictionary[Database, _Question] = WeakKeyDictionary()
_lock = Lock()


def check(database: Database) -> Health:
    """
    How the database is right now: it is read, and something is written and taken back.

    It never raises, and returns within `PATIENCE_S` seconds.
    """
    with _lock:
        question = _open_questions.get(database)
        if question is None or not question.is_open:
            question = _Question(database)
            _open_questions[database] = question
    question.wait(PATIENCE_S)
    return question.answer or Health(State.SLOW, monotonic() - question.begun)


def _state(database: Database) -> State:
    try:
        if database.file is not None and not database.file.exists():
            return State.GONE
        with database.engine.connect() as connection:
            _read(connection)
            _write_and_take_back(connection, is_sqlite=database.is_sqlite)
        if database.file is not None:
            _need_room(database.file.parent)
    except OSError as error:
        return _STATES[disk_problem(error)]
    except Exception as error:
        # Whatever the driver raises: the check is there to tell it, not to fail of it.
        state = _STATES[problem_of(error)]
        if state is not State.SLOW:
            # A connection that was opened in the bad state would stay in it.
            database.close()
        return state
    return State.OK


def _read(connection: Connection) -> None:
    connection.execute(text("SELECT key FROM meta LIMIT 1")).all()
    connection.rollback()


def _write_and_take_back(connection: Connection, *, is_sqlite: bool) -> None:
    """A row as large as a page or many, so that a database without room for it says so."""
    wait_ms = int(SLOW_S * 1000)
    if is_sqlite:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={wait_ms}")
    try:
        if is_sqlite:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{wait_ms}ms'")
        connection.execute(
            insert(schema.meta), {"key": f"health-{os.urandom(8).hex()}", "value": "x" * _PROBE_BYTES}
        )
        connection.rollback()
    finally:
        if is_sqlite:
            connection.rollback()
            connection.exec_driver_sql(f"PRAGMA busy_timeout={WAIT_S * 1000}")


def _need_room(folder: Path) -> None:
    """SQLite touches the disk only when it commits, so a full or read only one is tried with a small file."""
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(os.urandom(_PROBE_BYTES))
        file.flush()
        os.fsync(file.fileno())
