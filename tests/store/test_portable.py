"""Export and import: what comes back is what was there, at every date, on either kind of database."""

from __future__ import annotations

import csv
import json
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lib.domain.errors import DataError, Refusal
from lib.domain.interval import exactly
from lib.store import portable, schema
from lib.store.compare import differing_days, telling_days
from lib.store.database import Database
from lib.store.migrate import migrate
from lib.store.portable import digests, export, import_into
from lib.store.sql import SqlStore
from lib.store.verify import verify
from tests.store import histories
from tests.store.databases import KINDS, empty_sqlite
from tests.store.histories import (
    CLUSTER,
    FIRST_DAY,
    add,
    another,
    bring_in_shipped,
    said,
    store_of,
    write_history,
)

KNOWN = [FIRST_DAY.date() + timedelta(days=days) for days in range(-1, 8)]
AS_OF = [date(2024, 6, 30), date(2025, 12, 31), date(2026, 11, 24), date(2030, 1, 1)]


@pytest.fixture
def filled(database: Database) -> Database:
    bring_in_shipped(database)
    write_history(database)
    return database


def answers(store: SqlStore) -> dict[str, Any]:
    """All that a reader can ask for, at several dates."""
    found: dict[str, Any] = {
        "clusters": store.clusters,
        "sources": dict(store.sources),
        "batches": store.batches(),
        "choices": store.choices(),
    }
    for known_on in KNOWN:
        found[f"history {known_on}"] = store.history(CLUSTER, known_on)
        for as_of in AS_OF:
            found[f"evidence {as_of} {known_on}"] = store.evidence(as_of, known_on).standings
            state = store.state(as_of, known_on).sort_values("seq").astype(object)
            found[f"state {as_of} {known_on}"] = state.where(state.notna(), None).values.tolist()
            boundaries = store.boundaries(as_of, known_on=known_on)
            found[f"boundaries {as_of} {known_on}"] = {
                code: (one.shape.wkb, one) for code, one in boundaries.items()
            }
    return found


def assert_same_answers(one: Database, other: Database) -> None:
    before, after = answers(store_of(one)), answers(store_of(other))
    assert [key for key in before if before[key] != after[key]] == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_import_answers_as_the_database_it_came_from(
    filled: Database, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    export(filled, tmp_path / "out", with_accounts=True)
    with another(kind, tmp_path / "second", request) as second:
        import_into(second, tmp_path / "out")
        assert digests(second) == digests(filled)
        assert_same_answers(filled, second)
        assert differing_days(store_of(filled), store_of(second)) == ()
        assert verify(second, histories.shipped().attributes) == ()


def test_the_history_of_these_tests_tells_its_days_apart(filled: Database) -> None:
    # Else "the same answers" would say little.
    store = store_of(filled)
    chosen = [store.evidence(AS_OF[2], day).get(CLUSTER, histories.AREA).chosen for day in KNOWN]
    assert {one.id if one else "" for one in chosen} == {"", "P-1", "P-4", "P-2"}
    assert len(telling_days(store)) > 10


def test_writing_goes_on_after_an_import(
    filled: Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    export(filled, tmp_path / "out")
    kind = "sqlite" if filled.is_sqlite else "postgres"
    with another(kind, tmp_path / "second", request) as second:
        import_into(second, tmp_path / "out")
        assert add(second, 9, said("P-9")) == add(filled, 9, said("P-9"))
        assert digests(second)["observation"] == digests(filled)["observation"]
        assert verify(second, histories.shipped().attributes) == ()


def test_one_more_record_makes_the_days_differ(filled: Database, tmp_path: Path) -> None:
    export(filled, tmp_path / "out")
    folder = tmp_path / "second"
    folder.mkdir()
    with empty_sqlite(folder) as second:
        import_into(second, tmp_path / "out")
        add(second, 7, said("P-8", value=exactly(99), supersedes="P-2", reason="mới"))
        assert differing_days(store_of(second), store_of(filled)) != ()


def test_hashes_and_drafts_stay_out_unless_asked_for(filled: Database, tmp_path: Path) -> None:
    export(filled, tmp_path / "plain")
    export(filled, tmp_path / "full", with_accounts=True)

    def rows(folder: str, table: str) -> list[dict[str, str]]:
        with (tmp_path / folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    assert [row["password"] for row in rows("plain", "account")] == [""]
    assert rows("plain", "draft") == []
    assert [row["password"] for row in rows("full", "account")] == ["$argon2id$x"]
    assert len(rows("full", "draft")) == 1
    assert not any(b"argon2" in path.read_bytes() for path in (tmp_path / "plain").iterdir())


def test_the_boundaries_open_in_a_map_program(filled: Database, tmp_path: Path) -> None:
    export(filled, tmp_path / "out")
    layer = gpd.read_file(tmp_path / "out" / portable.LAYERS)
    assert layer.crs.to_epsg() == 4326
    assert list(layer["id"]) == ["G-1", "G-2"]
    assert set(layer["cluster"]) == {CLUSTER}
    assert layer.geometry[0].bounds == (105.9, 18.3, 105.91, 18.31)


def test_any_change_to_a_file_is_refused_and_nothing_is_brought_in(
    filled: Database, tmp_path: Path
) -> None:
    export(filled, tmp_path / "out")
    path = tmp_path / "out" / "observation.csv"
    path.write_bytes(path.read_bytes().replace(b"13.1", b"13.2"))
    second_folder = tmp_path / "second"
    second_folder.mkdir()
    with empty_sqlite(second_folder) as second:
        migrate(second)
        before = digests(second)
        with pytest.raises(DataError) as error:
            import_into(second, tmp_path / "out")
        assert (error.value.problem, error.value.file) == ("cli.bad_checksum", "observation.csv")
        assert digests(second) == before


def test_a_bad_cell_behind_a_right_checksum_leaves_nothing_behind(filled: Database, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(filled, out)
    # "source" comes after "observation" and others, so much is written before the bad cell is met.
    path = out / "source.csv"
    lines = path.read_text("utf-8").replace("2020-", "20x0-").replace("2025-", "20x5-")
    path.write_text(lines, "utf-8", newline="")
    document = json.loads((out / portable.MANIFEST).read_text("utf-8"))
    document["files"]["source.csv"]["sha256"] = portable.sha256_of(path)
    (out / portable.MANIFEST).write_text(json.dumps(document), "utf-8")
    second_folder = tmp_path / "second"
    second_folder.mkdir()
    with empty_sqlite(second_folder) as second:
        with pytest.raises(DataError) as error:
            import_into(second, out)
        assert error.value.problem == "cli.bad_cell" and error.value.place["column"] == "published_on"
        with second.read() as connection:
            assert portable.is_empty(connection)


@pytest.mark.parametrize("name", ["observation.csv", portable.LAYERS, portable.MANIFEST])
def test_a_missing_file_is_named(filled: Database, tmp_path: Path, name: str) -> None:
    export(filled, tmp_path / "out")
    (tmp_path / "out" / name).unlink()
    with pytest.raises(DataError) as error:
        portable.read_manifest(tmp_path / "out")
    assert (error.value.problem, error.value.file) == ("no_file", name)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": "x", "files": {}}', "\ufeff{"])
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / portable.MANIFEST).write_text(content, "utf-8")
    with pytest.raises(DataError) as error:
        portable.read_manifest(tmp_path)
    assert error.value.problem == "cli.bad_manifest"


def test_an_import_needs_an_empty_database(filled: Database, tmp_path: Path) -> None:
    export(filled, tmp_path / "out")
    before = digests(filled)
    with pytest.raises(Refusal) as error:
        import_into(filled, tmp_path / "out")
    assert error.value.problem == "cli.not_empty"
    assert digests(filled) == before


def test_an_export_never_mixes_with_what_is_in_a_folder(filled: Database, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "mine.txt").write_text("x", "utf-8")
    with pytest.raises(Refusal) as error:
        export(filled, folder)
    assert error.value.problem == "cli.folder_in_use"
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]


def test_an_export_of_another_version_is_refused(filled: Database, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(filled, out)
    document = json.loads((out / portable.MANIFEST).read_text("utf-8"))
    (out / portable.MANIFEST).write_text(json.dumps(document | {"schema": "9999"}), "utf-8")
    second_folder = tmp_path / "second"
    second_folder.mkdir()
    with empty_sqlite(second_folder) as second, pytest.raises(Refusal) as error:
        import_into(second, out)
    assert error.value.problem == "cli.other_schema"


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
NUMBERS = st.floats(0, 1e9, allow_nan=False)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(NUMBERS, TEXTS, TEXTS, st.integers(0, 2), st.integers(0, 30)), max_size=12))
def test_any_history_of_writes_comes_back(steps: list[tuple[float, str, str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folders = [Path(scratch) / name for name in ("one", "two")]
        for folder in folders:
            folder.mkdir()
        with empty_sqlite(folders[0]) as one, empty_sqlite(folders[1]) as two:
            bring_in_shipped(one)
            for number, (value, written, note, what, target) in enumerate(steps):
                add(one, number // 2, _step(number, value, written, note, what, target))
            export(one, Path(scratch) / "out")
            import_into(two, Path(scratch) / "out")
            assert digests(two) == digests(one)
            assert verify(two, histories.shipped().attributes) == ()
            with two.read() as connection:
                notes = connection.execute(
                    select(schema.observation.c.note).where(schema.observation.c.author == "lan")
                    .order_by(schema.observation.c.seq)
                ).scalars().all()
            assert notes == [step[2] for step in steps]
            assert differing_days(store_of(one), store_of(two)) == ()


def _step(number: int, value: float, written: str, note: str, what: int, target: int) -> Any:
    """A statement, a correction of an earlier one, or its retraction."""
    identifier, earlier = f"H-{number:03d}", f"H-{target % number:03d}" if number else ""
    if earlier and what == 1:
        return said(identifier, value=exactly(value), supersedes=earlier, reason="sửa", note=note)
    if earlier and what == 2:
        return said(identifier, value="", as_written="", retracts=earlier, reason="rút", note=note)
    return said(identifier, value=exactly(value), as_written=written or "x", note=note)
