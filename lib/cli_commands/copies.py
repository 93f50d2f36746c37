"""`export`, `import`, `backup`, `restore` and `move`: the database carried elsewhere and back."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from lib.cli_commands.call import DONE, Call, add_common
from lib.domain.errors import Refusal
from lib.store.backup import Unsound, backup, restore
from lib.store.compare import differing_days
from lib.store.database import Database, open_database
from lib.store.files import SHIPPED, FileStore
from lib.store.portable import digests, export, import_into
from lib.store.sql import SqlStore
from lib.store.verify import verify


def add_commands(commands: Any) -> None:
    command = _add(commands, "export", _export, "write the whole database as CSV and GeoPackage files")
    command.add_argument("folder", type=Path, help="a folder that does not exist yet, or is empty")
    command.add_argument(
        "--with-accounts", action="store_true", help="password hashes and drafts as well; keep it locked away"
    )
    command = _add(commands, "import", _import, "bring an export into an empty database")
    command.add_argument("folder", type=Path)
    command = _add(commands, "backup", _backup, "copy the whole database into one file, also while in use")
    command.add_argument("file", type=Path, help="a file that does not exist yet")
    command = _add(commands, "restore", _restore, "bring a backup back")
    command.add_argument("file", type=Path)
    command.add_argument(
        "--replace", action="store_true", help="take the place of the SQLite file, which is kept aside"
    )
    command = _add(commands, "move", _move, "copy everything into an empty database of another kind")
    command.add_argument("--to", required=True, metavar="ADDRESS", help="the empty database")


def _add(
    commands: Any, name: str, run: Callable[[Call], int], help_text: str
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=help_text)
    add_common(command)
    command.set_defaults(run=run)
    return command


def _export(call: Call) -> int:
    folder: Path = call.given.folder
    call.detail = folder.name
    manifest = export(call.existing, folder, with_accounts=call.given.with_accounts)
    call.say("export.done", place=folder, rows=manifest.rows)
    call.say("export.with_secrets" if manifest.with_accounts else "export.without_secrets")
    return DONE


def _import(call: Call) -> int:
    folder: Path = call.given.folder
    call.detail = folder.name
    manifest = import_into(call.database, folder)
    call.say("import.done", address=call.database.shown, rows=manifest.rows)
    if not manifest.with_accounts:
        call.say("import.no_passwords")
    return DONE


def _backup(call: Call) -> int:
    file: Path = call.given.file
    call.detail = file.name
    backup(call.existing, file, FileStore(SHIPPED).attributes)
    call.say("backup.done", place=file, size=f"{file.stat().st_size / 1e6:.1f}")
    return DONE


def _restore(call: Call) -> int:
    file: Path = call.given.file
    call.detail = file.name
    done = restore(call.database, file, FileStore(SHIPPED).attributes, replace=call.given.replace)
    call.say("restore.done", address=done.shown)
    if done.kept_aside is not None:
        call.say("restore.aside", place=done.kept_aside)
    return DONE


def _move(call: Call) -> int:
    with closing(open_database(call.given.to)) as target:
        call.detail = f"to {target.shown}"
        _carry(call.existing, target)
        call.say("move.done", address=target.shown)
    return DONE


def _carry(source: Database, target: Database) -> None:
    """Everything from one database into another, then both asked the same questions."""
    shipped = FileStore(SHIPPED)
    with tempfile.TemporaryDirectory() as scratch:
        export(source, Path(scratch) / "export", with_accounts=True)
        import_into(target, Path(scratch) / "export")
    problems = verify(target, shipped.attributes)
    if problems:
        raise Unsound(problems)
    differing = differing_days(SqlStore(source, shipped), SqlStore(target, shipped))
    if differing or digests(source) != digests(target):
        raise Refusal("cli.not_the_same", address=target.shown)
