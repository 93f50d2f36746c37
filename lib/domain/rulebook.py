"""The rule files read and checked: rules, levels, method, bodies, dates, changes of the law, terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from lib.domain.finding import Level, Word
from lib.domain.places import Deadline
from lib.domain.rule import BasisStatus, Rule


@dataclass(frozen=True, slots=True)
class LevelCondition:
    """
    One way to reach a level.

    `at_least` and `groups`: a word this bad or worse in one of the groups; no groups means any group.
    `also_flag_in`: and a flag in another group, one of these; None asks for no second flag, empty means
    any other group. `without_flag` and `met_groups`: no flag anywhere, and each of these groups met on
    evidence within its shelf life.
    """

    at_least: Word | None = None
    groups: tuple[str, ...] = ()
    also_flag_in: tuple[str, ...] | None = None
    without_flag: bool = False
    met_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LevelRule:
    """A level and the ways to reach it; levels are tried worst first, what reaches none is UNKNOWN."""

    level: Level
    when: tuple[LevelCondition, ...]
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Method:
    """
    How the index orders within a level. `weights` by group have no legal source; `weight_range` is the
    share by which they may vary (0.3 is ± 30 %); `check_from` is the least share of the severity that an
    answer by check counts with.
    """

    weights: Mapping[str, float]
    weight_range: float
    check_from: float
    notes: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Body:
    """A body that bears or supervises a duty. `now` is the key of the one that took over when it `ended`."""

    key: str
    name: Mapping[str, str]
    now: str = ""
    ended: date | None = None
    basis: str = ""
    status: BasisStatus = BasisStatus.TO_VERIFY


@dataclass(frozen=True, slots=True)
class LawChange:
    """What changed in the law on a day, in words for the public."""

    key: str
    day: date
    document: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    status: BasisStatus
    source: str


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """A term in both languages, what it means, and the article that says so."""

    key: str
    term: Mapping[str, str]
    definition: Mapping[str, str]
    basis: str
    status: BasisStatus


@dataclass(frozen=True, slots=True)
class RuleBook:
    """
    Everything under `data/rules`. `rules` are tested on clusters; `norms` are conditions of the law that
    are shown with their period and tested elsewhere or not yet.
    """

    rules: tuple[Rule, ...]
    norms: tuple[Rule, ...] = ()
    levels: tuple[LevelRule, ...] = ()
    method: Method = field(default_factory=lambda: Method({}, 0.0, 0.5, {}))
    bodies: Mapping[str, Body] = field(default_factory=dict)
    calendar: tuple[Deadline, ...] = ()
    law_changes: tuple[LawChange, ...] = ()
    glossary: tuple[GlossaryTerm, ...] = ()
