"""What contacts add up to by day, reason, channel and source: the one definition, for days and for what is dropped."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, select

from app.contacts.tables import Contact

# Reason 0 stands for untagged.
KEY = ("day", "reason_id", "channel", "source_id")
FIGURES = ("handled", "abandoned", "outbound", "timed", "handle_seconds")


def sums(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The contacts that fulfil the conditions, in the order of KEY and FIGURES.

    `handled` and `abandoned` came in, `outbound` went out; `handle_seconds` are summed over the `timed` handled ones,
    whose duration is known and not odd.
    """
    is_inbound = Contact.direction == "inbound"
    is_handled = and_(is_inbound, not_(Contact.is_abandoned))
    is_timed = and_(is_handled, Contact.handle_seconds.is_not(None), not_(Contact.is_duration_odd))
    reason = func.coalesce(Contact.reason_id, 0)
    return (
        select(
            Contact.day,
            reason.label("reason_id"),
            Contact.channel,
            Contact.source_id,
            _count(is_handled).label("handled"),
            _count(and_(is_inbound, Contact.is_abandoned)).label("abandoned"),
            _count(not_(is_inbound)).label("outbound"),
            _count(is_timed).label("timed"),
            func.sum(case((is_timed, Contact.handle_seconds), else_=0)).label("handle_seconds"),
        )
        .where(*conditions)
        .group_by(Contact.day, reason, Contact.channel, Contact.source_id)
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
