"""Whether two databases give the same answers, whatever kind they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pandas as pd

from lib.domain.clock import today
from lib.store.sql import SqlStore

YEARS_BACK = 3
MOST_DAYS = 6
"""How many days of knowledge are tried; with more of them, a spread that has the first and the last."""


def differing_days(
    one: SqlStore, other: SqlStore, days: Iterable[tuple[date, date]] | None = None
) -> tuple[tuple[date, date], ...]:
    """The (as of, known on) at which what stands in one is not what stands in the other."""
    asked = days if days is not None else telling_days(one)
    return tuple(
        (as_of, known_on)
        for as_of, known_on in asked
        if _rows(one.state(as_of, known_on)) != _rows(other.state(as_of, known_on))
    )


def telling_days(store: SqlStore) -> tuple[tuple[date, date], ...]:
    """Today and the ends of some years, each as known before, on and after the days on which was written."""
    written = sorted({batch.recorded_at.date() for batch in store.batches()})
    step = max(1, -(-len(written) // MOST_DAYS))
    known = {today(), *written[::step], *written[-1:]}
    if written:
        known.add(written[0] - timedelta(days=1))
    ends = {today(), *(date(today().year - back, 12, 31) for back in range(1, YEARS_BACK + 1))}
    return tuple((as_of, known_on) for as_of in sorted(ends) for known_on in sorted(known))


def _rows(state: pd.DataFrame) -> list[tuple[object, ...]]:
    """What stands, in one order, with one word for what is unknown."""
    plain = state.astype(object).where(state.notna(), None)
    return sorted(plain.itertuples(index=False, name=None), key=lambda row: int(row[0]))
