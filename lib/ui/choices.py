"""
Choices that live in the address.

Streamlit writes a bound choice into the address by its label, in the reader's language. A link that is
sent to a colleague carries the key instead (`muc=high`), and so survives a change of language; this module
takes both: the key, or the label in either language. What is neither is ignored, with a notice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from lib.text import LANGUAGES
from lib.ui import notices

BOUND_KEYS = (
    "tim",
    "moc",
    "nhom",
    "tinh-trang",
    "dau-tu",
    "xa",
    "muc",
    "mau",
    "nhom-quy-tac",
    "tu",
    "ngon-ngu",
)
"""Bound controls in the order a link names them."""

Labels = Callable[[str], Mapping[str, str]]
"""Labels by key, in the language given."""


def adopt(key: str, labels: Labels, lang: str) -> None:
    """Take the value of `key` from the address once a visit: a key, or a label in either language."""
    seen = f"adopted.{key}"
    if seen in st.session_state:
        return
    st.session_state[seen] = True
    asked = st.query_params.get(key)
    if asked is None:
        return
    known = {label: value for one in LANGUAGES for value, label in labels(one).items()}
    known |= {value: value for value in labels(lang)}
    if asked in known:
        st.session_state[key] = known[asked]
    else:
        notices.unknown_address(lang, key, asked)


def select(title: str, key: str, labels: Labels, lang: str, **options: Any) -> str:
    """A select box in the address under `key`; its value is the key, never the label."""
    adopt(key, labels, lang)
    words = labels(lang)
    chosen = st.selectbox(
        title, list(words), key=key, bind="query-params", format_func=words.__getitem__, **options
    )
    return str(chosen) if chosen is not None else ""


def segments(title: str, key: str, labels: Labels, lang: str, *, default: str) -> str:
    """A row of segments in the address under `key`, of which one is always chosen."""
    adopt(key, labels, lang)
    words = labels(lang)
    start: dict[str, Any] = {} if key in st.session_state else {"default": default}
    chosen = st.segmented_control(
        title,
        list(words),
        key=key,
        bind="query-params",
        required=True,
        format_func=words.__getitem__,
        **start,
    )
    return chosen or default


def chosen_keys() -> dict[str, str]:
    """What is chosen now, by key, for a link; what is not chosen is left out."""
    return {key: str(st.session_state[key]) for key in BOUND_KEYS if st.session_state.get(key)}
