"""
The tests that rule files name: small, pure, over what stands for one subject on the as-of date.

Each says whether the rule applies and whether its duty is fulfilled; none of them knows a limit or a date
of the law: those are the rule's parameters. Exemptions are tests of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from lib.assess.occupancy import decree_occupancy
from lib.assess.part import (
    CERTAIN,
    OFFICIAL,
    Part,
    every,
    is_stale,
    is_surely_fresh,
    opposite,
    read,
    some,
    sure_to_free,
)
from lib.domain.finding import Line
from lib.domain.interval import DaySpan, Interval
from lib.domain.kleene import Truth, all_of
from lib.domain.observation import Evidence, Observation, Value
from lib.domain.rule import Parameter, Rule

NOT_YET = ("planned", "calling_investor", "application_received")
STANDS = ("established", "investor_approved", "under_construction")
HAS_PLANT, NO_PLANT = ("operating",), ("none", "planned", "building", "built_noncompliant")
UNFINISHED = ("not_started", "under_construction", "stopped", "idle")
FILED = ("eia_approved", "scheme_approved", "licence", "registration")


@dataclass(frozen=True, slots=True)
class Case:
    """One subject under one rule on the as-of date of the evidence."""

    subject: str
    evidence: Evidence
    rule: Rule

    @property
    def as_of(self) -> date:
        return self.evidence.as_of

    def limit(self, key: str) -> Parameter:
        return self.rule.parameters[key]

    def read(
        self, attribute: str, holds: Callable[[Value], Truth], *limits: Parameter, why: str = ""
    ) -> Part:
        return read(self.evidence, self.subject, attribute, holds, *limits, why=why)

    def usable(self, attribute: str) -> tuple[Observation, ...]:
        return self.evidence.get(self.subject, attribute).usable

    def chosen_code(self, attribute: str) -> tuple[str, bool]:
        """The code that stands ("" for none) and whether it is past its shelf life."""
        chosen = self.evidence.get(self.subject, attribute).chosen
        if chosen is None or not isinstance(chosen.value, str):
            return "", False
        return chosen.value, is_stale(self.evidence, chosen)

    def is_surely_fresh(self, attribute: str) -> bool:
        """Whether what stands for `attribute` surely still holds."""
        chosen = self.evidence.get(self.subject, attribute).chosen
        return chosen is not None and is_surely_fresh(self.evidence, chosen)

    def binding(self, part: Part) -> Part:
        """A part of who is bound: unknown instead of false where doubtful evidence would free."""
        return sure_to_free(self.evidence, part, frees=False)

    def exempting(self, part: Part) -> Part:
        """A part of an exemption: unknown instead of true where doubtful evidence would free."""
        return sure_to_free(self.evidence, part, frees=True)


@dataclass(frozen=True, slots=True)
class Judged:
    """
    What a test says.

    `applies` and `duty` are three-valued. `ahead` says whether the deadline of this subject's duty still
    lies ahead on the as-of date (None: the duty has no deadline), and `due` is that deadline.
    """

    applies: Part
    duty: Part
    ahead: Part | None = None
    due: date | None = None


def one_of(*codes: str) -> Callable[[Value], Truth]:
    """Whether a code is one of `codes`."""
    return lambda value: value in codes


def _number(holds: Callable[[Interval], Truth]) -> Callable[[Value], Truth]:
    return lambda value: holds(value) if isinstance(value, Interval) else None


def _day(holds: Callable[[DaySpan], Truth]) -> Callable[[Value], Truth]:
    return lambda value: holds(value) if isinstance(value, DaySpan) else None


def _value(limit: Parameter) -> Any:
    return limit.value


def is_operating(case: Case) -> Part:
    """
    Whether the cluster is in operation, for duties that bind operating clusters.

    A "yes" stands however old it is (past its shelf life it is weak), until the works are later seen idle
    or stopped. A "no", or a status that comes before operation or after it, frees only while it surely
    still holds and no "yes" is as new: undated or old evidence never frees from a duty.
    """
    operating = case.evidence.get(case.subject, "operating")
    answer, is_old = case.chosen_code("operating")
    nothing = Part(None, used=operating.usable[:1], possible=operating.possible, missing=("operating",))
    if answer == "yes":
        halted = _halted_after(case, operating.usable[0])
        if halted is not None:
            return nothing.on(halted).saying("operating.halted")
        part = case.read("operating", one_of("yes"))
        return part.saying("operating.old") if is_old else part.saying("operating.yes")
    if answer == "no" and case.is_surely_fresh("operating") and not _operates_since(case, "operating"):
        return case.read("operating", one_of("yes"), why="operating")
    early = _before_or_after_operation(case)
    if answer != "unclear" and early is not None and early.truth is True:
        return opposite(early)
    if answer == "no":
        return nothing.saying("operating.no_unsure").saying(_doubt(case, "operating"))
    return nothing.saying("operating.unclear" if answer == "unclear" else "operating.nothing")


def _operates_since(case: Case, attribute: str) -> bool:
    """Whether operation was seen no earlier than what stands for `attribute`."""
    standing = case.evidence.get(case.subject, attribute).chosen
    return standing is not None and any(
        one.value == "yes" and one.newness >= standing.newness for one in case.usable("operating")
    )


def _doubt(case: Case, attribute: str) -> str:
    """Why what stands for `attribute` does not surely hold: the key of a message."""
    standing = case.evidence.get(case.subject, attribute).usable[0]
    if standing.valid_earliest is None:
        return "doubt.undated"
    return "doubt.contested" if case.is_surely_fresh(attribute) else "doubt.old"


def _halted_after(case: Case, seen: Observation) -> Part | None:
    """The works idle or stopped, or the project stalled, where that was seen after operation was."""
    for attribute, codes in (("works_state", ("idle", "stopped")), ("status", ("stalled",))):
        chosen = case.evidence.get(case.subject, attribute).chosen
        if chosen is not None and chosen.value in codes and chosen.newness > seen.newness:
            return case.read(attribute, one_of(*codes))
    return None


def _before_or_after_operation(case: Case) -> Part | None:
    """
    A status that comes before operation, or removal from the plan; None where the status is another.

    True while it surely still holds and operation was not seen as lately; else unknown.
    """
    status, _ = case.chosen_code("status")
    if status not in (*NOT_YET, "removed"):
        return None
    part = case.read("status", one_of(*NOT_YET, "removed"))
    if case.is_surely_fresh("status") and not _operates_since(case, "status"):
        return part.saying("removed" if status == "removed" else "not_yet")
    unsure = replace(part, truth=None, is_strong=False, missing=("status",))
    unsure = unsure.saying("removed_unsure" if status == "removed" else "not_yet_unsure")
    return unsure.saying(_doubt(case, "status"))


def stands_in_plan(case: Case) -> Part:
    """Whether this is still a cluster: everything but one taken out of the plan."""
    status, _ = case.chosen_code("status")
    early = _before_or_after_operation(case)
    return opposite(early) if status == "removed" and early is not None else CERTAIN


def has_begun(case: Case) -> Part:
    """Whether it has come further than the plan: false while it is planned or still seeks an investor."""
    early = _before_or_after_operation(case)
    if early is None:
        return CERTAIN
    works = case.evidence.get(case.subject, "works_state").chosen
    status = case.evidence.get(case.subject, "status").usable[0]
    is_seen_later = works is not None and works.value != "not_started" and works.newness > status.newness
    return CERTAIN if early.truth is None and is_seen_later else opposite(early)


def _begun_or_removed(case: Case) -> Part:
    """Whether there is something on the ground that could pollute: also one taken out of the plan."""
    status, _ = case.chosen_code("status")
    return CERTAIN if status == "removed" else has_begun(case)


def existed_before(case: Case, limit: Parameter, *, is_in_use: bool = True) -> Part:
    """
    Whether the cluster operated (or, without `is_in_use`, at least stood) before the day of `limit`.

    Proven by the day it began, or by any observation of that time which shows it so.
    """
    day: date = _value(limit)
    attributes = ("operating_since",) if is_in_use else ("operating_since", "established_on")
    stem = "before.operating_since" if is_in_use else "before.set_up"
    parts = [case.read(one, _day(lambda span: span.before(day)), limit, why=stem) for one in attributes]
    shown = [
        one
        for attribute, codes in (("operating", ("yes",)), ("status", () if is_in_use else STANDS))
        for one in case.usable(attribute)
        if one.value in codes and one.valid_latest < day
    ]
    if shown:
        best = min(shown, key=lambda one: (one.source_kind not in OFFICIAL, one.valid_latest, one.id))
        is_strong = best.source_kind in OFFICIAL and limit.status.may_conclude
        parts.append(
            Part(True, is_strong, (best,)).saying("before.shown", value=best.valid_latest, limit=day)
        )
    proven = [part for part in parts if part.truth is True]
    if proven:
        return next((part for part in proven if part.is_strong), proven[0])
    if is_in_use:
        return parts[0]
    since, established = parts
    if established.truth is False:
        return established
    return Part(None, possible=(*since.possible, *established.possible), missing=("established_on",))


def _ahead(case: Case, cohort: str, deadline: str) -> tuple[Part, date]:
    """Whether the deadline given to those that operated before the cohort's day still lies ahead."""
    limit = case.limit(deadline)
    if case.as_of >= _value(limit):
        return Part(False, is_strong=limit.status.may_conclude), _value(limit)
    return existed_before(case, case.limit(cohort)), _value(limit)


def central_treatment(case: Case) -> Judged:
    """Operating → a central wastewater treatment system that is present, compliant and in operation."""

    def works(value: Value) -> Truth:
        return True if value in HAS_PLANT else False if value in NO_PLANT else None

    state, _ = case.chosen_code("central_treatment")
    duty = case.read("central_treatment", works)
    if state:
        duty = duty.saying(f"treatment.{state}")
    ahead, due = _ahead(case, "operating_before", "deadline")
    return Judged(is_operating(case), duty, ahead, due)


def _filed(case: Case) -> Part:
    file = case.read("environmental_file", one_of(*FILED), why="file")
    permit = case.read(
        "environmental_permit", lambda value: value in ("in_force", "expired") or None, why="permit_filed"
    )
    registered = case.read(
        "environmental_registration", lambda value: value == "registered" or None, why="registration"
    )
    others = [part for part in (permit, registered) if part.truth is True]
    return some(file, *others) if others else file


def environmental_file(case: Case) -> Judged:
    """Operating → at least one approved environmental file of its time."""
    return Judged(is_operating(case), _filed(case))


def _permit_in_force(case: Case) -> Part:
    held = case.read("environmental_permit", one_of("in_force"), why="permit")
    if held.truth is not True:
        return held
    expired = case.read(
        "environmental_permit_expiry", _day(lambda span: span.before(case.as_of)), why="permit_expiry"
    )
    return held if expired.missing and not expired.used else every(held, opposite(expired))


def permit_when_discharging(case: Case) -> Judged:
    """Operating and discharging wastewater → an environmental permit in force."""
    discharging = case.read(
        "wastewater_flow_m3_per_day", _number(lambda flow: flow.more_than(0)), why="discharging"
    )
    ahead, due = _ahead(case, "operating_before", "deadline")
    applies = every(is_operating(case), case.binding(discharging))
    return Judged(applies, _permit_in_force(case), ahead, due)


def _flow_reaches(case: Case) -> Part:
    """At the flow that surely needs a permit; between the two limits it depends on the kind of water."""
    sure, possible = case.limit("flow_surely"), case.limit("flow_possibly")

    def reaches(flow: Interval) -> Truth:
        if flow.at_least(_value(sure)) is True:
            return True
        below = flow.at_most(0) if _value(possible) == 0 else flow.less_than(_value(possible))
        return False if below is True else None

    return case.read("wastewater_flow_m3_per_day", _number(reaches), sure, possible, why="flow")


def _gas_reaches(case: Case, key: str) -> Part:
    """Whether the exhaust gas is at the limit of `key` or above."""
    limit = case.limit(key)
    return case.read(
        "exhaust_gas_m3_per_hour",
        _number(lambda gas: gas.at_least(_value(limit))),
        replace(limit, key="gas_limit"),
        why="gas",
    )


def permit_by_load(case: Case) -> Judged:
    """Operating with wastewater or exhaust gas at the limit or above → a permit in force, not expired."""
    loads = some(case.binding(_flow_reaches(case)), case.binding(_gas_reaches(case, "gas_from")))
    return Judged(every(is_operating(case), loads), _permit_in_force(case))


def registration_below_load(case: Case) -> Judged:
    """Operating below both limits of the permit → registered, unless an earlier permit is still in force."""
    below = opposite(some(_flow_reaches(case), _gas_reaches(case, "gas_from")))
    flow = case.limit("register_flow_from")
    at_province = some(
        case.read("wastewater_flow_m3_per_day", _number(lambda value: value.at_least(_value(flow))), flow),
        replace(_gas_reaches(case, "register_gas_from"), why=()),
    )
    registered = case.read("environmental_registration", one_of("registered"), why="registration")
    permit = _permit_in_force(case)
    duty = permit if permit.truth is True and registered.truth is not True else registered
    if below.truth is True and at_province.truth is not None:
        duty = duty.saying(f"registration_at.{'province' if at_province.truth else 'commune'}")
    return Judged(every(is_operating(case), case.binding(below)), duty)


def reports_answered(case: Case) -> Judged:
    """
    Each report of pollution was answered later: found not polluting, remedied, or treatment put in operation.

    A report alone is good for a check; one that an authority confirmed may carry a conclusion.
    """
    reports = case.usable("pollution_report")
    response = case.read("pollution_response", one_of("no_pollution", "remedied"), why="response")
    if not reports:
        begun = _begun_or_removed(case)
        if begun.truth is False:
            return Judged(begun, response)
        possible = case.evidence.get(case.subject, "pollution_report").possible
        if response.truth is not None:
            return Judged(CERTAIN, response)
        part = Part(None, possible=possible, missing=("pollution_report",))
        return Judged(CERTAIN, part.saying("possible_only" if possible else "report.none"))
    newest = max(reports, key=lambda one: (one.valid_latest, one.id))
    later = [
        one
        for attribute, codes in (
            ("pollution_response", ("no_pollution", "remedied")),
            ("central_treatment", HAS_PLANT),
        )
        for one in case.usable(attribute)[:1]
        if one.value in codes and one.valid_earliest is not None and one.valid_earliest >= newest.valid_latest
    ]
    if later:
        part = Part(True, used=(*later, newest)).saying("report.answered", value=later[0].valid_latest)
        return Judged(CERTAIN, part)
    confirmed = case.read("pollution_response", one_of("confirmed"), why="report.confirmed")
    if confirmed.truth is True:
        return Judged(CERTAIN, opposite(confirmed))
    is_old = all(case.evidence.is_stale(one) for one in reports)
    part = Part(False, used=reports, missing=()).saying("report.old" if is_old else "report.open")
    return Judged(CERTAIN, part)


def _area(case: Case) -> str:
    """The attribute that tells the area: the established one, else the plan's of the period of the day."""
    if case.usable("established_area_ha"):
        return "established_area_ha"
    return "plan_area_2030_ha" if case.as_of <= date(2030, 12, 31) else "plan_area_after_2030_ha"


def area_within_limits(case: Case) -> Judged:
    """
    The area lies between the least and the most.

    The least is lower in special places and for craft villages; the kind of cluster is asked for only
    where the answer depends on it. An area known too roughly for a limit is unknown.
    """
    least, special, most = case.limit("least"), case.limit("least_special"), case.limit("most")
    attribute = _area(case)
    stem = "area" if _value(special) < _value(least) else "area_single"

    def against(floor: Parameter) -> Part:
        def within(area: Interval) -> Truth:
            return all_of([area.at_most(_value(most)), area.at_least(_value(floor))])

        part = case.read(attribute, _number(within), least, special, most, why=stem)
        if part.truth is not None or not part.used:
            return part
        return replace(part, why=(Line("area_single.unclear", part.why[0].values),))

    part = against(least)
    as_special = part if _value(special) == _value(least) else against(special)
    if part.truth is not as_special.truth:
        kind = case.read("area_class", one_of("mountainous", "craft_village"), why="area_class")
        if kind.truth is None:
            depends = (Line("area.unclear", as_special.why[0].values),)
            part = replace(part, truth=None, is_strong=False, missing=("area_class",), why=depends)
        else:
            part = (as_special if kind.truth else part).on(kind)
    if part.truth is None and part.missing != ("area_class",):
        part = replace(part, missing=("established_area_ha",))
    if part.used and attribute.startswith("plan_area"):
        part = part.weak().saying("area.of_plan")
    return Judged(stands_in_plan(case), part)


def settled_if_before_2009(case: Case) -> Judged:
    """
    Formed before the regulation of 2009 → settled before the deadline.

    Seeking an investor or having left the plan settles nothing by itself: only a recorded settlement does.
    """
    formed = case.read("formed_before_2009", one_of("yes"), why="formed_before_2009")
    settled = case.read("pre2009_settlement", one_of("settled"), why="settlement")
    deadline = case.limit("deadline")
    ahead = Part(case.as_of < _value(deadline), is_strong=deadline.status.may_conclude)
    return Judged(formed, settled, ahead, _value(deadline))


def works_in_time(case: Case) -> Judged:
    """The works of the infrastructure are complete by the approved day, and not stopped or left idle."""

    def is_past(value: Value) -> Truth:
        return value.before(case.as_of) if isinstance(value, DaySpan) else None

    state = case.read("works_state", lambda value: value == "complete")
    code, _ = case.chosen_code("works_state")
    stalled = case.read("status", one_of("stalled"), why="land.stalled")
    planned = case.read("planned_completion", is_past, why="land.planned")
    begun = has_begun(case)
    if code:
        state = state.saying(f"land.{code}")
    if code == "complete" and not _is_later(case, "status", "works_state", stalled):
        return Judged(begun, state)
    is_late = planned.truth is True and code in UNFINISHED and _seen_after_completion(case)
    against = [
        part
        for part, is_against in (
            (state, code in ("stopped", "idle") or is_late),
            (opposite(stalled) if stalled.truth else stalled, stalled.truth is True),
            (opposite(planned) if planned.truth else planned, is_late),
        )
        if is_against
    ]
    if against:
        return Judged(begun, every(*against))
    if code == "substantially_complete":
        return Judged(begun, replace(state, truth=None, is_strong=False, missing=("works_state",)))
    if code and planned.truth is False:
        due = case.evidence.get(case.subject, "planned_completion").value
        latest = due.latest if isinstance(due, DaySpan) else None
        return Judged(begun, every(state, opposite(planned)), Part(True), latest)
    missing = tuple(
        attribute
        for attribute, part in (("works_state", state), ("planned_completion", planned))
        if not part.used
    ) or ("works_state" if planned.truth else "planned_completion",)
    known = Part(
        None,
        used=(*state.used, *planned.used),
        possible=(*state.possible, *planned.possible, *stalled.possible),
        missing=missing,
        why=planned.why,
    )
    return Judged(begun, known.saying("land.seen_before") if code and planned.truth is True else known)


def _is_later(case: Case, attribute: str, than: str, part: Part) -> bool:
    """Whether `part` is true and what stands for `attribute` was seen after what stands for `than`."""
    first, second = (case.evidence.get(case.subject, key).chosen for key in (attribute, than))
    return part.truth is True and first is not None and second is not None and first.newness > second.newness


def _seen_after_completion(case: Case) -> bool:
    """Whether the works were surely seen after the approved day: what was seen before proves no delay."""
    planned = case.evidence.get(case.subject, "planned_completion").value
    seen = case.evidence.get(case.subject, "works_state").chosen
    return (
        seen is not None
        and seen.valid_earliest is not None
        and isinstance(planned, DaySpan)
        and seen.valid_earliest > planned.latest
    )


def exempted_by_province(case: Case) -> Part:
    """A decision of the province frees the cluster from central treatment."""
    part = case.exempting(case.read("provincial_exemption", one_of("granted"), why="exemption"))
    return part if part.used else part.saying("province.unclear")


def tenants_treat_and_small_or_full(case: Case) -> Part:
    """Tenants treat to standard, and the cluster is old and nearly full, or its flow is small."""
    tenants = case.read("tenants_treat_to_standard", one_of("yes"), why="tenants")
    small = case.read(
        "wastewater_flow_m3_per_day",
        _number(lambda flow: flow.less_than(_value(case.limit("flow_below")))),
        case.limit("flow_below"),
        why="flow_small",
    )
    existed, full = existed_before(case, case.limit("operating_before")), _is_full(case)

    def whole(accept: Callable[[Part], Part]) -> Part:
        return every(accept(tenants), some(every(existed, accept(full)), accept(small)))

    part = whole(lambda one: one)
    if part.truth is True:
        part = whole(case.exempting)
    return part if part.truth is True else part.saying("k7.no" if part.truth is False else "k7.unclear")


def _is_full(case: Case) -> Part:
    """Occupancy by the decree above the limit; a published percentage alone is good for a check."""
    limit = case.limit("occupancy_above")
    read_parts = {
        key: case.evidence.get(case.subject, key).chosen
        for key in ("industrial_land_ha", "leased_area_ha", "committed_area_ha")
    }
    values = {key: one.value for key, one in read_parts.items() if one and isinstance(one.value, Interval)}
    occupancy = decree_occupancy(
        values.get("leased_area_ha"), values.get("committed_area_ha"), values.get("industrial_land_ha")
    )
    if occupancy is not None:
        used = tuple(one for one in read_parts.values() if one)
        truth = occupancy.more_than(_value(limit))
        ending = {True: "yes", False: "no", None: "unclear"}[truth]
        missing = tuple(key for key in read_parts if key not in values) if truth is None else ()
        return Part(
            truth, used=used, missing=missing or (("leased_area_ha",) if truth is None else ())
        ).saying(f"occupancy.{ending}", value=occupancy, occupancy_above=limit.value)
    published = case.read(
        "occupancy_published_pct",
        _number(lambda pct: pct.more_than(_value(limit))),
        limit,
        why="occupancy_published",
    ).weak()
    return replace(published, missing=tuple(read_parts)) if published.truth is None else published


def existed_before_limit(case: Case) -> Part:
    """
    Outside the limits, and set up before the day on which such an area stopped being allowed.

    An area that may be over the most needs what such an area needs: to be older than 2009.
    """
    area = area_within_limits(case).duty
    if area.truth is True:
        return Part(False)
    if not area.used:
        return Part(None, missing=area.missing)
    most = case.limit("most")
    if case.read(_area(case), _number(lambda area: area.at_most(_value(most)))).truth is not True:
        return case.read("formed_before_2009", one_of("yes"), why="formed_before_2009")
    part = existed_before(case, case.limit("set_up_before"), is_in_use=False)
    return part.saying("grandfathered.unclear") if part.truth is None else part


@dataclass(frozen=True, slots=True)
class RuleTest:
    """A test of a duty, the parameters a rule must give it, and the attributes it reads."""

    judge: Callable[[Case], Judged]
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExemptionTest:
    """A test of an exemption, and the parameters a rule must give it."""

    judge: Callable[[Case], Part]
    parameters: tuple[str, ...] = ()


DUTIES: Mapping[str, RuleTest] = {
    "central_treatment": RuleTest(central_treatment, ("operating_before", "deadline")),
    "environmental_file": RuleTest(environmental_file),
    "permit_when_discharging": RuleTest(permit_when_discharging, ("operating_before", "deadline")),
    "permit_by_load": RuleTest(permit_by_load, ("flow_surely", "flow_possibly", "gas_from")),
    "registration_below_load": RuleTest(
        registration_below_load,
        ("flow_surely", "flow_possibly", "gas_from", "register_flow_from", "register_gas_from"),
    ),
    "reports_answered": RuleTest(reports_answered),
    "area_within_limits": RuleTest(area_within_limits, ("least", "least_special", "most")),
    "settled_if_before_2009": RuleTest(settled_if_before_2009, ("deadline",)),
    "works_in_time": RuleTest(works_in_time),
}
EXEMPTIONS: Mapping[str, ExemptionTest] = {
    "exempted_by_province": ExemptionTest(exempted_by_province),
    "tenants_treat_and_small_or_full": ExemptionTest(
        tenants_treat_and_small_or_full, ("operating_before", "occupancy_above", "flow_below")
    ),
    "existed_before_limit": ExemptionTest(existed_before_limit, ("set_up_before", "most")),
}
TESTS: Mapping[str, RuleTest | ExemptionTest] = {**DUTIES, **EXEMPTIONS}
