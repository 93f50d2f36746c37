"""Files and permits, reports of pollution, areas, clusters older than 2009, land."""

from datetime import date

import pytest

from lib.domain.finding import Answer, Strength, Word
from lib.domain.interval import DaySpan, Interval
from lib.domain.observation import SourceKind
from tests.assess.make import HUNDREDS, OPERATING, TODAY, finding, say, year


def flow(value, seen=TODAY):
    return say("wastewater_flow_m3_per_day", value, seen)


def gas(value, seen=TODAY):
    return say("exhaust_gas_m3_per_hour", value, seen)


NO_GAS = gas(0)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ([], Answer.UNKNOWN),
        ([say("environmental_file", "eia_approved")], Answer.MET),
        ([say("environmental_file", "scheme_approved")], Answer.MET),
        ([say("environmental_file", "not_approved")], Answer.UNMET),
        ([say("environmental_file", "not_approved"), say("environmental_permit", "in_force")], Answer.MET),
        ([say("environmental_registration", "registered")], Answer.MET),
        ([say("environmental_permit", "none")], Answer.UNKNOWN),
    ],
)
def test_any_approved_file_of_its_time_will_do(said, answer):
    assert finding("R-FILE", OPERATING, *said).answer is answer


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        (99.9, Answer.NOT_APPLICABLE),
        (100.0, Answer.UNMET),
        (HUNDREDS, Answer.UNMET),
        (Interval(50, 150), Answer.UNKNOWN),
        (None, Answer.UNKNOWN),
    ],
)
def test_from_18_may_2026_a_permit_is_needed_at_a_hundred_cubic_metres(value, answer):
    said = [flow(value)] if value is not None else []
    found = finding("R-GPMT", OPERATING, NO_GAS, say("environmental_permit", "none"), *said)
    assert (found.rule.id, found.answer) == ("R-GPMT-2", answer)


@pytest.mark.parametrize(
    ("load", "answer"),
    [(99_999.0, Answer.NOT_APPLICABLE), (100_000.0, Answer.UNMET), (None, Answer.UNKNOWN)],
)
def test_exhaust_gas_needs_a_permit_as_well(load, answer):
    said = [gas(load)] if load is not None else []
    found = finding("R-GPMT", OPERATING, flow(50), say("environmental_permit", "none"), *said)
    assert found.answer is answer
    if load is None:
        assert (found.word, [one.attribute for one in found.missing]) == (
            Word.UNCLEAR,
            ["exhaust_gas_m3_per_hour"],
        )


@pytest.mark.parametrize("seen", [(None, TODAY), date(2025, 11, 23)])
def test_an_old_small_flow_frees_from_no_permit_and_an_old_large_one_from_no_registration(seen):
    for family, value in (("R-GPMT", 50), ("R-DKMT", 500)):
        found = finding(family, OPERATING, NO_GAS, flow(value, seen))
        assert found.word is Word.UNCLEAR
        assert "wastewater_flow_m3_per_day" in {one.attribute for one in found.missing}


def test_without_a_permit_in_an_official_record_the_read_text_concludes():
    found = finding("R-GPMT", OPERATING, say("environmental_permit", "none"), flow(100))
    assert (found.strength, found.word) == (Strength.CONCLUSIVE, Word.SIGN)


@pytest.mark.parametrize("kind", [SourceKind.PRESS, SourceKind.COMPANY, SourceKind.DERIVED])
def test_press_and_companies_never_conclude(kind):
    found = finding("R-GPMT", OPERATING, say("environmental_permit", "none", TODAY, kind), flow(100))
    assert (found.strength, found.word) == (Strength.CHECK, Word.RISK)


@pytest.mark.parametrize(
    ("first", "strength"),
    [(date(2025, 11, 24), Strength.CONCLUSIVE), (date(2025, 11, 23), Strength.CHECK), (None, Strength.CHECK)],
)
def test_evidence_concludes_only_while_surely_within_its_shelf_life(first, strength):
    said = (OPERATING, say("environmental_permit", "none"), flow(100, (first, TODAY)))
    assert finding("R-GPMT", *said).strength is strength


@pytest.mark.parametrize(
    ("expiry", "answer"),
    [
        (None, Answer.MET),
        (date(2026, 11, 23), Answer.UNMET),
        (TODAY, Answer.MET),
        (date(2027, 1, 1), Answer.MET),
    ],
)
def test_a_permit_counts_until_the_day_it_expires(expiry, answer):
    said = [say("environmental_permit_expiry", DaySpan(expiry, expiry))] if expiry else []
    assert (
        finding("R-GPMT", OPERATING, flow(200), say("environmental_permit", "in_force"), *said).answer
        is answer
    )


def test_a_permit_holds_until_it_expires_however_long_ago_it_was_seen():
    old = date(2019, 5, 1)
    permit = say("environmental_permit", "in_force", old)
    expiry = say("environmental_permit_expiry", DaySpan(date(2029, 5, 1), date(2029, 5, 1)), old)
    found = finding("R-GPMT", OPERATING, flow(200), permit, expiry)
    assert (found.answer, found.strength) == (Answer.MET, Strength.CONCLUSIVE)
    assert all(use.role == "used" and use.is_surely_fresh for use in found.evidence)
    without = finding("R-GPMT", OPERATING, flow(200), permit)
    assert (without.answer, without.strength) == (Answer.MET, Strength.CHECK)


@pytest.mark.parametrize("kind", [SourceKind.PRESS, SourceKind.COMPANY])
def test_a_later_expiry_of_a_permit_counts_whoever_says_so(kind):
    permit = say("environmental_permit", "in_force", date(2024, 1, 1), SourceKind.LEGAL_DOCUMENT)
    expired = say("environmental_permit", "expired", date(2026, 1, 1), kind)
    found = finding("R-GPMT", OPERATING, flow(200), permit, expired)
    assert (found.answer, found.word) == (Answer.UNMET, Word.RISK)


@pytest.mark.parametrize("first", [SourceKind.LEGAL_DOCUMENT, SourceKind.PRESS])
@pytest.mark.parametrize("second", [SourceKind.OFFICIAL_REPORT, SourceKind.PRESS])
def test_the_newest_word_on_a_violation_stands_across_kinds_of_source(first, second):
    opened = say("violation_wastewater", "open", date(2025, 3, 1), first)
    closed = say("violation_wastewater", "closed", date(2026, 3, 1), second)
    assert finding("R-WWT", opened, closed).word is Word.UNCLEAR
    again = say("violation_wastewater", "open", date(2026, 9, 1), second)
    assert finding("R-WWT", opened, closed, again).is_flag


def test_a_permit_that_may_have_expired_is_unclear():
    expiry = say("environmental_permit_expiry", year(2026))
    assert (
        finding("R-GPMT", OPERATING, flow(200), say("environmental_permit", "in_force"), expiry).answer
        is Answer.UNKNOWN
    )


@pytest.mark.parametrize(
    ("value", "answer"),
    [(0.0, Answer.NOT_APPLICABLE), (5.0, Answer.UNKNOWN), (49.9, Answer.UNKNOWN), (50.0, Answer.UNMET)],
)
def test_from_29_january_2026_small_flows_depend_on_the_kind_of_water(value, answer):
    day = date(2026, 3, 1)
    said = (say("operating", "yes", day), say("environmental_permit", "none", day), flow(value, day))
    found = finding("R-GPMT", *said, gas(4999, day), as_of=day)
    assert (found.rule.id, found.answer) == ("R-GPMT-1", answer)


@pytest.mark.parametrize(
    ("as_of", "answer"), [(date(2024, 12, 31), Answer.UNKNOWN), (date(2025, 1, 1), Answer.UNMET)]
)
def test_an_older_cluster_had_until_the_end_of_2024_for_its_permit(as_of, answer):
    day = date(2021, 6, 1)
    said = (say("operating", "yes", day), say("environmental_permit", "none", day), flow(300, day))
    assert finding("R-GPMT", *said, as_of=as_of).answer is answer


@pytest.mark.parametrize("as_of", [date(2027, 3, 1), date(2028, 1, 1)])
@pytest.mark.parametrize("family", ["R-GPMT", "R-DKMT"])
def test_after_the_resolution_has_ended_the_old_rule_never_judges(as_of, family):
    found = finding(family, OPERATING, say("environmental_permit", "none"), flow(500), as_of=as_of)
    assert (found.answer, found.word, [line.key for line in found.why]) == (
        Answer.UNKNOWN,
        Word.UNCLEAR,
        ["lapsed"],
    )


def test_on_its_last_day_the_resolution_still_judges():
    found = finding(
        "R-GPMT", OPERATING, say("environmental_permit", "none"), flow(500), as_of=date(2027, 2, 28)
    )
    assert found.answer is Answer.UNMET


@pytest.mark.parametrize(
    ("value", "said", "answer"),
    [
        (100.0, [], Answer.NOT_APPLICABLE),
        (99.0, [], Answer.UNKNOWN),
        (99.0, [say("environmental_registration", "none")], Answer.UNMET),
        (
            99.0,
            [say("environmental_registration", "none"), say("environmental_permit", "in_force")],
            Answer.MET,
        ),
        (99.0, [say("environmental_registration", "registered")], Answer.MET),
    ],
)
def test_below_the_permit_a_cluster_is_registered_or_keeps_its_permit(value, said, answer):
    assert finding("R-DKMT", OPERATING, NO_GAS, flow(value), *said).answer is answer


@pytest.mark.parametrize(
    ("water", "air", "where"),
    [
        (50, 0, "province"),
        (49.9, 20_000, "province"),
        (49.9, 19_999, "commune"),
        (Interval(40, 60), 0, None),
    ],
)
def test_where_to_register_goes_by_flow_and_gas(water, air, where):
    found = finding("R-DKMT", OPERATING, flow(water), gas(air), say("environmental_registration", "none"))
    lines = [line.key for line in found.why if line.key.startswith("registration_at")]
    assert lines == ([f"registration_at.{where}"] if where else [])


REPORT = say("pollution_report", "nước thải chảy ra kênh", date(2026, 3, 1), SourceKind.PRESS)


@pytest.mark.parametrize(
    ("said", "answer", "word"),
    [
        ([], Answer.UNKNOWN, Word.UNCLEAR),
        ([REPORT], Answer.UNMET, Word.RISK),
        ([REPORT, say("pollution_response", "remedied", date(2026, 4, 1))], Answer.MET, Word.MET),
        ([REPORT, say("pollution_response", "remedied", date(2026, 2, 1))], Answer.UNMET, Word.RISK),
        ([REPORT, say("pollution_response", "remedied", (None, date(2026, 4, 1)))], Answer.UNMET, Word.RISK),
        ([REPORT, say("central_treatment", "operating", date(2026, 4, 1))], Answer.MET, Word.MET),
        ([REPORT, say("pollution_response", "confirmed", date(2026, 4, 1))], Answer.UNMET, Word.SIGN),
        ([say("status", "planned")], Answer.NOT_APPLICABLE, Word.NOT_APPLICABLE),
        ([say("status", "removed"), REPORT], Answer.UNMET, Word.RISK),
    ],
)
def test_a_report_stands_until_it_is_answered_later(said, answer, word):
    found = finding("R-REC", *said)
    assert (found.answer, found.word) == (answer, word)


def test_an_official_report_of_pollution_alone_is_good_for_a_check():
    official = say("pollution_report", "nước thải chảy ra kênh", date(2026, 3, 1))
    assert finding("R-REC", official).word is Word.RISK


def area(value, seen=TODAY):
    return say("established_area_ha", value, seen, SourceKind.LEGAL_DOCUMENT)


@pytest.mark.parametrize(
    ("as_of", "value", "answer"),
    [
        (date(2025, 6, 30), 75.0, Answer.MET),
        (date(2025, 6, 30), 75.1, Answer.UNKNOWN),
        (date(2025, 6, 30), 10.0, Answer.MET),
        (date(2025, 6, 30), 9.9, Answer.UNKNOWN),
        (date(2025, 6, 30), 5.0, Answer.UNKNOWN),
        (date(2025, 6, 30), 4.9, Answer.UNKNOWN),
        (date(2026, 9, 14), 9.9, Answer.UNKNOWN),
        (date(2026, 9, 15), 9.9, Answer.MET),
        (date(2026, 9, 15), 5.0, Answer.MET),
        (date(2026, 9, 15), Interval(24, 25, high_open=True), Answer.MET),
    ],
)
def test_area_limits_by_the_law_of_the_day(as_of, value, answer):
    assert finding("R-AREA", area(value, date(2024, 5, 1)), as_of=as_of).answer is answer


@pytest.mark.parametrize(
    ("value", "is_flag"), [(4.9, True), (5.0, False), (9.9, False), (75.1, True), (Interval(4, 6), False)]
)
def test_only_an_area_surely_outside_is_flagged_while_its_age_is_unknown(value, is_flag):
    found = finding("R-AREA", area(value, date(2024, 5, 1)), as_of=date(2025, 6, 30))
    assert (found.is_flag, found.is_exemption_open) == (is_flag, is_flag)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ([say("established_on", DaySpan(date(2017, 7, 14), date(2017, 7, 14)))], Answer.NOT_APPLICABLE),
        ([say("established_on", DaySpan(date(2017, 7, 15), date(2017, 7, 15)))], Answer.UNMET),
        ([say("established_on", year(2017))], Answer.UNKNOWN),
        ([say("operating_since", year(2014))], Answer.NOT_APPLICABLE),
        ([say("operating_since", year(2020))], Answer.UNKNOWN),
        ([say("operating", "yes", date(2016, 1, 1))], Answer.NOT_APPLICABLE),
    ],
)
def test_a_small_cluster_set_up_before_mid_july_2017_goes_on(said, answer):
    assert finding("R-AREA", area(4.4), *said).answer is answer


def missing(found):
    return [one.attribute for one in found.missing]


BEFORE = date(2024, 5, 1)
AREA_1B = date(2025, 7, 1)
AREA_2 = date(2026, 9, 15)


@pytest.mark.parametrize(
    ("as_of", "value", "kind", "ask"),
    [
        (AREA_1B, Interval(70, 80), "", "established_area_ha"),
        (AREA_1B, Interval(70, 80), "craft_village", "established_area_ha"),
        (AREA_2, Interval(70, 80), "", "established_area_ha"),
        (AREA_1B, Interval(9, 12), "other", "established_area_ha"),
        (AREA_1B, Interval(9, 12), "", "area_class"),
        (AREA_2, Interval(4, 6), "", "established_area_ha"),
        (AREA_1B, Interval(4, 6), "craft_village", "established_area_ha"),
        (AREA_1B, Interval(4, 12), "", "established_area_ha"),
        (AREA_1B, 7.0, "", "area_class"),
    ],
)
def test_an_area_that_straddles_a_limit_is_unknown_and_asks_for_what_decides(as_of, value, kind, ask):
    said = [area(value, BEFORE), *([say("area_class", kind, BEFORE)] if kind else [])]
    found = finding("R-AREA", *said, as_of=as_of)
    assert (found.answer, found.word, missing(found)) == (Answer.UNKNOWN, Word.UNCLEAR, [ask])


def test_the_kind_of_cluster_never_saves_from_the_upper_limit_nor_condemns_a_large_enough_one():
    craft = say("area_class", "craft_village", BEFORE)
    other = say("area_class", "other", BEFORE)
    young = say("formed_before_2009", "no", BEFORE)
    assert finding("R-AREA", area(76, BEFORE), craft, young, as_of=AREA_1B).answer is Answer.UNMET
    assert finding("R-AREA", area(10, BEFORE), other, as_of=AREA_1B).answer is Answer.MET
    assert finding("R-AREA", area(Interval(5, 9), BEFORE), craft, as_of=AREA_1B).answer is Answer.MET


def test_an_area_that_may_be_over_the_most_is_not_freed_by_having_stood_in_2014():
    old = say("operating_since", year(2014))
    assert finding("R-AREA", area(Interval(70, 80)), old).answer is Answer.UNKNOWN


def test_an_oversize_cluster_goes_on_only_when_formed_before_2009():
    assert finding("R-AREA", area(80), say("operating_since", year(2014))).answer is Answer.UNKNOWN
    assert finding("R-AREA", area(80), say("formed_before_2009", "yes")).answer is Answer.NOT_APPLICABLE
    assert finding("R-AREA", area(80), say("formed_before_2009", "no")).answer is Answer.UNMET


def test_an_old_cluster_inside_the_limits_meets_them_and_needs_no_exemption():
    assert finding("R-AREA", area(51), say("operating_since", year(2014))).answer is Answer.MET


@pytest.mark.parametrize(
    ("kind", "answer"),
    [("craft_village", Answer.MET), ("mountainous", Answer.MET), ("other", Answer.UNKNOWN)],
)
def test_between_five_and_ten_hectares_it_depends_on_the_kind_of_cluster(kind, answer):
    said = (area(7, date(2024, 5, 1)), say("area_class", kind, date(2024, 5, 1)))
    found = finding("R-AREA", *said, as_of=date(2025, 6, 30))
    assert (found.answer, found.is_exemption_open) == (answer, kind == "other")


def test_without_an_established_area_the_plans_area_of_the_period_is_good_for_a_check():
    said = (
        say("plan_area_2030_ha", 4.4, date(2022, 11, 8), SourceKind.LEGAL_DOCUMENT),
        say("plan_area_after_2030_ha", 20, date(2022, 11, 8), SourceKind.LEGAL_DOCUMENT),
    )
    now = finding("R-AREA", *said, as_of=date(2025, 6, 30))
    assert (now.word, now.strength) == (Word.RISK, Strength.CHECK)
    assert finding("R-AREA", *said, as_of=date(2031, 1, 1)).answer is Answer.MET


def test_an_area_nobody_knows_is_not_freed_by_age():
    found = finding("R-AREA", say("operating_since", year(2014)))
    assert (found.answer, [one.attribute for one in found.missing]) == (
        Answer.UNKNOWN,
        ["established_area_ha"],
    )


@pytest.mark.parametrize(
    ("as_of", "settled", "answer", "is_flag"),
    [
        (date(2026, 12, 30), "unsettled", Answer.UNKNOWN, False),
        (date(2026, 12, 31), "unsettled", Answer.UNMET, True),
        (date(2026, 12, 30), "settled", Answer.MET, False),
        (date(2027, 6, 1), "settled", Answer.MET, False),
    ],
)
def test_clusters_older_than_2009_are_settled_before_the_last_day_of_2026(as_of, settled, answer, is_flag):
    found = finding(
        "R-PRE2009", say("formed_before_2009", "yes"), say("pre2009_settlement", settled), as_of=as_of
    )
    assert (found.answer, found.is_flag) == (answer, is_flag)
    assert found.due == (date(2026, 12, 31) if answer is Answer.UNKNOWN else None)


def test_a_cluster_formed_later_has_nothing_to_settle():
    assert finding("R-PRE2009", say("formed_before_2009", "no")).answer is Answer.NOT_APPLICABLE
    assert finding("R-PRE2009").answer is Answer.UNKNOWN


@pytest.mark.parametrize("status", ["calling_investor", "planned", "removed"])
def test_neither_seeking_an_investor_nor_leaving_the_plan_settles_a_cluster_older_than_2009(status):
    said = (say("formed_before_2009", "yes"), say("status", status, date(2026, 12, 31)))
    day = date(2026, 12, 31)
    assert finding("R-PRE2009", *said, as_of=day).word is Word.UNCLEAR
    assert finding("R-PRE2009", *said, say("pre2009_settlement", "unsettled"), as_of=day).is_flag
    assert finding("R-PRE2009", *said, say("pre2009_settlement", "settled"), as_of=day).word is Word.MET


@pytest.mark.parametrize("family", ["R-AREA", "R-LAND"])
@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ([say("status", "removed")], Answer.NOT_APPLICABLE),
        ([say("status", "removed", (None, TODAY))], Answer.UNKNOWN),
        ([say("status", "removed", date(2024, 1, 1))], Answer.UNKNOWN),
        ([say("status", "removed"), OPERATING], Answer.UNKNOWN),
        ([say("status", "removed"), say("operating", "yes", date(2020, 1, 1))], Answer.NOT_APPLICABLE),
    ],
)
def test_removal_frees_only_while_it_surely_holds_and_nobody_is_seen_at_work(family, said, answer):
    found = finding(family, *said)
    assert found.answer is answer
    if answer is Answer.UNKNOWN:
        assert "status" in missing(found) and "removed_unsure" in [line.key for line in found.why]


def test_works_seen_after_an_old_status_show_that_it_has_begun():
    said = (say("status", "planned", date(2018, 1, 1)), say("works_state", "idle"))
    assert finding("R-LAND", *said).answer is Answer.UNMET


COMPLETION = DaySpan(date(2025, 12, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ([], Answer.UNKNOWN),
        ([say("works_state", "complete")], Answer.MET),
        ([say("works_state", "stopped")], Answer.UNMET),
        ([say("works_state", "idle")], Answer.UNMET),
        ([say("status", "stalled")], Answer.UNMET),
        ([say("works_state", "under_construction")], Answer.UNKNOWN),
        ([say("works_state", "under_construction"), say("planned_completion", COMPLETION)], Answer.UNMET),
        (
            [
                say("works_state", "under_construction", date(2025, 6, 1)),
                say("planned_completion", COMPLETION),
            ],
            Answer.UNKNOWN,
        ),
        (
            [say("works_state", "substantially_complete"), say("planned_completion", COMPLETION)],
            Answer.UNKNOWN,
        ),
        ([say("works_state", "complete", date(2024, 1, 1)), say("status", "stalled")], Answer.UNMET),
        ([say("works_state", "complete"), say("status", "stalled", date(2024, 1, 1))], Answer.MET),
        ([say("planned_completion", COMPLETION)], Answer.UNKNOWN),
        ([say("status", "calling_investor")], Answer.NOT_APPLICABLE),
    ],
)
def test_works_are_late_only_when_seen_unfinished_after_the_approved_day(said, answer):
    assert finding("R-LAND", *said).answer is answer


def test_works_whose_day_lies_ahead_are_unknown_with_the_day():
    said = (
        say("works_state", "under_construction"),
        say("planned_completion", DaySpan(date(2028, 1, 1), date(2028, 3, 31))),
    )
    found = finding("R-LAND", *said)
    assert (found.word, found.due) == (Word.UNCLEAR, date(2028, 3, 31))


@pytest.mark.parametrize(
    ("family", "attribute"),
    [("R-WWT", "violation_wastewater"), ("R-FILE", "violation_legal_file"), ("R-REC", "violation_record")],
)
@pytest.mark.parametrize(
    ("state", "kind", "word"),
    [
        ("open", SourceKind.OFFICIAL_REPORT, Word.VIOLATION),
        ("open", SourceKind.LEGAL_DOCUMENT, Word.VIOLATION),
        ("open", SourceKind.PRESS, Word.RISK),
        ("closed", SourceKind.OFFICIAL_REPORT, Word.UNCLEAR),
    ],
)
def test_only_an_open_official_conclusion_says_violation(family, attribute, state, kind, word):
    assert finding(family, say(attribute, state, TODAY, kind)).word is word
