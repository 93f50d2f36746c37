"""The parts of the page of accounts: list, new account, change, passwords."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from html import escape

import streamlit as st

from lib.domain.account import Account, Role
from lib.domain.errors import Refusal
from lib.render.escape import markdown_text
from lib.render.html import table
from lib.store.accounts import Accounts
from lib.text import t
from lib.text.errors import refusal_text
from lib.ui import figures, loaders
from lib.ui.scope import commune_label, commune_options

_DONE, _SHOWN_ONCE = "accounts.done", "accounts.shown_once"


def accounts() -> Accounts:
    return Accounts(loaders.store().database)


def full_names() -> dict[str, str]:
    """Full name of every account by the name it signs with."""
    return {one.name: one.full_name for one in accounts().all()}


def _one_time(name: str) -> str:
    """A password to hand over; never one that contains the name, which would be refused."""
    made = secrets.token_urlsafe(12)
    while name and name in made.lower():
        made = secrets.token_urlsafe(12)
    return made


def attempt(lang: str, act: Callable[[], object], done: str, once: str = "") -> None:
    """
    Does it and draws the page anew, or says why not. `once` is shown one time and kept nowhere.
    """
    try:
        act()
    except Refusal as error:
        st.error(markdown_text(refusal_text(lang, error)))
        return
    st.session_state[_DONE], st.session_state[_SHOWN_ONCE] = done, once
    st.rerun()


def confirm(lang: str) -> None:
    """What was done by the last click, and a one-time password that only this screen ever shows."""
    done, once = st.session_state.pop(_DONE, ""), st.session_state.pop(_SHOWN_ONCE, "")
    if done:
        st.success(markdown_text(done))
    if once:
        st.warning(t(lang, "accounts.once"), icon=":material/key:")
        st.code(once, language=None)


def _communes_text(lang: str, account: Account) -> str:
    communes = loaders.store().communes
    if account.role is not Role.INSPECTOR:
        return ""
    if not account.communes:
        return t(lang, "accounts.everywhere")
    return ", ".join(communes[code].full_name if code in communes else code for code in account.communes)


def listed(lang: str, found: tuple[Account, ...]) -> None:
    """All accounts, those that are switched off too."""
    cells = (
        (
            f"<b>{escape(one.full_name)}</b><br><span class='ccn-soft'>{escape(one.name)}</span>",
            escape(t(lang, f"accounts.role.{one.role}")),
            escape(_communes_text(lang, one)),
            escape(t(lang, "accounts.on" if one.is_active else "accounts.off")),
        )
        for one in found
    )
    heads = [t(lang, f"accounts.head.{key}") for key in ("who", "role", "communes", "state")]
    st.html(table(heads, cells, classes=("", "", "soft", "")))


def _role_and_communes(lang: str, key: str, account: Account | None) -> tuple[Role, tuple[str, ...]]:
    kept = loaders.store()
    roles = list(Role)
    role = st.selectbox(
        t(lang, "accounts.head.role"),
        roles,
        index=roles.index(account.role) if account else 0,
        format_func=lambda one: t(lang, f"accounts.role_long.{one}"),
        key=f"{key}.role",
    )
    before = account.communes if account else ()
    options = list(dict.fromkeys([*commune_options(kept.clusters, kept.communes), *before]))
    communes = st.multiselect(
        t(lang, "accounts.communes"),
        options,
        default=list(before),
        format_func=lambda code: commune_label(code, kept.communes, lang),
        placeholder=t(lang, "accounts.everywhere"),
        help=t(lang, "accounts.communes_help"),
        key=f"{key}.communes",
    )
    return role, tuple(communes)


def add(lang: str, actor: Account) -> None:
    """The form of a new account; without a typed password one is made and shown once."""
    figures.heading(t(lang, "accounts.add"))
    with st.form("accounts.add", border=False, enter_to_submit=False):
        name = st.text_input(t(lang, "accounts.name"), help=t(lang, "accounts.name_help"), max_chars=40)
        full_name = st.text_input(t(lang, "accounts.full_name"), max_chars=100)
        role, communes = _role_and_communes(lang, "accounts.add", None)
        typed = st.text_input(
            t(lang, "accounts.password"), type="password", help=t(lang, "accounts.password_help")
        )
        if st.form_submit_button(t(lang, "accounts.add_button"), type="primary"):
            password = typed or _one_time(name.strip())
            attempt(
                lang,
                lambda: accounts().add(actor, Account(name.strip(), full_name, role, communes), password),
                t(lang, "accounts.added", name=name.strip()),
                "" if typed else password,
            )


def change(lang: str, actor: Account, found: tuple[Account, ...]) -> None:
    """Role, communes, on and off, sessions and password of one account."""
    figures.heading(t(lang, "accounts.change"))
    by_name = {one.name: one for one in found}
    name = st.selectbox(
        t(lang, "accounts.choose"),
        list(by_name),
        index=None,
        format_func=lambda one: f"{by_name[one].full_name} · {one}",
        placeholder=t(lang, "accounts.choose_hint"),
        key="accounts.chosen",
    )
    if name is None:
        return
    account, key = by_name[name], f"accounts.{name}"
    with st.form(f"{key}.form", border=False, enter_to_submit=False):
        role, communes = _role_and_communes(lang, key, account)
        if st.form_submit_button(t(lang, "accounts.save"), type="primary"):
            attempt(
                lang,
                lambda: accounts().change(actor, name, role=role, communes=communes),
                t(lang, "accounts.saved", name=name),
            )
    with st.container(horizontal=True):
        turn = "switch_off" if account.is_active else "switch_on"
        if st.button(t(lang, f"accounts.{turn}"), icon=":material/power_settings_new:", key=f"{key}.turn"):
            attempt(
                lang,
                lambda: accounts().change(actor, name, is_active=not account.is_active),
                t(lang, "accounts.saved", name=name),
            )
        if st.button(t(lang, "accounts.end_sessions"), icon=":material/logout:", key=f"{key}.sessions"):
            attempt(
                lang, lambda: accounts().end_sessions(actor, name), t(lang, "accounts.ended", name=name)
            )
        if st.button(t(lang, "accounts.reset"), icon=":material/key:", key=f"{key}.reset"):
            password = _one_time(name)
            attempt(
                lang,
                lambda: accounts().set_password(actor, name, password),
                t(lang, "accounts.was_reset", name=name),
                password,
            )


def own_password(lang: str, actor: Account) -> None:
    """Everybody changes their own password, knowing the old one."""
    figures.heading(t(lang, "accounts.own"))
    with st.form("accounts.own", border=False, enter_to_submit=False):
        old = st.text_input(t(lang, "accounts.old"), type="password")
        new = st.text_input(t(lang, "accounts.new"), type="password", help=t(lang, "accounts.new_help"))
        again = st.text_input(t(lang, "accounts.again"), type="password")
        if st.form_submit_button(t(lang, "accounts.own_button")):
            attempt(lang, lambda: _change_own(actor, old, new, again), t(lang, "accounts.own_done"))


def _change_own(actor: Account, old: str, new: str, again: str) -> None:
    """
    Raises
    ------
    Refusal
        If the old password is wrong, the new ones differ, or the new one is too weak.
    """
    if new != again:
        raise Refusal("accounts.differ")
    if accounts().verify(actor.name, old) is None:
        raise Refusal("accounts.wrong_old")
    accounts().set_password(actor, actor.name, new)
