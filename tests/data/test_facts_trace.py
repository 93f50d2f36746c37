"""Each of the 358 collected facts is accounted for, and each observation comes from one of them."""

from __future__ import annotations

import pytest

from tests.data.tables import FACTS, OBSERVATIONS, TRACE, read

BY_ID = {row["id"]: row for row in OBSERVATIONS}


def test_there_is_one_line_for_each_fact() -> None:
    assert [row["fact"] for row in TRACE] == [str(n) for n in range(1, 359)]


def test_dispositions() -> None:
    for row in TRACE:
        assert row["disposition"] in ("observation", "note", "left_out"), row["fact"]
        assert bool(row["observations"]) == (row["disposition"] != "left_out"), row["fact"]
        assert row["disposition"] == "observation" or row["reason"], row["fact"]


def test_observations_named_exist_and_none_is_without_a_fact() -> None:
    named = {key for row in TRACE for key in row["observations"].split("|") if key}
    assert named == set(BY_ID)


def test_text_as_written_stands_in_the_fact() -> None:
    for key, observation in BY_ID.items():
        facts = [row for row in TRACE if key in row["observations"].split("|")]
        assert any(observation["as_written"] in row["value"] for row in facts), key


def test_trace_equals_the_collected_facts() -> None:
    if not FACTS.exists():
        pytest.skip("the collected facts are not beside this repository")
    columns = ("cluster", "attribute", "value", "as_of", "source_title")
    traced = [[row[column] for column in columns] for row in TRACE]
    assert traced == [[fact[column] for column in columns] for fact in read(FACTS)]
