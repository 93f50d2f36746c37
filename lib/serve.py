"""
The server's entry: `python -m lib.serve [Streamlit options] [-- options of the app]`.

Serves the plain frame `app.py` behind the gate. Before the first visitor comes: Streamlit must not take the
folder `pages/` for pages of its own (a first visitor by a deep link would read "Page not found"), what all
pages import is loaded, and today's evidence is judged.
"""

from __future__ import annotations

import importlib
import logging
import os
import secrets
import sys
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli

from lib.domain.clock import today
from lib.domain.errors import DataError, Refusal
from lib.gate.identity import Sessions, read_key
from lib.gate.middleware import FIRST, Gate
from lib.gate.oidc import SECRET_VARIABLE, Provider
from lib.gate.policy import OIDC, Access
from lib.render.assets import install_leaflet
from lib.store.accounts import Accounts
from lib.ui import loaders
from lib.ui.settings import settings

ROOT = Path(__file__).resolve().parents[1]
_IMPORTED_BY_PAGES = (
    "lib.assess.profile",
    "lib.imports.boundaries",
    "lib.render.charts",
    "lib.render.maps",
    "lib.reports.layers",
    "lib.reports.request_sheet",
    "lib.store.rulebook",
)
"""Not what registers a component (`lib.ui.cluster_map`): before the server runs that is lost."""

_OWN_NAME = "--browser.serverAddress"
_LOG_BYTES, _LOG_FILES = 1_000_000, 5


def _judge_today() -> None:
    """Today's findings, ready before the first visitor asks; what is wrong is for the page to tell."""
    with suppress(DataError, Refusal):
        loaders.view(today(), today())


def _log_to(file: Path) -> None:
    """Who signed in, was refused, or tried in vain: for the administrator. A full disk stops nobody."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(file, maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        log = logging.getLogger("ccn.access")
        log.addHandler(handler)
        log.setLevel(logging.INFO)


def _access() -> Access:
    """Who gets in. With wrong settings only this machine does, until the page has told what is wrong."""
    try:
        return settings().access
    except DataError:
        return Access()


def _gate() -> Middleware:
    """The gate with the accounts of this server's database; prints the way to the first account."""
    accounts = Accounts(loaders.database())
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    base = f"/{base}" if base else ""
    code = ""
    with suppress(Refusal):
        if accounts.is_empty():
            code = secrets.token_urlsafe(18)
            address = config.get_option("server.address") or "127.0.0.1"
            place = f"http://{address}:{config.get_option('server.port')}{base}{FIRST}?ma={code}"
            print(f"Tạo tài khoản đầu tiên / make the first account (một lần / once): {place}", flush=True)
    key, access = read_key(loaders.VAR / "secret.key"), _access()
    secret = os.environ.get(SECRET_VARIABLE, "")
    return Middleware(
        Gate,
        sessions=Sessions(accounts, key),
        access=access,
        base=base,
        first_code=code,
        provider=Provider(access, secret, key) if access.mode == OIDC else None,
    )


def main() -> None:
    """Serve until stopped; the command line is Streamlit's, without `run app.py`."""
    os.chdir(ROOT)
    install_leaflet()
    PagesManager.uses_pages_directory = False
    for name in _IMPORTED_BY_PAGES:
        importlib.import_module(name)
    # The gate itself judges what a proxy says of a client, from the addresses that the settings name.
    os.environ["FORWARDED_ALLOW_IPS"] = ""
    # Without a name of its own Streamlit would ask a foreign host for it, when a page comes by another one.
    name = next(iter(_access().hosts), "127.0.0.1")
    own_name = [] if any(one.startswith(_OWN_NAME) for one in sys.argv) else [_OWN_NAME, name]
    sys.argv = ["streamlit", "run", str(ROOT / "lib" / "serve.py"), *own_name, *sys.argv[1:]]
    _judge_today()
    cli.main()


if __name__ == "__main__":
    main()
else:
    # Streamlit finds it by its name when `main` has it run this file.
    _log_to(loaders.VAR / "log" / "access.log")
    app = st.App(ROOT / "app.py", middleware=[_gate()])
