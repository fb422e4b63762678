"""Counting all that was touched, in many short transactions."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contacts.tables import TouchedDay
from app.counting.actions import recount_touched
from app.db import Database


def count_everything(database: Database, *, only: Collection[date] | None = None) -> int:
    """Count touched days again until none is left; each transaction is short, so others write in between."""
    days = 0
    while counted := database.write(lambda session: recount_touched(session, only=only)):
        days += counted
    return days


def marks(session: Session) -> dict[date, int]:
    """The days that wait to be counted, with how often each was touched."""
    return {row.day: row.marks for row in session.execute(select(TouchedDay.day, TouchedDay.marks))}
