"""The door for mails: a thread of a customer is one contact, and how often they wrote again is known with it."""

import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.contacts.arrivals import Arrival
from app.contacts.door import Door
from app.contacts.identity import digest
from app.contacts.intake import take_in
from app.contacts.mail.arriving import MailArrival
from app.contacts.mail.tables import MailTrace
from app.contacts.privacy.admission import ERASED
from app.contacts.rules import Counts
from app.contacts.tables import Contact

MAILS, LAST_MAIL = "mails", "last mail"
IDS_AT_ONCE = 500


def take_in_mails(session: Session, door: Door, mails: Sequence[MailArrival]) -> Counts:
    """Take in mails of one batch: the first of a thread is a contact, later ones update it, known ones change nothing.

    The contact keeps the time and the words of its earliest mail.
    """
    if not mails:
        return Counts()
    known = _known(session, {key for one in mails for key in (one.arrival.id, *one.links)})
    held = _held(session, set(known.values()))
    fresh: dict[bytes, Arrival] = {}
    traces: dict[bytes, bytes] = {}
    unchanged = joined = 0
    for one in mails:
        if one.arrival.id in known:
            unchanged += 1
            continue
        contact_id = _thread_of(one, known, held)
        if contact_id is not None and held[contact_id].content == ERASED:
            unchanged += 1  # of an erased customer nothing more is kept
        elif contact_id is None:
            contact_id = one.arrival.id
            fresh[contact_id] = held[contact_id] = one.arrival
        else:
            joined += contact_id in fresh
            fresh[contact_id] = held[contact_id] = _joined(held[contact_id], one.arrival)
        for key in (one.arrival.id, *one.links):
            if key not in known:
                known[key] = traces[key] = contact_id
    counts = take_in(session, replace(door, comes_again=True), list(fresh.values()))
    rows = [
        {"id": uuid.UUID(bytes=key), "contact_id": uuid.UUID(bytes=contact_id), "batch_id": door.batch_id}
        for key, contact_id in traces.items()
    ]
    if rows:
        session.execute(insert(MailTrace), rows)
    return counts + Counts(unchanged=unchanged, updated=joined)


def _thread_of(one: MailArrival, known: dict[bytes, bytes], held: dict[bytes, Arrival]) -> bytes | None:
    """The contact of the thread; none where it is new, or where its contact was erased."""
    found = (known[link] for link in one.links if link in known)
    return next((contact_id for contact_id in found if contact_id in held), None)


def _joined(contact: Arrival, mail: Arrival) -> Arrival:
    """The contact with one more mail of its thread."""
    facts = json.loads(contact.attributes) if contact.attributes else {}
    times = [contact.occurred_at, mail.occurred_at, facts.get(LAST_MAIL, "")]
    facts |= {MAILS: str(int(facts.get(MAILS, "1")) + 1), LAST_MAIL: max(times)}
    first = mail if mail.occurred_at < contact.occurred_at else contact
    return contact._replace(
        occurred_at=first.occurred_at,
        day=first.day,
        note=first.note,
        attributes=json.dumps(facts, ensure_ascii=False),
        content=digest(contact.content.hex() + mail.id.hex()),
    )


def _known(session: Session, keys: Collection[bytes]) -> dict[bytes, bytes]:
    """By mail or link, the contact that it leads to."""
    ids = sorted(uuid.UUID(bytes=key) for key in keys)
    found: dict[bytes, bytes] = {}
    for start in range(0, len(ids), IDS_AT_ONCE):
        query = select(MailTrace.id, MailTrace.contact_id).where(MailTrace.id.in_(ids[start : start + IDS_AT_ONCE]))
        found |= {row.id.bytes: row.contact_id.bytes for row in session.execute(query)}
    return found


def _held(session: Session, contact_ids: Collection[bytes]) -> dict[bytes, Arrival]:
    """The contacts as they are, as arrivals."""
    ids = sorted(uuid.UUID(bytes=one) for one in contact_ids)
    found: dict[bytes, Arrival] = {}
    for start in range(0, len(ids), IDS_AT_ONCE):
        query = select(Contact).where(Contact.id.in_(ids[start : start + IDS_AT_ONCE])).order_by(Contact.id)
        for contact in session.scalars(query.with_for_update()):
            found[contact.id.bytes] = _as_arrival(contact)
    return found


def _as_arrival(contact: Contact) -> Arrival:
    return Arrival(
        id=contact.id.bytes,
        external_id=contact.external_id,
        occurred_at=contact.occurred_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        day=contact.day.isoformat(),
        channel=contact.channel,
        direction=contact.direction,
        is_abandoned=contact.is_abandoned,
        raw_reason=None,
        further=(),
        queue=contact.queue,
        customer_key=contact.customer_key,
        handle_seconds=contact.handle_seconds,
        is_duration_odd=contact.is_duration_odd,
        note=contact.note,
        attributes=None if contact.attributes is None else json.dumps(contact.attributes, ensure_ascii=False),
        content=bytes(contact.content),
    )
