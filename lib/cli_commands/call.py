"""One call of a command: what was given, the database it means, who acts, and where it speaks."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path

from lib.domain.account import Account
from lib.domain.errors import Refusal
from lib.store.accounts import Accounts
from lib.store.database import Database, default_url, open_database
from lib.store.files import SHIPPED
from lib.store.sql import SqlStore, open_evidence
from lib.text import t

DONE, REFUSED, WRONG = 0, 1, 2
"""Exit codes."""

VAR = Path(__file__).resolve().parents[2] / "var"
"""What the program keeps on this machine: the SQLite file and the logs."""

PASSWORD_VARIABLE = "CCN_PASSWORD"
NEW_PASSWORD_VARIABLE = "CCN_NEW_PASSWORD"


class Call:
    """
    A command under way.

    `detail` goes into the log of operations: what was touched, never a password.
    """

    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        self.lang: str = given.lang
        self.code = REFUSED
        self.detail = ""
        self.problem = ""
        self.acting = ""
        self._database: Database | None = None

    @property
    def database(self) -> Database:
        """The database of `--url`, of `CCN_DATABASE_URL`, or the SQLite file of this folder."""
        if self._database is None:
            self._database = open_database(self.given.url or default_url(VAR))
        return self._database

    @property
    def existing(self) -> Database:
        """
        The database, which has to be there: looking at a SQLite file that is not would make an empty one.

        Raises
        ------
        Refusal
            "cli.no_database"
        """
        file = self.database.file
        if file is not None and not file.exists():
            raise Refusal("cli.no_database", address=self.database.shown)
        return self.database

    @property
    def accounts(self) -> Accounts:
        return Accounts(self.database)

    def store(self) -> SqlStore:
        """The store, its schema and shipped records brought up to date."""
        return open_evidence(self.database, SHIPPED)

    def close(self) -> None:
        if self._database is not None:
            self._database.close()

    def say(self, key: str, **values: object) -> None:
        """A message of `cli` on standard output."""
        print(t(self.lang, f"cli.{key}", **values))

    def fail(self, problem: str, message: str) -> None:
        """A failure on standard error, and its name for the log."""
        self.problem = problem
        print(message, file=sys.stderr)

    def actor(self) -> Account:
        """
        The account of `--as`, signed in by its password.

        Raises
        ------
        Refusal
            "cli.need_account" if none is named, "cli.not_signed_in" if name and password do not fit.
        """
        name: str = self.given.acting or ""
        if not name:
            raise Refusal("cli.need_account")
        self.acting = name
        account = self.accounts.verify(name, self._secret(PASSWORD_VARIABLE, "ask.password", name))
        if account is None or not account.is_active:
            raise Refusal("cli.not_signed_in", name=name)
        return account

    def new_password(self, name: str) -> str:
        """
        A new password, asked for twice when a person types it.

        Raises
        ------
        Refusal
            "cli.passwords_differ"
        """
        given = os.environ.get(NEW_PASSWORD_VARIABLE)
        if given is not None:
            return given
        first = getpass.getpass(t(self.lang, "cli.ask.new_password", name=name))
        if getpass.getpass(t(self.lang, "cli.ask.again")) != first:
            raise Refusal("cli.passwords_differ")
        return first

    def _secret(self, variable: str, key: str, name: str) -> str:
        given = os.environ.get(variable)
        return given if given is not None else getpass.getpass(t(self.lang, f"cli.{key}", name=name))


def add_common(command: argparse.ArgumentParser) -> None:
    """What every command takes."""
    command.add_argument("--lang", choices=("vi", "en"), default="vi")
    command.add_argument(
        "--url", default="", metavar="ADDRESS",
        help="the database; else the one in CCN_DATABASE_URL, else var/ccn.sqlite",
    )


def add_acting(command: argparse.ArgumentParser) -> None:
    """What every command takes that writes in somebody's name."""
    command.add_argument("--as", dest="acting", default="", metavar="NAME", help="the account that signs")
