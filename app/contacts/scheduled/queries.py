"""Scheduled sources, and which of them are due."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contacts.rules import Counts
from app.contacts.scheduled.rules import Wanted, wanted_of
from app.contacts.scheduled.tables import ScheduledSource
from app.values.errors import Missing


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A source with what was decided, when it runs, and what its last run brought (imports and files still written)."""

    id: int
    wanted: Wanted
    next_run_at: datetime
    is_paused: bool
    last_run_at: datetime | None
    counts: Counts | None
    batches: tuple[int, ...]
    waiting: int
    failures: int
    trouble: str | None


def scheduled(session: Session, scheduled_id: int) -> Scheduled:
    """One source; raises Missing."""
    found = session.get(ScheduledSource, scheduled_id)
    if found is None:
        raise Missing("This source is gone. Somebody removed it.")
    return _read(found)


def all_scheduled(session: Session, kind: str | None = None) -> list[Scheduled]:
    """All of them, or those of one kind, by name."""
    query = select(ScheduledSource).order_by(ScheduledSource.source)
    return [_read(one) for one in session.scalars(query) if kind is None or one.kind == kind]


def due(session: Session, at: datetime) -> list[int]:
    """The sources that are to run by now, those that waited longest first."""
    query = select(ScheduledSource.id).where(ScheduledSource.next_run_at <= at, ScheduledSource.paused_at.is_(None))
    return list(session.scalars(query.order_by(ScheduledSource.next_run_at, ScheduledSource.id)))


def _read(row: ScheduledSource) -> Scheduled:
    last = row.last_run
    return Scheduled(
        id=row.id,
        wanted=wanted_of(row.source, row.hour, row.mapping, row.kind, row.place),
        next_run_at=row.next_run_at,
        is_paused=row.paused_at is not None,
        last_run_at=row.last_run_at,
        counts=None if last is None else Counts(**last["counts"]),
        batches=() if last is None else tuple(last["batches"]),
        waiting=0 if last is None else last["waiting"],
        failures=row.failures,
        trouble=row.trouble,
    )
