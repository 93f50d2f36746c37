"""How complete the data is: clusters shown to exist, beside the number the province publishes."""

from __future__ import annotations

from lib.domain.interval import Interval
from lib.text import number, t
from lib.ui import loaders
from lib.ui.scope import Scope

EXISTING_GROUPS = ("kept", "expanded")
EXISTING_STATUSES = ("established", "investor_approved", "under_construction", "stalled")


def coverage(scope: Scope) -> dict[str, str]:
    """
    Placeholders of the header line: `named` clusters that a source shows to exist by the as-of date (listed
    as existing in the plan, or established, approved or under construction), `others` that are named but
    planned, called for, removed or perhaps the same as another, and what the province `published`.
    """
    view = loaders.view(scope.as_of, scope.known_on)
    exists = view.profiles["plan_group"].isin(EXISTING_GROUPS) | view.profiles["status"].isin(
        EXISTING_STATUSES
    )
    named = int(exists.sum())
    value = view.evidence.get("HT", "clusters_count").value
    published = (
        number(scope.lang, value.low) if isinstance(value, Interval) else t(scope.lang, "frame.not_published")
    )
    return {"named": str(named), "others": str(len(view.profiles) - named), "published": published}
