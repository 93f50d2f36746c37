"""Three-valued logic, all of it."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.kleene import Truth, all_of, any_of, negate

AND: dict[tuple[Truth, Truth], Truth] = {
    (True, True): True, (True, None): None, (True, False): False,
    (None, True): None, (None, None): None, (None, False): False,
    (False, True): False, (False, None): False, (False, False): False,
}
OR: dict[tuple[Truth, Truth], Truth] = {
    (True, True): True, (True, None): True, (True, False): True,
    (None, True): True, (None, None): None, (None, False): None,
    (False, True): True, (False, None): None, (False, False): False,
}
NOT: dict[Truth, Truth] = {True: False, None: None, False: True}
TRUTHS = (True, None, False)


@pytest.mark.parametrize("pair", list(product(TRUTHS, TRUTHS)))
def test_two_truths_combine_by_the_tables(pair: tuple[Truth, Truth]) -> None:
    assert all_of(pair) is AND[pair]
    assert any_of(pair) is OR[pair]


@pytest.mark.parametrize("truth", TRUTHS)
def test_one_truth_is_itself_and_its_opposite_is_in_the_table(truth: Truth) -> None:
    assert all_of([truth]) is truth
    assert any_of([truth]) is truth
    assert negate(truth) is NOT[truth]


def test_of_nothing_all_hold_and_none_does() -> None:
    assert all_of([]) is True
    assert any_of([]) is False


@given(st.lists(st.sampled_from(TRUTHS), max_size=6))
def test_an_answer_is_given_when_every_completion_of_the_unknowns_gives_it(truths: list[Truth]) -> None:
    ways = [
        [known if known is not None else guess for known, guess in zip(truths, guesses, strict=True)]
        for guesses in product((True, False), repeat=len(truths))
    ]
    every = {all(way) for way in ways}
    some = {any(way) for way in ways}
    assert all_of(truths) is (every.pop() if len(every) == 1 else None)
    assert any_of(truths) is (some.pop() if len(some) == 1 else None)
    assert negate(all_of(truths)) is any_of([negate(truth) for truth in truths])
