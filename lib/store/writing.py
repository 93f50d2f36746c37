"""
What people write: new records, corrections, withdrawals, choices, and undo of a whole batch.

Every function checks the role, writes in one transaction, and notes each change in the trail. Nothing is
overwritten: a correction supersedes, an undo withdraws from now on.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import Connection, insert, or_, select

from lib.domain.account import Account, Role
from lib.domain.clock import now, today
from lib.domain.errors import Refusal
from lib.domain.interval import DaySpan, Interval
from lib.domain.observation import (
    Attribute,
    Confidence,
    Observation,
    Source,
    SourceKind,
    Value,
    ValueType,
)
from lib.store import audit, log, schema, tables
from lib.store.records import VALUE_CLASSES, observation_of, source_columns, source_of, written
from lib.store.select import taken_back
from lib.store.sql import SqlStore, last_number

LONGEST_TEXT = 4_000
"""Characters of one text."""

_WEB = re.compile(r"https?://\S+")
_SOURCE_KEY = re.compile(r"[a-z0-9_.-]{1,60}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One statement to be written; what its parts mean is told by `lib.domain.observation.Observation`."""

    subject: str
    attribute: str
    value: Value
    as_written: str
    valid_earliest: date | None
    valid_latest: date
    source: str
    source_kind: SourceKind
    reading_confidence: Confidence
    published_on: date | None = None
    supersedes: str = ""
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Undone:
    """The batch that took another one back, and the later records that rest on what was taken back."""

    batch: str
    resting: tuple[Observation, ...]


class ChangedMeanwhile(Refusal):
    """Others wrote about the same figures since the form was opened: `observations`, the oldest first."""

    def __init__(self, observations: tuple[Observation, ...]) -> None:
        self.observations = observations
        super().__init__("store.changed_meanwhile", count=len(observations))


def append(
    store: SqlStore,
    actor: Account,
    entries: Iterable[Entry],
    *,
    title: str,
    kind: str = "form",
    door: str = "page",
    reason: str = "",
    sources: Sequence[Source] = (),
    expected: Mapping[log.Pair, int] | None = None,
) -> str:
    """
    Write records as one batch, however many, and return its identifier.

    Parameters
    ----------
    sources
        Sources that are not in the catalogue yet.
    expected
        For each subject and attribute the number of its last record when the person began (`store.heads`).

    Raises
    ------
    Refusal
        If the person may not write one of them, or one of them is not acceptable; nothing is written then.
    ChangedMeanwhile
        If somebody else wrote about one of the pairs in `expected` since.
    """
    _check_text("title", title, needed=True)
    with store.database.write() as connection:
        _check_expected(connection, expected or {})
        batch, moment = _open(connection, actor, kind, title, door, reason)
        checker = _Checker(connection, store, actor, _add_sources(connection, actor, sources, batch, door))
        is_form = kind in ("form", "correct")

        def records() -> Iterable[Observation]:
            for number, entry in enumerate(entries, start=1):
                checker.check(entry)
                if is_form:
                    _note_entry(connection, actor, entry, batch, door)
                parts = {one.name: getattr(entry, one.name) for one in fields(Entry)}
                yield Observation(
                    id=f"{batch}-{number}", recorded_at=moment, batch=batch, author=actor.name, **parts
                )

        count = log.add_observations(connection, records(), store.attributes)
        if not count:
            raise Refusal("store.nothing_to_write")
        if not is_form:
            audit.note(connection, actor.name, kind, new=str(count), reason=reason, batch=batch, door=door)
        log.index_batch(connection, batch)
    return batch


def _open(
    connection: Connection, actor: Account, kind: str, title: str, door: str, reason: str, undoes: str = ""
) -> tuple[str, datetime]:
    """A new batch, which only an account that may write at all may open."""
    if not actor.is_active or actor.role is Role.READER:
        raise Refusal("store.not_allowed")
    moment = now()
    batch = log.add_batch(
        connection, kind=kind, title=title, author=actor.name, door=door, recorded_at=moment,
        undoes=undoes, reason=reason,
    )
    return batch, moment


def _check_text(field: str, text: str, *, needed: bool = False) -> None:
    if len(text) > LONGEST_TEXT or "\0" in text:
        raise Refusal("store.bad_entry", field=field, found=text[:80])
    if needed and not text.strip():
        raise Refusal("store.bad_entry", field=field, found="")


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise Refusal("store.reason_missing")
    _check_text("reason", reason)


def _check_expected(connection: Connection, expected: Mapping[log.Pair, int]) -> None:
    said = schema.observation
    newer: list[Observation] = []
    for pair, number in expected.items():
        if last_number(connection, pair) != number:
            rows = connection.execute(
                select(said)
                .where(said.c.subject == pair[0], said.c.attribute == pair[1], said.c.seq > number)
                .order_by(said.c.seq)
            ).mappings()
            newer += map(observation_of, rows)
    if newer:
        raise ChangedMeanwhile(tuple(sorted(newer, key=lambda item: item.recorded_at)))


class _Checker:
    """Checks entries one by one; what it needs of the database it reads once."""

    def __init__(
        self, connection: Connection, store: SqlStore, actor: Account, sources: Mapping[str, Source]
    ) -> None:
        self.connection = connection
        self.store = store
        self.actor = actor
        self.sources = sources
        codes = frozenset(connection.execute(select(schema.cluster.c.code)).scalars())
        self.catalogue = tables.Catalogue(
            store.attributes, store.shipped.subject_kinds, sources, codes, store.communes.keys()
        )
        self.superseded: set[str] = set()
        self.allowed: dict[log.Pair, bool] = {}
        self.today = today()

    def check(self, entry: Entry) -> None:
        """Refuse what the person may not write, or what is no acceptable statement."""
        attribute = self.store.attributes.get(entry.attribute)
        if attribute is None:
            raise Refusal("store.unknown_attribute")
        kind = self.catalogue.subject_kind(entry.subject)
        if kind not in self.catalogue.kinds[attribute.key]:
            raise self._bad("subject", entry.subject)
        self._check_role(entry.subject, attribute)
        if entry.source not in self.sources:
            raise Refusal("store.unknown_source")
        _check_text("as_written", entry.as_written, needed=True)
        _check_text("note", entry.note)
        _check_text("reason", entry.reason)
        self._check_value(entry, attribute)
        if entry.valid_earliest is not None and entry.valid_earliest > min(entry.valid_latest, self.today):
            raise self._bad("valid_earliest", entry.valid_earliest)
        if entry.supersedes:
            _need_reason(entry.reason)
            self._check_superseded(entry)

    def _check_role(self, subject: str, attribute: Attribute) -> None:
        key = (subject, attribute.topic)
        if key not in self.allowed:
            communes = self.store.communes_of(subject) if self.actor.communes else ()
            self.allowed[key] = self.actor.may_write(attribute.topic, communes)
        if not self.allowed[key]:
            raise Refusal("store.not_allowed")

    def _check_value(self, entry: Entry, attribute: Attribute) -> None:
        value = entry.value
        if not isinstance(value, VALUE_CLASSES[attribute.value_type]):
            raise self._bad(attribute.key, value)
        if isinstance(value, Interval):
            if not math.isfinite(value.low) or math.isnan(value.high):
                raise self._bad(attribute.key, written(value))
        elif isinstance(value, str):
            _check_text(attribute.key, value, needed=True)
            is_code = attribute.value_type is ValueType.CODE
            if is_code and value not in attribute.allowed:
                raise self._bad(attribute.key, value)
            if attribute.key == "commune_now" and value not in self.catalogue.communes:
                raise self._bad(attribute.key, value)
        elif not isinstance(value, DaySpan):
            raise self._bad(attribute.key, value)

    def _check_superseded(self, entry: Entry) -> None:
        old = _believed(self.connection, entry.supersedes)
        if (old.subject, old.attribute) != (entry.subject, entry.attribute):
            raise self._bad("supersedes", entry.supersedes)
        if old.id in self.superseded:
            raise self._bad("supersedes", entry.supersedes)
        self.superseded.add(old.id)

    @staticmethod
    def _bad(field: str, found: object) -> Refusal:
        return Refusal("store.bad_entry", field=field, found=found)


def _believed(connection: Connection, identifier: str) -> Observation:
    """A record that is believed now."""
    said = schema.observation
    row = connection.execute(
        select(said).where(said.c.id == identifier, said.c.known_to.is_(None))
    ).mappings().first()
    if row is None:
        raise Refusal("store.unknown_observation")
    return observation_of(row)


def _add_sources(
    connection: Connection, actor: Account, sources: Sequence[Source], batch: str, door: str
) -> dict[str, Source]:
    """All sources by key, the new ones added; a key that is taken stays with its source."""
    rows = connection.execute(select(schema.source)).mappings()
    known = {row["key"]: source_of(row) for row in rows}
    for item in sources:
        if item.key in known:
            raise Refusal("store.source_taken", found=item.key)
        if not _SOURCE_KEY.fullmatch(item.key):
            raise Refusal("store.bad_entry", field="source", found=item.key)
        if item.url and not _WEB.fullmatch(item.url):
            raise Refusal("store.bad_entry", field="url", found=item.url)
        _check_text("source", item.title, needed=True)
        for text in (item.publisher, item.document_number, item.url, item.date_as_written):
            _check_text("source", text)
        connection.execute(insert(schema.source).values(**source_columns(item, batch)))
        audit.note(
            connection, actor.name, "source", subject=item.key, new=item.title, batch=batch, door=door
        )
        known[item.key] = item
    return known


def _standing_text(connection: Connection, subject: str, attribute: str) -> str:
    """What stands now, in plain signs; empty where nothing does."""
    now_, said = schema.current, schema.observation
    row = connection.execute(
        select(said)
        .join(now_, now_.c.seq == said.c.seq)
        .where(now_.c.subject == subject, now_.c.attribute == attribute)
    ).mappings().first()
    return written(observation_of(row).value) if row else ""


def _note_entry(connection: Connection, actor: Account, entry: Entry, batch: str, door: str) -> None:
    if entry.supersedes:
        old = written(_believed(connection, entry.supersedes).value)
    else:
        old = _standing_text(connection, entry.subject, entry.attribute)
    audit.note(
        connection, actor.name, "correct" if entry.supersedes else "append", subject=entry.subject,
        attribute=entry.attribute, old=old, new=written(entry.value), reason=entry.reason, batch=batch,
        door=door,
    )


def _check_may(store: SqlStore, actor: Account, subject: str, attribute: str) -> None:
    topic = store.attributes[attribute].topic
    communes = store.communes_of(subject) if actor.communes else ()
    if not actor.may_write(topic, communes):
        raise Refusal("store.not_allowed")


def _retraction(
    item: Observation, number: int, batch: str, actor: Account, moment: datetime, reason: str
) -> Observation:
    parts = {one.name: getattr(item, one.name) for one in fields(Observation)}
    return Observation(**parts | {
        "id": f"{batch}-{number}", "value": "", "as_written": "", "recorded_at": moment, "batch": batch,
        "author": actor.name, "supersedes": "", "retracts": item.id, "reason": reason, "note": "",
    })


def retract(store: SqlStore, actor: Account, observation_id: str, reason: str, *, door: str = "page") -> str:
    """Withdraw one record from now on, and return the batch. `Refusal` as `append`, and without a reason."""
    _need_reason(reason)
    with store.database.write() as connection:
        item = _believed(connection, observation_id)
        _check_may(store, actor, item.subject, item.attribute)
        batch, moment = _open(connection, actor, "retract", observation_id, door, reason)
        _retract_all(connection, store, actor, [item], batch, moment, reason, "retract", door)
    return batch


def _retract_all(
    connection: Connection, store: SqlStore, actor: Account, items: Sequence[Observation], batch: str,
    moment: datetime, reason: str, action: str, door: str,
) -> None:
    made = [
        _retraction(item, number, batch, actor, moment, reason) for number, item in enumerate(items, start=1)
    ]
    log.add_observations(connection, made, store.attributes)
    for item in items:
        audit.note(
            connection, actor.name, action, subject=item.subject, attribute=item.attribute,
            old=written(item.value), reason=reason, batch=batch, door=door,
        )
    log.index_batch(connection, batch)


def choose(
    store: SqlStore, actor: Account, subject: str, attribute: str, observation_id: str, reason: str,
    *, door: str = "page",
) -> str:
    """
    Let one of several contradicting records stand, and return the batch; an empty one takes a choice back.

    Raises
    ------
    Refusal
        If the person may not write about it, gives no reason, or the record is not one of this figure.
    """
    _need_reason(reason)
    if attribute not in store.attributes:
        raise Refusal("store.unknown_attribute")
    with store.database.write() as connection:
        _check_may(store, actor, subject, attribute)
        new = ""
        if observation_id:
            item = _believed(connection, observation_id)
            if (item.subject, item.attribute) != (subject, attribute):
                raise Refusal("store.unknown_observation")
            new = written(item.value)
        old = _standing_text(connection, subject, attribute)
        batch, moment = _open(connection, actor, "choose", observation_id or "–", door, reason)
        _add_choice(connection, actor, (subject, attribute), observation_id, reason, batch, moment)
        audit.note(
            connection, actor.name, "choose", subject=subject, attribute=attribute, old=old, new=new,
            reason=reason, batch=batch, door=door,
        )
    return batch


def _add_choice(
    connection: Connection, actor: Account, pair: log.Pair, observation_id: str, reason: str, batch: str,
    moment: datetime,
) -> None:
    connection.execute(
        insert(schema.choice).values(
            subject=pair[0], attribute=pair[1], observation=observation_id, chosen_at=moment,
            author=actor.name, reason=reason, batch=batch,
        )
    )
    log.index_pairs(connection, [pair])


def undo(store: SqlStore, actor: Account, batch_id: str, reason: str, *, door: str = "page") -> Undone:
    """
    Take a whole batch back from now on: its own, or any by a steward. Undoing an undo restores.

    What was believed before, on an earlier day, stays visible. Later records that rest on the batch are
    listed in the answer and left as they are.

    Raises
    ------
    Refusal
        If there is no such batch, it is taken back already, or the person may not.
    """
    _need_reason(reason)
    found = next((one for one in store.batches() if one.id == batch_id), None)
    if found is None:
        raise Refusal("store.unknown_batch")
    if not actor.is_steward and found.author != actor.name:
        raise Refusal("store.not_allowed")
    with store.database.write() as connection:
        if _is_undone(connection, batch_id):
            raise Refusal("store.already_undone")
        batch, moment = _open(connection, actor, "undo", batch_id, door, reason, undoes=batch_id)
        items = _of_batch(connection, batch_id)
        for item in items:
            _check_may(store, actor, item.subject, item.attribute)
        resting = _resting(connection, batch_id, [item.id for item in items])
        retracted = _retracted(connection)
        effective = [item for item in items if item.id not in retracted]
        _retract_all(connection, store, actor, effective, batch, moment, reason, "undo", door)
        _undo_choices(connection, actor, batch_id, reason, batch, moment)
        _undo_boundaries(connection, actor, batch_id, reason, batch, moment)
    return Undone(batch, resting)


def _is_undone(connection: Connection, batch_id: str) -> bool:
    """Whether a batch is taken back by one that is not taken back itself."""
    kept = schema.batch
    marks = connection.execute(select(kept.c.id, kept.c.undoes).where(kept.c.undoes != ""))
    return batch_id in taken_back((row.id, row.undoes) for row in marks)


def _of_batch(connection: Connection, batch_id: str) -> list[Observation]:
    said = schema.observation
    rows = connection.execute(select(said).where(said.c.batch == batch_id).order_by(said.c.seq)).mappings()
    return [observation_of(row) for row in rows]


def _retracted(connection: Connection) -> set[str]:
    """The records that are taken back by a retraction that itself stands."""
    said = schema.observation
    marks = connection.execute(select(said.c.id, said.c.retracts).where(said.c.retracts != ""))
    return taken_back((row.id, row.retracts) for row in marks)


def _resting(connection: Connection, batch_id: str, identifiers: Sequence[str]) -> tuple[Observation, ...]:
    """Records of other batches that correct one of these and are still believed."""
    said = schema.observation
    found: list[Observation] = []
    for start in range(0, len(identifiers), 500):
        some = identifiers[start : start + 500]
        rows = connection.execute(
            select(said)
            .where(
                or_(said.c.supersedes.in_(some), said.c.retracts.in_(some)),
                said.c.batch != batch_id,
                or_(said.c.known_to.is_(None), said.c.retracts != ""),
            )
            .order_by(said.c.seq)
        ).mappings()
        found += map(observation_of, rows)
    withdrawn = _retracted(connection)
    return tuple(item for item in found if item.id not in withdrawn)


def _undo_choices(
    connection: Connection, actor: Account, batch_id: str, reason: str, batch: str, moment: datetime
) -> None:
    """The choice before stands again, unless somebody chose since."""
    kept = schema.choice
    for row in connection.execute(select(kept).where(kept.c.batch == batch_id)).all():
        same = (kept.c.subject == row.subject, kept.c.attribute == row.attribute)
        all_rows = connection.execute(select(kept).where(*same).order_by(kept.c.seq)).all()
        if all_rows[-1].seq != row.seq:
            continue
        before = [one.observation for one in all_rows if one.seq < row.seq]
        pair = (row.subject, row.attribute)
        _add_choice(connection, actor, pair, before[-1] if before else "", reason, batch, moment)
        audit.note(
            connection, actor.name, "undo", subject=row.subject, attribute=row.attribute,
            old=row.observation, new=before[-1] if before else "", reason=reason, batch=batch,
        )


def _undo_boundaries(
    connection: Connection, actor: Account, batch_id: str, reason: str, batch: str, moment: datetime
) -> None:
    kept = schema.boundary
    rows = connection.execute(select(kept).where(kept.c.batch == batch_id)).mappings().all()
    for number, row in enumerate(rows, start=1):
        columns = {name: row[name] for name in row if name not in ("seq", "shape")}
        connection.execute(
            insert(kept).values(
                **columns | {
                    "id": f"{batch}-R{number}", "retracts": row["id"], "recorded_at": moment,
                    "batch": batch, "author": actor.name, "reason": reason,
                }
            )
        )
        audit.note(
            connection, actor.name, "undo", subject=row["cluster"], attribute="boundary", old=row["file"],
            reason=reason, batch=batch,
        )
