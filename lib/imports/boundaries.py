"""
Boundary files: GeoJSON in EPSG:4326 with a cluster code, how the shape came to be, and where from.

Properties of a feature: `cluster` (or `code`, `ma_cum`), `accuracy` (surveyed, plan_drawing, digitised) and
`source` are needed; `error_m`, `horizon` (2020, 2030, after_2030), `valid_from` and `valid_to` (2026-11-24;
`valid_to` is the first day it no longer holds) are optional. A file is taken whole or refused whole.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from shapely import force_2d, get_coordinates, is_valid_reason
from shapely.errors import ShapelyError
from shapely.geometry import shape as shape_of
from shapely.geometry.base import BaseGeometry

from geo.crs import PROVINCE_FRAME
from geo.shapes import area_ha
from lib.domain.errors import DataError
from lib.domain.places import Accuracy, Boundary

CLUSTER_PROPERTIES = ("cluster", "code", "ma_cum")
HORIZONS = ("", "2020", "2030", "after_2030")

DEFAULT_ERROR_M = {Accuracy.SURVEYED: 1.0, Accuracy.PLAN_DRAWING: 20.0, Accuracy.DIGITISED: 50.0}
"""
Metres a corner may be off when the file does not say. Assumptions of this project, not of a regulation: the
VN-2000 shift itself is good to 1 m; 20 m is 2 mm on a plan of 1:10 000, 50 m is 1 mm on a map of 1:50 000.
"""

_FARTHEST_M = 100_000
_WGS84_NAMES = re.compile(r"(?:^|:)(?:CRS84|4326)$", re.IGNORECASE)


def read_overlay(folder: Path, cluster_codes: Collection[str]) -> tuple[Boundary, ...]:
    """
    All boundaries of the `*.geojson` files in `folder` and in its sub-folder `boundaries`.

    Raises
    ------
    DataError
        As `read_boundaries`, or when two files give the same cluster two shapes for one period.
    """
    found: list[tuple[Boundary, int]] = []
    for place in (folder, folder / "boundaries"):
        for path in sorted(place.glob("*.geojson")):
            found += _read(path, cluster_codes)
            _refuse_twice(found)
    return tuple(boundary for boundary, _ in found)


def read_boundaries(path: Path, cluster_codes: Collection[str]) -> tuple[Boundary, ...]:
    """
    The boundaries of one GeoJSON file, in the order of its features.

    Raises
    ------
    DataError
        Naming the file and the feature (counted from 1): not UTF-8 or not GeoJSON, another CRS, a place
        outside the province, an unknown cluster or accuracy, no source, a shape that is empty, no polygon
        or crosses itself, a wrong date or number, or two shapes for one cluster, horizon, class and period.
    """
    found = _read(path, cluster_codes)
    _refuse_twice(found)
    return tuple(boundary for boundary, _ in found)


def _read(path: Path, cluster_codes: Collection[str]) -> list[tuple[Boundary, int]]:
    document = _document(path)
    _check_crs(document, path.name)
    features = document.get("features")
    if document.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise DataError("imports.not_a_collection", file=path.name, found=_short(document.get("type")))
    if not features:
        raise DataError("imports.no_features", file=path.name)
    return [
        (_boundary(feature, path.name, number, cluster_codes), number)
        for number, feature in enumerate(features, 1)
    ]


def _document(path: Path) -> dict[str, object]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise DataError(
            "imports.bad_encoding", file=path.name, line=raw.count(b"\n", 0, problem.start) + 1,
            found=f"0x{raw[problem.start]:02x}",
        ) from None
    try:
        document = json.loads(text, parse_constant=_no_such_number)
    except json.JSONDecodeError as problem:
        raise DataError(
            "imports.bad_json", file=path.name, line=problem.lineno,
            found=_short(text[problem.pos : problem.pos + 20]),
        ) from None
    except (ValueError, RecursionError):
        raise DataError("imports.bad_json", file=path.name, line=1, found=_short(text)) from None
    if not isinstance(document, dict):
        raise DataError("imports.not_a_collection", file=path.name, found=_short(document))
    return document


def _no_such_number(name: str) -> float:
    """GeoJSON knows no NaN or Infinity, though Python's reader would let them pass."""
    raise ValueError(name)


def _check_crs(document: Mapping[str, object], file: str) -> None:
    crs = document.get("crs")
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else crs
    if not isinstance(name, str) or not _WGS84_NAMES.search(name.strip()):
        raise DataError("imports.other_crs", file=file, field="crs", found=_short(name))


def _boundary(feature: object, file: str, number: int, cluster_codes: Collection[str]) -> Boundary:
    at = str(number)
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise DataError("imports.not_a_feature", file=file, feature=at, found=_short(feature))
    properties = feature.get("properties")
    fields = _Fields(properties if isinstance(properties, dict) else {}, file, at)
    cluster = fields.cluster(cluster_codes)
    accuracy = fields.accuracy()
    source = fields.source()
    valid_from, valid_to = fields.day("valid_from"), fields.day("valid_to")
    if valid_from and valid_to and valid_to <= valid_from:
        raise DataError(
            "imports.bad_period", file=file, feature=at, field="valid_to", found=valid_to.isoformat()
        )
    shape = _shape(feature.get("geometry"), file, at)
    return Boundary(
        cluster=cluster,
        shape=shape,
        accuracy=accuracy,
        error_m=fields.error_m(accuracy),
        area_ha=area_ha(shape),
        source=source,
        file=file,
        horizon=fields.horizon(),
        valid_from=valid_from,
        valid_to=valid_to,
    )


class _Fields:
    """The properties of one feature, each checked as it is read."""

    def __init__(self, properties: Mapping[str, object], file: str, feature: str) -> None:
        self._properties = properties
        self._file = file
        self._feature = feature

    def _refuse(self, problem: str, field: str, found: object = None) -> DataError:
        return DataError(problem, file=self._file, feature=self._feature, field=field,
                         found=None if found is None else _short(found))

    def _text(self, key: str) -> str:
        value = self._properties.get(key)
        return unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else ""

    def cluster(self, codes: Collection[str]) -> str:
        key = next((key for key in CLUSTER_PROPERTIES if self._properties.get(key) not in (None, "")), None)
        if key is None:
            raise self._refuse("imports.missing_cluster", CLUSTER_PROPERTIES[0])
        code = self._text(key)
        if code not in codes:
            raise self._refuse("imports.unknown_cluster", key, self._properties[key])
        return code

    def accuracy(self) -> Accuracy:
        found = self._properties.get("accuracy")
        known = next((one for one in DEFAULT_ERROR_M if one.value == self._text("accuracy").lower()), None)
        if known is None:
            raise self._refuse("imports.unknown_accuracy", "accuracy", found)
        return known

    def source(self) -> str:
        source = self._text("source")
        if not source:
            raise self._refuse("imports.missing_source", "source", self._properties.get("source"))
        return source

    def error_m(self, accuracy: Accuracy) -> float:
        value = self._properties.get("error_m")
        if value is None:
            return DEFAULT_ERROR_M[accuracy]
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < _FARTHEST_M:
            raise self._refuse("imports.bad_error", "error_m", value)
        return float(value)

    def horizon(self) -> str:
        value = self._properties.get("horizon")
        horizon = "" if value is None else str(value).strip()
        if horizon not in HORIZONS:
            raise self._refuse("imports.unknown_horizon", "horizon", value)
        return horizon

    def day(self, key: str) -> date | None:
        value = self._properties.get(key)
        if value is None or value == "":
            return None
        try:
            return date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            raise self._refuse("imports.bad_day", key, value) from None


def _shape(geometry: object, file: str, feature: str) -> BaseGeometry:
    """The polygon or polygons of a feature, in two dimensions, valid and inside the province's frame."""
    if geometry is None:
        raise DataError("imports.empty_shape", file=file, feature=feature)
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in ("Polygon", "MultiPolygon"):
        raise DataError("imports.not_a_polygon", file=file, feature=feature, found=_short(kind or geometry))
    try:
        shape = force_2d(shape_of(geometry))
    except (ShapelyError, ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError):
        raise DataError(
            "imports.bad_coordinates", file=file, feature=feature, found=_short(geometry.get("coordinates"))
        ) from None
    if shape.is_empty:
        raise DataError("imports.empty_shape", file=file, feature=feature)
    _check_place(get_coordinates(shape), file, feature)
    if not shape.is_valid:
        raise _invalid(shape, file, feature)
    if not shape.area > 0:
        raise DataError("imports.empty_shape", file=file, feature=feature)
    return shape


def _check_place(corners: NDArray[np.float64], file: str, feature: str) -> None:
    west, south, east, north = PROVINCE_FRAME
    x, y = corners[:, 0], corners[:, 1]
    is_inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    if is_inside.all():
        return
    first = float(x[~is_inside][0]), float(y[~is_inside][0])
    if west <= first[1] <= east and south <= first[0] <= north:
        problem = "imports.swapped"
    elif abs(first[0]) > 180 or abs(first[1]) > 90:
        problem = "imports.looks_like_metres"
    else:
        problem = "imports.outside_province"
    raise DataError(problem, file=file, feature=feature, found=f"{first[0]:g}, {first[1]:g}")


def _invalid(shape: BaseGeometry, file: str, feature: str) -> DataError:
    """Why a shape is refused, with the place GEOS names: "Self-intersection[105.9 18.3]"."""
    reason = is_valid_reason(shape)
    place = re.search(r"\[(\S+) (\S+)\]", reason)
    lon, lat = (f"{float(place[1]):.6f}", f"{float(place[2]):.6f}") if place else ("?", "?")
    problem = "imports.self_crossing" if "elf-intersection" in reason else "imports.broken_ring"
    return DataError(problem, file=file, feature=feature, found=reason, lon=lon, lat=lat)


def _refuse_twice(found: Iterable[tuple[Boundary, int]]) -> None:
    """Two shapes of one class for one cluster and horizon must not hold on the same day."""
    seen: dict[tuple[str, str, Accuracy], list[tuple[Boundary, int]]] = {}
    for boundary, number in found:
        others = seen.setdefault((boundary.cluster, boundary.horizon, boundary.accuracy), [])
        for other, other_number in others:
            if _holds_with(boundary, other):
                raise DataError(
                    "imports.twice", file=boundary.file, feature=str(number), found=boundary.cluster,
                    other_file=other.file, other_feature=other_number,
                )
        others.append((boundary, number))


def _holds_with(one: Boundary, other: Boundary) -> bool:
    """Whether the half-open periods share a day; an end not given is open."""
    return (one.valid_from or date.min) < (other.valid_to or date.max) and (
        other.valid_from or date.min
    ) < (one.valid_to or date.max)


def _short(value: object, limit: int = 60) -> str:
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
