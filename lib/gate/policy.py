"""Whom the gate lets in: the settings of access, and the limits of trying passwords."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from lib.gate.passport import FULL, NONE, PUBLIC

ACCOUNTS, PROXY, OIDC = "accounts", "proxy", "oidc"
MODES = (ACCOUNTS, PROXY, OIDC)
ANONYMOUS = (FULL, PUBLIC, NONE)
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})

TRIES_PER_NAME, TRIES_PER_ADDRESS, WINDOW_S = 5, 30, 300
SESSION_S = 8 * 3600
"""A working day; after it one signs in again."""


@dataclass(frozen=True, slots=True)
class Access:
    """
    How one gets in. `mode`: accounts (name and password), or proxy (the name in `proxy_header`, believed only
    from `proxy_addresses`), or oidc (the provider `oidc_issuer`, which knows us as `oidc_client` and sends
    readers back to `oidc_redirect`; `lan@oidc_domain` is the account `lan`). `anonymous`: what a visitor
    without an account reads; empty: all of it on the machine itself, nothing from elsewhere. `hosts` are the
    names the server is called by; empty: any while visitors sign in, local names only for what is read
    without.

    Whoever names hosts or a proxy serves others: a proxy on the same machine looks like this machine itself,
    so then nobody reads without an account unless `anonymous` says so.
    """

    mode: str = ACCOUNTS
    anonymous: str = ""
    hosts: tuple[str, ...] = ()
    proxy_header: str = "X-Remote-User"
    proxy_addresses: tuple[str, ...] = ()
    oidc_issuer: str = ""
    oidc_client: str = ""
    oidc_redirect: str = ""
    oidc_domain: str = ""

    def visitor_level(self, host: str, peer: str, *, is_forwarded: bool) -> str:
        """What a visitor without an account may read: full, public or none."""
        if self.anonymous:
            return self.anonymous
        is_shared = self.mode != ACCOUNTS or bool(self.hosts or self.proxy_addresses) or is_forwarded
        is_own_machine = host in LOCAL_HOSTS and peer in LOCAL_HOSTS and not is_shared
        return FULL if is_own_machine else NONE

    def knows_host(self, host: str) -> bool:
        """Whether the server may be called by this name: a foreign one may be a page that plays a trick."""
        return not self.hosts or host in self.hosts or host in LOCAL_HOSTS


class Throttle:
    """Counts wrong passwords for a name from an address, and from an address for whatever name."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: dict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._lock = Lock()

    def try_once(self, name: str, address: str) -> int:
        """
        Take one try, before the password is looked at; so many tries at once gain nothing.

        Returns 0, or the seconds until another try is allowed.
        """
        limits = (((name, address), TRIES_PER_NAME), (("", address), TRIES_PER_ADDRESS))
        with self._lock:
            wait = max(self._wait(key, limit) for key, limit in limits)
            if not wait:
                for key, _ in limits:
                    self._wrong[key].append(self._clock())
        return wait

    def right(self, name: str, address: str) -> None:
        """Whoever knows the password starts anew, and the try does not count for the address."""
        with self._lock:
            self._wrong.pop((name, address), None)
            if self._wrong.get(("", address)):
                self._wrong["", address].pop()

    def _wait(self, key: tuple[str, str], limit: int) -> int:
        tries = self._wrong.get(key)
        if tries is None:
            return 0
        now = self._clock()
        while tries and now - tries[0] >= WINDOW_S:
            tries.popleft()
        if not tries:
            del self._wrong[key]
            return 0
        return int(WINDOW_S - (now - tries[-limit])) + 1 if len(tries) >= limit else 0


def safe_next(asked: str, base: str) -> str:
    """Where to go after signing in: a path of this server, else its first page."""
    first = f"{base}/"
    is_path = asked.startswith("/") and not asked.startswith(("//", "/\\"))
    is_plain = not any(ord(sign) < 32 or sign == "\\" for sign in asked)
    return asked if is_path and is_plain and asked.startswith(first) else first
