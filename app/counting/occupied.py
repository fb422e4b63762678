"""Days for which a source has something already: contacts, or totals of another length."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contacts.privacy.tables import DroppedTotal
from app.contacts.tables import Contact, TotalledDay, TouchedDay
from app.counting.rules import GRAIN_WORDS
from app.counting.tables import DailyTotal, ImportedTotal
from app.values.figures import day as day_text
from app.values.periods import Period

LONGEST_PERIOD = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Occupied:
    """Days with contacts of the source, and days with totals of another length, with that length."""

    contacts: frozenset[date] = frozenset()
    totals: dict[date, str] = field(default_factory=dict)

    def sentence(self, period: Period) -> str:
        """Why no total can be for a period; empty where one can."""
        for day in period:
            if day in self.contacts:
                return (
                    f"The source has contacts on {day_text(day)}, and a source has contacts or totals for a day, never "
                    "both. Undo the import that brought them, or choose another source."
                )
            if day in self.totals:
                words = GRAIN_WORDS[self.totals[day]]
                return (
                    f"The source gave {words} totals that hold {day_text(day)}, so this day would be counted twice. "
                    "Take that file back first, or choose another source."
                )
        return ""


def days(session: Session, source_id: int, first: date, last: date, *, besides: str) -> Occupied:
    """What a source has for the periods that begin on `first` to `last`, besides totals of one length."""
    end = last + LONGEST_PERIOD
    query = (
        select(ImportedTotal.start, ImportedTotal.end, ImportedTotal.grain)
        .where(ImportedTotal.source_id == source_id, ImportedTotal.grain != besides)
        .where(ImportedTotal.end > first, ImportedTotal.start < end)
        .distinct()
    )
    totals = {day: grain for start, stop, grain in session.execute(query) for day in Period(start, stop)}
    return Occupied(contact_days(session, source_id, Period(first, end)), totals)


def contact_days(session: Session, source_id: int, period: Period) -> frozenset[date]:
    """The days with contacts of a source: by the daily totals, and by the contacts where a day waits to be counted."""
    waits = (TouchedDay.day >= period.start, TouchedDay.day < period.end)
    waiting = set(session.scalars(select(TouchedDay.day).where(*waits)))
    given = set(session.scalars(select(TotalledDay.day).where(TotalledDay.source_id == source_id)))
    of_source = (DailyTotal.source_id == source_id, DailyTotal.day >= period.start, DailyTotal.day < period.end)
    counted = set(session.scalars(select(DailyTotal.day).where(*of_source).distinct()))
    fresh = set(
        session.scalars(
            select(Contact.day)
            .join(TouchedDay, TouchedDay.day == Contact.day)
            .where(Contact.source_id == source_id, *waits)
            .distinct()
        )
    )
    gone = (DroppedTotal.source_id == source_id, DroppedTotal.day >= period.start, DroppedTotal.day < period.end)
    dropped = set(session.scalars(select(DroppedTotal.day).where(*gone).distinct()))
    return frozenset((counted - waiting - given) | fresh | dropped)
