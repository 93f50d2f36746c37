"""Bản đồ: which clusters are there, are to grow or are new, and what is known about each."""

import streamlit as st

from lib.text import t
from lib.ui import cluster_map, exports, loaders, map_controls, risk_tables, scope, selection
from lib.ui.card import cluster_card
from lib.ui.top import top

chosen = scope.current_scope()
lang, view = chosen.lang, scope.view()
inside = chosen.apply(view.profiles)
picked = selection.picked(view.findings, lang)
top(chosen, *map_controls.answer(lang, chosen, inside), with_view=True)

with st.container(horizontal=True, vertical_alignment="bottom", key="map-controls"):
    horizon = map_controls.horizon(lang)
    shapes = loaders.boundaries(chosen.as_of, horizon)
    colour_by = map_controls.colour_by(lang)
    exports.buttons(
        chosen,
        "ban-do",
        lambda: map_controls.sheets(lang, inside),
        layers=risk_tables.layers(chosen, inside, view),
    )
shown = cluster_map.legend(map_controls.on_horizon(inside, horizon), colour_by, key="map", lang=lang)
if shown.empty:
    st.info(t(lang, "common.filter.empty"), icon=":material/search_off:")
    st.caption(t(lang, "common.filter.empty_hint"))

map_controls.open_view("map-map")
left, right = st.columns([7, 4], gap="medium")
with left:
    cluster_map.show(
        shown,
        colour_by,
        key="map-map",
        height=560,
        picked=picked,
        on_pick=selection.pick,
        lang=lang,
        horizon=horizon,
        boundaries=shapes,
    )
    if note := cluster_map.unplaced_note(shown, shapes, lang):
        st.caption(note)
with right:
    if picked is None:
        map_controls.cluster_names(lang, shown, picked)
    else:
        cluster_card(lang, view, picked, horizon)
        with st.expander(t(lang, "mappage.other_clusters", count=len(shown))):
            map_controls.cluster_names(lang, shown, picked)
map_controls.plan_table(lang, view)
