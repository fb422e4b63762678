"""The days whose contacts changed since they were last counted."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Table
from sqlalchemy.orm import Session

from app.contacts.tables import TouchedDay
from app.db import upsert


def touch(session: Session, days: Collection[date]) -> None:
    """Mark days for counting; a mark more on a day that is marked makes a count that runs meanwhile come again."""
    table = TouchedDay.__table__
    assert isinstance(table, Table)  # noqa: S101  (mapped classes are mapped to tables)
    rows = [{"day": day, "marks": 1} for day in sorted(days)]
    upsert(session, table, rows, {"marks": table.c.marks + 1})
