"""Lint, types and all tests: `make test`, or `py tools\\test.py` on Windows; `--long`: `make test-long`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.postgres import POSTGRES_VARIABLE, ensure_postgres, running_cluster
from tools.setup_env import CHROMIUM_VARIABLE, ROOT, ensure_chromium, ensure_environment, say

# Browser tests stay together in one of the two workers: one server, one browser, little load.
PYTEST = ("-m", "pytest", "-n", "2", "--dist", "loadgroup")
LONG = "--long"
LONG_KILLS = "1000"
# One after the other and with their figures on the screen: the kills are to hit writing, not waiting.
PYTEST_LONG = ("-m", "pytest", "-s", "tests/durability")


@contextmanager
def postgres_server() -> Iterator[str | None]:
    """The address of a server for the tests: the one that is named, else one of our own; None without."""
    named = os.environ.get(POSTGRES_VARIABLE)
    if named:
        yield named
        return
    binaries = ensure_postgres()
    if binaries is None:
        yield None
        return
    with running_cluster(binaries) as cluster:
        yield cluster.url()


def run_checks(
    checks: Mapping[str, tuple[str, ...]], python: str, environment: Mapping[str, str]
) -> list[str]:
    """Run every check, also after one failed; the names of those that did."""
    failed = []
    for name, arguments in checks.items():
        before = time.monotonic()
        say(f"\n== {name}")
        if subprocess.run([python, *arguments], cwd=ROOT, env=environment, check=False).returncode:
            failed.append(name)
        say(f"== {name}: {time.monotonic() - before:.0f} s")
    return failed


def main() -> int:
    """Set up what the tests need and run every check; 0 only when all passed and none had to be left out."""
    started = time.monotonic()
    is_long = LONG in sys.argv
    more = [argument for argument in sys.argv[1:] if argument != LONG]
    python = str(ensure_environment(dev=True))
    environment = dict(os.environ)
    left_out = []
    if is_long:
        environment.setdefault("CCN_KILLS", LONG_KILLS)
        checks: dict[str, tuple[str, ...]] = {"pytest": (*PYTEST_LONG, *more)}
    else:
        chromium = ensure_chromium()
        if chromium:
            environment[CHROMIUM_VARIABLE] = chromium
        else:
            left_out.append("browser tests (no Chromium)")
        pytest = PYTEST if chromium else (*PYTEST, "-m", "not browser")
        checks = {"ruff": ("-m", "ruff", "check", "."), "mypy": ("-m", "mypy"), "pytest": (*pytest, *more)}
    with postgres_server() as server:
        if server:
            environment[POSTGRES_VARIABLE] = server
        else:
            left_out.append("tests on PostgreSQL (no server with PostGIS)")
        say(f"Set up in {time.monotonic() - started:.0f} s.")
        failed = run_checks(checks, python, environment) + left_out
    say(
        f"\nFAILED: {', '.join(failed)}"
        if failed
        else f"\nAll checks passed in {time.monotonic() - started:.0f} s."
    )
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Stopped.")
