import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contacts.redaction import passes_luhn, without_card_numbers


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("card 4111111111111111 please", "card [card ending 1111] please"),
        ("4111 1111 1111 1111", "[card ending 1111]"),
        ("4111-1111-1111-1111 exp 12/27", "[card ending 1111] exp 12/27"),
        ("4111 1111 1111 1111 1227", "[card ending 1111] 1227"),
        ("amex 3782 822463 10005.", "amex [card ending 0005]."),
        ("1 4111 1111 1111 1111", "1 [card ending 1111]"),
        ("both 5555555555554444 and 6011 1111 1111 1117", "both [card ending 4444] and [card ending 1117]"),
    ],
)
def test_card_numbers_are_reduced_to_their_end(text: str, kept: str) -> None:
    assert without_card_numbers(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",  # its check digit is wrong
        "order 123456789012",  # too short
        "tracking 00340434161094042557",  # too long for a card
        "+1 613 555 0142, again on 2026-09-14 09:30",
        "",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert without_card_numbers(text) == text


@given(st.text(alphabet="0123456789", min_size=12, max_size=18))
def test_each_number_has_one_check_digit_that_passes(digits: str) -> None:
    assert sum(passes_luhn(digits + check) for check in "0123456789") == 1
