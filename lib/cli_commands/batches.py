"""`batches` and `undo`: what was written at one time, and how it is taken back."""

from __future__ import annotations

import argparse
from typing import Any

from lib.cli_commands.call import DONE, Call, add_acting, add_common
from lib.store.writing import undo

_DOOR = "cli"
_SHOWN = 20


def add_commands(commands: Any) -> None:
    command: argparse.ArgumentParser = commands.add_parser("batches", help="list what was written")
    add_common(command)
    command.add_argument("--limit", type=int, default=_SHOWN)
    command.set_defaults(run=_list)
    command = commands.add_parser("undo", help="take a batch back; nothing is deleted")
    add_common(command)
    add_acting(command)
    command.add_argument("batch")
    command.add_argument("--reason", required=True)
    command.set_defaults(run=_undo)


def _list(call: Call) -> int:
    for batch in call.store().batches()[: max(call.given.limit, 0)]:
        taken_back = f"  ← {batch.undone_by}" if batch.undone_by else ""
        when = batch.recorded_at.isoformat(" ", "minutes")
        who = f"{batch.kind:<8}  {batch.author:<12}"
        print(f"{batch.id}  {when}  {who}  {batch.size:>7}  {batch.title}{taken_back}")
    return DONE


def _undo(call: Call) -> int:
    actor = call.actor()
    done = undo(call.store(), actor, call.given.batch, call.given.reason, door=_DOOR)
    call.detail = f"{call.given.batch} by {done.batch}"
    call.say("undo.done", batch=call.given.batch, by=done.batch)
    if done.resting:
        call.say("undo.resting", count=len(done.resting))
        for item in done.resting:
            print(f"  {item.id}  {item.subject}  {item.attribute}  {item.as_written}")
    return DONE
