"""Lấp đầy: how full the clusters are, how far that is known, and the law's lines."""

import streamlit as st

from lib.ui import exports, occupancy_parts, scope
from lib.ui.top import top

chosen = scope.current_scope()
lang, view = chosen.lang, scope.view()
inside = chosen.apply(view.profiles)
top(chosen, *occupancy_parts.answer(lang, view, inside))
occupancy_parts.ways_of_investing(lang, view)
left, right = st.columns([3, 2], gap="medium")
with left:
    occupancy_parts.province_series(lang, chosen, view)
with right:
    occupancy_parts.single_clusters(lang, view, inside)
occupancy_parts.averages_that_differ(lang, view)
occupancy_parts.legal_lines(lang, chosen)
exports.buttons(chosen, "lap-day", lambda: occupancy_parts.sheets(lang, view, inside))
