"""Contacts that a program sends: read like the rows of a file in the tracker's own format, and taken in at once.

A request is one transaction. What cannot be taken in is told item by item and stops none of the others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.config import Settings
from app.contacts import batches, formats, totalled
from app.contacts.arrivals import Arrival, ArrivalReader, Unfit
from app.contacts.binding import Binding
from app.contacts.customers import keys_of
from app.contacts.door import Door
from app.contacts.durations import Durations
from app.contacts.identity import Identities
from app.contacts.intake import counts_of, kept
from app.contacts.previewing import check_new_reasons
from app.contacts.reading import Layout
from app.contacts.rules import Choices, Counts
from app.contacts.tables import ImportBatch, Source
from app.contacts.times import NotATime, TimeReader, day_of, latest_moment
from app.people import trail
from app.people.rules import Actor
from app.reasons import actions as reasons
from app.reasons import queries as reason_queries
from app.reasons.queries import RawMeaning
from app.values.errors import Refused, Stale

FORMAT = "ours"
FIELDS = (
    "external_id", "occurred_at", "channel", "reason", "further_reasons", "queue", "customer", "handle_seconds",
    "direction", "abandoned", "note",
)  # fmt: skip
NEW, UPDATED, UNCHANGED, REJECTED, IGNORED = "new", "updated", "unchanged", "rejected", "ignored"
COUNTED = ("read", NEW, UPDATED, UNCHANGED, REJECTED, IGNORED, "untagged")
MOST_SOURCES = 20
TWICE = "Its number stands in this request before: the first delivery counts."
# Made once: a contact that is sent alone would wait longer for its statements to be made than for the database.
_SOURCE = select(Source.id).where(Source.name == bindparam("name")).with_for_update(key_share=True)
_MOVING = (
    select(ImportBatch.id, ImportBatch.state)
    .where(
        ImportBatch.source_id == bindparam("source_id"),
        or_(ImportBatch.state == "running", ImportBatch.state == "undoing"),
    )
    .order_by(ImportBatch.id)
    .with_for_update()
)


class Sent(NamedTuple):
    """A contact as a program sends it, its types and lengths checked; the time as RFC 3339 writes it."""

    source: str
    external_id: str
    occurred_at: str
    channel: str
    direction: str
    abandoned: bool
    reason: str
    further_reasons: Sequence[str]
    queue: str
    customer: str
    handle_seconds: int | None
    note: str
    attributes: Mapping[str, str]


@dataclass(slots=True)
class Told:
    """What became of one item: its place in the request, its id here, and where it failed, which field and why."""

    place: int
    status: str
    external_id: str | None = None
    id: bytes | None = None
    field: str = ""
    sentence: str = ""


@dataclass(slots=True)
class Delivery:
    """The items of one request: what each becomes, and those by source that go to the one door."""

    told: list[Told] = field(default_factory=list)
    by_source: dict[str, list[tuple[Told, Arrival]]] = field(default_factory=dict)

    def reject(self, place: int, external_id: str | None, name: str, sentence: str) -> None:
        """Leave an item out, and say why."""
        self.told.append(Told(place, REJECTED, external_id, None, name, sentence))


class DeliveryReader:
    """Reads the items of one request; what a source's items have in common is made once."""

    def __init__(self, settings: Settings, *, at: datetime) -> None:
        self.delivery = Delivery()
        self._customer_key = keys_of(settings).key
        self._times = TimeReader(settings.timezone, settings.timezone, None, latest_moment(at))
        self._sources: dict[str, str | Refused] = {}
        self._readers: dict[tuple[str, tuple[str, ...]], ArrivalReader] = {}
        self._seen: set[bytes] = set()

    def read(self, place: int, sent: Sent) -> None:
        """Read one item."""
        name = self._sources.get(sent.source) or self._source(sent.source)
        if isinstance(name, Refused):
            self.delivery.reject(place, sent.external_id, "source", name.sentence)
            return
        attributes = sent.attributes
        reader = self._readers.get((name, tuple(attributes))) or self._reader(name, tuple(attributes))
        seconds = sent.handle_seconds
        row = [
            sent.external_id,
            sent.occurred_at,
            sent.channel,
            sent.reason,
            ";".join(sent.further_reasons),
            sent.queue,
            sent.customer,
            "" if seconds is None else str(seconds),
            sent.direction,
            "yes" if sent.abandoned else "no",
            sent.note,
            *attributes.values(),
        ]
        try:
            arrival = reader.read(row)
        except Unfit as error:
            self.delivery.reject(place, sent.external_id, error.field, error.sentence)
        except NotATime as error:
            self.delivery.reject(place, sent.external_id, "occurred_at", error.sentence)
        else:
            self._keep(place, name, arrival)

    def _keep(self, place: int, source: str, arrival: Arrival) -> None:
        told = Told(place, NEW, arrival.external_id, arrival.id)
        self.delivery.told.append(told)
        if arrival.id in self._seen:
            told.status, told.sentence = IGNORED, TWICE
            return
        self._seen.add(arrival.id)
        self.delivery.by_source.setdefault(source, []).append((told, arrival))

    def _source(self, given: str) -> str | Refused:
        found: str | Refused
        if len(self._sources) >= MOST_SOURCES:
            return Refused(f"A request brings contacts of {MOST_SOURCES} sources at most. Send the others in another.")
        try:
            found = batches.checked(Choices(given)).source
        except Refused as error:
            found = error
        self._sources[given] = found
        return found

    def _reader(self, source: str, attributes: tuple[str, ...]) -> ArrivalReader:
        width = len(FIELDS)
        binding = Binding(
            formats.named(FORMAT),
            Layout(",", (*FIELDS, *attributes), 1),
            {name: (place,) for place, name in enumerate(FIELDS)},
            tuple(enumerate(attributes, width)),
            Durations(),
        )
        reader = ArrivalReader(binding, self._times, Identities(source), self._customer_key)
        self._readers[source, attributes] = reader
        return reader


def take_in_sent(
    session: Session,
    settings: Settings,
    delivery: Delivery,
    *,
    creates_reasons: bool,
    by: Actor,
    at: datetime,
) -> Counts:
    """Take in what was read, each item told what became of it; the trail is told once, and only of what changed.

    Raises Stale while an import of one of the sources is being undone.
    """
    counts, days = Counts(), set[str]()
    for source, items in sorted(delivery.by_source.items()):
        source_id = _held_source(session, settings, source, at=at)
        fit = _without_totalled(session, source_id, items)
        arrivals = [arrival for _, arrival in fit]
        meanings = _meanings(session, source, arrivals, creates=creates_reasons, by=by, at=at)
        held = kept(session, Door(source_id, None, by.name, at, meanings), arrivals)
        counts += counts_of(held, meanings)
        new, changed = ({one.id for one in those} for those in (held.new, held.changed))
        for told, arrival in fit:
            told.status = NEW if arrival.id in new else UPDATED if arrival.id in changed else UNCHANGED
            if told.status != UNCHANGED:
                days.add(arrival.day)
    counts += left_out(delivery)
    if days:
        after = {"sources": sorted(delivery.by_source), "first_day": min(days), "last_day": max(days)}
        after |= {name: getattr(counts, name) for name in COUNTED}
        trail.record(session, "contacts.received", "contacts", by=by, at=at, after=after)
    return counts


def left_out(delivery: Delivery) -> Counts:
    """The items that do not come in."""
    statuses = [told.status for told in delivery.told]
    return Counts(rejected=statuses.count(REJECTED), ignored=statuses.count(IGNORED))


def _held_source(session: Session, settings: Settings, source: str, *, at: datetime) -> int:
    """The source's id, made on first use. Until this work is done nobody else sends, imports or undoes there.

    So no import brings the same contact between our look and our insert.
    """
    connection = session.connection()
    source_id = connection.scalar(_SOURCE, {"name": source})
    if source_id is None:
        source_id = batches.source_id(session, Choices(source, timezone=settings.timezone.key), at=at)
    for batch_id, state in connection.execute(_MOVING, {"source_id": source_id}):
        if state == "undoing":
            raise Stale(f"Import {batch_id} of “{source}” is being undone. Nothing was kept; send it again afterwards.")
    return source_id


def _without_totalled(
    session: Session, source_id: int, items: Iterable[tuple[Told, Arrival]]
) -> list[tuple[Told, Arrival]]:
    """The items of days for which the source gave no totals; the others are rejected."""
    items = list(items)
    days = {day_of(day) for day in {arrival.day for _, arrival in items}}
    sentences = totalled.sentences(session, source_id, days)
    fit = []
    for told, arrival in items:
        told.sentence = sentences.get(arrival.day, "")
        told.field = "occurred_at" if told.sentence else ""
        if told.sentence:
            told.status = REJECTED
        else:
            fit.append((told, arrival))
    return fit


def _meanings(
    session: Session, source: str, arrivals: Sequence[Arrival], *, creates: bool, by: Actor, at: datetime
) -> dict[str, RawMeaning]:
    """What the source's values mean; unknown ones become reasons, or wait."""
    raws = {raw for arrival in arrivals for raw in (arrival.raw_reason, *arrival.further) if raw is not None}
    if not raws:
        return {}
    known = reason_queries.raw_values_named(session, source, raws)
    unknown = sorted(raw for raw in raws if raw not in known or (creates and known[raw].reason_id is None))
    if unknown:
        check_new_reasons(len(unknown))
        first_day = min([at.date(), *(day_of(arrival.day) for arrival in arrivals)])
        known |= reasons.learn_raw(session, source, unknown, create=creates, by=by, at=at, valid_from=first_day)
    waiting = {meaning.id for meaning in known.values() if meaning.reason_id is None}
    return known | reason_queries.held_raw_values(session, waiting)
