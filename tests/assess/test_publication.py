"""What a visitor without an account sees depends on the legal status of the cluster."""

from __future__ import annotations

import pytest

from lib.assess.publication import public_part
from tests.assess.make import CODE, evidence, say

INVESTOR = "infrastructure_investor"


@pytest.mark.parametrize(
    ("status", "is_shown"),
    [
        (None, False),
        ("planned", False),
        ("application_received", False),
        ("established", False),
        ("investor_approved", True),
        ("under_construction", True),
    ],
)
def test_an_investor_is_public_after_the_decision_only(status: str | None, is_shown: bool) -> None:
    records = [say(INVESTOR, "Công ty A"), say("plan_location", "Xã B")]
    if status:
        records.append(say("status", status))
    shown = public_part(evidence(*records))
    assert bool(shown.get(CODE, INVESTOR).usable) is is_shown
    assert (INVESTOR in shown.of(CODE)) is is_shown
    assert shown.get(CODE, "plan_location").usable
