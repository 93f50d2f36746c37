"""The other shipped tables: catalogues, places, plan sums, plan tasks, the record of files."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest

from lib.domain.observation import SourceKind, ValueType
from tests.data.tables import (
    ATTRIBUTES,
    CLUSTERS,
    COMMUNES,
    DATA,
    LABELS,
    OBSERVATIONS,
    SOURCES,
    table,
)

HORIZONS = ("2020", "2030", "after_2030")
UNITS = {
    "", "ha", "%", "m3_per_day", "m3_per_hour", "people", "clusters", "projects", "households", "billion_vnd",
    "billion_vnd_per_year",
}
LEGAL = "legal_document"


def figure(subject: str, attribute: str) -> Decimal:
    """The one exact figure of a legal document on `subject`."""
    found = [
        row for row in OBSERVATIONS
        if (row["subject"], row["attribute"]) == (subject, attribute) and row["source_kind"] == LEGAL
    ]
    assert len(found) == 1
    return Decimal(found[0]["value_low"])


def clusters_of(group: str) -> list[str]:
    """Codes of the clusters in a plan group whose row of the appendix was read."""
    return [
        row["subject"] for row in OBSERVATIONS
        if (row["attribute"], row["value_code"], row["source_kind"]) == ("plan_group", group, LEGAL)
    ]


def test_attributes_are_complete() -> None:
    for key, row in ATTRIBUTES.items():
        assert row["value_type"] in set(ValueType)
        assert row["unit"] in UNITS
        assert row["prefers"] in ("newest", "reliable")
        assert row["is_multiple"] in ("0", "1")
        assert row["shelf_life_months"] == "" or int(row["shelf_life_months"]) > 0
        assert all(row[column] for column in ("label_vi", "label_en", "meaning_vi", "meaning_en", "ask")), key
        assert bool(row["allowed"]) == (row["value_type"] == "code")


def test_every_code_has_a_label_and_no_label_is_left_over() -> None:
    allowed = {(key, code) for key, row in ATTRIBUTES.items() for code in row["allowed"].split("|") if code}
    assert allowed == LABELS


def test_sources_are_complete() -> None:
    for key, row in SOURCES.items():
        SourceKind(row["kind"])
        assert row["title"] and row["publisher"], key
        assert not row["copy_of"] or row["copy_of"] in SOURCES
        assert not row["url"] or row["url"].startswith("http")


def test_every_source_is_used() -> None:
    used = {row["source"] for row in OBSERVATIONS} | {row["copy_of"] for row in SOURCES.values()}
    used |= {row["state_source"] for row in table("plan_tasks")}
    assert not set(SOURCES) - used


def test_clusters_are_unique_and_each_is_observed() -> None:
    assert list(CLUSTERS) == [f"HT-CCN-{n:03d}" for n in range(1, 29)]
    assert len({row["name"] for row in CLUSTERS.values()}) == 28
    assert set(CLUSTERS) <= {row["subject"] for row in OBSERVATIONS}


def test_published_sum_of_kept_clusters_differs_by_rounding_only() -> None:
    kept = clusters_of("kept")
    assert len(kept) == 11
    for horizon in HORIZONS:
        assert sum(figure(code, f"plan_area_{horizon}_ha") for code in kept) == Decimal("318.84")
        assert figure("PLAN-1363", f"kept_area_{horizon}_ha") == Decimal("318.83")
    notes = [row["note"] for row in OBSERVATIONS if row["attribute"].startswith("kept_area_")]
    assert len(notes) == 3 and all("318,84" in note for note in notes)


@pytest.mark.parametrize("horizon", HORIZONS)
def test_existing_is_kept_and_expanded(horizon: str) -> None:
    kept, expanded, existing = (
        figure("PLAN-1363", f"{group}_area_{horizon}_ha") for group in ("kept", "expanded", "existing")
    )
    assert kept + expanded == existing


@pytest.mark.parametrize("horizon", HORIZONS[:2])
def test_rows_not_read_are_the_rest_of_the_expanded(horizon: str) -> None:
    read = sum(figure(code, f"plan_area_{horizon}_ha") for code in clusters_of("expanded"))
    attribute = f"expanded_rows_not_read_area_{horizon}_ha"
    rest = next(row for row in OBSERVATIONS if row["attribute"] == attribute)
    assert figure("PLAN-1363", f"expanded_area_{horizon}_ha") - read == Decimal(rest["value_low"])


def test_communes_of_the_three_structures() -> None:
    by_structure: dict[str, list[str]] = {}
    for code in COMMUNES:
        by_structure.setdefault(code.partition(":")[0], []).append(code)
    assert {structure: len(codes) for structure, codes in by_structure.items()} == {
        "2020": 216, "2025-01": 209, "2025-07": 69,
    }
    now = [COMMUNES[code] for code in by_structure["2025-07"]]
    assert [row["type"] for row in now].count("phường") == 9
    assert [row["type"] for row in now].count("xã") == 60
    assert sum(Decimal(row["area_km2"]) for row in now) == Decimal("5994.85")
    assert all(row["lat"] and row["lon"] and row["area_source"] for row in now)
    assert not any(row["lat"] for code, row in COMMUNES.items() if not code.startswith("2025-07:"))


def test_commune_changes_lead_from_209_to_69() -> None:
    changes = table("commune_changes")
    assert len({row["from_code"] for row in changes}) == 209
    assert {row["to_code"] for row in changes} == {code for code in COMMUNES if code.startswith("2025-07:")}
    divided = {COMMUNES[row["from_code"]]["full_name"] for row in changes if row["divided"] == "1"}
    assert divided == {"Phường Đại Nài", "Xã Kỳ Lợi"}
    assert all(row["from_code"] in COMMUNES for row in changes)


def test_plan_tasks_are_complete() -> None:
    tasks = table("plan_tasks")
    second, third = [f"II.{n}" for n in range(3, 9)], [f"III.{n}" for n in range(1, 11)]
    assert [row["number"] for row in tasks] == ["II.1", "II.2(1)", "II.2(2)", *second, *third]
    for row in tasks:
        assert all(row[column] for column in row if column.endswith(("_vi", "_en")))
        assert not row["state_source"] or row["state_source"] in SOURCES


def test_bodies_that_are_named_exist() -> None:
    bodies = set(tomllib.loads((DATA / "rules" / "bodies.toml").read_text("utf-8")))
    named = {row["ask"] for row in ATTRIBUTES.values()}
    for row in table("plan_tasks"):
        named |= {key for column in ("leads", "with_bodies") for key in row[column].split("|") if key}
    assert not named - bodies


def test_catalogue_lists_exactly_the_files() -> None:
    catalogue = tomllib.loads((DATA / "catalog.toml").read_text("utf-8"))["files"]
    there = {path.relative_to(DATA).as_posix() for path in DATA.rglob("*") if path.is_file()}
    assert there == set(catalogue)
    for record in catalogue.values():
        assert record["kind"] in ("official", "derived", "illustrative")
        assert all(record[key] for key in ("title_vi", "title_en", "producer", "licence", "accessed_on"))


def test_no_test_only_file_and_no_python_is_shipped() -> None:
    assert not [path for path in DATA.rglob("*") if path.suffix in (".gpkg", ".py")]
    assert "vn2000_check" not in " ".join(path.name for path in DATA.rglob("*"))
