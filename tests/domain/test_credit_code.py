"""The unified social credit code's check character agrees with the standard and catches typing errors."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.domain import credit_code

_FIRST = st.text(st.sampled_from(credit_code.ALPHABET), min_size=17, max_size=17)


def _by_definition(first17: str) -> str:
    """GB 32100-2015 written out with its printed weights."""
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    rest = 31 - sum(credit_code.ALPHABET.index(c) * w for c, w in zip(first17, weights, strict=True)) % 31
    return credit_code.ALPHABET[rest % 31]


@given(_FIRST)
def test_check_character_follows_the_standard(first17: str) -> None:
    """The compact formula equals the printed table of weights."""
    assert credit_code.check_character(first17) == _by_definition(first17)


@given(_FIRST, st.integers(0, 17), st.integers(1, 30))
def test_every_single_error_is_caught(first17: str, place: int, shift: int) -> None:
    """Changing any one character makes the code invalid."""
    code = first17 + credit_code.check_character(first17)
    wrong = credit_code.ALPHABET[(credit_code.ALPHABET.index(code[place]) + shift) % 31]
    assert credit_code.valid(code)
    assert not credit_code.valid(code[:place] + wrong + code[place + 1 :])


@pytest.mark.parametrize("number", ["", "123", "9" * 17, "91350100M000100Y4I", "91350100m000100y43"])
def test_other_numbers_are_not_valid(number: str) -> None:
    """Wrong length, forbidden letters and lower case are refused without an exception."""
    assert not credit_code.valid(number)


def test_neighbours_exchanged_are_caught() -> None:
    """Swapping two different neighbours is noticed."""
    rng = random.Random(1)
    first17 = "".join(rng.choice(credit_code.ALPHABET) for _ in range(17))
    code = first17 + credit_code.check_character(first17)
    for i in range(17):
        if code[i] != code[i + 1]:
            assert not credit_code.valid(code[:i] + code[i + 1] + code[i] + code[i + 2 :])
