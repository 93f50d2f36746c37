"""`account add | list | change | password | off | on | sessions`: who may write, and as what."""

from __future__ import annotations

import argparse
from typing import Any

from lib.cli_commands.call import DONE, Call, add_acting, add_common
from lib.domain.account import SERVER, Account, Role
from lib.domain.errors import Refusal
from lib.store.migrate import migrate
from lib.text import t

_DOOR = "cli"


def add_commands(commands: Any) -> None:
    group: argparse.ArgumentParser = commands.add_parser("account", help="who may write, and as what")
    actions = group.add_subparsers(dest="action", required=True)
    command = _add(actions, "add", _new, "make an account; the first one is a steward and needs no --as")
    command.add_argument("--full-name", required=True)
    _add_role(command, default=Role.READER)
    _add(actions, "list", _list, "list the accounts", has_name=False)
    command = _add(actions, "change", _change, "change name, role or communes")
    command.add_argument("--full-name", default=None)
    _add_role(command, default=None)
    _add(actions, "password", _password, "set a new password; open sessions end")
    _add(actions, "off", _off, "switch an account off at once")
    _add(actions, "on", _on, "switch an account on again")
    _add(actions, "sessions", _sessions, "end all open sessions of an account")


def _add(
    actions: Any, name: str, run: Any, help_text: str, *, has_name: bool = True
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = actions.add_parser(name, help=help_text)
    add_common(command)
    command.set_defaults(run=run)
    if has_name:
        add_acting(command)
        command.add_argument("name")
    return command


def _add_role(command: argparse.ArgumentParser, *, default: Role | None) -> None:
    command.add_argument("--role", type=Role, choices=list(Role), default=default)
    command.add_argument(
        "--communes", type=_communes, default=None, metavar="CODE,CODE",
        help="where an inspector may write; empty is the whole province",
    )


def _communes(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _new(call: Call) -> int:
    given = call.given
    migrate(call.database)
    call.detail = f"{given.name} role={given.role}"
    account = Account(given.name, given.full_name, given.role, given.communes or ())
    if call.accounts.is_empty():
        # Nobody is there yet who could sign in to make it.
        if account.role is not Role.STEWARD:
            raise Refusal("cli.first_is_steward")
        actor = SERVER
    else:
        actor = call.actor()
    call.accounts.add(actor, account, call.new_password(account.name), door=_DOOR)
    call.say("account.added", name=account.name, role=t(call.lang, f"cli.role.{account.role}"))
    return DONE


def _list(call: Call) -> int:
    accounts = call.accounts.all()
    if not accounts:
        call.say("account.none")
    for one in accounts:
        state = t(call.lang, "cli.account.active" if one.is_active else "cli.account.inactive")
        role = t(call.lang, f"cli.role.{one.role}")
        where = ", ".join(one.communes) or t(call.lang, "cli.account.whole_province")
        print(f"{one.name}  {one.full_name}  {role}  {where}  {state}")
    return DONE


def _change(call: Call) -> int:
    given = call.given
    wanted = {"full_name": given.full_name, "role": given.role, "communes": given.communes}
    changes = {key: value for key, value in wanted.items() if value is not None}
    call.detail = " ".join([given.name, *changes])
    call.accounts.change(call.actor(), given.name, **changes, door=_DOOR)
    call.say("account.changed", name=given.name)
    return DONE


def _password(call: Call) -> int:
    name: str = call.given.name
    call.detail = name
    actor = call.actor()
    call.accounts.set_password(actor, name, call.new_password(name), door=_DOOR)
    call.say("account.password_set", name=name)
    return DONE


def _off(call: Call) -> int:
    return _switch(call, is_active=False, message="switched_off")


def _on(call: Call) -> int:
    return _switch(call, is_active=True, message="switched_on")


def _switch(call: Call, *, is_active: bool, message: str) -> int:
    name: str = call.given.name
    call.detail = name
    call.accounts.change(call.actor(), name, is_active=is_active, door=_DOOR)
    call.say(f"account.{message}", name=name)
    return DONE


def _sessions(call: Call) -> int:
    name: str = call.given.name
    call.detail = name
    call.accounts.end_sessions(call.actor(), name, door=_DOOR)
    call.say("account.sessions_ended", name=name)
    return DONE
