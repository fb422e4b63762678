"""Contacts past their time are dropped, in short transactions; what they added up to stays in the daily totals.

Each transaction drops some contacts and adds them to the totals of what was dropped, so a day adds up to the same
before, between and after, whoever counts it again. A killed run is simply run again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import cast

from sqlalchemy import Table, delete, func, literal_column, select
from sqlalchemy.orm import Session

from app.config import Settings
from app.contacts import batches
from app.contacts.privacy import queries
from app.contacts.privacy.actions import held
from app.contacts.privacy.rules import first_kept_day
from app.contacts.privacy.tables import DroppedTotal, Privacy
from app.contacts.sums import FIGURES, KEY, sums
from app.contacts.tables import Contact, ContactChange, ContactReason, ImportBatch, ImportReject
from app.db import Database, hold_still, upsert
from app.people import trail
from app.people.rules import Actor
from app.values.errors import Refused

AT_ONCE = 1000
WAITING = ("uploaded", "previewed")
FOR_EVER = (
    "Contacts are kept for ever: nobody has decided otherwise. Set the months under Settings, Privacy. "
    "Nothing was dropped."
)
Told = Callable[[int, int, int], None]


@dataclass(frozen=True, slots=True)
class Extent:
    """What goes: contacts of days before `before`, what they were before, rejected rows and files as old."""

    before: date
    contacts: int = 0
    changes: int = 0
    rejected_rows: int = 0
    files: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether nothing goes at all."""
        return not (self.contacts or self.changes or self.rejected_rows or self.files)


def extent(session: Session, settings: Settings, *, at: datetime) -> Extent:
    """What a run would drop now; raises Refused where contacts are kept for ever."""
    before = _boundary(session, settings, at)
    old = Contact.day < before
    changed = select(func.count()).select_from(ContactChange).join(Contact, Contact.id == ContactChange.contact_id)
    made_before = ImportBatch.made_at < _midnight(settings, before)
    rejected = select(func.count()).select_from(ImportReject).join(ImportBatch, ImportBatch.id == ImportReject.batch_id)
    waiting = select(func.count()).select_from(ImportBatch).where(made_before, ImportBatch.state.in_(WAITING))
    return Extent(
        before,
        session.scalar(select(func.count()).select_from(Contact).where(old)) or 0,
        session.scalar(changed.where(old)) or 0,
        session.scalar(rejected.where(made_before)) or 0,
        session.scalar(waiting) or 0,
    )


def first_kept(session: Session, settings: Settings, months: int, *, at: datetime) -> tuple[date, int]:
    """With so many months the first day for which contacts are kept, and how many contacts are older than that."""
    wanted = first_kept_day(at.astimezone(settings.timezone).date(), months)
    before = max(wanted, queries.dropped_before(session) or wanted)
    return before, session.scalar(select(func.count()).select_from(Contact).where(Contact.day < before)) or 0


def is_due(session: Session, settings: Settings, *, at: datetime) -> bool:
    """Whether a run has something to do: the day has changed since the last one, or that one was cut off."""
    if queries.decided(session).kept_months is None:
        return False
    last = queries.dropped_before(session)
    return last is None or last < _boundary(session, settings, at) or queries.is_under_way(session)


def drop(database: Database, settings: Settings, *, by: Actor, at: datetime, told: Told | None = None) -> Extent:
    """Drop what is past its time; raises Refused where nobody decided so, or while a file is taken in or undone.

    Commits some contacts at a time; after a kill the same call goes on. The trail gets one entry a run.
    """
    before = database.write(lambda session: _begin(session, settings, at=at))
    with database.reading() as session:
        in_all = extent(session, settings, at=at).contacts
    done = 0
    with database.loading() as write:
        while some := write(partial(_drop_contacts, before=before)):
            done += some
            if told is not None:
                told(done, in_all, done)
        for batch_id in _old_batches(database, _midnight(settings, before)):
            write(partial(_drop_rejects, settings=settings, batch_id=batch_id, by=by, at=at))
    return database.write(lambda session: _finish(session, by=by, at=at))


def _boundary(session: Session, settings: Settings, at: datetime) -> date:
    """The first day for which contacts are kept: it never moves back, since what was dropped is gone."""
    months = queries.decided(session).kept_months
    if months is None:
        raise Refused(FOR_EVER)
    wanted = first_kept_day(at.astimezone(settings.timezone).date(), months)
    return max(wanted, queries.dropped_before(session) or wanted)


def _midnight(settings: Settings, day: date) -> datetime:
    return datetime.combine(day, time(), settings.timezone)


def _begin(session: Session, settings: Settings, *, at: datetime) -> date:
    # Whoever begins to take in a file meanwhile waits, and then finds the days closed.
    hold_still(session, cast("Table", ImportBatch.__table__))
    row = held(session)
    before = _boundary(session, settings, at)
    moving = select(ImportBatch.id).where(ImportBatch.state.in_(("running", "undoing"))).order_by(ImportBatch.id)
    if (batch_id := session.scalar(moving.limit(1))) is not None:
        raise Refused(
            f"Import {batch_id} is being taken in or undone. Let it come to its end, or undo it first. "
            "Nothing was dropped."
        )
    row.dropped_before = before
    row.run = row.run or {"contacts": 0, "changes": 0, "rejected_rows": 0, "files": 0}
    return before


def _drop_contacts(session: Session, before: date) -> int:
    """Drop some contacts, oldest first, and add them to the totals of what was dropped; how many these were."""
    query = select(Contact.id).where(Contact.day < before).order_by(Contact.day).limit(AT_ONCE).with_for_update()
    ids = sorted(session.scalars(query))
    if not ids:
        return 0
    names = (*KEY, *FIGURES)
    rows = [dict(zip(names, row, strict=True)) for row in session.execute(sums(Contact.id.in_(ids)))]
    table = cast("Table", DroppedTotal.__table__)
    upsert(session, table, rows, {name: table.c[name] + literal_column(f"excluded.{name}") for name in FIGURES})
    changes = session.scalar(select(func.count()).where(ContactChange.contact_id.in_(ids))) or 0
    for hanging in (ContactChange, ContactReason):
        session.execute(delete(hanging).where(hanging.contact_id.in_(ids)))
    session.execute(delete(Contact).where(Contact.id.in_(ids)))
    _count(session, contacts=len(ids), changes=changes)
    return len(ids)


def _old_batches(database: Database, before: datetime) -> list[int]:
    """The files that came before, of which something is left."""
    has_rejects = select(ImportReject.line).where(ImportReject.batch_id == ImportBatch.id).exists()
    is_left = has_rejects | ImportBatch.preview.is_not(None) | ImportBatch.state.in_(WAITING)
    with database.reading() as session:
        return list(session.scalars(select(ImportBatch.id).where(ImportBatch.made_at < before, is_left)))


def _drop_rejects(session: Session, settings: Settings, batch_id: int, *, by: Actor, at: datetime) -> None:
    """Drop what is left of an old file: its rejected rows, examples of its cells, and the file where it waits."""
    batch = batches.held(session, batch_id)
    rejected = session.scalar(select(func.count()).where(ImportReject.batch_id == batch_id)) or 0
    session.execute(delete(ImportReject).where(ImportReject.batch_id == batch_id))
    files = int(batch.state in WAITING)
    batch.preview = None
    if files:
        batches.forget(session, settings, batch_id, by=by, at=at)
    rejects_file(settings, batch_id).unlink(missing_ok=True)
    _count(session, rejected_rows=rejected, files=files)


def rejects_file(settings: Settings, batch_id: int) -> Path:
    """Where a command wrote the rejected rows of a file."""
    return settings.instance / "rejects" / f"import-{batch_id}.csv"


def _count(session: Session, **added: int) -> None:
    row = session.get_one(Privacy, 1, with_for_update=True, populate_existing=True)
    if row.run is not None:
        row.run = {**row.run, **{name: row.run[name] + number for name, number in added.items()}}


def _finish(session: Session, *, by: Actor, at: datetime) -> Extent:
    row = held(session)
    before = row.dropped_before
    found = Extent(before or date.min, **(row.run or {}))
    if not found.is_nothing:
        after = {"before_day": str(before), **(row.run or {})}
        trail.record(session, "contacts.dropped", "contacts", by=by, at=at, after=after)
    row.run = None
    return found
