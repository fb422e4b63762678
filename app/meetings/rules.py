"""What moved outside routine variation, when an action is due, whose it is and how it stands."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean

from app.values.errors import Refused
from app.values.figures import day as day_text
from app.values.lines import one_line
from app.values.periods import week_of

MOST_WORDS = 500
ROUTINE_WEEKS = 13
FEWEST_WEEKS = 7
XMR_WIDTH = 2.66  # three standard deviations, as the mean moving range of single values estimates them
LONGEST_DAYS = 730
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WAYS_TO_SAY = "Write it like 2026-11-27, 27 Nov, fri, next tue, tomorrow, +7 (days) or +2w (weeks)."


@dataclass(frozen=True, slots=True)
class Routine:
    """What a week usually brings: the mean of the weeks before, and the limits that only something new crosses."""

    mean: float
    low: float
    high: float
    weeks: int


@dataclass(frozen=True, slots=True)
class Owner:
    """Whoever takes an action on; without an id where the name is nobody's who signs in here."""

    id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class TakenOn:
    """An action as the meeting agreed it."""

    words: str
    owner: Owner
    due_on: date


def routine(counts: Sequence[int]) -> Routine | None:
    """Limits of routine variation of weekly counts, oldest first; none with fewer than seven weeks.

    The XmR chart's natural process limits (Wheeler): mean ± 2.66 x the mean absolute change from week to week, over the
    last 13 weeks at most. A count cannot fall below 0, so neither does the lower limit.
    """
    used = counts[-ROUTINE_WEEKS:]
    if len(used) < FEWEST_WEEKS:
        return None
    mean = fmean(used)
    reach = XMR_WIDTH * fmean(abs(later - earlier) for earlier, later in pairwise(used))
    return Routine(mean, max(0.0, mean - reach), mean + reach, len(used))


def direction(contacts: int, usual: Routine | None) -> str:
    """`up` or `down` where a week's count lies outside routine variation, else nothing."""
    if usual is None or usual.low <= contacts <= usual.high:
        return ""
    return "up" if contacts > usual.high else "down"


def parse_due(text: str, today: date) -> date:
    """The day that a person means by `text`; raises Refused with a sentence, also for a day before today.

    A weekday's name is the first such day after today; with `next` before it, the one in the week after this one.
    """
    words = " ".join(text.lower().split())
    if not words:
        raise Refused(f"An action needs a day by which it is done. {WAYS_TO_SAY}")
    try:
        meant = _relative(words, today) or _weekday(words, today) or _calendar(words, today)
    except (ValueError, OverflowError):
        meant = None
    if meant is None:
        raise Refused(f"“{text.strip()}” is no day that can be understood. {WAYS_TO_SAY}")
    if meant < today:
        raise Refused(f"{day_text(meant)} is over: an action is due today ({day_text(today)}) or later.")
    if (meant - today).days > LONGEST_DAYS:
        raise Refused(f"{day_text(meant)} is more than two years away. Choose the day of the next step instead.")
    return meant


def _relative(words: str, today: date) -> date | None:
    named = {"today": 0, "tomorrow": 1, "next week": 7}
    if words in named:
        return today + timedelta(days=named[words])
    found = re.fullmatch(r"\+ ?(\d{1,4}) ?(d|days?|w|weeks?)?", words)
    if not found:
        return None
    return today + timedelta(days=int(found[1]) * (7 if (found[2] or "d").startswith("w") else 1))


def _weekday(words: str, today: date) -> date | None:
    name = words.removeprefix("next ")
    matching = (
        [number for number, full in enumerate(WEEKDAYS) if full.startswith(name)] if len(name) >= len("mon") else []
    )
    if len(matching) != 1:
        return None
    if name != words:
        return week_of(today).end + timedelta(days=matching[0])
    return today + timedelta(days=(matching[0] - today.weekday() - 1) % 7 + 1)


def _calendar(words: str, today: date) -> date | None:
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", words):
        year, month, day = map(int, words.split("-"))
        return date(year, month, day)
    found = re.fullmatch(r"(\d{1,2})\.? ([a-z]{3,9})\.?(?: (\d{4}))?", words)
    if not found or found[2][:3] not in MONTHS:
        return None
    month = MONTHS.index(found[2][:3]) + 1
    if found[3]:
        return date(int(found[3]), month, int(found[1]))
    this_year = date(today.year, month, int(found[1]))
    return this_year if this_year >= today else date(today.year + 1, month, int(found[1]))


def find_owner(text: str, people: Mapping[int, str]) -> Owner:
    """The person whom `text` names: in full, or by a beginning that only one has; else the name as it was written."""
    name = one_line(text)
    if not name:
        raise Refused("An action needs an owner. Write the name of whoever does it.")
    _check_length("The owner's name", name, 120)
    wanted = name.casefold()
    exact = [identity for identity, full in people.items() if full.casefold() == wanted]
    begun = [
        identity
        for identity, full in people.items()
        if full.casefold().startswith(wanted) or any(part.startswith(wanted) for part in full.casefold().split())
    ]
    fitting = exact or begun
    if len(fitting) > 1:
        raise Refused(
            f"“{name}” may be {_listed(sorted(people[identity] for identity in fitting))}. Write the full name."
        )
    return Owner(fitting[0], people[fitting[0]]) if fitting else Owner(None, name)


def worded(text: str, what: str) -> str:
    """The words of an action or decision, cleaned; raises Refused where there are none or too many."""
    words = one_line(text)
    if not words:
        raise Refused(f"{what} has no words yet. Write what is to be kept.")
    _check_length(what, words, MOST_WORDS)
    return words


def due_state(due_on: date, done_on: date | None, today: date) -> str:
    """`done`, `overdue` or `open`."""
    if done_on is not None:
        return "done"
    return "overdue" if due_on < today else "open"


def _check_length(what: str, text: str, most: int) -> None:
    if len(text) > most:
        raise Refused(f"{what} has {len(text)} characters; {most} is the most. Shorten it; nothing was saved.")


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
