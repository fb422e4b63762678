"""What the inbox calls a contact, how long it waited, and which reasons stand on the keys 1 to 9."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import timedelta

from app.values.figures import counted

UNDO_WITHIN = timedelta(minutes=10)
FAVOURITE_COUNT = 9
FAVOURITES_FROM = timedelta(days=28)
REPEAT_WITHIN = timedelta(days=7)
MINUTES_A_DAY = 24 * 60
ORDINALS = ("Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth")


def waited(time: timedelta) -> str:
    """How long a contact waits already: 2 d 4 h, 5 h 12 min, 4 min."""
    minutes = max(int(time.total_seconds()) // 60, 0)
    days, rest = divmod(minutes, MINUTES_A_DAY)
    hours, minutes = divmod(rest, 60)
    if days:
        return f"{days}\u00a0d {hours}\u00a0h"
    return f"{hours}\u00a0h {minutes}\u00a0min" if hours else f"{minutes}\u00a0min"


def favourites(ranked: Iterable[Iterable[int]], usable: Container[int]) -> list[int]:
    """The first nine reasons that may be given, from lists of which an earlier one goes before a later one."""
    found: dict[int, None] = {}
    for reasons in ranked:
        found.update((reason_id, None) for reason_id in reasons if reason_id in usable)
    return list(found)[:FAVOURITE_COUNT]


@dataclass(frozen=True, slots=True)
class Repeat:
    """How many contacts the same customer made within the window, this one counted, and over how many days."""

    contacts: int
    days: int

    @property
    def sentence(self) -> str:
        """Like: Second contact in 2 days."""
        place = self.contacts - 2
        what = f"{ORDINALS[place]} contact" if place < len(ORDINALS) else f"{self.contacts} contacts"
        return f"{what} in {counted(self.days, 'day')}" if self.days else f"{what} on the same day"
