"""The command line door: what it prints, and what it says about data it cannot read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lib import cli
from lib.store.database import open_database, sqlite_url
from tests.store.histories import add, shipped

ROOT = Path(__file__).resolve().parents[1]
CLUSTERS, RULES_IN_FORCE = 28, 7
PHU_VIET, BAC_CAM_XUYEN = "HT-CCN-006", "HT-CCN-007"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as the first start makes it."""
    file = tmp_path_factory.mktemp("database") / "ccn.sqlite"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CCN_TODAY", "2026-11-24")
        patch.setenv("CCN_LOG_FOLDER", str(file.parent))
        assert cli.main(["init", "--url", sqlite_url(file)]) == 0
    return file


@pytest.fixture(autouse=True)
def _fixed_day_and_database(monkeypatch: pytest.MonkeyPatch, filled: Path) -> None:
    monkeypatch.setenv("CCN_TODAY", "2026-11-24")
    monkeypatch.setenv("CCN_DATABASE_URL", sqlite_url(filled))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of the command."""
    code = cli.main(["assess", *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def findings(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    code, out, err = run(capsys, "--format", "json", *arguments)
    assert (code, err) == (0, "")
    found: list[dict[str, Any]] = json.loads(out)["findings"]
    return found


def test_json_holds_every_finding_with_all_that_the_pages_show(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "--as-of", "2026-09-15", "--format", "json")
    assert (code, err) == (0, "")
    read = json.loads(out)
    assert read["as_of"] == "2026-09-15"
    assert read["known_on"] == "2026-11-24"
    assert len({one["subject"] for one in read["findings"]}) == CLUSTERS
    for one in read["findings"]:
        assert one["answer"] in ("met", "unmet", "unknown", "not_applicable")
        assert one["strength"] in ("conclusive", "check")
        assert one["word"] and one["article"] and one["rule"] and one["name"]
        assert isinstance(one["missing"], list)
        for use in one["evidence"]:
            assert use["id"] and use["value"] and use["when"] and use["source"] and use["source_kind"]
            assert use["role"] in ("used", "stale", "possible", "contradicting")
    wastewater = next(
        one for one in read["findings"] if one["subject"] == BAC_CAM_XUYEN and one["group"] == "wastewater"
    )
    assert wastewater["word"] == "Có nguy cơ"
    assert wastewater["rule"] == "R-WWT-3"
    assert wastewater["exemption_open"] is True
    assert wastewater["missing"] == ["provincial_exemption"]
    assert "Điều 51 khoản 1" in wastewater["article"]
    assert "Chưa có" in [use["value"] for use in wastewater["evidence"]]


def test_the_database_and_the_files_it_was_filled_from_give_the_same_findings(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for day in ("2024-06-30", "2026-09-15", "2026-11-24"):
        from_files = findings(capsys, "--as-of", day, "--data", str(tmp_path))
        assert findings(capsys, "--as-of", day) == from_files


def test_what_is_written_to_the_database_counts(
    capsys: pytest.CaptureFixture[str], filled: Path, tmp_path: Path
) -> None:
    url = sqlite_url(tmp_path / "own.sqlite")
    assert cli.main(["init", "--url", url]) == 0
    capsys.readouterr()
    asked = ("--as-of", "2026-11-24", "--url", url)

    def used() -> set[str]:
        return {use["id"] for one in findings(capsys, *asked) for use in one["evidence"]}

    taken = sorted(used())[0]
    with closing(open_database(url)) as database:
        record = next(item for item in shipped().observations if item.id == taken)
        add(database, 0, replace(record, id="X-1", supersedes=taken, reason="đính chính"))
    assert "X-1" in used() and taken not in used()


def test_each_rule_is_asked_once_of_each_cluster(capsys: pytest.CaptureFixture[str]) -> None:
    found = findings(capsys, "--as-of", "2026-09-15")
    asked = [(one["subject"], one["rule"]) for one in found]
    assert len(asked) == len(set(asked))


def test_the_rule_is_the_one_of_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    def rules(day: str) -> set[str]:
        return {one["rule"] for one in findings(capsys, "--as-of", day) if one["group"] == "wastewater"}

    assert rules("2024-06-30") == {"R-WWT-1"}
    assert rules("2025-12-31") == {"R-WWT-1"}
    assert rules("2026-01-01") == {"R-WWT-2"}
    assert rules("2026-01-29") == {"R-WWT-3"}


def test_evidence_that_may_not_yet_have_been_true_is_marked_and_not_used(
    capsys: pytest.CaptureFixture[str],
) -> None:
    one = next(
        one
        for one in findings(capsys, "--as-of", "2024-06-30")
        if one["subject"] == BAC_CAM_XUYEN and one["group"] == "wastewater"
    )
    assert one["answer"] == "unknown" and not one["is_flag"]
    assert {use["role"] for use in one["evidence"] if use["attribute"] == "central_treatment"} == {"possible"}


def test_before_the_data_was_recorded_nothing_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    found = findings(capsys, "--as-of", "2026-09-15", "--known-on", "2026-11-23")
    assert len({one["subject"] for one in found}) == CLUSTERS
    assert not any(one["evidence"] for one in found)
    assert not any(one["is_flag"] for one in found)


def test_the_table_has_a_line_for_each_finding(capsys: pytest.CaptureFixture[str]) -> None:
    every = findings(capsys, "--as-of", "2026-09-15")
    code, out, err = run(capsys, "--as-of", "2026-09-15", "--format", "table")
    assert (code, err) == (0, "")
    head, *lines = out.rstrip("\n").split("\n")
    assert head.split() == [
        "subject", "name", "rule", "answer", "strength", "word", "evidence", "missing", "article",
    ]
    assert len(lines) == len(every)
    line = next(line for line in lines if line.startswith(PHU_VIET) and " R-WWT-3 " in line)
    assert "Phù Việt" in line and "Có nguy cơ" in line and "provincial_exemption" in line


def test_the_words_are_english_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    words = {one["word"] for one in findings(capsys, "--as-of", "2026-09-15", "--lang", "en")}
    assert words and all(word.isascii() for word in words)


def test_a_folder_that_is_not_there_is_said_in_vietnamese(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, err = run(capsys, "--data", str(tmp_path / "khong-co"))
    assert (code, out) == (2, "")
    assert "khong-co" in err and "Không tìm thấy thư mục này." in err and "Cách sửa:" in err
    assert "Traceback" not in err


def test_a_wrong_row_is_named_by_file_line_and_column(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shipped = (ROOT / "data" / "tables" / "observations.csv").read_text("utf-8").split("\n")
    columns = shipped[0].split(",")
    cells = dict.fromkeys(columns, "") | {
        "id": "X-1", "subject": "HT-CCN-012", "attribute": "plan_area_2030_ha", "value_low": "80",
        "value_high": "80", "as_written": "80 ha", "valid_latest": "2026-01-01",
        "recorded_at": "2026-11-24", "source_kind": "press", "reading_confidence": "high",
    }
    text = ",".join(columns) + "\n" + ",".join(cells[column] for column in columns) + "\n"
    (tmp_path / "observations.csv").write_text(text, "utf-8")
    code, out, err = run(capsys, "--data", str(tmp_path))
    assert (code, out) == (2, "")
    assert "observations.csv, dòng 2, cột “source”" in err
    assert "Chưa ghi nguồn." in err


def test_a_wrong_boundary_is_named_by_file_and_feature(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    bow_tie = [[105.70, 18.50], [105.71, 18.51], [105.71, 18.50], [105.70, 18.51], [105.70, 18.50]]
    feature = {
        "type": "Feature",
        "properties": {"cluster": "HT-CCN-012", "accuracy": "plan_drawing", "source": "Bản vẽ thử"},
        "geometry": {"type": "Polygon", "coordinates": [bow_tie]},
    }
    (tmp_path / "ranh-gioi.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8"
    )
    code, out, err = run(capsys, "--data", str(tmp_path))
    assert (code, out) == (2, "")
    assert "ranh-gioi.geojson" in err and "đối tượng “1”" in err and "tự cắt" in err


def test_a_good_folder_adds_its_rows(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "clusters.csv").write_text("code,name,aliases\nHT-CCN-900,Cụm thử,\n", "utf-8")
    found = findings(capsys, "--as-of", "2026-09-15", "--data", str(tmp_path))
    assert "Cụm thử" in {one["name"] for one in found}
    assert len({one["subject"] for one in found}) == CLUSTERS + 1


def test_it_runs_from_a_shell_whatever_the_console_can_write(tmp_path: Path) -> None:
    # A Windows console or a bare C locale does not speak UTF-8 by itself.
    done = subprocess.run(
        [sys.executable, "-m", "lib.cli", "assess", "--as-of", "2026-09-15", "--format", "json"],
        cwd=ROOT,
        env={**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    assert json.loads(done.stdout.decode("utf-8"))["as_of"] == "2026-09-15"
