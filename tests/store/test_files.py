"""The store of files: what it answers, what it refuses and where it says the mistake is."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest
from shapely.geometry import box

from lib.domain.errors import DataError
from lib.domain.interval import Interval
from lib.domain.observation import Observation
from lib.domain.places import Accuracy, Boundary
from lib.store import boundary_files, fingerprint, open_store
from lib.store.csv_rows import Row, read_rows
from lib.text import LANGUAGES
from lib.text.errors import error_text
from tests.store.make import ROW, write_data, write_table

TODAY = date(2026, 11, 24)


def refused(folder: Path, overlay: Path | None = None) -> DataError:
    with pytest.raises(DataError) as caught:
        open_store(folder, overlay)
    for lang in LANGUAGES:
        text = error_text(lang, caught.value)
        assert "…" not in text and "{" not in text
        assert caught.value.file in text
    return caught.value


def read_one(folder: Path, row: dict[str, str]) -> Observation:
    store = open_store(write_data(folder, observations=[row]))
    (found,) = store.history(row["subject"], TODAY)
    return found


def test_a_table_reads_into_domain_types(tmp_path: Path) -> None:
    store = open_store(write_data(tmp_path))
    assert [cluster.name for cluster in store.clusters] == ["Nam Hồng", "Trung Lương"]
    assert store.evidence(TODAY, TODAY).get("HT-CCN-001", "leased_area_ha").value == Interval(5, 5)
    assert store.evidence(TODAY, TODAY) is store.evidence(TODAY, TODAY)
    assert store.communes["2025-07:18118"].lat == 18.5
    assert store.commune_changes == (("2025-01:18118", "2025-07:18118", False),)
    assert store.value_labels["central_treatment", "none"]["vi"] == "Chưa có"
    assert store.plan_tasks[0].leads == ("so_cong_thuong",)
    assert store.sources["copy"].copy_of == "report"
    assert list(store.facts_trace["fact"]) == ["1"]
    assert store.catalog == {"clusters": {"title": "x"}}


def test_hundreds_are_an_interval_open_above(tmp_path: Path) -> None:
    row = ROW | {"value_low": "100", "value_high": "1000", "high_open": "1", "as_written": "hàng trăm"}
    assert read_one(tmp_path, row).value == Interval(100, 1000, high_open=True)


def test_more_than_has_no_upper_end(tmp_path: Path) -> None:
    row = ROW | {"value_low": "24", "value_high": "inf", "low_open": "1", "high_open": "1"}
    assert read_one(tmp_path, row).value == Interval(24, float("inf"), True, True)


def test_names_are_put_into_one_unicode_form(tmp_path: Path) -> None:
    decomposed = "Nam Ho\u0302\u0300ng"
    store = open_store(write_data(tmp_path, clusters=[{"code": "HT-CCN-001", "name": decomposed}]))
    assert store.clusters[0].name == "Nam Hồng"


def test_a_moment_with_a_zone_counts_on_the_day_it_was_in_vietnam(tmp_path: Path) -> None:
    item = read_one(tmp_path, ROW | {"recorded_at": "2026-11-23T18:30:00Z"})
    assert item.recorded_at.date() == date(2026, 11, 24)


def test_communes_of_a_cluster_come_from_observations(tmp_path: Path) -> None:
    now = ROW | {"attribute": "commune_now", "value_low": "", "value_high": "", "value_text": "2025-07:18118"}
    then = ROW | {"id": "OBS-2", "attribute": "commune_then", "value_low": "", "value_high": "",
                  "value_text": "Đậu Liêu"}
    cluster = open_store(write_data(tmp_path, observations=[now, then])).clusters[0]
    assert cluster.communes_now == ("2025-07:18118",)
    assert cluster.communes_then == ("Đậu Liêu",)


def test_history_leaves_out_what_was_retracted_and_begins_with_the_oldest(tmp_path: Path) -> None:
    old = ROW | {"id": "OBS-2", "valid_earliest": "2020-01-01", "valid_latest": "2020-01-01"}
    wrong = ROW | {"id": "OBS-3", "recorded_at": "2026-11-20"}
    undo = ROW | {"id": "OBS-4", "retracts": "OBS-3", "reason": "nhập nhầm", "value_low": "",
                  "value_high": "", "recorded_at": "2026-11-22"}
    store = open_store(write_data(tmp_path, observations=[ROW, old, wrong, undo]))
    assert [item.id for item in store.history("HT-CCN-001", TODAY)] == ["OBS-2", "OBS-1"]
    assert [item.id for item in store.history("HT-CCN-001", date(2026, 11, 21))] == ["OBS-3"]


WRONG_ROWS = [
    ("missing_source", "source", {"source": ""}),
    ("unknown_source", "source", {"source": "nobody"}),
    ("unknown_attribute", "attribute", {"attribute": "colour"}),
    ("unknown_subject", "subject", {"subject": "HT-CCN-999"}),
    ("wrong_subject_kind", "subject", {"subject": "HT"}),
    ("not_a_number", "value_low", {"value_low": "5,5"}),
    ("not_finite", "value_low", {"value_low": "nan"}),
    ("not_finite", "value_high", {"value_high": "inf"}),
    ("not_finite", "value_low", {"value_low": "inf", "high_open": "1"}),
    ("low_above_high", "value_low", {"value_low": "6"}),
    ("low_above_high", "value_low", {"low_open": "1"}),
    ("missing_field", "value_high", {"value_high": ""}),
    ("missing_field", "as_written", {"as_written": ""}),
    ("wrong_value_column", "value_text", {"value_text": "năm"}),
    ("not_allowed", "value_code",
     {"attribute": "central_treatment", "value_low": "", "value_high": "", "value_code": "maybe"}),
    ("date_order", "day_earliest",
     {"attribute": "established_on", "value_low": "", "value_high": "", "day_earliest": "2015-01-01",
      "day_latest": "2014-01-01"}),
    ("unknown_commune", "value_text",
     {"attribute": "commune_now", "value_low": "", "value_high": "", "value_text": "2025-07:99999"}),
    ("unknown_commune", "value_text",
     {"attribute": "commune_now", "value_low": "", "value_high": "", "value_text": "Nam Hồng Lĩnh"}),
    ("unknown_commune", "value_text",
     {"attribute": "commune_then", "value_low": "", "value_high": "", "value_text": "2020:18118"}),
    ("date_order", "valid_earliest", {"valid_earliest": "2024-01-02"}),
    ("bad_date", "valid_latest", {"valid_latest": "31/12/2024"}),
    ("bad_date", "valid_latest", {"valid_latest": "2025-02-29"}),
    ("bad_date", "valid_latest", {"valid_latest": "20241231"}),
    ("missing_field", "valid_latest", {"valid_latest": ""}),
    ("bad_date", "recorded_at", {"recorded_at": "yesterday"}),
    ("not_allowed", "source_kind", {"source_kind": "rumour"}),
    ("not_allowed", "reading_confidence", {"reading_confidence": ""}),
    ("not_allowed", "high_open", {"high_open": "yes"}),
    ("duplicate_id", "id", {"id": "OBS-1"}),
    ("missing_field", "id", {"id": ""}),
    ("unknown_observation", "supersedes", {"supersedes": "OBS-9", "reason": "x"}),
    ("unknown_observation", "supersedes", {"supersedes": "OBS-2", "reason": "x"}),
    ("other_subject", "supersedes", {"supersedes": "OBS-1", "reason": "x", "subject": "HT-CCN-002"}),
    ("withdrawn_before_recorded", "supersedes",
     {"supersedes": "OBS-1", "reason": "x", "recorded_at": "2026-11-01"}),
    ("missing_field", "reason", {"supersedes": "OBS-1"}),
    ("wrong_value_column", "value_low", {"retracts": "OBS-1", "reason": "x"}),
]


@pytest.mark.parametrize("problem, column, change", WRONG_ROWS)
def test_a_wrong_cell_is_refused_with_its_place(
    tmp_path: Path, problem: str, column: str, change: dict[str, str]
) -> None:
    error = refused(write_data(tmp_path, observations=[ROW, ROW | {"id": "OBS-2"} | change]))
    assert (error.problem, error.file, error.place) == (
        problem, "observations.csv", {"line": 3, "column": column}
    )


WRONG_TABLES = [
    ("clusters", "bad_cluster_code", "code", {"code": "1", "name": "x"}),
    ("clusters", "missing_field", "name", {"code": "HT-CCN-001"}),
    ("sources", "not_allowed", "kind", {"key": "a", "title": "x", "kind": "blog"}),
    ("sources", "unknown_source", "copy_of", {"key": "a", "title": "x", "kind": "press", "copy_of": "b"}),
    ("sources", "unknown_source", "copy_of", {"key": "a", "title": "x", "kind": "press", "copy_of": "a"}),
    ("communes", "out_of_range", "lat",
     {"code": "2025-07:1", "name": "x", "full_name": "x", "lat": "105.7", "lon": "18.5"}),
    ("communes", "missing_field", "lon", {"code": "2025-07:1", "name": "x", "full_name": "x", "lat": "18.5"}),
    ("communes", "unknown_commune", "code", {"code": "18118", "name": "x", "full_name": "x"}),
    ("commune_changes", "unknown_commune", "to_code",
     {"from_code": "2025-01:18118", "to_code": "2025-07:1", "divided": "0"}),
    ("value_labels", "not_allowed", "value",
     {"attribute": "central_treatment", "value": "blue", "label_vi": "x", "label_en": "x"}),
    ("value_labels", "unknown_attribute", "attribute",
     {"attribute": "colour", "value": "blue", "label_vi": "x", "label_en": "x"}),
    ("plan_tasks", "unknown_source", "state_source",
     {"number": "1", "content_vi": "x", "content_en": "x", "state_vi": "x", "state_en": "x",
      "state_source": "b"}),
]


@pytest.mark.parametrize("table, problem, column, row", WRONG_TABLES)
def test_a_wrong_row_of_another_table_is_refused_with_its_place(
    tmp_path: Path, table: str, problem: str, column: str, row: dict[str, str]
) -> None:
    error = refused(write_data(tmp_path, **{table: [row]}))
    assert (error.problem, error.file) == (problem, f"{table}.csv")
    assert error.place == {"line": 2, "column": column}


WRONG_ATTRIBUTES = [
    ("not_allowed", "value_type", {"value_type": "colour"}),
    ("not_allowed", "prefers", {"prefers": "oldest"}),
    ("not_allowed", "subject_kind", {"subject_kind": "cluster|moon"}),
    ("not_a_number", "shelf_life_months", {"shelf_life_months": "0"}),
    ("allowed_and_type", "allowed", {"allowed": "a|b"}),
    ("allowed_and_type", "allowed", {"value_type": "code"}),
    ("missing_field", "label_en", {"label_en": ""}),
]


@pytest.mark.parametrize("problem, column, change", WRONG_ATTRIBUTES)
def test_a_wrong_attribute_is_refused_with_its_place(
    tmp_path: Path, problem: str, column: str, change: dict[str, str]
) -> None:
    row = {
        "key": "a", "topic": "land", "subject_kind": "cluster", "value_type": "number", "prefers": "newest",
        "is_multiple": "0", "label_vi": "x", "label_en": "x", "meaning_vi": "x", "meaning_en": "x",
    }
    error = refused(write_data(tmp_path, attributes=[row | change]))
    assert (error.problem, error.place) == (problem, {"line": 2, "column": column})


def test_a_file_in_another_encoding_is_refused_with_the_line(tmp_path: Path) -> None:
    folder = write_data(tmp_path)
    (folder / "tables" / "clusters.csv").write_bytes(
        "code,name,aliases\nHT-CCN-001,x,\nHT-CCN-002,H\u1ed3ng \u0110\u00e0,\n".encode("cp1258", "replace")
    )
    error = refused(folder)
    assert (error.problem, error.file, error.place) == ("bad_encoding", "clusters.csv", {"line": 3})


def test_a_missing_column_a_double_one_and_a_short_row_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "clusters.csv"
    columns = ("code", "name", "aliases")
    for text, problem, place in (
        ("code,name\n", "missing_column", {"line": 1, "column": "aliases"}),
        ("", "missing_column", {"line": 1, "column": "code"}),
        ("code,name,aliases,name\n", "duplicate_column", {"line": 1, "column": "name"}),
        ('code,name,aliases\n"a\nb",x,\nHT-CCN-001,x\n', "wrong_cell_count", {"line": 4}),
        ('code,name,aliases\nHT-CCN-001,"x,\n', "bad_csv", {"line": 2}),
    ):
        file.write_text(text, "utf-8")
        with pytest.raises(DataError) as caught:
            read_rows(file, columns)
        assert (caught.value.problem, caught.value.place) == (problem, place)


def test_a_byte_order_mark_and_blank_lines_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "clusters.csv"
    file.write_text("\ufeffcode,name\n\nHT-CCN-001,x\n", "utf-8")
    assert read_rows(file, ("code",)) == [Row("clusters.csv", 3, {"code": "HT-CCN-001", "name": "x"})]


def test_an_absent_table_is_refused_by_name(tmp_path: Path) -> None:
    folder = write_data(tmp_path)
    (folder / "tables" / "sources.csv").unlink()
    error = refused(folder)
    assert (error.problem, error.file) == ("no_file", "sources.csv")


def test_a_broken_catalogue_is_refused_by_name(tmp_path: Path) -> None:
    folder = write_data(tmp_path)
    (folder / "catalog.toml").write_text("[clusters\n", "utf-8")
    error = refused(folder)
    assert (error.problem, error.file) == ("bad_toml", "catalog.toml")


def test_an_overlay_adds_rows_and_is_checked_like_the_shipped_tables(tmp_path: Path) -> None:
    data, overlay = write_data(tmp_path / "data"), tmp_path / "them"
    write_table(overlay / "clusters.csv", [{"code": "HT-CCN-900", "name": "Mới"}])
    write_table(overlay / "sources.csv", [{"key": "survey", "title": "Khảo sát", "kind": "fieldwork"}])
    added = ROW | {"id": "NEW-1", "subject": "HT-CCN-900", "source": "survey", "source_kind": "fieldwork"}
    write_table(overlay / "observations.csv", [added])
    plain, laid_over = open_store(data), open_store(data, overlay)
    assert [cluster.code for cluster in laid_over.clusters][-1] == "HT-CCN-900"
    assert len(laid_over.history("HT-CCN-900", TODAY)) == 1
    assert plain.version != laid_over.version
    assert fingerprint(data) != fingerprint(data, overlay)

    write_table(overlay / "observations.csv", [added | {"id": "OBS-1"}])
    error = refused(data, overlay)
    assert (error.problem, error.file, error.place) == (
        "duplicate_id", "them/observations.csv", {"line": 2, "column": "id"}
    )


def test_an_overlay_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    assert refused(write_data(tmp_path / "data"), tmp_path / "nowhere").problem == "no_folder"


def test_boundary_files_are_found_at_the_top_and_in_their_folder(tmp_path: Path) -> None:
    (tmp_path / "boundaries").mkdir()
    for name in ("b.geojson", "boundaries/a.geojson", "notes.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in boundary_files(tmp_path)] == ["b.geojson", "a.geojson"]
    assert boundary_files(None) == ()


def boundary(accuracy: Accuracy, **more: object) -> Boundary:
    facts = {"shape": box(105.7, 18.5, 105.71, 18.51), "error_m": 5.0, "area_ha": 10.0, "source": "x"}
    return Boundary(cluster="HT-CCN-001", accuracy=accuracy, **(facts | more))  # type: ignore[arg-type]


def test_the_best_boundary_valid_on_the_day_and_horizon_is_drawn(tmp_path: Path) -> None:
    plan = boundary(Accuracy.PLAN_DRAWING, horizon="2030")
    surveyed = boundary(Accuracy.SURVEYED, valid_from=date(2025, 1, 1), horizon="2020")
    digitised = boundary(Accuracy.DIGITISED, valid_to=date(2026, 1, 1))
    store = open_store(write_data(tmp_path), boundaries=[digitised, plan, surveyed])

    def drawn(day: date, horizon: str = "") -> Boundary | None:
        return store.boundaries(day, horizon).get("HT-CCN-001")

    assert drawn(date(2025, 1, 1)) is surveyed
    assert drawn(date(2024, 12, 31)) is plan
    assert drawn(date(2024, 12, 31), "2020") is digitised
    assert drawn(date(2026, 1, 1), "after_2030") is None
    assert drawn(date(2025, 12, 31), "2030") is plan
    assert store.version != open_store(tmp_path).version


def test_the_version_follows_the_content(tmp_path: Path) -> None:
    folder = write_data(tmp_path)
    before = open_store(folder).version
    assert open_store(folder).version == before
    write_data(tmp_path, observations=[ROW | {"note": "x"}])
    assert open_store(folder).version != before


def test_a_thousand_clusters_answer_in_well_under_a_second(tmp_path: Path) -> None:
    codes = [f"HT-CCN-{number:03d}" for number in range(1, 1001)]
    rows = [
        ROW | {"id": f"{code}/{index}", "subject": code, "valid_earliest": "",
               "valid_latest": f"20{10 + index % 15}-06-{1 + index % 28:02d}"}
        for code in codes for index in range(30)
    ]
    clusters = [{"code": code, "name": code} for code in codes]
    store = open_store(write_data(tmp_path, clusters=clusters, observations=rows))
    began = time.perf_counter()
    found = store.evidence(date(2020, 1, 1), TODAY)
    assert time.perf_counter() - began < 1
    assert len(found.standings) == 1000
