"""Counting all that was touched, in many short transactions."""

from collections.abc import Collection
from datetime import date
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contacts.tables import TouchedDay
from app.counting.actions import DAYS_AT_ONCE, recount_touched
from app.db import Database


def count_everything(database: Database, *, only: Collection[date] | None = None) -> int:
    """Count each day that is touched now, or those of them in `only`, once; how many days these were.

    Each transaction is short, so others write in between. A day that is touched again meanwhile is left to whoever
    touched it: waiting for it could take as long as an import does.
    """
    with database.reading() as session:
        waiting = sorted(day for day in marks(session) if only is None or day in only)
    days = 0
    for start in range(0, len(waiting), DAYS_AT_ONCE):
        some = waiting[start : start + DAYS_AT_ONCE]
        days += database.write(partial(recount_touched, only=some))
    return days


def marks(session: Session) -> dict[date, int]:
    """The days that wait to be counted, with how often each was touched."""
    return {row.day: row.marks for row in session.execute(select(TouchedDay.day, TouchedDay.marks))}
