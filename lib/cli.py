"""
The command line: `python -m lib.cli <command> …`; `python -m lib.cli --help` lists the commands.

Exit codes: 0 done; 1 refused, not possible now, or `verify` found something; 2 data or the call is wrong.
Messages are Vietnamese, English with `--lang en`. Passwords are asked for in the terminal or taken from the
environment (`CCN_PASSWORD`, `CCN_NEW_PASSWORD`), never from the command line.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence

from lib.cli_commands import accounts, assess, batches, copies, store
from lib.cli_commands.call import REFUSED, WRONG, Call
from lib.cli_commands.journal import journal
from lib.domain.errors import DataError, Refusal
from lib.store.backup import Unsound
from lib.text.errors import error_text, refusal_text

_PARTS = (store, accounts, batches, copies, assess)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m lib.cli", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for part in _PARTS:
        part.add_commands(commands)
    given = parser.parse_args(arguments)
    call = Call(given)
    with journal(call):
        call.code = _run(call)
    return call.code


def _run(call: Call) -> int:
    try:
        code: int = call.given.run(call)
        return code
    except DataError as error:
        call.fail(str(error), error_text(call.lang, error))
        return WRONG
    except Unsound as error:
        call.fail(error.problem, refusal_text(call.lang, error))
        store.print_problems(call, error.problems)
        return REFUSED
    except Refusal as error:
        call.fail(error.problem, refusal_text(call.lang, error))
        return REFUSED
    finally:
        call.close()


if __name__ == "__main__":
    # A Windows console may not be UTF-8; Vietnamese must not end the program.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    sys.exit(main())
