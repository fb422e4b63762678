"""Counting days again, and saying when the centre is open."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.contacts.tables import TouchedDay
from app.counting import public_holidays, queries
from app.counting.rules import WEEKDAY_NAMES
from app.counting.tables import ClosedDay, DailyTotal, OpenWeekday
from app.counting.tally import COLUMNS, tally
from app.people import trail
from app.people.rules import Actor
from app.values.errors import Refused
from app.values.lines import one_line

DAYS_AT_ONCE = 14
LONGEST_NAME = 120


def recount_touched(session: Session, limit: int = DAYS_AT_ONCE, *, only: Collection[date] | None = None) -> int:
    """Count touched days again, the oldest first, and forget that they were touched; 0 where none is left.

    Whoever changes a contact raises its day's mark in the same transaction. The rows are locked here before contacts
    are read, so that change is either seen, or it waits, marks the day anew, and the day is counted once more.
    """
    wanted = select(TouchedDay.day).order_by(TouchedDay.day).limit(limit)
    days = list(session.scalars(wanted if only is None else wanted.where(TouchedDay.day.in_(only))))
    if not days:
        return 0
    held = list(
        session.scalars(
            select(TouchedDay.day).where(TouchedDay.day.in_(days)).order_by(TouchedDay.day).with_for_update()
        )
    )
    if held:
        session.execute(delete(DailyTotal).where(DailyTotal.day.in_(held)))
        session.execute(insert(DailyTotal).from_select(COLUMNS, tally(held)))
        session.execute(delete(TouchedDay).where(TouchedDay.day.in_(held)))
    return len(days)


def set_open_weekdays(session: Session, weekdays: Collection[int], *, by: Actor, at: datetime) -> None:
    """Say on which weekdays (Monday is 0) the centre takes contacts; raises Refused where none is left."""
    if not weekdays:
        message = "The centre is open on no weekday. Choose at least one."
        raise Refused(message)
    trail.hold(session)
    before = queries.opening(session)
    after = {number for number in range(len(WEEKDAY_NAMES)) if number not in weekdays}
    if after == before.closed_weekdays:
        return
    for number in range(len(WEEKDAY_NAMES)):
        session.merge(OpenWeekday(weekday=number, is_open=number in weekdays))
    trail.record(
        session,
        "opening_days.set",
        "opening_days",
        by=by,
        at=at,
        before={"closed": [WEEKDAY_NAMES[number] for number in sorted(before.closed_weekdays)]},
        after={"closed": [WEEKDAY_NAMES[number] for number in sorted(after)]},
    )


def close_day(session: Session, day: date, name: str, *, by: Actor, at: datetime) -> None:
    """Say that the centre is closed on a day, and why; said again with another name it takes that name."""
    cleaned = _checked_name(name)
    trail.hold(session)
    known = queries.opening(session).closed_days.get(day)
    if known == cleaned:
        return
    session.merge(ClosedDay(day=day, name=cleaned))
    before = None if known is None else {"name": known}
    trail.record(session, "day.closed", f"day:{day}", by=by, at=at, before=before, after={"name": cleaned})


def open_day(session: Session, day: date, *, by: Actor, at: datetime) -> None:
    """Take back that the centre is closed on a day."""
    trail.hold(session)
    known = session.get(ClosedDay, day)
    if known is None:
        return
    before = {"name": known.name}
    session.delete(known)
    session.flush()
    trail.record(session, "day.opened", f"day:{day}", by=by, at=at, before=before)


def close_public_holidays(
    session: Session, country: str, region: str | None, year: int, *, by: Actor, at: datetime
) -> int:
    """Close the public holidays of a year; days that are closed already keep their name. How many were added."""
    found = public_holidays.holidays_of(country, region, year)
    trail.hold(session)
    known = queries.opening(session).closed_days
    added = {day: name for day, name in found.items() if day not in known}
    session.add_all(ClosedDay(day=day, name=name[:LONGEST_NAME]) for day, name in added.items())
    session.flush()
    if added:
        place = country if region is None else f"{country}-{region}"
        days = {str(day): name for day, name in added.items()}
        trail.record(session, "holidays.closed", f"holidays:{place}-{year}", by=by, at=at, after=days)
    return len(added)


def _checked_name(name: str) -> str:
    cleaned = one_line(name)
    if not cleaned or len(cleaned) > LONGEST_NAME:
        message = f"Say why the centre is closed in 1 to {LONGEST_NAME} letters, like “Stocktaking”."
        raise Refused(message)
    return cleaned
