"""
The index 0–100 as an interval: 100·Σ(w·s)/Σ(w) over the whole method, for order within a level.

The ends are the best and the worst completion of what is not known, so the width is the share of the
weight that is not known. The weights have no legal source and are said so on the screen.
"""

from __future__ import annotations

from collections.abc import Sequence

from lib.domain.finding import Answer, Finding, Strength, Word
from lib.domain.interval import Interval
from lib.domain.rulebook import Method


def index_of(findings: Sequence[Finding], method: Method) -> Interval:
    """
    The index of one subject. A group's weight is shared equally by its findings; a group of the method
    without any rule yet is unknown with its whole weight, and a finding outside the method has none.
    """
    by_group: dict[str, list[Finding]] = {}
    for finding in findings:
        by_group.setdefault(finding.rule.group, []).append(finding)
    total = sum(method.weights.values())
    if total == 0:
        return Interval(0.0, 100.0)
    low = high = 0.0
    for group, weight in method.weights.items():
        own = by_group.get(group)
        if not own:
            high += weight
            continue
        shares = [score(finding, method) for finding in own]
        low += weight * sum(share.low for share in shares) / len(own)
        high += weight * sum(share.high for share in shares) / len(own)
    return Interval(100 * low / total, 100 * max(low, high) / total)


def score(finding: Finding, method: Method) -> Interval:
    """How much of its weight a finding counts, from 0 to 1."""
    severity = finding.rule.severity
    if finding.answer in (Answer.MET, Answer.NOT_APPLICABLE):
        return Interval(0.0, 0.0)
    if finding.answer is Answer.UNKNOWN:
        return Interval(0.0, severity)
    if finding.word is Word.VIOLATION or finding.strength is Strength.CONCLUSIVE:
        return Interval(severity, severity)
    return Interval(method.check_from * severity, severity)
