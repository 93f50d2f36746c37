"""What all tests share. Nothing heavy is imported here: a single test starts at once."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` rewrites the approved outputs in tests/golden; review reads the difference."""
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite the approved outputs in tests/golden"
    )


@pytest.fixture(scope="session", autouse=True)
def _own_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Pages and commands under test write into a file of their own, never into that of this machine."""
    variable = "CCN_DATABASE_URL"
    before = os.environ.get(variable)
    os.environ[variable] = f"sqlite:///{tmp_path_factory.mktemp('own') / 'ccn.sqlite'}"
    yield
    if before is None:
        del os.environ[variable]
    else:
        os.environ[variable] = before


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden tests rewrite their approved outputs instead of comparing with them."""
    return bool(request.config.getoption("--update-golden"))
