"""What the reader chose: language, dates, filters. Chosen once in the side bar, kept in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st

from lib.domain.clock import today
from lib.domain.finding import Level
from lib.domain.observation import Observation
from lib.domain.places import Cluster, Commune
from lib.store.base import Store
from lib.text import fold, matches, t
from lib.ui import access, choices, loaders
from lib.ui.language import language

ALL = ""
HORIZONS = ("2020", "2030", "sau")
PLAN_GROUPS = ("kept", "expanded", "new")
STATUSES = (
    "planned",
    "calling_investor",
    "application_received",
    "established",
    "investor_approved",
    "under_construction",
    "stalled",
    "removed",
)
INVESTOR_TYPES = ("state", "enterprise")
UNKNOWN = "unknown"
FIRST_DAY = date(2014, 1, 1)


@dataclass(frozen=True, slots=True)
class Scope:
    """
    The reader's choices. Empty text means "all". `horizon` is "2020", "2030" or "sau" (after 2030).

    `commune` is a code with its structure (`2025-07:18676`); a filter matches a cluster that lies in it
    now, or lay in it then.
    """

    lang: str = "vi"
    as_of: date = date.min
    known_on: date = date.max
    search: str = ""
    horizon: str = "2030"
    plan_group: str = ALL
    status: str = ALL
    investor_type: str = ALL
    commune: str = ALL
    level: str = ALL

    @property
    def is_filtered(self) -> bool:
        return any((self.search, self.plan_group, self.status, self.investor_type, self.commune, self.level))

    def apply(self, profiles: pd.DataFrame) -> pd.DataFrame:
        """Rows of `profiles` (one a cluster) inside this scope."""
        keep = pd.Series(True, index=profiles.index)
        if self.search:
            names = profiles["name"] + "|" + profiles["aliases"].fillna("") + "|" + profiles["code"]
            keep &= names.map(lambda joined: matches(self.search, joined.split("|")))
        for column, wanted in (
            ("plan_group", self.plan_group),
            ("status", self.status),
            ("level", self.level),
        ):
            if wanted:
                value = profiles[column].fillna(UNKNOWN)
                keep &= value == wanted
        if self.investor_type:
            keep &= _any_of(profiles["investor_type"], self.investor_type)
        if self.commune:
            keep &= _any_of(profiles["communes_now"], self.commune) | _any_of(
                profiles["communes_then"], self.commune
            )
        return profiles[keep]


def _any_of(joined: pd.Series, wanted: str) -> pd.Series:
    """Whether `wanted` is one of the values joined by a bar; "unknown" matches where there is none."""
    if wanted == UNKNOWN:
        return joined.fillna("") == ""
    return joined.fillna("").map(lambda text: wanted in text.split("|"))


def current_scope() -> Scope:
    """What stands in the side bar now; the defaults where a page runs alone."""
    chosen: Callable[[str], str] = lambda key: st.session_state.get(key) or ""  # noqa: E731
    as_of = st.session_state.get("ngay") or today()
    return Scope(
        lang=language(),
        as_of=as_of,
        known_on=st.session_state.get("biet") or max(today(), as_of),
        search=chosen("tim").strip()[:200],
        horizon=chosen("moc") or "2030",
        plan_group=chosen("nhom"),
        status=chosen("tinh-trang"),
        investor_type=chosen("dau-tu"),
        commune=chosen("xa"),
        level=chosen("muc"),
    )


def clear_filters() -> None:
    """Back to all clusters; the dates and the language stay. For `on_click`."""
    for key in ("tim", "nhom", "tinh-trang", "dau-tu", "xa", "muc"):
        if key in st.session_state:
            st.session_state[key] = ""


def commune_label(code: str, communes: Mapping[str, Commune], lang: str) -> str:
    """Name, and the code with its structure, because a name and a code alone may mean two places."""
    commune = communes.get(code)
    structure = code.partition(":")[0]
    if commune is None:
        return code
    until = {"2025-07": "now", "2025-01": "h1_2025", "2020": "before_2025"}.get(structure, "now")
    return f"{commune.full_name} · {t(lang, f'frame.structure.{until}')} · {code}"


def commune_options(clusters: Sequence[Cluster], communes: Mapping[str, Commune]) -> list[str]:
    """Codes of the communes in which clusters lie, those of today first, each list by name."""
    now = {code for cluster in clusters for code in cluster.communes_now}
    then = {code for cluster in clusters for code in cluster.communes_then if code in communes} - now
    by_name: Callable[[str], str] = lambda code: fold(communes[code].name) if code in communes else code  # noqa: E731
    return sorted(now, key=by_name) + sorted(then, key=by_name)


def _commune_labels(kept: Store, lang: str) -> dict[str, str]:
    codes = commune_options(kept.clusters, kept.communes)
    return {ALL: t(lang, "common.word.all")} | {
        code: commune_label(code, kept.communes, lang) for code in codes
    }


def draw_sidebar(kept: Store) -> None:
    """The controls, bound to the address: they keep their value from page to page, on reload and Back."""
    lang = language()
    side = st.sidebar
    side.text_input(
        t(lang, "frame.scope.search"),
        key="tim",
        bind="query-params",
        max_chars=200,
        placeholder=t(lang, "frame.scope.search_hint"),
    )
    side.date_input(
        t(lang, "frame.scope.as_of"),
        value=today(),
        min_value=FIRST_DAY,
        max_value=date(2035, 12, 31),
        key="ngay",
        bind="query-params",
        format="DD/MM/YYYY",
        help=t(lang, "frame.scope.as_of_help"),
    )
    with side.expander(t(lang, "frame.scope.more"), icon=":material/tune:"):
        _choice("nhom", PLAN_GROUPS, "plan_group", lang)
        _choice("muc", tuple(Level), "level", lang, with_unknown=False)
        _choice("tinh-trang", STATUSES, "status", lang)
        _choice("dau-tu", INVESTOR_TYPES, "investor_type", lang)
        choices.select(t(lang, "frame.scope.commune"), "xa", partial(_commune_labels, kept), lang)
        st.date_input(
            t(lang, "frame.scope.known_on"),
            value=None,
            min_value=date(2026, 1, 1),
            key="biet",
            bind="query-params",
            format="DD/MM/YYYY",
            help=t(lang, "frame.scope.known_on_help"),
        )
    if current_scope().is_filtered:
        side.button(t(lang, "common.filter.clear"), on_click=clear_filters, icon=":material/filter_alt_off:")
    side.segmented_control(
        t(lang, "common.app.language"),
        ["vi", "en"],
        default="vi",
        key="ngon-ngu",
        bind="query-params",
        required=True,
    )


def _choice(key: str, options: Sequence[str], words: str, lang: str, *, with_unknown: bool = True) -> None:
    """One filter; "no figure yet" can be chosen like any value, because not known is a state of its own."""

    def labels(language: str) -> dict[str, str]:
        found = {ALL: t(language, "common.word.all")}
        found |= {value: t(language, f"frame.{words}.{value}") for value in options}
        if with_unknown:
            found[UNKNOWN] = t(language, "common.word.unknown")
        return found

    choices.select(t(lang, f"frame.scope.{words}"), key, labels, lang)


def view() -> loaders.View:
    """Everything as of the chosen dates."""
    scope = current_scope()
    return loaders.view(scope.as_of, scope.known_on, public_only=access.is_public_visitor())


def history(code: str) -> tuple[Observation, ...]:
    """All that was known about a cluster on the chosen day and that this reader may see."""
    scope = current_scope()
    return loaders.history(
        code, scope.as_of, scope.known_on, public_only=access.is_public_visitor()
    )


def address_query(scope: Scope, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """
    The query that restores what is seen, dates pinned: what "Sao chép liên kết" writes.

    Choices are written by their keys, so that the link does not depend on the language; `xem` is left to
    the browser, which alone knows the view.
    """
    query = choices.chosen_keys()
    if st.query_params.get("cum"):
        query["cum"] = st.query_params["cum"]
    query["ngay"] = scope.as_of.isoformat()
    query["biet"] = scope.known_on.isoformat()
    return query | dict(extra or {})
