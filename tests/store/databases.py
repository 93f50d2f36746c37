"""Empty databases for tests: a new SQLite file, or a new database on the PostgreSQL of the tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from lib.store.database import Database, open_database, sqlite_url
from tools.postgres import POSTGRES_VARIABLE

KINDS = ("sqlite", "postgres")
NO_SERVER = (
    f"NOT TESTED ON POSTGRESQL: {POSTGRES_VARIABLE} names no server. `make test` starts one; by hand: "
    f"{POSTGRES_VARIABLE}=postgresql://postgres@127.0.0.1:5432/postgres"
)
_numbers = count(1)


def postgres_server() -> str:
    """The address of the server of the tests; skips the test, loudly, where there is none."""
    server = os.environ.get(POSTGRES_VARIABLE)
    if not server:
        pytest.skip(NO_SERVER)
    return server


class PostgresMaker:
    """Makes databases on a server, quickly: each is a copy of a template that already has PostGIS."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.made: list[str] = []
        self.template = self._new_name()
        self._run("CREATE DATABASE {}", self.template)
        self.made.append(self.template)
        with psycopg.connect(self.url(self.template), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION postgis")

    def url(self, name: str) -> str:
        """The address of one database of the server."""
        return make_url(self.server).set(database=name).render_as_string(hide_password=False)

    def new(self, template: str = "") -> str:
        """A new database with nothing but PostGIS in it, or a copy of another one that nobody uses now."""
        name = self._new_name()
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template or self.template)
        self.made.append(name)
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self.made.remove(name)

    def close(self) -> None:
        """Remove all that were made."""
        for name in list(self.made):
            self.drop(name)

    @staticmethod
    def _new_name() -> str:
        return f"ccn_test_{os.getpid()}_{next(_numbers)}"

    def _run(self, statement: Any, *names: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def empty_sqlite(folder: Path) -> Iterator[Database]:
    database = open_database(sqlite_url(folder / "test.sqlite"))
    try:
        yield database
    finally:
        database.close()


@contextmanager
def empty_postgres(maker: PostgresMaker) -> Iterator[Database]:
    name = maker.new()
    database = open_database(maker.url(name))
    try:
        yield database
    finally:
        database.close()
        maker.drop(name)
