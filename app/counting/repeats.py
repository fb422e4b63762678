"""Contacts that came back: the same customer again soon after, about something else (T3)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session

from app.contacts.tables import Contact
from app.db import days_later
from app.values.periods import ONE_DAY, Period

WINDOW_DAYS = 7


@dataclass(frozen=True, slots=True)
class Returned:
    """Inbound contacts of some reasons up to `complete_until`: all, those of known customers, those that came back.

    `complete_until` is the day from which on the window is not over yet; contacts from then on are left out.
    """

    contacts: int
    known: int
    returned: int
    complete_until: date

    @property
    def share(self) -> float | None:
        """The share (0-1) of known customers' contacts that came back; None where no customer is known."""
        return self.returned / self.known if self.known else None


def returned(session: Session, period: Period, reason_ids: Collection[int], window_days: int = WINDOW_DAYS) -> Returned:
    """How many inbound contacts of a period with these reasons came back within the window under another reason.

    A contact came back when the same customer made an inbound contact later, at most `window_days` times 24 hours
    after it, on any channel, with a reason outside `reason_ids`. Unknown customers are never joined, and an untagged
    contact is no proof of another reason. The last window of the data is left out. Counts are contacts.
    """
    last = session.scalar(select(func.max(Contact.day)))
    end = period.start if last is None else min(period.end, last + ONE_DAY - timedelta(days=window_days))
    if end <= period.start or not reason_ids:
        return Returned(0, 0, 0, max(end, period.start))
    contacts, known, found = session.execute(_query(session, Period(period.start, end), reason_ids, window_days)).one()
    return Returned(contacts, known or 0, found or 0, end)


def _query(
    session: Session, period: Period, reason_ids: Collection[int], window_days: int
) -> Select[int, int | None, int | None]:
    """One pass over the customers' contacts, the latest first, which remembers the next one under another reason."""
    is_asked = Contact.reason_id.in_(reason_ids)
    came_elsewhere = case((Contact.reason_id.not_in(reason_ids), Contact.occurred_at))
    next_elsewhere = func.min(came_elsewhere).over(
        partition_by=Contact.customer_key, order_by=Contact.occurred_at.desc(), groups=(None, -1)
    )
    seen = (
        select(Contact.day, Contact.occurred_at, is_asked.label("is_asked"), next_elsewhere.label("next_elsewhere"))
        .where(
            Contact.customer_key.is_not(None),
            Contact.direction == "inbound",
            Contact.day >= period.start,
            # Days are the installation's and times are UTC: one day more holds every hour of the window.
            Contact.day < period.end + timedelta(days=window_days + 1),
        )
        .subquery()
    )
    is_back = seen.c.next_elsewhere <= days_later(session, seen.c.occurred_at, window_days)
    inbound = and_(is_asked, Contact.direction == "inbound", Contact.day >= period.start, Contact.day < period.end)
    return select(
        select(func.count()).select_from(Contact).where(inbound).scalar_subquery(),
        func.count(),
        func.sum(case((is_back, 1), else_=0)),
    ).where(seen.c.is_asked, seen.c.day < period.end)
