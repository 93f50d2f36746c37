"""Many who write at once: nobody's confirmed change is lost or there twice, and nobody overwrites unseen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from random import Random

import pytest
from sqlalchemy import select

from lib.store import schema, writing
from lib.store.sql import SqlStore
from tests.durability.conftest import Bench
from tests.durability.plan import STEWARD, entry
from tests.durability.state import damage, wrong_indexes
from tests.durability.writer import processes, store_at, write_many

BATCHES_IN_ALL = 120


@pytest.fixture
def store(bench: Bench) -> Iterator[SqlStore]:
    """A filled store of its own."""
    made = store_at(bench.fresh())
    yield made
    bench.drop(made.database)


@pytest.mark.parametrize("writers", [2, 20])
def test_no_change_of_many_writers_is_lost(store: SqlStore, writers: int) -> None:
    address = store.database.engine.url.render_as_string(hide_password=False)
    before = len(store.batches())
    pipes, started = [], []
    for number in range(writers):
        ours, theirs = processes.Pipe()
        arguments = (address, f"writer {number}", BATCHES_IN_ALL // writers, theirs)
        started.append(processes.Process(target=write_many, args=arguments))
        started[-1].start()
        theirs.close()
        pipes.append(ours)
    assert [pipe.recv() for pipe in pipes] == ["ready"] * writers
    for pipe in pipes:
        pipe.send("go")
    confirmed = [message for pipe in pipes for message in iter(pipe.recv, None)]
    for process in started:
        process.join(60)
    assert [process.exitcode for process in started] == [0] * writers
    batches = [batch for batch, _ in confirmed]
    notes = sorted(note for _, written in confirmed for note in written)
    assert len(confirmed) == len(set(batches)) == BATCHES_IN_ALL
    with store.database.read() as connection:
        said = schema.observation
        rows = connection.execute(
            select(said.c.id, said.c.note, said.c.batch).where(said.c.author == STEWARD.name)
        ).all()
        trail = connection.execute(
            select(schema.audit.c.batch).where(schema.audit.c.author == STEWARD.name)
        ).scalars().all()
    assert sorted(row.note for row in rows) == notes
    assert len({row.id for row in rows}) == len(rows)
    assert {row.batch for row in rows} == set(trail) == set(batches)
    assert len(trail) == len(rows), "one line of the trail for each change"
    assert len(store.batches()) == before + BATCHES_IN_ALL
    assert wrong_indexes(store.database) == [] and damage(store.database) == []


def test_of_two_editors_of_one_figure_exactly_one_wins(store: SqlStore) -> None:
    rng = Random(1)
    for number in range(10):
        first = entry(store, rng, valid_latest=date(2026, 1, 1), valid_earliest=date(2026, 1, 1))
        pair = (first.subject, first.attribute)
        opened = store.heads([pair])
        second = entry(store, rng, subject=pair[0], attribute=pair[1])
        starts = threading.Barrier(2)
        won: list[str] = []
        told: list[writing.ChangedMeanwhile] = []

        def edit(one: writing.Entry, title: str) -> None:
            starts.wait(10)  # noqa: B023
            try:
                won.append(writing.append(store, STEWARD, [one], title=title, expected=opened))  # noqa: B023
            except writing.ChangedMeanwhile as refused:
                told.append(refused)  # noqa: B023

        editors = [
            threading.Thread(target=edit, args=(one, f"{number} {name}"))
            for one, name in ((first, "first"), (second, "second"))
        ]
        for editor in editors:
            editor.start()
        for editor in editors:
            editor.join(30)
        assert (len(won), len(told)) == (1, 1)
        assert told[0].problem == "store.changed_meanwhile"
        assert told[0].observations == store.entries(won[0])
        assert store.heads([pair])[pair] > opened[pair]
