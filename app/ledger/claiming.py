"""A realised amount is claimed; finance approves it, approves a lower figure, or rejects it.

Clauses L8 - L10 of docs/methods.md.
"""

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.initiatives import actions as initiative_actions
from app.initiatives import queries as initiatives
from app.ledger import chain, claim_queries, entry_queries, signing
from app.ledger.claim_queries import Claimed, hands_of
from app.ledger.entries import REALISED, VALIDATED, Recorded
from app.ledger.rules import APPROVED, LOWERED, REJECTED
from app.ledger.tables import Claim, ClaimDecision
from app.people import trail
from app.people.rules import Actor
from app.values.errors import Refused, Stale
from app.values.money import Money


def claim(session: Session, number: int, note: str = "", *, by: Actor, at: datetime) -> int:
    """Ask finance to validate a realised entry (L8); returns the claim. Sent twice by one person it is one claim."""
    chain.hold(session)
    entry = entry_queries.entry(session, number)
    if entry.facts.kind != REALISED or entry.reverses is not None:
        raise Refused("Only a realised amount is claimed.")
    _refuse_overtaken(session, entry)
    known = initiatives.initiative(session, entry.facts.initiative_id)
    if sentence := signing.claim_refusal(claim_queries.signer(session, by.id), hands_of(known), entry.facts.amount):
        raise Refused(sentence)
    there = session.scalar(select(Claim).where(Claim.entry_number == number))
    if there is not None:
        if there.claimed_by_id == by.id:
            return there.id
        raise Stale(f"{there.claimed_by} claimed this amount already. Nothing more is needed.")
    row = Claim(entry_number=number, note=note.strip(), claimed_at=at, claimed_by_id=by.id, claimed_by=by.name)
    session.add(row)
    session.flush()
    after = {"entry": number, "note": row.note}
    trail.record(session, "savings.claimed", f"initiative:{known.id}", by=by, at=at, after=after)
    return row.id


def approve(session: Session, claim_id: int, note: str = "", *, by: Actor, at: datetime, today: date) -> None:
    """Accept the realised amount as it is (L10)."""
    _decide(session, claim_id, APPROVED, None, note, by=by, at=at, today=today)


def approve_lower(  # noqa: PLR0913
    session: Session, claim_id: int, lower: Money, note: str, *, by: Actor, at: datetime, today: date
) -> None:
    """Accept a part of the realised amount, above zero and below it."""
    _decide(session, claim_id, LOWERED, lower, note, by=by, at=at, today=today)


def reject(session: Session, claim_id: int, note: str, *, by: Actor, at: datetime, today: date) -> None:
    """Accept nothing of it."""
    _decide(session, claim_id, REJECTED, None, note, by=by, at=at, today=today)


def _decide(  # noqa: PLR0913
    session: Session,
    claim_id: int,
    outcome: str,
    lower: Money | None,
    note: str,
    *,
    by: Actor,
    at: datetime,
    today: date,
) -> None:
    chain.hold(session)
    claimed = claim_queries.claim(session, claim_id)
    if sentence := signing.refusal(claim_queries.signer(session, by.id), claimed.hands):
        raise Refused(sentence)
    if _is_decided(session, claimed, outcome, lower, by):
        return
    _refuse_overtaken(session, claimed.entry)
    if sentence := signing.fault(outcome, claimed.entry.facts.amount, lower, note):
        raise Refused(sentence)
    number = None if outcome == REJECTED else _validate(session, claimed, lower, note.strip(), by=by, at=at)
    decided = {"decided_at": at, "decided_by_id": by.id, "decided_by": by.name}
    session.add(ClaimDecision(claim_id=claim_id, outcome=outcome, entry_number=number, note=note.strip(), **decided))
    session.flush()
    if number is not None and claimed.known.stage == "live":
        initiative_actions.move(session, claimed.known.id, VALIDATED, by=by, at=at, today=today, has_signed_month=True)
    after = {"claim": claim_id, "outcome": outcome, "entry": number, "note": note.strip()}
    trail.record(session, "savings.decided", f"initiative:{claimed.known.id}", by=by, at=at, after=after)


def _is_decided(session: Session, claimed: Claimed, outcome: str, lower: Money | None, by: Actor) -> bool:
    """Whether this person decided just so before: then nothing more happens. Raises Stale for any other decision."""
    there = claimed.decided
    if there is None:
        return False
    entry = None if there.entry_number is None else entry_queries.entry(session, there.entry_number)
    is_same_figure = lower is None or (entry is not None and entry.facts.amount == lower)
    if (there.by_id, there.outcome) == (by.id, outcome) and is_same_figure:
        return True
    words = {APPROVED: "approved it", LOWERED: "approved a lower figure", REJECTED: "rejected it"}[there.outcome]
    raise Stale(f"{there.by} {words} meanwhile. Your decision was not kept; look at the claim again.")


def _refuse_overtaken(session: Session, entry: Recorded) -> None:
    if any(later.reverses == entry.number for later in entry_queries.related(session, entry.number)):
        raise Stale("This amount was booked anew meanwhile. Nothing was done; look at the month's new figure.")


def _validate(session: Session, claimed: Claimed, lower: Money | None, note: str, *, by: Actor, at: datetime) -> int:
    realised = claimed.entry.facts
    amount = lower or realised.amount
    accepted = Fraction(amount.amount_minor, realised.amount.amount_minor)
    facts = replace(realised, kind=VALIDATED, amount=amount, contacts=round(realised.contacts * accepted))
    return chain.append(session, facts, by=by, at=at, about=claimed.entry.number, note=note)
