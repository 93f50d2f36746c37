"""One server and one browser for all browser tests; a fresh profile for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.harness import DESKTOP, MapView, Server, Watch, launch, new_context, open_page, running_app

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test in this folder is a browser test, and all of them run in one worker."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def start_server() -> Iterator[Callable[..., Server]]:
    """
    `start_server(arguments, environment)` serves the dashboard as asked for, until all tests have run.

    The same arguments give the same server.
    """
    with ExitStack() as stack:
        running: dict[object, Server] = {}

        def start(arguments: Sequence[str] = (), environment: Mapping[str, str] | None = None) -> Server:
            wanted = (tuple(arguments), tuple(sorted((environment or {}).items())))
            if wanted not in running:
                running[wanted] = stack.enter_context(
                    running_app(arguments=arguments, environment=environment)
                )
            return running[wanted]

        yield start


@pytest.fixture(scope="session")
def server(start_server: Callable[..., Server]) -> Server:
    """The dashboard on the shipped data, on 24/11/2026."""
    return start_server()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        made = launch(playwright)
        yield made
        made.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """What the test's pages asked and what went wrong in them; both must be nothing at the end."""
    made = Watch()
    yield made
    assert not made.foreign, f"asked outside this machine: {sorted(set(made.foreign))}"
    assert not made.page_errors, f"errors of scripts: {made.page_errors}"


@pytest.fixture
def new_page(browser: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    """`new_page(size=(390, 844), **options)` opens another browser profile, as another reader has it."""
    contexts = []

    def make(size: tuple[int, int] = DESKTOP, **options: Any) -> Page:
        contexts.append(new_context(browser, watch, size, **options))
        return contexts[-1].new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """An empty tab, 1440 × 900."""
    return new_page()


@pytest.fixture
def goto(page: Page, server: Server) -> Callable[[str], Page]:
    """`goto("/ban-do")` opens a page of the dashboard in `page` and waits until all of it is drawn."""

    def go(path: str) -> Page:
        open_page(page, server.url, path)
        return page

    return go


@pytest.fixture
def map_view(page: Page) -> MapView:
    """The map of `page`."""
    return MapView(page)
