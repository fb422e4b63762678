"""What people chose lately."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.tagging.rules import FAVOURITE_COUNT, FAVOURITES_FROM
from app.tagging.tables import Tag


@dataclass(frozen=True, slots=True)
class Choice:
    """A reason that a person gave to a contact; `number` is the contact's change that it made."""

    id: int
    at: datetime
    contact_id: uuid.UUID
    number: int
    reason_id: int


def last_choice(session: Session, by_id: int, since: datetime) -> Choice | None:
    """The person's newest tag that still stands, not older than `since`."""
    query = select(Tag).where(Tag.by_id == by_id, Tag.at >= since).order_by(Tag.at.desc(), Tag.id.desc()).limit(1)
    tag = session.scalar(query)
    return None if tag is None else Choice(tag.id, tag.at, tag.contact_id, tag.number, tag.reason_id)


def chosen_since(session: Session, by_id: int, since: datetime) -> int:
    """How many contacts the person tagged from a moment on."""
    query = select(func.count(Tag.contact_id.distinct())).where(Tag.by_id == by_id, Tag.at >= since)
    return session.scalar(query) or 0


def most_used(session: Session, before: datetime, *, by_id: int | None = None) -> list[int]:
    """The reasons given most often in the 28 days before a moment, by one person or by everybody."""
    query = select(Tag.reason_id).where(Tag.at >= before - FAVOURITES_FROM, Tag.at < before)
    if by_id is not None:
        query = query.where(Tag.by_id == by_id)
    ranked = query.group_by(Tag.reason_id).order_by(func.count().desc(), Tag.reason_id).limit(FAVOURITE_COUNT)
    return list(session.scalars(ranked))
