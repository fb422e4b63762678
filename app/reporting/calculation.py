"""One initiative and month as finance signs it: what was measured, with which plan, and what the ledger says of it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.initiatives import queries as initiatives
from app.initiatives.queries import Known
from app.ledger import claim_queries, entry_queries
from app.ledger.claim_queries import Claimed
from app.ledger.entries import REALISED, VALIDATED, Recorded
from app.ledger.rules import CAPACITY
from app.ledger.tables import LedgerEntry
from app.measurement import placebo_runs, plan_queries
from app.measurement.placebo_runs import Kept
from app.measurement.plan_queries import Measured, PlanVersion
from app.reasons import queries as reasons
from app.values.errors import Missing
from app.values.money import Money


@dataclass(frozen=True)
class Calculation:
    """A month-end of an initiative; amounts of the ledger are those that stand, in capacity.

    `earlier` are the realised entries of the months before, `entry` that of this month with its `entry_hash` in the
    chain, `previous` the last look at a month before.
    """

    known: Known
    plan: PlanVersion
    measured: Measured
    looks: int
    previous: Measured | None
    targets: tuple[str, ...]
    sinks: tuple[str, ...]
    earlier: tuple[Recorded, ...] = ()
    entry: Recorded | None = None
    entry_hash: str = ""
    validated: Recorded | None = None
    validated_hash: str = ""
    claim: Claimed | None = None
    reliability: Kept | None = None

    @property
    def month(self) -> date:
        """The first day of the month."""
        return self.measured.month

    @property
    def currency(self) -> str:
        """The currency of all its money."""
        return self.measured.currency

    @property
    def realised(self) -> Money:
        """What is claimed for the month: what stands in the ledger, or what would be booked of this look."""
        if self.entry is not None:
            return self.entry.facts.amount
        before = sum(one.facts.amount.amount_minor for one in self.earlier)
        return Money(self.measured.booked_minor - before, self.currency)

    @property
    def signed(self) -> Money:
        """What is signed: the validated amount where finance decided, else what is claimed."""
        return self.validated.facts.amount if self.validated else self.realised


def calculation(session: Session, initiative_id: int, month: date, look: int | None = None) -> Calculation:
    """A look at a month-end, the last one unless told; raises Missing."""
    known = initiatives.initiative(session, initiative_id)
    looks = [one for one in plan_queries.measurements(session, initiative_id) if one.month == month]
    measured = next((one for one in reversed(looks) if look in {None, one.number}), None)
    if measured is None:
        which = "" if look is None else f" a {look}. time"
        raise Missing(f"{known.code} was not measured for {month:%B %Y}{which}. The month-end run measures it.")
    plan = next(one for one in plan_queries.versions(session, initiative_id) if one.id == measured.plan_id)
    tree = reasons.tree(session)
    stands = [one for one in entry_queries.standing(session, {initiative_id}) if one.facts.column == CAPACITY]
    realised = [one for one in stands if one.facts.kind == REALISED]
    entry = next((one for one in realised if one.facts.month == month), None)
    of_month = [one for one in stands if one.facts.month == month]
    validated = next((one for one in of_month if one.facts.kind == VALIDATED), None)
    claims = claim_queries.claims_of(session, initiative_id)
    return Calculation(
        known=known,
        plan=plan,
        measured=measured,
        looks=len(looks),
        previous=plan_queries.latest(session, month).get(initiative_id),
        targets=tuple(sorted(tree.text(one) for one in plan.terms.boundary.reason_ids)),
        sinks=tuple(sorted(tree.text(one) for one in plan.terms.boundary.sink_ids)),
        earlier=tuple(sorted((one for one in realised if one.facts.month < month), key=lambda one: one.facts.month)),
        entry=entry,
        entry_hash=_hash(session, entry),
        validated=validated,
        validated_hash=_hash(session, validated),
        claim=next((one for one in claims if entry is not None and one.entry.number == entry.number), None),
        reliability=placebo_runs.last(session),
    )


def _hash(session: Session, entry: Recorded | None) -> str:
    if entry is None:
        return ""
    return session.scalar(select(LedgerEntry.hash).where(LedgerEntry.number == entry.number)) or ""
