"""Accounts: who may sign in, with which role. Passwords are kept as argon2 hashes only."""

from __future__ import annotations

import re
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from sqlalchemy import Connection, func, insert, select, update

from lib.domain.account import RESERVED_NAMES, SERVER, Account, Role
from lib.domain.clock import now
from lib.domain.errors import Refusal
from lib.store import audit, schema
from lib.store.csv_rows import LIST_SEPARATOR
from lib.store.database import Database

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
"""Characters. A longer one would only make the server work."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("a name that nobody has")
"""Checked for an unknown name, so that the time of the answer does not tell which names exist."""


def _account(row: Any) -> Account:
    communes = tuple(part for part in row.communes.split(LIST_SEPARATOR) if part)
    return Account(row.name, row.full_name, Role(row.role), communes, row.is_active, row.session_version)


class Accounts:
    """
    The accounts of a database. Only a steward may change them, and everybody their own password.

    Each change ends the open sessions of the account that it concerns, and leaves a row in the trail.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def is_empty(self) -> bool:
        """Whether nobody can sign in yet."""
        with self.database.read() as connection:
            return connection.execute(select(schema.account.c.name).limit(1)).first() is None

    def all(self) -> tuple[Account, ...]:
        """All accounts, those switched off as well, by name."""
        with self.database.read() as connection:
            rows = connection.execute(select(schema.account).order_by(schema.account.c.name))
            return tuple(map(_account, rows))

    def get(self, name: str) -> Account | None:
        with self.database.read() as connection:
            row = connection.execute(select(schema.account).where(schema.account.c.name == name)).first()
        return _account(row) if row else None

    def verify(self, name: str, password: str) -> Account | None:
        """The active account that this password opens; None for a wrong name or password alike."""
        with self.database.read() as connection:
            row = connection.execute(select(schema.account).where(schema.account.c.name == name)).first()
        kept = row.password if row and row.password else _NOBODY
        try:
            _HASHER.verify(kept, password[: LONGEST_PASSWORD + 1])
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return None
        return _account(row) if row and row.password and row.is_active else None

    def add(self, actor: Account, account: Account, password: str = "", *, door: str = "page") -> None:
        """
        Make an account. Without a password it signs in through a proxy or an identity provider only.

        Raises
        ------
        Refusal
            If the actor is no steward, the name is taken or not allowed, or the password is too weak. While
            there is no account at all, whoever holds the server (`SERVER`) makes the first, a steward.
        """
        _check_name(account.name)
        if not account.full_name.strip() or len(account.full_name) > 100:
            raise Refusal("store.bad_entry", field="full_name", found=account.full_name[:80])
        hashed = _hashed(account.name, password) if password else ""
        with self.database.write() as connection:
            is_first = connection.execute(select(func.count()).select_from(schema.account)).scalar_one() == 0
            if is_first and account.role is not Role.STEWARD:
                raise Refusal("store.first_is_steward")
            if not (is_first and actor == SERVER):
                _need_steward(connection, actor)
            if _row(connection, account.name) is not None:
                raise Refusal("store.name_taken", found=account.name)
            connection.execute(
                insert(schema.account).values(
                    name=account.name,
                    full_name=account.full_name.strip(),
                    role=account.role.value,
                    communes=LIST_SEPARATOR.join(account.communes),
                    password=hashed,
                    is_active=account.is_active,
                    session_version=account.session_version,
                    created_at=now(),
                )
            )
            audit.note(
                connection, actor.name, "account.add", subject=account.name, new=_words(account), door=door
            )

    def set_password(self, actor: Account, name: str, password: str, *, door: str = "page") -> None:
        """A new password, by a steward or for oneself. `Refusal` as `add`."""
        hashed = _hashed(name, password)
        with self.database.write() as connection:
            if actor.name != name:
                _need_steward(connection, actor)
            self._change(connection, actor, name, {"password": hashed}, "account.password", door)

    def change(self, actor: Account, name: str, *, door: str = "page", **changes: Any) -> None:
        """
        New `full_name`, `role`, `communes` or `is_active`.

        Raises
        ------
        Refusal
            As `add`; and if it would leave no active steward.
        """
        wanted = dict(changes)
        if "role" in wanted:
            wanted["role"] = Role(wanted["role"]).value
        if "communes" in wanted:
            wanted["communes"] = LIST_SEPARATOR.join(wanted["communes"])
        unknown = set(wanted) - {"full_name", "role", "communes", "is_active"}
        if unknown:
            raise TypeError(f"not to be changed: {unknown}")
        with self.database.write() as connection:
            _need_steward(connection, actor)
            self._change(connection, actor, name, wanted, "account.change", door)
            stewards = select(func.count()).where(
                schema.account.c.role == Role.STEWARD.value, schema.account.c.is_active
            )
            if not connection.execute(stewards).scalar_one():
                raise Refusal("store.last_steward")

    def end_sessions(self, actor: Account, name: str, *, door: str = "page") -> None:
        """All open sessions of an account end at once. `Refusal` as `add`."""
        with self.database.write() as connection:
            if actor.name != name:
                _need_steward(connection, actor)
            self._change(connection, actor, name, {}, "account.sessions", door)

    @staticmethod
    def _change(
        connection: Connection, actor: Account, name: str, changes: dict[str, Any], action: str, door: str
    ) -> None:
        row = _row(connection, name)
        if row is None:
            raise Refusal("store.unknown_account", found=name)
        connection.execute(
            update(schema.account)
            .where(schema.account.c.name == name)
            .values(**changes, session_version=row.session_version + 1)
        )
        old, new = _words(_account(row)), _words(_account(_row(connection, name)))
        is_shown = old != new
        audit.note(
            connection, actor.name, action, subject=name, old=old if is_shown else "",
            new=new if is_shown else "", door=door,
        )


def _row(connection: Connection, name: str) -> Any:
    return connection.execute(select(schema.account).where(schema.account.c.name == name)).first()


def _need_steward(connection: Connection, actor: Account) -> None:
    """As the database knows the actor now, not as an open page remembers."""
    row = _row(connection, actor.name)
    if row is None or not _account(row).is_steward:
        raise Refusal("store.not_allowed")


def _words(account: Account) -> str:
    """What an account may, for the trail."""
    state = "on" if account.is_active else "off"
    return " · ".join([account.full_name, account.role.value, ", ".join(account.communes) or "*", state])


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or name in RESERVED_NAMES:
        raise Refusal("store.bad_name", found=name[:40])


def _hashed(name: str, password: str) -> str:
    is_long_enough = SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD
    if not is_long_enough or name in password.lower() or len(set(password)) < 5:
        raise Refusal("store.weak_password", shortest=SHORTEST_PASSWORD)
    return _HASHER.hash(password)
