"""Scheduled sources: added, changed, paused, removed; what a run brought is kept with them."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contacts import queries as contacts
from app.contacts.rules import Counts
from app.contacts.scheduled.rules import Wanted, checked, next_run
from app.contacts.scheduled.tables import ScheduledSource
from app.people import trail
from app.people.rules import Actor
from app.values.errors import Missing, Refused


@dataclass(slots=True)
class Outcome:
    """What a run brought: its imports, files that are still being written, and a sentence for all that failed.

    Where a folder was empty (`was_empty`) nobody knows whether the next file can be read.
    """

    counts: Counts = field(default_factory=Counts)
    batches: list[int] = field(default_factory=list)
    waiting: int = 0
    troubles: list[str] = field(default_factory=list)
    was_empty: bool = False


def add(session: Session, wanted: Wanted, zone: ZoneInfo, *, by: Actor, at: datetime) -> int:
    """Have a source looked into from its next hour on; raises Refused where its name or its folder is taken."""
    wanted = _free(session, checked(wanted), None)
    row = ScheduledSource(
        source=wanted.source,
        kind=wanted.kind,
        place=wanted.place,
        mapping=wanted.mapping or None,
        hour=wanted.hour,
        next_run_at=next_run(at, wanted.hour, zone),
        made_by=by.name,
        made_at=at,
    )
    session.add(row)
    session.flush()
    trail.record(session, "scheduled_source.added", _subject(row), by=by, at=at, after=_facts(row))
    return row.id


def change(session: Session, scheduled_id: int, wanted: Wanted, zone: ZoneInfo, *, by: Actor, at: datetime) -> None:
    """Decide otherwise about a source; its kind stays."""
    row = _held(session, scheduled_id)
    wanted = _free(session, checked(wanted), scheduled_id)
    if wanted.kind != row.kind:
        raise Refused("A folder cannot become a mailbox. Add another source, and remove this one.")
    before = _facts(row)
    row.source, row.place, row.mapping, row.hour = wanted.source, wanted.place, wanted.mapping or None, wanted.hour
    if _facts(row) != before:
        row.next_run_at = next_run(at, row.hour, zone)
        trail.record(session, "scheduled_source.changed", _subject(row), by=by, at=at, before=before, after=_facts(row))


def pause(session: Session, scheduled_id: int, *, by: Actor, at: datetime) -> None:
    """Let a source rest; paused already, nothing changes."""
    row = _held(session, scheduled_id)
    if row.paused_at is None:
        row.paused_at = at
        trail.record(session, "scheduled_source.paused", _subject(row), by=by, at=at)


def go_on(session: Session, scheduled_id: int, zone: ZoneInfo, *, by: Actor, at: datetime) -> None:
    """Let a paused source run again from its next hour on."""
    row = _held(session, scheduled_id)
    if row.paused_at is not None:
        row.paused_at, row.next_run_at = None, next_run(at, row.hour, zone)
        trail.record(session, "scheduled_source.continued", _subject(row), by=by, at=at)


def remove(session: Session, scheduled_id: int, *, by: Actor, at: datetime) -> None:
    """Look into a source no longer; what it brought stays. Gone already, nothing changes."""
    row = session.get(ScheduledSource, scheduled_id, with_for_update=True)
    if row is not None:
        trail.record(session, "scheduled_source.removed", _subject(row), by=by, at=at, before=_facts(row))
        session.delete(row)


def keep_run(session: Session, scheduled_id: int, outcome: Outcome, zone: ZoneInfo, *, at: datetime) -> int:
    """Keep what a run brought, and when the next one is; returns how many runs in a row failed, where this one did.

    A run that found nothing leaves what the last one brought. A source that was removed meanwhile stays removed.
    """
    row = session.get(ScheduledSource, scheduled_id, with_for_update=True)
    if row is None:
        return 0
    row.last_run_at, row.next_run_at = at, next_run(at, row.hour, zone)
    if outcome.batches or outcome.troubles or row.last_run is None:
        row.last_run = {"counts": asdict(outcome.counts), "batches": outcome.batches, "waiting": outcome.waiting}
    else:
        row.last_run = {**row.last_run, "waiting": outcome.waiting}
    if not outcome.was_empty:
        row.trouble = " ".join(outcome.troubles) or None
        row.failures = row.failures + 1 if outcome.troubles else 0
    return row.failures if outcome.troubles else 0


def _held(session: Session, scheduled_id: int) -> ScheduledSource:
    row = session.get(ScheduledSource, scheduled_id, with_for_update=True)
    if row is None:
        raise Missing("This source is gone. Somebody removed it.")
    return row


def _free(session: Session, wanted: Wanted, scheduled_id: int | None) -> Wanted:
    """Raises Refused where another source has the name or looks into the same folder, or the mapping is not kept."""
    for row in session.scalars(select(ScheduledSource)):
        if row.id == scheduled_id:
            continue
        if row.source == wanted.source:
            raise Refused(f"“{wanted.source}” is looked into already. Change it, or choose another name.")
        if wanted.folder and row.place.get("folder") == wanted.folder:
            raise Refused(f"The folder “{wanted.folder}” is that of “{row.source}” already. Choose another.")
    if wanted.mapping:
        contacts.saved_mapping(session, wanted.mapping)
    return wanted


def _subject(row: ScheduledSource) -> str:
    return f"scheduled_source:{row.id}"


def _facts(row: ScheduledSource) -> dict[str, Any]:
    return {"source": row.source, "kind": row.kind, **row.place, "mapping": row.mapping, "hour": row.hour}
