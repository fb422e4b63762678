"""The audit trail: every change is recorded here, by the action that makes it, in the same transaction."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.people.rules import FIRST_HASH, Actor, Change, chain_hash, plain
from app.people.tables import AuditEntry, AuditHead

HEAD = 1
Facts = Mapping[str, Any]


def hold(session: Session) -> AuditHead:
    """Take the trail's lock until the transaction ends: whoever decides by what is there now decides one at a time."""
    locked = select(AuditHead).where(AuditHead.id == HEAD).with_for_update()
    return session.scalars(locked.execution_options(populate_existing=True)).one()


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
    session.add(
        AuditEntry(
            number=change.number,
            at=at,
            by_id=by.id,
            by_name=by.name,
            action=action,
            subject=subject,
            before=change.before,
            after=change.after,
            previous_hash=head.hash,
            hash=digest,
        )
    )
    head.number, head.hash = change.number, digest
    session.flush()


def breaks(session: Session) -> Iterator[str]:
    """A sentence for each place where the trail was altered behind the application's back."""
    expected_number, previous = 1, FIRST_HASH
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.number).execution_options(yield_per=1000)):
        if entry.number != expected_number:
            yield f"The audit trail misses entry {expected_number}: entry {entry.number} follows."
        change = Change(
            entry.number,
            entry.at,
            Actor(entry.by_id, entry.by_name),
            entry.action,
            entry.subject,
            entry.before,
            entry.after,
        )
        if entry.previous_hash != previous or chain_hash(change, entry.previous_hash) != entry.hash:
            yield f"Entry {entry.number} of the audit trail ({entry.action}) was altered after it was written."
        expected_number, previous = entry.number + 1, entry.hash
    head = session.get_one(AuditHead, HEAD)
    if (head.number, head.hash) != (expected_number - 1, previous):
        yield f"The audit trail should end with entry {head.number}, but it ends with {expected_number - 1}."
