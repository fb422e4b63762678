"""Contacts that are delivered again with other content: they change, and what they were before is kept."""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, insert, select
from sqlalchemy import update as sql_update
from sqlalchemy.orm import Session

from app.contacts.arrivals import Arrival
from app.contacts.door import Door
from app.contacts.history import FURTHER_ADDED, newest_numbers, stored
from app.contacts.tables import FACTS, Contact, ContactChange, ContactReason

UPDATED = ("contact_id", *FACTS)


def update(session: Session, door: Door, arrivals: Sequence[Arrival]) -> set[str]:
    """Bring contacts to what was delivered now; the days that this concerns.

    The reason follows only where the source calls it otherwise than before: a reason that a person gave is not
    overwritten by the same value coming again, and a delivery without a reason takes none away.
    """
    by_id = {uuid.UUID(bytes=arrival.id): arrival for arrival in arrivals}
    numbers = newest_numbers(session, by_id)
    further_before = _further(session, [contact_id for contact_id, arrival in by_id.items() if arrival.further])
    changes, updates, additions = [], [], []
    days: set[str] = set()
    for row in _held(session, by_id):
        arrival = by_id[row.id]
        facts = _facts(arrival, row, door)
        before = {name: old for name, old, new in zip(FACTS, tuple(row)[1:], facts, strict=True) if old != new}
        held = further_before.get(row.id, [])
        added = _added(arrival, door, held)
        if added:
            before[FURTHER_ADDED] = added
            additions += [{"contact_id": row.id, "reason_id": reason_id} for reason_id in added]
        number = numbers.get(row.id, 0) + 1
        changes.append(_change(row.id, number, door, before))
        updates.append(dict(zip(UPDATED, (row.id, *facts), strict=True)))
        days |= {row.day.isoformat(), arrival.day}
    connection = session.connection()
    connection.execute(insert(cast("Table", ContactChange.__table__)), changes)
    table = cast("Table", Contact.__table__)
    statement = sql_update(table).where(table.c.id == bindparam("contact_id"))
    connection.execute(statement.values({name: bindparam(name) for name in FACTS}), updates)
    if additions:
        session.execute(insert(ContactReason), additions)
    return days


def _held(session: Session, by_id: Mapping[uuid.UUID, Arrival]) -> Iterator[Row[Any]]:
    """The contacts as they are, kept from others until this unit of work is done; in one order for everybody."""
    columns = [Contact.id, *(getattr(Contact, name) for name in FACTS)]
    query = select(*columns).where(Contact.id.in_(by_id)).order_by(Contact.id).with_for_update()
    yield from session.execute(query)


def _facts(arrival: Arrival, row: Row[Any], door: Door) -> tuple[Any, ...]:
    """What the contact is now, in the order of FACTS."""
    raw_reason_id, reason_id = row.raw_reason_id, row.reason_id
    if arrival.raw_reason is not None:
        meaning = door.meanings[arrival.raw_reason]
        if meaning.id != raw_reason_id or reason_id is None:
            raw_reason_id = meaning.id
            given = meaning.on(arrival.day)
            reason_id = reason_id if given is None else given
    return (
        datetime.fromisoformat(arrival.occurred_at).replace(tzinfo=UTC),
        date.fromisoformat(arrival.day),
        arrival.channel,
        arrival.direction,
        arrival.is_abandoned,
        reason_id,
        raw_reason_id,
        arrival.queue,
        arrival.customer_key,
        arrival.handle_seconds,
        arrival.is_duration_odd,
        arrival.note,
        None if arrival.attributes is None else json.loads(arrival.attributes),
        arrival.content,
    )


def _further(session: Session, contact_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[int]]:
    found: dict[uuid.UUID, list[int]] = {}
    if contact_ids:
        query = select(ContactReason.contact_id, ContactReason.reason_id)
        for contact_id, reason_id in session.execute(
            query.where(ContactReason.contact_id.in_(contact_ids)).order_by(ContactReason.reason_id)
        ):
            found.setdefault(contact_id, []).append(reason_id)
    return found


def _added(arrival: Arrival, door: Door, held: Sequence[int]) -> list[int]:
    """Further reasons that this delivery brings; those that are here stay."""
    given = dict.fromkeys(door.meanings[raw].on(arrival.day) for raw in arrival.further)
    return [reason_id for reason_id in given if reason_id is not None and reason_id not in held]


def _change(contact_id: uuid.UUID, number: int, door: Door, before: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "contact_id": contact_id,
        "number": number,
        "at": door.at,
        "by_name": door.by_name,
        "batch_id": door.batch_id,
        "before": stored(before),
    }
