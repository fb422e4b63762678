"""Entries of the ledger as plain values: what stands, what a booking changes, and what is sealed.

Clauses L5 - L7 of docs/methods.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from app.ledger.rules import Booking, Key
from app.people.rules import Actor
from app.values.money import Money
from app.values.sealing import plain, seal

VALIDATED = "validated"
REALISED = "realised"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One entry as it was written: `reverses` the entry that it takes back, `about` the one that it signs."""

    number: int
    facts: Booking
    reverses: int | None
    about: int | None
    note: str
    at: datetime
    by: Actor


@dataclass(frozen=True, slots=True)
class Change:
    """What a booking does to the ledger: the entry that it takes back, if any; `is_signed` keeps it out."""

    booking: Booking
    instead_of: Recorded | None = None
    is_signed: bool = False


def sealed(entry: Recorded, previous_hash: str) -> str:
    """The hash of an entry and of all that it says, chained to the one before."""
    facts = entry.facts
    words: list[Any] = [
        entry.number,
        facts.initiative_id,
        facts.month.isoformat(),
        facts.kind,
        facts.column,
        facts.contacts,
        facts.amount.amount_minor,
        facts.amount.currency,
        facts.method,
        facts.method_version,
        facts.plan_number,
        facts.plan_hash,
        facts.rates_hash,
        facts.result_id,
        facts.act_id,
        plain(facts.basis),
        entry.reverses,
        entry.about,
        entry.note,
        entry.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        entry.by.id,
        entry.by.name,
        previous_hash,
    ]
    return seal(words)


def standing(entries: Iterable[Recorded]) -> list[Recorded]:
    """The entries that hold: neither a reversal nor reversed by a later one."""
    known = list(entries)
    reversed_numbers = {entry.reverses for entry in known}
    return [entry for entry in known if entry.reverses is None and entry.number not in reversed_numbers]


def changes(stands: Sequence[Recorded], bookings: Iterable[Booking]) -> Iterator[Change]:
    """What the bookings change, in their order; one whose figures stand already changes nothing (L6).

    Of several bookings of one key the last one counts.
    """
    there: dict[Key, Recorded] = {entry.facts.key: entry for entry in stands}
    signed = {entry.about for entry in stands if entry.facts.kind == VALIDATED}
    for booking in {booking.key: booking for booking in bookings}.values():
        entry = there.get(booking.key)
        if entry is None or entry.facts.figures != booking.figures:
            yield Change(booking, entry, is_signed=entry is not None and entry.number in signed)


def opposite(facts: Booking) -> Booking:
    """What takes an entry back: the same with its figures turned round."""
    return replace(facts, contacts=-facts.contacts, amount=-facts.amount)


def total(entries: Iterable[Recorded], currency: str) -> Money:
    """The sum of the amounts; raises Refused where one is of another currency."""
    return sum((entry.facts.amount for entry in entries), Money(0, currency))


def by_month(entries: Iterable[Recorded]) -> Mapping[date, tuple[Recorded, ...]]:
    """The entries of each month, the earliest month first."""
    found: dict[date, list[Recorded]] = {}
    for entry in entries:
        found.setdefault(entry.facts.month, []).append(entry)
    return {month: tuple(found[month]) for month in sorted(found)}
