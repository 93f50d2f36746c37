"""A real server, tried as an attacker: who reaches what, by every door."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from itsdangerous import TimestampSigner
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect

from lib.domain.account import SERVER, Account, Role
from lib.gate.identity import COOKIE
from lib.store.accounts import Accounts
from lib.store.database import open_database, sqlite_url
from lib.store.migrate import migrate
from tests.browser.harness import Server, running_app

PASSWORD = "một câu thật dài đấy"
STEWARD = Account("lan", "Lan", Role.STEWARD)
PEOPLE = (
    STEWARD,
    Account("doc", "Đọc", Role.READER),
    Account("tra", "Tra", Role.INSPECTOR, ("2025-07:18073",)),
    Account("tat", "Tắt", Role.INSPECTOR),
)


@dataclass(frozen=True)
class Place:
    """A server that lets nobody read without an account, and its accounts."""

    server: Server
    accounts: Accounts

    def url(self, path: str) -> str:
        return self.server.url + path


def _people(file: Path) -> Accounts:
    database = open_database(sqlite_url(file))
    migrate(database)
    accounts = Accounts(database)
    for number, person in enumerate(PEOPLE):
        accounts.add(SERVER if number == 0 else STEWARD, person, PASSWORD)
    return accounts


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("closed")
    accounts = _people(folder / "ccn.sqlite")
    (folder / "settings.toml").write_text('[access]\nanonymous = "none"\n', "utf-8")
    environment = {
        "CCN_DATABASE_URL": sqlite_url(folder / "ccn.sqlite"),
        "CCN_SETTINGS": str(folder / "settings.toml"),
    }
    with ExitStack() as stack:
        yield Place(stack.enter_context(running_app(environment=environment)), accounts)


def sign_in(place: Place, name: str, password: str = PASSWORD) -> requests.Session:
    visitor = requests.Session()
    answer = visitor.post(
        place.url("/dang-nhap"), data={"name": name, "password": password}, allow_redirects=False
    )
    assert answer.status_code == 303, answer.text
    return visitor


def _cookie_header(visitor: requests.Session) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())}


def websocket_status(place: Place, headers: dict[str, str], origin: str | None = None) -> int:
    """101 when the connection opens, else the status it is refused with."""
    url = place.url("/_stcore/stream").replace("http", "ws", 1)
    try:
        with connect(url, additional_headers=headers, origin=origin, open_timeout=10):  # type: ignore[arg-type]
            return 101
    except InvalidStatus as error:
        return error.response.status_code
    except WebSocketException:
        return 0


def _forged_cookie(place: Place) -> dict[str, str]:
    lan = place.accounts.get("lan")
    assert lan is not None
    signer = TimestampSigner(b"another key", salt="ccn-session")
    return {"Cookie": f"{COOKIE}={signer.sign(f'lan:{lan.session_version}').decode()}"}


def headers_of(place: Place, who: str) -> dict[str, str]:
    """What a client of this kind sends."""
    forged = {
        "forged cookie": _forged_cookie(place),
        "unsigned cookie": {"Cookie": f"{COOKIE}=lan:1"},
        "forged headers": {
            "X-Ccn-Gate": "x", "X-Ccn-Account": "lan:1", "X_Ccn_Account": "lan:1", "X-Ccn-Level": "full",
        },
        "forged proxy header": {"X-Remote-User": "lan"},
        "anonymous": {},
    }
    if who in forged:
        return forged[who]
    return _cookie_header(sign_in(place, who))


OUTSIDERS = ("anonymous", "forged cookie", "unsigned cookie", "forged headers", "forged proxy header")
INSIDERS = ("doc", "tra", "lan")
DOORS = {
    "/": 200,
    "/ho-so?cum=HT-CCN-007": 200,
    "/app/static/leaflet/leaflet.js": 200,
    "/_stcore/host-config": 200,
    "/media/nothing.bin": 404,
    "/component/nothing/x.js": 404,
}
"""What whoever is signed in gets; everyone else is refused before it."""


@pytest.mark.parametrize("who", OUTSIDERS)
@pytest.mark.parametrize("door", DOORS)
def test_without_an_account_nothing_is_read(place: Place, who: str, door: str) -> None:
    answer = requests.get(place.url(door), headers=headers_of(place, who), allow_redirects=False, timeout=10)
    assert answer.status_code == 401
    page = requests.get(
        place.url(door), headers=headers_of(place, who) | {"Accept": "text/html"}, allow_redirects=False,
        timeout=10,
    )
    assert page.status_code == 303 and page.headers["location"].startswith("/dang-nhap?next=")


@pytest.mark.parametrize("who", OUTSIDERS)
def test_without_an_account_no_page_runs(place: Place, who: str) -> None:
    assert websocket_status(place, headers_of(place, who), place.server.url) != 101


@pytest.mark.parametrize("who", INSIDERS)
@pytest.mark.parametrize(("door", "status"), DOORS.items())
def test_an_account_reads(place: Place, who: str, door: str, status: int) -> None:
    answer = requests.get(place.url(door), headers=headers_of(place, who), timeout=10)
    assert answer.status_code == status


@pytest.mark.parametrize("who", INSIDERS)
def test_an_account_opens_pages_but_not_from_a_foreign_one(place: Place, who: str) -> None:
    headers = headers_of(place, who)
    assert websocket_status(place, headers, place.server.url) == 101
    assert websocket_status(place, headers, "https://evil.example") != 101


@pytest.mark.parametrize("who", (*OUTSIDERS, *INSIDERS))
def test_measures_are_for_the_steward(place: Place, who: str) -> None:
    answer = requests.get(place.url("/_stcore/metrics"), headers=headers_of(place, who), timeout=10)
    assert answer.status_code == (200 if who == "lan" else 403)


@pytest.mark.parametrize("who", (*OUTSIDERS, *INSIDERS))
def test_health_is_open_and_tells_one_word(place: Place, who: str) -> None:
    assert requests.get(place.url("/_stcore/health"), timeout=10).status_code == 200
    answer = requests.get(place.url("/suc-khoe"), headers=headers_of(place, who), timeout=10)
    assert (answer.status_code, answer.text) == (200, "ok")


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_uploads_without_an_account(place: Place, who: str) -> None:
    door = place.url("/_stcore/upload_file/session/file")
    answer = requests.put(door, headers=headers_of(place, who), files={"f": b"x"}, timeout=10)
    assert answer.status_code == 401


@pytest.mark.parametrize("who", INSIDERS)
def test_an_upload_from_a_foreign_page_is_refused(place: Place, who: str) -> None:
    headers = headers_of(place, who) | {"Origin": "https://evil.example"}
    door = place.url("/_stcore/upload_file/session/file")
    assert requests.put(door, headers=headers, files={"f": b"x"}, timeout=10).status_code == 403


def test_a_form_of_a_foreign_page_neither_signs_in_nor_out(place: Place) -> None:
    foreign = {"Origin": "https://evil.example"}
    body = {"name": "lan", "password": PASSWORD}
    for path in ("/dang-nhap", "/dang-xuat"):
        answer = requests.post(
            place.url(path), data=body, headers=foreign, allow_redirects=False, timeout=10
        )
        assert answer.status_code == 403 and COOKIE not in answer.cookies


def test_looking_at_the_sign_out_address_does_not_sign_out(place: Place) -> None:
    visitor = sign_in(place, "lan")
    visitor.get(place.url("/dang-xuat"), allow_redirects=False)
    assert visitor.get(place.url("/_stcore/host-config")).status_code == 200
    visitor.post(place.url("/dang-xuat"), allow_redirects=False)
    assert visitor.get(place.url("/_stcore/host-config")).status_code == 401


def test_the_cookie_is_out_of_reach_of_scripts(place: Place) -> None:
    answer = requests.post(
        place.url("/dang-nhap"), data={"name": "lan", "password": PASSWORD}, allow_redirects=False, timeout=10
    )
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/" in cookie


def test_a_switched_off_account_is_out_within_two_seconds(place: Place) -> None:
    visitor = sign_in(place, "tat")
    assert visitor.get(place.url("/_stcore/host-config")).status_code == 200
    place.accounts.change(STEWARD, "tat", is_active=False)
    time.sleep(2)
    assert visitor.get(place.url("/_stcore/host-config")).status_code == 401
    assert websocket_status(place, _cookie_header(visitor), place.server.url) != 101


def test_a_wrong_password_tells_nothing_and_is_throttled(place: Place) -> None:
    texts = set()
    for name in ("doc", "nobody"):
        for _ in range(5):
            answer = requests.post(
                place.url("/dang-nhap"), data={"name": name, "password": "sai"}, timeout=10
            )
            assert answer.status_code == 401
            texts.add(re.sub(r'value="[^"]*"', "", answer.text))
        last = requests.post(place.url("/dang-nhap"), data={"name": name, "password": PASSWORD}, timeout=10)
        assert last.status_code == 429
    assert len(texts) == 1


def test_many_tries_at_once_gain_nothing(place: Place) -> None:
    def one(_: int) -> int:
        body = {"name": "many", "password": "sai"}
        return requests.post(place.url("/dang-nhap"), data=body, timeout=30).status_code

    with ThreadPoolExecutor(12) as crowd:
        codes = list(crowd.map(one, range(12)))
    assert codes.count(401) == 5 and codes.count(429) == 7


@pytest.mark.parametrize("headers", [{"Host": "["}, {"Origin": "http://[x"}])
def test_broken_headers_are_refused_in_words(place: Place, headers: dict[str, str]) -> None:
    answer = requests.post(
        place.url("/dang-nhap"), data={"name": "x", "password": "y"}, headers=headers, timeout=10
    )
    assert answer.status_code in (400, 401, 403)


def test_a_form_that_is_too_long_is_refused(place: Place) -> None:
    answer = requests.post(place.url("/dang-nhap"), data={"name": "x" * 20_000}, timeout=10)
    assert answer.status_code == 400


def test_what_is_typed_comes_back_escaped(place: Place) -> None:
    nasty = '"><script>alert(1)</script>'
    answer = requests.post(
        place.url("/dang-nhap"), data={"name": nasty, "password": "x", "next": nasty}, timeout=10
    )
    assert "<script>" not in answer.text


def test_the_first_account_is_made_once_with_the_code_of_the_terminal(tmp_path: Path) -> None:
    environment = {"CCN_DATABASE_URL": sqlite_url(tmp_path / "ccn.sqlite")}
    with running_app(environment=environment) as server:
        found = re.search(r"ma=(\S+)", server.log_text())
        assert found is not None
        form = {"name": "lan", "full_name": "Lan", "password": PASSWORD, "again": PASSWORD}
        wrong = requests.post(f"{server.url}/bat-dau", data=form | {"ma": "x"}, timeout=10)
        assert wrong.status_code == 404
        weak = form | {"ma": found[1], "password": "ngắn", "again": "ngắn"}
        assert requests.post(f"{server.url}/bat-dau", data=weak, timeout=10).status_code == 400
        made = requests.post(
            f"{server.url}/bat-dau", data=form | {"ma": found[1]}, allow_redirects=False, timeout=10
        )
        assert made.status_code == 303 and COOKIE in made.cookies
        again = requests.post(
            f"{server.url}/bat-dau", data=form | {"ma": found[1], "name": "hai"}, timeout=10
        )
        assert again.status_code == 404


@pytest.mark.parametrize(
    ("settings", "host", "status"),
    [
        ('[access]\nhosts = ["ccn.example"]', "evil.example", 400),
        ('[access]\nhosts = ["ccn.example"]', "ccn.example", 303),
        ("", "evil.example", 303),
        ("", "127.0.0.1", 200),
    ],
)
def test_a_server_answers_to_its_own_name_and_reads_only_at_home(
    tmp_path: Path, settings: str, host: str, status: int
) -> None:
    (tmp_path / "settings.toml").write_text(settings, "utf-8")
    environment = {"CCN_SETTINGS": str(tmp_path / "settings.toml")}
    with running_app(environment=environment) as server:
        port = server.url.rpartition(":")[2]
        answer = requests.get(
            f"{server.url}/", headers={"Host": f"{host}:{port}", "Accept": "text/html"},
            allow_redirects=False, timeout=10,
        )
    assert answer.status_code == status
