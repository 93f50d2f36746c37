"""Số liệu bị báo sai: what readers reported, and what the steward answered."""

import streamlit as st

from lib.store import questions
from lib.text import t
from lib.ui import access, account_parts, figures, loaders, question_parts, scope
from lib.ui.top import top

chosen = scope.current_scope()
lang, evidence, kept = chosen.lang, scope.view().evidence, loaders.store()
actor = access.current_account()
is_public = access.is_public_visitor()
asked_about = st.query_params.get("cum", "")

waiting, settled = questions.open_questions(kept), questions.answered_questions(kept)
if is_public:
    waiting = tuple(one for one in waiting if evidence.get(one.subject, one.attribute).usable)
if asked_about:
    waiting = tuple(one for one in waiting if one.subject == asked_about)
    settled = tuple(one for one in settled if one.subject == asked_about)
count = len({(one.subject, one.attribute) for one in waiting})
answer = t(lang, "questions.answer", count=count) if count else t(lang, "questions.answer_none")
top(chosen, answer, t(lang, "questions.purpose"))
question_parts.confirm(lang)
if asked_about and st.button(t(lang, "questions.show_all"), icon=":material/filter_alt_off:"):
    del st.query_params["cum"]
    st.rerun()

people = account_parts.full_names() if actor is not None else None
if waiting:
    figures.heading(t(lang, "questions.waiting"))
for question in waiting:
    question_parts.card(
        lang,
        question,
        evidence,
        people=people,
        with_note=not is_public,
        answering=actor if actor is not None and actor.is_steward else None,
    )
if people is None:
    if is_public:
        st.caption(t(lang, "questions.public_only"))
    st.stop()
question_parts.own(lang, questions.of_author(kept, actor.name) if actor is not None else ())
question_parts.settled(lang, settled, people)
