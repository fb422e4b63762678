"""The way from claims to what is validated, by hand: 11,160 claimed, 10,000 net, 6,000 certain."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.ledger import actions, claiming, entry_queries, way
from app.ledger.way import Part, WayStep
from app.measurement import plan_queries
from app.values.periods import month_of
from tests.builders import AT, make_reason
from tests.calculation_builders import AUGUST, JULY, make_figures, make_measurement, make_plan
from tests.ledger_builders import STAMP, TODAY, Company, actor, dollars, make_booking, make_company


def measured(session: Session) -> Company:
    """A live initiative with its August, booked with the 6,000 that are certain."""
    reason = make_reason(session)
    company = make_company(session, reasons=(reason,))
    plan = make_plan(session, company.initiative, frozenset({reason.id}))
    make_measurement(session, plan, month=JULY, booked_minor=0, figures=make_figures(31))
    make_measurement(session, plan)
    actions.book(session, [make_booking(company.initiative.id, amount=6000, contacts=1240)], **STAMP)
    return company


def walked(session: Session) -> dict[str, int]:
    """Each step that is not nothing, in whole dollars."""
    found = way.way(session, plan_queries.latest(session), "USD")
    return {one.step: one.minor // 100 for one in found if one.minor}


START = {"headline": 11_160, "shift": -1_000, "one_off": -160, "net": 10_000, "uncertain": -4_000, "measured": 6_000}


def claimed(session: Session, company: Company) -> int:
    number = entry_queries.standing(session, {company.initiative.id}, "realised")[-1].number
    return claiming.claim(session, number, by=actor(company.owner), at=AT)


def test_what_nobody_claimed_is_not_claimed_yet(session: Session) -> None:
    measured(session)
    assert walked(session) == {**START, "unclaimed": -6_000}


def test_what_is_claimed_waits_in_the_queue(session: Session) -> None:
    claimed(session, measured(session))
    assert walked(session) == {**START, "queued": -6_000}


def test_what_finance_took_off_is_a_step_of_its_own(session: Session) -> None:
    company = measured(session)
    stamp: dict[str, Any] = {"by": actor(company.finance), "at": AT, "today": TODAY}
    claiming.approve_lower(session, claimed(session, company), dollars(5500), "Rounded", **stamp)
    assert walked(session) == {**START, "taken_off": -500, "validated": 5_500}


def test_what_is_rejected_is_taken_off_whole(session: Session) -> None:
    company = measured(session)
    claiming.reject(session, claimed(session, company), "No", by=actor(company.finance), at=AT, today=TODAY)
    assert walked(session) == {**START, "taken_off": -6_000}


def test_what_was_booked_otherwise_is_said_and_the_steps_still_add_up(session: Session) -> None:
    company = measured(session)
    actions.book(session, [make_booking(company.initiative.id, JULY, amount=100)], **STAMP)
    found = walked(session)
    assert found == {**START, "unclaimed": -6_100, "otherwise": 100}
    changes = sum(minor for step, minor in found.items() if step not in {"net", "measured", "validated"})
    assert changes == found.get("validated", 0)


def test_what_is_not_verified_is_apart_from_what_is_not_certain(session: Session) -> None:
    plan = make_plan(session, make_company(session).initiative, frozenset())
    make_measurement(session, plan, state="measuring", booked_minor=0)
    found = walked(session)
    assert (found.get("uncertain"), found["unverified"], found.get("measured")) == (None, -10_000, None)


def test_every_part_names_its_initiative_and_month(session: Session) -> None:
    company = measured(session)
    steps = {one.step: one for one in way.way(session, plan_queries.latest(session), "USD")}
    assert steps["shift"] == WayStep("shift", (Part(company.initiative.id, AUGUST, -100_000),))


def test_two_initiatives_are_added_step_by_step(session: Session) -> None:
    measured(session)
    measured(session)
    assert walked(session) == {**{step: 2 * amount for step, amount in START.items()}, "unclaimed": -12_000}


def test_without_rates_or_in_another_currency_there_is_no_way(session: Session) -> None:
    reason = make_reason(session)
    plan = make_plan(session, make_company(session).initiative, frozenset({reason.id}))
    make_measurement(session, plan, figures=make_figures(netting=None))
    assert way.way(session, plan_queries.latest(session), "USD") == ()
    assert way.way(session, plan_queries.latest(session), "EUR") == ()


def test_the_last_look_at_the_last_month_counts(session: Session) -> None:
    company = measured(session)
    plan = make_plan(session, company.initiative, frozenset(), number=2)
    make_measurement(session, plan, number=2, booked_minor=700_000)
    found = plan_queries.latest(session)[company.initiative.id]
    assert (found.month, found.number, found.booked_minor) == (AUGUST, 2, 700_000)
    assert plan_queries.latest(session, AUGUST)[company.initiative.id].month == JULY


def test_a_month_shows_what_was_booked_and_the_level_that_was_reached(session: Session) -> None:
    company = measured(session)
    one = company.initiative.id
    later = date(2026, 9, 1)
    more = [
        make_booking(one, JULY, amount=0),
        make_booking(one, later, amount=3000, kind="forecast"),
        make_booking(one, AUGUST, amount=9999, kind="projected"),
    ]
    actions.book(session, more, **STAMP)
    stands = entry_queries.standing(session)
    july, august, september = way.reached(stands, [month_of(day) for day in (JULY, AUGUST, later)], "USD")
    assert (july.realised, july.realised_year) == (dollars(0), dollars(0))
    assert august.realised == dollars(6000)
    # 6,000 over the 62 days of two months, times a year: 35,322.58
    assert august.realised_year is not None
    assert august.realised_year.amount_minor == 3_532_258
    assert august.forecast_year == august.realised_year  # where the line of the forecast begins
    assert august.validated is None
    assert (september.realised, september.realised_year) == (None, None)
    assert september.forecast == dollars(3000)
    assert september.forecast_year == dollars(36_500)  # 3,000 x 365 / 30
