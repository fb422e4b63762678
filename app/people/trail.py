"""The audit trail: every change is recorded here, by the action that makes it, in the same transaction."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.people.rules import Actor, Change, chain_hash
from app.people.tables import AuditEntry, AuditHead
from app.values import sealing
from app.values.sealing import Link, plain

HEAD = 1
Facts = Mapping[str, Any]
_ENTRIES, _HEADS = cast("Table", AuditEntry.__table__), cast("Table", AuditHead.__table__)
# Made once and sent past the mapped classes: every action ends with these, and most do little else.
_HELD = select(_HEADS.c.number, _HEADS.c.hash).where(_HEADS.c.id == HEAD).with_for_update()
_ADDED = insert(_ENTRIES)
_MOVED = update(_HEADS).where(_HEADS.c.id == HEAD).values(number=bindparam("last_number"), hash=bindparam("last_hash"))


class Head(NamedTuple):
    """The last entry's number and hash."""

    number: int
    hash: str


def hold(session: Session) -> Head:
    """Take the trail's lock until the transaction ends: whoever decides by what is there now decides one at a time."""
    session.flush()
    return Head(*session.connection().execute(_HELD).one())


def record(  # noqa: PLR0913
    session: Session,
    action: str,
    subject: str,
    *,
    by: Actor,
    at: datetime,
    before: Facts | None = None,
    after: Facts | None = None,
) -> None:
    """Add one entry: `action` like "reason.renamed", `subject` like "reason:12", facts as plain JSON values."""
    head = hold(session)
    change = Change(
        number=head.number + 1,
        at=at,
        by=by,
        action=action,
        subject=subject,
        before=None if before is None else plain(before),
        after=None if after is None else plain(after),
    )
    digest = chain_hash(change, head.hash)
    row = {
        "number": change.number,
        "at": at,
        "by_id": by.id,
        "by_name": by.name,
        "action": action,
        "subject": subject,
        "before": change.before,
        "after": change.after,
        "previous_hash": head.hash,
        "hash": digest,
    }
    connection = session.connection()
    connection.execute(_ADDED, row)
    connection.execute(_MOVED, {"last_number": change.number, "last_hash": digest})


def breaks(session: Session) -> Iterator[str]:
    """A sentence for each place where the trail was altered behind the application's back.

    Entries that are added meanwhile are left to the next look, so it can be asked for while people work.
    """
    found = session.execute(select(AuditHead.number, AuditHead.hash).where(AuditHead.id == HEAD)).one_or_none()
    if found is None:
        yield "The audit trail has lost its head, so its end cannot be checked."
        return
    last, last_hash = found
    entries = select(AuditEntry).where(AuditEntry.number <= last).order_by(AuditEntry.number)
    rows = session.scalars(entries.execution_options(yield_per=1000))
    yield from sealing.breaks("the audit trail", map(_link, rows), last, last_hash)
    beyond = select(AuditEntry.number).join(AuditHead, AuditEntry.number > AuditHead.number).order_by(AuditEntry.number)
    for number in session.scalars(beyond):
        yield f"Entry {number} was added to the audit trail behind its end."


def as_change(entry: AuditEntry) -> Change:
    """The entry as a plain value."""
    return Change(
        number=entry.number,
        at=entry.at,
        by=Actor(entry.by_id, entry.by_name),
        action=entry.action,
        subject=entry.subject,
        before=entry.before,
        after=entry.after,
    )


def _link(entry: AuditEntry) -> Link:
    sealed = chain_hash(as_change(entry), entry.previous_hash)
    return Link(entry.number, entry.action, entry.previous_hash, entry.hash, sealed)
