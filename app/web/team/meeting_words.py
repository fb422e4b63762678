"""The sentence that each screen of the meeting opens with."""

from collections.abc import Collection

from app.meetings.figures import FiguresOfWeek, ReasonOfWeek
from app.values.figures import counted, day_short, number, share
from app.values.periods import Period, week_name

VERBS = {"up": "rose", "down": "fell"}
SIDES = {"up": "above", "down": "below"}
FEW = 2
TOP = 5


def headline(week: Period, found: FiguresOfWeek | None) -> str:
    """How much came in the week, and whether that is news."""
    name = week_name(week.start)
    if found is None:
        return f"No contacts of {name} are in."
    brought = f"{name} brought {counted(found.contacts, 'contact')}"
    if found.missing_from is not None:
        return f"{brought}, and {day_short(found.missing_from)} is not in yet."
    if found.usual is None:
        return f"{brought}."
    return f"{brought}, {_against(found.direction)}."


def reasons(found: FiguresOfWeek | None) -> str:
    """What moved."""
    if found is None:
        return "There is nothing to rank in this week."
    movers = found.movers
    if not movers:
        if found.usual is None:
            return f"{_top(found.reasons)}."
        return "No reason moved outside routine variation."
    if len(movers) <= FEW:
        told = [
            (" and ".join(f"“{mover.path[-1]}”" for mover in movers if mover.direction == direction), verb)
            for direction, verb in VERBS.items()
        ]
        return f"{' and '.join(f'{names} {verb}' for names, verb in told if names)} outside routine variation."
    found_by_side = {side: sum(mover.direction == way for mover in movers) for way, side in SIDES.items()}
    (side, how_many), *other = ((side, how_many) for side, how_many in found_by_side.items() if how_many)
    rest = "".join(f" and {more} {elsewhere}" for elsewhere, more in other)
    lie = "lies" if how_many == 1 else "lie"
    return f"{counted(how_many, 'reason')} {lie} {side}{rest} routine variation."


def board(initiatives: int, overdue: int, stale: int) -> str:
    """Which initiatives need a word."""
    if not initiatives:
        return "No initiative has been started yet."
    if not overdue and not stale:
        return "No initiative is overdue or stale."
    parts = [f"{how_many} {word}" for how_many, word in ((overdue, "overdue"), (stale, "stale")) if how_many]
    both = overdue + stale
    return f"{counted(both, 'initiative')} {'needs' if both == 1 else 'need'} a word: {', '.join(parts)}."


def actions(states: Collection[str]) -> str:
    """What is still to be done."""
    overdue, still_open = (sum(state == wanted for state in states) for wanted in ("overdue", "open"))
    if not states:
        return "No action has been taken on yet."
    if not overdue and not still_open:
        return "Every action is done."
    if not overdue:
        return f"{counted(still_open, 'action')} {'is' if still_open == 1 else 'are'} open, none overdue."
    rest = f", {number(still_open)} more {'is' if still_open == 1 else 'are'} open" if still_open else ""
    return f"{counted(overdue, 'action')} {'is' if overdue == 1 else 'are'} overdue{rest}."


def _against(direction: str) -> str:
    if not direction:
        return "within routine variation"
    return f"{'more' if direction == 'up' else 'fewer'} than routine variation explains"


def _top(found: tuple[ReasonOfWeek, ...]) -> str:
    top = found[:TOP]
    if not top:
        return "No contact of this week has a reason yet"
    part = share(sum(reason.share for reason in top))
    return f"{counted(len(top), 'reason')} {'makes' if len(top) == 1 else 'make'} {part} of the tagged contacts"
