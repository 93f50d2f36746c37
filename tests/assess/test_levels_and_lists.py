"""Words, levels, order, missing items, profiles, index."""

import time
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from lib.assess.evaluate import assess, word_of
from lib.assess.index import index_of, rule_weight
from lib.assess.levels import level_of
from lib.assess.missing import missing_items
from lib.assess.profile import cluster_profiles
from lib.assess.ranking import ranked
from lib.domain.finding import Answer, EvidenceUse, Finding, Level, Strength, Word
from lib.domain.interval import Interval
from lib.domain.observation import SourceKind
from lib.domain.places import Cluster
from lib.domain.rulebook import RuleBook
from tests.assess.make import CODE, NO_PLANT, OPERATING, TODAY, attributes, book, evidence, say

RULE = book().rules[0]
ANSWER = {
    Word.VIOLATION: Answer.UNMET,
    Word.SIGN: Answer.UNMET,
    Word.RISK: Answer.UNMET,
    Word.UNCLEAR: Answer.UNKNOWN,
    Word.MET: Answer.MET,
    Word.NOT_APPLICABLE: Answer.NOT_APPLICABLE,
}


def in_group(group: str, word: Word, role: str = "used", is_surely_fresh: bool = True) -> Finding:
    use = EvidenceUse(say("central_treatment", "operating"), role, is_surely_fresh)
    return Finding(replace(RULE, group=group), CODE, ANSWER[word], Strength.CHECK, word, (use,))


@pytest.mark.parametrize(
    ("answer", "strength", "is_open", "word"),
    [
        (Answer.UNMET, Strength.CONCLUSIVE, False, Word.SIGN),
        (Answer.UNMET, Strength.CHECK, False, Word.RISK),
        (Answer.UNKNOWN, Strength.CONCLUSIVE, True, Word.SIGN),
        (Answer.UNKNOWN, Strength.CHECK, True, Word.RISK),
        (Answer.UNKNOWN, Strength.CHECK, False, Word.UNCLEAR),
        (Answer.MET, Strength.CHECK, False, Word.MET),
        (Answer.NOT_APPLICABLE, Strength.CONCLUSIVE, False, Word.NOT_APPLICABLE),
    ],
)
def test_the_word_follows_from_answer_and_strength(answer, strength, is_open, word):
    assert word_of(answer, strength, is_exemption_open=is_open) is word


V, S, R, U, M, N = Word


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ([("wastewater", V)], Level.VERY_HIGH),
        ([("discharge", V)], Level.VERY_HIGH),
        ([("legal_file", V)], Level.VERY_HIGH),
        ([("record", V)], Level.MEDIUM),
        ([("wastewater", S), ("record", R)], Level.VERY_HIGH),
        ([("discharge", S), ("wastewater", R)], Level.VERY_HIGH),
        ([("wastewater", S), ("wastewater", R)], Level.HIGH),
        ([("wastewater", S), ("land", R)], Level.HIGH),
        ([("legal_file", S)], Level.HIGH),
        ([("legal_file", S), ("record", S)], Level.HIGH),
        ([("wastewater", R), ("land", R)], Level.HIGH),
        ([("wastewater", R)], Level.MEDIUM),
        ([("wastewater", R), ("wastewater", R)], Level.MEDIUM),
        ([("legal_file", R), ("record", R)], Level.MEDIUM),
        ([("plan", S)], Level.MEDIUM),
        ([("land", R)], Level.MEDIUM),
        ([("wastewater", M), ("legal_file", M), ("discharge", M)], Level.LOW),
        ([("wastewater", M), ("legal_file", M), ("legal_file", N), ("discharge", M), ("plan", U)], Level.LOW),
        ([("wastewater", M), ("legal_file", M)], Level.UNKNOWN),
        ([("wastewater", M), ("legal_file", M), ("discharge", U)], Level.UNKNOWN),
        ([("wastewater", N), ("legal_file", N), ("discharge", N)], Level.UNKNOWN),
        ([("wastewater", M), ("legal_file", M), ("discharge", M), ("land", R)], Level.MEDIUM),
        ([("wastewater", U)], Level.UNKNOWN),
        ([], Level.UNKNOWN),
    ],
)
def test_levels_go_by_the_worst_words(words, level):
    assert level_of([in_group(group, word) for group, word in words], book().levels) is level


def test_nothing_is_low_on_evidence_past_its_shelf_life():
    groups = ("wastewater", "legal_file", "discharge")
    assert level_of([in_group(group, Word.MET) for group in groups], book().levels) is Level.LOW
    for role in ("stale", "used"):
        doubtful = [in_group(group, Word.MET, role, group != "discharge") for group in groups]
        assert level_of(doubtful, book().levels) is Level.UNKNOWN
    aside = [in_group(group, Word.MET) for group in groups]
    aside += [in_group("discharge", Word.MET, "contradicting", is_surely_fresh=False)]
    assert level_of(aside, book().levels) is Level.LOW, "what decided nothing makes nothing doubtful"


def test_lists_go_by_level_then_flags_then_name_without_diacritics():
    rows = pd.DataFrame(
        {
            "code": ["4", "3", "2", "1"],
            "name": ["Xuân Lĩnh", "Đồng Khang", "Bắc Quý", "Phù Việt"],
            "level": ["unknown", "unknown", "medium", "high"],
            "flag_count": [0, 0, 1, 3],
        }
    )
    assert list(ranked(rows)["code"]) == ["1", "2", "3", "4"]
    assert list(ranked(rows.iloc[::-1])["code"]) == ["1", "2", "3", "4"]


def test_missing_items_name_each_attribute_once_with_whom_to_ask():
    found = assess([CODE], evidence(OPERATING, NO_PLANT), book())
    table = missing_items(found, attributes())
    assert not table.duplicated(["cluster", "attribute"]).any()
    row = table.set_index("attribute").loc["provincial_exemption"]
    assert (row["on"], row["exemptions"], row["rules"]) == ("exemption", "province", "R-WWT-3")
    assert set(table["ask"]) <= set(book().bodies) and (table["ask"] != "").all()
    assert list(missing_items([], attributes()).columns) == list(table.columns)


def test_a_profile_invents_no_middle_and_no_zero():
    said = (
        say("established_area_ha", Interval(30, 40, high_open=True), TODAY, SourceKind.PRESS),
        say("investor_type", "state"),
        say("investor_type", "enterprise"),
    )
    given = evidence(*said)
    found = assess([CODE, "HT-CCN-002"], given, book())
    clusters = [Cluster(CODE, "Thái Yên", ("CCN cũ",)), Cluster("HT-CCN-002", "Kỳ Ninh")]
    by_code = {cluster.code: [one for one in found if one.subject == cluster.code] for cluster in clusters}
    table = cluster_profiles(clusters, given, by_code, book()).set_index("code")
    assert pd.isna(table.loc[CODE, "area_ha"])
    assert (table.loc[CODE, "area_low_ha"], table.loc[CODE, "area_high_ha"]) == (30, 40)
    assert table.loc[CODE, "investor_type"] == "enterprise|state"
    empty = table.loc["HT-CCN-002"]
    assert empty[["area_ha", "occupancy_published_pct", "plan_area_2030_ha"]].isna().all()
    assert empty[["status", "central_treatment", "area_from"]].isna().all()
    assert (empty["level"], empty["word_wastewater"]) == ("unknown", "unclear")


def synthetic(*extra: tuple[str, str]) -> RuleBook:
    """A book with one family a group, named like it, and more families (family, group)."""
    pairs = [(group, group) for group in book().method.weights] + list(extra)
    rules = tuple(replace(RULE, id=family, family=family, group=group) for family, group in pairs)
    return replace(book(), rules=rules)


def of_family(family: str, group: str, word: Word) -> Finding:
    found = in_group(group, word)
    return replace(found, rule=replace(found.rule, family=family))


def test_the_index_is_as_wide_as_the_weight_that_is_not_known():
    whole = synthetic()
    groups = list(whole.method.weights)
    assert index_of([], whole) == Interval(0, 100)

    def index(**words: Word) -> tuple[float, float]:
        found = index_of([of_family(one, one, words.get(one, Word.MET)) for one in groups], whole)
        return round(found.low, 9), round(found.high, 9)

    assert index() == (0, 0)
    assert index(**dict.fromkeys(groups, Word.VIOLATION)) == (100, 100)
    assert index(wastewater=Word.RISK) == (12.5, 25)
    assert index(wastewater=Word.UNCLEAR) == (0, 25)


def test_a_family_weighs_the_same_whether_or_not_it_is_in_force_on_the_day():
    two = synthetic(("second", "wastewater"))
    assert rule_weight(two, "second") == rule_weight(two, "wastewater") == 0.125
    assert rule_weight(two, "discharge") == 0.2 and rule_weight(two, "no_family") == 0
    one = [of_family("wastewater", "wastewater", Word.VIOLATION)]
    assert index_of(one, two).low == 12.5
    assert index_of(one, two).high == 100, "the family not judged that day is not known"
    families = {rule.family: rule.group for rule in book().rules}
    weights = book().method.weights
    total = sum(weights[group] for group in set(families.values())) / sum(weights.values())
    assert sum(rule_weight(book(), family) for family in families) == pytest.approx(total)


def test_a_thousand_clusters_are_judged_within_a_second():
    codes = [f"HT-CCN-{i:04}" for i in range(1000)]
    said = [
        say(attribute, value, date(2025, 6, 1), SourceKind.PRESS, code)
        for code in codes
        for attribute, value in (
            ("operating", "yes"),
            ("central_treatment", "none"),
            ("established_area_ha", 30.0),
            ("occupancy_published_pct", 76.2),
            ("pollution_report", "kênh đen"),
        )
    ]
    given = evidence(*said)
    start = time.process_time()
    found = assess(codes, given, book())
    assert len(found) == 8000
    assert time.process_time() - start < 1.0
