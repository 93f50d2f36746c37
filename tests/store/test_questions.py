"""Reports of wrong figures: who may ask and answer, what stays questioned, and what the trail keeps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.domain.account import Account, Role
from lib.domain.errors import Refusal
from lib.store import audit, questions
from lib.store.database import Database
from lib.store.questions import Verdict
from lib.store.sql import SqlStore
from tests.store.histories import CLUSTER, FIRST_DAY, OTHER, bring_in_shipped, store_of

READER = Account("an", "Nguyễn An", Role.READER)
INSPECTOR = Account("binh", "Lê Bình", Role.INSPECTOR)
STEWARD = Account("lan", "Trần Lan", Role.STEWARD)
TREATMENT, AREA = "central_treatment", "leased_area_ha"
NOTE = "Cụm đã có trạm xử lý từ tháng 9"


@pytest.fixture
def store(database: Database) -> SqlStore:
    bring_in_shipped(database)
    return store_of(database)


def test_a_question_waits_with_its_words_and_its_author(store: SqlStore) -> None:
    shown = next(one for one in store.history(CLUSTER, FIRST_DAY.date()) if one.attribute == TREATMENT)
    number = questions.ask(store, READER, CLUSTER, TREATMENT, shown.id, f"  {NOTE}\n")
    (found,) = questions.open_questions(store)
    assert (found.number, found.subject, found.attribute) == (number, CLUSTER, TREATMENT)
    assert (found.observation, found.note, found.author) == (shown.id, NOTE, READER.name)
    assert questions.questioned(store) == {(CLUSTER, TREATMENT)}
    assert questions.of_subject(store, CLUSTER) == (found,)
    assert questions.of_subject(store, OTHER) == ()
    assert questions.of_author(store, READER.name) == (found,)


def test_a_figure_nobody_knows_can_be_reported_too(store: SqlStore) -> None:
    questions.ask(store, READER, CLUSTER, AREA, "", "Cụm này đã cho thuê hết đất")
    assert (CLUSTER, AREA) in questions.questioned(store)


@pytest.mark.parametrize("verdict", [Verdict.CORRECTED, Verdict.KEPT])
def test_an_answer_settles_the_figure(store: SqlStore, verdict: Verdict) -> None:
    number = questions.ask(store, READER, CLUSTER, TREATMENT, "", NOTE)
    questions.answer(store, STEWARD, number, verdict, "Đã đối chiếu quyết định")
    assert questions.questioned(store) == frozenset()
    assert questions.open_questions(store) == ()
    (settled,) = questions.answered_questions(store)
    assert [(one.verdict, one.author) for one in settled.answers] == [(verdict, STEWARD.name)]


def test_an_unclear_answer_leaves_the_figure_questioned_until_a_later_one_settles_it(store: SqlStore) -> None:
    number = questions.ask(store, READER, CLUSTER, TREATMENT, "", NOTE)
    questions.answer(store, STEWARD, number, "unclear", "Đang hỏi lại huyện")
    assert questions.questioned(store) == {(CLUSTER, TREATMENT)}
    assert [one.number for one in questions.open_questions(store)] == [number]
    questions.answer(store, STEWARD, number, "kept", "Số liệu đúng")
    assert questions.questioned(store) == frozenset()
    (settled,) = questions.answered_questions(store)
    assert [one.verdict for one in settled.answers] == [Verdict.UNCLEAR, Verdict.KEPT]


def test_one_settled_question_does_not_settle_another_about_the_same_figure(store: SqlStore) -> None:
    first = questions.ask(store, READER, CLUSTER, TREATMENT, "", NOTE)
    questions.ask(store, INSPECTOR, CLUSTER, TREATMENT, "", "Biên bản ghi khác")
    questions.answer(store, STEWARD, first, "kept", "Số liệu đúng")
    assert questions.questioned(store) == {(CLUSTER, TREATMENT)}


@pytest.mark.parametrize("actor", [READER, INSPECTOR, replace(STEWARD, is_active=False)])
def test_only_an_active_steward_answers(store: SqlStore, actor: Account) -> None:
    number = questions.ask(store, READER, CLUSTER, TREATMENT, "", NOTE)
    with pytest.raises(Refusal) as refused:
        questions.answer(store, actor, number, "kept", "Số liệu đúng")
    assert refused.value.problem == "store.not_allowed"
    assert questions.questioned(store) == {(CLUSTER, TREATMENT)}


def test_an_account_that_is_switched_off_asks_nothing(store: SqlStore) -> None:
    with pytest.raises(Refusal) as refused:
        questions.ask(store, replace(READER, is_active=False), CLUSTER, TREATMENT, "", NOTE)
    assert refused.value.problem == "store.not_allowed"
    assert questions.open_questions(store) == ()


@pytest.mark.parametrize("note", ["", "sai", "  sai  \n", "x" * 501])
def test_a_note_is_neither_empty_nor_endless(store: SqlStore, note: str) -> None:
    with pytest.raises(Refusal) as refused:
        questions.ask(store, READER, CLUSTER, TREATMENT, "", note)
    assert refused.value.problem == "questions.note_length"


@pytest.mark.parametrize(
    ("subject", "attribute", "observation"),
    [("HT-CCN-999", TREATMENT, ""), (CLUSTER, "no_such", ""), (CLUSTER, TREATMENT, "no-such")],
)
def test_only_figures_that_exist_are_reported(
    store: SqlStore, subject: str, attribute: str, observation: str
) -> None:
    with pytest.raises(Refusal) as refused:
        questions.ask(store, READER, subject, attribute, observation, NOTE)
    assert refused.value.problem == "questions.unknown_figure"


def test_the_record_shown_has_to_be_of_the_figure_reported(store: SqlStore) -> None:
    other = store.history(OTHER, FIRST_DAY.date())[0]
    with pytest.raises(Refusal) as refused:
        questions.ask(store, READER, CLUSTER, TREATMENT, other.id, NOTE)
    assert refused.value.problem == "questions.unknown_figure"


def test_nobody_buries_the_queue_and_an_answer_makes_room(store: SqlStore) -> None:
    numbers = [
        questions.ask(store, READER, CLUSTER, TREATMENT, "", f"{NOTE} ({count})")
        for count in range(questions.MOST_UNANSWERED)
    ]
    with pytest.raises(Refusal) as refused:
        questions.ask(store, READER, CLUSTER, TREATMENT, "", NOTE)
    assert refused.value.problem == "questions.too_many"
    questions.ask(store, INSPECTOR, CLUSTER, TREATMENT, "", NOTE)
    questions.answer(store, STEWARD, numbers[0], "unclear", "Đang kiểm tra")
    questions.ask(store, READER, CLUSTER, TREATMENT, "", NOTE)


def test_an_answer_names_a_question_a_verdict_and_a_batch_that_exist(store: SqlStore) -> None:
    number = questions.ask(store, READER, CLUSTER, TREATMENT, "", NOTE)
    wrong = {
        "questions.unknown_question": (number + 1, "kept", "Số liệu đúng", ""),
        "questions.unknown_verdict": (number, "perhaps", "Số liệu đúng", ""),
        "questions.unknown_batch": (number, "corrected", "Đã sửa rồi", "B-999999"),
        "questions.note_length": (number, "kept", " ", ""),
    }
    for problem, given in wrong.items():
        with pytest.raises(Refusal) as refused:
            questions.answer(store, STEWARD, *given)
        assert refused.value.problem == problem
    assert questions.questioned(store) == {(CLUSTER, TREATMENT)}
    questions.answer(store, STEWARD, number, "corrected", "Đã sửa rồi", store.batches()[0].id)
    assert questions.answered_questions(store)[0].answers[0].batch == store.batches()[0].id


def test_the_trail_keeps_question_and_answer_and_nothing_of_what_was_refused(store: SqlStore) -> None:
    number = questions.ask(store, READER, CLUSTER, TREATMENT, "", NOTE)
    with pytest.raises(Refusal):
        questions.answer(store, READER, number, "kept", "Tôi tự trả lời")
    questions.answer(store, STEWARD, number, "unclear", "Đang kiểm tra")
    questions.answer(store, STEWARD, number, "kept", "Số liệu đúng")
    kept = [
        (row.author, row.action, row.subject, row.attribute, row.old, row.new, row.reason)
        for row in reversed(audit.entries(store.database, subject=CLUSTER))
    ]
    assert kept == [
        ("an", "question.ask", CLUSTER, TREATMENT, "", "", NOTE),
        ("lan", "question.answer", CLUSTER, TREATMENT, "", "unclear", "Đang kiểm tra"),
        ("lan", "question.answer", CLUSTER, TREATMENT, "unclear", "kept", "Số liệu đúng"),
    ]
