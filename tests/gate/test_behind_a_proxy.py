"""A real server behind a proxy: names from the proxy's header, a path prefix, and the public level."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from lib.domain.account import SERVER, Account, Role
from lib.gate.identity import COOKIE
from lib.store.accounts import Accounts
from lib.store.database import open_database, sqlite_url
from lib.store.migrate import migrate
from tests.browser.harness import ROOT, TODAY, free_port

PASSWORD = "một câu thật dài đấy"
STEWARD = Account("lan", "Lan", Role.STEWARD)
DATA = "/_stcore/host-config"


@contextmanager
def serving(folder: Path, settings: str, base: str = "", options: Sequence[str] = ()) -> Iterator[str]:
    """The address of a server with these settings and one steward."""
    database = open_database(sqlite_url(folder / "ccn.sqlite"))
    migrate(database)
    accounts = Accounts(database)
    if accounts.is_empty():
        accounts.add(SERVER, STEWARD, PASSWORD)
        accounts.add(STEWARD, Account("doc", "Đọc", Role.READER))
        accounts.add(STEWARD, Account("tat", "Tắt", Role.READER))
        accounts.change(STEWARD, "tat", is_active=False)
    (folder / "settings.toml").write_text(settings, "utf-8")
    port = free_port()
    words = ["--server.address", "127.0.0.1", "--server.port", str(port), *options]
    environment = os.environ | {
        "CCN_TODAY": TODAY,
        "CCN_DATABASE_URL": sqlite_url(folder / "ccn.sqlite"),
        "CCN_SETTINGS": str(folder / "settings.toml"),
    }
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "lib.serve", *words], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}{base}"
    try:
        _wait(f"{address}/_stcore/health", process, folder / "server.log")
        yield address
    finally:
        process.terminate()
        process.wait(10)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            if requests.get(url, timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.05)
    raise RuntimeError(log.read_text("utf-8")[-4000:])


def _status(url: str, headers: dict[str, str] | None = None) -> int:
    return requests.get(url, headers=headers, allow_redirects=False, timeout=10).status_code


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = '[access]\nmode = "proxy"\nproxy_addresses = ["127.0.0.1"]\n'
    with serving(tmp_path_factory.mktemp("trusted"), settings) as address:
        yield address


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"X-Remote-User": "lan"}, 200),
        ({"X-Remote-User": "doc"}, 200),
        ({"X-Remote-User": "tat"}, 401),
        ({"X-Remote-User": "nobody"}, 401),
        ({"X-Remote-User": ""}, 401),
        ({"X-Remote-User": "lan:1"}, 401),
        ({"X_Remote_User": "lan"}, 401),
        ({"X-Ccn-Account": "lan:1", "X-Ccn-Level": "full"}, 401),
    ],
)
def test_the_proxy_names_active_accounts_only(trusted: str, headers: dict[str, str], status: int) -> None:
    assert _status(trusted + DATA, headers) == status


def test_a_proxy_may_open_pages_for_an_account(trusted: str) -> None:
    url = f"{trusted}/_stcore/stream".replace("http", "ws", 1)
    with connect(url, additional_headers={"X-Remote-User": "doc"}, open_timeout=10):
        pass
    with pytest.raises(InvalidStatus), connect(url, open_timeout=10):
        pass


def test_behind_a_proxy_nobody_signs_in_here(trusted: str) -> None:
    answer = requests.post(f"{trusted}/dang-nhap", data={"name": "lan", "password": PASSWORD}, timeout=10)
    assert answer.status_code == 404 and COOKIE not in answer.cookies


def test_a_proxy_header_from_another_address_counts_for_nothing(tmp_path: Path) -> None:
    settings = '[access]\nmode = "proxy"\nproxy_addresses = ["10.9.8.7"]\n'
    with serving(tmp_path, settings) as address:
        assert _status(address + DATA, {"X-Remote-User": "lan"}) == 401
        # A client may say that it came from the proxy; only the connection itself counts.
        said = {"X-Remote-User": "lan", "X-Forwarded-For": "10.9.8.7", "Forwarded": "for=10.9.8.7"}
        assert _status(address + DATA, said) == 401


def test_below_a_path_everything_stays_below_it(tmp_path: Path) -> None:
    options = ("--server.baseUrlPath", "ccn")
    with serving(tmp_path, '[access]\nanonymous = "none"\n', "/ccn", options) as address:
        page = requests.get(
            f"{address}/ho-so?cum=HT-CCN-007",
            headers={"Accept": "text/html"},
            allow_redirects=False,
            timeout=10,
        )
        assert page.headers["location"].startswith("/ccn/dang-nhap?next=%2Fccn%2Fho-so")
        assert requests.get(f"{address}/suc-khoe", timeout=10).text == "ok"
        assert _status(address + DATA) == 401
        # Nor is there a way in beside the prefix.
        root = address.removesuffix("/ccn")
        assert _status(root + DATA) == 401
        visitor = requests.Session()
        form = {"name": "lan", "password": PASSWORD, "next": "/ccn/ho-so?cum=HT-CCN-007"}
        made = visitor.post(f"{address}/dang-nhap", data=form, allow_redirects=False, timeout=10)
        assert made.status_code == 303 and made.headers["location"] == form["next"]
        assert "path=/ccn/" in made.headers["set-cookie"].lower()
        assert visitor.get(address + DATA, timeout=10).status_code == 200
        assert visitor.get(f"{address}/app/static/leaflet/leaflet.js", timeout=10).status_code == 200
        out = visitor.post(f"{address}/dang-xuat", allow_redirects=False, timeout=10)
        assert out.headers["location"] == "/ccn/"
        assert visitor.get(address + DATA, timeout=10).status_code == 401


def test_the_cookie_of_a_trusted_proxy_with_tls_is_secure_and_of_no_other(tmp_path: Path) -> None:
    form = {"name": "lan", "password": PASSWORD}
    tls = {"X-Forwarded-Proto": "https"}
    for addresses, is_secure in (('["127.0.0.1"]', True), ("[]", False)):
        with serving(tmp_path, f"[access]\nproxy_addresses = {addresses}\n") as address:
            made = requests.post(
                f"{address}/dang-nhap", data=form, headers=tls, allow_redirects=False, timeout=10
            )
            assert ("secure" in made.headers["set-cookie"].lower()) is is_secure


def test_an_opened_server_lets_visitors_read_but_neither_upload_nor_measure(tmp_path: Path) -> None:
    with serving(tmp_path, '[access]\nanonymous = "public"\n') as address:
        assert _status(address + DATA) == 200
        assert _status(f"{address}/_stcore/metrics") == 403
        upload = requests.put(
            f"{address}/_stcore/upload_file/session/file", files={"f": b"x"}, timeout=10
        )
        assert upload.status_code == 401
