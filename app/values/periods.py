"""Half-open ranges of days, ISO weeks and months."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from app.values.errors import Refused

DAYS_A_YEAR = 365
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `start` up to, not including, `end`."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            message = f"The period ends on {self.end}, before or on its start {self.start}. Choose a later end."
            raise Refused(message)

    @property
    def days(self) -> int:
        """How many days it holds."""
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        """The last day inside."""
        return self.end - ONE_DAY

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def __iter__(self) -> Iterator[date]:
        return (self.start + timedelta(days=number) for number in range(self.days))

    def before(self) -> Self:
        """The period of the same length that ends where this one starts."""
        return type(self)(self.start - timedelta(days=self.days), self.start)

    def months(self) -> list["Period"]:
        """The calendar months it touches, cut at its ends."""
        found = []
        start = self.start
        while start < self.end:
            end = min(next_month(start), self.end)
            found.append(Period(start, end))
            start = end
        return found


def next_month(day: date) -> date:
    """The first day of the month after."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def month_of(day: date) -> Period:
    """The calendar month that holds the day."""
    return Period(day.replace(day=1), next_month(day))


def week_of(day: date) -> Period:
    """The ISO week, Monday to Sunday, that holds the day."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=7))


def first_whole_week(first_day: date) -> Period:
    """The first ISO week all of whose days lie on or after the day."""
    return week_of(first_day + 6 * ONE_DAY)


def week_name(day: date) -> str:
    """Like 2026-W37."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def week_named(name: str) -> Period:
    """The ISO week with this name; raises Refused for anything else."""
    found = re.fullmatch(r"(\d{4})-W(\d{2})", name)
    try:
        if not found:
            raise ValueError(name)  # noqa: TRY301  (one sentence serves a wrong shape and a wrong number)
        return week_of(date.fromisocalendar(int(found[1]), int(found[2]), 1))
    except (ValueError, OverflowError) as error:
        message = f"“{name}” is no week. Write it like 2026-W37."
        raise Refused(message) from error
