"""From what was claimed at first to what finance signed, over all initiatives, and how far each month had come.

Clauses N1 - N9, R3 and L12 of docs/methods.md.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy.orm import Session

from app.ledger import claim_queries, entry_queries, fiscal, rules
from app.ledger.entries import REALISED, VALIDATED, Recorded, total
from app.ledger.queries import Savings
from app.ledger.rules import CAPACITY, CASH, Month
from app.measurement.netting import STEP_NAMES
from app.measurement.plan_queries import Measured
from app.measurement.verdict import VERIFIED
from app.values.money import Money
from app.values.periods import DAYS_A_YEAR, Period, month_of

NET, UNCERTAIN, UNVERIFIED, MEASURED, UNCLAIMED, QUEUED, TAKEN_OFF, OTHERWISE, SIGNED = (
    "net", "uncertain", "unverified", "measured", "unclaimed", "queued", "taken_off", "otherwise", "validated",
)  # fmt: skip
NAMES: Mapping[str, str] = {
    **STEP_NAMES,
    NET: "Net, the estimate",
    UNCERTAIN: "Not certain",
    UNVERIFIED: "Not verified, so not booked",
    MEASURED: "Measured",
    UNCLAIMED: "Not claimed yet",
    QUEUED: "In finance's queue",
    TAKEN_OFF: "Taken off by finance",
    OTHERWISE: "Booked before it was measured anew",
    SIGNED: "Validated",
}
SUMS = frozenset({NET, MEASURED, SIGNED})


@dataclass(frozen=True, slots=True)
class Part:
    """What one initiative has in a step, with the month-end that it was measured at last."""

    initiative_id: int
    month: date
    minor: int


@dataclass(frozen=True, slots=True)
class WayStep:
    """One step of all initiatives together; a sum says what is reached, every other step what it adds."""

    step: str
    parts: tuple[Part, ...]

    @property
    def name(self) -> str:
        """What it is called."""
        return NAMES[self.step]

    @property
    def is_sum(self) -> bool:
        """Whether it says what is reached."""
        return self.step in SUMS

    @property
    def minor(self) -> int:
        """All parts together."""
        return sum(part.minor for part in self.parts)


@dataclass(frozen=True, slots=True)
class Reached:
    """What a month was booked with, and the run-rate that was reached at its end; None where nothing is booked yet.

    Capacity, and cash apart from it.
    """

    month: date
    forecast: Money | None
    realised: Money | None
    validated: Money | None
    forecast_year: Money | None
    realised_year: Money | None
    validated_year: Money | None
    cash: Money | None = None
    cash_validated: Money | None = None

    @property
    def is_booked(self) -> bool:
        """Whether anything that was expected, measured, signed or released stands in the month."""
        return any(
            one is not None for one in (self.forecast, self.realised, self.validated, self.cash, self.cash_validated)
        )


def way(session: Session, looks: Mapping[int, Measured], currency: str) -> tuple[WayStep, ...]:
    """The steps from all headline claims to all that is validated, cumulative since each go-live.

    `looks` are the last measurements; one without rates or in another currency is left out.
    """
    priced = [one for one in looks.values() if one.figures["netting"] is not None and one.currency == currency]
    if not priced:
        return ()
    months = {one.initiative_id: one.month for one in priced}
    taken = {step: _parts(months, minors) for step, minors in _after(session, months).items()}
    lines = [_netted(priced, step) for step in STEP_NAMES]
    net = WayStep(NET, tuple(Part(one.initiative_id, one.month, one.figures["netting"]["net_minor"]) for one in priced))
    booked = {one.initiative_id: one.booked_minor for one in priced}
    left = {part.initiative_id: booked[part.initiative_id] - part.minor for part in net.parts}
    verified = {one.initiative_id for one in priced if one.state == VERIFIED}
    otherwise = {
        one: _of(taken[SIGNED], one)
        - booked[one]
        - sum(_of(taken[step], one) for step in (UNCLAIMED, QUEUED, TAKEN_OFF))
        for one in months
    }
    return (
        *lines,
        net,
        WayStep(UNCERTAIN, _parts(months, {one: minor for one, minor in left.items() if one in verified})),
        WayStep(UNVERIFIED, _parts(months, {one: minor for one, minor in left.items() if one not in verified})),
        WayStep(MEASURED, _parts(months, booked)),
        *(WayStep(step, taken[step]) for step in (UNCLAIMED, QUEUED, TAKEN_OFF)),
        WayStep(OTHERWISE, _parts(months, otherwise)),
        WayStep(SIGNED, taken[SIGNED]),
    )


def reached(stands: Iterable[Recorded], months: Sequence[Period], currency: str) -> tuple[Reached, ...]:
    """Each month of a table with its capacity and its cash; `stands` are entries that hold."""
    those: dict[str, list[Recorded]] = {CAPACITY: [], CASH: []}
    for one in stands:
        those[one.facts.column].append(one)
    last = max((one.facts.month for one in those[CAPACITY] if one.facts.kind == REALISED), default=None)
    return tuple(_reached(those, month_of(period.start), last, currency) for period in months)


def whole_months(found: Savings, booked_ids: Collection[int]) -> tuple[Month, ...]:
    """The months of the page as the ledger has them, whole; realised is the indication of who is not booked (L3)."""
    currency = found.goal.money.currency
    return tuple(_whole_month(found, month_of(month.period.start), booked_ids, currency) for month in found.months)


def _whole_month(found: Savings, period: Period, booked_ids: Collection[int], currency: str) -> Month:
    projected = [amount for line in found.lines if (amount := line.projected_in(period))]
    unbooked = [line for line in found.lines if line.known.id not in booked_ids]
    return rules.month(
        period, projected, [amount for line in unbooked if (amount := line.realised_in(period))], currency
    )


def _netted(priced: Sequence[Measured], step: str) -> WayStep:
    parts = [
        Part(one.initiative_id, one.month, line["minor"])
        for one in priced
        for line in one.figures["netting"]["lines"]
        if line["step"] == step
    ]
    return WayStep(step, tuple(parts))


def _after(session: Session, months: Mapping[int, date]) -> dict[str, dict[int, int]]:
    """What became of every booked amount, by step and initiative; an amount is in one step alone."""
    stands = [one for one in entry_queries.standing(session, months) if one.facts.column == CAPACITY]
    signed = {one.about: one.facts.amount.amount_minor for one in stands if one.facts.kind == VALIDATED}
    queued = {one.entry.number for one in claim_queries.queue(session)}
    unclaimed = {one.number for one in claim_queries.claimable(session)}
    found: dict[str, dict[int, int]] = {step: {} for step in (UNCLAIMED, QUEUED, TAKEN_OFF, SIGNED)}
    for entry in stands:
        if entry.facts.kind != REALISED:
            continue
        minor, initiative_id = entry.facts.amount.amount_minor, entry.facts.initiative_id
        accepted = signed.get(entry.number, 0)
        step = UNCLAIMED if entry.number in unclaimed else QUEUED if entry.number in queued else TAKEN_OFF
        _add(found[step], initiative_id, accepted - minor)
        _add(found[SIGNED], initiative_id, accepted)
    return found


def _add(minors: dict[int, int], initiative_id: int, minor: int) -> None:
    minors[initiative_id] = minors.get(initiative_id, 0) + minor


def _parts(months: Mapping[int, date], minors: Mapping[int, int]) -> tuple[Part, ...]:
    return tuple(Part(one, months[one], minor) for one, minor in minors.items() if minor)


def _of(parts: Iterable[Part], initiative_id: int) -> int:
    return sum(part.minor for part in parts if part.initiative_id == initiative_id)


def _reached(of: Mapping[str, Sequence[Recorded]], month: Period, last: date | None, currency: str) -> Reached:
    def booked(kind: str, column: str = CAPACITY) -> Money | None:
        found = [one for one in of[column] if one.facts.kind == kind and one.facts.month == month.start]
        return total(found, currency) if found else None

    those = of[CAPACITY]
    expected = booked("forecast")
    is_measured = last is not None and month.start <= last
    level = _level(those, REALISED, month.start, currency) if is_measured else None
    times = Fraction(DAYS_A_YEAR, month.days)
    forecast_year = None if expected is None or is_measured else Money(round(expected.amount_minor * times), currency)
    return Reached(
        month=month.start,
        forecast=expected,
        realised=booked(REALISED),
        validated=booked(VALIDATED),
        forecast_year=level if month.start == last else forecast_year,
        realised_year=level,
        validated_year=_level(those, VALIDATED, month.start, currency) if is_measured else None,
        cash=booked(REALISED, CASH),
        cash_validated=booked(VALIDATED, CASH),
    )


def _level(those: Sequence[Recorded], kind: str, month: date, currency: str) -> Money | None:
    """The run-rate at a month-end: what each initiative was booked with so far over its measured months (L12)."""
    found = list(_levels(those, kind, month))
    return sum(found, Money(0, currency)) if found else None


def _levels(those: Sequence[Recorded], kind: str, month: date) -> Iterator[Money]:
    so_far = [one for one in those if one.facts.month <= month and one.facts.kind in {REALISED, kind}]
    for initiative_id in {one.facts.initiative_id for one in so_far}:
        mine = [one for one in so_far if one.facts.initiative_id == initiative_id]
        months = [one.facts.month for one in mine if one.facts.kind == REALISED]
        if months:
            amount = sum(
                (one.facts.amount for one in mine if one.facts.kind == kind), Money(0, mine[0].facts.amount.currency)
            )
            yield fiscal.run_rate(amount, min(months), max(months))
