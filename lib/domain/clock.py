"""The one clock: what day "today" is, for everything that asks."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta, timezone

TODAY_VARIABLE = "CCN_TODAY"
LOCAL_TIME = timezone(timedelta(hours=7))
"""Vietnam keeps UTC+7 the whole year; a moment without a zone is taken as local."""


def today() -> date:
    """The day in Vietnam, or the one set in the environment variable `CCN_TODAY` (`2026-11-24`)."""
    fixed = os.environ.get(TODAY_VARIABLE)
    return date.fromisoformat(fixed) if fixed else datetime.now(LOCAL_TIME).date()


def now() -> datetime:
    """Vietnam's local time without a zone, on the day that `today` gives when that one is set."""
    moment = datetime.now(LOCAL_TIME).replace(tzinfo=None)
    fixed = os.environ.get(TODAY_VARIABLE)
    return datetime.combine(date.fromisoformat(fixed), moment.time()) if fixed else moment
