"""The map and its legend on a page: a fixed base, layers that come and go, a view that never jumps."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from lib.domain.places import Boundary
from lib.render import maps, palette
from lib.render.assets import install_leaflet
from lib.render.escape import markdown_text
from lib.render.map_data import class_keys, legend_counts
from lib.text import t
from lib.ui import loaders
from lib.ui.settings import settings

CLOSE_ZOOM, NEAR_ZOOM = 12.5, 10.5
"""To see an extent on a large map; to see what lies around on a small one."""
_LARGE_PX = 400
_PHONE = """<style>@media (max-width:640px) {
  iframe[title="streamlit_folium.st_folium"] { height:min(400px, 62vh) !important }
}</style>"""


@st.cache_resource(show_spinner=False)
def _config(lang: str) -> str:
    """The fixed part of the map in one language; puts Leaflet in place when the app first needs it."""
    install_leaflet()
    chosen = settings()
    communes = [commune for commune in loaders.store().communes.values() if commune.lat is not None]
    return maps.base_config(lang, loaders.basemap(), communes, (chosen.tile_url, chosen.tile_attribution))


def look_at(key: str, lat: float, lon: float, zoom: float = CLOSE_ZOOM) -> None:
    """
    Move the map `key` to a place (WGS 84 degrees) at the next run: for the callback of a table row.

    The front end drops a view equal to the last one it was given; the nudge makes it another one.
    """
    nudge = st.session_state.get(f"{key}.nudge", 0) + 1
    st.session_state[f"{key}.nudge"] = nudge
    st.session_state[f"{key}.view"] = ([lat, lon], zoom + nudge * 1e-9)


def _look_at_cluster(
    key: str, code: str, profiles: pd.DataFrame, boundaries: Mapping[str, Boundary], zoom: float
) -> None:
    if code in boundaries:
        inside = boundaries[code].shape.representative_point()
        look_at(key, inside.y, inside.x, zoom)
        return
    row = profiles[profiles["code"] == code]
    if not row.empty and pd.notna(row["shown_lat"].iloc[0]):
        look_at(key, float(row["shown_lat"].iloc[0]), float(row["shown_lon"].iloc[0]), zoom)


def show(
    profiles: pd.DataFrame,
    colour_by: str,
    *,
    key: str,
    picked: str | None,
    on_pick: Callable[[str], None],
    lang: str,
    horizon: str = "2030",
    boundaries: Mapping[str, Boundary] | None = None,
    height: int = 560,
) -> None:
    """
    Draw the clusters of `profiles`; call `on_pick(code)`, before the next run, when one is clicked.

    When `picked` changes otherwise than by a click on this map (a table row, a link, the browser's Back) the
    map moves to it. `key` holds no dot and names one map of the app. Clusters without a place are not drawn:
    `unplaced_note` lists them.
    """
    shapes = boundaries or {}
    state = st.session_state
    seen, view = f"{key}.seen", f"{key}.view"
    if picked != state.get(seen):
        state[seen] = picked
        if picked:
            _look_at_cluster(key, picked, profiles, shapes, CLOSE_ZOOM if height >= _LARGE_PX else NEAR_ZOOM)

    def clicked() -> None:
        drawing = (state.get(key) or {}).get("last_active_drawing")
        if drawing:
            state[seen] = drawing["properties"]["code"]
            on_pick(drawing["properties"]["code"])

    st.html(_PHONE)
    centre, zoom = state.get(view, (None, None))
    st_folium(
        maps.base_map(_config(lang)),
        key=key,
        height=height,
        use_container_width=True,
        feature_group_to_add=maps.cluster_layers(profiles, colour_by, shapes, picked, horizon, lang),
        center=centre,
        zoom=zoom,
        returned_objects=["last_active_drawing"],
        on_change=clicked,
    )


def legend(profiles: pd.DataFrame, colour_by: str, *, key: str, lang: str) -> pd.DataFrame:
    """
    The legend as buttons with counts; returns the rows of the classes chosen in it, all when none is.

    Classes that no row falls in are left out, so that a legend of nine stays short.
    """
    counted = [(style, count) for style, count in legend_counts(profiles, colour_by) if count]
    if not counted:
        return profiles
    widget = f"{key}-legend-{colour_by}"
    numbers = {style.key: count for style, count in counted}
    words = {style.key: t(lang, style.label_key) for style, _ in counted}
    st.html(_swatches(widget, [style for style, _ in counted]))
    chosen = st.pills(
        t(lang, "map.legend.label"),
        list(numbers),
        selection_mode="multi",
        key=widget,
        format_func=lambda value: f"{words[value]} **{numbers[value]}**",
    )
    if not chosen:
        return profiles
    return profiles[[value in chosen for value in class_keys(profiles, colour_by)]]


def _swatches(widget: str, styles: list[palette.Style]) -> str:
    """Style sheet that puts each class's symbol in front of its button."""
    group = f".st-key-{widget} button"
    rules = [
        f".st-key-{widget} [role=toolbar]{{flex-wrap:wrap;overflow:visible}}",
        f"{group}::before{{content:'';width:.8em;height:.8em;flex:none;box-sizing:border-box}}",
        f"{group}::before{{border-radius:50%;margin-right:.4em}}",
    ]
    for place, style in enumerate(styles, start=1):
        line = "dashed" if style.dash else "solid"
        rules.append(
            f"{group}:nth-of-type({place})::before{{background:{style.fill};"
            f"border:1.5px {line} {style.outline}}}"
        )
    return f"<style>{''.join(rules)}</style>"


def unplaced_note(profiles: pd.DataFrame, boundaries: Mapping[str, Boundary], lang: str) -> str:
    """The clusters that are not on the map and why, in Markdown; empty when all are."""
    missing = profiles[profiles["lat"].isna() & ~profiles["code"].isin(list(boundaries))]
    names = ", ".join(markdown_text(name) for name in missing["name"])
    return t(lang, "map.place.none", names=names) if names else ""
