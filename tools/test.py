"""Lint, types and all tests: `make test`, or `py tools\\test.py` on Windows."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.setup_env import CHROMIUM_VARIABLE, ROOT, ensure_chromium, ensure_environment, say

# Browser tests stay together in one of the two workers: one server, one browser, little load.
PYTEST = ("-m", "pytest", "-n", "2", "--dist", "loadgroup")


def main() -> int:
    """Run every check, also after one failed; 0 only when all passed."""
    started = time.monotonic()
    python = str(ensure_environment(dev=True))
    chromium = ensure_chromium()
    environment = dict(os.environ)
    if chromium:
        environment[CHROMIUM_VARIABLE] = chromium
    say(f"Set up in {time.monotonic() - started:.0f} s.")
    pytest = PYTEST if chromium else (*PYTEST, "-m", "not browser")
    checks = {
        "ruff": ("-m", "ruff", "check", "."),
        "mypy": ("-m", "mypy"),
        "pytest": (*pytest, *sys.argv[1:]),
    }
    failed = [] if chromium else ["browser tests (no Chromium)"]
    for name, arguments in checks.items():
        before = time.monotonic()
        say(f"\n== {name}")
        if subprocess.run([python, *arguments], cwd=ROOT, env=environment, check=False).returncode:
            failed.append(name)
        say(f"== {name}: {time.monotonic() - before:.0f} s")
    say(
        f"\nFAILED: {', '.join(failed)}"
        if failed
        else f"\nAll checks passed in {time.monotonic() - started:.0f} s."
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
