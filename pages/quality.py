"""Chất lượng dữ liệu: what is empty, old, contradicted, or does not add up, and what to do about it."""

from functools import partial

import streamlit as st

from lib.ui import exports, quality_choice, quality_parts, scope
from lib.ui.top import top

chosen = scope.current_scope()
found = quality_parts.gather(chosen, scope.view())
answer, purpose = quality_parts.answer(found)
asked = st.session_state.get(quality_parts.SECTION_KEY)
top(chosen, answer, purpose, {quality_parts.SECTION_KEY: asked} if asked else None)
quality_parts.key_figures(found)

with st.container(horizontal=True, vertical_alignment="bottom", key="page-controls"):
    section = quality_parts.choose_section(chosen.lang)
    exports.buttons(
        chosen,
        "chat-luong-du-lieu",
        lambda: quality_parts.sheets(found, section, partial(quality_choice.in_use_why, found)),
    )
{
    "contradictions": quality_choice.contradictions,
    "completeness": quality_parts.completeness,
    "age": quality_parts.age,
    "sums": quality_parts.sums,
    "places": quality_parts.places,
    "rules": quality_parts.rules,
}[section](found)
