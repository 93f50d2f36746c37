"""
What the gate tells the pages about a visitor, in headers that no client can send.

The secret is made anew by each process: a page believes the headers only when they come with it, so they
count for nothing when the pages are served without the gate.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

PREFIX = "x-ccn-"
SECRET_HEADER = "x-ccn-gate"
ACCOUNT_HEADER = "x-ccn-account"
LEVEL_HEADER = "x-ccn-level"
FULL, PUBLIC, NONE = "full", "public", "none"

_SECRET = secrets.token_hex(32)


@dataclass(frozen=True, slots=True)
class Passport:
    """
    `account` is `name:session_version`, empty for a visitor. `level` is what may be read from here without an
    account (full, public or none): it stays when the account is switched off while its page is open.
    """

    account: str
    level: str


def headers(passport: Passport) -> list[tuple[bytes, bytes]]:
    """The headers that carry a passport to the pages."""
    found = {
        SECRET_HEADER: _SECRET,
        ACCOUNT_HEADER: passport.account,
        LEVEL_HEADER: passport.level,
    }
    return [(name.encode(), value.encode()) for name, value in found.items()]


def read(found: Mapping[str, str]) -> Passport | None:
    """The passport in the headers of a request; None when it did not come through the gate."""
    lower = {name.lower(): value for name, value in found.items() if name.lower().startswith(PREFIX)}
    if not secrets.compare_digest(lower.get(SECRET_HEADER, "").encode(), _SECRET.encode()):
        return None
    return Passport(lower.get(ACCOUNT_HEADER, ""), lower.get(LEVEL_HEADER, NONE))
