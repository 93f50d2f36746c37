"""
The index 0–100 as an interval: 100·Σ(w·s)/Σ(w) over the whole method, for order within a level.

The ends are the best and the worst completion of what is not known, so the width is the share of the
weight that is not known. The weights have no legal source and are said so on the screen.
"""

from __future__ import annotations

from collections.abc import Sequence

from lib.domain.finding import Answer, Finding, Strength, Word
from lib.domain.interval import Interval
from lib.domain.rulebook import Method, RuleBook


def rule_weight(book: RuleBook, family: str) -> float:
    """
    The share of the whole method's weight that one family of rules has, from 0 to 1.

    A group's weight is shared equally by all families of the book in that group, in force on a day or not,
    so that the same rule counts the same on every day. A family outside the method has none.
    """
    group = next((rule.group for rule in book.rules if rule.family == family), "")
    families = {rule.family for rule in book.rules if rule.group == group}
    total = sum(book.method.weights.values())
    return book.method.weights.get(group, 0.0) / total / len(families) if families and total else 0.0


def index_of(findings: Sequence[Finding], book: RuleBook) -> Interval:
    """
    The index of one subject, each family with its `rule_weight`.

    What is not judged is unknown with its whole weight: a group of the method that has no rule yet, a
    family that is not in force on the day. Findings of one family for several cohorts share its weight.
    """
    by_family: dict[str, list[Finding]] = {}
    for finding in findings:
        by_family.setdefault(finding.rule.family, []).append(finding)
    low = 0.0
    surely_not = 0.0
    for family, own in by_family.items():
        weight = rule_weight(book, family)
        scores = [score(finding, book.method) for finding in own]
        low += weight * sum(one.low for one in scores) / len(own)
        surely_not += weight * (1 - sum(one.high for one in scores) / len(own))
    return Interval(100 * low, 100 * max(low, 1 - surely_not))


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
