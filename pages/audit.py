"""Nhật ký thay đổi: who changed what, when and why. Nothing here can be edited."""

import streamlit as st

from lib.domain.account import Role
from lib.store import audit
from lib.text import day, t
from lib.ui import access, account_parts, audit_parts, exports, loaders, report_wrong, scope
from lib.ui.top import top

# Rows on one screen, and the most in one export.
PAGE, SHEET = 50, 10_000

access.require(Role.READER)
chosen = scope.current_scope()
lang, database = chosen.lang, loaders.store().database
people, names = account_parts.full_names(), report_wrong.subject_names(lang)
everything = t(lang, "common.word.all")

head = st.container()
with st.container(horizontal=True, vertical_alignment="bottom", key="page-controls"):
    author = st.selectbox(
        t(lang, "audit.who"),
        ["", *audit.authors(database)],
        format_func=lambda one: people.get(one, one) or everything,
        key="audit.author",
        width=200,
    )
    action = st.selectbox(
        t(lang, "audit.what"),
        ["", *audit.actions(database)],
        format_func=lambda one: audit_parts.action_words(lang, one) if one else everything,
        key="audit.action",
        width=200,
    )
    subject = st.selectbox(
        t(lang, "audit.about"),
        ["", *names],
        format_func=lambda one: names.get(one, everything),
        key="audit.subject",
        width=240,
    )
    first = st.date_input(
        t(lang, "audit.first_day"), value=None, key="audit.first", format="DD/MM/YYYY", width=140
    )
    last = st.date_input(
        t(lang, "audit.last_day"), value=None, key="audit.last", format="DD/MM/YYYY", width=140
    )


def matching(limit: int, before: int | None = None) -> tuple[audit.AuditRow, ...]:
    """The newest changes inside the filters."""
    return audit.entries(
        database,
        limit=limit,
        before=before,
        author=author,
        action=action,
        subject=subject,
        first_day=first,
        last_day=last,
    )


# Another filter starts again at the newest row.
filters = (author, action, subject, first, last)
if st.session_state.get("audit.filters") != filters:
    st.session_state["audit.filters"], st.session_state["audit.before"] = filters, None
before = st.session_state["audit.before"]
found = matching(PAGE + 1, before)
rows = found[:PAGE]
answer = t(lang, "audit.answer_none")
if rows:
    oldest, newest = (day(lang, row.at.date()) for row in (rows[-1], rows[0]))
    answer = t(lang, "audit.answer", count=len(rows), oldest=oldest, newest=newest)
with head:
    top(chosen, answer, t(lang, "audit.purpose"))
audit_parts.show(lang, rows, people)


def go(to: int | None) -> None:
    """Show the changes older than this number; None is the newest."""
    st.session_state["audit.before"] = to


with st.container(horizontal=True):
    if before is not None:
        st.button(t(lang, "audit.newest"), on_click=go, args=(None,), icon=":material/first_page:")
    if len(found) > PAGE:
        st.button(
            t(lang, "audit.older"), on_click=go, args=(rows[-1].number,), icon=":material/chevron_right:"
        )
    exports.buttons(chosen, "nhat-ky", lambda: audit_parts.sheets(lang, matching(SHEET), people))
