"""Cập nhật số liệu: figures that come by telephone or a visit, with their source; corrections; undo."""

import streamlit as st

from lib.domain.account import Role
from lib.text import t
from lib.ui import access, entry_batches, entry_content, entry_parts, figures, scope
from lib.ui.top import top

chosen = scope.current_scope()
lang = chosen.lang
account = access.current_account()
if account is None or account.role is Role.READER or not access.is_writable():
    figures.headline(t(lang, "entry.title"), t(lang, "entry.purpose"))
actor = access.require(Role.INSPECTOR)
if not access.is_writable():
    st.info(t(lang, "gate.read_only"), icon=":material/lock:")
    st.stop()

head = st.container()
form = entry_parts.choose(lang, actor)
names = entry_content.subjects(lang, actor)
with head:
    answer = entry_parts.headline(lang, form, names) if form else t(lang, "entry.title")
    top(chosen, answer, t(lang, "entry.purpose"))
entry_batches.saved(lang, actor)
if not names:
    st.info(t(lang, "entry.nothing_yours"), icon=":material/lock:")
entry_parts.own_drafts(lang, actor, form, names)
if form is not None:
    entry_parts.editor(lang, actor, form)
    entry_parts.withdraw(lang, actor, form)
entry_batches.listed(lang, actor)
