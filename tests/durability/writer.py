"""The processes that write, and are killed. They start from one that has already loaded the program."""

from __future__ import annotations

import multiprocessing
import os
from contextlib import suppress
from multiprocessing.connection import Connection
from random import Random

from lib.domain.clock import TODAY_VARIABLE
from lib.domain.errors import Unavailable
from lib.store.database import open_database
from lib.store.files import SHIPPED, FileStore
from lib.store.sql import SqlStore
from lib.store.writing import append
from tests.durability.plan import DAY, STEWARD, entry, take_step

_METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
processes = multiprocessing.get_context(_METHOD)
if _METHOD == "forkserver":
    processes.set_forkserver_preload([__name__])

shipped = FileStore(SHIPPED)


def store_at(address: str) -> SqlStore:
    """The store at an address that was already filled."""
    return SqlStore(open_database(address), shipped)


def keep_writing(address: str, seed: int, start: int, end: int, pipe: Connection) -> None:
    """
    Take the steps from `start` to `end` and say through the pipe when each begins and when it is confirmed.

    The first message is the number of the server's process that works for this one; 0 on SQLite.
    """
    os.environ[TODAY_VARIABLE] = DAY
    store = store_at(address)
    with store.database.read() as connection:
        is_server = not store.database.is_sqlite
        pipe.send(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one() if is_server else 0)
    with suppress(Unavailable):
        # The test may take the server away as well; the test notices a writer that stops without that.
        for number in range(start, end):
            pipe.send(("begun", number))
            take_step(store, seed, number)
            pipe.send(("done", number))


def write_many(address: str, name: str, batches: int, pipe: Connection) -> None:
    """Write batches of one to five records each, and send back the identifiers of what was confirmed."""
    os.environ[TODAY_VARIABLE] = DAY
    store = store_at(address)
    rng = Random(name)
    pipe.send("ready")
    pipe.recv()
    for number in range(batches):
        entries = [entry(store, rng, note=f"{name}/{number}/{one}") for one in range(rng.randint(1, 5))]
        batch = append(store, STEWARD, entries, title=name)
        pipe.send((batch, [one.note for one in entries]))
    pipe.send(None)
