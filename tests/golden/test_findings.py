"""All findings for the shipped data on the days when the law changed; `--update-golden` rewrites them."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from lib.assess.evaluate import assess
from lib.assess.levels import level_of
from lib.assess.profile import cluster_profiles
from lib.assess.ranking import ranked
from lib.assess.tests import TESTS
from lib.domain.finding import Finding, Level
from lib.domain.interval import DaySpan, Interval
from lib.domain.rulebook import LevelCondition, LevelRule
from lib.store.files import SHIPPED, open_store
from lib.store.rulebook import read_rulebook
from lib.text import t
from tests.assess.make import CODE, book, evidence, say

HERE = Path(__file__).parent
DAYS = ("2024-06-30", "2025-12-31", "2026-09-14", "2026-09-15", "2026-11-24")
KNOWN_ON = date(2026, 11, 24)


@pytest.fixture(scope="module")
def shipped():
    kept = open_store(SHIPPED)
    return kept, read_rulebook(SHIPPED / "rules", tests=TESTS, attributes=kept.attributes)


def plain(value: object) -> str:
    if isinstance(value, Interval):
        return (
            f"{'(' if value.low_open else '['}{value.low:g}; {value.high:g}{')' if value.high_open else ']'}"
        )
    if isinstance(value, DaySpan):
        return f"{value.earliest}..{value.latest}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def row(finding: Finding) -> dict[str, object]:
    why = " ".join(
        t("vi", f"rules.why.{line.key}", **{key: plain(value) for key, value in line.values.items()})
        for line in finding.why
    )
    found: dict[str, object] = {
        "rule": finding.rule.id,
        "answer": finding.answer,
        "strength": finding.strength,
        "word": finding.word,
        "why": why,
        "evidence": [
            f"{use.role}: {use.observation.attribute} {use.observation.id}" for use in finding.evidence
        ],
        "missing": [
            f"{one.attribute}{f' ({one.exemption})' if one.exemption else ''}" for one in finding.missing
        ],
    }
    if finding.is_exemption_open:
        found["exemption_open"] = True
    if finding.due:
        found["due"] = finding.due.isoformat()
    return found


def findings_of(shipped, as_of):
    kept, book = shipped
    given = kept.evidence(date.fromisoformat(as_of), KNOWN_ON)
    codes = [cluster.code for cluster in kept.clusters]
    by_code = {code: [] for code in codes}
    for one in assess(codes, given, book):
        by_code[one.subject].append(one)
    return by_code, cluster_profiles(kept.clusters, given, by_code, book)


@pytest.mark.parametrize("as_of", DAYS)
def test_findings_for_the_shipped_data(shipped, as_of, update_golden):
    by_code, profiles = findings_of(shipped, as_of)
    found = [
        {
            "cluster": code,
            "name": name,
            "level": str(level_of(by_code[code], shipped[1].levels)),
            "findings": [row(one) for one in by_code[code]],
        }
        for code, name in zip(profiles["code"], profiles["name"], strict=True)
    ]
    path = HERE / f"{as_of}.json"
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    if update_golden:
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8"), "run pytest tests/golden --update-golden and read the difference"


def words(shipped, as_of):
    by_code, profiles = findings_of(shipped, as_of)
    flags = {
        (name, one.rule.group): (str(one.word), str(one.strength))
        for code, name in zip(profiles["code"], profiles["name"], strict=True)
        for one in by_code[code]
        if one.is_flag
    }
    return flags, dict(zip(profiles["name"], profiles["level"], strict=True)), list(ranked(profiles)["name"])


def test_what_the_inspector_sees_on_24_november_2026(shipped):
    flags, levels, order = words(shipped, "2026-11-24")
    for name in ("Bắc Cẩm Xuyên", "Phù Việt", "Thạch Kim"):
        assert levels[name] == "high"
        assert flags[name, "wastewater"] == ("risk", "check")
        assert flags[name, "record"] == ("risk", "check")
    assert levels["Thạch Bằng"] == levels["huyện Can Lộc"] == "medium"
    assert {word for word, _ in flags.values()} == {"risk"}
    assert set(order[:3]) == {"Bắc Cẩm Xuyên", "Phù Việt", "Thạch Kim"}
    assert levels["Gia Phố"] == levels["Xuân Lĩnh"] == "unknown"


def test_what_was_not_usable_on_30_june_2024(shipped):
    flags, levels, _ = words(shipped, "2024-06-30")
    assert ("Thạch Kim", "wastewater") in flags and ("Bắc Cẩm Xuyên", "wastewater") not in flags
    assert levels["Bắc Cẩm Xuyên"] == "unknown"
    by_code, _ = findings_of(shipped, "2024-06-30")
    found = next(one for one in by_code["HT-CCN-007"] if one.rule.id == "R-WWT-1")
    assert ("possible", "central_treatment") in {
        (use.role, use.observation.attribute) for use in found.evidence
    }


ALL_WELL = (
    say("operating", "yes"),
    say("central_treatment", "operating"),
    say("environmental_permit", "in_force"),
    say("wastewater_flow_m3_per_day", 200),
)


def level_with(level_rules, said, as_of=date(2026, 11, 24)):
    """The level of one cluster where `said` is all that is known."""
    return level_of(assess([CODE], evidence(*said, as_of=as_of), book()), level_rules)


def test_low_can_be_reached_and_only_on_evidence_that_surely_holds(shipped):
    """
    The shipped rules have none on discharge yet, so nothing can be low; with a level that asks for the
    groups that do have rules, a cluster known to be well is low, and not on anything less.
    """
    low = LevelRule(
        Level.LOW,
        (LevelCondition(without_flag=True, met_groups=("wastewater", "legal_file")),),
        {"vi": "", "en": ""},
    )
    rules = [*(rule for rule in shipped[1].levels if rule.level is not Level.LOW), low]
    assert level_with(rules, ALL_WELL) is Level.LOW
    assert level_with(shipped[1].levels, ALL_WELL) is Level.UNKNOWN
    for left_out in ALL_WELL:
        rest = [one for one in ALL_WELL if one is not left_out]
        assert level_with(rules, rest) is not Level.LOW, left_out.attribute
        undated = replace(left_out, valid_earliest=None)
        assert level_with(rules, [*rest, undated]) is not Level.LOW, left_out.attribute
    for as_of in DAYS:
        by_code, _ = findings_of(shipped, as_of)
        levels = {level_of(found, rules) for found in by_code.values()}
        assert not levels & {Level.LOW, Level.VERY_HIGH}, "nothing shipped is known well enough to be low"
