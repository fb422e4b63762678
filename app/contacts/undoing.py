"""Taking a batch back, whole: its new contacts go, what it updated is as it was before."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.contacts import batches, queries
from app.contacts.days import touch
from app.contacts.history import FURTHER_ADDED, restored
from app.contacts.mail import traces
from app.contacts.progress import Progress
from app.contacts.tables import Contact, ContactChange, ContactReason, ImportBatch
from app.db import Database, Write
from app.people import trail
from app.people.rules import Actor
from app.values.errors import Refused

REMOVED_AT_ONCE = 1000
RESTORED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Extent:
    """What taking a batch back changes: contacts removed, of them tagged by a person since, and contacts restored."""

    removed: int
    tagged_since: int
    restored: int


def extent(session: Session, batch_id: int) -> Extent:
    """What undo would do now; to be said before anybody confirms."""
    own = Contact.batch_id == batch_id
    by_people = select(func.count(func.distinct(Contact.id))).join(
        ContactChange, ContactChange.contact_id == Contact.id
    )
    restored_count = select(func.count()).select_from(ContactChange).where(ContactChange.batch_id == batch_id)
    return Extent(
        removed=session.scalar(select(func.count()).select_from(Contact).where(own)) or 0,
        tagged_since=session.scalar(by_people.where(own, ContactChange.batch_id.is_(None))) or 0,
        restored=session.scalar(restored_count) or 0,
    )


def undo(database: Database, batch_id: int, *, by: Actor, at: datetime, progress: Progress | None = None) -> Extent:
    """Take a batch back (done, failed, or stopped while running); undone already, it does nothing.

    Commits chunk by chunk; after a kill the same call goes on. Reasons that the batch brought stay. Afterwards the
    caller has the touched days recounted.
    """
    wanted = database.write(lambda session: begin(session, batch_id, at=at))
    if wanted is None:
        return Extent(0, 0, 0)
    with database.loading() as write:
        while _more(write, batch_id, _restore_some) or _more(write, batch_id, _remove_some):
            if progress is not None:
                with database.reading() as session:
                    undone = queries.batch(session, batch_id)
                progress(undone.taken_back, undone.to_take_back, undone.taken_back)
        removed, restored_count = write(lambda session: _finish(session, batch_id, by))
    return Extent(removed, wanted.tagged_since, restored_count)


def begin(session: Session, batch_id: int, *, at: datetime) -> Extent | None:
    """Stop the batch, and say what is to be done, what a killed undo has done included; none where all is done."""
    batch = batches.held(session, batch_id)
    if batch.state == "undone":
        return None
    if batch.state in {"uploaded", "previewed"}:
        raise Refused("This file was not taken in yet, so there is nothing to undo.")
    if batch.state != "undoing":
        batches.check_nothing_else_runs(session, batch)
        batch.state, batch.moved_at = "undoing", at
        found = extent(session, batch_id)
        undone = {"removed": 0, "restored": 0, "of": found.removed + found.restored}
        batch.decided = {**batch.decided, "undone": undone}
        return found
    batch.trouble, batch.moved_at = None, at
    left, done = extent(session, batch_id), batch.decided["undone"]
    return Extent(left.removed + done["removed"], left.tagged_since, left.restored + done["restored"])


def _more(write: Write, batch_id: int, work: Any) -> bool:  # noqa: ANN401  (one of the two below)
    return cast("bool", write(lambda session: work(session, batch_id)))


def _remove_some(session: Session, batch_id: int) -> bool:
    """Remove contacts that the batch brought, with all that hangs on them; False where none is left."""
    batch = batches.held(session, batch_id)
    query = select(Contact.id, Contact.day).where(Contact.batch_id == batch_id).limit(REMOVED_AT_ONCE)
    rows = session.execute(query).all()
    if batch.state != "undoing" or not rows:
        return False
    ids = sorted(row.id for row in rows)
    for table in (ContactChange, ContactReason):
        session.execute(delete(table).where(table.contact_id.in_(ids)))
    session.execute(delete(Contact).where(Contact.id.in_(ids)))
    touch(session, {row.day for row in rows})
    _count(batch, "removed", len(rows))
    return True


def _restore_some(session: Session, batch_id: int) -> bool:
    """Put contacts back to what they were before the batch changed them; False where none is left."""
    batch = batches.held(session, batch_id)
    query = select(ContactChange).where(ContactChange.batch_id == batch_id).order_by(ContactChange.contact_id)
    own = session.scalars(query.limit(RESTORED_AT_ONCE)).all()
    if batch.state != "undoing" or not own:
        return False
    later = _later(session, own)
    ids = {change.contact_id for change in own}
    locked = select(Contact).where(Contact.id.in_(ids)).order_by(Contact.id).with_for_update()
    contacts = {contact.id: contact for contact in session.scalars(locked)}
    days: set[date] = set()
    for change in own:
        contact = contacts[change.contact_id]
        days.add(contact.day)
        _restore(session, contact, _passed_on(change, later.get(change.contact_id, ())))
        days.add(contact.day)
        session.delete(change)
    touch(session, days)
    _count(batch, "restored", len(own))
    return True


def _later(session: Session, own: Sequence[ContactChange]) -> dict[uuid.UUID, list[ContactChange]]:
    """What happened to these contacts after the batch, in order."""
    numbers = {change.contact_id: change.number for change in own}
    query = select(ContactChange).where(ContactChange.contact_id.in_(numbers)).order_by(ContactChange.number)
    found: dict[uuid.UUID, list[ContactChange]] = {}
    for change in session.scalars(query):
        if change.number > numbers[change.contact_id]:
            found.setdefault(change.contact_id, []).append(change)
    return found


def _passed_on(change: ContactChange, later: Collection[ContactChange]) -> dict[str, Any]:
    """The facts to restore now; of facts that changed again since, the next change keeps what was before."""
    facts = dict(change.before)
    for after in later:
        shared = (facts.keys() & after.before.keys()) - {FURTHER_ADDED}
        if shared:
            after.before = {**after.before, **{name: facts.pop(name) for name in shared}}
            flag_modified(after, "before")
    return facts


def _restore(session: Session, contact: Contact, facts: Mapping[str, Any]) -> None:
    added = facts.get(FURTHER_ADDED, ())
    if added:
        theirs = ContactReason.contact_id == contact.id
        session.execute(delete(ContactReason).where(theirs, ContactReason.reason_id.in_(added)))
    for name, value in restored({name: value for name, value in facts.items() if name != FURTHER_ADDED}).items():
        setattr(contact, name, value)


def _count(batch: ImportBatch, name: str, number: int) -> None:
    done = batch.decided["undone"]
    batch.decided = {**batch.decided, "undone": {**done, name: done[name] + number}}
    batch.moved_at = clock.now()


def _finish(session: Session, batch_id: int, by: Actor) -> tuple[int, int]:
    batch = batches.held(session, batch_id)
    done = {name: batch.decided["undone"][name] for name in ("removed", "restored")}
    if batch.state == "undoing":
        now = clock.now()
        traces.forget(session, batch_id)
        batch.state, batch.trouble, batch.finished_at, batch.moved_at = "undone", None, now, now
        before, subject = batches.summary(batch), f"import:{batch_id}"
        trail.record(session, "import.undone", subject, by=by, at=now, before=before, after=done)
    return done["removed"], done["restored"]
