"""What people write: who may, what is refused, and what stands afterwards; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.domain.account import Account, Role
from lib.domain.errors import Refusal
from lib.domain.interval import DaySpan, exactly
from lib.domain.observation import Confidence, Source, SourceKind
from lib.store import audit, log
from lib.store.database import Database
from lib.store.files import open_store
from lib.store.select import select
from lib.store.sql import SqlStore, open_evidence
from lib.store.writing import ChangedMeanwhile, Entry, append, choose, retract, undo

TODAY = date(2026, 11, 24)
PHU_VIET, THACH_KIM = "HT-CCN-006", "HT-CCN-010"
LAN = Account("lan", "Lan", Role.STEWARD)
AREA, FLOW = "leased_area_ha", "wastewater_flow_m3_per_day"


@pytest.fixture
def store(database: Database, monkeypatch: pytest.MonkeyPatch) -> SqlStore:
    monkeypatch.setenv("CCN_TODAY", TODAY.isoformat())
    return open_evidence(database)


def entry(**changes: Any) -> Entry:
    facts: dict[str, Any] = {
        "subject": PHU_VIET, "attribute": AREA, "value": exactly(5), "as_written": "5 ha",
        "valid_earliest": date(2026, 10, 1), "valid_latest": date(2026, 10, 1), "source": "kh_nd32",
        "source_kind": SourceKind.FIELDWORK, "reading_confidence": Confidence.HIGH,
    }
    return Entry(**(facts | changes))


def value(store: SqlStore, subject: str = PHU_VIET, attribute: str = AREA) -> object:
    return store.evidence(TODAY, TODAY).get(subject, attribute).value


def test_the_database_answers_as_the_files_do(store: SqlStore) -> None:
    files = open_store()
    for as_of in (TODAY, date(2024, 6, 30), date(2021, 1, 1)):
        wanted, found = files.evidence(as_of, TODAY), store.evidence(as_of, TODAY)
        assert {key: one.usable for key, one in _ids(found).items()} == {
            key: one.usable for key, one in _ids(wanted).items()
        }
    assert [one.code for one in store.clusters] == [one.code for one in files.clusters]
    assert [one.communes_now for one in store.clusters] == [one.communes_now for one in files.clusters]
    assert store.sources.keys() == files.sources.keys()


class _Ids:
    def __init__(self, standing: Any) -> None:
        self.usable = [
            [one.id for one in part] for part in (standing.usable, standing.possible, standing.contradicting)
        ]


def _ids(evidence: Any) -> dict[Any, _Ids]:
    return {key: _Ids(standing) for key, standing in evidence.standings.items()}


def test_a_second_start_brings_nothing_again(store: SqlStore) -> None:
    before = [one.id for one in store.batches()]
    again = open_evidence(store.database)
    assert [one.id for one in again.batches()] == before


def test_what_is_written_stands_and_is_signed(store: SqlStore) -> None:
    batch = append(store, LAN, [entry()], title="gọi điện")
    assert value(store) == exactly(5)
    (kept,) = store.entries(batch)
    assert (kept.author, kept.batch, kept.source) == ("lan", batch, "kh_nd32")
    row = audit.entries(store.database, limit=1)[0]
    assert (row.author, row.action, row.subject, row.attribute, row.new) == (
        "lan", "append", PHU_VIET, AREA, "5",
    )


def test_a_correction_takes_the_place_of_the_old_record_and_keeps_it_for_earlier_days(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(store, LAN, [entry()], title="x")
    old = store.evidence(TODAY, TODAY).get(PHU_VIET, AREA).chosen
    assert old is not None
    later = TODAY + timedelta(days=3)
    monkeypatch.setenv("CCN_TODAY", later.isoformat())
    append(store, LAN, [entry(value=exactly(6), supersedes=old.id, reason="nghe nhầm")], title="x")
    assert store.evidence(TODAY, later).get(PHU_VIET, AREA).value == exactly(6)
    assert store.evidence(TODAY, TODAY).get(PHU_VIET, AREA).value == exactly(5)


def test_the_second_editor_is_told_what_the_first_one_wrote(store: SqlStore) -> None:
    opened = store.heads([(PHU_VIET, AREA)])
    append(store, LAN, [entry()], title="x", expected=opened)
    before = store.version
    with pytest.raises(ChangedMeanwhile) as told:
        append(store, LAN, [entry(value=exactly(9))], title="x", expected=opened)
    assert [one.value for one in told.value.observations] == [exactly(5)]
    assert store.version == before and value(store) == exactly(5)


INSPECTOR = Account("tra", "Tra", Role.INSPECTOR)
NOT_ALLOWED: dict[str, tuple[Account, Entry]] = {
    "a reader": (Account("doc", "Đọc", Role.READER), entry()),
    "one who is switched off": (replace(LAN, is_active=False), entry()),
    "an inspector about land": (INSPECTOR, entry()),
    "an inspector elsewhere": (
        replace(INSPECTOR, communes=("2025-07:18073",)), entry(subject=THACH_KIM, attribute=FLOW),
    ),
}


@pytest.mark.parametrize("case", NOT_ALLOWED)
def test_the_store_itself_refuses_who_may_not_write(store: SqlStore, case: str) -> None:
    actor, one = NOT_ALLOWED[case]
    before = store.version
    with pytest.raises(Refusal) as told:
        append(store, actor, [one], title="x")
    assert told.value.problem == "store.not_allowed" and store.version == before


def test_an_inspector_writes_about_the_environment_of_the_own_communes(store: SqlStore) -> None:
    communes = tuple(store.communes_of(THACH_KIM))
    inspector = replace(INSPECTOR, communes=communes)
    append(store, inspector, [entry(subject=THACH_KIM, attribute=FLOW)], title="kiểm tra")
    assert value(store, THACH_KIM, FLOW) == exactly(5)


WRONG: dict[str, Callable[[], Entry]] = {
    "a text for a number": lambda: entry(value="nhiều"),
    "a day for a number": lambda: entry(value=DaySpan(TODAY, TODAY)),
    "no number at all": lambda: entry(value=exactly(float("inf"))),
    "a code that is not allowed": lambda: entry(attribute="central_treatment", value="great"),
    "an attribute that is not there": lambda: entry(attribute="nonsense"),
    "a cluster that is not there": lambda: entry(subject="HT-CCN-999"),
    "a source that is not there": lambda: entry(source="nonsense"),
    "days in the wrong order": lambda: entry(valid_earliest=date(2026, 10, 2)),
    "what has not begun yet": lambda: entry(
        valid_earliest=TODAY + timedelta(1), valid_latest=TODAY + timedelta(2)
    ),
    "no wording": lambda: entry(as_written=" "),
    "a text without end": lambda: entry(note="x" * 5_000),
    "a record of something else": lambda: entry(supersedes="OBS-0001", reason="x"),
    "a correction without a reason": lambda: entry(supersedes="OBS-0001"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_acceptable_statement_is_refused_whole(store: SqlStore, case: str) -> None:
    before = store.version
    with pytest.raises(Refusal):
        append(store, LAN, [entry(), WRONG[case]()], title="x")
    assert store.version == before and not store.heads([(PHU_VIET, AREA)])[PHU_VIET, AREA]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x", "http://a b"])
def test_a_link_of_a_source_leads_to_the_web_only(store: SqlStore, url: str) -> None:
    source = Source("moi", "Mới", "Sở", SourceKind.FIELDWORK, url=url)
    with pytest.raises(Refusal):
        append(store, LAN, [entry(source="moi")], title="x", sources=[source])
    assert "moi" not in store.sources


def test_a_choice_stands_until_it_is_taken_back(store: SqlStore) -> None:
    append(store, LAN, [entry(), entry(value=exactly(8), valid_latest=date(2026, 10, 2))], title="x")
    first, second = (one.id for one in store.entries(store.batches()[0].id))
    before = store.evidence(TODAY, TODAY).get(PHU_VIET, AREA).chosen
    assert before is not None
    other = second if before.id == first else first
    choose(store, LAN, PHU_VIET, AREA, other, "đã đối chiếu bản gốc")
    chosen = store.evidence(TODAY, TODAY).get(PHU_VIET, AREA).chosen
    assert chosen is not None and chosen.id == other
    state = store.state(TODAY, TODAY)
    assert other in set(state["id"])
    choose(store, LAN, PHU_VIET, AREA, "", "chưa chắc")
    assert store.evidence(TODAY, TODAY).get(PHU_VIET, AREA).chosen == before


def test_only_the_author_or_a_steward_takes_a_batch_back(store: SqlStore) -> None:
    batch = append(store, LAN, [entry()], title="x")
    with pytest.raises(Refusal) as told:
        undo(store, INSPECTOR, batch, "x")
    assert told.value.problem == "store.not_allowed"
    undo(store, Account("hai", "Hai", Role.STEWARD), batch, "nhầm cụm")
    assert value(store) is None
    with pytest.raises(Refusal) as told:
        undo(store, LAN, batch, "x")
    assert told.value.problem == "store.already_undone"


STEP = st.sampled_from(["add", "correct", "retract", "undo", "next day"])


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, min_size=3, max_size=14), number=st.integers(0, 2**32))
def test_any_history_reads_the_same_from_the_index_and_from_all_records(
    database: Database, monkeypatch: pytest.MonkeyPatch, steps: list[str], number: int
) -> None:
    """`known` and `select` over the whole log are the definition; the SQL views have to agree with them."""
    # One database for all examples: each goes on where the last one ended. What is picked depends on what is
    # there, so it is not drawn by hypothesis, which wants the same draws in every run.
    seed = Random(number)
    monkeypatch.setenv("CCN_TODAY", TODAY.isoformat())
    store = open_evidence(database)
    day = max([TODAY, *(one.recorded_at.date() for one in store.batches())])
    days = {day}
    for step in steps:
        monkeypatch.setenv("CCN_TODAY", day.isoformat())
        mine = [one for one in store.history(PHU_VIET, day) if one.attribute == AREA]
        if step == "next day":
            day += timedelta(days=1)
            days.add(day)
        elif step == "add" or not mine:
            append(store, LAN, [entry(value=exactly(seed.randint(1, 9)))], title="x")
        elif step == "correct":
            old = seed.choice(mine)
            append(store, LAN, [entry(value=exactly(3), supersedes=old.id, reason="r")], title="x")
        elif step == "retract":
            retract(store, LAN, seed.choice(mine).id, "r")
        else:
            open_ = [one for one in store.batches() if not one.undone_by and one.kind != "release"]
            if open_:
                undo(store, LAN, seed.choice(open_).id, "r")
    records = [item for batch in store.batches() for item in store.entries(batch.id)]
    for known_on in sorted(days):
        wanted = select(records, store.attributes, day, known_on, store.choices()).get(PHU_VIET, AREA)
        found = store.evidence(day, known_on).get(PHU_VIET, AREA)
        assert [one.id for one in found.usable] == [one.id for one in wanted.usable]
        state = store.state(day, known_on)
        mine = state[(state["subject"] == PHU_VIET) & (state["attribute"] == AREA)]
        assert list(mine["id"]) == [one.id for one in wanted.usable[:1]]
    with store.database.write() as connection:
        before = sorted(connection.exec_driver_sql("SELECT subject, attribute, seq FROM current_state").all())
        log.reindex(connection)
        after = sorted(connection.exec_driver_sql("SELECT subject, attribute, seq FROM current_state").all())
    assert [row for row in before if row[2]] == [row for row in after if row[2]]
