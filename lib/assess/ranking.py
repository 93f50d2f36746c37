"""The order of lists: worst level first, then most flags, then name and code."""

from __future__ import annotations

import pandas as pd

from lib.domain.finding import Level
from lib.text import fold

_PLACE = {str(level): place for place, level in enumerate(Level)}


def ranked(profiles: pd.DataFrame) -> pd.DataFrame:
    """
    Rows of `profiles` in rank order, with a new index from 0.

    The name is compared without diacritics; the code comes last, so that the order never depends on the
    order of the rows.
    """
    place = profiles["level"].map(lambda level: _PLACE[str(level)])
    keys = pd.DataFrame(
        {
            "level": place,
            "flags": -profiles["flag_count"],
            "name": profiles["name"].map(fold),
            "code": profiles["code"],
        },
        index=profiles.index,
    )
    order = keys.sort_values(["level", "flags", "name", "code"], kind="stable").index
    return profiles.loc[order].reset_index(drop=True)
