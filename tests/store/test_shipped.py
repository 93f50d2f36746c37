"""The shipped tables pass every check of the reader."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lib.store import Store, open_store
from lib.store.select import can_be_equal

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def store() -> Store:
    return open_store()


def test_the_clusters_have_their_codes_in_order(store: Store) -> None:
    codes = [cluster.code for cluster in store.clusters]
    assert codes == sorted(codes)
    assert codes[0] == "HT-CCN-001"


def test_every_coded_value_has_words(store: Store) -> None:
    wanted = {(item.key, value) for item in store.attributes.values() for value in item.allowed}
    assert wanted == set(store.value_labels)


def test_contradictions_are_values_that_cannot_be_equal(store: Store) -> None:
    for standing in store.evidence(TODAY, TODAY).standings.values():
        for other in standing.contradicting:
            assert standing.value is not None and not can_be_equal(standing.value, other.value)


def test_nothing_is_known_before_the_release(store: Store) -> None:
    every = [item for cluster in store.clusters for item in store.history(cluster.code, TODAY)]
    release = min(item.recorded_at.date() for item in every)
    assert store.evidence(TODAY, release - timedelta(1)).standings == {}
