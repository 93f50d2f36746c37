"""A wrong rule file is refused with its name, line and field; the shipped ones are complete."""

import shutil
from datetime import date

import pytest

from lib.assess.tests import DUTIES, EXEMPTIONS, TESTS
from lib.domain.errors import DataError
from lib.store.files import SHIPPED
from lib.store.rulebook import read_rulebook
from lib.text import LANGUAGES, has
from lib.text.errors import error_text
from tests.assess.make import attributes, book


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(SHIPPED / "rules", tmp_path / "rules")
    return tmp_path / "rules"


def read(folder):
    return read_rulebook(folder, tests=TESTS, attributes=attributes())


def line_of(text, part, nth=1):
    return [i for i, line in enumerate(text.splitlines(), 1) if part in line][nth - 1]


LAND_SOURCE = ', source = "Chưa đọc văn bản; cần đối chiếu Công báo"'


@pytest.mark.parametrize(
    ("file", "old", "new", "problem", "field", "line_with"),
    [
        ("land", LAND_SOURCE, "", "missing_source", "basis[1].source", "Luật Đất đai"),
        (
            "land",
            'source = "Chưa đọc văn bản; cần đối chiếu Công báo"',
            'source = " "',
            "missing_source",
            "basis[1].source",
            "Luật Đất đai",
        ),
        ("land", "severity = 0.6", "severity = 1.6", "wrong_value", "severity", "severity"),
        ("land", "severity = 0.6", 'severity = 0.6\ncolour = "red"', "unknown_field", "colour", "colour"),
        (
            "land",
            'test = "works_in_time"',
            'test = "works_in_space"',
            "unknown_test",
            "test",
            "works_in_space",
        ),
        ("land", 'bearer = "chu_dau_tu"', 'bearer = "nobody"', "unknown_body", "bearer", "nobody"),
        ("land", 'group = "land"', 'group = "sea"', "unknown_group", "group", "sea"),
        ("land", 'subject_kind = "cluster"', 'subject_kind = "ship"', "wrong_value", "subject_kind", "ship"),
        (
            "land",
            'title = { vi = "Chậm tiến độ, dừng thi công, để đất hoang", en',
            "title = { en",
            "missing_field",
            "title.vi",
            "title",
        ),
        ("land", 'status = "text_read"', 'status = "sure"', "wrong_value", "basis[0].status", "sure"),
        (
            "record",
            'concluded_by = "violation_record"',
            'concluded_by = "gossip"',
            "unknown_attribute",
            "concluded_by",
            "gossip",
        ),
        (
            "wastewater",
            "effective_to = 2026-01-29",
            "effective_to = 2025-12-31",
            "date_order",
            "effective_to",
            "effective_to = 2025-12-31",
        ),
        (
            "wastewater",
            "effective_to = 2026-01-29",
            "effective_to = 2026-02-15",
            "overlapping_periods",
            "effective_from",
            'id = "R-WWT-3"',
        ),
        ("wastewater", 'id = "R-WWT-2"', 'id = "R-WWT-1"', "duplicate_id", "id", None),
        (
            "wastewater",
            'flow_below = { value = 100.0, unit = "m3_per_day", status = "to_verify"',
            'flow_under = { value = 100.0, unit = "m3_per_day", status = "to_verify"',
            "missing_parameter",
            "parameters",
            "[rule.parameters]",
        ),
        (
            "wastewater",
            'test = "exempted_by_province"',
            'test = "exempted_by_nobody"',
            "unknown_test",
            "exemption[0].test",
            "exempted_by_nobody",
        ),
        (
            "wastewater",
            'value = 80.0, unit = "%"',
            'value = 80.0, unit = "%", colour = "red"',
            "unknown_field",
            "parameters.occupancy_above.colour",
            "occupancy_above",
        ),
        ("levels", 'level = "very_high"', 'level = "extreme"', "wrong_value", "level", "extreme"),
        (
            "levels",
            'also_flag_in = ["wastewater", "discharge", "surroundings", "record"]',
            'also_flag_in = ["sea"]',
            "unknown_group",
            "when[1].also_flag_in",
            "sea",
        ),
        ("method", "weight_range = 0.3", "weight_range = 3", "wrong_value", "weight_range", "weight_range"),
        ("bodies", 'now = "ubnd_xa"', 'now = "ubnd_ap"', "unknown_body", "ubnd_huyen.now", "ubnd_ap"),
        ("calendar", 'kind = "report"', 'kind = "party"', "wrong_value", "kind", "party"),
        ("law_changes", "day = 2022-01-01", 'day = "2022"', "wrong_value", "day", 'day = "2022"'),
        ("glossary", "[[term]]", '[[word]]\nkey = "x"\n[[term]]', "unknown_field", "word", "[[word]]"),
        ("land", "[[rule]]", '[[rules]]\nid = "x"\n[[rule]]', "unknown_field", "rules", "[[rules]]"),
        ("land", "severity = 0.6", "severity = ", "bad_toml", None, "severity = "),
    ],
)
def test_a_wrong_file_is_refused_with_its_line_and_field(folder, file, old, new, problem, field, line_with):
    path = folder / f"{file}.toml"
    text = path.read_text("utf-8")
    assert old in text
    text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")
    with pytest.raises(DataError) as caught:
        read(folder)
    error = caught.value
    assert (error.problem, error.file, error.place.get("field")) == (
        f"rules.{problem}",
        f"{file}.toml",
        field,
    )
    if line_with:
        named = text.splitlines()[error.place["line"] - 1 : error.place["line"] + 1]
        assert any(line_with in line for line in named), (error.place, named)
    for lang in LANGUAGES:
        assert f"{file}.toml" in error_text(lang, error)


def test_a_file_in_another_encoding_is_refused_by_line(folder):
    path = folder / "land.toml"
    text = path.read_text("utf-8")
    lines = text.encode("utf-8").split(b"\n")
    lines[4] = b"# \xd0\xe2t"
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(DataError) as caught:
        read(folder)
    assert (caught.value.problem, caught.value.place["line"]) == ("rules.bad_encoding", 5)


def test_a_missing_file_is_named(folder):
    (folder / "bodies.toml").unlink()
    with pytest.raises(DataError, match=r"bodies\.toml"):
        read(folder)


def test_an_office_may_add_a_file_of_its_own_rules(folder):
    text = (folder / "land.toml").read_text("utf-8").replace('"R-LAND', '"R-MINE')
    (folder / "mine.toml").write_text(text, "utf-8")
    assert "R-MINE-1" in {rule.id for rule in read(folder).rules}


def test_a_rule_compared_with_the_gazette_says_by_whom_and_when(folder):
    path = folder / "land.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("severity = 0.6", 'severity = 0.6\nverified_by = "Phòng A"'), "utf-8")
    with pytest.raises(DataError) as caught:
        read(folder)
    assert caught.value.place["field"] == "verified_on"


def test_every_shipped_rule_can_be_defended():
    for rule in (*book().rules, *book().norms):
        assert rule.basis and all(basis.source and basis.article for basis in rule.basis), rule.id
        assert all(rule.title[lang] and rule.duty[lang] for lang in LANGUAGES), rule.id
        assert all(parameter.article for parameter in rule.parameters.values()), rule.id


def test_every_test_is_used_and_every_group_level_and_status_has_a_word():
    assert {rule.test for rule in book().rules} == set(DUTIES)
    assert {one.test for rule in book().rules for one in rule.exemptions} == set(EXEMPTIONS)
    for lang in LANGUAGES:
        for group in book().method.weights:
            assert has(lang, f"rules.group.{group}")


def test_numbers_of_the_decree_of_2026_stay_to_verify():
    rule = next(rule for rule in book().rules if rule.id == "R-AREA-2")
    assert not any(one.status.may_conclude for one in (*rule.basis, *rule.parameters.values()))


@pytest.mark.parametrize("key", ["plan_iii1_2026_h2", "pre2009", "nq6619_ends", "qcvn01_bxd", "nd139_ends"])
def test_the_calendar_has_the_dates_that_fall_due_next(key):
    assert key in {one.key for one in book().calendar}


@pytest.mark.parametrize(
    ("as_of", "due"),
    [
        (date(2024, 6, 30), "plan_iii1_2024_h2"),
        (date(2025, 1, 1), "plan_iii1_2025_h1"),
        (date(2025, 12, 31), "plan_iii1_2026_h1"),
        (date(2026, 11, 24), "plan_iii1_2026_h2"),
        (date(2027, 12, 25), "plan_iii1_2027_h2"),
    ],
)
def test_the_next_report_to_the_province_is_found_on_any_day(as_of, due):
    ahead = [one for one in book().calendar if one.is_highlight and one.key.startswith("plan_iii1")]
    assert min((one for one in ahead if one.day >= as_of), key=lambda one: one.day).key == due


def test_every_half_year_since_the_circular_took_effect_has_its_reports():
    days = {one.key: one.day for one in book().calendar}
    assert len(days) == len(book().calendar)
    for half in ("2024_h2", "2025_h1", "2025_h2", "2026_h1", "2026_h2", "2027_h1", "2027_h2"):
        year, month = int(half[:4]), 6 if half.endswith("h1") else 12
        assert days[f"cutoff_{half}"] == date(year, month, 14)
        assert days[f"b01_b02_{half}"] == date(year, month, 20)
        assert days[f"b03_{half}"] == days[f"plan_iii1_{half}"] == date(year, month, 25)
        assert days[f"b04_{half}"] == date(year, month, 30 if month == 6 else 31)
