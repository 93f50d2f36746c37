"""Where boundaries lie: outside the commune named, moved between sources, or not drawn at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import hypot

from geo.shapes import distance_m, radius_m, to_metric
from lib.domain.kleene import Truth
from lib.domain.places import Accuracy, Boundary, Cluster, Commune

HA_PER_KM2 = 100.0
FAR_M = 1_000.0
"""Boundaries of one cluster whose middles lie farther apart show another site."""

REACH = 2.0
"""
How many times the radius of a circle of its area a commune may reach from its point. Assumption of this
project: communes are longer than wide, and their point is not their middle.
"""


@dataclass(frozen=True, slots=True)
class PlaceCheck:
    """
    How far the middle of a cluster's boundary lies from the nearest of its communes' points.

    `is_inside` is False when it lies farther than the commune can reach, None when neither a commune with a
    point and an area is known. `nearest` is the commune whose point is nearest, as a hint.
    """

    cluster: str
    boundary: Boundary
    commune: str
    distance_m: float | None
    limit_m: float | None
    is_inside: Truth
    nearest: str


@dataclass(frozen=True, slots=True)
class Move:
    """Two boundaries of one cluster whose middles lie `distance_m` metres apart."""

    cluster: str
    first: Boundary
    second: Boundary
    distance_m: float


def is_drawn(boundary: Boundary | None) -> bool:
    """Whether there is a boundary that somebody drew, not a circle at the commune's point."""
    return boundary is not None and boundary.accuracy is not Accuracy.SCHEMATIC


def schematic(codes: Iterable[str], boundaries: Mapping[str, Boundary]) -> tuple[str, ...]:
    """Clusters that have no boundary that somebody drew."""
    return tuple(code for code in codes if not is_drawn(boundaries.get(code)))


def _middle(boundary: Boundary) -> tuple[float, float]:
    point = boundary.shape.centroid
    return point.x, point.y


def reach_m(commune: Commune) -> float | None:
    """How far in metres a place in the commune may lie from its point; None without its area."""
    return None if commune.area_km2 is None else REACH * radius_m(commune.area_km2 * HA_PER_KM2)


def place_checks(
    clusters: Iterable[Cluster], boundaries: Mapping[str, Boundary], communes: Mapping[str, Commune]
) -> tuple[PlaceCheck, ...]:
    """Drawn boundaries against the communes of today that sources name, the farthest outside first."""
    points = {
        code: (one.lon, one.lat)
        for code, one in communes.items()
        if one.lon is not None and one.lat is not None
    }
    found = []
    for cluster in clusters:
        boundary = boundaries.get(cluster.code)
        if boundary is None or not is_drawn(boundary):
            continue
        middle = _middle(boundary)
        away = {code: distance_m(middle, points[code]) for code in points}
        nearest = min(away, key=away.__getitem__, default="")
        reach = {code: reach_m(communes[code]) for code in cluster.communes_now if code in points}
        # The commune that the boundary is nearest to, as measured by what that commune allows.
        limits = {code: limit + boundary.error_m for code, limit in reach.items() if limit is not None}
        best = min(limits, key=lambda code: away[code] - limits[code], default="")
        found.append(
            PlaceCheck(
                cluster.code, boundary, best, away.get(best), limits.get(best),
                away[best] <= limits[best] if best else None, nearest,
            )
        )
    return tuple(sorted(found, key=lambda one: (one.is_inside is not False, one.is_inside is True)))


def moves(boundaries: Sequence[Boundary], farther_than_m: float = FAR_M) -> tuple[Move, ...]:
    """Pairs of drawn boundaries of one cluster whose middles lie farther apart, the farthest first."""
    by_cluster: dict[str, list[Boundary]] = {}
    for boundary in boundaries:
        if is_drawn(boundary):
            by_cluster.setdefault(boundary.cluster, []).append(boundary)
    found = []
    for cluster, drawn in by_cluster.items():
        for one, other in combinations(drawn, 2):
            apart = _apart_m(one, other)
            if apart > farther_than_m + one.error_m + other.error_m:
                found.append(Move(cluster, one, other, apart))
    return tuple(sorted(found, key=lambda move: -move.distance_m))


def _apart_m(one: Boundary, other: Boundary) -> float:
    """Metres between the middles of two shapes."""
    first, second = to_metric(one.shape).centroid, to_metric(other.shape).centroid
    return hypot(first.x - second.x, first.y - second.y)
