"""Phương pháp: rules, periods, formulas, sources and words, generated from the files that decide."""

import streamlit as st

from lib.text import day, t
from lib.ui import exports, method_parts, scope
from lib.ui.loaders import rulebook
from lib.ui.top import top

chosen = scope.current_scope()
lang, book = chosen.lang, rulebook()
top(chosen, *method_parts.answer(lang, chosen.as_of))
st.info(t(lang, "method.caveat"), icon=":material/balance:")

rules, levels, law, sources, words = st.tabs(
    [t(lang, f"method.tab.{key}") for key in ("rules", "levels", "law", "sources", "words")]
)
with rules:
    method_parts.rules(lang, chosen.as_of)
with levels:
    method_parts.levels(lang)
with law:
    st.caption(t(lang, "method.law_intro", day=day(lang, chosen.as_of)))
    method_parts.law_changes(lang, chosen.as_of)
    method_parts.calendar(lang, chosen.as_of)
    method_parts.bodies(lang)
    method_parts.plan_tasks(lang)
with sources:
    method_parts.sources(lang)
    method_parts.data_files(lang)
with words:
    method_parts.words(lang)
exports.buttons(chosen, "phuong-phap", lambda: method_parts.sheets(lang))
