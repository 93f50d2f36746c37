"""
What the writers write: steps that follow from a seed and the state they find, so that a second run of them
gives the same state again, whatever was cut off in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random

from sqlalchemy import select

from lib.domain.account import Account, Role
from lib.domain.interval import Interval
from lib.domain.observation import Confidence, SourceKind, ValueType
from lib.store import schema, writing
from lib.store.sql import SqlStore

STEWARD = Account("durable", "Người thử", Role.STEWARD)
DAY = "2026-11-24"
"""The day on which all of it is written: the state must not depend on midnight."""
SIZES = (1, 3, 30, 150)
"""Records of one batch: a form, a correction, an imported sheet."""
_FIRST_DAY = date(2020, 1, 1)
_OTHER_THAN_APPEND = 0.3


def entry(store: SqlStore, rng: Random, **changes: object) -> writing.Entry:
    """A figure that somebody might enter."""
    numbers = [
        one for one in store.attributes.values()
        if one.value_type is ValueType.NUMBER and "cluster" in store.shipped.subject_kinds[one.key]
    ]
    day = _FIRST_DAY + timedelta(days=rng.randrange(2400))
    amount = float(rng.randrange(1, 75))
    source = rng.choice(sorted(store.sources))
    facts: dict[str, object] = {
        "subject": rng.choice(store.clusters).code,
        "attribute": rng.choice(numbers).key,
        "value": Interval(amount, amount),
        "as_written": f"{amount:g}",
        "valid_earliest": day,
        "valid_latest": day,
        "source": source,
        "source_kind": rng.choice(list(SourceKind)),
        "reading_confidence": rng.choice(list(Confidence)),
    }
    return writing.Entry(**(facts | changes))  # type: ignore[arg-type]


def take_step(store: SqlStore, seed: int, number: int) -> str:
    """Write step `number` as one batch and return its identifier."""
    rng = Random(f"{seed}/{number}")
    reason = f"step {number}"
    if rng.random() < _OTHER_THAN_APPEND:
        own = _own_records(store)
        undoable = [
            batch.id for batch in store.batches() if batch.author == STEWARD.name and batch.kind == "form"
            and not batch.undone_by
        ]
        kind = rng.choice(("retract", "choose", "undo"))
        if kind == "undo" and undoable:
            return writing.undo(store, STEWARD, undoable[0], reason).batch
        if kind == "retract" and own:
            return writing.retract(store, STEWARD, rng.choice(own)["id"], reason)
        if kind == "choose" and own:
            one = rng.choice(own)
            return writing.choose(store, STEWARD, one["subject"], one["attribute"], one["id"], reason)
    entries = [entry(store, rng) for _ in range(rng.choice(SIZES))]
    return writing.append(store, STEWARD, entries, title=f"step {number}")


def _own_records(store: SqlStore) -> Sequence[Mapping[str, str]]:
    """Records of these steps that are believed, in the order they were written."""
    said = schema.observation
    with store.database.read() as connection:
        return connection.execute(
            select(said.c.id, said.c.subject, said.c.attribute)
            .where(said.c.author == STEWARD.name, said.c.known_to.is_(None))
            .order_by(said.c.seq)
        ).mappings().all()  # type: ignore[return-value]
