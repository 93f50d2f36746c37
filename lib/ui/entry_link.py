"""The address of the form of figures, and a figure's "Sửa" that leads there."""

from __future__ import annotations

import streamlit as st

from lib.text import t
from lib.ui import access, loaders

SUBJECT, TOPIC, ATTRIBUTE, FIXING = "cum", "chu-de", "thuoc-tinh", "sua"
"""Parts of the address: subject, topic, the attribute to begin with, the record to correct."""

_PAGES, _PAGE = "frame.pages", "entry"


def edit_link(lang: str, code: str, attribute: str) -> None:
    """A figure's "Sửa": leads to its field in the form. Only for those who may write it."""
    actor = access.current_account()
    kept = loaders.store()
    pages = st.session_state.get(_PAGES, {})
    if actor is None or not access.is_writable() or attribute not in kept.attributes or _PAGE not in pages:
        return
    if actor.may_write(kept.attributes[attribute].topic, kept.communes_of(code)):
        st.page_link(
            pages[_PAGE],
            label=t(lang, "entry.edit"),
            query_params={SUBJECT: code, ATTRIBUTE: attribute},
            icon=":material/edit:",
        )
