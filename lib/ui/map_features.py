"""Clusters as map features to hand over."""

from __future__ import annotations

import pandas as pd

from lib.reports.layers import LayerFeature
from lib.text import t
from lib.ui.loaders import View
from lib.ui.rows import each_row


def features(lang: str, profiles: pd.DataFrame, view: View) -> list[LayerFeature]:
    """One feature a cluster with a known place: its boundary, or the commune's point with an area."""
    return [
        LayerFeature(
            code=row.code,
            name=row.name,
            lon=row.lon,
            lat=row.lat,
            area_ha=None if pd.isna(row.area_low_ha) else row.area_low_ha,
            boundary=view.boundaries.get(row.code),
            words={
                t(lang, "risk.col_level"): t(lang, f"frame.level.{row.level}"),
                t(lang, "risk.col_flags"): str(row.flag_count),
            },
        )
        for row in each_row(profiles)
        if not pd.isna(row.lon)
    ]
