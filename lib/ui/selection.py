"""The cluster that is looked at: one for list, map and dossier alike, kept in the address as `cum`."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from lib.ui import notices

KEY = "cum"
_LAST = "selection.last"


def picked(codes: Collection[str], lang: str) -> str | None:
    """The chosen cluster's code, or None; an unknown one in the address is ignored with a notice."""
    asked = st.query_params.get(KEY)
    if asked is None:
        return None
    if asked not in codes:
        notices.unknown_address(lang, KEY, asked)
        return None
    st.session_state[_LAST] = asked
    return asked


def last_picked() -> str | None:
    """The cluster chosen last in this visit, on whatever page."""
    found: str | None = st.session_state.get(_LAST)
    return found


def pick(code: str) -> None:
    """Choose a cluster; the browser's Back returns to the one before."""
    st.query_params[KEY] = code
    st.session_state[_LAST] = code


def remember(code: str) -> None:
    """Note the cluster as the last one chosen, for the page that is opened next."""
    st.session_state[_LAST] = code
