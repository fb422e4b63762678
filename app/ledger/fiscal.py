"""The fiscal year, what falls into it, and what the latest level comes to in a year.

Clause L12 of docs/methods.md.
"""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from app.ledger.entries import Recorded, total
from app.values.money import Money
from app.values.periods import DAYS_A_YEAR, ONE_DAY, Period, next_month

MONTHS_A_YEAR = 12


def fiscal_year(day: date, first_month: int) -> Period:
    """The fiscal year that holds the day; it begins with `first_month`, 1 to 12."""
    year = day.year if day.month >= first_month else day.year - 1
    return Period(date(year, first_month, 1), date(year + 1, first_month, 1))


def fiscal_year_name(year: Period) -> str:
    """Like 2026, or 2026/27 where it reaches into the next one."""
    first, last = year.start.year, year.last_day.year
    return str(first) if first == last else f"{first}/{last % 100:02d}"


def in_year(entries: Iterable[Recorded], today: date, first_month: int, currency: str) -> Money:
    """The amounts of the months of this fiscal year up to today's month, which counts as far as it is booked."""
    year = fiscal_year(today, first_month)
    so_far = Period(year.start, today + ONE_DAY)
    return total((entry for entry in entries if entry.facts.month in so_far), currency)


def run_rate(amount: Money, first: date, last: date) -> Money:
    """An amount that came in the months `first` to `last`, both with their first day, times a year."""
    days = (next_month(last) - first).days
    return Money(round(Fraction(amount.amount_minor * DAYS_A_YEAR, days)), amount.currency)


def yearly(count: int, first: date, last: date) -> int:
    """A count that came in the months `first` to `last`, times a year."""
    return round(Fraction(count * DAYS_A_YEAR, (next_month(last) - first).days))
