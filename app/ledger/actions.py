"""Setting the goal, booking amounts, and taking back what was booked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.initiatives import actions as initiative_actions
from app.initiatives import queries as initiatives
from app.ledger import chain, entries, entry_queries, rules, signing
from app.ledger.claim_queries import hands_of, signer
from app.ledger.entries import REALISED, VALIDATED, Recorded
from app.ledger.rules import Booking
from app.ledger.tables import Goal
from app.people import trail
from app.people.rules import Actor
from app.values.errors import Refused
from app.values.money import Money


class UnfitGoal(Refused):
    """Some fields hold what cannot be; `faults` has a sentence for each."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Booked:
    """The numbers of the entries that were added and of those that were reversed, and what finance's word kept out."""

    added: tuple[int, ...]
    reversed: tuple[int, ...]
    kept_out: tuple[Booking, ...]


def set_goal(
    session: Session, valid_from: date, contacts: int, cost_per_contact: Money, *, by: Actor, at: datetime
) -> None:
    """The goal from a day on; set again for the same day it replaces that one, and the same again changes nothing."""
    if faults := rules.faults(contacts, cost_per_contact):
        raise UnfitGoal(faults)
    trail.hold(session)
    row = session.get(Goal, valid_from, populate_existing=True)
    before = None if row is None else _facts(row)
    if row is None:
        row = Goal(valid_from=valid_from)
        session.add(row)
    row.contacts, row.cost_per_contact_minor = contacts, cost_per_contact.amount_minor
    row.currency = cost_per_contact.currency
    after = _facts(row)
    if before == after:
        return
    row.recorded_at, row.recorded_by = at, by.name
    session.flush()
    trail.record(session, "goal.set", f"goal:{valid_from}", by=by, at=at, before=before, after=after)


def book(session: Session, bookings: Iterable[Booking], *, by: Actor, at: datetime) -> Booked:
    """Bring the ledger to these amounts (L5, L6); the same again adds nothing.

    Other figures for what stands add a reversal and a new entry. A realised month that finance validated stays, and
    is returned under `kept_out`. Raises Refused for what the ledger cannot hold, and then nothing is booked.
    """
    wanted = list(bookings)
    chain.hold(session)
    _refuse(session, wanted)
    stands = entry_queries.standing(session, {booking.initiative_id for booking in wanted})
    added: list[int] = []
    taken_back: list[int] = []
    kept_out = []
    for change in entries.changes(stands, wanted):
        if change.is_signed:
            kept_out.append(change.booking)
            continue
        if change.instead_of is not None:
            taken_back.append(_reverse(session, change.instead_of, "Booked anew.", by=by, at=at))
        added.append(chain.append(session, change.booking, by=by, at=at))
    if added:
        after = {"entries": added, "reversals": taken_back}
        trail.record(session, "ledger.booked", "ledger", by=by, at=at, after=after)
    return Booked(tuple(added), tuple(taken_back), tuple(kept_out))


def reverse(session: Session, number: int, note: str, *, by: Actor, at: datetime) -> None:
    """Take a realised or validated amount back, with all that stands on the same month's figure (L7).

    Only finance does, and nobody who has a hand in it. The next booking of the month makes a new entry, which can be
    claimed. With its last signed month a validated initiative is live again. Taken back already, nothing more happens.
    """
    chain.hold(session)
    entry = entry_queries.entry(session, number)
    if entry.facts.kind not in {REALISED, VALIDATED} or entry.reverses is not None:
        raise Refused("Only a realised or validated amount is taken back by a person; all others are booked anew.")
    hands = hands_of(initiatives.initiative(session, entry.facts.initiative_id))
    if sentence := signing.refusal(signer(session, by.id), hands):
        raise Refused(sentence)
    if not note.strip():
        raise Refused(
            "Say why it is taken back: the entry stays in the ledger with its reversal, and so does the note."
        )
    realised = number if entry.about is None else entry.about
    stands = entry_queries.standing(session, {entry.facts.initiative_id})
    those = [one for one in reversed(stands) if realised in {one.number, one.about}]
    reversals = [_reverse(session, one, note.strip(), by=by, at=at) for one in those]
    if not reversals:
        return
    after = {"entries": [one.number for one in those], "reversals": reversals, "note": note.strip()}
    trail.record(session, "ledger.reversed", "ledger", by=by, at=at, after=after)
    if not any(one.facts.kind == VALIDATED for one in stands if one not in those):
        initiative_actions.take_signature_back(
            session, entry.facts.initiative_id, f"No signed month is left: {note.strip()}", by=by, at=at
        )


def _refuse(session: Session, bookings: list[Booking]) -> None:
    for booking in bookings:
        for sentence in rules.booking_faults(booking):
            raise Refused(f"{sentence} Nothing was booked.")
    currencies = {booking.amount.currency for booking in bookings}
    kept = {other for currency in currencies if (other := entry_queries.other_currency(session, currency))}
    if len(currencies | kept) > 1:
        names = " and ".join(sorted(currencies | kept))
        raise Refused(f"{names} are never added: the ledger is kept in one currency. Nothing was booked.")


def _reverse(session: Session, entry: Recorded, note: str, *, by: Actor, at: datetime) -> int:
    facts = entries.opposite(entry.facts)
    return chain.append(session, facts, by=by, at=at, reverses=entry.number, about=entry.about, note=note)


def _facts(row: Goal) -> dict[str, int | str]:
    return {
        "contacts": row.contacts,
        "cost_per_contact_minor": row.cost_per_contact_minor,
        "currency": row.currency,
    }
