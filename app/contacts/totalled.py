"""Days for which no contacts come in: the source gave totals for them, or contacts so old were dropped.

A source has contacts or totals for a day, never both; and what was dropped stays in the daily totals.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import cast

from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.orm import Session

from app.contacts.privacy import queries as privacy
from app.contacts.privacy.rules import dropped_sentence
from app.contacts.tables import ImportBatch, Source, TotalledDay
from app.db import upsert
from app.values.errors import Refused
from app.values.figures import day as day_text

_TABLE = cast("Table", TotalledDay.__table__)
# Made once: it is asked with every contact that a program sends.
_AMONG = select(_TABLE.c.day).where(
    _TABLE.c.source_id == bindparam("source_id"), _TABLE.c.day.in_(bindparam("wanted", expanding=True))
)


class ClosedDays(frozenset[str]):
    """Days like 2026-09-14, and with them every day before `dropped_before`."""

    dropped_before: date = date.min
    _before: str = ""

    def __contains__(self, day: object) -> bool:
        return (isinstance(day, str) and day < self._before) or super().__contains__(day)


def closed_days(days: Iterable[str], dropped_before: date) -> ClosedDays:
    """These days, and all before `dropped_before`."""
    closed = ClosedDays(days)
    closed.dropped_before, closed._before = dropped_before, dropped_before.isoformat()  # noqa: SLF001  (made here)
    return closed


def days(session: Session, source: str) -> frozenset[str]:
    """The days for which the source with this name brings no contacts."""
    query = select(TotalledDay.day).join(Source, Source.id == TotalledDay.source_id).where(Source.name == source)
    found = frozenset(day.isoformat() for day in session.scalars(query))
    before = privacy.dropped_before(session)
    return found if before is None else closed_days(found, before)


def sentences(session: Session, source_id: int, wanted: Collection[date]) -> dict[str, str]:
    """Of these days those for which the source brings no contacts, each with the sentence."""
    rows = session.connection().execute(_AMONG, {"source_id": source_id, "wanted": list(wanted)})
    found = {day.isoformat(): sentence(day) for (day,) in rows}
    before = privacy.dropped_before(session) or date.min
    return found | {day.isoformat(): dropped_sentence(day, before) for day in wanted if day < before}


def sentence(day: date, closed: Collection[str] = frozenset()) -> str:
    """Why no contact of the source is taken in on the day; `closed` are the days that are not."""
    if isinstance(closed, ClosedDays) and day < closed.dropped_before:
        return dropped_sentence(day, closed.dropped_before)
    return (
        f"The source gave totals for {day_text(day)}. A source has contacts or totals for a day, never both. "
        "Take the file of totals back, or choose another source."
    )


def check(session: Session, source_id: int, day: date) -> None:
    """Raises Refused where the source brings no contacts for the day."""
    for found in sentences(session, source_id, [day]).values():
        raise Refused(found)


def hold(session: Session, source_id: int) -> None:
    """Let no file of contacts of the source begin before this work is done; raises Refused where one is under way.

    A file that is half taken in is read on later just as it was read before, so its days must stay as they are too.
    """
    session.execute(select(Source.id).where(Source.id == source_id).with_for_update(key_share=True))
    states = ("running", "failed", "undoing")
    query = select(ImportBatch.id).where(ImportBatch.source_id == source_id, ImportBatch.state.in_(states))
    unfinished = session.scalar(query.order_by(ImportBatch.id).limit(1))
    if unfinished is not None:
        raise Refused(
            f"Import {unfinished} brings contacts of the same source and is not through. Let it come to its end, "
            "or undo it first. Nothing was changed."
        )


def claim(session: Session, source_id: int, claimed: Collection[date]) -> None:
    """Keep that the source gives totals for these days."""
    upsert(session, _TABLE, [{"source_id": source_id, "day": day} for day in sorted(claimed)], {})


def release(session: Session, source_id: int, released: Collection[date]) -> None:
    """Let contacts of the source come in again for these days."""
    for day in sorted(released):
        session.execute(delete(TotalledDay).where(TotalledDay.source_id == source_id, TotalledDay.day == day))
