"""The month-end run: every live initiative measured at each month-end that contacts reach, and kept as it was found.

Clauses S8 and R1 - R3 of docs/methods.md. Measuring reads only; what was found is kept in one short transaction.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from app.initiatives import queries as initiatives
from app.initiatives.rules import GONE_LIVE
from app.measurement import boundary, export, plan_queries, register
from app.measurement.appraisal import Appraisal, Planned, appraise
from app.measurement.netting import Netting
from app.measurement.placebo import rank_among
from app.measurement.plan_queries import Measured, PlanVersion
from app.measurement.plans import months_after
from app.measurement.tables import Measurement
from app.measurement.verdict import EXPIRED, VERIFIED
from app.people import trail
from app.people.rules import Actor
from app.values.periods import ONE_DAY, month_of, next_month

WATCHED_MONTHS = 12


@dataclass(frozen=True)
class Due:
    """One month-end of one initiative that is to be measured."""

    planned: Planned
    plan: PlanVersion
    month: date

    @property
    def until(self) -> date:
        """The first day after the month, or the crediting end inside it: what came before that still counts."""
        end, expires_on = next_month(self.month), self.planned.terms.expires_on
        return expires_on if self.month < expires_on < end else end


@dataclass(frozen=True)
class Found:
    """A measurement that is to be kept."""

    due: Due
    appraisal: Appraisal
    figures: Mapping[str, Any]
    booked_minor: int


def due(session: Session, as_of: date, initiative_id: int | None = None) -> list[Due]:
    """What is to be measured: month-ends before a day whose contacts are all counted, not yet measured with the plan.

    A new version of a plan is measured from the last month-end on: what was measured before stays (R1).
    """
    frozen = plan_queries.frozen_plans(session)
    found = []
    for known in initiatives.initiatives(session):
        plan = frozen.get(known.id)
        if plan is None or known.stage not in GONE_LIVE or initiative_id not in {None, known.id}:
            continue
        counted = boundary.counted_days(session, plan.terms.grain)
        if counted is not None:
            done = plan_queries.measurements(session, known.id)
            planned = Planned(known, plan.terms)
            until = min(as_of, counted[1] + ONE_DAY)
            found += [Due(planned, plan, month) for month in _months(planned, plan, done, until)]
    return sorted(found, key=lambda one: (one.month, one.planned.known.id))


def find(session: Session, one: Due) -> Found:
    """Measure one month-end; raises Refused where there is nothing to measure."""
    frozen = plan_queries.frozen_plans(session)
    live = [known for known in initiatives.initiatives(session) if known.stage in GONE_LIVE and known.id in frozen]
    others = [Planned(known, frozen[known.id].terms) for known in live]
    appraisal = appraise(session, one.planned, others, one.until)
    before = plan_queries.latest(session, one.month).get(one.planned.known.id)
    contacts, minor = _booked(appraisal, before)
    kept = {**figures(appraisal), "booked_contacts": contacts, "excluded": _excluded(session, one.planned)}
    return Found(one, appraisal, kept, minor)


def keep(session: Session, found: Found, *, by: Actor, at: datetime) -> int:
    """Keep a measurement (R2); the same look kept twice is kept once. Returns its id."""
    one, appraisal = found.due, found.appraisal
    initiative_id = one.planned.known.id
    for known in plan_queries.measurements(session, initiative_id):
        if (known.month, known.plan_id, known.figures) == (one.month, one.plan.id, found.figures):
            return known.id
    net = appraisal.netting
    row = Measurement(
        initiative_id=initiative_id,
        month=one.month,
        number=plan_queries.last_number(session, initiative_id, one.month) + 1,
        plan_id=one.plan.id,
        measured_at=at,
        measured_by=by.name,
        state=appraisal.credited.verdict.state,
        method_version=appraisal.credited.method_version,
        currency=appraisal.currency,
        avoided=round(appraisal.credited.range.avoided * float(appraisal.share)),
        net_minor=None if net is None else round(net.net),
        low_minor=None if net is None else round(net.low),
        high_minor=None if net is None else round(net.high),
        booked_minor=found.booked_minor,
        figures=dict(found.figures),
    )
    session.add(row)
    session.flush()
    after = {"month": str(one.month), "number": row.number, "state": row.state, "booked_minor": row.booked_minor}
    trail.record(session, "initiative.measured", f"initiative:{initiative_id}", by=by, at=at, after=after)
    return row.id


def figures(appraisal: Appraisal) -> dict[str, Any]:
    """Everything that the calculation page shows, as plain JSON values."""
    credited = appraisal.credited
    facts = export.facts(credited)
    points = facts.pop("series")
    return {
        **facts,
        "credited": "target with sinks" if credited is appraisal.with_sinks else "target",
        "series": {
            "starts": [point["start"] for point in points],
            "observed": [point["observed"] for point in points],
            "expected": [point["expected"] for point in points],
        },
        "spread": credited.range.spread,
        "shortfall": credited.range.shortfall,
        "quantile": credited.range.quantile,
        "error": credited.range.error,
        "channels": {
            name: {"observed": sum(fitted.observed), "expected": sum(fitted.expected)}
            for name, fitted in credited.estimate.channels.items()
        },
        "common_departure": credited.estimate.departure.passed_on,
        "untouched": len(credited.estimate.others),
        "placebo_rank": rank_among(credited.estimate),
        "share": float(appraisal.share),
        "is_share_measured": appraisal.shared is None or appraisal.shared.is_measured,
        "netting": None if appraisal.netting is None else _netting(appraisal.netting),
        "worth": None if appraisal.worth is None else asdict(appraisal.worth),
        "prices_minor": appraisal.prices_minor,
    }


def _excluded(session: Session, planned: Planned) -> list[dict[str, Any]]:
    """What is left out today (E3), kept since reasons may lie elsewhere in the tree when somebody reads it."""
    return [
        {"id": one.id, "name": one.name, "start": one.start.isoformat(), "end": one.end.isoformat()}
        for one in register.touching(session, planned.terms)
        if one.leaves_days_out
    ]


def _netting(found: Netting) -> dict[str, Any]:
    return {
        "lines": [
            {
                "step": line.step,
                "minor": minor,
                "note": line.note,
                "inputs": [{**asdict(one), "figure": _plain(one.figure)} for one in line.inputs],
            }
            for line, minor in zip(found.lines, found.whole_minors, strict=True)
        ],
        "net_minor": round(found.net),
        "low_minor": round(found.low),
        "high_minor": round(found.high),
    }


def _months(planned: Planned, plan: PlanVersion, done: list[Measured], until: date) -> Iterator[date]:
    """The first days of the months to measure, oldest first."""
    last = month_of(until).start
    first = month_of(planned.terms.go_live_on).start
    measured = {one.month for one in done if one.plan_id == plan.id}
    if done and not measured:
        first = max(one.month for one in done)
    stop = months_after(month_of(planned.terms.expires_on).start, WATCHED_MONTHS)
    while next_month(first) <= min(last, stop):
        if first not in measured:
            yield first
        first = next_month(first)


def _booked(appraisal: Appraisal, before: Measured | None) -> tuple[int, int]:
    """Cumulative contacts and minor units that may be booked (R3): low ends where verified, as they were where expired.

    In every other state it is nothing.
    """
    state = appraisal.credited.verdict.state
    if state == EXPIRED and before is not None:
        return before.figures["booked_contacts"], before.booked_minor
    if state != VERIFIED or appraisal.netting is None or appraisal.netting.low <= 0:
        return 0, 0
    return round(appraisal.credited.range.low * float(appraisal.share)), round(appraisal.netting.low)


def _plain(figure: Fraction | int | None) -> float | int | None:
    return float(figure) if isinstance(figure, Fraction) else figure
