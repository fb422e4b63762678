"""One initiative and month from what was measured to what was signed: all that the calculation page shows.

Clauses R1 - R3 of docs/methods.md.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.initiatives import queries as initiatives
from app.initiatives.queries import Known
from app.ledger import claim_queries, entry_queries
from app.ledger.claim_queries import Claimed
from app.ledger.entries import REALISED, VALIDATED, Recorded
from app.ledger.entry_queries import Wanted
from app.ledger.rules import CAPACITY
from app.measurement import plan_queries
from app.measurement.plan_queries import Measured, PlanVersion
from app.values.errors import Missing
from app.values.money import Money
from app.values.periods import Period, next_month


@dataclass(frozen=True)
class Calculation:
    """One look at a month-end with its plan, the looks beside it, and what the ledger holds of the month.

    `realised` and `validated` are the capacity that stands; `taken_back` reverses what was signed, where nothing is
    signed since; `before` is the last look at the month-end before.
    """

    known: Known
    look: Measured
    looks: tuple[Measured, ...]
    months: tuple[date, ...]
    before: Measured | None
    plan: PlanVersion
    realised: Recorded | None
    validated: Recorded | None
    taken_back: Recorded | None
    claimed: Claimed | None

    @property
    def is_latest(self) -> bool:
        """Whether nobody has looked at the month-end again since."""
        return self.look.number == self.looks[-1].number

    @property
    def reporting(self) -> Period:
        """The days that were reported, since the first go-live on these reasons."""
        kept = self.look.figures["reporting"]
        return Period(date.fromisoformat(kept["start"]), date.fromisoformat(kept["end"]))

    def money(self, minor: int) -> Money:
        """An amount in the currency of the look."""
        return Money(minor, self.look.currency)

    @property
    def may_be_booked(self) -> Money:
        """Cumulative since go-live (R3)."""
        return self.money(self.look.booked_minor)

    @property
    def booked_before(self) -> Money:
        """The same at the month-end before."""
        return self.money(self.before.booked_minor if self.before else 0)


def calculation(session: Session, initiative_id: int, month: date, number: int | None = None) -> Calculation:
    """The last look at a month-end, or the one with a number; raises Missing where there is none."""
    known = initiatives.initiative(session, initiative_id)
    every = plan_queries.measurements(session, initiative_id)
    looks = tuple(one for one in every if one.month == month)
    look = next((one for one in reversed(looks) if number in {None, one.number}), None)
    if look is None:
        raise Missing(_nothing(known, month, number if looks else None, bool(every)))
    plans = {one.id: one for one in plan_queries.versions(session, initiative_id)}
    stands = entry_queries.standing(session, {initiative_id})
    of_month = {one.facts.kind: one for one in stands if (one.facts.month, one.facts.column) == (month, CAPACITY)}
    realised = of_month.get(REALISED)
    claims = {one.entry.number: one for one in claim_queries.claims_of(session, initiative_id)}
    return Calculation(
        known=known,
        look=look,
        looks=looks,
        months=tuple(sorted({one.month for one in every})),
        before=next((one for one in reversed(every) if one.month < month), None),
        plan=plans[look.plan_id],
        realised=realised,
        validated=of_month.get(VALIDATED),
        taken_back=None if VALIDATED in of_month else _taken_back(session, initiative_id, month),
        claimed=claims.get(realised.number) if realised else None,
    )


def _taken_back(session: Session, initiative_id: int, month: date) -> Recorded | None:
    """The last reversal of what finance signed of the month."""
    signed = Wanted(initiative_id, start=month, end=next_month(month), kind=VALIDATED, column=CAPACITY)
    return next((one for one in entry_queries.every(session, signed) if one.reverses is not None), None)


def _nothing(known: Known, month: date, number: int | None, is_measured: bool) -> str:  # noqa: FBT001
    if number is not None:
        return f"{known.code} has no look {number} at {month:%B %Y}. Its page names those that there are."
    if is_measured:
        return (
            f"{known.code} was not measured for {month:%B %Y}. Months are measured from go-live on, once they are over."
        )
    return f"{known.code} was never measured: it takes a frozen plan, a go-live and a month that is over."
