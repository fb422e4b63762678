"""The sentences that the meeting's screens open with."""

from datetime import date

import pytest

from app.meetings.figures import FiguresOfWeek, ReasonOfWeek
from app.meetings.rules import Routine
from app.values.periods import week_named
from app.web.team import meeting_words

WEEK = week_named("2026-W46")
USUAL = Routine(100, 80, 120, 13)


def figures(*directions: str, usual: Routine | None = USUAL, **fields: object) -> FiguresOfWeek:
    reasons = tuple(
        ReasonOfWeek(number, ("Top", f"Reason {number}"), 100 - number, 0.1, usual, direction)
        for number, direction in enumerate(directions)
    )
    values = {"missing_from": None, "contacts": 1912, "usual": usual, "direction": "", "coverage": 1.0}
    return FiguresOfWeek(week=WEEK, other_share=0.0, reasons=reasons, **{**values, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (None, "No contacts of 2026-W46 are in."),
        (figures(), "2026-W46 brought 1,912\u00a0contacts, within routine variation."),
        (figures(direction="up"), "2026-W46 brought 1,912\u00a0contacts, more than routine variation explains."),
        (figures(direction="down"), "2026-W46 brought 1,912\u00a0contacts, fewer than routine variation explains."),
        (figures(usual=None), "2026-W46 brought 1,912\u00a0contacts."),
        (
            figures(usual=None, missing_from=date(2026, 11, 13)),
            "2026-W46 brought 1,912\u00a0contacts, and Fri 13 Nov is not in yet.",
        ),
    ],
)
def test_the_headline_says_whether_the_week_is_news(found: FiguresOfWeek | None, sentence: str) -> None:
    assert meeting_words.headline(WEEK, found) == sentence


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (None, "There is nothing to rank in this week."),
        (figures("", ""), "No reason moved outside routine variation."),
        (figures("", "down"), "“Reason 1” fell outside routine variation."),
        (figures("up", "up"), "“Reason 1” and “Reason 0” rose outside routine variation."),
        (figures("down", "up"), "“Reason 1” rose and “Reason 0” fell outside routine variation."),
        (figures("up", "down", "up"), "2\u00a0reasons lie above and 1 below routine variation."),
        (figures("up", "down", "down"), "1\u00a0reason lies above and 2 below routine variation."),
        (figures(*["up"] * 4), "4\u00a0reasons lie above routine variation."),
        (figures(*["down"] * 3), "3\u00a0reasons lie below routine variation."),
        (figures(*[""] * 7, usual=None), "5\u00a0reasons make 50\u00a0% of the tagged contacts."),
        (figures("", usual=None), "1\u00a0reason makes 10\u00a0% of the tagged contacts."),
        (figures(usual=None), "No contact of this week has a reason yet."),
    ],
)
def test_the_ranking_says_what_moved(found: FiguresOfWeek | None, sentence: str) -> None:
    assert meeting_words.reasons(found) == sentence


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((0, 0, 0), "No initiative has been started yet."),
        ((4, 0, 0), "No initiative is overdue or stale."),
        ((4, 1, 0), "1\u00a0initiative needs a word: 1 overdue."),
        ((4, 2, 1), "3\u00a0initiatives need a word: 2 overdue, 1 stale."),
    ],
)
def test_the_board_says_who_needs_a_word(counts: tuple[int, int, int], sentence: str) -> None:
    assert meeting_words.board(*counts) == sentence


@pytest.mark.parametrize(
    ("states", "sentence"),
    [
        ([], "No action has been taken on yet."),
        (["done"], "Every action is done."),
        (["open", "done"], "1\u00a0action is open, none overdue."),
        (["overdue"], "1\u00a0action is overdue."),
        (["overdue", "overdue", "open"], "2\u00a0actions are overdue, 1 more is open."),
    ],
)
def test_the_actions_say_what_is_left(states: list[str], sentence: str) -> None:
    assert meeting_words.actions(states) == sentence
