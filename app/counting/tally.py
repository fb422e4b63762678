"""What the daily totals of some days should be: their contacts, counted, and the totals that came by the day."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, not_, select, union_all

from app.contacts.tables import Contact
from app.counting.imported import current
from app.counting.rules import UNTAGGED
from app.counting.tables import ImportedTotal

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
KEY = COLUMNS.index("handled")


def tally(days: Collection[date]) -> Select[*tuple[Any, ...]]:
    """Contacts of these days by day, reason (0: untagged), channel and source, in the order of COLUMNS."""
    both = union_all(_counted(days), _imported(days)).subquery()
    key = [both.c[name] for name in COLUMNS[:KEY]]
    sums = [func.sum(both.c[name]).label(name) for name in COLUMNS[KEY:]]
    return select(*key, *sums).group_by(*key)


def _counted(days: Collection[date]) -> Select[*tuple[Any, ...]]:
    is_inbound = Contact.direction == "inbound"
    is_handled = and_(is_inbound, not_(Contact.is_abandoned))
    is_timed = and_(is_handled, Contact.handle_seconds.is_not(None), not_(Contact.is_duration_odd))
    reason = func.coalesce(Contact.reason_id, UNTAGGED)
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
        .where(Contact.day.in_(days))
        .group_by(Contact.day, reason, Contact.channel, Contact.source_id)
    )


def _imported(days: Collection[date]) -> Select[*tuple[Any, ...]]:
    """Totals of single days: all of them handled contacts, timed where their handle time came along."""
    one = current(ImportedTotal.grain == "day", ImportedTotal.start.in_(days)).c
    return select(
        one.start,
        one.reason_id,
        one.channel,
        one.source_id,
        one.contacts,
        literal(0),
        literal(0),
        case((one.handle_seconds.is_not(None), one.contacts), else_=0),
        func.coalesce(one.handle_seconds, 0),
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
