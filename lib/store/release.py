"""
What the release and the folder laid over it bring into the database, as batches like any other.

A record of the release is known by its identifier. When a newer release says something else under it, a new
record supersedes the one that stands (`OBS-0012~2`); when it leaves it out, it is withdrawn. Nothing that
people entered is touched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from lib.domain.account import RELEASE, SERVER, Account
from lib.domain.clock import now
from lib.domain.observation import Observation
from lib.domain.places import Boundary, Cluster
from lib.store import audit, log, schema
from lib.store.csv_rows import LIST_SEPARATOR
from lib.store.database import Database
from lib.store.files import FileStore
from lib.store.records import boundary_columns, observation_of, source_columns, value_columns

_GENERATION = "~"
_NEWER = "bản phát hành mới ghi khác"
_GONE = "bản phát hành mới không còn ghi"


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a set of records comes from. Its `kind` and `title` name its batches."""

    kind: str
    title: str
    author: Account
    door: str


def bring_in(database: Database, shipped: FileStore, laid_over: FileStore | None, folder: str) -> None:
    """
    Write what the database does not have yet, in one transaction.

    Parameters
    ----------
    laid_over
        The shipped records with those of the folder laid over them; None without such a folder.
    folder
        The folder's name, by which what it brought before is known again.
    """
    release = _Origin("release", "data", RELEASE, "release")
    overlay = _Origin("overlay", folder, SERVER, "--data")
    wanted = {f"release:{release.title}": shipped.version}
    if laid_over is not None:
        wanted[f"overlay:{folder}"] = laid_over.version
    with database.read() as connection:
        kept = log.get_meta(connection)
    if all(kept.get(key) == value for key, value in wanted.items()):
        return
    with database.write() as connection:
        _bring(connection, release, shipped, shipped.observations, ())
        if laid_over is not None:
            own = {item.id for item in shipped.observations}
            added = [item for item in laid_over.observations if item.id not in own]
            _bring(connection, overlay, laid_over, added, laid_over.all_boundaries)
        log.set_meta(connection, **wanted)


def _bring(
    connection: Connection,
    origin: _Origin,
    files: FileStore,
    wanted: Sequence[Observation],
    shapes: Sequence[Boundary],
) -> None:
    before = _latest(connection, origin)
    changed = list(_changes(before, wanted))
    new_shapes = _new_shapes(connection, origin, shapes)
    if not (changed or new_shapes or _differs(connection, files, origin)):
        return
    moment = now()
    batch = log.add_batch(
        connection,
        kind=origin.kind,
        title=origin.title,
        author=origin.author.name,
        door=origin.door,
        recorded_at=moment,
    )
    _bring_sources(connection, files, batch, origin)
    _bring_clusters(connection, files.clusters, batch, origin)
    late = [
        # The first time the moment of the release counts; what a later one changes is known from now on.
        replace(item, batch=batch, author=origin.author.name)
        if _GENERATION not in item.id
        else replace(item, batch=batch, author=origin.author.name, recorded_at=moment)
        for item in changed
    ]
    count = log.add_observations(connection, late, files.attributes)
    for number, shape in enumerate(new_shapes, start=1):
        connection.execute(
            insert(schema.boundary).values(
                **boundary_columns(shape),
                id=f"{batch}-R{number}",
                batch=batch,
                author=origin.author.name,
                recorded_at=moment,
            )
        )
    log.index_batch(connection, batch)
    audit.note(
        connection, origin.author.name, origin.kind, new=str(count + len(new_shapes)), batch=batch,
        door=origin.door,
    )


def _latest(connection: Connection, origin: _Origin) -> dict[str, list[Observation]]:
    """What this origin wrote before, by the identifier in its files, the newest last."""
    said, batch = schema.observation, schema.batch
    rows = connection.execute(
        select(said)
        .join(batch, batch.c.id == said.c.batch)
        .where(batch.c.kind == origin.kind, batch.c.title == origin.title)
        .order_by(said.c.seq)
    ).mappings()
    found: dict[str, list[Observation]] = {}
    for row in rows:
        found.setdefault(row["id"].split(_GENERATION)[0], []).append(observation_of(row))
    return found


def _changes(before: dict[str, list[Observation]], wanted: Sequence[Observation]) -> Iterable[Observation]:
    for item in wanted:
        earlier = before.get(item.id)
        if earlier is None:
            yield item
        elif _content(earlier[-1]) != _content(item) or earlier[-1].retracts not in ("", item.retracts):
            last = earlier[-1]
            identifier = f"{item.id}{_GENERATION}{len(earlier) + 1}"
            if last.retracts:
                yield replace(item, id=identifier, supersedes="", reason=_NEWER)
            else:
                yield replace(item, id=identifier, supersedes=last.id, reason=_NEWER)
    names = {item.id for item in wanted}
    for identifier, earlier in before.items():
        last = earlier[-1]
        if identifier not in names and not last.retracts:
            number = f"{identifier}{_GENERATION}{len(earlier) + 1}"
            yield replace(last, id=number, supersedes="", retracts=last.id, value="", reason=_GONE)


def _content(item: Observation) -> tuple[object, ...]:
    """What a record says, apart from who wrote it when and in what order."""
    return (
        item.subject, item.attribute, tuple(value_columns(item.value).values()), item.as_written,
        item.valid_earliest, item.valid_latest, item.published_on, item.source, item.source_kind,
        item.reading_confidence, item.note,
    )


def _shape_content(columns: dict[str, Any]) -> str:
    named = ("cluster", "horizon", "accuracy", "error_m", "source", "file", "valid_from", "valid_to")
    said = repr([columns[name] for name in named]).encode() + bytes(columns["shape"])
    return hashlib.sha256(said).hexdigest()


def _new_shapes(connection: Connection, origin: _Origin, shapes: Sequence[Boundary]) -> list[Boundary]:
    kept, batch = schema.boundary, schema.batch
    rows = connection.execute(
        select(kept)
        .join(batch, batch.c.id == kept.c.batch)
        .where(batch.c.kind == origin.kind, batch.c.title == origin.title, kept.c.retracts == "")
    ).mappings()
    known = {_shape_content(dict(row)) for row in rows}
    return [shape for shape in shapes if _shape_content(boundary_columns(shape)) not in known]


def _differs(connection: Connection, files: FileStore, origin: _Origin) -> bool:
    sources = _rows(connection, schema.source)
    clusters = _rows(connection, schema.cluster)
    return any(
        _without_batch(sources.get(one.key)) != _without_batch(source_columns(one, ""))
        for one in files.sources.values()
    ) or any(
        _without_batch(clusters.get(one.code)) != _without_batch(_cluster_columns(one, ""))
        for one in files.clusters
    )


def _rows(connection: Connection, table: Table) -> dict[str, dict[str, Any]]:
    key = next(iter(table.primary_key.columns)).name
    return {row[key]: dict(row) for row in connection.execute(select(table)).mappings()}


def _without_batch(row: dict[str, Any] | None) -> dict[str, Any] | None:
    return {key: value for key, value in row.items() if key != "batch"} if row else None


def _cluster_columns(cluster: Cluster, batch: str) -> dict[str, Any]:
    return {
        "code": cluster.code,
        "name": cluster.name,
        "aliases": LIST_SEPARATOR.join(cluster.aliases),
        "batch": batch,
    }


def _bring_sources(connection: Connection, files: FileStore, batch: str, origin: _Origin) -> None:
    rows = [source_columns(one, batch) for one in files.sources.values()]
    _bring_rows(connection, schema.source, rows, ("title", "url"), batch, origin)


def _bring_clusters(
    connection: Connection, clusters: Collection[Cluster], batch: str, origin: _Origin
) -> None:
    rows = [_cluster_columns(one, batch) for one in clusters]
    _bring_rows(connection, schema.cluster, rows, ("name", "aliases"), batch, origin)


def _bring_rows(
    connection: Connection,
    table: Table,
    rows: Sequence[dict[str, Any]],
    shown: tuple[str, ...],
    batch: str,
    origin: _Origin,
) -> None:
    """Add new rows of a list; a changed one is replaced and its old words stay in the trail."""
    key = next(iter(table.primary_key.columns)).name
    kept = _rows(connection, table)
    added = [row for row in rows if row[key] not in kept]
    if added:
        connection.execute(insert(table), added)
    for row in rows:
        old = kept.get(row[key])
        if old is None or _without_batch(old) == _without_batch(row):
            continue
        connection.execute(update(table).where(table.c[key] == row[key]).values(**row))
        audit.note(
            connection, origin.author.name, origin.kind, subject=row[key],
            old=" · ".join(str(old[name]) for name in shown), new=" · ".join(row[name] for name in shown),
            batch=batch, door=origin.door,
        )
