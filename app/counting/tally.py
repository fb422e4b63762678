"""What the daily totals of some days should be: their contacts, counted."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, select

from app.contacts.tables import Contact
from app.counting.rules import UNTAGGED

COLUMNS = (
    "day",
    "reason_id",
    "channel",
    "source_id",
    "handled",
    "abandoned",
    "outbound",
    "timed",
    "handle_seconds",
)


def tally(days: Collection[date]) -> Select[*tuple[Any, ...]]:
    """Contacts of these days by day, reason (0: untagged), channel and source, in the order of COLUMNS."""
    is_inbound = Contact.direction == "inbound"
    is_handled = and_(is_inbound, not_(Contact.is_abandoned))
    is_timed = and_(is_handled, Contact.handle_seconds.is_not(None), not_(Contact.is_duration_odd))
    reason = func.coalesce(Contact.reason_id, UNTAGGED)
    return (
        select(
            Contact.day,
            reason,
            Contact.channel,
            Contact.source_id,
            _count(is_handled),
            _count(and_(is_inbound, Contact.is_abandoned)),
            _count(not_(is_inbound)),
            _count(is_timed),
            func.sum(case((is_timed, Contact.handle_seconds), else_=0)),
        )
        .where(Contact.day.in_(days))
        .group_by(Contact.day, reason, Contact.channel, Contact.source_id)
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
