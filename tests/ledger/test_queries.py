"""All initiatives against the goal, worked out by hand from a few daily totals."""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.costing.tables import CostRate
from app.initiatives.tables import Initiative
from app.ledger import queries
from app.reasons.tables import Reason
from app.values.money import Money
from app.values.periods import Period
from tests.builders import AT, make_reason
from tests.initiative_builders import every_day, make_initiative, make_projection, make_rate, make_totals

TODAY = date(2026, 9, 14)
GO_LIVE = date(2026, 8, 3)


def dollars(amount: int) -> Money:
    return Money(amount * 100, "USD")


def make_promised(session: Session, reason: Reason, stage: str, share_bp: int, **fields: Any) -> Initiative:
    """A frozen projection of this share of 100 contacts a day at $6, from the go-live on."""
    row = make_initiative(session, reasons=(reason,), stage=stage, **fields)
    frozen_at: datetime | None = None if stage in {"idea", "sizing"} else AT
    shares = {"share_low_bp": share_bp, "share_likely_bp": share_bp, "share_high_bp": share_bp}
    make_projection(session, row, starts_on=GO_LIVE, frozen_at=frozen_at, **shares)
    return row


def make_company(session: Session) -> dict[str, Initiative]:
    """One reason fell from 100 to 70 a day on 3 August, all others stayed; three more initiatives are on their way."""
    reason, other = make_reason(session), make_reason(session)
    make_rate(session)
    make_totals(session, reason.id, every_day(date(2025, 8, 4), 42, 100) | every_day(GO_LIVE, 42, 70))
    make_totals(session, other.id, every_day(date(2025, 8, 4), 42, 100) | every_day(GO_LIVE, 42, 100))
    return {
        "idea": make_initiative(session),
        "sizing": make_promised(session, other, "sizing", 500),
        "approved": make_promised(session, other, "approved", 1000),
        "live": make_promised(session, reason, "live", 4000, go_live_on=GO_LIVE),
    }


def test_lines_are_sorted_by_money_and_those_without_a_projection_come_last(session: Session) -> None:
    company = make_company(session)
    lines = queries.lines(session, TODAY)
    assert [line.known.id for line in lines] == [company[name].id for name in ("live", "approved", "sizing", "idea")]
    live = lines[0]
    assert live.projected is not None
    assert (live.projected.contacts, live.projected.money) == (14_600, dollars(87_600))
    assert live.realised is not None
    assert (live.realised.contacts, live.realised.money) == (30 * 365, dollars(30 * 365 * 6))
    assert lines[3].projected is None


def test_the_ladder_and_the_goal(session: Session) -> None:
    make_company(session)
    found = queries.savings(session, "USD", TODAY)
    # a day: 5, 10 and 40 contacts projected, 30 measured; a year at $6: x 2,190
    assert [rung.money for rung in found.ladder] == [dollars(each * 2_190) for each in (55, 50, 40, 30)]
    assert found.goal.is_default


def test_months_hold_projected_beside_realised_on_the_same_days(session: Session) -> None:
    make_company(session)
    august, september, october, *_ = queries.savings(session, "USD", TODAY).months
    # approved and live: 50 a day projected from 3 August on, 30 measured
    assert august.period == Period(date(2026, 8, 1), date(2026, 9, 1))
    assert (august.projected_contacts, august.realised_contacts) == (29 * 50, 29 * 30)
    assert (august.projected, august.realised) == (dollars(29 * 300), dollars(29 * 180))
    assert september.period == Period(date(2026, 9, 1), TODAY)
    assert (september.projected, september.realised) == (dollars(13 * 300), dollars(13 * 180))
    assert september.difference == dollars(-13 * 120)
    assert september.year_of(september.realised) == dollars(180 * 365)
    assert (october.projected, october.realised) == (dollars(31 * 300), None)


def test_nothing_promised_and_nothing_live_has_no_months(session: Session) -> None:
    make_initiative(session)
    assert queries.savings(session, "USD", TODAY).months == ()


def test_an_empty_installation_has_a_goal_and_four_empty_rungs(session: Session) -> None:
    found = queries.savings(session, "USD", TODAY)
    assert (found.lines, found.months) == ((), ())
    assert [rung.money.amount_minor for rung in found.ladder] == [0, 0, 0, 0]


def test_the_pace_is_what_was_measured_over_what_was_promised_since_go_live(session: Session) -> None:
    company = make_company(session)
    live = queries.line(session, company["live"].id, TODAY)
    assert live.promised is not None
    contacts, minor = live.promised
    assert contacts == 40 * 42
    assert minor == 40 * 42 * 600
    assert live.pace == Fraction(3, 4)
    assert queries.line(session, company["approved"].id, TODAY).pace is None


def test_without_a_rate_the_pace_is_one_of_contacts(session: Session) -> None:
    company = make_company(session)
    session.execute(delete(CostRate))
    assert queries.line(session, company["live"].id, TODAY).pace == Fraction(3, 4)
