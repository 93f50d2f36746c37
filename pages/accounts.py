"""Tài khoản: who may sign in and write; everybody's own password."""

import streamlit as st

from lib.domain.account import Role
from lib.text import t
from lib.ui import access, account_parts, scope
from lib.ui.top import top

access.require(Role.READER)
chosen = scope.current_scope()
lang, actor = chosen.lang, access.current_account()
if actor is None:
    st.stop()
if not actor.is_steward:
    top(chosen, t(lang, "accounts.mine", name=actor.full_name), t(lang, "accounts.mine_purpose"))
    account_parts.confirm(lang)
    account_parts.own_password(lang, actor)
    st.stop()

found = account_parts.accounts().all()
active = sum(one.is_active for one in found)
top(
    chosen,
    t(lang, "accounts.answer", active=active, off=len(found) - active),
    t(lang, "accounts.purpose"),
)
account_parts.confirm(lang)
left, right = st.columns([7, 4], gap="medium")
with left:
    account_parts.listed(lang, found)
    account_parts.change(lang, actor, found)
with right:
    account_parts.add(lang, actor)
    account_parts.own_password(lang, actor)
