"""From evidence and the rules of the day to findings: answer, strength and word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from lib.assess.part import OFFICIAL, Part, is_stale, is_surely_fresh
from lib.assess.tests import DUTIES, EXEMPTIONS, Case
from lib.domain.finding import Answer, EvidenceUse, Finding, Line, Missing, Strength, Word
from lib.domain.observation import Evidence, Observation
from lib.domain.rule import Rule
from lib.domain.rulebook import RuleBook


def assess(
    subjects: Iterable[str],
    evidence: Evidence,
    rules: RuleBook | Sequence[Rule],
    *,
    subject_kind: str = "cluster",
) -> tuple[Finding, ...]:
    """
    The finding of every rule for every subject, as of the day and as known on the day of `evidence`.

    Subjects are all of one kind; rules for another kind are left out.
    A family that has ended with nothing after it answers UNKNOWN; the old version never judges.
    """
    given = rules.rules if isinstance(rules, RuleBook) else rules
    current = versions(
        (rule for rule in given if rule.subject_kind == subject_kind), evidence.as_of, evidence.known_on
    )
    return tuple(
        _finding(subject, evidence, rule) if is_current else _lapsed(subject, rule)
        for subject in subjects
        for rule, is_current in current
    )


def in_force(rules: Iterable[Rule], as_of: date) -> tuple[Rule, ...]:
    """The versions in force on the day, in the order given."""
    return tuple(rule for rule in rules if rule.is_in_force(as_of))


def versions(rules: Iterable[Rule], as_of: date, known_on: date) -> tuple[tuple[Rule, bool], ...]:
    """
    The version of each family and cohort that counts on the day, and whether it is in force.

    Versions published after `known_on` are not known yet: the one before them runs on. A family whose
    last version has ended gives that version with False; one that has not begun gives nothing.
    """
    families: dict[tuple[str, str], list[Rule]] = {}
    for rule in rules:
        families.setdefault((rule.family, rule.cohort), []).append(rule)
    found: list[tuple[Rule, bool]] = []
    for group in families.values():
        known = [rule for rule in group if rule.known_from is None or rule.known_from <= known_on]
        unknown_starts = {rule.effective_from for rule in group if rule not in known}
        known = [
            replace(rule, effective_to=None) if rule.effective_to in unknown_starts else rule
            for rule in known
        ]
        current = in_force(known, as_of)
        ended = [rule for rule in known if rule.effective_to is not None and rule.effective_to <= as_of]
        if current:
            found.append((current[0], True))
        elif ended:
            found.append((max(ended, key=lambda rule: rule.effective_to or date.min), False))
    return tuple(found)


def _lapsed(subject: str, rule: Rule) -> Finding:
    """The answer where the last version of a family has ended and nothing has replaced it."""
    why = (Line("lapsed", {"value": rule.effective_to}),)
    return Finding(rule, subject, Answer.UNKNOWN, Strength.CHECK, Word.UNCLEAR, why=why)


def _finding(subject: str, evidence: Evidence, rule: Rule) -> Finding:
    """One rule on one subject: the recorded conclusion first, then Kleene logic over duty and exemptions."""
    case = Case(subject, evidence, rule)
    concluded = _concluded(case)
    if concluded is not None and concluded.word is Word.VIOLATION:
        return concluded
    judged_by_rule = _judged(case)
    return judged_by_rule if concluded is None or judged_by_rule.is_flag else concluded


def _judged(case: Case) -> Finding:
    """What the test and the exemptions of the rule say."""
    rule = case.rule
    judged = DUTIES[rule.test].judge(case)
    may_conclude = all(basis.status.may_conclude for basis in rule.basis)
    exemptions = [(one, EXEMPTIONS[one.test].judge(case)) for one in rule.exemptions]
    exempting = [(one, part) for one, part in exemptions if part.truth is True]

    give = partial(_give, case)
    applies, duty = judged.applies, judged.duty
    if applies.truth is False:
        return give(Answer.NOT_APPLICABLE, [applies], may_conclude and applies.is_strong)
    if exempting:
        is_strong = any(part.is_strong and one.basis.status.may_conclude for one, part in exempting)
        return give(Answer.NOT_APPLICABLE, [part for _, part in exempting], may_conclude and is_strong)
    if applies.truth is None:
        due = judged.due if judged.ahead is not None and judged.ahead.truth is True else None
        return give(Answer.UNKNOWN, [applies, duty], False, missing=_missing(applies, duty), due=due)
    if duty.truth is True:
        return give(Answer.MET, [applies, duty], may_conclude and applies.is_strong and duty.is_strong)
    is_ahead = False if judged.ahead is None else judged.ahead.truth
    ahead = [] if judged.ahead is None else [judged.ahead]
    if is_ahead is not False:
        missing = _missing(duty) if is_ahead else _missing(duty, *ahead)
        return give(Answer.UNKNOWN, [applies, duty, *ahead], False, missing=missing, due=judged.due)
    if duty.truth is None:
        return give(Answer.UNKNOWN, [applies, duty], False, missing=_missing(duty))
    is_strong = (
        may_conclude and applies.is_strong and duty.is_strong and all(part.is_strong for part in ahead)
    )
    open_ones = [(one, part) for one, part in exemptions if part.truth is None]
    parts = [applies, duty, *(part for _, part in exemptions)]
    if open_ones:
        missing = tuple(Missing(key, "exemption", one.key) for one, part in open_ones for key in part.missing)
        return give(Answer.UNKNOWN, parts, is_strong, missing=missing, is_exemption_open=True)
    is_strong = is_strong and all(
        part.is_strong and one.basis.status.may_conclude for one, part in exemptions
    )
    return give(Answer.UNMET, parts, is_strong)


def _missing(*parts: Part) -> tuple[Missing, ...]:
    """What would settle the parts that are unknown, each attribute once."""
    keys = dict.fromkeys(key for part in parts if part.truth is None for key in part.missing)
    return tuple(Missing(key) for key in keys)


def _concluded(case: Case) -> Finding | None:
    """
    The finding where an inspection conclusion or a sanction stands open; None where there is none.

    Only an official record says "vi phạm"; a report that there was a conclusion is good for a check.
    """
    if not case.rule.concluded_by:
        return None
    standing = case.evidence.get(case.subject, case.rule.concluded_by)
    chosen = standing.chosen
    if chosen is None or chosen.value != "open":
        return None
    is_official = chosen.source_kind in OFFICIAL
    part = Part(False, is_official, (chosen,), standing.possible, standing.contradicting)
    part = part.saying(
        "concluded.official" if is_official else "concluded.reported", value=chosen.valid_latest
    )
    found = _give(case, Answer.UNMET, [part], is_official)
    return replace(found, word=Word.VIOLATION if is_official else Word.RISK)


def word_of(answer: Answer, strength: Strength, *, is_exemption_open: bool = False) -> Word:
    """The word of task II.6 for an answer that no recorded conclusion stands behind."""
    if answer is Answer.UNMET or is_exemption_open:
        return Word.SIGN if strength is Strength.CONCLUSIVE else Word.RISK
    return {
        Answer.MET: Word.MET,
        Answer.NOT_APPLICABLE: Word.NOT_APPLICABLE,
        Answer.UNKNOWN: Word.UNCLEAR,
    }[answer]


def _give(
    case: Case,
    answer: Answer,
    parts: Sequence[Part],
    is_strong: bool,
    *,
    missing: tuple[Missing, ...] = (),
    due: date | None = None,
    is_exemption_open: bool = False,
) -> Finding:
    strength = Strength.CONCLUSIVE if is_strong else Strength.CHECK
    return Finding(
        case.rule,
        case.subject,
        answer,
        strength,
        word_of(answer, strength, is_exemption_open=is_exemption_open),
        _uses(case.evidence, parts),
        missing,
        _lines(parts),
        is_exemption_open,
        due,
    )


def _lines(parts: Sequence[Part]) -> tuple[Line, ...]:
    found: list[Line] = []
    for part in parts:
        found.extend(line for line in part.why if line not in found)
    return tuple(found)


def _uses(evidence: Evidence, parts: Sequence[Part]) -> tuple[EvidenceUse, ...]:
    """Each observation once, in its most telling role."""
    roles: dict[str, tuple[Observation, str]] = {}
    for part in parts:
        for one in part.used:
            roles.setdefault(one.id, (one, "stale" if is_stale(evidence, one) else "used"))
    for role in ("contradicting", "possible"):
        for part in parts:
            for one in getattr(part, role):
                roles.setdefault(one.id, (one, role))
    return tuple(EvidenceUse(one, role, is_surely_fresh(evidence, one)) for one, role in roles.values())
