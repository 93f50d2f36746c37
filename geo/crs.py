"""The two coordinate systems, written once: what is stored, and what is measured in."""

from __future__ import annotations

from functools import cache

from pyproj import Transformer
from pyproj.transformer import AreaOfInterest

STORAGE_CRS = 4326
"""WGS 84, longitude and latitude in degrees: files, web maps, domain types."""

METRIC_CRS = 9209
"""
VN-2000 / TM-3 105°30' of Hà Tĩnh (k 0.9999, false easting 500 000 m): areas, distances, paper coordinates.

PROJ joins it to WGS 84 by EPSG:6960, whose seven numbers are those of QĐ 05/2007/QĐ-BTNMT, article 1, read as
a coordinate frame rotation; no grid file is needed.
"""

PROVINCE_FRAME = (104.7, 17.4, 107.1, 19.25)
"""West, south, east, north in degrees: a generous frame around Hà Tĩnh, to refuse what lies elsewhere."""

# Without an area of interest PROJ also lists EPSG:5194, made for the Mekong delta (0.72 m off in Hà Tĩnh).
_PROVINCE = AreaOfInterest(105.10, 17.91, 106.52, 18.82)


@cache
def transformer(source: int, target: int) -> Transformer:
    """
    From one EPSG code to another, always in the order longitude/easting, latitude/northing.

    Making one takes about 50 ms, hence the cache.
    """
    return Transformer.from_crs(source, target, always_xy=True, area_of_interest=_PROVINCE)


def to_vn2000(lon: float, lat: float) -> tuple[float, float]:
    """
    Easting and northing in metres (EPSG:9209) of a WGS 84 point.

    Vietnamese tables call the northing X and the easting Y. Accuracy of the datum shift: about 1 m.
    """
    easting, northing = transformer(STORAGE_CRS, METRIC_CRS).transform(lon, lat)
    return float(easting), float(northing)


def to_wgs84(easting: float, northing: float) -> tuple[float, float]:
    """Longitude and latitude (WGS 84, degrees) of a VN-2000 point in metres (EPSG:9209), easting first."""
    lon, lat = transformer(METRIC_CRS, STORAGE_CRS).transform(easting, northing)
    return float(lon), float(lat)
