"""Everything that was promised, is expected, was measured and was released is brought into the ledger."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.ledger import actions, cash, chain, proposing
from app.ledger.actions import Booked
from app.people.rules import Actor


def book_months(session: Session, initiative_id: int | None = None, *, by: Actor, at: datetime, today: date) -> Booked:
    """Book all months as they stand now, of every initiative or of one; run again it adds nothing."""
    chain.hold(session)
    capacity = actions.book(session, proposing.bookings(session, today, initiative_id), by=by, at=at)
    only = None if initiative_id is None else [initiative_id]
    released = cash.book_cash(session, only, by=by, at=at, today=today)
    return Booked(
        capacity.added + released.added,
        capacity.reversed + released.reversed,
        capacity.kept_out + released.kept_out,
    )
