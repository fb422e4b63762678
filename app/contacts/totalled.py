"""Days for which a source gave totals in place of contacts; a source has one or the other for a day, never both."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from app.contacts.tables import ImportBatch, Source, TotalledDay
from app.db import upsert
from app.values.errors import Refused
from app.values.figures import day as day_text


def days(session: Session, source: str) -> frozenset[str]:
    """The days with totals of the source with this name, like 2026-09-14."""
    query = select(TotalledDay.day).join(Source, Source.id == TotalledDay.source_id).where(Source.name == source)
    return frozenset(day.isoformat() for day in session.scalars(query))


def sentence(day: date) -> str:
    """Why no contact of the source is taken in on the day."""
    return (
        f"The source gave totals for {day_text(day)}. A source has contacts or totals for a day, never both. "
        "Take the file of totals back, or choose another source."
    )


def check(session: Session, source_id: int, day: date) -> None:
    """Raises Refused where the source gave totals for the day."""
    if session.get(TotalledDay, (source_id, day)) is not None:
        raise Refused(sentence(day))


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
    table = TotalledDay.__table__
    assert isinstance(table, Table)  # noqa: S101  (mapped classes are mapped to tables)
    upsert(session, table, [{"source_id": source_id, "day": day} for day in sorted(claimed)], {})


def release(session: Session, source_id: int, released: Collection[date]) -> None:
    """Let contacts of the source come in again for these days."""
    for day in sorted(released):
        session.execute(delete(TotalledDay).where(TotalledDay.source_id == source_id, TotalledDay.day == day))
