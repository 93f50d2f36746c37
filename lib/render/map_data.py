"""From tables to what the map draws: places, sizes and classes of clusters, and the packed base map."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.crs import to_vn2000
from geo.shapes import radius_m, spread
from lib.domain.finding import Level
from lib.domain.places import Accuracy, Boundary, Cluster, Commune
from lib.render import palette

FRAME = ((17.4, 104.7), (19.25, 107.1))
"""South-west and north-east corner (latitude, longitude) of what the base map covers."""
HOME = ((17.91, 105.10), (18.77, 106.50))
"""The province."""
PACK_SCALE = 10_000
"""Base map coordinates per degree: 11 m, finer than the base map is."""
VN_DEGREE = 7

_M2_PER_HA = 10_000
_SMALLEST_PX, _LARGEST_PX, _PX_PER_ROOT_HA = 4.5, 15.0, 1.5
_VALUE_COLUMN = {
    "level": "level", "wastewater": "central_treatment", "status": "status", "plan_group": "plan_group",
}
_AREA_COLUMN = {
    "2020": "plan_area_2020_ha", "2030": "plan_area_2030_ha", "sau": "plan_area_after_2030_ha",
    "after_2030": "plan_area_after_2030_ha",
}


def positions(clusters: Iterable[Cluster], communes: Mapping[str, Commune]) -> pd.DataFrame:
    """
    Where each cluster stands on the map, one row for each that has a commune of today.

    Returns
    -------
    code, lat, lon, shown_lat, shown_lon, apart_px
        WGS 84 degrees. `lat`, `lon` is the point of its first commune; `shown_*` the place beside it where
        the symbol stands, so that clusters of one commune keep apart. `apart_px` is how far from the point
        it stands at least on the screen, 0 for a cluster alone: at province zoom the metres are too few.
        A cluster whose commune is not known has no row: it is listed, never placed.
    """
    points: dict[str, tuple[float, float]] = {}
    for cluster in clusters:
        for code in cluster.communes_now:
            commune = communes.get(code)
            if commune is not None and commune.lon is not None and commune.lat is not None:
                points[cluster.code] = (commune.lon, commune.lat)
                break
    shown = spread(points)
    sharing = Counter(points.values())
    rows = [
        (code, point[1], point[0], shown[code][1], shown[code][0], _apart_px(sharing[point]))
        for code, point in points.items()
    ]
    return pd.DataFrame(rows, columns=["code", "lat", "lon", "shown_lat", "shown_lon", "apart_px"])


def _apart_px(count: int) -> float:
    """Radius of a ring on which so many of the largest symbols (six at most) stand without touching."""
    return 0.0 if count < 2 else round((_LARGEST_PX + 1) / math.sin(math.pi / min(count, 6)), 1)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _figure(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not math.isnan(value) else None


def class_keys(profiles: pd.DataFrame, colour_by: str) -> list[str]:
    """Key of the palette class of each row; what is not known is "unknown"."""
    if colour_by == "occupancy":
        low = profiles.get("occupancy_published_low_pct", pd.Series(np.nan, index=profiles.index))
        high = profiles.get("occupancy_published_high_pct", low)
        return [palette.occupancy_class(_figure(a), _figure(b)) for a, b in zip(low, high, strict=True)]
    column = profiles.get(_VALUE_COLUMN[colour_by])
    if column is None:
        return [palette.UNKNOWN] * len(profiles)
    return [palette.style_of(colour_by, _text(value)).key for value in column]


def legend_counts(profiles: pd.DataFrame, colour_by: str) -> list[tuple[palette.Style, int]]:
    """Every class of the palette with how many rows fall in it, the empty ones included."""
    found = class_keys(profiles, colour_by)
    return [(style, found.count(style.key)) for style in palette.classes(colour_by)]


def radius_px(area_ha: float | None) -> float:
    """Radius of a symbol whose area grows with the cluster's; the smallest where no area is known."""
    if area_ha is None or not area_ha > 0:
        return _SMALLEST_PX
    return round(min(max(_PX_PER_ROOT_HA * math.sqrt(area_ha), _SMALLEST_PX), _LARGEST_PX), 1)


def _rings(shape: BaseGeometry) -> list[list[list[list[float]]]]:
    """Polygons as rings of latitude, longitude, 0.1 m fine."""
    polygons = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
    return [
        [[[round(y, 6), round(x, 6)] for x, y, *_ in ring.coords] for ring in (p.exterior, *p.interiors)]
        for p in polygons
        if isinstance(p, Polygon)
    ]


def cluster_rows(
    profiles: pd.DataFrame,
    colour_by: str,
    boundaries: Mapping[str, Boundary],
    horizon: str,
    words: Mapping[str, str],
) -> list[list[Any]]:
    """
    What `ccn.draw` of the frame reads, one list a cluster that has a place, the worst level first.

    `words` gives the word of each class. An area is the plan's of the horizon where it is known, else the
    cluster's own, by its lower end where only a range is known. A boundary puts the symbol inside its shape;
    otherwise the extent is a schematic circle.
    """
    order = {style.key: index for index, style in enumerate(palette.classes(colour_by))}
    worst = {level.value: index for index, level in enumerate(Level)}
    rows: list[tuple[int, list[Any]]] = []
    for record, key in zip(profiles.to_dict("records"), class_keys(profiles, colour_by), strict=True):
        code, lat, lon = str(record["code"]), _figure(record.get("lat")), _figure(record.get("lon"))
        boundary = boundaries.get(code)
        area = next(
            (found for column in (_AREA_COLUMN.get(horizon, ""), "area_ha", "area_low_ha")
             if (found := _figure(record.get(column)))),
            None,
        )
        extent: float | list[Any] = 0
        if boundary is not None and boundary.accuracy is not Accuracy.SCHEMATIC:
            inside = boundary.shape.representative_point()
            lat, lon = inside.y, inside.x
            shown_lat, shown_lon = lat, lon
            area = boundary.area_ha
            extent = _rings(boundary.shape)
        elif lat is None or lon is None:
            continue
        else:
            shown_lat = _figure(record.get("shown_lat")) or lat
            shown_lon = _figure(record.get("shown_lon")) or lon
            extent = round(radius_m(area)) if area else 0
        half_width = round(math.sqrt(area * _M2_PER_HA / math.pi)) if area else 0
        row = [
            code, str(record["name"]), words[key], round(shown_lat, 6), round(shown_lon, 6), round(lat, 6),
            round(lon, 6), radius_px(area), order[key], 0 if area else 1, extent, half_width,
            _figure(record.get("apart_px")) or 0,
        ]
        rows.append((worst.get(str(record.get("level")), len(worst)), row))
    return [row for _, row in sorted(rows, key=lambda found: found[0])]


def _runs(coordinates: Sequence[Any], depth: int) -> list[Sequence[Any]]:
    """The lines or rings of GeoJSON coordinates that are nested `depth` deep."""
    if depth == 0:
        return [coordinates]
    return [run for part in coordinates for run in _runs(part, depth - 1)]


def _packed(line: Sequence[Sequence[float]]) -> list[int]:
    """A line as steps in 1/`PACK_SCALE` degree: x, y, x, y…; half the size of plain coordinates."""
    found: list[int] = []
    x = y = 0
    for point in line:
        next_x, next_y = round(point[0] * PACK_SCALE), round(point[1] * PACK_SCALE)
        if found and (next_x, next_y) == (x, y):
            continue
        found += [next_x - x, next_y - y]
        x, y = next_x, next_y
    return found


_DEPTH = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}
_BASE_STYLES: dict[str, tuple[tuple[bool, dict[str, object]], ...]] = {
    "land": ((False, {"color": "#C3CBC7", "weight": 0.7, "fillColor": palette.LAND, "fillOpacity": 1}),),
    "province": (
        (False, {"stroke": False, "fillColor": palette.PROVINCE, "fillOpacity": 1}),
        (True, {"color": palette.PROVINCE_LINE, "weight": 1.6, "fill": False}),
    ),
    "river": ((False, {"color": palette.RIVER, "weight": 1.2, "fill": False}),),
    "border": ((True, {"color": palette.BORDER, "weight": 1.2, "dashArray": "5 4", "fill": False}),),
}


def packed_base(basemap: Mapping[str, Any]) -> list[dict[str, object]]:
    """The base map's features by `kind`, restyled, land first; kinds that are not known are left out."""
    found: list[dict[str, object]] = []
    for kind, styles in _BASE_STYLES.items():
        for feature in basemap["features"]:
            if feature["properties"].get("kind") != kind:
                continue
            shape = feature["geometry"]
            runs = [_packed(run) for run in _runs(shape["coordinates"], _DEPTH[shape["type"]])]
            closed = "Polygon" in shape["type"]
            for above, style in styles:
                found.append({"above": above, "closed": closed, "style": style, "runs": runs})
    return found


@cache
def vn2000_fit() -> dict[str, object]:
    """
    The transformation to VN-2000 over `FRAME` as a polynomial, for the frame's coordinate readout.

    Fitted to `geo.crs.to_vn2000` (EPSG:9209, metres) on Chebyshev nodes; a test holds it to a millimetre.
    """
    (south, west), (north, east) = FRAME
    lat0, lon0, half = (south + north) / 2, (west + east) / 2, max(north - south, east - west) / 2
    nodes = np.cos((np.arange(16) + 0.5) * np.pi / 16)
    u, v = (axis.ravel() for axis in np.meshgrid(nodes, nodes * (north - south) / 2 / half))
    metric = np.array([to_vn2000(lon0 + a * half, lat0 + b * half) for a, b in zip(u, v, strict=True)])
    terms = [(i, j) for i in range(VN_DEGREE + 1) for j in range(VN_DEGREE - i + 1)]
    matrix = np.column_stack([u**i * v**j for i, j in terms])
    easting, northing = (np.linalg.lstsq(matrix, metric[:, k], rcond=None)[0] for k in (0, 1))
    return {
        "lon": lon0, "lat": lat0, "half": half, "degree": VN_DEGREE,
        "easting": [round(float(c), 5) for c in easting], "northing": [round(float(c), 5) for c in northing],
    }
