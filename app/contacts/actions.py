"""Contacts that people log by hand, and facts that they put right."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.contacts import batches, totalled
from app.contacts.arrivals import LONGEST_TEXT, Arrival, is_odd
from app.contacts.customers import keys_of
from app.contacts.days import touch
from app.contacts.door import Door
from app.contacts.durations import MOST_SECONDS
from app.contacts.history import newest_numbers, stored
from app.contacts.identity import digest
from app.contacts.intake import take_in
from app.contacts.privacy.admission import admitted
from app.contacts.redaction import without_card_numbers
from app.contacts.rules import CHANNELS, DIRECTIONS, Choices
from app.contacts.tables import Contact, ContactChange
from app.contacts.times import NotATime, TimeReader, latest_moment
from app.people import trail
from app.people.rules import Actor
from app.reasons import queries as reasons
from app.values.errors import Missing, Refused, Stale

BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says of a contact; `customer` is a phone number, an e-mail address or a number, kept as a key."""

    occurred_at: datetime
    channel: str
    direction: str = "inbound"
    is_abandoned: bool = False
    queue: str = ""
    customer: str = ""
    handle_seconds: int | None = None
    note: str = ""


def log_contact(  # noqa: PLR0913
    session: Session,
    settings: Settings,
    form_key: uuid.UUID,
    told: Told,
    reason_id: int | None,
    *,
    by: Actor,
    at: datetime,
) -> uuid.UUID:
    """Take in a contact that a person logs; its id is the form's key, so that a form sent twice makes one.

    Raises Refused where a fact cannot be, or where the reason may no longer be given.
    """
    if session.get(Contact, form_key) is not None:
        return form_key
    if reason_id is not None:
        reason_id = _usable(session, reason_id)
    arrival = _arrival(settings, form_key, told, reason_id, at=at)
    source_id = batches.source_id(session, Choices(BY_HAND, timezone=settings.timezone.key), at=at)
    totalled.check(session, source_id, date.fromisoformat(arrival.day))
    if take_in(session, Door(source_id, None, by.name, at, {}), [arrival]).new:
        after = {"channel": told.channel, "day": arrival.day, "reason_id": reason_id}
        trail.record(session, "contact.logged", f"contact:{form_key}", by=by, at=at, after=after)
    return form_key


def correct(  # noqa: PLR0913
    session: Session,
    settings: Settings,
    contact_id: uuid.UUID,
    told: Told,
    *,
    seen_number: int,
    by: Actor,
    at: datetime,
) -> None:
    """Put a contact's facts right; what they were stays in its history, and an empty customer changes nothing.

    `seen_number` is the number of the newest change that the person saw (0: none); raises Stale where there is a newer
    one. The reason is not changed here: that is tagging.
    """
    contact = session.scalar(select(Contact).where(Contact.id == contact_id).with_for_update())
    if contact is None:
        raise Missing("This contact is gone. The import that brought it may have been undone.")
    number = newest_numbers(session, [contact_id]).get(contact_id, 0)
    (arrival,) = admitted(session, [_arrival(settings, contact_id, told, None, at=at)])
    facts = _facts(arrival, told)
    before = {name: getattr(contact, name) for name in facts if getattr(contact, name) != facts[name]}
    if not before:
        return
    if number != seen_number:
        raise Stale("Somebody changed this contact since you opened it. Nothing of yours is lost: look at it again.")
    if "day" in before:
        totalled.check(session, contact.source_id, facts["day"])
    kept = stored(before)
    session.add(
        ContactChange(contact_id=contact_id, number=number + 1, at=at, by_name=by.name, batch_id=None, before=kept)
    )
    touch(session, {contact.day, facts["day"]})
    for name in before:
        setattr(contact, name, facts[name])
    after = stored({name: facts[name] for name in before})
    trail.record(
        session, "contact.corrected", f"contact:{contact_id}", by=by, at=at, before=_said(kept), after=_said(after)
    )


def newest_change(session: Session, contact_id: uuid.UUID) -> int:
    """The number of the newest change of a contact, to be given back with a correction; 0 where there is none."""
    return newest_numbers(session, [contact_id]).get(contact_id, 0)


def _arrival(settings: Settings, contact_id: uuid.UUID, told: Told, reason_id: int | None, *, at: datetime) -> Arrival:
    _check(told)
    times = TimeReader(settings.timezone, settings.timezone, None, latest_moment(at))
    try:
        occurred_at, day = times.of_moment(told.occurred_at)
    except NotATime as error:
        raise Refused(f"{error.sentence} Correct the time.") from error
    note = without_card_numbers(told.note.strip())
    return Arrival(
        id=contact_id.bytes,
        external_id=None,
        occurred_at=occurred_at,
        day=day,
        channel=told.channel,
        direction=told.direction,
        is_abandoned=told.is_abandoned,
        raw_reason=None,
        further=(),
        queue=told.queue.strip() or None,
        customer_key=keys_of(settings).key(told.customer) if told.customer.strip() else None,
        handle_seconds=told.handle_seconds,
        is_duration_odd=is_odd(told.handle_seconds),
        note=note or None,
        attributes=None,
        content=digest(str(contact_id)),
        reason_id=reason_id,
    )


def _check(told: Told) -> None:
    if told.channel not in CHANNELS:
        raise Refused(f"“{told.channel}” is no channel. Choose one of: {', '.join(CHANNELS)}.")
    if told.direction not in DIRECTIONS:
        raise Refused(f"“{told.direction}” is neither inbound nor outbound.")
    if len(told.queue.strip()) > LONGEST_TEXT:
        raise Refused(f"The queue is longer than {LONGEST_TEXT} letters.")
    if told.handle_seconds is not None and abs(told.handle_seconds) > MOST_SECONDS:
        raise Refused("The handle time is too long.")
    for text in (told.note, told.queue, told.customer):
        if "\0" in text:
            raise Refused("A text holds a character that cannot be kept. Type it anew.")


def _facts(arrival: Arrival, told: Told) -> dict[str, Any]:
    """The facts that a correction sets, as columns hold them."""
    facts: dict[str, Any] = {
        "occurred_at": told.occurred_at.replace(microsecond=0),
        "day": date.fromisoformat(arrival.day),
        "channel": arrival.channel,
        "direction": arrival.direction,
        "is_abandoned": arrival.is_abandoned,
        "queue": arrival.queue,
        "handle_seconds": arrival.handle_seconds,
        "is_duration_odd": arrival.is_duration_odd,
        "note": arrival.note,
    }
    return facts if arrival.customer_key is None else {**facts, "customer_key": arrival.customer_key}


def _usable(session: Session, reason_id: int) -> int:
    tree = reasons.tree(session)
    given = tree.resolve(reason_id)
    if all(node.id != given for node in tree.in_use()):
        raise Refused(f"“{tree.text(given)}” is retired and can no longer be given. Choose another reason.")
    return given


def _said(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts for the trail, which outlives contacts: of a note or a customer only that it changed."""
    return {name: "(not kept here)" if name in {"note", "customer_key"} else value for name, value in facts.items()}
