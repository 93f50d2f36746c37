"""What all tests share. Nothing heavy is imported here: a single test starts at once."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` rewrites the approved outputs in tests/golden; review reads the difference."""
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite the approved outputs in tests/golden"
    )


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden tests rewrite their approved outputs instead of comparing with them."""
    return bool(request.config.getoption("--update-golden"))
