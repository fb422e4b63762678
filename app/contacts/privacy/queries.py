"""What was decided about privacy, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contacts.privacy.rules import Decided
from app.contacts.privacy.tables import ONLY, DroppedTotal, ErasedCustomer, Privacy

# Made once: it is asked with every contact that a program sends.
_DROPPED_BEFORE = select(Privacy.dropped_before).where(Privacy.id == ONLY)


@dataclass(frozen=True, slots=True)
class Erased:
    """A customer who was erased: a number and what it concerned; nothing here says who it was."""

    id: int
    contacts: int
    rejected_rows: int
    by: str
    at: datetime
    is_done: bool


@dataclass(frozen=True, slots=True)
class Dropped:
    """Contacts that were dropped, of how many days, and the first day for which contacts are kept."""

    contacts: int
    days: int
    before: date


def decided(session: Session) -> Decided:
    """What holds now."""
    columns = (Privacy.masks_phones, Privacy.masks_emails, Privacy.phone_region, Privacy.kept_months)
    row = session.execute(select(*columns).where(Privacy.id == ONLY)).one_or_none()
    return Decided() if row is None else Decided(*row)


def dropped_before(session: Session) -> date | None:
    """The first day for which contacts are kept; none where none were ever dropped."""
    return session.connection().scalar(_DROPPED_BEFORE)


def dropped(session: Session) -> Dropped | None:
    """What was dropped so far."""
    before = dropped_before(session)
    if before is None:
        return None
    contacts = func.sum(DroppedTotal.handled + DroppedTotal.abandoned + DroppedTotal.outbound)
    row = session.execute(select(contacts, func.count(DroppedTotal.day.distinct()))).one()
    return Dropped(int(row[0] or 0), row[1], before)


def is_under_way(session: Session) -> bool:
    """Whether a run that drops contacts was begun and is not through."""
    return session.scalar(select(Privacy.run).where(Privacy.id == ONLY)) is not None


def erased(session: Session, limit: int = 50) -> Sequence[Erased]:
    """The latest erased customers, newest first."""
    rows = session.scalars(select(ErasedCustomer).order_by(ErasedCustomer.id.desc()).limit(limit))
    return [
        Erased(row.id, row.contacts, row.rejected_rows, row.erased_by, row.erased_at, row.pending is None)
        for row in rows
    ]
