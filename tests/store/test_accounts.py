"""Accounts: who may make and change them, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from lib.domain.account import SERVER, Account, Role
from lib.domain.errors import Refusal
from lib.store import audit, schema
from lib.store.accounts import Accounts
from lib.store.database import Database
from lib.store.migrate import migrate

PASSWORD = "một câu thật dài đấy"
LAN = Account("lan", "Lan", Role.STEWARD)


@pytest.fixture
def accounts(database: Database) -> Accounts:
    migrate(database)
    found = Accounts(database)
    found.add(SERVER, LAN, PASSWORD)
    return found


def refused(problem: str) -> Any:
    return pytest.raises(Refusal, check=lambda error: error.problem == problem)


def test_a_password_opens_its_account_and_no_other(accounts: Accounts) -> None:
    accounts.add(LAN, Account("an", "An", Role.READER), "một câu khác cũng dài")
    assert accounts.verify("lan", PASSWORD) == accounts.get("lan")
    assert accounts.verify("an", PASSWORD) is None
    assert accounts.verify("nobody", PASSWORD) is None


def test_no_password_is_kept_or_noted(accounts: Accounts) -> None:
    with accounts.database.read() as connection:
        kept = connection.execute(select(schema.account.c.password)).scalar_one()
    assert kept.startswith("$argon2") and PASSWORD not in kept
    assert all(PASSWORD not in repr(row) and "$argon2" not in repr(row)
               for row in audit.entries(accounts.database))


def test_only_a_steward_makes_accounts_and_the_server_only_the_first(accounts: Accounts) -> None:
    reader = Account("an", "An", Role.READER)
    with refused("store.not_allowed"):
        accounts.add(SERVER, reader, PASSWORD)
    accounts.add(LAN, reader, PASSWORD)
    with refused("store.not_allowed"):
        accounts.add(reader, Account("ba", "Ba", Role.STEWARD), PASSWORD)
    with refused("store.name_taken"):
        accounts.add(LAN, reader, PASSWORD)


def test_the_last_steward_stays(accounts: Accounts) -> None:
    for changes in ({"is_active": False}, {"role": Role.READER}):
        with refused("store.last_steward"):
            accounts.change(LAN, "lan", **changes)
    assert accounts.get("lan") == LAN


def test_every_change_ends_open_sessions(accounts: Accounts) -> None:
    versions = []
    for change in (
        lambda: accounts.end_sessions(LAN, "lan"),
        lambda: accounts.set_password(LAN, "lan", "một câu mới cũng dài"),
        lambda: accounts.change(LAN, "lan", full_name="Lan Mới"),
    ):
        change()
        found = accounts.get("lan")
        assert found is not None
        versions.append(found.session_version)
    assert versions == [2, 3, 4]


@pytest.mark.parametrize("name", ["", "x", "Lan", "a b", "release", "server", "a" * 41, "đức", "../x"])
def test_names_that_could_mislead_are_refused(accounts: Accounts, name: str) -> None:
    with refused("store.bad_name"):
        accounts.add(LAN, Account(name, "X", Role.READER), PASSWORD)


@pytest.mark.parametrize("password", ["ngắn quá", "aaaaaaaaaaaaaaaa", "lan-lan-xin-chao", "x" * 201])
def test_weak_passwords_are_refused(accounts: Accounts, password: str) -> None:
    with refused("store.weak_password"):
        accounts.set_password(LAN, "lan", password)


def test_who_is_switched_off_neither_signs_in_nor_changes_others(accounts: Accounts) -> None:
    an = Account("an", "An", Role.STEWARD)
    accounts.add(LAN, an, PASSWORD)
    accounts.change(LAN, "an", is_active=False)
    assert accounts.verify("an", PASSWORD) is None
    with refused("store.not_allowed"):
        accounts.change(an, "lan", is_active=False)
