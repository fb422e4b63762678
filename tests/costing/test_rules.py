from datetime import date
from fractions import Fraction

import pytest

from app.costing.rules import Cost, Rate, RateBook, average_seconds, refused_rate
from app.counting.rules import Total
from app.values.errors import Refused
from app.values.money import Money

JANUARY, JUNE = date(2026, 1, 1), date(2026, 6, 1)


def make_rate(channel: str = "phone", valid_from: date = JANUARY, basis: str = "contact", minor: int = 600) -> Rate:
    return Rate(channel, valid_from, basis, Money(minor, "USD"), "Finance, budget 2026")


def make_total(handled: int, timed: int = 0, seconds: int = 0, channel: str = "phone", since: date = JUNE) -> Total:
    return Total(since, 1, channel, handled, 0, 0, timed, seconds)


BOOK = RateBook(
    (
        make_rate(valid_from=JUNE, minor=650),
        make_rate(),
        make_rate("email", basis="minute", minor=100),
    )
)


def test_the_rate_of_a_day_is_the_last_one_before_it() -> None:
    assert BOOK.cost("phone", date(2026, 5, 31), 100, 0) == Money(60_000, "USD")
    assert BOOK.cost("phone", JUNE, 100, 0) == Money(65_000, "USD")
    assert [rate.valid_from for rate in BOOK.history("phone")] == [JUNE, JANUARY]
    assert BOOK.cuts == [JANUARY, JUNE]


def test_where_no_rate_is_set_the_cost_is_unknown_and_never_zero() -> None:
    assert BOOK.cost("chat", JUNE, 100, 0) is None
    assert BOOK.cost("phone", date(2025, 12, 31), 100, 0) is None
    assert RateBook(()).currency is None
    with pytest.raises(Refused, match="Set one first"):
        RateBook(()).money(Fraction(1))


def test_a_handled_minute_is_sixty_seconds_and_halves_go_to_the_even_cent() -> None:
    assert BOOK.cost("email", JUNE, 1, 90) == Money(150, "USD")
    half = RateBook((make_rate(basis="minute", minor=1),))
    assert half.cost("phone", JUNE, 1, 30) == Money(0, "USD")
    assert half.cost("phone", JUNE, 1, 90) == Money(2, "USD")
    assert half.cost("phone", JUNE, 1, 150) == Money(2, "USD")


def test_thirds_of_a_cent_add_up_before_they_are_rounded() -> None:
    book = RateBook((make_rate(basis="minute", minor=1),))
    third = book.cost_of_total(make_total(1, timed=1, seconds=20), {})
    assert third.minor == Fraction(1, 3)
    assert (third + third + third).minor == 1


def test_contacts_without_a_handle_time_cost_the_average_of_their_channel_and_are_told() -> None:
    averages = average_seconds([make_total(2, 2, 240, "email"), make_total(9, 1, 60, "email"), make_total(5)])
    assert averages == {"email": Fraction(100)}
    cost = BOOK.cost_of_total(make_total(3, 1, 20, "email"), averages)
    assert cost.minor == Fraction(20 + 2 * 100, 60) * 100
    assert cost.estimated == 2


def test_a_minute_rate_without_any_handle_time_gives_no_cost() -> None:
    assert BOOK.cost_of_total(make_total(3, channel="email"), {}) == Cost(None, {"email": 3})


def test_a_rate_per_contact_needs_no_handle_time() -> None:
    assert BOOK.cost_of_total(make_total(3), {}) == Cost(Fraction(1950))


def test_one_channel_without_a_rate_leaves_the_sum_unknown_and_is_named() -> None:
    cost = BOOK.cost_of_total(make_total(3), {}) + BOOK.cost_of_total(make_total(2, channel="chat"), {})
    assert cost == Cost(None, {"chat": 2})
    assert BOOK.cost_of_total(make_total(0, channel="chat"), {}) == Cost(Fraction(0))


@pytest.mark.parametrize(
    ("minor", "stated_by", "basis", "currency", "words"),
    [
        (0, "Finance", "contact", None, "more than nothing"),
        (-600, "Finance", "contact", None, "more than nothing"),
        (600, "  ", "contact", None, "where the rate comes from"),
        (600, "Finance", "hour", None, "not per hour"),
        (600, "Finance", "contact", "EUR", "kept in EUR"),
    ],
)
def test_what_is_no_rate_is_refused(minor: int, stated_by: str, basis: str, currency: str | None, words: str) -> None:
    sentence = refused_rate(Money(minor, "USD"), stated_by, basis, currency)
    assert sentence is not None
    assert words in sentence


def test_a_rate_with_its_source_is_taken() -> None:
    assert refused_rate(Money(1, "USD"), "Finance", "minute", "USD") is None
