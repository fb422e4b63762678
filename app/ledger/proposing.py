"""What is to be booked: each month of what was promised, is expected and was measured.

Clauses L5, L6 and L13 of docs/methods.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from fractions import Fraction

from sqlalchemy.orm import Session

from app.initiatives import queries as initiatives
from app.initiatives.queries import Known
from app.initiatives.rules import GONE_LIVE, PROMISED
from app.ledger import entry_queries
from app.ledger.entries import REALISED, VALIDATED, Recorded
from app.ledger.rules import CAPACITY, Booking
from app.measurement import plan_queries, plans
from app.measurement.plan_queries import Measured, PlanVersion
from app.measurement.verdict import MEASURING, VERIFIED
from app.values.money import Money
from app.values.periods import Period, month_of, next_month
from app.values.sealing import plain

PROJECTED, FORECAST = "projected", "forecast"
FORECAST_MONTHS = 6
EXPECTED_STATES = frozenset({VERIFIED, MEASURING})


def bookings(session: Session, today: date, initiative_id: int | None = None) -> list[Booking]:
    """The bookings of every initiative, or of one; booked as they are, the ledger says what measuring says."""
    frozen = plan_queries.frozen_plans(session)
    found: list[Booking] = []
    for known in initiatives.initiatives(session):
        if initiative_id not in {None, known.id}:
            continue
        plan = frozen.get(known.id)
        stands = entry_queries.standing(session, {known.id})
        proposed = [*_projected(known, plan)]
        if plan is not None and known.stage in GONE_LIVE:
            measured = plan_queries.measurements(session, known.id)
            versions = {one.id: one for one in plan_queries.versions(session, known.id)}
            proposed += [*realised(measured, versions, stands), *_forecast(measured, plan)]
        found += [*proposed, *_no_longer(stands, proposed, today)]
    return found


def realised(
    measured: Sequence[Measured], versions: Mapping[int, PlanVersion], stands: Sequence[Recorded]
) -> Iterator[Booking]:
    """For each month the cumulative booked low end at its end, less what stands for the months before it.

    A month that finance signed stays as it is; what was found otherwise since then falls into the next month, so that
    all months add up.
    """
    signed = {entry.about for entry in stands if entry.facts.kind == VALIDATED}
    fixed = {
        entry.facts.month: entry.facts for entry in stands if entry.number in signed and entry.facts.column == CAPACITY
    }
    minor = contacts = 0
    for one in {found.month: found for found in measured}.values():
        plan = versions[one.plan_id]
        if one.month in fixed:
            minor += fixed[one.month].amount.amount_minor
            contacts += fixed[one.month].contacts
        elif one.month < plan.terms.expires_on:
            fewer = int(one.figures["booked_contacts"])
            amount = Money(one.booked_minor - minor, one.currency)
            yield _measured(one, plan, REALISED, fewer - contacts, amount, _basis(one, minor))
            minor, contacts = one.booked_minor, fewer


def _projected(known: Known, plan: PlanVersion | None) -> Iterator[Booking]:
    version = known.frozen
    if version is None or known.stage not in PROMISED:
        return
    expires_on = plan.terms.expires_on if plan and plan.terms.first_year_only else None
    of_plan = plans.fingerprint(plain({"terms": asdict(version.terms), "base": asdict(version.base)}))
    of_rates = plans.fingerprint({"rates": plain(version.rates)})
    basis = {"projection": version.number, "share_bp": version.terms.share_likely_bp}
    for month in version.months:
        first = month_of(month.period.start).start
        if month.saving is not None and (expires_on is None or first < expires_on):
            yield Booking(
                initiative_id=known.id,
                month=first,
                kind=PROJECTED,
                column=CAPACITY,
                contacts=month.contacts,
                amount=month.saving,
                method="projection",
                method_version="1",
                plan_number=version.number,
                plan_hash=of_plan,
                rates_hash=of_rates,
                result_id=None,
                basis=basis,
            )


def _forecast(measured: Sequence[Measured], plan: PlanVersion) -> Iterator[Booking]:
    """The level since go-live for the months after the last measured one (L13); nothing where none is expected."""
    last = measured[-1] if measured else None
    if last is None or last.state not in EXPECTED_STATES or last.net_minor is None or last.net_minor <= 0:
        return
    since = Period(plan.terms.go_live_on, next_month(last.month))
    basis = {"level_from": since.start.isoformat(), "level_to": since.end.isoformat(), "net_minor": last.net_minor}
    month, end = month_of(since.end), plan.terms.expires_on
    for _ in range(FORECAST_MONTHS):
        if month.start >= end:
            return
        before, after = (month.start - since.end).days, (min(month.end, end) - since.end).days
        contacts, minor = (
            round(Fraction(level * after, since.days)) - round(Fraction(level * before, since.days))
            for level in (last.avoided, last.net_minor)
        )
        expected = replace(last, month=month.start)
        yield _measured(expected, plan, FORECAST, contacts, Money(minor, last.currency), basis)
        month = month_of(month.end)


def _no_longer(stands: Sequence[Recorded], proposed: Sequence[Booking], today: date) -> Iterator[Booking]:
    """Months still to come that were promised or expected and are so no more: nothing is left of them."""
    keys = {booking.key for booking in proposed}
    for entry in stands:
        facts = entry.facts
        if facts.kind in {PROJECTED, FORECAST} and facts.month > today and facts.key not in keys:
            yield replace(facts, contacts=0, amount=Money(0, facts.amount.currency))


def _measured(
    one: Measured, plan: PlanVersion, kind: str, contacts: int, amount: Money, basis: Mapping[str, object]
) -> Booking:
    return Booking(
        initiative_id=one.initiative_id,
        month=one.month,
        kind=kind,
        column=CAPACITY,
        contacts=contacts,
        amount=amount,
        method=str(one.figures["method"]),
        method_version=one.method_version,
        plan_number=plan.number,
        plan_hash=plan.hash or "",
        rates_hash=plans.fingerprint({"rates": plain(plan.terms.rates)}),
        result_id=one.id,
        basis=basis,
    )


def _basis(one: Measured, before: int) -> dict[str, object]:
    return {
        "state": one.state,
        "net_minor": one.net_minor,
        "low_minor": one.low_minor,
        "high_minor": one.high_minor,
        "avoided": one.avoided,
        "booked_before_minor": before,
        "booked_minor": one.booked_minor,
        "look": one.number,
    }
