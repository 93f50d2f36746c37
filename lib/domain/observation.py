"""Observations, the one kind of record, and what stands at a date."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from lib.domain.interval import DaySpan, Interval

Value = Interval | DaySpan | str


class SourceKind(StrEnum):
    """Kind of the *original* that states the fact; most reliable first."""

    LEGAL_DOCUMENT = "legal_document"
    OFFICIAL_REPORT = "official_report"
    FIELDWORK = "fieldwork"
    COMPANY = "company"
    PRESS = "press"
    DERIVED = "derived"


class Confidence(StrEnum):
    """How sure we are that the source was read right; says nothing of whether the source is right."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class ValueType(StrEnum):
    NUMBER = "number"
    CODE = "code"
    TEXT = "text"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Attribute:
    """
    What an observation may say, from `data/tables/attributes.csv`.

    `unit` is the one unit of its numbers. `shelf_life_months` is None where evidence does not age.
    `prefers` says which source wins while nobody has chosen: the newest, or the more reliable.
    With `is_multiple` several values stand side by side (tenants, aliases) and do not contradict.
    `ask` names who would know (key of a body in `data/rules/bodies.toml`). `public_in` are the values of a
    cluster's `status` in which it may be shown to the public; empty where it always may.
    """

    key: str
    topic: str
    value_type: ValueType
    label: Mapping[str, str]
    meaning: Mapping[str, str]
    unit: str = ""
    allowed: tuple[str, ...] = ()
    shelf_life_months: int | None = None
    prefers: str = "newest"
    is_multiple: bool = False
    ask: str = ""
    public_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A document or page that says something. `copy_of` names the original when this is a copy of it."""

    key: str
    title: str
    publisher: str
    kind: SourceKind
    url: str = ""
    document_number: str = ""
    published_on: date | None = None
    date_as_written: str = ""
    copy_of: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """
    One statement of one source about one subject.

    `valid_earliest`..`valid_latest` is when it was true as far as known: "c. 2021" is 1/1–31/12/2021,
    undated is open..the day it was published or read. `recorded_at` is when this database learned it.
    """

    id: str
    subject: str
    attribute: str
    value: Value
    as_written: str
    valid_earliest: date | None
    valid_latest: date
    published_on: date | None
    recorded_at: datetime
    source: str
    source_kind: SourceKind
    reading_confidence: Confidence
    batch: str = ""
    author: str = ""
    supersedes: str = ""
    retracts: str = ""
    reason: str = ""
    note: str = ""

    @property
    def newness(self) -> tuple[date, date]:
        """What orders statements in time: the day they surely do not lie before, then the latest day."""
        return self.valid_earliest or date.min, self.valid_latest


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What stands for one subject and attribute at the as-of date.

    `usable` were certainly true by then, the preferred first; `possible` only may have been, and decide
    nothing; `contradicting` are the usable ones that cannot be true together with the preferred.
    """

    usable: tuple[Observation, ...] = ()
    possible: tuple[Observation, ...] = ()
    contradicting: tuple[Observation, ...] = ()

    @property
    def chosen(self) -> Observation | None:
        return self.usable[0] if self.usable else None

    @property
    def value(self) -> Value | None:
        return self.usable[0].value if self.usable else None


NOTHING = Standing()


def months_after(day: date, months: int) -> date:
    """The same day of the month `months` later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Evidence:
    """The observations as of a day, as known on a day: the answer of every store, the input of every rule."""

    as_of: date
    known_on: date
    attributes: Mapping[str, Attribute]
    standings: Mapping[tuple[str, str], Standing]
    by_subject: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def get(self, subject: str, attribute: str) -> Standing:
        """What stands for `attribute` of `subject`; an empty standing when nothing is known."""
        return self.standings.get((subject, attribute), NOTHING)

    def of(self, subject: str) -> dict[str, Standing]:
        """All that stands for `subject`, by attribute."""
        return {key: self.standings[subject, key] for key in self.by_subject.get(subject, ())}

    def is_stale(self, observation: Observation) -> bool:
        """Whether even the latest day it may describe lies further back than its shelf life."""
        months = self.attributes[observation.attribute].shelf_life_months
        return months is not None and months_after(observation.valid_latest, months) < self.as_of

    def is_surely_fresh(self, observation: Observation) -> bool:
        """Whether even the earliest day it may describe lies within its shelf life."""
        months = self.attributes[observation.attribute].shelf_life_months
        if months is None:
            return True
        earliest = observation.valid_earliest
        return earliest is not None and months_after(earliest, months) >= self.as_of


def standings_by_subject(keys: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Index of attribute keys by subject, in the order given."""
    found: dict[str, list[str]] = {}
    for subject, attribute in keys:
        found.setdefault(subject, []).append(attribute)
    return {subject: tuple(attributes) for subject, attributes in found.items()}
