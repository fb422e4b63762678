"""The days whose contacts changed since they were last counted."""

from collections.abc import Collection
from datetime import date
from typing import cast

from sqlalchemy import Table
from sqlalchemy.orm import Session

from app.contacts.tables import TouchedDay
from app.db import upserting

_TABLE = cast("Table", TouchedDay.__table__)
# Made once: every contact that is sent alone marks its day.
_MARKED = upserting(_TABLE, {"marks": _TABLE.c.marks + 1})


def touch(session: Session, days: Collection[date]) -> None:
    """Mark days for counting; a mark more on a day that is marked makes a count that runs meanwhile come again."""
    if days:
        connection = session.connection()
        rows = [{"day": day, "marks": 1} for day in sorted(days)]
        connection.execute(_MARKED[connection.dialect.name], rows)
