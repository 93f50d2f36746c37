"""Dated rules: the law as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class BasisStatus(StrEnum):
    """How far the text behind a rule was read; strongest first."""

    VERIFIED = "verified"
    TEXT_READ = "text_read"
    SECONDARY = "secondary"
    TO_VERIFY = "to_verify"

    @property
    def may_conclude(self) -> bool:
        return self in (BasisStatus.VERIFIED, BasisStatus.TEXT_READ)


@dataclass(frozen=True, slots=True)
class Basis:
    """One clause a rule rests on. `amended_by` names the act and clause that gave it its present form."""

    document: str
    article: str
    status: BasisStatus
    amended_by: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A limit or date that the test reads, with its unit and the status of the clause it comes from."""

    key: str
    value: float | date | str
    unit: str
    status: BasisStatus
    article: str = ""


@dataclass(frozen=True, slots=True)
class Exemption:
    """A way out of the duty: the key of its test in `lib/assess/tests.py`, and what proves it."""

    key: str
    test: str
    basis: Basis
    label: Mapping[str, str]
    papers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One dated version of a family of rules; in force on day D when `effective_from` <= D < `effective_to`.

    Words (`title`, `duty`, `clears`, `cohort_label`) are by language. `bearer` and `supervisor` are keys of
    `data/rules/bodies.toml`. `concluded_by` names the attribute by which an inspection conclusion or a
    sanction may say "vi phạm" for this rule; no test ever does.
    """

    id: str
    family: str
    group: str
    subject_kind: str
    cohort: str
    effective_from: date | None
    effective_to: date | None
    known_from: date | None
    test: str
    parameters: Mapping[str, Parameter]
    exemptions: tuple[Exemption, ...]
    basis: tuple[Basis, ...]
    severity: float
    bearer: str
    supervisor: str
    title: Mapping[str, str]
    duty: Mapping[str, str]
    clears: Mapping[str, str]
    concluded_by: str = ""
    verified_by: str = ""
    verified_on: date | None = None
    file: str = ""
    line: int = 0

    def is_in_force(self, day: date) -> bool:
        """Half-open: the first day counts, `effective_to` is the first day it no longer applies."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day < self.effective_to
        )
