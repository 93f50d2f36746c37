"""The evidence store: records in a database, answered as of a day and as known on a day."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

import pandas as pd
from sqlalchemy import and_, func, select

from lib.domain.observation import Attribute, Evidence, Observation, Source
from lib.domain.places import Boundary, Cluster, Commune, PlanTask
from lib.store import log, schema, tables
from lib.store.csv_rows import LIST_SEPARATOR
from lib.store.database import Database
from lib.store.files import SHIPPED, FileStore, best_boundaries, by_time, communes_by_preference
from lib.store.migrate import migrate
from lib.store.records import boundary_of, observation_of, source_of
from lib.store.release import bring_in
from lib.store.select import Choice, stand, taken_back

KEPT_ANSWERS = 48
"""How many answers (evidence of a day, the list of clusters …) stay in memory."""

_Answer = TypeVar("_Answer")

_STATE_COLUMNS = list(schema.observation.columns.keys())
_SUBJECT, _ATTRIBUTE = _STATE_COLUMNS.index("subject"), _STATE_COLUMNS.index("attribute")
_DAY_COLUMNS = (
    "day_earliest", "day_latest", "valid_earliest", "valid_latest", "published_on", "known_from", "known_to",
)


@dataclass(frozen=True, slots=True)
class Batch:
    """
    What was written at one time by one person. `kind`: release, overlay, form, correct, retract, choose,
    undo, import. `size` counts its records; `undone_by` is the batch that took it back.
    """

    id: str
    kind: str
    title: str
    author: str
    door: str
    recorded_at: datetime
    undoes: str
    reason: str
    size: int
    undone_by: str


class SqlStore:
    """
    Answers from a database. Open it with `open_evidence`; safe to share between threads.

    The catalogue of attributes, words, communes and tasks belongs to the release and comes from its files.
    With `patience_s` it asks for news no more often than that, since one page asks hundreds of times;
    `look_again` makes the next answer new at once.
    """

    def __init__(self, database: Database, shipped: FileStore, patience_s: float = 0.0) -> None:
        self.database = database
        self.shipped = shipped
        self._patience_s = patience_s
        self._looked: tuple[float, str] = (0.0, "")
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def _remembered(self, key: Hashable, reckon: Callable[[], _Answer]) -> _Answer:
        """An answer that holds for one version; the least used are forgotten."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: _Answer = self._kept[key]
                return found
        made = reckon()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT_ANSWERS:
                self._kept.popitem(last=False)
        return made

    @property
    def version(self) -> str:
        looked, version = self._looked
        if version and monotonic() - looked < self._patience_s:
            return version
        with self.database.read() as connection:
            last = connection.execute(select(func.max(schema.batch.c.seq))).scalar_one() or 0
        version = f"{self.shipped.version}.{last}"
        self._looked = (monotonic(), version)
        return version

    def look_again(self) -> None:
        """After a write: the next answer is asked of the database."""
        self._looked = (0.0, "")

    @property
    def attributes(self) -> Mapping[str, Attribute]:
        return self.shipped.attributes

    @property
    def communes(self) -> Mapping[str, Commune]:
        return self.shipped.communes

    @property
    def commune_changes(self) -> tuple[tuple[str, str, bool], ...]:
        return self.shipped.commune_changes

    @property
    def value_labels(self) -> Mapping[tuple[str, str], Mapping[str, str]]:
        return self.shipped.value_labels

    @property
    def plan_tasks(self) -> tuple[PlanTask, ...]:
        return self.shipped.plan_tasks

    @property
    def facts_trace(self) -> pd.DataFrame:
        return self.shipped.facts_trace

    @property
    def catalog(self) -> Mapping[str, Any]:
        return self.shipped.catalog

    @property
    def sources(self) -> Mapping[str, Source]:
        def reckon() -> dict[str, Source]:
            with self.database.read() as connection:
                rows = connection.execute(select(schema.source).order_by(schema.source.c.key)).mappings()
                return {row["key"]: source_of(row) for row in rows}

        return self._remembered(("sources", self.version), reckon)

    @property
    def clusters(self) -> tuple[Cluster, ...]:
        return self._remembered(("clusters", self.version), self._read_clusters)

    def _read_clusters(self) -> tuple[Cluster, ...]:
        said = schema.observation
        with self.database.read() as connection:
            rows = connection.execute(select(schema.cluster).order_by(schema.cluster.c.code)).mappings().all()
            where = and_(
                log.believed(date.max), said.c.attribute.in_(tables.COMMUNE_ATTRIBUTES)
            )
            places = connection.execute(select(said).where(where)).mappings()
            communes_of = communes_by_preference(map(observation_of, places), self.attributes)
        return tuple(
            Cluster(
                row["code"],
                row["name"],
                tuple(part for part in row["aliases"].split(LIST_SEPARATOR) if part),
                communes_of(row["code"], "commune_now"),
                communes_of(row["code"], "commune_then"),
            )
            for row in rows
        )

    def communes_of(self, subject: str) -> frozenset[str]:
        """The communes, now and then, in which a cluster lies; a commune lies in itself."""
        if subject in self.communes:
            return frozenset({subject})
        for cluster in self.clusters:
            if cluster.code == subject:
                return frozenset(cluster.communes_now + cluster.communes_then)
        return frozenset()

    def evidence(self, as_of: date, known_on: date) -> Evidence:
        return self._remembered(
            ("evidence", self.version, as_of, known_on), lambda: self._read_evidence(as_of, known_on)
        )

    def _read_evidence(self, as_of: date, known_on: date) -> Evidence:
        said = schema.observation
        with self.database.read() as connection:
            rows = connection.execute(
                select(said).where(log.believed(known_on)).order_by(said.c.seq)
            ).mappings()
            believed = [observation_of(row) for row in rows]
            chosen = _choices(connection.execute(select(schema.choice)).mappings())
        return stand(believed, self.attributes, as_of, known_on, chosen)

    def state(self, as_of: date, known_on: date) -> pd.DataFrame:
        """
        What stands, one row for each subject and attribute that has a certain value, with the columns of
        `schema.observation`.

        Today's state is read from a table that every write keeps, without searching the history.
        """
        with self.database.read() as connection:
            rows = _state_rows(connection, as_of, known_on)
        found = pd.DataFrame(rows, columns=_STATE_COLUMNS)
        return _with_days(found) if self.database.is_sqlite else found

    def history(self, subject: str, known_on: date) -> tuple[Observation, ...]:
        said = schema.observation
        with self.database.read() as connection:
            rows = connection.execute(
                select(said).where(said.c.subject == subject, log.believed(known_on))
            ).mappings()
            return tuple(sorted(map(observation_of, rows), key=by_time))

    def observation(self, identifier: str) -> Observation | None:
        """One record, withdrawn or not."""
        with self.database.read() as connection:
            row = connection.execute(
                select(schema.observation).where(schema.observation.c.id == identifier)
            ).mappings().first()
        return observation_of(row) if row else None

    def heads(self, pairs: Iterable[log.Pair]) -> dict[log.Pair, int]:
        """
        The number of the last record of each subject and attribute, 0 where there is none.

        A form remembers it when it is opened; a write that names it is told when somebody was faster.
        """
        with self.database.read() as connection:
            return {pair: last_number(connection, pair) for pair in pairs}

    def batches(self) -> tuple[Batch, ...]:
        """All batches, the newest first."""
        return self._remembered(("batches", self.version), self._read_batches)

    def _read_batches(self) -> tuple[Batch, ...]:
        with self.database.read() as connection:
            rows = connection.execute(select(schema.batch).order_by(schema.batch.c.seq.desc())).all()
            sizes: dict[str, int] = {}
            for table in (schema.observation, schema.choice, schema.boundary):
                counted = select(table.c.batch, func.count()).group_by(table.c.batch)
                for batch, count in connection.execute(counted):
                    sizes[batch] = sizes.get(batch, 0) + count
        last_undo = {row.undoes: row.id for row in reversed(rows) if row.undoes}
        undone = taken_back((row.id, row.undoes) for row in rows)
        return tuple(
            Batch(
                row.id, row.kind, row.title, row.author, row.door, row.recorded_at, row.undoes, row.reason,
                sizes.get(row.id, 0), last_undo[row.id] if row.id in undone else "",
            )
            for row in rows
        )

    def entries(self, batch: str) -> tuple[Observation, ...]:
        """The records of one batch, in the order they were written."""
        said = schema.observation
        with self.database.read() as connection:
            rows = connection.execute(
                select(said).where(said.c.batch == batch).order_by(said.c.seq)
            ).mappings()
            return tuple(map(observation_of, rows))

    def choices(self, known_on: date | None = None) -> tuple[Choice, ...]:
        """All choices recorded (by the end of a day), the oldest first; the last of each pair counts."""
        with self.database.read() as connection:
            rows = connection.execute(select(schema.choice).order_by(schema.choice.c.seq)).mappings()
            found = _choices(rows)
        return tuple(one for one in found if known_on is None or one.chosen_at.date() <= known_on)

    def boundaries(
        self, as_of: date, horizon: str = "", known_on: date | None = None
    ) -> dict[str, Boundary]:
        """The best boundary of each cluster, of those believed on a day (today, if not given)."""
        believed = self._remembered(
            ("boundaries", self.version, known_on), lambda: self.all_boundaries(known_on)
        )
        return best_boundaries(believed, as_of, horizon)

    def all_boundaries(self, known_on: date | None = None) -> tuple[Boundary, ...]:
        """Every boundary believed on a day (today, if not given), of whatever day and horizon."""
        kept = schema.boundary
        with self.database.read() as connection:
            rows = connection.execute(select(kept).order_by(kept.c.seq)).mappings().all()
        seen = [row for row in rows if known_on is None or row["recorded_at"].date() <= known_on]
        withdrawn = taken_back((row["id"], row["retracts"]) for row in seen)
        return tuple(
            boundary_of(row) for row in seen if not row["retracts"] and row["id"] not in withdrawn
        )


def last_number(connection: Any, pair: log.Pair) -> int:
    """The number of the last record of a subject and attribute; 0 if there is none."""
    said = schema.observation
    found = connection.execute(
        select(func.max(said.c.seq)).where(said.c.subject == pair[0], said.c.attribute == pair[1])
    ).scalar_one()
    return int(found or 0)


def _choices(rows: Iterable[Any]) -> list[Choice]:
    return [
        Choice(
            row["subject"], row["attribute"], row["observation"], row["chosen_at"], row["author"],
            row["reason"],
        )
        for row in rows
    ]


def _state_rows(connection: Any, as_of: date, known_on: date) -> list[Any]:
    kept = log.get_meta(connection)
    is_late = kept.get("current_day", "9") <= as_of.isoformat()
    holds = is_late and kept.get("known_by", "9") <= known_on.isoformat()
    return _current_rows(connection, as_of) if holds else _searched_rows(connection, as_of, known_on)


def _current_rows(connection: Any, as_of: date) -> list[Any]:
    now, said = schema.current, schema.observation
    rows = _raw(
        connection,
        select(said)
        .join(now, now.c.seq == said.c.seq)
        .where((now.c.until.is_(None)) | (now.c.until > as_of)),
    )
    turned = select(now.c.subject, now.c.attribute).where(now.c.until <= as_of)
    for subject, attribute in connection.execute(turned).all():
        only = and_(said.c.subject == subject, said.c.attribute == attribute)
        rows += _searched_rows(connection, as_of, date.max, only)
    return rows


def _searched_rows(connection: Any, as_of: date, known_on: date, only: Any = None) -> list[Any]:
    said = schema.observation
    where = log.believed(known_on) if only is None else and_(log.believed(known_on), only)
    best = log.preferred(as_of, and_(where, said.c.valid_latest <= as_of)).subquery()
    rows = _raw(
        connection,
        select(said).join(
            best,
            and_(
                said.c.subject == best.c.subject,
                said.c.attribute == best.c.attribute,
                said.c.order_key == best.c.order_key,
            ),
        ),
    )
    kept = log.standing_choices(known_on).subquery()
    chosen = _raw(
        connection,
        select(said)
        .join(kept, said.c.id == kept.c.observation)
        .where(where, said.c.valid_latest <= as_of),
    )
    if not chosen:
        return rows
    instead = {(row[_SUBJECT], row[_ATTRIBUTE]): row for row in chosen}
    return [instead.get((row[_SUBJECT], row[_ATTRIBUTE]), row) for row in rows]


def _raw(connection: Any, statement: Any) -> list[Any]:
    """Rows as the driver gives them: of many thousand, the conversion would take longer than the search."""
    rows: list[Any] = connection.execute(statement).cursor.fetchall()
    return rows


def _with_days(found: pd.DataFrame) -> pd.DataFrame:
    """The texts that SQLite keeps for days, moments and flags, as such; each different one is read once."""
    readers: dict[str, Callable[[Any], Any]] = {
        **dict.fromkeys(_DAY_COLUMNS, date.fromisoformat),
        "recorded_at": datetime.fromisoformat,
        "low_open": bool,
        "high_open": bool,
    }
    for column, read in readers.items():
        values = found[column].astype(object)
        known = {one: read(one) for one in values.dropna().unique()}
        found[column] = pd.Series([known.get(one) for one in values], index=found.index, dtype=object)
    return found


def open_evidence(
    database: Database,
    data: Path = SHIPPED,
    overlay: Path | None = None,
    boundaries: Sequence[Boundary] = (),
    patience_s: float = 0.0,
) -> SqlStore:
    """
    The store of a database, brought up to date: schema, then what the release and the overlay bring.

    What people entered stays as it is. Parameters are those of `lib.store.files.open_store`.

    Raises
    ------
    DataError
        If a shipped or laid-over file is wrong.
    Refusal
        If the schema is newer than this program.
    Unavailable
        If the database cannot be reached or written.
    """
    shipped = FileStore(data)
    laid_over = FileStore(data, overlay, boundaries) if overlay is not None else None
    migrate(database)
    bring_in(database, shipped, laid_over, overlay.name if overlay is not None else "")
    return SqlStore(database, shipped, patience_s)
