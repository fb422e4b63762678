from datetime import timedelta

import pytest

from app.contacts.headline import headline, paragraphs
from app.tagging.rules import Repeat, favourites, waited


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=4), "4 min"),
        (timedelta(hours=5, minutes=12), "5 h 12 min"),
        (timedelta(hours=24), "1 d 0 h"),
        (timedelta(days=2, hours=4, minutes=59), "2 d 4 h"),
        (timedelta(seconds=-30), "0 min"),
    ],
)
def test_waiting_is_said_in_the_two_largest_units(time: timedelta, text: str) -> None:
    assert waited(time).replace("\u00a0", " ") == text


def test_favourites_take_the_own_ones_first_and_fill_up_to_nine_from_the_others() -> None:
    assert favourites([[4, 2], [2, 9], range(20, 40)], range(100)) == [4, 2, 9, 20, 21, 22, 23, 24, 25]


def test_a_reason_that_may_no_longer_be_given_is_no_favourite() -> None:
    assert favourites([[4, 2], [7]], {2, 7}) == [2, 7]


@pytest.mark.parametrize(
    ("contacts", "days", "sentence"),
    [
        (2, 2, "Second contact in 2 days"),
        (2, 1, "Second contact in 1 day"),
        (3, 0, "Third contact on the same day"),
        (10, 6, "Tenth contact in 6 days"),
        (11, 6, "11 contacts in 6 days"),
    ],
)
def test_a_repeat_says_which_contact_it_is_and_in_how_many_days(contacts: int, days: int, sentence: str) -> None:
    assert Repeat(contacts, days).sentence.replace("\u00a0", " ") == sentence


def test_a_contact_is_called_by_the_first_line_of_its_note() -> None:
    assert headline("  Parcel is not here\nIt says delivered.\n", "email", None, "Orders") == "Parcel is not here"
    assert paragraphs("  Parcel is not here\nIt says delivered.\n\nHelp.") == ["It says delivered.", "Help."]


def test_a_long_first_line_is_cut_at_a_word_and_stands_whole_below() -> None:
    line = "I was at home all day, " * 5
    assert (
        headline(line, "email", None, None)
        == "I was at home all day, I was at home all day, I was at home all day, I was at…"
    )
    assert paragraphs(line) == [line.strip()]


def test_a_call_without_a_note_is_called_by_what_is_known_of_it() -> None:
    assert headline(None, "phone", 372, "Orders") == "Call, 6:12, Orders queue"
    assert headline("", "email", None, "Billing queue") == "E-mail, Billing queue"
    assert headline(None, "web", None, None) == "Web form"
