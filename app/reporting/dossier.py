"""One initiative and month as finance takes it away: the calculation with all that proves where it comes from."""

from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import calculations, entry_queries
from app.ledger.calculations import Calculation
from app.ledger.entries import REALISED, Recorded
from app.ledger.rules import CAPACITY
from app.ledger.tables import LedgerEntry
from app.measurement import placebo_runs, register
from app.measurement.placebo_runs import Kept
from app.reasons import queries as reasons
from app.reporting.excluded import Excluded
from app.reporting.excluded import excluded as excluded_of
from app.values.money import Money


@dataclass(frozen=True)
class Dossier(Calculation):
    """A calculation with the names of its reasons, the realised entries of the months before, and hashes of the chain.

    The entries before are those that stand, in capacity; a hash is empty where there is no entry.
    """

    targets: tuple[str, ...] = ()
    sinks: tuple[str, ...] = ()
    earlier: tuple[Recorded, ...] = ()
    realised_hash: str = ""
    validated_hash: str = ""
    reliability: Kept | None = None
    excluded: tuple[Excluded, ...] = ()

    @property
    def month(self) -> date:
        """The first day of the month."""
        return self.look.month

    @property
    def currency(self) -> str:
        """The currency of all its money."""
        return self.look.currency

    @property
    def earlier_minor(self) -> int:
        """What the months before come to, in minor units."""
        return sum(one.facts.amount.amount_minor for one in self.earlier)

    @property
    def this_month(self) -> Money:
        """What this look comes to for the month (R3)."""
        return self.money(self.look.booked_minor - self.earlier_minor)

    @property
    def claimable(self) -> Money:
        """What stands in the ledger for the month, or what this look would bring there."""
        return self.realised.facts.amount if self.realised else self.this_month

    @property
    def signed(self) -> Money:
        """What is signed: the validated amount where finance decided, else what is claimed."""
        return self.validated.facts.amount if self.validated else self.claimable


def dossier(session: Session, initiative_id: int, month: date, look: int | None = None) -> Dossier:
    """The last look at a month-end, or the one with a number; raises Missing where there is none."""
    found = calculations.calculation(session, initiative_id, month, look)
    tree, boundary = reasons.tree(session), found.plan.terms.boundary
    realised = [one for one in entry_queries.standing(session, {initiative_id}, REALISED) if _is_before(one, month)]
    return Dossier(
        **{one.name: getattr(found, one.name) for one in fields(found)},
        targets=tuple(sorted(tree.text(one) for one in boundary.reason_ids)),
        sinks=tuple(sorted(tree.text(one) for one in boundary.sink_ids)),
        earlier=tuple(sorted(realised, key=lambda one: one.facts.month)),
        realised_hash=_hash(session, found.realised),
        validated_hash=_hash(session, found.validated),
        reliability=placebo_runs.last(session),
        excluded=excluded_of(found, register.touching(session, found.plan.terms)),
    )


def _is_before(entry: Recorded, month: date) -> bool:
    return entry.facts.column == CAPACITY and entry.facts.month < month


def _hash(session: Session, entry: Recorded | None) -> str:
    if entry is None:
        return ""
    return session.scalar(select(LedgerEntry.hash).where(LedgerEntry.number == entry.number)) or ""
