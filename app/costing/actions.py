"""Setting what a contact costs."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.orm import Session

from app import db
from app.contacts.rules import CHANNEL_NAMES, CHANNELS
from app.costing import queries
from app.costing.rules import Rate, refused_rate
from app.costing.tables import CostRate
from app.people import trail
from app.people.rules import Actor
from app.values.errors import Refused, Stale
from app.values.figures import day as day_text

LONGEST_SOURCE = 300


class AlreadySet(Stale):
    """There is a rate of that channel and day already, and nobody said that it is to be replaced."""


def set_rate(session: Session, rate: Rate, *, replace: bool = False, by: Actor, at: datetime) -> None:
    """Set what a channel costs from a day on; another rate of the same day is replaced only with `replace`.

    Raises Refused for an amount that is not above zero or a rate without a source, AlreadySet for the same day.
    """
    db.hold_still(session, cast("Table", CostRate.__table__))
    _check(session, rate)
    known = session.get(CostRate, (rate.channel, rate.valid_from))
    before = None if known is None else _facts(known)
    row = CostRate(
        channel=rate.channel,
        valid_from=rate.valid_from,
        basis=rate.basis,
        amount_minor=rate.amount.amount_minor,
        currency=rate.amount.currency,
        stated_by=rate.stated_by.strip(),
        recorded_at=at,
    )
    after = _facts(row)
    if before == after:
        return
    if before is not None and not replace:
        message = (
            f"{CHANNEL_NAMES[rate.channel].capitalize()} has a rate from {day_text(rate.valid_from)} already. "
            "Nothing was changed. Say that it is to be replaced, or choose another day."
        )
        raise AlreadySet(message)
    session.merge(row)
    session.flush()
    action = "rate.set" if before is None else "rate.replaced"
    trail.record(session, action, f"rate:{rate.channel}:{rate.valid_from}", by=by, at=at, before=before, after=after)


def _check(session: Session, rate: Rate) -> None:
    if rate.channel not in CHANNELS:
        message = f"“{rate.channel}” is no channel. Choose one of {', '.join(CHANNELS)}."
        raise Refused(message)
    book = queries.rates(session)
    if sentence := refused_rate(rate.amount, rate.stated_by, rate.basis, book.currency):
        raise Refused(sentence)
    if len(rate.stated_by) > LONGEST_SOURCE:
        message = f"Say in {LONGEST_SOURCE} letters at most where the rate comes from."
        raise Refused(message)


def _facts(rate: CostRate) -> dict[str, Any]:
    return {
        "basis": rate.basis,
        "amount_minor": rate.amount_minor,
        "currency": rate.currency,
        "stated_by": rate.stated_by,
    }
