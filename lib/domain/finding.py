"""What a rule says about a subject, and the level that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from lib.domain.observation import Observation
from lib.domain.rule import Rule


class Answer(StrEnum):
    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Strength(StrEnum):
    CONCLUSIVE = "conclusive"
    CHECK = "check"


class Word(StrEnum):
    """The words of task II.6, worst first; the first three are flags."""

    VIOLATION = "violation"
    SIGN = "sign"
    RISK = "risk"
    UNCLEAR = "unclear"
    MET = "met"
    NOT_APPLICABLE = "not_applicable"

    @property
    def is_flag(self) -> bool:
        return self in (Word.VIOLATION, Word.SIGN, Word.RISK)


class Level(StrEnum):
    """Worst first; the order of every list and legend."""

    VERY_HIGH = "very_high"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class EvidenceUse:
    """
    One observation and the part it plays in a finding.

    `role`: "used" decided the answer; "stale" decided it past its shelf life; "possible" may have been true
    by the as-of date and decided nothing; "contradicting" disagrees with what was used.
    `is_surely_fresh`: even the earliest day it may describe lies within its shelf life.
    """

    observation: Observation
    role: str
    is_surely_fresh: bool = True


@dataclass(frozen=True, slots=True)
class Missing:
    """An attribute nobody has evidence for, and whether it is on the duty itself or on an exemption."""

    attribute: str
    on: str = "duty"
    exemption: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of an explanation: a key under `why` in `lib/text/*/rules.toml`, and its values."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """
    The answer of one rule for one subject on the as-of date, with all that is needed to defend it.

    `is_exemption_open`: the duty is unmet and an exemption is neither proven nor excluded (answer UNKNOWN,
    flagged all the same). `due` is the deadline that still lies ahead, if the duty has one.
    """

    rule: Rule
    subject: str
    answer: Answer
    strength: Strength
    word: Word
    evidence: tuple[EvidenceUse, ...] = ()
    missing: tuple[Missing, ...] = ()
    why: tuple[Line, ...] = ()
    is_exemption_open: bool = False
    due: date | None = None

    @property
    def is_flag(self) -> bool:
        return self.word.is_flag
