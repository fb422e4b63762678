"""The one door: every contact, from a file, a form or another system, comes in through `take_in`."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from app.contacts.arrivals import Arrival
from app.contacts.days import touch
from app.contacts.deliveries import Delivery, is_stale
from app.contacts.door import Door
from app.contacts.privacy.admission import ERASED, admitted
from app.contacts.rules import Counts
from app.contacts.tables import FACTS, Contact, ContactReason
from app.contacts.updating import update
from app.db import bulk_insert, fetch_by_ids, id_for_driver
from app.reasons.queries import RawMeaning

TABLE = cast("Table", Contact.__table__)
UNKNOWN = RawMeaning(id=0, reason_id=None)
COLUMNS = ("id", "source_id", "external_id", "batch_id", *FACTS)


@dataclass(frozen=True, slots=True)
class Sorted:
    """Arrivals held against what is here already; `stale` ones say less than what is."""

    new: list[Arrival]
    changed: list[Arrival]
    unchanged: int
    stale: int = 0


def take_in(session: Session, door: Door, arrivals: Sequence[Arrival]) -> Counts:
    """Keep what is new, update what changed, and mark the days of both; how many were which."""
    return counts_of(kept(session, door, arrivals), door.meanings)


def kept(session: Session, door: Door, arrivals: Sequence[Arrival]) -> Sorted:
    """The same, telling which were which.

    Arrivals were checked, redacted and told apart when they were made; each id comes once. Whether a contact is the
    same is told by its id, whether it changed by its content, so a second delivery changes nothing.
    """
    arrivals = admitted(session, arrivals)
    if door.batch_id is None or door.comes_again:
        held = held_against(session, arrivals)
        _insert(session, door, held.new)
    elif _insert(session, door, arrivals) == len(arrivals):
        held = Sorted(list(arrivals), [], 0)
    else:
        held = held_against(session, arrivals, brought_by=door.batch_id)
    _insert_further(session, door, held.new)
    days = {arrival.day for arrival in held.new}
    if held.changed:
        days |= update(session, door, held.changed)
    touch(session, [date.fromisoformat(day) for day in days])
    return held


def held_against(session: Session, arrivals: Sequence[Arrival], *, brought_by: int | None = None) -> Sorted:
    """Which arrivals are new, which changed, and how many are here already as they are.

    What the batch `brought_by` has just inserted counts as new: a batch delivers each contact once.
    """
    if not arrivals:
        return Sorted([], [], 0)
    ids = [arrival.id for arrival in arrivals]
    rows = fetch_by_ids(session.connection(), TABLE, ("content", "batch_id"), ids)
    known = {
        identity: bytes(content) for identity, content, batch_id in rows if brought_by is None or batch_id != brought_by
    }
    if not known:
        return Sorted(list(arrivals), [], 0)
    new = [arrival for arrival in arrivals if arrival.id not in known]
    changed = [
        arrival for arrival in arrivals if known.get(arrival.id, arrival.content) not in {arrival.content, ERASED}
    ]
    unchanged = len(arrivals) - len(new) - len(changed)
    if not any(isinstance(arrival, Delivery) for arrival in changed):
        return Sorted(new, changed, unchanged)
    current = _current(session, changed)
    return Sorted(new, current, unchanged, len(changed) - len(current))


def _current(session: Session, changed: Sequence[Arrival]) -> list[Arrival]:
    """Of changed arrivals those that say more than what is here: a system may deliver its states in any order."""
    ids = [uuid.UUID(bytes=arrival.id) for arrival in changed]
    rows = session.execute(select(Contact.id, Contact.attributes).where(Contact.id.in_(ids)))
    known = {contact_id.bytes: attributes for contact_id, attributes in rows}
    return [arrival for arrival in changed if not is_stale(arrival, known[arrival.id])]


def counts_of(held: Sorted, meanings: Mapping[str, RawMeaning], *, will_create: bool = False) -> Counts:
    """The counts of arrivals; with `will_create` a value without a meaning is about to become a reason."""
    untagged = sum(_stays_untagged(arrival, meanings, will_create=will_create) for arrival in held.new)
    new, updated = len(held.new), len(held.changed)
    return Counts(new=new, updated=updated, unchanged=held.unchanged, ignored=held.stale, untagged=untagged)


def _stays_untagged(arrival: Arrival, meanings: Mapping[str, RawMeaning], *, will_create: bool) -> bool:
    if arrival.reason_id is not None or arrival.raw_reason is None:
        return arrival.reason_id is None
    meaning = meanings.get(arrival.raw_reason, UNKNOWN)
    return not will_create if meaning.waits else meaning.on(arrival.day) is None


def _insert(session: Session, door: Door, arrivals: Sequence[Arrival]) -> int:
    """Insert those that are not here yet; how many these were."""
    connection = session.connection()
    driver_id = id_for_driver(connection)
    source_id, batch_id = door.source_id, door.batch_id
    reasons: dict[str | None, tuple[int | None, int | None]] = {None: (None, None)}
    reasons |= {value: (meaning.id, meaning.reason_id) for value, meaning in door.meanings.items()}
    dated = {value: meaning for value, meaning in door.meanings.items() if meaning.earlier}
    rows = []
    for arrival in arrivals:
        raw_reason_id, reason_id = reasons[arrival.raw_reason]
        if dated and arrival.raw_reason in dated:
            reason_id = dated[arrival.raw_reason].on(arrival.day)
        rows.append(
            (
                driver_id(arrival.id),
                source_id,
                arrival.external_id,
                batch_id,
                arrival.occurred_at,
                arrival.day,
                arrival.channel,
                arrival.direction,
                arrival.is_abandoned,
                reason_id if arrival.reason_id is None else arrival.reason_id,
                raw_reason_id,
                arrival.queue,
                arrival.customer_key,
                arrival.handle_seconds,
                arrival.is_duration_odd,
                arrival.note,
                arrival.attributes,
                arrival.content,
            )
        )
    return bulk_insert(connection, TABLE, COLUMNS, rows)


def _insert_further(session: Session, door: Door, arrivals: Sequence[Arrival]) -> None:
    rows = [
        {"contact_id": uuid.UUID(bytes=arrival.id), "reason_id": reason_id}
        for arrival in arrivals
        if arrival.further
        for reason_id in dict.fromkeys(door.meanings[raw].on(arrival.day) for raw in arrival.further)
        if reason_id is not None
    ]
    if rows:
        session.execute(insert(ContactReason), rows)
