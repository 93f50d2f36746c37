"""Rủi ro môi trường: which clusters come first, why, on what evidence, and what to ask for."""

import streamlit as st

from lib.text import day, t
from lib.ui import (
    cluster_list,
    cluster_map,
    exports,
    figures,
    findings,
    frame,
    loaders,
    risk_tables,
    scope,
    selection,
)
from lib.ui.loaders import store
from lib.ui.request import request_sheet_section
from lib.ui.rows import row_of
from lib.ui.top import top

chosen = scope.current_scope()
lang, view = chosen.lang, scope.view()
inside = chosen.apply(view.profiles)
counts = inside["level"].value_counts()
first = int(counts.get("very_high", 0) + counts.get("high", 0))
top(
    chosen,
    t(
        lang,
        "risk.answer" if first or counts.get("medium", 0) else "risk.answer_none",
        high=first,
        medium=int(counts.get("medium", 0)),
        unknown=int(counts.get("unknown", 0)),
    ),
    t(lang, "risk.purpose", day=day(lang, chosen.as_of)),
)
picked = selection.picked(view.findings, lang)

with st.container(horizontal=True, vertical_alignment="bottom", key="page-controls"):
    shown = risk_tables.filtered(lang, inside, view.findings)
    exports.buttons(
        chosen,
        "rui-ro",
        lambda: risk_tables.sheets(lang, shown, view.findings),
        layers=risk_tables.layers(chosen, shown, view),
    )
if shown.empty:
    st.info(t(lang, "common.filter.empty"), icon=":material/search_off:")
    st.caption(t(lang, "common.filter.empty_hint"))
    st.stop()

left, right = st.columns([5, 4], gap="medium")
with left:
    cluster_list.risk_list(
        lang, shown, view.findings, store().communes, key="risk.list", picked=picked, on_pick=selection.pick
    )
    if len(shown) < len(inside):
        st.caption(t(lang, "risk.not_listed", count=len(inside) - len(shown)))
with right:
    cluster_map.show(
        shown,
        "level",
        key="risk-map",
        height=330,
        picked=picked,
        on_pick=selection.pick,
        lang=lang,
        horizon=chosen.horizon,
        boundaries=loaders.boundaries(chosen.as_of, chosen.horizon),
    )
    if picked is None:
        st.info(t(lang, "risk.pick_hint"), icon=":material/touch_app:")
    else:
        row = row_of(view.profiles, picked)
        figures.heading(
            t(lang, "risk.why_title", name=row["name"], level=t(lang, f"frame.level.{row['level']}"))
        )
        findings.panel(lang, view.findings[picked])
        with st.container(horizontal=True):
            frame.page_link(
                "dossier", t(lang, "risk.open_dossier"), {"cum": picked}, icon=":material/folder_open:"
            )
            frame.page_link("map", t(lang, "risk.open_map"), {"cum": picked}, icon=":material/map:")
request_sheet_section(chosen, shown, view)
