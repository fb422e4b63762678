"""What can be decided about privacy, and how far back contacts are kept."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from app.values.figures import day as day_text

FEWEST_MONTHS, MOST_MONTHS = 1, 600
MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Decided:
    """What is masked in notes and attributes, and for how many months contacts are kept (None: for ever)."""

    masks_phones: bool = False
    masks_emails: bool = False
    phone_region: str | None = None
    kept_months: int | None = None


def first_kept_day(today: date, months: int) -> date:
    """The same day of the month so many months before, or the last of that month where it has no such day."""
    place = today.year * MONTHS_A_YEAR + today.month - 1 - months
    year, month = divmod(place, MONTHS_A_YEAR)
    if year < 1:
        return date.min
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def dropped_sentence(day: date, before: date) -> str:
    """Why no contact of a day is taken in."""
    return (
        f"Contacts are kept from {day_text(before)} on. Those of {day_text(day)} were dropped and stand in the daily "
        "totals: taken in again they would count twice."
    )
