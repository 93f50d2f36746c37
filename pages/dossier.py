"""Hồ sơ cụm: everything known about one cluster, and what is not."""

from functools import partial

import streamlit as st

from lib.text import t
from lib.ui import cluster_map, dossier_parts, exports, figures, findings, loaders, scope, selection
from lib.ui.top import top

chosen = scope.current_scope()
lang, view = chosen.lang, scope.view()
code = dossier_parts.choose(lang, chosen, view)
if code is None:
    top(chosen, t(lang, "dossier.none"), t(lang, "dossier.none_hint"))
    dossier_parts.index(lang, chosen.apply(view.profiles))
    st.stop()

dossier_parts.title(lang, chosen, view, code)
left, right = st.columns([4, 7], gap="medium")
with left:
    cluster_map.show(
        view.profiles[view.profiles["code"] == code],
        "level",
        key="dossier-map",
        height=300,
        picked=code,
        on_pick=selection.pick,
        lang=lang,
        horizon=chosen.horizon,
        boundaries=loaders.boundaries(chosen.as_of, chosen.horizon),
    )
    dossier_parts.place(lang, view, code, chosen.horizon)
    dossier_parts.unknowns(lang, view, code)
with right:
    dossier_parts.key_facts(lang, view, code, chosen.horizon)
    figures.heading(t(lang, "dossier.findings"))
    findings.panel(lang, view.findings[code])
dossier_parts.contradictions(lang, view, code)
dossier_parts.timeline(lang, chosen, code)
dossier_parts.all_facts(lang, view, code)
exports.buttons(chosen, f"ho-so-{code}", partial(dossier_parts.sheets, lang, chosen, view, code))
