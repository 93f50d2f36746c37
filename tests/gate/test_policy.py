"""Limits of trying passwords, where one goes after signing in, whom the gate lets in, and its cookies."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.account import SERVER, Account, Role
from lib.domain.errors import Refusal
from lib.gate import passport
from lib.gate.identity import Sessions, passport_of, read_key
from lib.gate.passport import Passport
from lib.gate.policy import TRIES_PER_NAME, WINDOW_S, Access, Throttle, safe_next
from lib.store.accounts import Accounts
from lib.store.database import open_database, sqlite_url
from lib.store.migrate import migrate

PASSWORD = "một câu thật dài đấy"


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_after_five_wrong_passwords_one_waits_and_then_may_try_again() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    for _ in range(TRIES_PER_NAME):
        assert throttle.try_once("lan", "10.0.0.1") == 0
    assert 0 < throttle.try_once("lan", "10.0.0.1") <= WINDOW_S + 1
    assert throttle.try_once("lan", "10.0.0.2") == 0
    clock.now += WINDOW_S
    assert throttle.try_once("lan", "10.0.0.1") == 0


def test_many_names_from_one_address_are_stopped_as_well() -> None:
    throttle = Throttle(Clock())
    for number in range(30):
        assert throttle.try_once(f"name{number}", "10.0.0.1") == 0
    assert throttle.try_once("another", "10.0.0.1") > 0


def test_who_knows_the_password_starts_anew() -> None:
    throttle = Throttle(Clock())
    for _ in range(TRIES_PER_NAME - 1):
        assert throttle.try_once("lan", "10.0.0.1") == 0
    throttle.right("lan", "10.0.0.1")
    assert [throttle.try_once("lan", "10.0.0.1") for _ in range(TRIES_PER_NAME)] == [0] * TRIES_PER_NAME


@pytest.mark.parametrize(
    "asked", ["//evil", "/\\evil", "https://evil", "evil", "javascript:x", "/a\\b", "/a\nb", "", "/\t/evil"]
)
def test_signing_in_never_leads_elsewhere(asked: str) -> None:
    assert safe_next(asked, "") == "/"


def test_a_deep_link_survives_signing_in() -> None:
    assert safe_next("/ho-so?cum=HT-CCN-007", "") == "/ho-so?cum=HT-CCN-007"
    assert safe_next("/ccn/ho-so", "/ccn") == "/ccn/ho-so"
    assert safe_next("/other", "/ccn") == "/ccn/"


@given(st.text(max_size=40))
def test_whatever_is_asked_the_way_leads_to_this_server(asked: str) -> None:
    found = safe_next(asked, "/ccn")
    assert found.startswith("/ccn/") and "\\" not in found


def test_without_a_setting_only_the_own_machine_reads() -> None:
    access = Access()
    assert access.visitor_level("127.0.0.1", "127.0.0.1", is_forwarded=False) == "full"
    assert access.visitor_level("ccn.hatinh.vn", "127.0.0.1", is_forwarded=False) == "none"
    assert access.visitor_level("localhost", "10.0.0.7", is_forwarded=False) == "none"
    assert access.visitor_level("localhost", "127.0.0.1", is_forwarded=True) == "none"
    for shared in (Access("proxy"), Access(hosts=("ccn.lan",)), Access(proxy_addresses=("127.0.0.1",))):
        assert shared.visitor_level("127.0.0.1", "127.0.0.1", is_forwarded=False) == "none"
    assert Access(anonymous="public").visitor_level("x", "10.0.0.7", is_forwarded=True) == "public"


def test_a_passport_counts_only_with_the_secret_of_this_process() -> None:
    real = {name.decode(): value.decode() for name, value in passport.headers(Passport("lan:1", "full"))}
    assert passport.read(real) == Passport("lan:1", "full")
    forged = {**real, passport.SECRET_HEADER: "0" * 64}
    assert passport.read(forged) is None
    assert passport.read({"X-Ccn-Account": "lan:1"}) is None


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    database = open_database(sqlite_url(tmp_path / "ccn.sqlite"))
    migrate(database)
    found = Accounts(database)
    found.add(SERVER, Account("lan", "Lan", Role.STEWARD), PASSWORD)
    return found


def test_a_cookie_ends_with_its_session_and_with_another_key(accounts: Accounts) -> None:
    lan = accounts.get("lan")
    assert lan is not None
    sessions = Sessions(accounts, b"k" * 32)
    cookie = sessions.cookie(lan)
    assert sessions.account_of_cookie(cookie) == lan
    assert Sessions(accounts, b"x" * 32).account_of_cookie(cookie) is None
    assert sessions.account_of_cookie(cookie.replace("lan", "lam")) is None
    assert sessions.account_of_cookie(passport_of(lan)) is None
    accounts.end_sessions(lan, "lan")
    sessions.forget()
    assert sessions.account_of_cookie(cookie) is None


def test_half_a_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_bytes(b"")
    with pytest.raises(Refusal):
        read_key(tmp_path / "secret.key")


def test_the_key_stays_and_only_the_server_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "var" / "secret.key"
    key = read_key(file)
    assert len(key) == 32 and read_key(file) == key
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
