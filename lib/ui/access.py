"""Who looks at the page, as the gate tells it, and what they may do."""

from __future__ import annotations

import time
from html import escape
from urllib.parse import urlencode, urlsplit

import streamlit as st

from lib.domain.account import Account, Role
from lib.domain.errors import Unavailable
from lib.gate import passport
from lib.gate.passport import NONE, PUBLIC, Passport
from lib.store.accounts import Accounts
from lib.text import t
from lib.ui import loaders
from lib.ui.browser import page_tools
from lib.ui.language import language

_FRESH_S = 1.0
_seen: dict[tuple[str, str], tuple[float, Account | None]] = {}
_ORDER = tuple(Role)


def _passport() -> Passport | None:
    return passport.read(dict(st.context.headers.items()))


def _read(name: str) -> Account | None:
    """An account as the database knows it now: an open page of one that was switched off ends at once."""
    database = loaders.database()
    key = (database.shown, name)
    now = time.monotonic()
    if key not in _seen or now - _seen[key][0] > _FRESH_S:
        try:
            _seen[key] = (now, Accounts(database).get(name))
        except Unavailable:
            return None
    return _seen[key][1]


def current_account() -> Account | None:
    """Who is signed in; None for a visitor, for ended sessions, and where the gate is missing."""
    known = _passport()
    if known is None or not known.account:
        return None
    name, _, version = known.account.rpartition(":")
    account = _read(name)
    is_same = account is not None and account.is_active and str(account.session_version) == version
    return account if is_same else None


def is_writable() -> bool:
    """Whether anybody may write here: only through the gate."""
    return _passport() is not None


def is_public_visitor() -> bool:
    """Whether only the public level may be shown."""
    known = _passport()
    return known is not None and known.level == PUBLIC and current_account() is None


def require_reading(lang: str) -> None:
    """
    Ends the page, and says so, for whoever may read nothing any more.

    The gate lets nobody in who may not read, but it asks when a page is opened; an account that is switched
    off, or signed out by a steward, keeps its open page. So every run of a page asks again.
    """
    known = _passport()
    if known is not None and known.level == NONE and current_account() is None:
        st.info(t(lang, "gate.ended"), icon=":material/lock:")
        st.html(sign_in_link(lang))
        st.stop()


def sign_in_link(lang: str) -> str:
    """A link to the sign-in page that leads back to where the reader is. Safe to show."""
    path = urlsplit(st.context.url or "").path or "/"
    chosen = urlencode(st.query_params.to_dict())
    back = f"{path}?{chosen}" if chosen else path
    query = escape(urlencode({"ngon-ngu": lang, "next": back}))
    return f'<a href="dang-nhap?{query}" target="_self">{escape(t(lang, "gate.sign_in"))}</a>'


def draw_identity(lang: str) -> None:
    """Who is signed in, and the way in or out. Ends the page for whoever may read nothing any more."""
    require_reading(lang)
    if not is_writable():
        st.caption(t(lang, "gate.read_only"))
        return
    account = current_account()
    if account is None:
        public = f"<p>{escape(t(lang, 'gate.public'))}</p>" if is_public_visitor() else ""
        st.html(f'<div class="ccn-who">{public}{sign_in_link(lang)}</div>')
        return
    words = t(lang, "gate.signed_in_as", name=account.full_name, role=t(lang, f"gate.role.{account.role}"))
    button = f"<button>{escape(t(lang, 'gate.sign_out'))}</button>"
    form = f'<form method="post" action="dang-xuat">{button}</form>'
    st.html(f'<div class="ccn-who">{escape(words)}{form}</div>')


def require(wanted: Role) -> Account:
    """The account that is signed in, with at least this role; else says what is needed and ends the page."""
    account, lang = current_account(), language()
    if account is not None and _ORDER.index(account.role) >= _ORDER.index(wanted):
        return account
    key = {Role.READER: "need_any", Role.INSPECTOR: "need_write", Role.STEWARD: "need_steward"}[wanted]
    why = t(lang, f"gate.{key}" if is_writable() else "gate.read_only")
    st.html(f'<h1 class="ccn-answer">{escape(why)}</h1><p class="ccn-sub">{escape(t(lang, "gate.how"))}</p>')
    page_tools(lang, {})
    if is_writable() and account is None:
        st.html(sign_in_link(lang))
    st.stop()
