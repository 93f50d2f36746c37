"""folium maps: a base that never changes, and cluster layers that do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import branca.element
import folium
import pandas as pd
from branca.element import MacroElement
from jinja2 import Template

from lib.domain.places import Boundary, Commune
from lib.render import palette
from lib.render.assets import LEAFLET_URL
from lib.render.escape import map_text, script_json
from lib.render.map_data import FRAME, HOME, PACK_SCALE, cluster_rows, packed_base, vn2000_fit
from lib.text import t

MIN_ZOOM, MAX_ZOOM = 8, 18
FRAME_WORDS = (
    "map", "home", "measure", "full", "zoom_in", "zoom_out", "close", "north", "east", "metric",
    "measure_start", "measure_next", "length", "schematic", "schematic_key",
)
_HERE = Path(__file__).parent


class _Rendered:
    """Text that is already rendered, with the face of a template."""

    def __init__(self, text: str) -> None:
        self.text = text

    def render(self, *args: object, **kwargs: object) -> str:
        """The text as it is."""
        return self.text


def _install_guard() -> None:
    """
    Keep branca from compiling rendered text as a Jinja template a second time.

    Without it, `{{ … }}` in a cluster's name runs as Python on the server (folium 0.20, branca 0.8.2), and
    a lone `{%` breaks the page. Maps without such text render byte for byte as before.
    """
    plain = branca.element.Element.__init__
    if getattr(plain, "is_guard", False):
        return

    def guarded(self: Any, template: str | None = None, template_name: str | None = None) -> None:
        plain(self, None, template_name)
        if template is not None:
            self._template_str = template
            self._template = _Rendered(template)

    guarded.is_guard = True  # type: ignore[attr-defined]
    branca.element.Element.__init__ = guarded  # type: ignore[method-assign]


_install_guard()
folium.Map.default_js = [("leaflet", LEAFLET_URL + "leaflet.js")]
folium.Map.default_css = [("leaflet_css", LEAFLET_URL + "leaflet.css")]


class _Frame(MacroElement):
    """The frame's own script and style, `map_frame.js` and `map_frame.css`."""

    _template = Template(
        "{% macro header(this, kwargs) %}<style>{{ this.style }}</style>{% endmacro %}"
        "{% macro script(this, kwargs) %}{{ this.code }}({{ this._parent.get_name() }}, {{ this.config }});"
        "{% endmacro %}"
    )

    def __init__(self, config: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Frame"
        self.style, self.code, self.config = _file("map_frame.css"), _file("map_frame.js").strip(), config


class _Draw(MacroElement):
    """Clusters of one feature group, drawn by the frame's script from one compact list."""

    _template = Template(
        "{% macro script(this, kwargs) %}ccn.draw({{ this._parent.get_name() }}, {{ this.data }});"
        "{% endmacro %}"
    )

    def __init__(self, data: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Draw"
        self.data = data


@cache
def _file(name: str) -> str:
    return (_HERE / name).read_text("utf-8")


def base_config(
    lang: str,
    basemap: Mapping[str, Any],
    communes: Iterable[Commune] = (),
    tiles: tuple[str, str] | None = None,
) -> str:
    """
    All that the frame is made from, as a JavaScript literal: to be kept, it is the same for every reader.

    Parameters
    ----------
    basemap
        GeoJSON in EPSG:4326 whose features carry `kind` (land, province, river, border), `source`, `licence`.
    communes
        Those of today; the ones without a point are left out.
    tiles
        URL template and attribution of an XYZ source, as the administrator wrote them.
    """
    origins = dict.fromkeys(
        f"{feature['properties']['source']} ({feature['properties']['licence']})"
        for feature in basemap["features"]
        if feature["properties"].get("source")
    )
    config: dict[str, object] = {
        "lang": lang,
        "words": {key: t(lang, f"map.frame.{key}") for key in FRAME_WORDS},
        "base": packed_base(basemap),
        "scale": PACK_SCALE,
        "frame": FRAME,
        "home": HOME,
        "minZoom": MIN_ZOOM,
        "vn": vn2000_fit(),
        "sea": palette.SEA,
        "notice": "<details><summary>{}</summary><p>{}</p></details>".format(
            map_text(t(lang, "map.frame.notice")), "<br>".join(map_text(origin) for origin in origins)
        ),
        "communes": [[c.name, round(c.lat, 5), round(c.lon, 5)] for c in communes if c.lat and c.lon],
    }
    if tiles and tiles[0]:
        config["tiles"] = {"url": tiles[0], "attribution": map_text(tiles[1])}
    return script_json(config)


def base_map(config: str) -> folium.Map:
    """
    The map without clusters, made anew from a kept `base_config`.

    A change in its script remounts the frame, so nothing that depends on a filter, a selection or the view
    may be added to it; and st_folium adds to the map it is given, so one map must not serve two runs.
    """
    (south, west), (north, east) = HOME
    made = folium.Map(
        [(south + north) / 2, (west + east) / 2], zoom_start=9, tiles=None, prefer_canvas=True,
        zoom_control=False, font_size="13px", maxZoom=MAX_ZOOM, minZoom=MIN_ZOOM, zoomSnap=0.25,
        wheelPxPerZoomLevel=90,
    )
    _Frame(config).add_to(made)
    return made


def cluster_layers(
    profiles: pd.DataFrame,
    colour_by: str,
    boundaries: Mapping[str, Boundary],
    picked: str | None,
    horizon: str,
    lang: str,
) -> list[folium.FeatureGroup]:
    """
    The clusters of `profiles` that have a place, for `feature_group_to_add` of st_folium.

    Parameters
    ----------
    profiles
        One row a cluster: code, name, lat, lon, shown_lat, shown_lon, area_ha, and the columns
        that colours are read from.
    picked
        Code of the selected cluster; it is ringed and labelled first.
    """
    styles = palette.classes(colour_by)
    words = {style.key: t(lang, style.label_key) for style in styles}
    data = {
        "title": t(lang, f"map.colour_by.{colour_by}"),
        "styles": [[style.fill, style.outline, style.dash, words[style.key]] for style in styles],
        "picked": picked or "",
        "rows": cluster_rows(profiles, colour_by, boundaries, horizon, words),
    }
    group = folium.FeatureGroup("clusters")
    _Draw(script_json(data)).add_to(group)
    return [group]
