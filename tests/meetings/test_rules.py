"""Routine variation, days as people say them, owners as people write them."""

from datetime import date

import pytest

from app.meetings import rules
from app.meetings.rules import Owner
from app.values.errors import Refused

TUESDAY = date(2026, 11, 17)
PEOPLE = {1: "Tom Okafor", 2: "Marta Lindqvist", 3: "Tomasz Zielny", 4: "Priya Raman"}


def test_routine_variation_is_the_mean_and_2_66_mean_moving_ranges() -> None:
    # Steps of 10, 20, 10, 20, 10, 20: their mean is 15, the counts' mean 100.
    usual = rules.routine([100, 110, 90, 100, 120, 110, 90][:7])
    assert usual is not None
    counts = [100, 110, 90, 100, 120, 110, 90]
    steps = [10, 20, 10, 20, 10, 20]
    assert usual.mean == pytest.approx(sum(counts) / 7)
    assert usual.high == pytest.approx(sum(counts) / 7 + 2.66 * sum(steps) / 6)
    assert usual.low == pytest.approx(sum(counts) / 7 - 2.66 * 15)


def test_six_weeks_are_too_few_to_say_what_is_routine() -> None:
    assert rules.routine([100, 110, 90, 100, 120, 110]) is None


def test_only_the_last_thirteen_weeks_count() -> None:
    usual = rules.routine([9000, 9000, *[50] * 13])
    assert usual == rules.Routine(mean=50, low=50, high=50, weeks=13)


def test_a_count_cannot_be_expected_below_nothing() -> None:
    usual = rules.routine([0, 10, 0, 10, 0, 10, 0])
    assert usual is not None
    assert usual.low == 0


@pytest.mark.parametrize(
    ("contacts", "expected"),
    [(60, ""), (140, ""), (141, "up"), (59, "down"), (100, "")],
)
def test_a_mover_lies_outside_the_limits(contacts: int, expected: str) -> None:
    assert rules.direction(contacts, rules.Routine(mean=100, low=60, high=140, weeks=8)) == expected


def test_without_limits_nothing_is_a_mover() -> None:
    assert rules.direction(1000, None) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-27", date(2026, 11, 27)),
        ("today", TUESDAY),
        (" Tomorrow ", date(2026, 11, 18)),
        ("fri", date(2026, 11, 20)),
        ("Friday", date(2026, 11, 20)),
        ("tue", date(2026, 11, 24)),
        ("mon", date(2026, 11, 23)),
        ("next tue", date(2026, 11, 24)),
        ("next  Monday", date(2026, 11, 23)),
        ("next sun", date(2026, 11, 29)),
        ("next week", date(2026, 11, 24)),
        ("+7", date(2026, 11, 24)),
        ("+ 10 days", date(2026, 11, 27)),
        ("+2w", date(2026, 12, 1)),
        ("27 Nov", date(2026, 11, 27)),
        ("27 november 2026", date(2026, 11, 27)),
        ("8 jan", date(2027, 1, 8)),
        ("1. Dec", date(2026, 12, 1)),
    ],
)
def test_a_due_day_is_read_as_people_say_it(text: str, expected: date) -> None:
    assert rules.parse_due(text, TUESDAY) == expected


@pytest.mark.parametrize(
    "text", ["soon", "2026-13-01", "31 feb", "30 foo", "11/12", "next", "t", "+", "-3", "next xyz"]
)
def test_a_day_that_is_none_is_refused_with_the_ways_to_say_it(text: str) -> None:
    with pytest.raises(Refused, match=r"is no day that can be understood\. Write it like 2026-11-27"):
        rules.parse_due(text, TUESDAY)


@pytest.mark.parametrize("text", ["", "   "])
def test_an_action_without_a_day_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="needs a day by which it is done"):
        rules.parse_due(text, TUESDAY)


@pytest.mark.parametrize("text", ["2026-11-16", "8 nov 2026", "2025-01-01"])
def test_a_due_day_before_today_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"is over: an action is due today \(17 Nov 2026\) or later"):
        rules.parse_due(text, TUESDAY)


@pytest.mark.parametrize("text", ["+9999", "2226-01-01", "+731"])
def test_a_due_day_years_away_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="more than two years away"):
        rules.parse_due(text, TUESDAY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tom Okafor", Owner(1, "Tom Okafor")),
        ("  tom   okafor ", Owner(1, "Tom Okafor")),
        ("marta", Owner(2, "Marta Lindqvist")),
        ("raman", Owner(4, "Priya Raman")),
        ("tomas", Owner(3, "Tomasz Zielny")),
        ("Northline's account manager", Owner(None, "Northline's account manager")),
    ],
)
def test_an_owner_is_found_by_what_only_one_person_is_called(text: str, expected: Owner) -> None:
    assert rules.find_owner(text, PEOPLE) == expected


def test_a_beginning_that_several_share_is_asked_back() -> None:
    with pytest.raises(Refused, match="“tom” may be Tom Okafor or Tomasz Zielny"):
        rules.find_owner("tom", PEOPLE)


def test_two_people_of_the_same_name_are_asked_back() -> None:
    with pytest.raises(Refused, match="may be Ann Lee or Ann Lee"):
        rules.find_owner("Ann Lee", {1: "Ann Lee", 2: "Ann Lee"})


def test_an_action_without_an_owner_is_refused() -> None:
    with pytest.raises(Refused, match="needs an owner"):
        rules.find_owner(" ", PEOPLE)


@pytest.mark.parametrize(
    ("text", "message"), [("  ", "has no words yet"), ("x" * 501, "501 characters; 500 is the most")]
)
def test_words_are_neither_missing_nor_endless(text: str, message: str) -> None:
    with pytest.raises(Refused, match=message):
        rules.worded(text, "The decision")


def test_words_are_kept_with_single_spaces() -> None:
    assert rules.worded("  Call  Northline\n", "The action") == "Call Northline"


@pytest.mark.parametrize(
    ("due_on", "done_on", "expected"),
    [
        (TUESDAY, None, "open"),
        (date(2026, 11, 16), None, "overdue"),
        (date(2026, 11, 16), TUESDAY, "done"),
    ],
)
def test_an_action_is_overdue_from_the_day_after_it_was_due(due_on: date, done_on: date | None, expected: str) -> None:
    assert rules.due_state(due_on, done_on, TUESDAY) == expected


def test_signs_that_nobody_sees_make_no_other_name_and_no_other_words() -> None:
    people = {4: "Zo\u00eb Lind"}
    assert rules.find_owner(" Zoe\u0308\u200b  Lind ", people) == Owner(4, "Zo\u00eb Lind")
    assert rules.worded("Call\u202e  the\u0000 carrier", "The action") == "Call the carrier"
    with pytest.raises(Refused, match="has no words yet"):
        rules.worded("\u200b", "The action")
