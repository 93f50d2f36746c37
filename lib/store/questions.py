"""
"Báo sai số liệu": somebody says that a figure is wrong, a steward answers.

Questions and answers are only added; the last answer to a question counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.sql.elements import ColumnElement

from lib.domain import clock
from lib.domain.account import Account
from lib.domain.errors import Refusal
from lib.store import audit, schema
from lib.store.sql import SqlStore

SHORTEST_NOTE, LONGEST_NOTE = 5, 500
"""Characters of what is said, without space around it."""

MOST_UNANSWERED = 20
"""How many of one account's questions may wait at a time, so that nobody buries the queue."""

DOOR = "page"


class Verdict(StrEnum):
    """What a steward found: put right, right as it stands, or not to be settled yet."""

    CORRECTED = "corrected"
    KEPT = "kept"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Answer:
    """A steward's answer; `batch` names the correction, empty when there is none."""

    verdict: Verdict
    note: str
    answered_at: datetime
    author: str
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """
    One report that a figure is wrong. `observation` is the record that was shown then, empty where there was
    none; `answers` stand in the order they were given.
    """

    number: int
    subject: str
    attribute: str
    observation: str
    note: str
    asked_at: datetime
    author: str
    answers: tuple[Answer, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the figure stays questioned: no answer yet, or the last one settles nothing."""
        return not self.answers or self.answers[-1].verdict is Verdict.UNCLEAR


def ask(
    store: SqlStore, actor: Account, subject: str, attribute: str, observation_id: str = "", note: str = ""
) -> int:
    """
    Puts a question in the queue and returns its number.

    Raises
    ------
    Refusal
        If the account is switched off, the note is too short or too long, the figure does not exist, or too
        many questions of this account wait already.
    Unavailable
        If the database cannot be written.
    """
    if not actor.may_report():
        raise Refusal("store.not_allowed")
    said = _checked_note(note)
    _check_figure(store, subject, attribute, observation_id)
    asked, answered = schema.question, schema.answer
    with store.database.write() as connection:
        waiting = connection.execute(
            select(func.count())
            .select_from(asked)
            .where(asked.c.author == actor.name, asked.c.seq.not_in(select(answered.c.question)))
        ).scalar_one()
        if waiting >= MOST_UNANSWERED:
            raise Refusal("questions.too_many", most=MOST_UNANSWERED)
        number = connection.execute(
            insert(asked)
            .values(
                subject=subject,
                attribute=attribute,
                observation=observation_id,
                note=said,
                asked_at=clock.now(),
                author=actor.name,
            )
            .returning(asked.c.seq)
        ).scalar_one()
        audit.note(
            connection,
            actor.name,
            "question.ask",
            subject=subject,
            attribute=attribute,
            reason=said,
            door=DOOR,
        )
    return int(number)


def answer(
    store: SqlStore, actor: Account, question_id: int, verdict: Verdict | str, note: str, batch: str = ""
) -> None:
    """
    Answers a question; a later answer to the same question replaces this one as the one that counts.

    Raises
    ------
    Refusal
        If the account is not a steward's, the words are too short or too long, or the question, the verdict
        or the batch does not exist.
    Unavailable
        If the database cannot be written.
    """
    if not actor.is_steward:
        raise Refusal("store.not_allowed")
    if verdict not in set(Verdict):
        raise Refusal("questions.unknown_verdict")
    said = _checked_note(note)
    with store.database.write() as connection:
        found = _read(connection, schema.question.c.seq == question_id)
        if not found:
            raise Refusal("questions.unknown_question")
        if batch and not _has_batch(connection, batch):
            raise Refusal("questions.unknown_batch")
        question = found[0]
        connection.execute(
            insert(schema.answer).values(
                question=question.number,
                verdict=str(verdict),
                note=said,
                answered_at=clock.now(),
                author=actor.name,
                batch=batch,
            )
        )
        audit.note(
            connection,
            actor.name,
            "question.answer",
            subject=question.subject,
            attribute=question.attribute,
            old=question.answers[-1].verdict if question.answers else "",
            new=str(verdict),
            reason=said,
            batch=batch,
            door=DOOR,
        )


def open_questions(store: SqlStore) -> tuple[Question, ...]:
    """Questions whose figure stays questioned, the oldest first."""
    return tuple(one for one in _all(store) if one.is_open)


def answered_questions(store: SqlStore) -> tuple[Question, ...]:
    """Settled questions, the one answered last first."""
    settled = (one for one in _all(store) if not one.is_open)
    return tuple(sorted(settled, key=lambda one: one.answers[-1].answered_at, reverse=True))


def of_subject(store: SqlStore, subject: str) -> tuple[Question, ...]:
    """All questions about one subject, the oldest first."""
    return _all(store, schema.question.c.subject == subject)


def of_author(store: SqlStore, name: str) -> tuple[Question, ...]:
    """All questions that one account has asked, the oldest first."""
    return _all(store, schema.question.c.author == name)


def questioned(store: SqlStore) -> frozenset[tuple[str, str]]:
    """(subject, attribute) of every figure that is questioned now."""
    asked, answered = schema.question, schema.answer
    last = (
        select(answered.c.question, func.max(answered.c.seq).label("seq"))
        .group_by(answered.c.question)
        .subquery()
    )
    settled = (
        select(answered.c.question)
        .join(last, last.c.seq == answered.c.seq)
        .where(answered.c.verdict != Verdict.UNCLEAR.value)
    )
    with store.database.read() as connection:
        rows = connection.execute(
            select(asked.c.subject, asked.c.attribute).where(asked.c.seq.not_in(settled)).distinct()
        )
        return frozenset((row.subject, row.attribute) for row in rows)


def _checked_note(note: str) -> str:
    said = note.strip()
    if not SHORTEST_NOTE <= len(said) <= LONGEST_NOTE:
        raise Refusal("questions.note_length", least=SHORTEST_NOTE, most=LONGEST_NOTE)
    return said


def _check_figure(store: SqlStore, subject: str, attribute: str, observation_id: str) -> None:
    shown = store.observation(observation_id) if observation_id else None
    if observation_id and (shown is None or (shown.subject, shown.attribute) != (subject, attribute)):
        raise Refusal("questions.unknown_figure")
    if attribute not in store.attributes or not _is_subject(store, subject):
        raise Refusal("questions.unknown_figure")


def _is_subject(store: SqlStore, subject: str) -> bool:
    """Whether anything is kept about it: a cluster, or whatever a record speaks of."""
    said = schema.observation
    if any(cluster.code == subject for cluster in store.clusters):
        return True
    with store.database.read() as connection:
        found = connection.execute(select(said.c.seq).where(said.c.subject == subject).limit(1)).first()
    return found is not None


def _has_batch(connection: Connection, batch: str) -> bool:
    kept = schema.batch
    return connection.execute(select(kept.c.seq).where(kept.c.id == batch)).first() is not None


def _all(store: SqlStore, *only: ColumnElement[bool]) -> tuple[Question, ...]:
    with store.database.read() as connection:
        return _read(connection, *only)


def _read(connection: Connection, *only: ColumnElement[bool]) -> tuple[Question, ...]:
    asked, answered = schema.question, schema.answer
    rows = connection.execute(select(asked).where(*only).order_by(asked.c.seq)).all()
    wanted = select(asked.c.seq).where(*only)
    given = connection.execute(
        select(answered).where(answered.c.question.in_(wanted)).order_by(answered.c.seq)
    ).all()
    answers = _by_question(
        (row.question, Answer(Verdict(row.verdict), row.note, row.answered_at, row.author, row.batch))
        for row in given
    )
    return tuple(
        Question(
            row.seq,
            row.subject,
            row.attribute,
            row.observation,
            row.note,
            row.asked_at,
            row.author,
            tuple(answers.get(row.seq, ())),
        )
        for row in rows
    )


def _by_question(pairs: Iterable[tuple[int, Answer]]) -> dict[int, list[Answer]]:
    found: dict[int, list[Answer]] = {}
    for number, one in pairs:
        found.setdefault(number, []).append(one)
    return found
