"""Values that are known to lie between two ends: numbers and days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lib.domain.kleene import Truth


@dataclass(frozen=True, slots=True)
class Interval:
    """
    A number known to lie from `low` to `high`, in the unit of its attribute.

    An exact figure is a point. An open end is not itself possible: "hàng trăm" is [100, 1000).
    """

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False

    def __post_init__(self) -> None:
        if not self.low <= self.high or (self.low == self.high and (self.low_open or self.high_open)):
            raise ValueError(f"empty interval {self.low}..{self.high}")

    @property
    def is_exact(self) -> bool:
        return self.low == self.high

    def less_than(self, limit: float) -> Truth:
        """Whether the value is below `limit`; None when `limit` lies inside."""
        if self.high < limit or (self.high == limit and self.high_open):
            return True
        return False if self.low >= limit else None

    def at_most(self, limit: float) -> Truth:
        """Whether the value is at or below `limit`; None when `limit` lies inside."""
        if self.high <= limit:
            return True
        return False if self.low > limit or (self.low == limit and self.low_open) else None

    def more_than(self, limit: float) -> Truth:
        """Whether the value is above `limit`; None when `limit` lies inside."""
        at_most = self.at_most(limit)
        return None if at_most is None else not at_most

    def at_least(self, limit: float) -> Truth:
        """Whether the value is at or above `limit`; None when `limit` lies inside."""
        less = self.less_than(limit)
        return None if less is None else not less

    def overlaps(self, other: Interval) -> bool:
        """Whether one number could be both: two sources that overlap do not contradict each other."""
        return self._may_reach(other) and other._may_reach(self)

    def _may_reach(self, other: Interval) -> bool:
        return self.high > other.low or (self.high == other.low and not (self.high_open or other.low_open))


def exactly(number: float) -> Interval:
    """The interval of one exact figure."""
    return Interval(number, number)


@dataclass(frozen=True, slots=True)
class DaySpan:
    """A day known to lie from `earliest` to `latest`, both possible: "2014" is 1/1/2014 to 31/12/2014."""

    earliest: date
    latest: date

    def __post_init__(self) -> None:
        if self.earliest > self.latest:
            raise ValueError(f"empty span {self.earliest}..{self.latest}")

    def before(self, day: date) -> Truth:
        """Whether the day lies before `day`; None when `day` lies inside."""
        if self.latest < day:
            return True
        return False if self.earliest >= day else None

    def overlaps(self, other: DaySpan) -> bool:
        """Whether one day could be both."""
        return self.earliest <= other.latest and other.earliest <= self.latest
