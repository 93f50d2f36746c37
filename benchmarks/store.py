"""
The evidence store against the same thing done by hand: `python -m benchmarks.store --sizes 25 1000`.

Reading: today's state, the state of another day and one dossier, against pandas over a Parquet file of the
same records. Appending: the checked append against the bare bulk load of the same rows into the same table
with the same indexes. A PostgreSQL is measured as well when `CCN_TEST_POSTGRES` names a server.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random

import pandas as pd
import psycopg
from sqlalchemy import insert, make_url, select

from lib.domain.account import Account, Role
from lib.domain.clock import today
from lib.domain.interval import exactly
from lib.domain.observation import Confidence, SourceKind, ValueType
from lib.store import log, schema
from lib.store.database import Database, open_database, sqlite_url
from lib.store.files import SHIPPED
from lib.store.sql import SqlStore, open_evidence
from lib.store.writing import Entry, append

ATTRIBUTES, TIMES = 30, 5
STEWARD = Account("bench", "Bench", Role.STEWARD)
OTHER_DAY = date(2023, 6, 30)


def entries(store: SqlStore, clusters: int) -> Iterator[Entry]:
    """So many statements a cluster: each attribute at five times."""
    random = Random(7)
    numbers = [key for key, one in store.attributes.items() if one.value_type is ValueType.NUMBER]
    kinds = store.shipped.subject_kinds
    keys = [key for key in numbers if "cluster" in kinds[key]][:ATTRIBUTES]
    source = next(iter(store.sources))
    for cluster in range(clusters):
        for key in keys:
            for step in range(TIMES):
                day = date(2021 + step, 1, 1) + timedelta(days=random.randrange(300))
                value = exactly(round(random.random() * 100, 2))
                yield Entry(
                    code(cluster),
                    key,
                    value,
                    str(value.low),
                    day,
                    day,
                    source,
                    SourceKind.OFFICIAL_REPORT,
                    Confidence.HIGH,
                )


def code(number: int) -> str:
    return f"HT-CCN-{number + 100:06d}"


def best_ms(what: Callable[[], object], times: int = 5) -> float:
    """The shortest of some runs, in milliseconds."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        what()
        found.append((time.perf_counter() - begun) * 1000)
    return min(found)


def by_hand(file: Path, day: date) -> pd.DataFrame:
    """The newest record of each subject and attribute up to a day, as one would do it without a store."""
    rows = pd.read_parquet(file)
    usable = rows[rows["valid_latest"] <= day]
    ordered = usable.sort_values(["subject", "attribute", "valid_earliest", "valid_latest", "id"])
    return ordered.drop_duplicates(["subject", "attribute"], keep="last")


def bare_load(database: Database, rows: list[dict[str, object]]) -> None:
    """The bulk load alone, without any check, into the same table with the same indexes."""
    with database.write() as connection:
        log.insert_rows(connection, rows)


def measure(name: str, database: Database, spare: Database, clusters: int, scratch: Path) -> None:
    """One line a comparison."""
    store = open_evidence(database, SHIPPED)
    with database.write() as connection:
        connection.execute(
            insert(schema.cluster),
            [{"code": code(n), "name": str(n), "aliases": "", "batch": "bench"} for n in range(clusters)],
        )
    begun = time.perf_counter()
    append(store, STEWARD, entries(store, clusters), title="bench", kind="import")
    appended = time.perf_counter() - begun
    with database.read() as connection:
        found = connection.execute(select(schema.observation).order_by(schema.observation.c.seq)).mappings()
        bare = [{key: value for key, value in row.items() if key != "seq"} for row in found]
    open_evidence(spare, SHIPPED)
    added = [row for row in bare if row["author"] == STEWARD.name]
    begun = time.perf_counter()
    for start in range(0, len(added), log.CHUNK):
        bare_load(spare, added[start : start + log.CHUNK])
    loaded = time.perf_counter() - begun
    file = scratch / f"{name}-{clusters}.parquet"
    frame = pd.DataFrame(bare)
    frame.to_parquet(file)
    wanted = by_hand(file, today())
    now = store.state(today(), today())
    # Both ways have to find the same number of figures, else the comparison means nothing.
    assert len(now) == len(wanted), (len(now), len(wanted))
    hand_now, hand_then = (best_ms(partial(by_hand, file, day)) for day in (today(), OTHER_DAY))
    ours_now = best_ms(lambda: store.state(today(), today()))
    ours_then = best_ms(lambda: store.state(OTHER_DAY, today()))
    dossier = best_ms(lambda: store.history(code(clusters // 2), today()))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"| {name} | {clusters} | {len(bare)} | {ours_now:.0f}/{hand_now:.0f} = {ours_now / hand_now:.2f} "
        f"| {ours_then:.0f}/{hand_then:.0f} = {ours_then / hand_then:.2f} | {dossier:.1f} "
        f"| {appended:.1f}/{loaded:.1f} s = {appended / loaded:.2f} | {memory:.0f} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[25, 1000])
    given = parser.parse_args()
    heads = (
        "database",
        "clusters",
        "records",
        "today, ms: ours/pandas",
        "other day",
        "dossier, ms",
        "append/bare",
        "MB",
    )
    print(f"| {' | '.join(heads)} |")
    print("|---|---|---|---|---|---|---|---|")
    server = os.environ.get("CCN_TEST_POSTGRES")
    for clusters in given.sizes:
        with tempfile.TemporaryDirectory() as folder:
            scratch = Path(folder)
            ours, spare = (open_database(sqlite_url(scratch / f"{one}.sqlite")) for one in ("a", "b"))
            with closing(ours), closing(spare):
                measure("SQLite", ours, spare, clusters, scratch)
            if server:
                _on_postgres(server, clusters, scratch)


def _on_postgres(server: str, clusters: int, scratch: Path) -> None:
    names = [f"ccn_bench_{os.getpid()}_{part}" for part in ("a", "b")]
    with psycopg.connect(server, autocommit=True) as connection:
        for name in names:
            connection.execute(f"CREATE DATABASE {name}")
        try:
            opened = [
                open_database(make_url(server).set(database=name).render_as_string(hide_password=False))
                for name in names
            ]
            with closing(opened[0]), closing(opened[1]):
                measure("PostgreSQL", opened[0], opened[1], clusters, scratch)
        finally:
            for name in names:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


if __name__ == "__main__":
    main()
