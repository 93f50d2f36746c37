"""
A writer killed at random points, in the manner of SQLite's own crash tests.

`CCN_KILLS` kills on each database (20; `make test-long`: 1,000). After each of them the checksum of the whole
state is the one before the batch that was being written, or the one after it. `CCN_SEED` repeats a run.
"""

from __future__ import annotations

import os
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from random import Random

from lib.store.database import open_database
from tests.durability.conftest import Bench
from tests.durability.plan import take_step
from tests.durability.state import checksum, damage, wrong_indexes
from tests.durability.writer import keep_writing, processes, store_at

KILLS = int(os.environ.get("CCN_KILLS", "20"))
STEPS = 40
"""After so many batches a new database is begun."""
LET_BE = 4
"""How many batches, less one, a writer may finish at most before it is killed."""
OVER = 2.0
"""A kill falls within so many times the time that the batch takes undisturbed."""
REPORT_EVERY = 100


@dataclass
class Figures:
    """What happened."""

    kills: Counter[str] = field(default_factory=Counter)
    confirmed: int = 0
    before: int = 0
    after: int = 0
    between_batches: int = 0
    partial: int = 0
    lost: int = 0
    damaged: int = 0
    wrong_indexes: int = 0
    checks: int = 0

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.kills.items()))
        return (
            f"{self.kills.total()} kills ({kinds}); {self.confirmed} batches confirmed; killed in a batch "
            f"{self.before + self.after} (state before it {self.before}, after it {self.after}), between "
            f"batches: {self.between_batches}; partial {self.partial}; confirmed and lost {self.lost}; files "
            f"checked {self.checks}, damaged {self.damaged}; indexes wrong {self.wrong_indexes}"
        )


def expected(bench: Bench, seed: int) -> tuple[list[str], list[float]]:
    """The checksum after each number of steps when nobody is killed, and the seconds each step takes."""
    address = bench.fresh()
    store = store_at(address)
    sums = [checksum(store.database)]
    seconds = []
    for number in range(STEPS):
        begun = time.perf_counter()
        take_step(store, seed, number)
        seconds.append(time.perf_counter() - begun)
        sums.append(checksum(store.database))
    assert len(set(sums)) == len(sums), "every step has to leave a trace"
    assert wrong_indexes(store.database) == []
    bench.drop(store.database)
    return sums, seconds


def test_a_killed_writer_leaves_the_state_before_or_after_its_batch(bench: Bench) -> None:
    seed = int(os.environ.get("CCN_SEED") or secrets.randbelow(10**6))
    name = type(bench).__name__.removesuffix("Bench")
    print(f"\n{name}: {KILLS} kills, CCN_SEED={seed}")
    sums, seconds = expected(bench, seed)
    figures = Figures()
    rng = Random(seed)
    while figures.kills.total() < KILLS:
        _one_database(bench, seed, sums, seconds, rng, figures)
    print(f"{name}: {figures}")
    assert (figures.partial, figures.lost, figures.damaged, figures.wrong_indexes) == (0, 0, 0, 0), figures
    assert figures.before + figures.after > 0.5 * KILLS, f"most kills have to hit a batch: {figures}"


def _one_database(
    bench: Bench, seed: int, sums: list[str], seconds: list[float], rng: Random, figures: Figures
) -> None:
    """Kill one writer after the other on a database until the plan is done."""
    address = bench.fresh()
    database = open_database(address)
    at = 0
    while at < STEPS and figures.kills.total() < KILLS:
        what = bench.kills[figures.kills.total() % len(bench.kills)]
        ours, theirs = processes.Pipe(duplex=False)
        writer = processes.Process(target=keep_writing, args=(address, seed, at, STEPS, theirs))
        writer.start()
        theirs.close()
        server_process = ours.recv()
        first = min(at + rng.randrange(LET_BE), STEPS - 1)
        said = _until(ours, first)
        time.sleep(rng.uniform(0, OVER * seconds[first]))
        has_finished = not writer.is_alive()
        if what != "writer" and not has_finished:
            bench.kill(what, server_process)
        writer.kill()
        writer.join()
        said += _all_of(ours)
        bench.settle(database, server_process)
        begun = sum(kind == "begun" for kind, _ in said)
        done = sum(kind == "done" for kind, _ in said)
        figures.confirmed += done
        assert not has_finished or at + done == STEPS, f"the writer stopped by itself (seed {seed})"
        found = checksum(database)
        place = sums.index(found) if found in sums else None
        problems = damage(database)
        figures.checks += 1
        if not has_finished:
            figures.kills[what] += 1
            figures.between_batches += begun == done
            figures.before += begun > done and place == at + done
            figures.after += begun > done and place == at + begun
        figures.partial += place is None
        figures.lost += place is not None and not at + done <= place <= at + begun
        figures.damaged += bool(problems)
        figures.wrong_indexes += bool(wrong_indexes(database))
        if place is None or problems:
            print(f"seed {seed}, kill {figures.kills.total()} ({what}): no known state, {problems}")
            break
        at = place
        if not has_finished and figures.kills.total() % REPORT_EVERY == 0:
            print(f"… {figures}", flush=True)
    bench.drop(database)


def _until(pipe: Connection, step: int) -> list[tuple[str, int]]:
    """What a process says until it begins a step."""
    said = [pipe.recv()]
    while said[-1] != ("begun", step):
        said.append(pipe.recv())
    return said


def _all_of(pipe: Connection) -> list[tuple[str, int]]:
    """Everything else a process said before it ended."""
    said: list[tuple[str, int]] = []
    try:
        while True:
            said.append(pipe.recv())
    except (EOFError, OSError):
        return said
