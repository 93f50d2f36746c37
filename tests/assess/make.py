"""Small evidence by hand, judged by the shipped rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache

from lib.assess.evaluate import assess
from lib.assess.tests import TESTS
from lib.domain.finding import Finding
from lib.domain.interval import DaySpan, Interval, exactly
from lib.domain.observation import Attribute, Confidence, Evidence, Observation, SourceKind, Value
from lib.domain.rulebook import RuleBook
from lib.store.files import SHIPPED, open_store
from lib.store.rulebook import read_rulebook
from lib.store.select import select

TODAY = date(2026, 11, 24)
RELEASE = datetime(2026, 11, 24)
CODE = "HT-CCN-001"
HUNDREDS = Interval(100, 1000, high_open=True)


@cache
def attributes() -> Mapping[str, Attribute]:
    return open_store(SHIPPED).attributes


@cache
def book() -> RuleBook:
    return read_rulebook(SHIPPED / "rules", tests=TESTS, attributes=attributes())


def say(
    attribute: str,
    value: Value | float,
    seen: date | tuple[date | None, date] = TODAY,
    kind: SourceKind = SourceKind.OFFICIAL_REPORT,
    subject: str = CODE,
) -> Observation:
    """One statement: seen on a day, or between two (None: open), an official report unless said otherwise."""
    first, last = seen if isinstance(seen, tuple) else (seen, seen)
    meant: Value = exactly(value) if isinstance(value, (int, float)) else value
    return Observation(
        f"{subject}/{attribute}/{value}/{last}/{kind}",
        subject,
        attribute,
        meant,
        str(value),
        first,
        last,
        None,
        RELEASE,
        "source",
        kind,
        Confidence.HIGH,
    )


def year(number: int) -> DaySpan:
    return DaySpan(date(number, 1, 1), date(number, 12, 31))


def evidence(*said: Observation, as_of: date = TODAY, known_on: date = date(2030, 1, 1)) -> Evidence:
    return select(said, attributes(), as_of, known_on)


def finding(family: str, *said: Observation, as_of: date = TODAY) -> Finding:
    """The finding of one family of rules, as of a day, on what was said."""
    found = [one for one in assess([CODE], evidence(*said, as_of=as_of), book()) if one.rule.family == family]
    assert len(found) == 1, f"{family} gives {len(found)} findings on {as_of}"
    return found[0]


OPERATING = say("operating", "yes")
NO_PLANT = say("central_treatment", "none")
