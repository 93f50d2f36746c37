"""`init`, `migrate` and `verify`: the database made, brought up to date and looked through."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

from lib.cli_commands.call import DONE, REFUSED, Call, add_common
from lib.store.files import SHIPPED, FileStore
from lib.store.migrate import migrate, schema_version
from lib.store.verify import Problem, verify
from lib.text import t


def add_commands(commands: Any) -> None:
    for name, run, help_text in (
        ("init", _init, "make the database and fill it with the shipped records"),
        ("migrate", _migrate, "bring the schema of the database up to date"),
        ("verify", _verify, "look through the whole database"),
    ):
        command: argparse.ArgumentParser = commands.add_parser(name, help=help_text)
        add_common(command)
        command.set_defaults(run=run)


def _init(call: Call) -> int:
    opened = call.store()
    call.detail = f"batches={len(opened.batches())}"
    call.say("init.done", address=call.database.shown, clusters=len(opened.clusters))
    if call.accounts.is_empty():
        call.say("init.no_account")
    return DONE


def _migrate(call: Call) -> int:
    before = schema_version(call.database)
    migrate(call.database)
    after = schema_version(call.database)
    call.detail = f"{before or '-'}->{after}"
    key = "migrate.same" if before == after else "migrate.done"
    call.say(key, before=before or "–", after=after)
    return DONE


def _verify(call: Call) -> int:
    problems = verify(call.existing, FileStore(SHIPPED).attributes)
    call.detail = f"problems={len(problems)}"
    if not problems:
        call.say("verify.clean", address=call.database.shown)
        return DONE
    call.say("verify.found", count=len(problems))
    print_problems(call, problems)
    return REFUSED


def print_problems(call: Call, problems: Iterable[Problem]) -> None:
    """A line a kind of problem, with some examples."""
    for problem in problems:
        what = t(call.lang, f"cli.problem.{problem.kind}", table=problem.table)
        call.say("verify.line", what=what, count=problem.count, examples=", ".join(problem.examples))
