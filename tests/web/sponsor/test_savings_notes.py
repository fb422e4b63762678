"""What stands beside the figures: a first look to come, more than was approved, an effect that wears off."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.db import Database
from app.initiatives.tables import Initiative
from app.ledger import actions, month_end
from tests.builders import AT, TESTER, make_reason
from tests.calculation_builders import JULY, make_measurement, make_plan
from tests.even_centre import GO_LIVE, make_even_centre
from tests.initiative_builders import every_day, make_initiative, make_projection, make_rate, make_totals
from tests.ledger.test_decay import closed
from tests.ledger_builders import STAMP, make_booking, make_claim, make_company
from tests.web.pages import read

SignIn = Callable[..., FlaskClient]
SEPTEMBER = date(2026, 9, 1)


@pytest.fixture(autouse=True)
def this_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: datetime(2026, 9, 14, 9, 30, tzinfo=UTC))


def words(client: FlaskClient, page: str = "/savings") -> str:
    answer = client.get(page)
    assert answer.status_code == 200
    return " ".join(read(answer.text).text.replace("\u00a0", " ").split())


def make_planned(session: Session, name: str, go_live_on: date) -> Initiative:
    reason = make_reason(session, name)
    make_totals(session, reason.id, every_day(JULY, 75, 10))
    row = make_initiative(session, name=name, reasons=(reason,), stage="live", go_live_on=go_live_on)
    make_projection(session, row, starts_on=go_live_on, frozen_at=AT)
    make_plan(session, row, frozenset({reason.id}), terms={})
    return row


def make_measured(session: Session) -> Initiative:
    """6,000 booked in two months, 35,323 a year, where 24 x 365 = 8,760 was approved."""
    reason = make_reason(session, "Label")
    company = make_company(session, reasons=(reason,), name="Label")
    make_projection(session, company.initiative, share_likely_bp=400, starts_on=JULY, frozen_at=AT)
    make_measurement(session, make_plan(session, company.initiative, frozenset({reason.id})))
    basis = {"state": "verified", "booked_before_minor": 0}
    one = company.initiative.id
    actions.book(session, [make_booking(one, JULY, amount=0)], **STAMP)
    make_claim(session, company, amount=6000, basis=basis)
    return company.initiative


def test_a_frozen_plan_without_a_month_end_is_told_from_no_plan(signed_in: SignIn, database_of_app: Database) -> None:
    def make(session: Session) -> None:
        make_rate(session)
        make_measured(session)
        make_planned(session, "Bills", JULY)
        reason = make_reason(session, "Prices")
        make_totals(session, reason.id, every_day(JULY, 75, 10))
        make_initiative(session, reasons=(reason,), stage="live", go_live_on=JULY)

    database_of_app.write(make)
    told = words(signed_in("finance"))
    assert "Not in them: INI-03, live without a frozen plan." in told
    assert "Still to come: INI-02, whose month-end of July 2026 is measured as soon as all its contacts" in told


def test_the_day_of_the_first_look_is_named_also_where_nothing_is_measured_yet(
    signed_in: SignIn, database_of_app: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.clock.now", lambda: datetime(2026, 7, 14, 9, 30, tzinfo=UTC))

    def make(session: Session) -> None:
        make_rate(session)
        make_planned(session, "Bills", JULY)

    database_of_app.write(make)
    told = words(signed_in("finance"))
    assert "Still to come: INI-01, whose first month-end is measured from 1 Aug 2026 on." in told
    assert "Write a measurement plan" not in told


def test_more_than_was_approved_is_explained_on_the_page_and_in_the_queue(
    signed_in: SignIn, database_of_app: Database
) -> None:
    database_of_app.write(make_measured)
    finance = signed_in("finance")
    assert "INI-01 is measured at $35,323 a year where $8,760 was approved." in words(finance)
    told = words(finance, "/savings/queue")
    # 24 a day x 31
    assert "This is more than the $744 projected for August 2026. A projection is no upper limit" in told
    assert "it holds all that was saved since 1 Jul 2026" in told


def test_a_fix_that_wears_off_is_named_on_three_pages_and_leads_to_its_calculation(
    signed_in: SignIn, database_of_app: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.clock.now", lambda: datetime(2026, 12, 7, 9, 30, tzinfo=UTC))
    after = every_day(GO_LIVE, 92, 70) | every_day(SEPTEMBER, 97, 98)
    one = database_of_app.write(lambda session: make_even_centre(session, after))
    database_of_app.write(lambda session: closed(session, one, datetime(2026, 9, 10, 9, tzinfo=UTC)))
    month_end.run(database_of_app, date(2026, 12, 2), by=TESTER, at=AT)
    team = signed_in("team")
    sentence = (
        "INI-01's fix is losing effect: 2 % of the expected contacts stayed away from September to November 2026, "
        "30 % stayed away before it was closed; November 2026 takes "
    )
    for page in ("/savings", "/initiatives/1", "/meetings/2026-W50"):
        assert sentence in words(team, page), page
        links = [one.get("href") for one in read(team.get(page).text).all("a")]
        assert "/savings/1/2026-11" in links, page
    assert team.get("/savings/1/2026-11").status_code == 200
