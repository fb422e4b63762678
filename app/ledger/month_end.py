"""The month-end run: what is due is measured, kept and booked, one initiative and month after the other.

Clauses R1 - R3 of docs/methods.md. Measuring reads only; each result is kept and booked in one short transaction, so a
run that is stopped has done whole months, and the next one goes on behind them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.db import Database
from app.ledger import actions
from app.ledger.rules import CAPACITY, Booking
from app.measurement import monthly, plan_queries, plans
from app.measurement.monthly import Due, Found
from app.people.rules import Actor
from app.values.errors import Refused
from app.values.money import Money
from app.values.periods import month_of

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Done:
    """One month-end: the measurement that was kept, or the sentence that says why there is none."""

    initiative_id: int
    month: date
    measurement_id: int | None
    sentence: str = ""


def run(
    database: Database,
    as_of: date,
    *,
    by: Actor,
    at: datetime,
    initiative_id: int | None = None,
    progress: Progress | None = None,
) -> list[Done]:
    """Measure and book every month-end before a day; what was done already is left alone."""
    with database.reading() as session:
        those = monthly.due(session, as_of, initiative_id)
    done = []
    for number, one in enumerate(those, start=1):
        done.append(_measured(database, one, by=by, at=at))
        if progress is not None:
            progress(number, len(those))
    return done


def bookings(session: Session, found: Found, measurement_id: int) -> Iterator[Booking]:
    """What a measured month brings to the ledger: promised, expected now, and what was realised of it."""
    one, known = found.due, found.due.planned.known
    before = plan_queries.latest(session, one.month).get(known.id)
    already = (0, 0) if before is None else (before.figures["booked_contacts"], before.booked_minor)
    contacts, minor = found.figures["booked_contacts"] - already[0], found.booked_minor - already[1]
    yield _booking(found, measurement_id, "realised", contacts, minor)
    for kind, version in (("projected", known.frozen), ("forecast", known.latest)):
        if version is None:
            continue
        promised, saving = version.likely_in(month_of(one.month))
        if saving is not None:
            yield _booking(found, measurement_id, kind, round(promised), round(saving))


def _measured(database: Database, one: Due, *, by: Actor, at: datetime) -> Done:
    try:
        with database.reading() as session:
            found = monthly.find(session, one)
    except Refused as error:
        return Done(one.planned.known.id, one.month, None, error.sentence)

    def keep(session: Session) -> int:
        measurement_id = monthly.keep(session, found, by=by, at=at)
        actions.book(session, bookings(session, found, measurement_id), by=by, at=at)
        return measurement_id

    return Done(one.planned.known.id, one.month, database.write(keep))


def _booking(found: Found, measurement_id: int, kind: str, contacts: int, minor: int) -> Booking:
    one, appraisal = found.due, found.appraisal
    credited = appraisal.credited
    net = appraisal.netting
    return Booking(
        initiative_id=one.planned.known.id,
        month=one.month,
        kind=kind,
        column=CAPACITY,
        contacts=contacts,
        amount=Money(minor, appraisal.currency),
        method=credited.method,
        method_version=credited.method_version,
        plan_number=one.plan.number,
        plan_hash=one.plan.hash or "",
        rates_hash=plans.fingerprint({"rates": [dict(rate) for rate in one.plan.terms.rates]}),
        result_id=measurement_id,
        basis={
            "state": credited.verdict.state,
            "net_minor": None if net is None else round(net.net),
            "low_minor": None if net is None else round(net.low),
            "high_minor": None if net is None else round(net.high),
            "booked_minor": found.booked_minor,
        },
    )
