"""The contacts that wait for a reason, oldest first, and what is known of the one that is open."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, literal_column, not_, select, tuple_
from sqlalchemy.orm import Session

from app.contacts.tables import Contact
from app.tagging.rules import REPEAT_WITHIN

QUEUE_LENGTH = 9
MOST_OTHERS = 20

# Word for word the condition of the index ix_contact_untagged, and below its order, so that both engines use it.
WAITING = (Contact.reason_id.is_(None), Contact.direction == literal_column("'inbound'"), not_(Contact.is_abandoned))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A contact in the queue; time and id are its place there."""

    id: uuid.UUID
    occurred_at: datetime
    channel: str
    note: str | None
    queue: str | None
    handle_seconds: int | None


@dataclass(frozen=True, slots=True)
class OtherContact:
    """Another contact of the same customer."""

    id: uuid.UUID
    occurred_at: datetime
    channel: str
    handle_seconds: int | None
    reason_id: int | None


def _queue(channel: str | None) -> Select[uuid.UUID, datetime, str, str | None, str | None, int | None]:
    query = (
        select(Contact.id, Contact.occurred_at, Contact.channel, Contact.note, Contact.queue, Contact.handle_seconds)
        .where(*WAITING)
        .order_by(Contact.reason_id, Contact.occurred_at, Contact.id)
    )
    return query if channel is None else query.where(Contact.channel == channel)


def oldest(session: Session, channel: str | None = None, limit: int = QUEUE_LENGTH) -> list[Waiting]:
    """The head of the queue."""
    return [Waiting(*row) for row in session.execute(_queue(channel).limit(limit))]


def following(
    session: Session, place: tuple[datetime, uuid.UUID], channel: str | None = None, limit: int = QUEUE_LENGTH
) -> list[Waiting]:
    """The queue behind a place, that place left out."""
    query = _queue(channel).where(tuple_(Contact.occurred_at, Contact.id) > place).limit(limit)
    return [Waiting(*row) for row in session.execute(query)]


def waiting_one(session: Session, contact_id: uuid.UUID) -> Waiting | None:
    """The contact, where it still waits."""
    row = session.execute(_queue(None).where(Contact.id == contact_id)).first()
    return None if row is None else Waiting(*row)


def others_of_the_customer(session: Session, contact_id: uuid.UUID) -> list[OtherContact]:
    """What the same customer wanted in the seven days before, newest first; nothing where the customer is unknown."""
    place = session.execute(select(Contact.customer_key, Contact.occurred_at).where(Contact.id == contact_id)).first()
    if place is None or place.customer_key is None:
        return []
    query = (
        select(Contact.id, Contact.occurred_at, Contact.channel, Contact.handle_seconds, Contact.reason_id)
        .where(
            Contact.customer_key == place.customer_key,
            Contact.occurred_at >= place.occurred_at - REPEAT_WITHIN,
            Contact.occurred_at <= place.occurred_at,
            Contact.id != contact_id,
        )
        .order_by(Contact.occurred_at.desc(), Contact.id)
        .limit(MOST_OTHERS)
    )
    return [OtherContact(*row) for row in session.execute(query)]
