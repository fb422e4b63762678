"""Contacts that wait because nobody has said what their file's value means; saying it tags them all."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from app.contacts.days import touch
from app.contacts.tables import Contact, ContactChange
from app.db import Database
from app.people.rules import Actor
from app.people.tables import AuditEntry
from app.reasons import queries as reasons
from app.reasons.queries import RawValue
from app.reasons.tables import RawReason
from app.values.errors import Missing

CONTACTS_AT_ONCE = 1000
# What the trail calls it when a person gives a value its meaning, now and in its oldest entries.
MAPPED = ("raw_reason.mapped", "raw reason.mapped")
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class WaitingValue:
    """A value without a meaning, and how many untagged contacts carry it."""

    raw: RawValue
    contacts: int


def values(session: Session) -> list[WaitingValue]:
    """The values that nobody has given a meaning, those with most contacts first."""
    unmapped = reasons.unmapped_raw_values(session)
    if not unmapped:
        return []
    counts = (
        select(Contact.raw_reason_id, func.count())
        .where(Contact.reason_id.is_(None), Contact.raw_reason_id.in_([raw.id for raw in unmapped]))
        .group_by(Contact.raw_reason_id)
    )
    contacts = dict(session.execute(counts).all())
    found = [WaitingValue(raw, contacts.get(raw.id, 0)) for raw in unmapped]
    return sorted(found, key=lambda one: (-one.contacts, one.raw.source, one.raw.value))


@dataclass(frozen=True, slots=True)
class Following:
    """A value that a person gave its meaning, who that was, and how many contacts are still to follow."""

    raw_id: int
    value: str
    reason_id: int
    contacts: int
    by_name: str


def following(session: Session) -> list[Following]:
    """The values whose contacts do not all carry their meaning yet: somebody is at it, or was stopped."""
    given = select(AuditEntry.subject, AuditEntry.by_name).where(AuditEntry.action.in_(MAPPED))
    names = {
        int(subject.rpartition(":")[2]): by_name
        for subject, by_name in session.execute(given.order_by(AuditEntry.number))
    }
    if not names:
        return []
    left = (
        select(RawReason.id, RawReason.value, RawReason.reason_id, func.count())
        .join(Contact, Contact.raw_reason_id == RawReason.id)
        .where(Contact.reason_id.is_(None), RawReason.reason_id.is_not(None), RawReason.id.in_(names))
        .group_by(RawReason.id, RawReason.value, RawReason.reason_id)
        .order_by(RawReason.id)
    )
    return [
        Following(raw_id, value, reason_id, contacts, names[raw_id])
        for raw_id, value, reason_id, contacts in session.execute(left)
        if reason_id is not None
    ]


def tag_all(database: Database, raw_id: int, *, by: Actor, now: Callable[[], datetime], told: Told) -> int:
    """Give the meaning of a value to every contact that waits for it, in short transactions; how many these were.

    `told` hears how many there are so far. Stopped between, the same call goes on; afterwards the caller has the
    touched days recounted.
    """
    tagged = 0
    while some := database.write(lambda session: tag_some(session, raw_id, by=by, at=now())):
        tagged += some
        told(tagged)
    return tagged


def tag_some(session: Session, raw_id: int, *, by: Actor, at: datetime, limit: int = CONTACTS_AT_ONCE) -> int:
    """Give the meaning of a value to untagged contacts that carry it, so many at once; 0 where none is left.

    What each was before stays in its history. The trail is told once, when the value is given its meaning.
    """
    reason_id = session.scalar(select(RawReason.reason_id).where(RawReason.id == raw_id))
    if reason_id is None:
        message = "That value has no meaning yet. Choose a reason for it first."
        raise Missing(message)
    rows = session.execute(
        select(Contact.id, Contact.day)
        .where(Contact.raw_reason_id == raw_id, Contact.reason_id.is_(None))
        .order_by(Contact.id)
        .limit(limit)
        .with_for_update()
    ).all()
    ids = [row.id for row in rows]
    if not ids:
        return 0
    numbers = _newest_changes(session, ids)
    session.execute(
        insert(ContactChange),
        [
            {
                "contact_id": contact_id,
                "number": numbers.get(contact_id, 0) + 1,
                "at": at,
                "by_name": by.name,
                "batch_id": None,
                "before": {"reason_id": None},
            }
            for contact_id in ids
        ],
    )
    session.execute(update(Contact).where(Contact.id.in_(ids)).values(reason_id=reason_id))
    touch(session, {row.day for row in rows})
    return len(ids)


def _newest_changes(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    newest = (
        select(ContactChange.contact_id, func.max(ContactChange.number))
        .where(ContactChange.contact_id.in_(ids))
        .group_by(ContactChange.contact_id)
    )
    return dict(session.execute(newest).all())
