"""What holds for any evidence."""

import itertools
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.assess.evaluate import assess
from lib.assess.index import index_of
from lib.assess.levels import level_of
from lib.assess.part import Part, every, opposite, some
from lib.domain.finding import Answer, Level, Word
from lib.domain.interval import DaySpan, Interval
from lib.domain.kleene import all_of, any_of, negate
from lib.domain.observation import SourceKind
from lib.text import LANGUAGES, t
from tests.assess.make import CODE, TODAY, attributes, book, evidence, say

CODES = {
    key: attributes()[key].allowed
    for key in (
        "status",
        "operating",
        "works_state",
        "central_treatment",
        "provincial_exemption",
        "tenants_treat_to_standard",
        "environmental_file",
        "environmental_permit",
        "environmental_registration",
        "pollution_response",
        "formed_before_2009",
        "pre2009_settlement",
        "area_class",
    )
}
VIOLATIONS = ("violation_wastewater", "violation_legal_file", "violation_record")
NUMBERS = {
    "wastewater_flow_m3_per_day": 300.0,
    "exhaust_gas_m3_per_hour": 200_000.0,
    "occupancy_published_pct": 100.0,
    "established_area_ha": 90.0,
    "plan_area_2030_ha": 90.0,
    "industrial_land_ha": 40.0,
    "leased_area_ha": 40.0,
    "committed_area_ha": 40.0,
}
DAYS = ("operating_since", "established_on", "planned_completion", "environmental_permit_expiry")
days = st.dates(date(2008, 1, 1), date(2026, 11, 24))
seen = st.tuples(st.one_of(st.none(), days), days).map(
    lambda two: two if two[0] is None or two[0] <= two[1] else (two[1], two[0])
)


def spans(top):
    ends = st.tuples(st.integers(1, int(top)), st.integers(1, int(top)))
    return ends.map(lambda two: Interval(min(two), max(two)))


def statements(violations: bool = False):
    kinds = st.sampled_from(SourceKind)
    choices = [
        st.builds(say, st.just(key), st.sampled_from(allowed), seen, kinds) for key, allowed in CODES.items()
    ]
    choices += [st.builds(say, st.just(key), spans(top), seen, kinds) for key, top in NUMBERS.items()]
    ends = st.tuples(days, days).map(lambda two: DaySpan(min(two), max(two)))
    choices += [st.builds(say, st.just(key), ends, seen, kinds) for key in DAYS]
    choices += [
        st.builds(say, st.just("pollution_report"), st.sampled_from(["kênh đen", "khói bụi"]), seen, kinds)
    ]
    if violations:
        choices += [
            st.builds(say, st.just(key), st.sampled_from(["open", "closed"]), seen, kinds)
            for key in VIOLATIONS
        ]
    return st.lists(st.one_of(choices), max_size=14, unique_by=lambda one: one.id)


as_of_days = st.dates(date(2014, 1, 1), date(2028, 12, 31))


def judge(said, as_of=TODAY):
    return assess([CODE], evidence(*said, as_of=as_of), book())


@settings(max_examples=150, deadline=None)
@given(statements(), as_of_days)
def test_nothing_but_a_recorded_conclusion_says_violation(said, as_of):
    assert all(one.word is not Word.VIOLATION for one in judge(said, as_of))


@settings(max_examples=150, deadline=None)
@given(statements(violations=True), as_of_days, st.randoms(use_true_random=False))
def test_results_do_not_depend_on_the_order_of_the_rows(said, as_of, shuffler):
    mixed = list(said)
    shuffler.shuffle(mixed)
    assert judge(said, as_of) == judge(mixed, as_of)


@settings(max_examples=150, deadline=None)
@given(
    statements(),
    st.dates(date(2022, 1, 1), date(2028, 12, 31)),
    st.sampled_from(VIOLATIONS),
    st.sampled_from(SourceKind),
)
def test_a_breach_never_lowers_the_level(said, as_of, attribute, kind):
    order = list(Level)
    before = level_of(judge(said, as_of), book().levels)
    after = level_of(judge([*said, say(attribute, "open", as_of, kind)], as_of), book().levels)
    assert order.index(after) <= min(order.index(before), order.index(Level.MEDIUM))


@settings(max_examples=200, deadline=None)
@given(statements(violations=True), as_of_days)
def test_every_finding_is_whole(said, as_of):
    found = judge(said, as_of)
    for one in found:
        assert one.word.is_flag == (one.answer is Answer.UNMET or one.is_exemption_open)
        if one.is_exemption_open:
            assert one.answer is Answer.UNKNOWN and one.missing
        if one.answer is Answer.UNKNOWN:
            assert one.missing or one.due or [line.key for line in one.why] == ["lapsed"], one.rule.id
        if one.answer is not Answer.UNKNOWN:
            assert one.evidence, one.rule.id
        assert all(use.observation.valid_latest <= as_of for use in one.evidence if use.role != "possible")
        assert all(item.attribute in attributes() for item in one.missing)
        for lang, line in itertools.product(LANGUAGES, one.why):
            assert "{" not in t(lang, f"rules.why.{line.key}", **line.values)
    index = index_of(found, book())
    assert 0 <= index.low <= index.high <= 100.0001


@settings(max_examples=200, deadline=None)
@given(statements(), as_of_days)
def test_no_answer_frees_a_cluster_on_a_status_that_may_no_longer_hold(said, as_of):
    """Without any surely fresh word on status, operation or load, no duty of an operating one is excused."""
    given = evidence(*said, as_of=as_of)
    frees = ("status", "operating", "wastewater_flow_m3_per_day", "exhaust_gas_m3_per_hour")
    fresh = [one for key in frees for one in given.get(CODE, key).usable if given.is_surely_fresh(one)]
    if fresh:
        return
    bound = ("R-FILE", "R-GPMT", "R-DKMT", "R-LAND")
    found = [one for one in assess([CODE], given, book()) if one.rule.family in bound]
    assert all(one.answer is not Answer.NOT_APPLICABLE for one in found)


TREATMENT = {
    "operating": ("yes",),
    "central_treatment": ("none", "operating"),
    "provincial_exemption": ("granted", "refused"),
    "tenants_treat_to_standard": ("yes", "no"),
    "wastewater_flow_m3_per_day": (50.0, 500.0),
    "occupancy_published_pct": (70.0, 90.0),
    "operating_since": (
        DaySpan(date(2014, 1, 1), date(2014, 12, 31)),
        DaySpan(date(2023, 1, 1), date(2023, 12, 31)),
    ),
}


@settings(max_examples=200, deadline=None)
@given(
    st.fixed_dictionaries({key: st.sampled_from((None, *values)) for key, values in TREATMENT.items()}),
    st.data(),
)
def test_replacing_an_unknown_by_a_value_never_turns_what_was_settled(known, data):
    """A breach of the duty of treatment, or none, once settled, stays so whatever else is learned."""

    def breach(facts):
        said = [say(key, value) for key, value in facts.items() if value is not None]
        answer = next(one.answer for one in judge(said) if one.rule.family == "R-WWT")
        return {Answer.UNMET: True, Answer.MET: False, Answer.NOT_APPLICABLE: False, Answer.UNKNOWN: None}[
            answer
        ]

    before = breach(known)
    unknown = [key for key, value in known.items() if value is None]
    if before is None or not unknown:
        return
    key = data.draw(st.sampled_from(unknown))
    assert breach(known | {key: data.draw(st.sampled_from(TREATMENT[key]))}) is before


@pytest.mark.parametrize("truths", list(itertools.product((True, False, None), repeat=2)))
def test_parts_combine_as_kleene_says(truths):
    parts = [Part(truth, missing=("x",) if truth is None else ()) for truth in truths]
    assert every(*parts).truth is all_of(truths)
    assert some(*parts).truth is any_of(truths)
    assert opposite(every(*parts)).truth is negate(all_of(truths))
    assert opposite(every(*parts)).truth is some(*map(opposite, parts)).truth


@pytest.mark.parametrize(
    ("join", "truth"),
    [(every, False), (some, True)],
    ids=["one false part is enough", "one true part is enough"],
)
def test_where_one_part_is_enough_the_strongest_counts(join, truth):
    weak, strong = Part(truth), Part(truth, is_strong=True)
    assert join(weak, strong).is_strong
    assert not join(weak, Part(not truth, is_strong=True)).is_strong


@pytest.mark.parametrize(("join", "truth"), [(every, True), (some, False)])
def test_where_all_parts_are_needed_the_weakest_counts(join, truth):
    assert not join(Part(truth), Part(truth, is_strong=True)).is_strong
