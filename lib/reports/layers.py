"""Clusters as map layers, GeoPackage and KML, in which what is approximate stays a point."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import geopandas as gpd
import pandas as pd
from pyogrio import write_dataframe
from shapely.geometry import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE_CRS
from lib.domain.places import Accuracy, Boundary
from lib.reports.tables import clean
from lib.text import number, t

POINTS_LAYER = "cluster_points"
BOUNDARIES_LAYER = "cluster_boundaries"
NOTES_LAYER = "notes"

_ALWAYS = ("code", "name", "area_ha", "position")


@dataclass(frozen=True, slots=True)
class LayerFeature:
    """
    A cluster as a map layer hands it over.

    `lon`, `lat` (WGS 84) are its commune's point, `area_ha` the area known for it; without a boundary, or
    with a schematic one, it is written as that point. `words` are further fields in the reader's words.
    """

    code: str
    name: str
    lon: float
    lat: float
    area_ha: float | None = None
    boundary: Boundary | None = None
    words: Mapping[str, str] = field(default_factory=dict)


def to_gpkg(features: Iterable[LayerFeature], *, lang: str = "vi", notices: Sequence[str] = ()) -> bytes:
    """
    A GeoPackage in EPSG:4326: `cluster_points` (approximate places), `cluster_boundaries` (real shapes), and
    `notes` when there are notices. A layer without features is left out, but the points are always there.
    """
    points, shapes = _apart(features)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layers.gpkg"
        _save(_frame(points, lang), path, POINTS_LAYER, "Point")
        if shapes:
            _save(_frame(shapes, lang), path, BOUNDARIES_LAYER, "MultiPolygon")
        if notices:
            notes = pd.DataFrame({"note": [clean(line) for line in notices]})
            write_dataframe(notes, path, layer=NOTES_LAYER, driver="GPKG")
        return path.read_bytes()


def _save(table: gpd.GeoDataFrame, path: Path, layer: str, kind: str) -> None:
    table.to_file(path, layer=layer, driver="GPKG", engine="pyogrio", geometry_type=kind)


def to_kml(features: Iterable[LayerFeature], *, lang: str = "vi", notices: Sequence[str] = ()) -> bytes:
    """A KML document (WGS 84): real boundaries as polygons, the rest as points; fields as extended data."""
    points, shapes = _apart(features)
    marks = "\n".join(_placemark(feature, lang) for feature in [*points, *shapes])
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>\n'
        f"<name>{_xml(t(lang, 'reports.layer.title'))}</name>\n"
        f"<description>{_xml(chr(10).join(notices))}</description>\n"
        f"{marks}\n"
        "</Document></kml>\n"
    ).encode()


def _apart(features: Iterable[LayerFeature]) -> tuple[list[LayerFeature], list[LayerFeature]]:
    points: list[LayerFeature] = []
    shapes: list[LayerFeature] = []
    for feature in features:
        (shapes if _real(feature) else points).append(feature)
    return points, shapes


def _real(feature: LayerFeature) -> Boundary | None:
    """The boundary, unless it is only schematic."""
    boundary = feature.boundary
    return boundary if boundary is not None and boundary.accuracy is not Accuracy.SCHEMATIC else None


def _fields(feature: LayerFeature, lang: str) -> dict[str, str | float | None]:
    boundary = _real(feature)
    own: dict[str, str | float | None] = {
        "code": clean(feature.code),
        "name": clean(feature.name),
        "area_ha": feature.area_ha,
        "position": t(lang, "reports.layer.approximate") if boundary is None else t(
            lang, f"reports.layer.{boundary.accuracy.value}", error=number(lang, boundary.error_m)
        ),
    }
    if boundary is not None:
        own |= {
            "measured_ha": round(boundary.area_ha, 4),
            "accuracy": boundary.accuracy.value,
            "error_m": boundary.error_m,
            "source": clean(boundary.source),
        }
    taken = {key.casefold() for key in own} | {"fid", "geom", "geometry"}
    for key, value in feature.words.items():
        # GeoPackage columns are alike whatever their case, and some are its own.
        column = clean(key)
        while column.casefold() in taken:
            column += "_"
        taken.add(column.casefold())
        own[column] = clean(value)
    return own


def _frame(features: Sequence[LayerFeature], lang: str) -> gpd.GeoDataFrame:
    rows = [_fields(feature, lang) for feature in features]
    columns = list(dict.fromkeys(key for row in rows for key in row)) or list(_ALWAYS)
    table = pd.DataFrame(rows, columns=columns)
    for column in ("area_ha", "measured_ha", "error_m"):
        if column in table:
            table[column] = table[column].astype(float)
    return gpd.GeoDataFrame(table, geometry=[_geometry(feature) for feature in features], crs=STORAGE_CRS)


def _geometry(feature: LayerFeature) -> BaseGeometry:
    boundary = _real(feature)
    return Point(feature.lon, feature.lat) if boundary is None else MultiPolygon(_polygons(boundary.shape))


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    return [part for part in getattr(shape, "geoms", [shape]) if isinstance(part, Polygon)]


def _placemark(feature: LayerFeature, lang: str) -> str:
    data = "".join(
        f"<Data name={quoteattr(key)}><value>{_xml(str(value))}</value></Data>"
        for key, value in _fields(feature, lang).items()
        if value is not None and value == value
    )
    boundary = _real(feature)
    if boundary is None:
        drawn = f"<Point><coordinates>{feature.lon:.7f},{feature.lat:.7f}</coordinates></Point>"
    else:
        parts = [_kml_polygon(polygon) for polygon in _polygons(boundary.shape)]
        drawn = parts[0] if len(parts) == 1 else f"<MultiGeometry>{''.join(parts)}</MultiGeometry>"
    name = f"<name>{_xml(feature.name)}</name>"
    return f"<Placemark>{name}<ExtendedData>{data}</ExtendedData>{drawn}</Placemark>"


def _kml_polygon(polygon: Polygon) -> str:
    def ring(corners: Iterable[tuple[float, ...]]) -> str:
        listed = " ".join(f"{corner[0]:.8f},{corner[1]:.8f}" for corner in corners)
        return f"<LinearRing><coordinates>{listed}</coordinates></LinearRing>"

    holes = "".join(f"<innerBoundaryIs>{ring(hole.coords)}</innerBoundaryIs>" for hole in polygon.interiors)
    return f"<Polygon><outerBoundaryIs>{ring(polygon.exterior.coords)}</outerBoundaryIs>{holes}</Polygon>"


def _xml(text: str) -> str:
    return escape(clean(text))
