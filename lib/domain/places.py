"""Clusters, communes and shapes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class Cluster:
    """
    A cluster under its opaque, never reused code (`HT-CCN-001`).

    `aliases` are other names it has been called by. `communes_now` and `communes_then` are codes written
    with their structure (`2025-07:18406`, `2025-01:18406`, `2020:18406`); empty when not known.
    """

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    communes_now: tuple[str, ...] = ()
    communes_then: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Commune:
    """
    An administrative unit under one structure. `code` is written with the structure.

    `lat`, `lon` (WGS 84 degrees) and `area_km2` are known for the structure of 1/7/2025 only.
    """

    code: str
    name: str
    full_name: str
    district: str = ""
    lat: float | None = None
    lon: float | None = None
    area_km2: float | None = None


class Accuracy(StrEnum):
    """How a boundary came to be, best first."""

    SURVEYED = "surveyed"
    PLAN_DRAWING = "plan_drawing"
    DIGITISED = "digitised"
    SCHEMATIC = "schematic"


@dataclass(frozen=True, slots=True)
class Boundary:
    """
    A shape of a cluster, EPSG:4326 (longitude, latitude), with its accuracy class and error in metres.

    `area_ha` is measured in the metric CRS of the province (EPSG:9209). `horizon` is "2020", "2030",
    "after_2030" or "" for any.
    """

    cluster: str
    shape: BaseGeometry
    accuracy: Accuracy
    error_m: float
    area_ha: float
    source: str
    file: str = ""
    horizon: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """
    A date that falls due, a norm that begins or one that ends. `kind`: report, deadline, begins, ends.

    What `is_highlight` stands on the leader's screen before the others.
    """

    key: str
    day: date
    kind: str
    label: dict[str, str]
    basis: str
    status: str
    body: str = ""
    is_highlight: bool = False


@dataclass(frozen=True, slots=True)
class PlanTask:
    """A task of the provincial plan with its lead body then and now (keys of `data/rules/bodies.toml`)."""

    number: str
    content: dict[str, str]
    leads: tuple[str, ...]
    with_bodies: tuple[str, ...]
    deadline: dict[str, str]
    state: dict[str, str]
    state_source: str = ""
