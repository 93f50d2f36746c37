"""
Occupancy as the decree defines it, and means of it.

Source: NĐ 32/2024/NĐ-CP, Điều 2 khoản 6 and 7: industrial land that is leased, or whose project has an
approved investment policy or a certificate, over the industrial land of the approved detailed plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lib.domain.interval import Interval


def decree_occupancy(
    leased_ha: Interval | None, committed_ha: Interval | None, industrial_ha: Interval | None
) -> Interval | None:
    """
    Occupancy in percent, as an interval; None (undefined, never 0) without the industrial land.

    How far leased and committed land are the same land is not recorded: together they are at least the
    larger and at most their sum. What is not known of either may be anything up to the whole.
    """
    if industrial_ha is None or industrial_ha.low <= 0 or (leased_ha is None and committed_ha is None):
        return None
    known = [area for area in (leased_ha, committed_ha) if area is not None]
    low = max(area.low for area in known)
    high = sum(area.high for area in known) if len(known) == 2 else industrial_ha.high
    return _share_pct(low, high, industrial_ha)


def leased_only_pct(leased_ha: Interval | None, industrial_ha: Interval | None) -> Interval | None:
    """Leased land alone over industrial land, in percent (form B02 row 4): not the decree's figure."""
    if leased_ha is None or industrial_ha is None or industrial_ha.low <= 0:
        return None
    return _share_pct(leased_ha.low, leased_ha.high, industrial_ha)


def _share_pct(low: float, high: float, whole: Interval) -> Interval:
    lowest = min(100.0, low / whole.high * 100)
    highest = min(100.0, high / whole.low * 100)
    return Interval(lowest, max(lowest, highest))


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean in percent, how it was made (`simple`, `area_weighted`) and how many clusters it covers."""

    value: Interval | None
    kind: str
    covered: int
    total: int


def simple_mean(occupancies: Mapping[str, Interval | None]) -> Mean:
    """Each cluster with a figure counts the same. The decree does not say which mean it means."""
    known = [one for one in occupancies.values() if one is not None]
    if not known:
        return Mean(None, "simple", 0, len(occupancies))
    low, high = (sum(ends) / len(known) for ends in ([one.low for one in known], [one.high for one in known]))
    return Mean(Interval(low, high), "simple", len(known), len(occupancies))


def area_weighted_mean(
    occupancies: Mapping[str, Interval | None], industrial_ha: Mapping[str, Interval | None]
) -> Mean:
    """
    Each cluster counts by its industrial land; clusters without a figure or without land are left out.

    The interval holds for any land within its own interval: its ends are those of the extreme weights.
    """
    pairs = [
        (one, land)
        for code, one in occupancies.items()
        if one is not None and (land := industrial_ha.get(code)) is not None and land.low > 0
    ]
    value = None
    if pairs:
        low = _extreme([(one.low, land.low, land.high) for one, land in pairs], lowest=True)
        high = _extreme([(one.high, land.low, land.high) for one, land in pairs], lowest=False)
        value = Interval(low, max(low, high))
    return Mean(value, "area_weighted", len(pairs), len(occupancies))


def _extreme(rows: Sequence[tuple[float, float, float]], *, lowest: bool) -> float:
    """The least or greatest weighted mean when each weight lies in its range: heavy on one side of a cut."""
    ordered = sorted(rows, reverse=not lowest)
    means = []
    for cut in range(len(ordered) + 1):
        weights = [high if i < cut else low for i, (_, low, high) in enumerate(ordered)]
        means.append(sum(w * row[0] for w, row in zip(weights, ordered, strict=True)) / sum(weights))
    return min(means) if lowest else max(means)
