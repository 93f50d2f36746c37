"""Parts of an answer: a three-valued truth with the evidence it rests on, combined by Kleene logic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from lib.domain.finding import Line
from lib.domain.interval import DaySpan
from lib.domain.kleene import Truth, all_of, any_of, negate
from lib.domain.observation import Evidence, Observation, SourceKind, Value
from lib.domain.rule import Parameter

OFFICIAL = (SourceKind.LEGAL_DOCUMENT, SourceKind.OFFICIAL_REPORT, SourceKind.FIELDWORK)


@dataclass(frozen=True, slots=True)
class Part:
    """
    A truth and what it rests on.

    `is_strong`: official evidence surely within its shelf life, and every limit used read in the text.
    `missing` names the attributes that would settle an unknown; `possible` observations may have been
    true by the as-of date and decided nothing.
    """

    truth: Truth
    is_strong: bool = False
    used: tuple[Observation, ...] = ()
    possible: tuple[Observation, ...] = ()
    contradicting: tuple[Observation, ...] = ()
    missing: tuple[str, ...] = ()
    why: tuple[Line, ...] = ()

    def saying(self, key: str, **values: object) -> Part:
        """The same with one more sentence of explanation."""
        return replace(self, why=(*self.why, Line(key, values)))

    def weak(self) -> Part:
        """The same, good for a check only."""
        return replace(self, is_strong=False)

    def on(self, *grounds: Part) -> Part:
        """The same answer, which rests on `grounds` as well and is only as strong as they are."""
        joined = _joined(None, [*grounds, self], self.is_strong and all(part.is_strong for part in grounds))
        return replace(joined, truth=self.truth, missing=self.missing)


CERTAIN = Part(True, is_strong=True)
_Item = TypeVar("_Item")


def _unique(items: Sequence[tuple[_Item, ...]]) -> tuple[_Item, ...]:
    found: list[_Item] = []
    for group in items:
        found.extend(item for item in group if item not in found)
    return tuple(found)


def _joined(truth: Truth, parts: Sequence[Part], is_strong: bool) -> Part:
    return Part(
        truth,
        is_strong,
        _unique([part.used for part in parts]),
        _unique([part.possible for part in parts]),
        _unique([part.contradicting for part in parts]),
        _unique([part.missing for part in parts if part.truth is None]) if truth is None else (),
        _unique([part.why for part in parts]),
    )


def every(*parts: Part) -> Part:
    """All of them: one false part is enough for false, and the strongest such part counts."""
    truth = all_of(part.truth for part in parts)
    if truth is False:
        false = [part for part in parts if part.truth is False]
        return _joined(False, false, any(part.is_strong for part in false))
    return _joined(truth, parts, truth is True and all(part.is_strong for part in parts))


def some(*parts: Part) -> Part:
    """At least one of them: one true part is enough for true, and the strongest such part counts."""
    truth = any_of(part.truth for part in parts)
    if truth is True:
        true = [part for part in parts if part.truth is True]
        return _joined(True, true, any(part.is_strong for part in true))
    return _joined(truth, parts, truth is False and all(part.is_strong for part in parts))


def opposite(part: Part) -> Part:
    """The part denied; unknown stays unknown."""
    return replace(part, truth=negate(part.truth))


def is_surely_fresh(evidence: Evidence, observation: Observation) -> bool:
    """Whether an observation surely still holds: within its shelf life, or a permit until it expires."""
    return evidence.is_surely_fresh(observation) or _is_permit_not_expired(evidence, observation)


def is_stale(evidence: Evidence, observation: Observation) -> bool:
    """Whether an observation is past its shelf life; a permit is not while its expiry lies ahead."""
    return evidence.is_stale(observation) and not _is_permit_not_expired(evidence, observation)


def _is_permit_not_expired(evidence: Evidence, observation: Observation) -> bool:
    if observation.attribute != "environmental_permit" or observation.value != "in_force":
        return False
    expiry = evidence.get(observation.subject, "environmental_permit_expiry").value
    return isinstance(expiry, DaySpan) and expiry.before(evidence.as_of) is False


def is_strong(evidence: Evidence, observation: Observation) -> bool:
    """Whether an observation alone may carry a conclusion: official, and surely still holding."""
    return observation.source_kind in OFFICIAL and is_surely_fresh(evidence, observation)


def sure_to_free(evidence: Evidence, part: Part, *, frees: bool) -> Part:
    """
    The same part, but unknown where it would free from a duty on evidence that may no longer hold.

    `frees` is the truth that frees. Evidence without a day or past its shelf life then becomes what is
    missing: a newer statement of the same attribute.
    """
    doubtful = [one for one in part.used if not is_surely_fresh(evidence, one)]
    if part.truth is not frees or not doubtful:
        return part
    missing = tuple(dict.fromkeys(one.attribute for one in doubtful))
    return replace(part, truth=None, is_strong=False, missing=missing).saying("not_fresh")


def read(
    evidence: Evidence,
    subject: str,
    attribute: str,
    holds: Callable[[Value], Truth],
    *limits: Parameter,
    why: str = "",
) -> Part:
    """
    Whether what stands for `attribute` fulfils `holds`.

    The preferred observation decides; another usable one that says the same may lend its strength. Every
    limit in `limits` must have been read in the text for a strong answer. `why` is the stem of a message:
    `.yes`, `.no` or `.unclear` is added, with `value` and the limits by their keys.
    """
    standing = evidence.get(subject, attribute)
    if standing.chosen is None:
        nothing = Part(None, possible=standing.possible, missing=(attribute,))
        return nothing.saying("possible_only") if standing.possible else nothing
    truth = holds(standing.chosen.value)
    agreeing = [one for one in standing.usable if holds(one.value) is truth]
    strong = next((one for one in agreeing if is_strong(evidence, one)), None)
    values: dict[str, object] = {"value": standing.chosen.value} | {
        limit.key: limit.value for limit in limits
    }
    ending = {True: "yes", False: "no", None: "unclear"}[truth]
    return Part(
        truth,
        strong is not None and all(limit.status.may_conclude for limit in limits),
        (standing.chosen,) if strong in (None, standing.chosen) else (standing.chosen, strong),
        standing.possible,
        standing.contradicting,
        (attribute,) if truth is None else (),
        (Line(f"{why}.{ending}", values),) if why else (),
    )
