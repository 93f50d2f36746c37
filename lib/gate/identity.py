"""Who asks: the signed cookie of a session, and the account behind it as the database knows it now."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from itsdangerous import BadSignature, TimestampSigner

from lib.domain.account import Account
from lib.domain.errors import Refusal, Unavailable
from lib.gate.policy import SESSION_S
from lib.store.accounts import Accounts

COOKIE = "ccn_session"
KEY_BYTES = 32
FRESH_S = 1.0
"""How long an account is believed without asking the database: so soon a switched-off one is out."""


def read_key(file: Path) -> bytes:
    """
    The key that signs cookies, made at the first start, readable by the server's user only.

    Raises
    ------
    Refusal
        "gate.bad_key" if the file is too short to be one.
    """
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: half a key, after a crash or on a full disk, would be easy to guess.
        descriptor, made = tempfile.mkstemp(dir=file.parent, prefix=file.name)
        with os.fdopen(descriptor, "wb") as sink:
            sink.write(secrets.token_bytes(KEY_BYTES))
            sink.flush()
            os.fsync(sink.fileno())
        with suppress(FileExistsError):
            os.link(made, file)
        os.unlink(made)
    key = file.read_bytes()
    if len(key) < KEY_BYTES:
        raise Refusal("gate.bad_key", file=file.name)
    return key


class Sessions:
    """Cookies out, accounts in."""

    def __init__(self, accounts: Accounts, key: bytes) -> None:
        self.accounts = accounts
        self._signer = TimestampSigner(key, salt="ccn-session", digest_method=hashlib.sha256)
        self._seen: dict[str, tuple[float, Account | None]] = {}

    def cookie(self, account: Account) -> str:
        """The signed content of a session's cookie."""
        return self._signer.sign(passport_of(account)).decode()

    def account_of_cookie(self, cookie: str) -> Account | None:
        """The account of a cookie that we signed, that is not too old, and that was not revoked."""
        try:
            said = self._signer.unsign(cookie, max_age=SESSION_S).decode()
        except (BadSignature, UnicodeDecodeError):
            return None
        return self.account_of(said)

    def account_of(self, said: str) -> Account | None:
        """The active account of `name:session_version`, if its sessions were not ended since."""
        name, _, version = said.rpartition(":")
        account = self.active(name)
        return account if account is not None and str(account.session_version) == version else None

    def active(self, name: str) -> Account | None:
        """The active account of a name, known for `FRESH_S`; None while the database does not answer."""
        now = time.monotonic()
        seen = self._seen.get(name)
        if seen is None or now - seen[0] > FRESH_S:
            try:
                found = self.accounts.get(name)
            except Unavailable:
                return None
            if len(self._seen) > 1_000:
                self._seen.clear()
            seen = self._seen[name] = (now, found)
        return seen[1] if seen[1] is not None and seen[1].is_active else None

    def forget(self) -> None:
        """Ask the database at the next request."""
        self._seen.clear()


def passport_of(account: Account) -> str:
    """How an account and its session are named in cookies and headers."""
    return f"{account.name}:{account.session_version}"
