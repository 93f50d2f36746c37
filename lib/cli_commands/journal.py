"""The administrator's log of commands: when, who, which command on which database, how it ended."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from lib.cli_commands.call import DONE, VAR, Call
from lib.domain.clock import now
from lib.domain.errors import Refusal
from lib.store.database import default_url, open_database
from lib.text import t

FOLDER_VARIABLE = "CCN_LOG_FOLDER"
FILE = "operations.log"

_UNLOGGED = frozenset({"assess"})
"""Commands that only print what anybody may read."""


@contextmanager
def journal(call: Call) -> Iterator[None]:
    """Write one line when the command has ended, however it ended."""
    begun, result = monotonic(), "failed"
    try:
        yield
        result = "done" if call.code == DONE else call.problem or "problems"
    except KeyboardInterrupt:
        result = "stopped"
        raise
    finally:
        if call.given.command not in _UNLOGGED:
            _append(call, result, monotonic() - begun)


def _append(call: Call, result: str, seconds: float) -> None:
    fields = {
        "command": " ".join(filter(None, (call.given.command, getattr(call.given, "action", "")))),
        "user": _system_user(),
        "account": call.acting or "-",
        "database": _address(call),
        "result": result,
        "seconds": f"{seconds:.1f}",
        "detail": call.detail or "-",
    }
    # JSON quotes what somebody may have put into a name, line ends above all.
    line = " ".join(f"{key}={_plain(value)}" for key, value in fields.items())
    folder = Path(os.environ.get(FOLDER_VARIABLE) or VAR / "log")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / FILE).open("a", encoding="utf-8") as file:
            file.write(f"{now().isoformat(timespec='seconds')} {line}\n")
    except OSError:
        print(t(call.lang, "cli.no_log", file=FILE), file=sys.stderr)


def _plain(value: str) -> str:
    is_plain = value.isprintable() and not any(sign in value for sign in ' "=')
    return value if is_plain else json.dumps(value, ensure_ascii=True)


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "-"


def _address(call: Call) -> str:
    """The address without its password."""
    try:
        opened = open_database(call.given.url or default_url(VAR))
    except Refusal:
        return "-"
    opened.close()
    return opened.shown
