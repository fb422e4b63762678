"""Contacts as lists show them: filtered, newest first, page by page."""

import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, not_, or_, select, tuple_, union_all
from sqlalchemy.orm import Session

from app.contacts.tables import Contact, ContactChange, ContactReason, Source
from app.reasons.tables import RawReason

PAGE_LENGTH = 50
COUNTED_AT_MOST = 10_000
ALL = 1 << 62
MOST_BRANCHES = 100  # reasons that are each read through their own stretch of the index; more of them read the days
KINDS = ("handled", "abandoned", "outbound")

Place = tuple[date, datetime, uuid.UUID]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which contacts are asked for; what is left out is not asked about.

    The days are half-open. `reason_ids` holds everything that reads as the reason asked for. `kind` is one of KINDS:
    inbound and handled, inbound and abandoned, or outbound.
    """

    start: date | None = None
    end: date | None = None
    channel: str | None = None
    reason_ids: frozenset[int] | None = None
    is_untagged: bool = False
    kind: str | None = None
    source_id: int | None = None
    batch_id: int | None = None
    queue: str | None = None
    words: str = ""

    @property
    def reads_rows(self) -> bool:
        """Whether daily totals cannot answer it."""
        return self.batch_id is not None or self.queue is not None or bool(self.words)


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact as lists, exports and its own page show it; `raw_reason` is what its file calls the reason."""

    id: uuid.UUID
    source: str
    external_id: str | None
    occurred_at: datetime
    day: date
    channel: str
    direction: str
    is_abandoned: bool
    reason_id: int | None
    raw_reason: str | None
    queue: str | None
    handle_seconds: int | None
    is_duration_odd: bool
    note: str | None
    attributes: dict[str, Any] | None
    batch_id: int | None

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return (self.day, self.occurred_at, self.id)


@dataclass(frozen=True, slots=True)
class Change:
    """What a contact was before somebody, or a file, changed it."""

    at: datetime
    by: str
    batch_id: int | None
    before: dict[str, Any]


def page(
    session: Session, chosen: Filter, place: Place | None = None, *, backwards: bool = False, limit: int = PAGE_LENGTH
) -> list[ContactRow]:
    """The newest contacts, or those behind a place, or (backwards) those before it; newest first."""
    keys = _keys(session, chosen, place, backwards=backwards, limit=limit)
    by_id = {row.id: row for row in _rows(session, keys)}
    ordered = [by_id[key] for key in keys if key in by_id]
    return ordered[::-1] if backwards else ordered


def one(session: Session, contact_id: uuid.UUID) -> ContactRow | None:
    """One contact."""
    return next(iter(_rows(session, [contact_id])), None)


def counted(session: Session, chosen: Filter, most: int = COUNTED_AT_MOST) -> int:
    """How many contacts there are, by reading them; `most` + 1 means more than `most`."""
    conditions = _conditions(session, chosen)
    if chosen.reason_ids is not None:
        conditions.append(Contact.reason_id.in_(chosen.reason_ids))
    found = select(Contact.id).where(*conditions).limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def further_reasons(session: Session, contact_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[int]]:
    """The reasons beside the main one, of those contacts that have any."""
    query = select(ContactReason.contact_id, ContactReason.reason_id).where(ContactReason.contact_id.in_(contact_ids))
    found: dict[uuid.UUID, list[int]] = {}
    for contact_id, reason_id in session.execute(query.order_by(ContactReason.reason_id)):
        found.setdefault(contact_id, []).append(reason_id)
    return found


def history(session: Session, contact_id: uuid.UUID) -> list[Change]:
    """What the contact was before each change, the newest change first."""
    query = select(ContactChange).where(ContactChange.contact_id == contact_id).order_by(ContactChange.number.desc())
    return [Change(row.at, row.by_name, row.batch_id, row.before) for row in session.scalars(query)]


def _rows(session: Session, contact_ids: Collection[uuid.UUID]) -> list[ContactRow]:
    elsewhere: dict[str, Any] = {"source": Source.name, "raw_reason": RawReason.value}
    columns = [
        elsewhere[field.name] if field.name in elsewhere else getattr(Contact, field.name)
        for field in fields(ContactRow)
    ]
    query = (
        select(*columns)
        .join(Source, Source.id == Contact.source_id)
        .outerjoin(RawReason, RawReason.id == Contact.raw_reason_id)
        .where(Contact.id.in_(contact_ids))
    )
    return [ContactRow(*row) for row in session.execute(query)]


def _keys(session: Session, chosen: Filter, place: Place | None, *, backwards: bool, limit: int) -> list[uuid.UUID]:
    """The ids of one page, in the order in which they were looked for."""
    conditions = _conditions(session, chosen)
    key = tuple_(Contact.day, Contact.occurred_at, Contact.id)
    if place is not None:
        conditions.append(key > place if backwards else key < place)
    reasons = sorted(chosen.reason_ids or ())
    if not 1 < len(reasons) <= MOST_BRANCHES:
        if chosen.reason_ids is not None:
            conditions.append(Contact.reason_id.in_(reasons))
        return [row.id for row in session.execute(_cut(conditions, backwards=backwards, limit=limit))]
    # One index stretch a reason, each in order and cut, is quick where an IN would sort all that match.
    branches = [
        select(_cut([*conditions, Contact.reason_id == reason], backwards=backwards, limit=limit).subquery())
        for reason in reasons
    ]
    together = union_all(*branches).subquery()
    order = [together.c.day, together.c.occurred_at, together.c.id]
    query = select(together.c.id).order_by(*order) if backwards else _descending(select(together.c.id), order)
    return list(session.scalars(query.limit(limit)))


def _cut(conditions: list[ColumnElement[bool]], *, backwards: bool, limit: int) -> Select[date, datetime, uuid.UUID]:
    query = select(Contact.day, Contact.occurred_at, Contact.id).where(*conditions).limit(limit)
    order = [Contact.day, Contact.occurred_at, Contact.id]
    return query.order_by(*order) if backwards else _descending(query, order)


def _descending(query: Any, order: Collection[Any]) -> Any:  # noqa: ANN401  (any kind of select)
    return query.order_by(*(column.desc() for column in order))


def _conditions(session: Session, chosen: Filter) -> list[ColumnElement[bool]]:
    """What is asked for, but for the reasons."""
    found = [
        column == value
        for column, value in [
            (Contact.channel, chosen.channel),
            (Contact.source_id, chosen.source_id),
            (Contact.batch_id, chosen.batch_id),
            (Contact.queue, chosen.queue),
        ]
        if value is not None
    ]
    if chosen.start is not None:
        found.append(Contact.day >= chosen.start)
    if chosen.end is not None:
        found.append(Contact.day < chosen.end)
    if chosen.is_untagged:
        found.append(Contact.reason_id.is_(None))
    if chosen.kind is not None:
        found.append(_of_kind(chosen.kind))
    if chosen.words:
        found.append(_holds(session, chosen.words))
    return found


def _of_kind(kind: str) -> ColumnElement[bool]:
    inbound = Contact.direction == "inbound"
    if kind == "outbound":
        return Contact.direction == "outbound"
    return and_(inbound, Contact.is_abandoned if kind == "abandoned" else not_(Contact.is_abandoned))


def _holds(session: Session, words: str) -> ColumnElement[bool]:
    """The words stand in the note, the queue, their number or an attribute, whatever their case."""
    attributes = cast(Contact.attributes, Text)
    found = [
        column.icontains(words, autoescape=True)
        for column in (Contact.note, Contact.queue, Contact.external_id, attributes)
    ]
    if session.get_bind().dialect.name == "sqlite" and not words.isascii():
        found.append(attributes.icontains(json.dumps(words)[1:-1], autoescape=True))
    return or_(*found)
