"""A centre in the database where every day is like the other, to be spoiled in one way at a time.

100 contacts a day until go-live on 1 June 2026 and 70 after it, ten untouched reasons of 50 a day, $6.00 a contact.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.counting.tables import DailyTotal
from app.db import Database
from app.ledger import month_end
from app.measurement import plan_actions, plan_queries
from app.measurement.plan_queries import Measured
from app.measurement.plans import Boundary, PlanTerms
from app.reasons import actions as reasons
from app.reasons.tables import Reason
from app.values.periods import Period
from tests.builders import AT, TESTER, make_reason
from tests.initiative_builders import every_day, make_initiative, make_projection, make_rate, make_totals

FIRST, GO_LIVE, END = date(2024, 6, 1), date(2026, 6, 1), date(2026, 10, 1)
TODAY = date(2026, 9, 14)
RENAMED = date(2026, 3, 1)
BEFORE_DAYS, AFTER_DAYS = 730, 122


@dataclass(frozen=True)
class Centre:
    """The reasons of the centre by name, and its initiative."""

    initiative_id: int
    target: int
    untouched: tuple[int, ...]


def make_centre(
    session: Session,
    *,
    days: Mapping[date, int] | None = None,
    after: int = 70,
    untouched: int = 10,
    parent: Reason | None = None,
    sinks: tuple[int, ...] = (),
    **terms: Any,
) -> Centre:
    """The centre; `days` are contacts of the target where they are not the even ones; a plan frozen on its go-live."""
    target = make_reason(session, "Where is my label?", parent=parent)
    go_live_on: date = terms.pop("go_live_on", GO_LIVE)
    reason_ids = terms.pop("reason_ids", frozenset({target.id}))
    make_totals(session, target.id, days if days is not None else even_days(after, go_live_on))
    others = tuple(make_reason(session, f"Untouched {number}").id for number in range(untouched))
    for one in others:
        make_totals(session, one, every_day(FIRST, BEFORE_DAYS + AFTER_DAYS, 50))
    make_rate(session)
    row = make_initiative(session, reasons=(target,), stage="live", go_live_on=go_live_on)
    make_projection(session, row, starts_on=go_live_on, frozen_at=AT, frozen_by="Dana")
    plan = PlanTerms(Boundary(reason_ids, frozenset(sinks)), go_live_on, **terms)
    number = plan_actions.write_plan(session, row.id, plan, by=TESTER, at=AT)
    plan_actions.freeze(session, row.id, number, by=TESTER, at=AT, today=TODAY)
    return Centre(row.id, target.id, others)


def merged_with_a_step(session: Session) -> Centre:
    """Until March 100 contacts a day under an old reason; then 75 under the new one that it was merged into."""
    centre = make_centre(session, days=every_day(RENAMED, 92, 75) | every_day(GO_LIVE, 122, 45))
    old = make_reason(session, "Label lost")
    make_totals(session, old.id, every_day(FIRST, (RENAMED - FIRST).days, 100))
    reasons.merge(session, old.id, centre.target, valid_from=RENAMED, by=TESTER, at=AT)
    return centre


def even_days(after: int, go_live_on: date = GO_LIVE) -> dict[date, int]:
    """100 contacts a day, and so many from go-live on."""
    days = every_day(FIRST, BEFORE_DAYS + AFTER_DAYS, 100)
    return {day: after if day >= go_live_on else count for day, count in days.items()}


def replaced(session: Session, reason_id: int, days: Mapping[date, int], **counts: Any) -> None:
    """Other totals of a reason on some days."""
    session.execute(delete(DailyTotal).where(DailyTotal.reason_id == reason_id, DailyTotal.day.in_(list(days))))
    make_totals(session, reason_id, days, **counts)


def gone(session: Session, days: Period) -> None:
    """Nothing is known of some days: not one contact, for whatever reason."""
    session.execute(delete(DailyTotal).where(DailyTotal.day >= days.start, DailyTotal.day < days.end))


def stretch(start: date, days: int) -> Period:
    """So many days from a day on."""
    return Period(start, start + timedelta(days=days))


def looks(database: Database, initiative_id: int, as_of: date = TODAY) -> dict[date, Measured]:
    """What the month-end run kept, the last look at each month."""
    month_end.run(database, as_of, by=TESTER, at=AT)
    with database.reading() as session:
        return {one.month: one for one in plan_queries.measurements(session, initiative_id)}


def codes(look: Measured) -> list[str]:
    """The findings of a look by their codes."""
    return [one["code"] for one in look.figures["findings"]]


def told(look: Measured, code: str) -> str:
    """The sentence of a finding."""
    return next(str(one["sentence"]) for one in look.figures["findings"] if one["code"] == code)
