"""Rows of a table, one at a time."""

from __future__ import annotations

from typing import Any

import pandas as pd


def each_row(table: pd.DataFrame) -> list[Any]:
    """The rows as named tuples, by column name."""
    return list(table.itertuples(index=False))


def row_of(profiles: pd.DataFrame, code: str) -> dict[str, Any]:
    """The row of one cluster, by column name; `code` must be there."""
    return {str(key): value for key, value in profiles.set_index("code").loc[code].to_dict().items()}
