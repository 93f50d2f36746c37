"""Databases with a history: the shipped records, and what people added, corrected and took back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from shapely import to_wkb
from shapely.geometry import MultiPolygon, box
from sqlalchemy import Connection, insert

from lib.domain.interval import Interval, exactly
from lib.domain.observation import Observation
from lib.store import log, schema
from lib.store.database import Database
from lib.store.files import SHIPPED, FileStore
from lib.store.migrate import migrate
from lib.store.records import source_columns
from lib.store.sql import SqlStore
from tests.store.databases import empty_postgres, empty_sqlite
from tests.store.make import observation

FIRST_DAY = datetime(2026, 11, 24, 8, 0, 0, 123456)
AREA, TREATMENT = "leased_area_ha", "central_treatment"
CLUSTER, OTHER = "HT-CCN-006", "HT-CCN-007"
HOSTILE = '\\ "ngoặc", dấu phẩy;\r\nxuống dòng\n=1+1 – Đức Thọ'
"""A note with all that a CSV file may stumble over."""


@cache
def shipped() -> FileStore:
    return FileStore(SHIPPED)


def store_of(database: Database) -> SqlStore:
    return SqlStore(database, shipped())


@contextmanager
def another(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A second empty database, of either kind."""
    if kind == "sqlite":
        folder.mkdir(exist_ok=True)
        with empty_sqlite(folder) as made:
            yield made
    else:
        with empty_postgres(request.getfixturevalue("postgres_maker")) as made:
            yield made


def bring_in_shipped(database: Database) -> None:
    """The records of the release as its first batch."""
    migrate(database)
    with database.write() as connection:
        batch = log.add_batch(
            connection, kind="release", title="bản phát hành", author="release", door="release",
            recorded_at=FIRST_DAY,
        )
        connection.execute(
            insert(schema.source), [source_columns(item, batch) for item in shipped().sources.values()]
        )
        connection.execute(
            insert(schema.cluster),
            [
                {"code": one.code, "name": one.name, "aliases": "|".join(one.aliases), "batch": batch}
                for one in shipped().clusters
            ],
        )
        records = [replace(item, batch=batch) for item in shipped().observations]
        log.add_observations(connection, records, shipped().attributes)
        log.index_batch(connection, batch)


def add(database: Database, days_later: int, *items: Observation, title: str = "nhập tay") -> str:
    """One batch of a person, recorded some days after the release; its identifier."""
    at = FIRST_DAY + timedelta(days=days_later)
    with database.write() as connection:
        batch = _batch(connection, title, at)
        signed = [replace(item, batch=batch, author="lan", recorded_at=at) for item in items]
        log.add_observations(connection, signed, shipped().attributes)
        log.index_batch(connection, batch)
    return batch


def _batch(connection: Connection, title: str, at: datetime) -> str:
    return log.add_batch(connection, kind="form", title=title, author="lan", door="page", recorded_at=at)


def said(identifier: str, **changes: Any) -> Observation:
    """A statement about leased land from a shipped source, with `changes`."""
    facts = {"subject": CLUSTER, "source": next(iter(shipped().sources))}
    return observation(identifier, **(facts | changes))


def write_history(database: Database) -> None:
    """Entries, corrections, retractions, one of them retracted, a choice, boundaries, questions, accounts."""
    add(database, 1, said("P-1", value=Interval(11, 12, high_open=True)), said("P-2", note=HOSTILE))
    add(database, 1, said("P-3", attribute=TREATMENT, value="none", subject=OTHER, as_written="\\"))
    published = date(2026, 1, 1)
    add(
        database, 2,
        said("P-4", value=exactly(13.1), published_on=published, supersedes="P-1", reason="đọc nhầm"),
    )
    add(database, 3, said("P-5", value="", as_written="", retracts="P-4", reason="sai nguồn"))
    add(database, 4, said("P-6", value="", as_written="", retracts="P-5", reason="nguồn đúng"))
    future = date(2030, 1, 1)
    add(database, 5, said("P-7", value=exactly(20), valid_earliest=future, valid_latest=future))
    at = FIRST_DAY + timedelta(days=6)
    with database.write() as connection:
        batch = _batch(connection, "chọn và ranh giới", at)
        connection.execute(
            insert(schema.choice).values(
                subject=CLUSTER, attribute=AREA, observation="P-2", chosen_at=at, author="lan",
                reason="số đo tại chỗ", batch=batch,
            )
        )
        log.index_pairs(connection, [(CLUSTER, AREA)])
        _boundaries(connection, batch, at)
        _questions_and_accounts(connection, at)


def _boundaries(connection: Connection, batch: str, at: datetime) -> None:
    square, far = box(105.9, 18.3, 105.91, 18.31), box(106.0001, 18.1, 106.0123456789, 18.11)
    rows: Sequence[tuple[str, Any, str]] = (
        ("G-1", square, ""), ("G-2", MultiPolygon([square, far]), ""), ("G-3", None, "G-1"),
    )
    connection.execute(
        insert(schema.boundary),
        [
            {
                "id": identifier, "cluster": CLUSTER, "horizon": "2030",
                "shape": None if shape is None else to_wkb(shape), "accuracy": "surveyed", "error_m": 0.1,
                "area_ha": 117.3, "source": "bản vẽ", "file": "a.geojson", "valid_from": None,
                "valid_to": date(2031, 1, 1), "recorded_at": at, "batch": batch, "author": "lan",
                "retracts": retracts, "reason": "",
            }
            for identifier, shape, retracts in rows
        ],
    )


def _questions_and_accounts(connection: Connection, at: datetime) -> None:
    connection.execute(
        insert(schema.question).values(
            subject=CLUSTER, attribute=AREA, observation="P-2", note=HOSTILE, asked_at=at, author="an"
        )
    )
    connection.execute(
        insert(schema.answer).values(
            question=1, verdict="kept", note="đúng", answered_at=at, author="lan", batch=""
        )
    )
    connection.execute(
        insert(schema.audit).values(at=at, author="lan", action="choose", subject=CLUSTER, old="", new="P-2")
    )
    connection.execute(
        insert(schema.account).values(
            name="lan", full_name="Lan", role="steward", communes="", password="$argon2id$x", is_active=True,
            session_version=3, created_at=at,
        )
    )
    connection.execute(
        insert(schema.draft).values(account="lan", form="f", content="{}", saved_at=at)
    )
