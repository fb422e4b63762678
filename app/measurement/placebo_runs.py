"""The installation's own placebo: worked out by a command or the worker, kept, and shown beside every claim.

Clauses V1 - V3 of docs/methods.md. Working it out takes seconds and only reads; keeping it is one short write.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.initiatives import queries as initiatives
from app.initiatives.rules import GONE_LIVE
from app.measurement import boundary, plan_queries
from app.measurement.placebo import Fake, Reliability, fake_go_lives
from app.measurement.tables import Placebo
from app.people import trail
from app.people.rules import Actor


@dataclass(frozen=True, slots=True)
class Kept:
    """The last placebo that was worked out, with the day up to which contacts were looked at."""

    until: date
    worked_out_at: datetime
    reliability: Reliability


def work_out(session: Session, until: date) -> Reliability:
    """Fake go-lives on every untouched reason; raises Refused without contacts. Takes seconds."""
    touched = {
        one for known in initiatives.initiatives(session) if known.stage in GONE_LIVE for one in known.plan.reason_ids
    }
    for plan in plan_queries.frozen_plans(session).values():
        touched |= plan.terms.boundary.reason_ids | plan.terms.boundary.sink_ids
    read = boundary.read_untouched(session, touched, until)
    return Reliability(tuple(fake_go_lives(read.series, read.frame)))


def keep(session: Session, reliability: Reliability, until: date, *, by: Actor, at: datetime) -> None:
    """Keep a placebo; those before it stay."""
    fakes = [{**asdict(fake), "go_live_on": fake.go_live_on.isoformat()} for fake in reliability.fakes]
    session.add(Placebo(until=until, worked_out_at=at, figures={"fakes": fakes}))
    session.flush()
    trail.record(session, "placebo.tried", "placebo", by=by, at=at, after=summary(reliability))


def last(session: Session) -> Kept | None:
    """The newest placebo; None where none was worked out yet."""
    row = session.scalar(select(Placebo).order_by(Placebo.id.desc()).limit(1))
    if row is None:
        return None
    return Kept(row.until, row.worked_out_at, Reliability(tuple(_fakes(row.figures))))


def summary(reliability: Reliability) -> dict[str, Any]:
    """What commands and exports say of it; shares are of 1, unknown where there was no fake go-live."""
    return {
        "tests": reliability.tests,
        "reasons": reliability.reasons,
        "cover": reliability.cover,
        "false_saving": reliability.false_saving,
        "typical_half_width": reliability.typical_half_width,
    }


def _fakes(figures: dict[str, Any]) -> Iterator[Fake]:
    for one in figures["fakes"]:
        yield Fake(**{**one, "go_live_on": date.fromisoformat(one["go_live_on"])})
