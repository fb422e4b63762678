"""Holding the daily totals against the contacts that they were made from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.contacts.privacy.tables import DroppedTotal
from app.contacts.tables import Contact, Source, TotalledDay, TouchedDay
from app.counting.tables import DailyTotal, ImportedTotal
from app.counting.tally import COLUMNS, KEY, tally
from app.values.figures import day as day_text
from app.values.figures import number

DAYS_AT_ONCE = 31
FLOWS = slice(KEY, COLUMNS.index("timed"))
Totals = dict[tuple[object, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A day whose kept totals are not what its contacts add up to."""

    day: date
    contacts: int
    kept: int

    @property
    def sentence(self) -> str:
        """What is wrong, with both figures."""
        if self.contacts == self.kept:
            return f"The daily totals of {day_text(self.day)} divide its {number(self.kept)} contacts wrongly."
        return (
            f"The daily totals of {day_text(self.day)} hold {number(self.kept)} contacts, "
            f"but {number(self.contacts)} are there."
        )


def differences(session: Session) -> Iterator[str]:
    """A sentence for each day whose totals differ from what they count; days that wait to be counted are left out."""
    yield from (found.sentence for found in differing_days(session))
    yield from _both(session)


def differing_days(session: Session) -> Iterator[Difference]:
    """Each such day, oldest first; touching it and counting again puts it right."""
    days = _days(session)
    for start in range(0, len(days), DAYS_AT_ONCE):
        some = days[start : start + DAYS_AT_ONCE]
        fresh = _by_key(session.execute(tally(some)))
        columns = [DailyTotal.__table__.c[name] for name in COLUMNS]
        kept = _by_key(session.execute(select(*columns).where(DailyTotal.day.in_(some))))
        for day in some:
            ours, theirs = _of(kept, day), _of(fresh, day)
            if ours != theirs:
                yield Difference(day, contacts=_flow(theirs), kept=_flow(ours))


def _both(session: Session) -> Iterator[str]:
    """A sentence for each day that a source has both contacts and totals for."""
    query = (
        select(Source.name, Contact.day)
        .join(TotalledDay, and_(TotalledDay.source_id == Contact.source_id, TotalledDay.day == Contact.day))
        .join(Source, Source.id == Contact.source_id)
        .distinct()
        .order_by(Contact.day, Source.name)
    )
    for name, day in session.execute(query):
        yield f"{name} has both contacts and totals for {day_text(day)}, so that day is counted twice."


def _days(session: Session) -> list[date]:
    waiting = set(session.scalars(select(TouchedDay.day)))
    imported = select(ImportedTotal.start).where(ImportedTotal.grain == "day").distinct()
    days = (select(column).distinct() for column in (Contact.day, DailyTotal.day, DroppedTotal.day))
    found = {*session.scalars(imported), *(day for query in days for day in session.scalars(query))}
    return sorted(found - waiting)


def _by_key(rows: Iterable[Sequence[Any]]) -> Totals:
    return {tuple(row[:KEY]): tuple(int(figure) for figure in row[KEY:]) for row in rows}


def _of(totals: Totals, day: date) -> Totals:
    return {key: figures for key, figures in totals.items() if key[0] == day}


def _flow(totals: Totals) -> int:
    return sum(sum(figures[: FLOWS.stop - FLOWS.start]) for figures in totals.values())
