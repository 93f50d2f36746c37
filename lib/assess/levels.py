"""The level of a subject from its findings, as the rule file defines it; worst first, never an average."""

from __future__ import annotations

from collections.abc import Sequence

from lib.domain.finding import Answer, Finding, Level, Word
from lib.domain.rulebook import LevelCondition, LevelRule

_SEVERITY = {word: place for place, word in enumerate(Word)}


def level_of(findings: Sequence[Finding], levels: Sequence[LevelRule]) -> Level:
    """The first of `levels` (worst first) that one of its conditions reaches; UNKNOWN when none does."""
    for rule in levels:
        if any(_holds(condition, findings) for condition in rule.when):
            return rule.level
    return Level.UNKNOWN


def _holds(condition: LevelCondition, findings: Sequence[Finding]) -> bool:
    if condition.without_flag and any(finding.is_flag for finding in findings):
        return False
    if not all(_is_met(group, findings) for group in condition.met_groups):
        return False
    if condition.at_least is None:
        return True
    limit = _SEVERITY[condition.at_least]
    return any(
        _SEVERITY[finding.word] <= limit
        and (not condition.groups or finding.rule.group in condition.groups)
        and _has_second(condition.also_flag_in, finding.rule.group, findings)
        for finding in findings
    )


def _has_second(wanted: tuple[str, ...] | None, first: str, findings: Sequence[Finding]) -> bool:
    """Whether a flag stands in a group other than `first`, among `wanted` (empty: any)."""
    if wanted is None:
        return True
    return any(
        finding.is_flag and finding.rule.group != first and (not wanted or finding.rule.group in wanted)
        for finding in findings
    )


def _is_met(group: str, findings: Sequence[Finding]) -> bool:
    """Whether the group has a rule that is met, none that is open, all on evidence that surely holds."""
    own = [finding for finding in findings if finding.rule.group == group]
    settled = all(finding.answer in (Answer.MET, Answer.NOT_APPLICABLE) for finding in own)
    fresh = all(
        use.is_surely_fresh for finding in own for use in finding.evidence if use.role in ("used", "stale")
    )
    return settled and fresh and any(finding.answer is Answer.MET for finding in own)
