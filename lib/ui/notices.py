"""What the reader is told when data cannot be read, or an address asks for something unknown."""

from __future__ import annotations

import logging

import streamlit as st

from lib.domain.errors import DataError, Refusal
from lib.render.escape import markdown_text
from lib.text import t
from lib.text.errors import error_text, refusal_text

_log = logging.getLogger("ccn")


def data_error(error: DataError, lang: str) -> None:
    """The error in the reader's words, with where it is and what to do; the log gets it in English."""
    _log.error("%s", error)
    st.error(markdown_text(error_text(lang, error)), icon=":material/error:")
    st.caption(t(lang, "frame.error.nothing_changed"))


def refusal(error: Refusal, lang: str) -> None:
    """What cannot be done now, or not by this reader, and what to do about it."""
    _log.warning("%s", error)
    st.error(markdown_text(refusal_text(lang, error)), icon=":material/error:")


def unknown_address(lang: str, key: str, value: str) -> None:
    """Says that a part of the address was ignored."""
    st.info(t(lang, "frame.error.ignored", part=key, value=markdown_text(value[:60])), icon=":material/info:")
