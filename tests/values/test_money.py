"""Money is whole minor units; what people write and read is text."""

from decimal import Decimal

import pytest

from app.values.errors import Refused
from app.values.money import Money, money_from_text, money_in_brackets, money_short, money_text, rounded


@pytest.mark.parametrize(
    ("written", "minor"),
    [("6", 600), ("6.00", 600), ("$1,250.50", 125050), ("  0.85 ", 85), ("-3", -300), ("\u22123", -300)],
)
def test_an_amount_is_read_as_a_person_writes_it(written: str, minor: int) -> None:
    assert money_from_text(written, "USD") == Money(minor, "USD")


@pytest.mark.parametrize("written", ["six", "", "1.234", "NaN", "1e30", "6,00 €", "6,00", "1,2,3", "1_000", "."])
def test_what_is_no_amount_is_refused_with_the_text(written: str) -> None:
    with pytest.raises(Refused, match="“"):
        money_from_text(written, "USD")


def test_a_currency_without_cents_has_no_digits_after_the_point() -> None:
    assert money_from_text("600", "JPY") == Money(600, "JPY")
    with pytest.raises(Refused, match="more digits"):
        money_from_text("6.5", "JPY")
    assert money_text(Money(74900, "JPY")) == "¥74,900"


def test_two_currencies_are_never_added() -> None:
    with pytest.raises(Refused, match="EUR and USD"):
        Money(1, "EUR") + Money(1, "USD")


def test_amounts_are_written_for_readers() -> None:
    assert money_text(Money(7490000, "USD")) == "$74,900"
    assert money_text(Money(600, "USD"), cents=True) == "$6.00"
    assert money_text(Money(-600, "USD")) == "\u2212$6"
    assert money_text(Money(-20, "USD")) == "$0"
    assert money_text(Money(150, "CHF")) == "CHF\u00a02"
    assert money_in_brackets(Money(-3820000, "USD")) == "($38,200)"
    assert money_in_brackets(Money(3820000, "USD")) == "$38,200"


@pytest.mark.parametrize(
    ("minor", "text"),
    [
        (5_100_000, "$51k"),
        (99_960_000, "$1.0M"),
        (120_000_000, "$1.2M"),
        (64_000, "$640"),
        (-5_100_000, "\u2212$51k"),
        (-40, "$0"),
    ],
)
def test_amounts_on_axes_are_short(minor: int, text: str) -> None:
    assert money_short(Money(minor, "USD")) == text


def test_halves_are_rounded_to_even_so_that_many_of_them_do_not_drift() -> None:
    assert [rounded(Decimal(text)) for text in ("0.5", "1.5", "2.5", "-0.5", "2.51")] == [0, 2, 2, 0, 3]
