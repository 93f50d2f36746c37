"""Areas, distances, schematic extents, and points that must not hide one another."""

from __future__ import annotations

from collections.abc import Mapping
from math import cos, hypot, pi, radians, sin, sqrt, tau

import numpy as np
from numpy.typing import NDArray
from shapely import transform
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from geo.crs import METRIC_CRS, STORAGE_CRS, to_vn2000, to_wgs84, transformer

M2_PER_HA = 10_000.0
_M_PER_DEGREE = 111_320.0


def to_metric(shape: BaseGeometry) -> BaseGeometry:
    """The shape (EPSG:4326) in metres (EPSG:9209)."""

    def moved(corners: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer(STORAGE_CRS, METRIC_CRS).transform(corners[:, 0], corners[:, 1]))

    return transform(shape, moved)


def area_ha(shape: BaseGeometry) -> float:
    """Hectares of a shape in EPSG:4326, measured in EPSG:9209; 0 for points, lines and empty shapes."""
    return float(to_metric(shape).area) / M2_PER_HA


def distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two points (longitude, latitude), measured on the plane of EPSG:9209."""
    (east, north), (other_east, other_north) = to_vn2000(*one), to_vn2000(*other)
    return hypot(east - other_east, north - other_north)


def radius_m(area_ha: float) -> float:
    """Radius in metres of a circle of so many hectares."""
    return sqrt(area_ha * M2_PER_HA / pi)


def schematic_circle(lon: float, lat: float, area_ha: float, corners: int = 48) -> Polygon:
    """
    A regular polygon around a point, EPSG:4326, whose area in EPSG:9209 is `area_ha`.

    It stands for an extent nobody has drawn: its place is as good as the point it is given (a commune's), its
    form means nothing. The corners lie a little outside the circle so that the polygon has the full area.

    Raises
    ------
    ValueError
        If the area is not above 0 or there are fewer than 3 corners.
    """
    if not area_ha > 0 or corners < 3:
        raise ValueError(f"no circle of {area_ha} ha with {corners} corners")
    east, north = to_vn2000(lon, lat)
    reach = sqrt(2 * area_ha * M2_PER_HA / (corners * sin(tau / corners)))
    return Polygon([
        to_wgs84(east + reach * sin(tau * i / corners), north + reach * cos(tau * i / corners))
        for i in range(corners)
    ])


def spread(
    points: Mapping[str, tuple[float, float]], *, step_m: float = 900.0
) -> dict[str, tuple[float, float]]:
    """
    Places (longitude, latitude) by code at which no two codes share a point.

    Codes that share one point stand on rings around it, ordered by code, `step_m` metres apart or more, the
    first straight to the north; a code alone on its point stays there. Give all clusters, never a filtered
    selection: then nobody's place depends on what the reader has filtered.
    """
    shared: dict[tuple[float, float], list[str]] = {}
    for code in sorted(points):
        lon, lat = points[code]
        shared.setdefault((round(lon, 6), round(lat, 6)), []).append(code)
    placed: dict[str, tuple[float, float]] = {}
    for point, codes in shared.items():
        if len(codes) == 1:
            placed[codes[0]] = points[codes[0]]
            continue
        for code, (east_m, north_m) in zip(codes, _around(len(codes), step_m), strict=True):
            placed[code] = (
                point[0] + east_m / (_M_PER_DEGREE * cos(radians(point[1]))),
                point[1] + north_m / _M_PER_DEGREE,
            )
    return {code: placed[code] for code in points}


def _around(count: int, step_m: float) -> list[tuple[float, float]]:
    """Offsets in metres (east, north) on rings of at most 6, 12, 18… places; a ring is filled evenly."""
    offsets: list[tuple[float, float]] = []
    ring = 1
    while len(offsets) < count:
        here = min(6 * ring, count - len(offsets))
        reach = step_m * ring
        offsets += [(reach * sin(tau * i / here), reach * cos(tau * i / here)) for i in range(here)]
        ring += 1
    return offsets
