"""Every shipped observation is well formed and invents nothing."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import pytest

from lib.domain.interval import DaySpan, Interval
from lib.domain.observation import Confidence, SourceKind
from tests.data.tables import (
    ATTRIBUTES,
    CLUSTERS,
    COMMUNES,
    LABELS,
    OBSERVATIONS,
    SOURCES,
    Row,
)

SUBJECT_KINDS = {"HT": "province", "PLAN-1363": "plan"}
VALUE_COLUMNS = {
    "number": ("value_low", "value_high", "low_open", "high_open"),
    "code": ("value_code",),
    "text": ("value_text",),
    "day": ("day_earliest", "day_latest"),
}
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def _by_id(row: Row) -> str:
    return row["id"]


each_observation = pytest.mark.parametrize("row", OBSERVATIONS, ids=_by_id)
DERIVED = [row for row in OBSERVATIONS if row["source_kind"] == SourceKind.DERIVED]
STATED = [row for row in OBSERVATIONS if row["source_kind"] != SourceKind.DERIVED]
each_derived = pytest.mark.parametrize("row", DERIVED, ids=_by_id)
each_stated = pytest.mark.parametrize("row", STATED, ids=_by_id)


def test_ids_are_unique_and_in_order() -> None:
    ids = [row["id"] for row in OBSERVATIONS]
    assert ids == [f"OBS-{n:04d}" for n in range(1, len(ids) + 1)]


@each_observation
def test_what_it_names_exists(row: Row) -> None:
    assert row["subject"] in CLUSTERS or row["subject"] in SUBJECT_KINDS
    attribute = ATTRIBUTES[row["attribute"]]
    assert SUBJECT_KINDS.get(row["subject"], "cluster") in attribute["subject_kind"].split("|")
    assert row["source"] in SOURCES
    Confidence(row["reading_confidence"])


@each_observation
def test_source_kind_is_that_of_the_original(row: Row) -> None:
    kind = SourceKind(row["source_kind"])
    assert kind == SourceKind.DERIVED or kind == SOURCES[row["source"]]["kind"]


@each_observation
def test_value_has_the_type_of_its_attribute(row: Row) -> None:
    attribute = ATTRIBUTES[row["attribute"]]
    own = VALUE_COLUMNS[attribute["value_type"]]
    assert all(row[column] for column in own)
    others = [column for columns in VALUE_COLUMNS.values() for column in columns if column not in own]
    assert not any(row[column] for column in others)
    if attribute["value_type"] == "number":
        low, high = float(row["value_low"]), float(row["value_high"])
        Interval(low, high, row["low_open"] == "1", row["high_open"] == "1")
        assert low >= 0 and (attribute["unit"] != "%" or high <= 100)
    if attribute["value_type"] == "day":
        DaySpan(date.fromisoformat(row["day_earliest"]), date.fromisoformat(row["day_latest"]))
    if attribute["value_type"] == "code":
        assert row["value_code"] in attribute["allowed"].split("|")
        assert (row["attribute"], row["value_code"]) in LABELS


@each_observation
def test_dates_are_in_order(row: Row) -> None:
    recorded = datetime.fromisoformat(row["recorded_at"]).date()
    latest = date.fromisoformat(row["valid_latest"])
    if row["valid_earliest"]:
        assert date.fromisoformat(row["valid_earliest"]) <= latest
    assert latest <= recorded
    if row["published_on"]:
        assert date.fromisoformat(row["published_on"]) <= recorded


def _significant_unit(written: str) -> Decimal:
    """The unit of the last significant digit as written: 290 → 10, 5901 → 1, 96,5 → 0.1."""
    if "." in written:
        return Decimal(1).scaleb(-len(written.partition(".")[2]))
    return Decimal(10) ** (len(written) - len(written.rstrip("0")))


def intervals_written(text: str) -> set[tuple[Decimal, Decimal]]:
    """All intervals that the conventions of `data/NOTICE.md` may read from `text`."""
    found: set[tuple[Decimal, Decimal]] = set()
    if "hàng trăm" in text:
        found.add((Decimal(100), Decimal(1000)))
    for first, last in re.findall(r"(\d+)-(\d+)", text):
        found.add((Decimal(first), Decimal(last)))
    for match in NUMBER.finditer(text):
        written = match[0].replace(",", ".")
        number, unit = Decimal(written), _significant_unit(written)
        found.add((number, number))
        before = text[: match.start()].rstrip()
        if before.endswith(("hơn", "trên", ">")):
            found.add((number, number + unit))
        if before.endswith("gần"):
            found.add((number - unit, number))
        if before.endswith("khoảng"):
            found.add((number - unit / 2, number + unit / 2))
        if "số cuối bị cắt" in text:
            found.add((number, number + unit))
    return found


@each_stated
def test_no_figure_is_invented(row: Row) -> None:
    if row["value_low"]:
        assert (Decimal(row["value_low"]), Decimal(row["value_high"])) in intervals_written(row["as_written"])
    for day in filter(None, (row["day_earliest"], row["day_latest"])):
        assert day[:4] in row["as_written"]


@each_derived
def test_what_is_derived_says_how(row: Row) -> None:
    assert row["note"] or row["as_written"].startswith("Suy luận")


@pytest.mark.parametrize(
    "text, low, high",
    [("hơn 24", 24, 25), ("hơn 290", 290, 300), ("hơn 5901", 5901, 5902), ("gần 5000", 4000, 5000),
     ("khoảng 20", 15, 25), ("hàng trăm", 100, 1000), ("40-55", 40, 55)],
)
def test_convention_of_words(text: str, low: int, high: int) -> None:
    assert (Decimal(low), Decimal(high)) in intervals_written(text)


@each_observation
def test_commune_exists_under_its_structure(row: Row) -> None:
    if row["attribute"] == "commune_now":
        assert row["value_text"].startswith("2025-07:") and row["value_text"] in COMMUNES
    if row["attribute"] == "commune_then" and ":" in row["value_text"]:
        assert row["value_text"] in COMMUNES and not row["value_text"].startswith("2025-07:")


def test_approved_projects_prove_no_operation() -> None:
    approved = {row["as_written"] for row in OBSERVATIONS if "(được chấp thuận" in row["value_text"]}
    assert len(approved) >= 3
    operating = {row["as_written"] for row in OBSERVATIONS if row["attribute"] == "operating"}
    assert not approved & operating


def test_remark_on_cam_nhuong_is_no_report_of_pollution() -> None:
    about = [row for row in OBSERVATIONS if row["subject"] == "HT-CCN-020"]
    assert "wastewater_note" in {row["attribute"] for row in about}
    assert "pollution_report" not in {row["attribute"] for row in about}


def test_undated_article_may_be_used_from_the_end_of_june_2025_only() -> None:
    rows = [row for row in OBSERVATIONS if row["source"] == "dddn"]
    assert rows and {(row["valid_earliest"], row["valid_latest"]) for row in rows} == {("", "2025-06-30")}
