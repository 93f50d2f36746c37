"""Filled databases that the writers work on, on SQLite and on a PostgreSQL of their own."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from lib.domain.clock import TODAY_VARIABLE
from lib.domain.errors import Unavailable
from lib.store.database import Database, open_database, sqlite_url
from lib.store.sql import open_evidence
from tests.durability.plan import DAY
from tests.store.databases import KINDS, PostgresMaker
from tools.postgres import SAFE, Cluster, find_postgres, running_cluster

PATIENCE_S = 60


class SqliteBench:
    """Copies of one filled file."""

    kills = ("writer",)

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = count(1)
        self.filled = folder / "filled.sqlite"
        database = open_database(sqlite_url(self.filled))
        open_evidence(database)
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()

    def fresh(self) -> str:
        """The address of a new database, filled with the release."""
        file = self.folder / f"{next(self.numbers)}.sqlite"
        shutil.copyfile(self.filled, file)
        return sqlite_url(file)

    def drop(self, database: Database) -> None:
        database.close()
        for file in self.folder.glob(f"{(database.file or Path()).name}*"):
            file.unlink()

    def kill(self, what: str, server_process: int) -> None:
        raise NotImplementedError(what)

    def settle(self, database: Database, server_process: int) -> None:
        """Nothing works on behalf of a killed writer here."""


class PostgresBench:
    """Copies of one filled database on a server that keeps its promises (`fsync` on) and may be killed."""

    kills = (*("writer", "writer", "server process", "writer") * 2, "writer", "server")

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.maker = PostgresMaker(cluster.url())
        self.filled = self.maker.new()
        database = open_database(self.maker.url(self.filled))
        open_evidence(database)
        database.close()

    def fresh(self) -> str:
        """The address of a new database, filled with the release."""
        address = self.maker.url(self.maker.new(self.filled))
        # A copied sequence believes that its next numbers are in the log already, which holds for the
        # original only: a crash before the next checkpoint would take it back, and give numbers twice.
        with psycopg.connect(self.cluster.url(), autocommit=True) as connection:
            connection.execute("CHECKPOINT")
        return address

    def drop(self, database: Database) -> None:
        database.close()
        self.maker.drop(str(database.engine.url.database))

    def kill(self, what: str, server_process: int) -> None:
        """Kill the process that works for the writer, or the whole server, which is then started again."""
        if what == "server":
            self.cluster.kill()
            self.cluster.start()
        else:
            os.kill(server_process, signal.SIGKILL)

    def settle(self, database: Database, server_process: int) -> None:
        """Wait until the server answers, and until nothing of the killed writer may still commit."""
        end = time.monotonic() + PATIENCE_S
        asked = text(
            "SELECT count(*) FROM pg_stat_activity WHERE pid = :pid AND backend_type = 'client backend'"
        )
        while True:
            try:
                with database.read() as connection:
                    if not connection.execute(asked, {"pid": server_process}).scalar_one():
                        return
            except Unavailable:
                pass
            assert time.monotonic() < end, "the server does not come back"
            time.sleep(0.005)


Bench = SqliteBench | PostgresBench


@pytest.fixture(autouse=True, scope="session")
def one_day() -> Iterator[None]:
    """All is written on one day."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(TODAY_VARIABLE, DAY)
        yield


@pytest.fixture(scope="session", params=KINDS)
def bench(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, one_day: None
) -> Iterator[Bench]:
    """Where the databases of a kind come from."""
    if request.param == "sqlite":
        yield SqliteBench(tmp_path_factory.mktemp("durability"))
        return
    binaries = find_postgres()
    if binaries is None:
        pytest.skip("NOT TESTED ON POSTGRESQL: killing a server; no PostgreSQL with PostGIS on this machine")
    with running_cluster(binaries, SAFE) as cluster:
        yield PostgresBench(cluster)
