"""Central wastewater treatment: who is bound, since when, and what frees from it."""

from datetime import date

import pytest

from lib.domain.finding import Answer, Strength, Word
from lib.domain.interval import Interval, exactly
from lib.domain.observation import SourceKind
from tests.assess.make import HUNDREDS, NO_PLANT, OPERATING, TODAY, finding, say, year

REFUSED = say("provincial_exemption", "refused")
OLD = say("operating_since", year(2014))
TENANTS = say("tenants_treat_to_standard", "yes")
OPERATING_BY_THE_PRESS = say("operating", "yes", TODAY, SourceKind.PRESS)


def keys(found):
    return [line.key for line in found.why]


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        ("operating", Answer.MET),
        ("none", Answer.UNMET),
        ("planned", Answer.UNMET),
        ("building", Answer.UNMET),
        ("built_noncompliant", Answer.UNMET),
        ("built_unverified", Answer.UNKNOWN),
    ],
)
def test_only_a_plant_in_operation_meets_the_duty(state, answer):
    said = say("central_treatment", state, date(2025, 6, 1))
    operating = say("operating", "yes", date(2025, 6, 1))
    assert finding("R-WWT", operating, said, as_of=date(2025, 12, 31)).answer is answer


@pytest.mark.parametrize(
    ("as_of", "rule"),
    [
        (date(2025, 12, 31), "R-WWT-1"),
        (date(2026, 1, 1), "R-WWT-2"),
        (date(2026, 1, 28), "R-WWT-2"),
        (date(2026, 1, 29), "R-WWT-3"),
        (TODAY, "R-WWT-3"),
    ],
)
def test_the_version_is_the_one_in_force_on_the_day(as_of, rule):
    assert finding("R-WWT", as_of=as_of).rule.id == rule


def test_there_is_no_rule_before_the_law_took_effect():
    with pytest.raises(AssertionError, match="0 findings"):
        finding("R-WWT", as_of=date(2021, 12, 31))


@pytest.mark.parametrize(
    ("as_of", "answer", "is_flag"),
    [(date(2023, 12, 31), Answer.UNKNOWN, False), (date(2024, 1, 1), Answer.UNMET, True)],
)
def test_an_older_cluster_had_until_the_last_day_of_2023(as_of, answer, is_flag):
    said = (say("operating", "yes", date(2021, 6, 1)), say("central_treatment", "none", date(2021, 6, 1)))
    found = finding("R-WWT", *said, as_of=as_of)
    assert (found.answer, found.is_flag) == (answer, is_flag)
    assert found.due == (date(2024, 1, 1) if answer is Answer.UNKNOWN else None)


def test_a_cluster_that_began_after_the_law_had_no_time_to_complete():
    said = (
        say("operating", "yes", date(2023, 1, 1)),
        say("operating_since", year(2022), date(2023, 1, 1)),
        say("central_treatment", "none", date(2023, 1, 1)),
    )
    assert finding("R-WWT", *said, as_of=date(2023, 6, 1)).answer is Answer.UNMET


def test_a_cluster_of_unknown_age_before_the_deadline_is_unclear_and_not_flagged():
    said = (say("operating", "yes", date(2023, 1, 1)), say("central_treatment", "none", date(2023, 1, 1)))
    found = finding("R-WWT", *said, as_of=date(2023, 6, 1))
    assert (found.word, [one.attribute for one in found.missing]) == (Word.UNCLEAR, ["operating_since"])


@pytest.mark.parametrize(
    ("said", "answer", "why"),
    [
        ([], Answer.UNKNOWN, "operating.nothing"),
        ([say("operating", "unclear")], Answer.UNKNOWN, "operating.unclear"),
        ([say("operating", "no")], Answer.NOT_APPLICABLE, "operating.no"),
        ([say("operating", "no", date(2020, 1, 1))], Answer.UNKNOWN, "doubt.old"),
        ([say("status", "planned")], Answer.NOT_APPLICABLE, "not_yet"),
        ([say("status", "calling_investor", date(2023, 1, 1))], Answer.UNKNOWN, "operating.nothing"),
        ([say("status", "removed")], Answer.NOT_APPLICABLE, "removed"),
        ([say("status", "removed"), OPERATING], Answer.UNKNOWN, "operating.yes"),
        ([say("status", "removed"), say("operating", "unclear")], Answer.UNKNOWN, "operating.unclear"),
        ([say("status", "removed", (None, TODAY))], Answer.UNKNOWN, "operating.nothing"),
        ([say("status", "planned", (None, TODAY))], Answer.UNKNOWN, "operating.nothing"),
        ([say("operating", "no", (None, TODAY))], Answer.UNKNOWN, "doubt.undated"),
        ([say("operating", "no", (date(2024, 11, 23), TODAY))], Answer.UNKNOWN, "doubt.old"),
        ([say("operating", "no", (date(2024, 11, 24), TODAY))], Answer.NOT_APPLICABLE, "operating.no"),
        ([say("operating", "no"), OPERATING_BY_THE_PRESS], Answer.UNKNOWN, "doubt.contested"),
        (
            [say("status", "planned"), OPERATING, NO_PLANT, REFUSED, say("tenants_treat_to_standard", "no")],
            Answer.UNMET,
            "operating.yes",
        ),
    ],
)
def test_a_cluster_not_known_to_operate_is_never_green_on_old_evidence(said, answer, why):
    found = finding("R-WWT", *said)
    assert found.answer is answer
    assert why in keys(found)


@pytest.mark.parametrize("later", [say("works_state", "idle"), say("status", "stalled")])
def test_works_seen_idle_after_operation_make_it_unclear(later):
    seen = say("operating", "yes", date(2025, 6, 1))
    found = finding("R-WWT", seen, NO_PLANT, later)
    assert (found.word, found.missing[0].attribute) == (Word.UNCLEAR, "operating")
    assert "operating.halted" in keys(found)
    assert {"operating", later.attribute} <= {use.observation.attribute for use in found.evidence}
    earlier = say(later.attribute, later.value, date(2025, 5, 31))
    assert finding("R-WWT", seen, NO_PLANT, earlier).is_flag
    undated = say(later.attribute, later.value, (None, TODAY))
    assert finding("R-WWT", seen, NO_PLANT, undated).is_flag, "an undated word is no later word"


def test_old_evidence_of_operation_still_binds_but_only_for_a_check():
    said = (
        say("operating", "yes", date(2017, 12, 4)),
        say("central_treatment", "built_noncompliant", date(2017, 12, 4)),
    )
    found = finding("R-WWT", *said, as_of=date(2024, 6, 30))
    assert (found.answer, found.strength, found.word) == (Answer.UNMET, Strength.CHECK, Word.RISK)
    assert {use.role for use in found.evidence} == {"stale"}


def test_what_only_may_have_been_true_by_the_day_is_shown_and_decides_nothing():
    undated = say("central_treatment", "none", (None, date(2025, 6, 30)), SourceKind.PRESS)
    found = finding("R-WWT", say("operating", "yes", date(2024, 1, 1)), undated, as_of=date(2024, 6, 30))
    assert found.word is Word.UNCLEAR
    assert [(use.observation.attribute, use.role) for use in found.evidence if use.role == "possible"] == [
        ("central_treatment", "possible")
    ]
    assert "possible_only" in keys(found)


def test_before_2026_nothing_frees_from_the_duty():
    found = finding("R-WWT", OPERATING, NO_PLANT, as_of=TODAY)
    assert found.is_exemption_open
    said = (say("operating", "yes", date(2025, 1, 1)), say("central_treatment", "none", date(2025, 1, 1)))
    assert finding("R-WWT", *said, as_of=date(2025, 12, 31)).answer is Answer.UNMET


def test_an_unmet_duty_with_an_open_exemption_is_unknown_and_flagged_all_the_same():
    found = finding("R-WWT", OPERATING, NO_PLANT)
    assert (found.answer, found.is_exemption_open, found.is_flag) == (Answer.UNKNOWN, True, True)
    assert {(one.on, one.exemption) for one in found.missing} == {
        ("exemption", "province"),
        ("exemption", "k7"),
    }


def test_a_decision_of_the_province_frees():
    assert (
        finding("R-WWT", OPERATING, NO_PLANT, say("provincial_exemption", "granted")).answer
        is Answer.NOT_APPLICABLE
    )


@pytest.mark.parametrize(
    ("flow", "answer"),
    [
        (exactly(99.9), Answer.NOT_APPLICABLE),
        (exactly(100), Answer.UNMET),
        (HUNDREDS, Answer.UNMET),
        (Interval(90, 110), Answer.UNKNOWN),
        (Interval(50, 100, high_open=True), Answer.NOT_APPLICABLE),
    ],
)
def test_a_small_flow_frees_only_below_the_limit(flow, answer):
    said = (OPERATING, NO_PLANT, REFUSED, TENANTS, say("operating_since", year(2023)))
    assert finding("R-WWT", *said, say("wastewater_flow_m3_per_day", flow)).answer is answer


@pytest.mark.parametrize(
    ("pct", "answer"),
    [
        (80.0, Answer.UNMET),
        (80.1, Answer.NOT_APPLICABLE),
        (76.2, Answer.UNMET),
        (Interval(75, 85), Answer.UNKNOWN),
    ],
)
def test_a_full_old_cluster_is_free_only_above_eighty_percent(pct, answer):
    said = (OPERATING, NO_PLANT, REFUSED, TENANTS, OLD, say("wastewater_flow_m3_per_day", 500))
    found = finding("R-WWT", *said, say("occupancy_published_pct", pct))
    assert (found.answer, found.strength) == (answer, Strength.CHECK)


@pytest.mark.parametrize(("began", "answer"), [(2021, Answer.NOT_APPLICABLE), (2022, Answer.UNMET)])
def test_the_occupancy_exemption_is_for_clusters_older_than_2022(began, answer):
    said = (OPERATING, NO_PLANT, REFUSED, TENANTS, say("wastewater_flow_m3_per_day", 500))
    full = say("occupancy_published_pct", 95)
    assert finding("R-WWT", *said, full, say("operating_since", year(began))).answer is answer


def test_occupancy_by_the_decree_comes_before_a_published_percentage():
    said = (OPERATING, NO_PLANT, REFUSED, TENANTS, OLD, say("wastewater_flow_m3_per_day", 500))
    areas = (say("industrial_land_ha", 10), say("leased_area_ha", 5), say("committed_area_ha", 5))
    found = finding("R-WWT", *said, *areas, say("occupancy_published_pct", 70))
    assert found.answer is Answer.UNKNOWN, "leased and committed land may be the same 5 ha or another 5 ha"


def test_tenants_that_do_not_treat_exclude_the_exemption():
    said = (OPERATING, NO_PLANT, REFUSED, say("tenants_treat_to_standard", "no"))
    assert finding("R-WWT", *said).answer is Answer.UNMET


def test_why_lines_name_both_numbers_that_exclude_the_exemption():
    said = (
        OPERATING,
        NO_PLANT,
        OLD,
        say("occupancy_published_pct", 76.2, date(2023, 6, 1), SourceKind.PRESS),
        say("wastewater_flow_m3_per_day", HUNDREDS, date(2025, 6, 1), SourceKind.PRESS),
    )
    found = finding("R-WWT", *said)
    assert {"occupancy_published.no", "flow_small.no", "k7.no"} <= set(keys(found))
    assert [one.exemption for one in found.missing] == ["province"]


def test_the_strongest_of_several_sources_that_agree_counts():
    press = say("central_treatment", "none", TODAY, SourceKind.PRESS)
    official = say("central_treatment", "none", date(2026, 10, 1))
    found = finding("R-WWT", OPERATING, press, official)
    assert {
        use.observation.source_kind
        for use in found.evidence
        if use.observation.attribute == "central_treatment"
    } == {
        SourceKind.PRESS,
        SourceKind.OFFICIAL_REPORT,
    }


def test_another_source_that_disagrees_is_shown():
    other = say("central_treatment", "operating", (date(2026, 1, 1), date(2026, 11, 23)), SourceKind.COMPANY)
    seen = say("central_treatment", "none", (date(2026, 1, 1), TODAY), SourceKind.FIELDWORK)
    found = finding("R-WWT", OPERATING, seen, other)
    assert ("contradicting", SourceKind.COMPANY) in {
        (use.role, use.observation.source_kind) for use in found.evidence
    }


def test_the_law_was_read_in_a_secondary_source_so_nothing_concludes():
    assert (
        finding("R-WWT", OPERATING, NO_PLANT, REFUSED, say("tenants_treat_to_standard", "no")).strength
        is Strength.CHECK
    )


SMALL = {
    "provincial_exemption": "refused",
    "tenants_treat_to_standard": "yes",
    "wastewater_flow_m3_per_day": 50.0,
}
FULL = {
    "provincial_exemption": "refused",
    "tenants_treat_to_standard": "yes",
    "occupancy_published_pct": 95.0,
}


@pytest.mark.parametrize(
    ("attribute", "facts"),
    [
        ("provincial_exemption", {"provincial_exemption": "granted"}),
        ("tenants_treat_to_standard", SMALL),
        ("wastewater_flow_m3_per_day", SMALL),
        ("occupancy_published_pct", FULL),
    ],
)
@pytest.mark.parametrize("seen", [(None, TODAY), date(2019, 1, 1)])
def test_no_exemption_is_proven_by_what_may_no_longer_hold(attribute, facts, seen):
    fresh = [say(key, one) for key, one in facts.items()]
    assert finding("R-WWT", OPERATING, NO_PLANT, OLD, *fresh).answer is Answer.NOT_APPLICABLE
    old = [say(key, one, seen if key == attribute else TODAY) for key, one in facts.items()]
    found = finding("R-WWT", OPERATING, NO_PLANT, OLD, *old)
    assert (found.is_exemption_open, found.word) == (True, Word.RISK)
    assert attribute in {one.attribute for one in found.missing}
    assert "not_fresh" in keys(found)
