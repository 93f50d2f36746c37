"""The reader's language."""

from __future__ import annotations

import streamlit as st


def language() -> str:
    """Vietnamese unless another was chosen, or the address asks for it at first."""
    return "en" if st.session_state.get("ngon-ngu", st.query_params.get("ngon-ngu")) == "en" else "vi"
