"""What was claimed: finance's queue, what may be claimed next, and what was decided."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from app.initiatives import queries as initiatives
from app.initiatives.queries import Known
from app.ledger import entry_queries
from app.ledger.entries import REALISED, Recorded
from app.ledger.signing import Hands, Signer
from app.ledger.tables import Claim, ClaimDecision, LedgerEntry
from app.people import queries as people
from app.values.errors import Missing

DECISIONS_SHOWN = 50


@dataclass(frozen=True)
class Decided:
    """What finance decided; `entry_number` is the validated entry, none where it was rejected."""

    outcome: str
    entry_number: int | None
    note: str
    at: datetime
    by_id: int
    by: str


@dataclass(frozen=True)
class Claimed:
    """One claim with the realised entry that it is about, and what became of it."""

    id: int
    entry: Recorded
    known: Known
    note: str
    at: datetime
    by_id: int
    by: str
    decided: Decided | None

    @property
    def hands(self) -> Hands:
        """Who has a hand in it."""
        return hands_of(self.known, self.by_id)


def hands_of(known: Known, claimed_by_id: int | None = None) -> Hands:
    """Who has a hand in the amounts of an initiative."""
    plan = known.plan
    return Hands(known.code, plan.owner_id, plan.sponsor_id, plan.member_ids, claimed_by_id)


def signer(session: Session, person_id: int | None) -> Signer:
    """A person with the roles that they hold now; a program holds none."""
    found = None if person_id is None else people.person(session, person_id)
    return Signer(person_id, found.roles if found else frozenset())


def queue(session: Session) -> list[Claimed]:
    """The claims that wait for finance, the oldest first; those whose amount was booked anew since wait no more."""
    standing = {entry.number for entry in entry_queries.standing(session, kind=REALISED)}
    found = _claimed(session, _claims().where(ClaimDecision.claim_id.is_(None)).order_by(Claim.claimed_at, Claim.id))
    return [one for one in found if one.entry.number in standing]


def waiting(session: Session) -> int:
    """How many claims wait for finance."""
    later = aliased(LedgerEntry)
    is_undone = select(later.number).where(later.reverses == Claim.entry_number).exists()
    is_decided = select(ClaimDecision.claim_id).where(ClaimDecision.claim_id == Claim.id).exists()
    return session.scalar(select(func.count()).select_from(Claim).where(~is_undone, ~is_decided)) or 0


def decided(session: Session) -> list[Claimed]:
    """The last decisions, the newest first."""
    newest = (ClaimDecision.decided_at.desc(), ClaimDecision.claim_id.desc())
    query = _claims().where(ClaimDecision.claim_id.is_not(None)).order_by(*newest)
    return _claimed(session, query.limit(DECISIONS_SHOWN))


def claim(session: Session, claim_id: int) -> Claimed:
    """One claim; raises Missing."""
    found = _claimed(session, _claims().where(Claim.id == claim_id))
    if not found:
        raise Missing("This claim is not there.")
    return found[0]


def claims_of(session: Session, initiative_id: int) -> list[Claimed]:
    """Every claim of an initiative, the oldest first."""
    return _claimed(session, _claims().where(LedgerEntry.initiative_id == initiative_id).order_by(Claim.id))


def claimable(session: Session) -> list[Recorded]:
    """The realised amounts that stand and that nobody claimed yet, the earliest month first."""
    claimed = set(session.scalars(select(Claim.entry_number)))
    standing = entry_queries.standing(session, kind=REALISED)
    left = [one for one in standing if one.facts.amount.amount_minor and one.number not in claimed]
    return sorted(left, key=lambda one: (one.facts.month, one.number))


def _claims() -> Select[Claim, LedgerEntry, ClaimDecision]:
    joined = select(Claim, LedgerEntry, ClaimDecision).join(LedgerEntry, LedgerEntry.number == Claim.entry_number)
    return joined.outerjoin(ClaimDecision, ClaimDecision.claim_id == Claim.id)


def _claimed(session: Session, query: Select[Claim, LedgerEntry, ClaimDecision]) -> list[Claimed]:
    rows = session.execute(query).all()
    known = {one.id: one for one in initiatives.initiatives(session)} if rows else {}
    return [
        Claimed(
            row.id,
            entry_queries.recorded(entry),
            known[entry.initiative_id],
            row.note,
            row.claimed_at,
            row.claimed_by_id,
            row.claimed_by,
            _decided(decision),
        )
        for row, entry, decision in rows
    ]


def _decided(row: ClaimDecision | None) -> Decided | None:
    if row is None:
        return None
    return Decided(row.outcome, row.entry_number, row.note, row.decided_at, row.decided_by_id, row.decided_by)
