"""Amounts in words."""

import pytest

from app.values.money import Money
from app.values.spelled import amount_in_words, in_words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (13, "thirteen"),
        (40, "forty"),
        (99, "ninety-nine"),
        (100, "one hundred"),
        (505, "five hundred and five"),
        (1_000, "one thousand"),
        (12_345, "twelve thousand three hundred and forty-five"),
        (1_000_001, "one million one"),
        (10**15, "one quadrillion"),
    ],
)
def test_whole_numbers(number: int, words: str) -> None:
    assert in_words(number) == words


def test_amounts_with_and_without_cents_and_below_zero() -> None:
    assert amount_in_words(Money(120_507, "CAD")) == "one thousand two hundred and five and 07/100 CAD"
    assert amount_in_words(Money(-50, "EUR")) == "minus zero and 50/100 EUR"
    assert amount_in_words(Money(21, "JPY")) == "twenty-one JPY"
    assert amount_in_words(Money(1_005, "KWD")) == "one and 005/1000 KWD"
