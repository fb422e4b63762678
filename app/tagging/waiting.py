"""Contacts that wait because nobody has said what their file's value means; saying it tags them all."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from app.contacts.days import touch
from app.contacts.tables import Contact, ContactChange
from app.people.rules import Actor
from app.reasons import queries as reasons
from app.reasons.queries import RawValue
from app.reasons.tables import RawReason
from app.values.errors import Missing

CONTACTS_AT_ONCE = 1000


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
