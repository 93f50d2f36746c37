"""Drafts: one for each account and form, kept until it is dropped, never another account's."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from lib.domain.clock import now
from lib.domain.errors import Refusal
from lib.store import drafts, schema
from lib.store.database import Database
from lib.store.migrate import migrate

FORM = "HT-CCN-001/environment"
TYPED = {"fields": {"value.leased_area_ha": "1.234,5 “ha” <b>", "note": "một\nhai"}, "heads": {"a": 3}}


@pytest.fixture
def kept(database: Database) -> Database:
    migrate(database)
    return database


def test_a_draft_comes_back_as_it_was_typed(kept: Database) -> None:
    drafts.save(kept, "lan", FORM, TYPED)
    found = drafts.load(kept, "lan", FORM)
    assert found is not None
    assert found.content == TYPED and found.form == FORM


def test_what_is_typed_later_takes_the_place_of_the_earlier(kept: Database) -> None:
    drafts.save(kept, "lan", FORM, {"fields": {"note": "a"}})
    drafts.save(kept, "lan", FORM, TYPED)
    found = drafts.load(kept, "lan", FORM)
    assert found is not None and found.content == TYPED


def test_nobody_reads_or_drops_the_draft_of_another(kept: Database) -> None:
    drafts.save(kept, "lan", FORM, TYPED)
    assert drafts.load(kept, "binh", FORM) is None
    assert drafts.load_all(kept, "binh") == ()
    drafts.drop(kept, "binh", FORM)
    assert drafts.load(kept, "lan", FORM) is not None


def test_drafts_of_several_forms_stand_side_by_side_until_dropped(kept: Database) -> None:
    for form in (FORM, "HT/land"):
        drafts.save(kept, "lan", form, TYPED)
    assert {one.form for one in drafts.load_all(kept, "lan")} == {FORM, "HT/land"}
    drafts.drop(kept, "lan", FORM)
    drafts.drop(kept, "lan", FORM)
    assert [one.form for one in drafts.load_all(kept, "lan")] == ["HT/land"]


def test_a_draft_that_is_too_long_is_refused_and_the_last_good_one_stays(kept: Database) -> None:
    drafts.save(kept, "lan", FORM, TYPED)
    with pytest.raises(Refusal, match="draft_too_long"):
        drafts.save(kept, "lan", FORM, {"note": "x" * drafts.LONGEST_DRAFT})
    found = drafts.load(kept, "lan", FORM)
    assert found is not None and found.content == TYPED


@pytest.mark.parametrize("content", ["{", "[1]", ""])
def test_a_draft_that_cannot_be_read_is_none(kept: Database, content: str) -> None:
    row = {"account": "lan", "form": FORM, "content": content, "saved_at": now()}
    with kept.write() as connection:
        connection.execute(insert(schema.draft).values(**row))
    assert drafts.load(kept, "lan", FORM) is None
