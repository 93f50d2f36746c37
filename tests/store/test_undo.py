"""A batch taken back: the view is as before it, what was believed earlier stays, what rests is named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lib.domain.account import Account, Role
from lib.domain.interval import exactly
from lib.domain.observation import Confidence, SourceKind
from lib.store.database import Database
from lib.store.sql import SqlStore, open_evidence
from lib.store.verify import verify
from lib.store.writing import Entry, append, choose, undo
from tests.store.histories import AREA, CLUSTER, OTHER, shipped

LAN = Account("lan", "Nguyễn Thị Lan", Role.STEWARD)
DAYS = [date(2024, 6, 30), date(2025, 12, 31), date(2026, 11, 24), date(2027, 6, 30)]


def on(patch: pytest.MonkeyPatch, day: int) -> date:
    """Let it be a day of December 2026."""
    now = date(2026, 12, day)
    patch.setenv("CCN_TODAY", now.isoformat())
    return now


def entry(value: float, *, subject: str = CLUSTER, supersedes: str = "") -> Entry:
    day = date(2026, 11, 1)
    return Entry(
        subject=subject, attribute=AREA, value=exactly(value), as_written=f"{value} ha", valid_earliest=day,
        valid_latest=day, source=next(iter(shipped().sources)), source_kind=SourceKind.FIELDWORK,
        reading_confidence=Confidence.HIGH, supersedes=supersedes, reason="gọi lại" if supersedes else "",
    )


def view(store: SqlStore, known_on: date) -> dict[date, Any]:
    """What stands at several dates, by evidence and by the state that is kept."""
    found: dict[date, Any] = {}
    for as_of in DAYS:
        state = store.state(as_of, known_on)[["subject", "attribute", "id"]]
        rows = sorted(state.itertuples(index=False, name=None))
        found[as_of] = (store.evidence(as_of, known_on).standings, rows)
    return found


def test_a_batch_nothing_rests_on_leaves_the_view_as_before_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = on(monkeypatch, 1)
    store = open_evidence(database)
    kept = append(store, LAN, [entry(11)], title="điện thoại")
    before = view(store, first)
    second = on(monkeypatch, 2)
    old = store.entries(kept)[0].id
    wrong = append(store, LAN, [entry(12, supersedes=old), entry(99, subject=OTHER)], title="nhầm")
    while_wrong = view(store, second)
    assert while_wrong != before
    third = on(monkeypatch, 3)
    done = undo(store, LAN, wrong, "nhầm cụm")
    assert done.resting == ()
    assert view(store, third) == before
    assert view(store, second) == while_wrong
    assert view(store, first) == before
    by_id = {batch.id: batch for batch in store.batches()}
    assert by_id[wrong].undone_by == done.batch and by_id[done.batch].undoes == wrong
    assert verify(database, shipped().attributes) == ()


def test_an_undo_can_be_undone(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, 1)
    store = open_evidence(database)
    batch = append(store, LAN, [entry(11)], title="điện thoại")
    second = on(monkeypatch, 2)
    before = view(store, second)
    taken_back = undo(store, LAN, batch, "nhầm")
    third = on(monkeypatch, 3)
    undo(store, LAN, taken_back.batch, "không nhầm")
    assert view(store, third) == before
    assert verify(database, shipped().attributes) == ()


def test_what_rests_on_a_batch_is_named(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, 1)
    store = open_evidence(database)
    first = append(store, LAN, [entry(11)], title="điện thoại")
    old = store.entries(first)[0].id
    on(monkeypatch, 2)
    later = append(store, LAN, [entry(12, supersedes=old)], title="đính chính")
    assert {item.id for item in undo(store, LAN, first, "nhầm").resting} == {
        item.id for item in store.entries(later)
    }
    assert verify(database, shipped().attributes) == ()


def test_a_choice_is_taken_back_with_its_batch(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, 1)
    store = open_evidence(database)
    append(store, LAN, [entry(11), entry(12)], title="hai nguồn")
    today = on(monkeypatch, 2)
    before = view(store, today)
    usable = store.evidence(today, today).get(CLUSTER, AREA).usable
    on(monkeypatch, 3)
    chosen = choose(store, LAN, CLUSTER, AREA, usable[1].id, "đo tại chỗ")
    third = on(monkeypatch, 3)
    assert view(store, third) != before
    fourth = on(monkeypatch, 4)
    undo(store, LAN, chosen, "nhầm")
    assert view(store, fourth) == before
    assert view(store, third) != before
    assert verify(database, shipped().attributes) == ()
