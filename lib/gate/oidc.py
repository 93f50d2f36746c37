"""Signing in at an office's own provider (OpenID Connect, code flow with PKCE), by confirmed e-mail."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import requests
from itsdangerous import BadSignature, TimestampSigner
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from lib.domain.errors import Refusal, Unavailable
from lib.gate.policy import Access

NOTE_COOKIE = "ccn_oidc"
NOTE_S = 600
"""Seconds one may take at the provider."""
SECRET_VARIABLE = "CCN_OIDC_SECRET"

_ALGORITHMS = ["RS256", "ES256", "PS256"]
_LEEWAY_S = 60
_PATIENCE_S = 10


class Provider:
    """
    The provider that `access` names.

    The reader's own browser carries a signed note of what was asked, so that an answer counts only in the
    browser that began. `secret` is the client's secret at the provider; `key` signs the notes.
    """

    def __init__(self, access: Access, secret: str, key: bytes) -> None:
        self._access = access
        self._secret = secret
        self._signer = TimestampSigner(key, salt="ccn-oidc", digest_method=hashlib.sha256)

    def begin(self, target: str) -> tuple[str, str]:
        """The provider's address to go to, and the note to keep meanwhile. `Unavailable` if it is silent."""
        note = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")} | {"next": target}
        digest = hashlib.sha256(note["verifier"].encode()).digest()
        asked = {
            "response_type": "code",
            "scope": "openid email",
            "client_id": self._access.oidc_client,
            "redirect_uri": self._access.oidc_redirect,
            "state": note["state"],
            "nonce": note["nonce"],
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        packed = base64.urlsafe_b64encode(json.dumps(note).encode())
        address = self._metadata()["authorization_endpoint"]
        return f"{address}?{urlencode(asked)}", self._signer.sign(packed).decode()

    def finish(self, note: str, answer: Mapping[str, str]) -> tuple[str, str]:
        """
        The name of the account and where to go, from the provider's answer.

        Raises
        ------
        Refusal
            "gate.oidc" if the answer is not for this note, or its e-mail is not a confirmed one of the
            office; `Unavailable` if the provider is silent.
        """
        try:
            packed = self._signer.unsign(note, max_age=NOTE_S)
        except BadSignature as error:
            raise Refusal("gate.oidc") from error
        kept = json.loads(base64.urlsafe_b64decode(packed))
        is_own = secrets.compare_digest(answer.get("state", "").encode(), kept["state"].encode())
        if not is_own or not answer.get("code"):
            raise Refusal("gate.oidc")
        claims = self._claims(answer["code"], kept["verifier"], kept["nonce"])
        name, _, domain = str(claims.get("email", "")).lower().rpartition("@")
        if not name or domain != self._access.oidc_domain.lower() or claims.get("email_verified") is not True:
            raise Refusal("gate.oidc")
        return name, kept["next"]

    def _claims(self, code: str, verifier: str, nonce: str) -> dict[str, Any]:
        metadata = self._metadata()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._access.oidc_redirect,
            "code_verifier": verifier,
        }
        client = (self._access.oidc_client, self._secret)
        token = _json("POST", metadata["token_endpoint"], data=form, auth=client)
        keys = KeySet.import_key_set(_json("GET", metadata["jwks_uri"]))  # type: ignore[arg-type]
        wanted = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": metadata["issuer"]},
            aud={"essential": True, "value": self._access.oidc_client},
            nonce={"essential": True, "value": nonce},
            exp={"essential": True},
        )
        try:
            found = jwt.decode(str(token.get("id_token", "")), keys, algorithms=_ALGORITHMS)
            wanted.validate(found.claims)
        except (JoseError, ValueError) as error:
            raise Refusal("gate.oidc") from error
        return dict(found.claims)

    def _metadata(self) -> dict[str, Any]:
        issuer = self._access.oidc_issuer.rstrip("/")
        found = _json("GET", f"{issuer}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != issuer:
            raise Refusal("gate.oidc")
        return found


def _json(method: str, address: str, **parts: Any) -> dict[str, Any]:
    """What the provider answers; it may refuse a code (4xx), or be silent."""
    try:
        answer = requests.request(method, address, timeout=_PATIENCE_S, **parts)
        found = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise Unavailable("gate.oidc_silent") from error
    if not answer.ok or not isinstance(found, dict):
        raise Refusal("gate.oidc")
    return found
