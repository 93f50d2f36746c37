"""What stands as of a day, as known on a day. Pure: records in, evidence out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lib.domain.interval import DaySpan, Interval
from lib.domain.observation import (
    Attribute,
    Confidence,
    Evidence,
    Observation,
    SourceKind,
    Standing,
    Value,
    standings_by_subject,
)

_RELIABILITY = {kind: rank for rank, kind in enumerate(SourceKind)}
_CONFIDENCE = {confidence: rank for rank, confidence in enumerate(Confidence)}

Order = Callable[[Observation], tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Choice:
    """
    A steward's choice of the observation that stands among those that disagree; the last one counts.

    An empty `observation` takes an earlier choice back.
    """

    subject: str
    attribute: str
    observation: str
    chosen_at: datetime
    author: str = ""
    reason: str = ""


def known(observations: Iterable[Observation], known_on: date) -> list[Observation]:
    """
    The statements recorded by the end of `known_on` and not withdrawn by then.

    A record is withdrawn by a later one that retracts or supersedes it, from the day that one was recorded.
    A retraction that was itself retracted has no effect any more: what it took back stands again. A
    correction that was corrected in turn keeps its effect. A record that retracts states nothing itself.
    """
    recorded = [item for item in observations if item.recorded_at.date() <= known_on]
    withdrawn = _withdrawn(recorded)
    return [item for item in recorded if not item.retracts and item.id not in withdrawn]


def _withdrawn(recorded: Sequence[Observation]) -> set[str]:
    """Identifiers of what was retracted or superseded within `recorded`."""
    withdrawn = taken_back((item.id, item.retracts) for item in recorded)
    withdrawn |= {item.supersedes for item in recorded if item.supersedes and item.id not in withdrawn}
    return withdrawn


def taken_back(marks: Iterable[tuple[str, str]]) -> set[str]:
    """
    What is taken back, of records, boundaries or batches alike; what was itself taken back has no effect.

    Parameters
    ----------
    marks
        (identifier, what it takes back); the second is empty where it takes nothing back.
    """
    by: dict[str, list[str]] = defaultdict(list)
    for identifier, target in marks:
        if target:
            by[target].append(identifier)

    def is_taken_back(identifier: str) -> bool:
        return any(not is_taken_back(one) for one in by.get(identifier, ()))

    return {identifier for identifier in by if is_taken_back(identifier)}


def _later_first(day: date | None) -> int:
    return -day.toordinal() if day else 0


def _newest(item: Observation) -> tuple[object, ...]:
    return (
        _later_first(item.valid_earliest), _later_first(item.valid_latest),
        _RELIABILITY[item.source_kind], _CONFIDENCE[item.reading_confidence],
        _later_first(item.published_on), item.id,
    )


def _reliable(item: Observation) -> tuple[object, ...]:
    return (_RELIABILITY[item.source_kind], *_newest(item))


def order_of(attribute: Attribute) -> Order:
    """
    The order of preference among observations of `attribute`, the best first.

    Newest: the later guaranteed day first, that is the earliest day it may describe (an open one comes
    last, so the vaguest date never wins), then the latest day, the kind of source, the reading confidence,
    the later published, the identifier. Reliable: the kind of source first, then the same.
    """
    return _reliable if attribute.prefers == "reliable" else _newest


def order_key(item: Observation, attribute: Attribute) -> str:
    """
    The order of `order_of` as one text: the smaller, the more preferred.

    A database that compares it byte by byte finds the preferred record with `min`.
    """
    days = [_day_key(item.valid_earliest), _day_key(item.valid_latest)]
    kind = str(_RELIABILITY[item.source_kind])
    parts = [*days, kind, str(_CONFIDENCE[item.reading_confidence]), _day_key(item.published_on), item.id]
    return " ".join([kind, *parts] if attribute.prefers == "reliable" else parts)


def _day_key(day: date | None) -> str:
    """Later days first, an open one last."""
    return f"{date.max.toordinal() - (day.toordinal() if day else 0):07d}"


def can_be_equal(one: Value, other: Value) -> bool:
    """Whether two values may be one and the same: intervals or spans that overlap, equal codes or texts."""
    if isinstance(one, Interval) and isinstance(other, Interval):
        return one.overlaps(other)
    if isinstance(one, DaySpan) and isinstance(other, DaySpan):
        return one.overlaps(other)
    return one == other


def _may_be_of_one_time(one: Observation, other: Observation) -> bool:
    """Whether both may have been true on one day. An open beginning reaches back without end."""
    return (one.valid_earliest is None or one.valid_earliest <= other.valid_latest) and (
        other.valid_earliest is None or other.valid_earliest <= one.valid_latest
    )


def contradicts(attribute: Attribute, chosen: Observation, other: Observation) -> bool:
    """
    Whether `other` cannot be true together with `chosen`.

    Values that stand side by side never do. Where the more reliable source wins and evidence does not age
    (an area in a plan, the day of a decision) the value is one for all time, so any other value contradicts.
    Elsewhere a value changes with time: another one of another time is history, and contradicts only when
    the times both may describe overlap.
    """
    if attribute.is_multiple or can_be_equal(chosen.value, other.value):
        return False
    is_timeless = attribute.prefers == "reliable" and attribute.shelf_life_months is None
    return is_timeless or _may_be_of_one_time(chosen, other)


def _standing(
    attribute: Attribute, candidates: Sequence[Observation], as_of: date, chosen_id: str
) -> Standing | None:
    usable = [item for item in candidates if item.valid_latest <= as_of]
    possible = [
        item for item in candidates
        if item.valid_latest > as_of and (item.valid_earliest is None or item.valid_earliest <= as_of)
    ]
    if not usable and not possible:
        return None
    order = order_of(attribute)
    usable.sort(key=lambda item: (item.id != chosen_id, *order(item)))
    possible.sort(key=order)
    contradicting = [item for item in usable[1:] if contradicts(attribute, usable[0], item)]
    return Standing(tuple(usable), tuple(possible), tuple(contradicting))


def select(
    observations: Iterable[Observation],
    attributes: Mapping[str, Attribute],
    as_of: date,
    known_on: date,
    choices: Sequence[Choice] = (),
) -> Evidence:
    """
    The evidence as of a day, as known on a day; the order of `observations` does not matter.

    Usable is what was certainly true by `as_of` (`valid_latest` <= `as_of`). What only may have been
    (`valid_earliest` open or <= `as_of` < `valid_latest`) is kept apart and decides nothing. What began
    later is left out. Among the usable a steward's choice recorded by `known_on` comes first, then the order
    of the attribute. Subjects come in the order of their codes, attributes in that of the catalogue.

    Raises
    ------
    KeyError
        If an observation has an attribute that is not in `attributes`: readers check that.
    """
    return stand(known(observations, known_on), attributes, as_of, known_on, choices)


def stand(
    believed: Iterable[Observation],
    attributes: Mapping[str, Attribute],
    as_of: date,
    known_on: date,
    choices: Sequence[Choice] = (),
) -> Evidence:
    """Like `select`, from the statements that were `known` on the day."""
    groups: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for item in believed:
        groups[item.subject, item.attribute].append(item)
    chosen = {
        (choice.subject, choice.attribute): choice.observation
        for choice in sorted(choices, key=lambda choice: choice.chosen_at)
        if choice.chosen_at.date() <= known_on
    }
    rank = {key: index for index, key in enumerate(attributes)}
    standings: dict[tuple[str, str], Standing] = {}
    for key in sorted(groups, key=lambda key: (key[0], rank[key[1]])):
        standing = _standing(attributes[key[1]], groups[key], as_of, chosen.get(key, ""))
        if standing is not None:
            standings[key] = standing
    return Evidence(as_of, known_on, attributes, standings, standings_by_subject(standings))
