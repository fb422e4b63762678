"""A centre where every day is like the other, so that what is measured there can be worked out by hand."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from app.db import Database
from app.ledger import month_end
from app.measurement import plan_actions
from app.measurement.plans import Boundary, PlanTerms
from tests.builders import AT, TESTER, make_reason
from tests.initiative_builders import every_day, make_initiative, make_projection, make_rate, make_totals

FIRST = date(2024, 6, 1)
GO_LIVE = date(2026, 6, 1)
DAYS_BEFORE, DAYS_AFTER = 730, 122
TODAY = date(2026, 9, 14)


def make_even_centre(session: Session, after: Mapping[date, int] | None = None) -> int:
    """100 contacts a day until go-live, 70 after it, ten untouched reasons of 50, $6.00 a contact, a frozen plan.

    `after` are other days since go-live.
    """
    target = make_reason(session, "Where is my label?")
    after = after or every_day(GO_LIVE, DAYS_AFTER, 70)
    make_totals(session, target.id, every_day(FIRST, DAYS_BEFORE, 100) | dict(after))
    for number in range(10):
        other = make_reason(session, f"Untouched {number}")
        make_totals(session, other.id, every_day(FIRST, DAYS_BEFORE + len(after), 50))
    make_rate(session)
    row = make_initiative(session, reasons=(target,), stage="live", go_live_on=GO_LIVE)
    make_projection(session, row, starts_on=GO_LIVE, frozen_at=AT, frozen_by="Dana")
    terms = PlanTerms(Boundary(frozenset({target.id})), GO_LIVE)
    number = plan_actions.write_plan(session, row.id, terms, by=TESTER, at=AT)
    plan_actions.freeze(session, row.id, number, by=TESTER, at=AT, today=TODAY)
    return row.id


def make_measured_centre(database: Database) -> int:
    """The same, its month-ends of June, July and August measured and booked."""
    found = database.write(make_even_centre)
    month_end.run(database, TODAY, by=TESTER, at=AT)
    return found
