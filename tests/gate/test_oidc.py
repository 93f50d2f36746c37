"""Signing in at a provider of the office: a small one of our own on this machine, honest and lying."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import RSAKey

from lib.domain.errors import Refusal, Unavailable
from lib.gate.identity import COOKIE
from lib.gate.oidc import Provider
from lib.gate.policy import Access
from tests.browser.harness import free_port
from tests.gate.test_behind_a_proxy import DATA, serving

KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"})
REDIRECT = "http://127.0.0.1/dang-nhap/ve"


@dataclass
class Idp:
    """A provider; `lies` replace claims, `key` signs them. It gives a token only to who proves the PKCE."""

    url: str = ""
    key: RSAKey = field(default_factory=lambda: KEY)
    lies: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)

    def visit(self, address: str) -> dict[str, str]:
        """The reader signs in there; what the browser brings back."""
        self.asked = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
        return {"code": "a-code", "state": self.asked["state"]}

    def token(self, form: dict[str, str]) -> dict[str, str] | None:
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if form["code"] != "a-code" or proof != self.asked["code_challenge"]:
            return None
        claims = {
            "iss": self.url,
            "aud": "ccn",
            "exp": int(time.time()) + 300,
            "nonce": self.asked["nonce"],
            "email": "lan@office.example",
            "email_verified": True,
        } | self.lies
        return {"id_token": jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)}


@pytest.fixture
def idp() -> Iterator[Idp]:
    found = Idp()

    class Handler(BaseHTTPRequestHandler):
        def answer(self, content: object, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def do_GET(self) -> None:
            if self.path == "/keys":
                self.answer({"keys": [KEY.as_dict(private=False)]})
                return
            ends = {"authorization_endpoint": "go", "token_endpoint": "token", "jwks_uri": "keys"}
            self.answer({"issuer": found.url} | {key: f"{found.url}/{end}" for key, end in ends.items()})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            token = found.token({key: values[0] for key, values in parse_qs(body).items()})
            self.answer(token or {"error": "invalid_grant"}, 200 if token else 400)

        def log_message(self, *_: object) -> None:
            """Nothing: the test tells enough."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


def _access(issuer: str) -> Access:
    return Access(
        mode="oidc", oidc_issuer=issuer, oidc_client="ccn", oidc_redirect=REDIRECT,
        oidc_domain="office.example",
    )


@pytest.fixture
def provider(idp: Idp) -> Provider:
    return Provider(_access(idp.url), "secret", b"k" * 32)


def test_a_confirmed_e_mail_of_the_office_names_the_account(idp: Idp, provider: Provider) -> None:
    address, note = provider.begin("/ho-so?cum=HT-CCN-007")
    assert provider.finish(note, idp.visit(address)) == ("lan", "/ho-so?cum=HT-CCN-007")


@pytest.mark.parametrize(
    "lies",
    [
        {"email": "lan@evil.example"},
        {"email": "lan@office.example@evil.example"},
        {"email": "office.example"},
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"aud": "another"},
        {"iss": "https://evil.example"},
        {"nonce": "another"},
        {"exp": 1},
    ],
)
def test_an_answer_that_is_not_for_us_is_refused(
    idp: Idp, provider: Provider, lies: dict[str, Any]
) -> None:
    address, note = provider.begin("/")
    idp.lies = lies
    with pytest.raises(Refusal, match=r"gate\.oidc"):
        provider.finish(note, idp.visit(address))


def test_a_token_signed_by_another_is_refused(idp: Idp, provider: Provider) -> None:
    address, note = provider.begin("/")
    idp.key = OTHER_KEY
    with pytest.raises(Refusal, match=r"gate\.oidc"):
        provider.finish(note, idp.visit(address))


def test_an_answer_counts_only_in_the_browser_that_asked(idp: Idp, provider: Provider) -> None:
    address, note = provider.begin("/")
    answer = idp.visit(address)
    _, another = provider.begin("/")
    forged = Provider(_access(idp.url), "secret", b"x" * 32).begin("/")[1]
    for kept, said in (
        (another, answer),
        (forged, answer),
        ("", answer),
        (note, {}),
        (note, {"state": answer["state"]}),
        (note, answer | {"code": "guessed"}),
    ):
        with pytest.raises(Refusal, match=r"gate\.oidc"):
            provider.finish(kept, said)


def test_a_silent_provider_is_told_apart() -> None:
    silent = Provider(_access(f"http://127.0.0.1:{free_port()}"), "secret", b"k" * 32)
    with pytest.raises(Unavailable):
        silent.begin("/")


def test_a_reader_goes_to_the_provider_and_comes_back_to_the_link(idp: Idp, tmp_path: Path) -> None:
    settings = (
        f'[access]\nmode = "oidc"\noidc_issuer = "{idp.url}"\noidc_client = "ccn"\n'
        f'oidc_redirect = "{REDIRECT}"\noidc_domain = "office.example"\n'
    )
    with serving(tmp_path, settings) as address:
        reader = requests.Session()
        start = f"{address}/dang-nhap"

        def back(next_page: str) -> requests.Response:
            there = reader.get(start, params={"next": next_page}, allow_redirects=False, timeout=10)
            assert there.headers["location"].startswith(f"{idp.url}/go?")
            answer = idp.visit(there.headers["location"])
            return reader.get(f"{start}/ve", params=answer, allow_redirects=False, timeout=10)

        idp.lies = {"email": "tat@office.example"}
        assert back("/").status_code == 403 and COOKIE not in reader.cookies
        assert reader.get(address + DATA, timeout=10).status_code == 401
        idp.lies = {}
        made = back("/ho-so?cum=HT-CCN-007")
        assert (made.status_code, made.headers["location"]) == (303, "/ho-so?cum=HT-CCN-007")
        assert reader.get(address + DATA, timeout=10).status_code == 200
        assert back("//evil.example").headers["location"] == "/"
