"""The request sheet: for a commune, an investor or a selection, what is missing and from whom."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lib.assess.missing import missing_items
from lib.reports.request_sheet import request_sheet
from lib.text import t
from lib.ui import exports
from lib.ui.figures import said
from lib.ui.loaders import View, rulebook, store
from lib.ui.rows import each_row
from lib.ui.scope import Scope, commune_label


def _investors(view: View, codes: list[str]) -> dict[str, list[str]]:
    """Clusters by the infrastructure investor that is named for them."""
    found: dict[str, list[str]] = {}
    for code in codes:
        for observation in view.evidence.get(code, "infrastructure_investor").usable:
            found.setdefault(said("vi", observation), []).append(code)
    return found


def _communes(profiles: pd.DataFrame) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in each_row(profiles):
        for commune in (row.communes_now or "").split("|") if isinstance(row.communes_now, str) else ():
            if commune:
                found.setdefault(commune, []).append(row.code)
    return found


def request_sheet_section(scope: Scope, shown: pd.DataFrame, view: View) -> None:
    """Choose the addressee, see how much is asked, download the XLSX."""
    lang, kept = scope.lang, store()
    with st.expander(t(lang, "risk.request_title"), icon=":material/assignment:"):
        st.caption(t(lang, "risk.request_help"))
        kinds = {
            "selection": t(lang, "risk.request_selection", count=len(shown)),
            "commune": t(lang, "risk.request_commune"),
            "investor": t(lang, "risk.request_investor"),
        }
        kind = st.segmented_control(
            t(lang, "risk.request_for"),
            list(kinds),
            default="selection",
            format_func=kinds.__getitem__,
            key="risk.request.kind",
            required=True,
        )
        codes, addressee = list(shown["code"]), kinds["selection"]
        if kind == "commune":
            communes = _communes(shown)
            asked = st.selectbox(
                t(lang, "risk.request_commune_pick"),
                sorted(communes, key=lambda c: kept.communes[c].name),
                format_func=lambda code: commune_label(code, kept.communes, lang),
                key="risk.request.commune",
            )
            codes, addressee = (communes[asked], kept.communes[asked].full_name) if asked else ([], "")
        elif kind == "investor":
            investors = _investors(view, codes)
            if not investors:
                st.caption(t(lang, "risk.request_none"))
                return
            asked = st.selectbox(
                t(lang, "risk.request_investor_pick"), sorted(investors), key="risk.request.investor"
            )
            codes, addressee = (investors[asked], asked) if asked else ([], "")
        missing = missing_items(
            tuple(finding for code in codes for finding in view.findings[code]), kept.attributes
        )
        st.write(t(lang, "risk.request_count", items=len(missing), clusters=len(codes)))
        if missing.empty:
            return
        clusters = [cluster for cluster in kept.clusters if cluster.code in set(codes)]
        st.download_button(
            t(lang, "risk.request_download"),
            lambda: request_sheet(
                addressee,
                clusters,
                missing,
                view.evidence,
                kept.attributes,
                kept.value_labels,
                kept.sources,
                lang=lang,
                notices=exports.notices(scope),
                bodies=rulebook().bodies,
            ),
            exports.file_name("phieu-de-nghi", scope, "xlsx"),
            exports.XLSX,
            key="risk.request.download",
            on_click="ignore",
            icon=":material/download:",
            type="primary",
        )
