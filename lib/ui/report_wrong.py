""""Báo sai số liệu" beside a figure, and the mark of a figure that somebody has reported."""

from __future__ import annotations

import time
from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

import streamlit as st

from lib.domain.account import Account
from lib.domain.errors import Refusal
from lib.domain.observation import Observation
from lib.render.escape import markdown_text
from lib.store import questions
from lib.text import t, value_text
from lib.text.errors import refusal_text
from lib.ui import access, loaders
from lib.ui.scope import current_scope

_FRESH_S = 1.0
_read: dict[str, tuple[float, frozenset[tuple[str, str]]]] = {}
_SENT = "report_wrong.sent"


def questioned() -> frozenset[tuple[str, str]]:
    """
    (subject, attribute) of every figure that is questioned now.

    Read once a second at most, since one page asks for every figure it shows.
    """
    kept = loaders.store()
    now = time.monotonic()
    read_at, found = _read.get(kept.database.shown, (-_FRESH_S, frozenset()))
    if now - read_at >= _FRESH_S:
        found = questions.questioned(kept)
        _read[kept.database.shown] = (now, found)
    return found


def forget() -> None:
    """After a question or an answer, so that the next look shows it."""
    _read.clear()


def address(page: str, query: Mapping[str, str]) -> str:
    """A link to another page, relative, so that it holds below any prefix of the server."""
    return escape(f"{page}?{urlencode(query)}")


def questioned_chip(lang: str, subject: str, attribute: str) -> str:
    """The mark of a questioned figure with the way to its question; empty for the others. Safe to show."""
    if (subject, attribute) not in questioned():
        return ""
    words = escape(t(lang, "questions.chip"))
    link = address("bao-sai", {"cum": subject})
    return f' <a class="ccn-chip ccn-asked" href="{link}" target="_self">{words}</a>'


def _sign_in(lang: str) -> None:
    """What stands where the form would, for a reader without an account."""
    if not access.is_writable():
        st.caption(t(lang, "questions.read_only"))
        return
    words = escape(t(lang, "questions.sign_in"))
    st.html(f'<p class="ccn-card"><a href="dang-nhap" target="_self">{words}</a></p>')


def form(lang: str, observation: Observation, *, key: str) -> None:
    """The small form under the sources of a figure; without an account, the way to sign in."""
    actor = access.current_account()
    if actor is None:
        _sign_in(lang)
        return
    own = f"{key}.{observation.subject}.{observation.attribute}.wrong"
    with st.form(f"{own}.form", border=False, enter_to_submit=False):
        st.text_area(
            t(lang, "questions.report"),
            key=f"{own}.note",
            max_chars=questions.LONGEST_NOTE,
            height=80,
            placeholder=t(lang, "questions.note_hint"),
        )
        st.form_submit_button(
            t(lang, "questions.send"), on_click=_send, args=(lang, actor, observation, own), key=f"{own}.send"
        )
    refused = st.session_state.pop(f"{own}.refused", "")
    if refused:
        st.error(markdown_text(refused))
    if st.session_state.pop(f"{own}.sent", False):
        st.success(t(lang, "questions.sent"))


def _send(lang: str, actor: Account, observation: Observation, own: str) -> None:
    """Sends the note; the words stay in the form when it is refused."""
    try:
        questions.ask(
            loaders.store(),
            actor,
            observation.subject,
            observation.attribute,
            observation.id,
            st.session_state[f"{own}.note"],
        )
    except Refusal as error:
        st.session_state[f"{own}.refused"] = refusal_text(lang, error)
        return
    forget()
    st.session_state[f"{own}.note"] = ""
    st.session_state[f"{own}.sent"] = True


def tool(lang: str) -> None:
    """The button at the top of every page, for figures of lists, charts and tables."""
    if st.session_state.pop(_SENT, False):
        st.toast(t(lang, "questions.sent"), icon=":material/check:")
    with st.container(horizontal=True, horizontal_alignment="right"):
        pressed = st.button(
            t(lang, "questions.report"), key="report-wrong", icon=":material/flag:", type="tertiary"
        )
    if pressed:
        st.dialog(t(lang, "questions.report"))(_dialog)(lang)


def said_now(lang: str, chosen: Observation | None) -> str:
    """The value in use, in words."""
    if chosen is None:
        return t(lang, "common.word.unknown")
    kept = loaders.store()
    return value_text(lang, kept.attributes[chosen.attribute], chosen, kept.value_labels)


def subject_names(lang: str) -> dict[str, str]:
    """What a question may be about: every cluster by name and code, then the province and its plan."""
    kept = loaders.store()
    names = {cluster.code: f"{cluster.name} · {cluster.code}" for cluster in kept.clusters}
    return names | {code: t(lang, f"questions.subject.{code}") for code in ("HT", "PLAN-1363")}


def _dialog(lang: str) -> None:
    actor = access.current_account()
    if actor is None:
        _sign_in(lang)
        return
    kept = loaders.store()
    names = subject_names(lang)
    codes = list(names)
    asked = st.query_params.get("cum", "")
    subject = st.selectbox(
        t(lang, "questions.about"),
        codes,
        index=codes.index(asked) if asked in names else None,
        format_func=names.__getitem__,
        placeholder=t(lang, "questions.about_hint"),
        key="report-wrong.subject",
    )
    if subject is None:
        return
    scope = current_scope()
    evidence = loaders.view(scope.as_of, scope.known_on).evidence
    known = evidence.of(subject)
    labels = {key: one.label[lang] for key, one in kept.attributes.items()}
    # What is known comes first: it is what a reader can have seen.
    keys = [key for key in labels if key in known] + [key for key in labels if key not in known]
    attribute = st.selectbox(
        t(lang, "questions.which"),
        keys,
        index=None,
        format_func=labels.__getitem__,
        placeholder=t(lang, "questions.which_hint"),
        key=f"report-wrong.attribute.{subject}",
    )
    chosen = evidence.get(subject, attribute).chosen if attribute else None
    if attribute:
        value = said_now(lang, chosen)
        st.caption(markdown_text(t(lang, "questions.now", value=value)))
    note = st.text_area(
        t(lang, "questions.note"),
        max_chars=questions.LONGEST_NOTE,
        placeholder=t(lang, "questions.note_hint"),
        key="report-wrong.note",
    )
    if st.button(
        t(lang, "questions.send"), type="primary", disabled=attribute is None, key="report-wrong.send"
    ):
        try:
            questions.ask(kept, actor, subject, attribute or "", chosen.id if chosen else "", note)
        except Refusal as error:
            st.error(markdown_text(refusal_text(lang, error)))
            return
        forget()
        st.session_state[_SENT] = True
        st.rerun()
