"""A newer release and a folder laid over it come in without touching what people entered."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from lib.domain.account import Account, Role
from lib.domain.interval import exactly
from lib.domain.observation import Confidence, SourceKind
from lib.store.database import Database
from lib.store.sql import open_evidence
from lib.store.writing import Entry, append, undo
from tests.store.make import ROW, write_data

TODAY = date(2026, 11, 24)
CLUSTER, AREA = "HT-CCN-001", "leased_area_ha"
LAN = Account("lan", "Lan", Role.STEWARD)


@pytest.fixture(autouse=True)
def _fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCN_TODAY", TODAY.isoformat())


def release(folder: Path, *rows: dict[str, str]) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return write_data(folder, observations=list(rows))


def area(database: Database, data: Path) -> object:
    return open_evidence(database, data).evidence(TODAY, TODAY).get(CLUSTER, AREA).value


def test_a_changed_record_supersedes_the_old_one_and_can_change_back(
    database: Database, tmp_path: Path
) -> None:
    first = {**ROW}
    second = {**ROW, "value_low": "7", "value_high": "7", "as_written": "7 ha"}
    for row, wanted in ((first, 5), (second, 7), (first, 5), (first, 5)):
        assert area(database, release(tmp_path / "data", row)) == exactly(wanted)
    store = open_evidence(database, tmp_path / "data")
    assert [batch.kind for batch in store.batches()] == ["release"] * 3


def test_a_record_that_is_gone_is_withdrawn_and_may_come_back(database: Database, tmp_path: Path) -> None:
    assert area(database, release(tmp_path / "data", ROW)) == exactly(5)
    assert area(database, release(tmp_path / "data")) is None
    assert area(database, release(tmp_path / "data", ROW)) == exactly(5)


def test_what_people_entered_outlives_a_release(database: Database, tmp_path: Path) -> None:
    store = open_evidence(database, release(tmp_path / "data", ROW))
    mine = Entry(
        CLUSTER, AREA, exactly(9), "9 ha", date(2026, 1, 1), date(2026, 1, 1), "report",
        SourceKind.FIELDWORK, Confidence.HIGH,
    )
    batch = append(store, LAN, [mine], title="x")
    assert area(database, release(tmp_path / "data", {**ROW, "as_written": "năm ha"})) == exactly(9)
    undo(open_evidence(database, tmp_path / "data"), LAN, batch, "nhầm")
    assert area(database, tmp_path / "data") == exactly(5)


def test_a_folder_laid_over_is_a_batch_that_can_be_taken_back(database: Database, tmp_path: Path) -> None:
    data = release(tmp_path / "data", ROW)
    overlay = tmp_path / "cua-toi"
    more = {**ROW, "id": "MY-1", "value_low": "8", "value_high": "8", "valid_latest": "2025-01-01",
            "valid_earliest": "2025-01-01"}
    write_data(tmp_path / "made", observations=[more])
    overlay.mkdir()
    shutil.copy(tmp_path / "made" / "tables" / "observations.csv", overlay / "observations.csv")
    store = open_evidence(database, data, overlay)
    assert store.evidence(TODAY, TODAY).get(CLUSTER, AREA).value == exactly(8)
    (batch,) = [one for one in store.batches() if one.kind == "overlay"]
    assert batch.title == "cua-toi" and batch.size == 1
    undo(store, LAN, batch.id, "không dùng nữa")
    assert area(database, data) == exactly(5)
