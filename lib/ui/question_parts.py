"""The parts of the page of figures reported wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

import streamlit as st

from lib.domain.account import Account
from lib.domain.errors import Refusal
from lib.domain.observation import Evidence
from lib.render.escape import markdown_text
from lib.store import questions
from lib.store.questions import Answer, Question, Verdict
from lib.text import day, t
from lib.text.errors import refusal_text
from lib.ui import figures, loaders, report_wrong

_SAVED = "questions.answer_saved"


def figure_name(lang: str, question: Question) -> str:
    """Which figure: its subject and what it says."""
    names = report_wrong.subject_names(lang)
    subject = names.get(question.subject, question.subject)
    return f"{subject} · {loaders.store().attributes[question.attribute].label[lang]}"


def asked(lang: str, question: Question, people: dict[str, str] | None, *, with_note: bool = True) -> str:
    """Who reported it, when and in which words. `people` None leaves the name out. Safe to show."""
    when = day(lang, question.asked_at.date())
    who = (
        t(lang, "questions.asked_on", day=when)
        if people is None
        else t(lang, "questions.asked_by", name=people.get(question.author, question.author), day=when)
    )
    note = f"<br>{escape(question.note)}" if with_note else ""
    return f'<p><span class="ccn-soft">{escape(who)}</span>{note}</p>'


def answered(lang: str, one: Answer, people: dict[str, str]) -> str:
    """The finding, its words, and who gave it. Safe to show."""
    who = t(
        lang,
        "questions.answered_by",
        name=people.get(one.author, one.author),
        day=day(lang, one.answered_at.date()),
    )
    verdict = escape(t(lang, f"questions.verdict.{one.verdict}"))
    return (
        f'<p><span class="ccn-soft">{escape(who)}</span><br><b>{verdict}</b>. {escape(one.note)}</p>'
    )


def shown_now(lang: str, question: Question, evidence: Evidence) -> None:
    """The figure that stands now, with its sources one click away."""
    found = figures.standing_observations(evidence, question.subject, question.attribute)
    value = figures.said(lang, found[0]) if found else t(lang, "common.word.unknown")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f"<p>{escape(t(lang, 'questions.shown_now'))}: <b>{escape(value)}</b></p>")
        if found:
            figures.source_popover(
                lang, figures.origin(lang, found[0]), found, key=f"asked.{question.number}", with_form=False
            )


def card(
    lang: str,
    question: Question,
    evidence: Evidence,
    *,
    people: dict[str, str] | None,
    with_note: bool = True,
    answering: Account | None = None,
) -> None:
    """One open question; a steward in `answering` finds the form of the answer below it."""
    with st.container(border=True, key=f"panel-question-{question.number}"):
        figures.heading(figure_name(lang, question))
        shown_now(lang, question, evidence)
        words = asked(lang, question, people, with_note=with_note)
        if people is not None:
            words += "".join(answered(lang, one, people) for one in question.answers)
        st.html(f'<div class="ccn-card">{words}</div>')
        if answering is not None:
            with st.expander(t(lang, "questions.reply"), icon=":material/reply:"):
                _answer_form(lang, question, answering)


def _corrections(question: Question) -> dict[str, str]:
    """Batches that wrote about this figure since it was reported, with their titles."""
    kept = loaders.store()
    wrote = {
        one.batch
        for one in kept.history(question.subject, date.max)
        if one.attribute == question.attribute and one.recorded_at >= question.asked_at
    }
    return {batch.id: batch.title for batch in kept.batches() if batch.id in wrote}


def _answer_form(lang: str, question: Question, actor: Account) -> None:
    key = f"answer.{question.number}"
    query = {"cum": question.subject, "thuoc-tinh": question.attribute}
    link = report_wrong.address("cap-nhat", query)
    words = escape(t(lang, "questions.correct_first"))
    st.html(f'<p class="ccn-card"><a href="{link}" target="_self">{words}</a></p>')
    with st.form(f"{key}.form", border=False, enter_to_submit=False):
        verdict = st.radio(
            t(lang, "questions.verdict_label"),
            list(Verdict),
            index=None,
            format_func=lambda one: t(lang, f"questions.verdict.{one}"),
            horizontal=True,
            key=f"{key}.verdict",
        )
        note = st.text_area(
            t(lang, "questions.words"), max_chars=questions.LONGEST_NOTE, height=80, key=f"{key}.note"
        )
        found = _corrections(question)
        batch = ""
        if found:
            labels = {"": t(lang, "questions.batch_none")} | found
            batch = st.selectbox(
                t(lang, "questions.batch"), list(labels), format_func=labels.__getitem__, key=f"{key}.batch"
            )
        if st.form_submit_button(t(lang, "questions.reply"), type="primary"):
            try:
                questions.answer(loaders.store(), actor, question.number, verdict or "", note, batch)
            except Refusal as error:
                st.error(markdown_text(refusal_text(lang, error)))
                return
            report_wrong.forget()
            st.session_state[_SAVED] = True
            st.rerun()


def confirm(lang: str) -> None:
    """Says once that an answer was recorded."""
    if st.session_state.pop(_SAVED, False):
        st.success(t(lang, "questions.answer_saved"))


def settled(lang: str, found: Sequence[Question], people: dict[str, str]) -> None:
    """Questions that were answered, with their answers."""
    figures.heading(t(lang, "questions.settled"))
    if not found:
        st.caption(t(lang, "questions.settled_none"))
    for question in found:
        words = asked(lang, question, people)
        words += "".join(answered(lang, one, people) for one in question.answers)
        name = f"<p><b>{escape(figure_name(lang, question))}</b></p>"
        st.html(f'<div class="ccn-finding met ccn-card">{name}{words}</div>')


def own(lang: str, found: Sequence[Question]) -> None:
    """What became of the questions of the person who looks."""
    figures.heading(t(lang, "questions.own"))
    if not found:
        st.caption(t(lang, "questions.own_none"))
    for question in reversed(found):
        state = (
            t(lang, f"questions.verdict.{question.answers[-1].verdict}")
            if question.answers
            else t(lang, "questions.state_waiting")
        )
        st.html(
            f'<p class="ccn-card">{escape(figure_name(lang, question))}: {escape(question.note)} '
            f'<span class="ccn-chip">{escape(state)}</span></p>'
        )
