"""What the daily totals of some days should be: their contacts, counted, those that were dropped, and given totals."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, literal, select, union_all

from app.contacts.privacy.tables import DroppedTotal
from app.contacts.sums import FIGURES, sums
from app.contacts.sums import KEY as BY
from app.contacts.tables import Contact
from app.counting.imported import current
from app.counting.tables import ImportedTotal

COLUMNS = (*BY, *FIGURES)
KEY = len(BY)


def tally(days: Collection[date]) -> Select[*tuple[Any, ...]]:
    """Contacts of these days by day, reason (0: untagged), channel and source, in the order of COLUMNS."""
    both = union_all(sums(Contact.day.in_(days)), _dropped(days), _imported(days)).subquery()
    key = [both.c[name] for name in COLUMNS[:KEY]]
    figures = [func.sum(both.c[name]).label(name) for name in COLUMNS[KEY:]]
    return select(*key, *figures).group_by(*key)


def _dropped(days: Collection[date]) -> Select[*tuple[Any, ...]]:
    """Contacts that are not kept any more: what they added up to when they were dropped."""
    table = DroppedTotal.__table__.c
    return select(*(table[name] for name in COLUMNS)).where(DroppedTotal.day.in_(days))


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
