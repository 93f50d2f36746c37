"""Tổng quan: the province on one screen."""

import streamlit as st

from lib.text import day, t
from lib.ui import cluster_map, exports, loaders, overview_parts, risk_tables, scope
from lib.ui.top import top

chosen = scope.current_scope()
lang, view = chosen.lang, scope.view()
inside = chosen.apply(view.profiles)
counts = inside["level"].value_counts()
first = int(counts.get("very_high", 0) + counts.get("high", 0))
top(
    chosen,
    t(lang, "overview.answer", high=first, unknown=int(counts.get("unknown", 0))),
    t(lang, "overview.purpose", day=day(lang, chosen.as_of)),
)
overview_parts.key_figures(lang, view)
left, right = st.columns([5, 4], gap="medium")
with left:
    cluster_map.show(
        inside,
        "level",
        key="overview-map",
        height=430,
        picked=None,
        on_pick=overview_parts.to_map,
        lang=lang,
        horizon=chosen.horizon,
        boundaries=loaders.boundaries(chosen.as_of, chosen.horizon),
    )
    overview_parts.follow_pick()
    exports.buttons(chosen, "tong-quan", lambda: risk_tables.sheets(lang, inside, view.findings))
with right:
    overview_parts.levels(lang, inside)
    overview_parts.find_out_next(lang, chosen, inside, view)
    overview_parts.due(lang, chosen.as_of)
