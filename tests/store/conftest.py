"""An empty database of each kind for every test of the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.store.database import Database
from tests.store.databases import KINDS, PostgresMaker, empty_postgres, empty_sqlite, postgres_server


@pytest.fixture(scope="session")
def postgres_maker() -> Iterator[PostgresMaker]:
    """Databases on the PostgreSQL of the tests; skips where there is none."""
    maker = PostgresMaker(postgres_server())
    try:
        yield maker
    finally:
        maker.close()


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table, once on SQLite and once on PostgreSQL; gone after the test."""
    if request.param == "sqlite":
        with empty_sqlite(tmp_path) as made:
            yield made
    else:
        with empty_postgres(request.getfixturevalue("postgres_maker")) as made:
            yield made
