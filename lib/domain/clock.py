"""The one clock: what day "today" is, for everything that asks."""

from __future__ import annotations

import os
from datetime import date

TODAY_VARIABLE = "CCN_TODAY"


def today() -> date:
    """The day of the server, or the one set in the environment variable `CCN_TODAY` (`2026-11-24`)."""
    fixed = os.environ.get(TODAY_VARIABLE)
    return date.fromisoformat(fixed) if fixed else date.today()
