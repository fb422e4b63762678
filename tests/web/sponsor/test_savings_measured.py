"""The savings page once finance has signed: the ladder, the way to validated, cash beside it, and what is needed."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.db import Database
from app.ledger import actions, claiming
from tests.builders import AT, make_reason
from tests.calculation_builders import JULY, make_figures, make_measurement, make_plan
from tests.initiative_builders import every_day, make_initiative, make_projection, make_rate, make_totals
from tests.ledger_builders import STAMP, TODAY, actor, dollars, make_booking, make_company
from tests.web.pages import read

SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def this_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: datetime(2026, 9, 14, 9, 30, tzinfo=UTC))


def make(session: Session) -> None:
    """6,000 of July and August are booked, of which 5,500 are signed; another initiative is live without a plan."""
    make_rate(session)
    reason, other = make_reason(session, "Where is my label?"), make_reason(session, "Bills")
    make_totals(session, other.id, every_day(JULY, 62, 10))
    company = make_company(session, reasons=(reason,), name="Label")
    make_projection(session, company.initiative, share_likely_bp=2000, starts_on=JULY, frozen_at=AT)
    plan = make_plan(session, company.initiative, frozenset({reason.id}))
    make_measurement(session, plan, month=JULY, state="measuring", booked_minor=0, figures=make_figures(31))
    make_measurement(session, plan)
    one = company.initiative.id
    months = [make_booking(one, JULY, amount=0), make_booking(one, amount=6000, contacts=1240)]
    booked = actions.book(session, months, **STAMP)
    claim = claiming.claim(session, booked.added[-1], by=actor(company.owner), at=AT)
    stamp: dict[str, Any] = {"by": actor(company.finance), "at": AT, "today": TODAY}
    claiming.approve_lower(session, claim, dollars(5500), "Rounded", **stamp)
    unplanned = make_initiative(session, name="Bills", reasons=(other,), stage="live", go_live_on=JULY)
    make_projection(session, unplanned, starts_on=JULY, frozen_at=AT)


@pytest.fixture
def signed(database_of_app: Database) -> None:
    database_of_app.write(make)


def words(client: FlaskClient, page: str = "/savings") -> str:
    answer = client.get(page)
    assert answer.status_code == 200
    return read(answer.text).text.replace("\u00a0", " ")


@pytest.mark.usefixtures("signed")
def test_the_page_opens_with_what_finance_signed(signed_in: SignIn) -> None:
    told = words(signed_in("sponsor"))
    # 5,500 over 62 days times a year: 32,379; measured 6,000: 35,323; of 600,000
    assert "$32,379" in told
    assert "validated a year of the $600,000 goal" in told
    assert "$35,323" in told
    assert "6 % of the goal" in told
    assert "5 % of the goal" in told
    assert "Realised" not in [one.text for one in read(signed_in("sponsor").get("/savings").text).all("dt")]


@pytest.mark.usefixtures("signed")
def test_the_way_shows_what_was_taken_off_and_each_bar_leads_on(signed_in: SignIn) -> None:
    client = signed_in("finance")
    page = read(client.get("/savings").text)
    bars = {one.get("aria-label"): one.get("href") for one in page.all("a") if one.get("aria-label")}
    assert bars["Headline claim $11,160"] == "#way-headline"
    assert bars["Not certain ($4,000)"] == "#way-uncertain"
    assert bars["Measured $6,000"] == "/ledger?level=measured"
    assert bars["Taken off by finance ($500)"] == "#way-taken_off"
    assert bars["Validated $5,500"] == "/ledger?level=validated"
    traced = {one.get("href") for one in page.all("a") if one.get("class") == "trace"}
    assert "/savings/1/2026-08#step-shift" in traced
    assert {f"/ledger?kind={kind}&column=capacity&last=2026-08" for kind in ("realised", "validated")} <= traced
    assert "/initiatives/1/projection?version=1" in traced
    assert "adds the loss back" not in page.text
    for address in traced:
        assert client.get(address).status_code == 200, address
    places = {one.get("id") for one in page.elements}
    assert {href[1:] for href in bars.values() if href.startswith("#")} <= places


def test_a_net_loss_that_is_not_booked_is_said_beside_the_step_that_adds_it_back(
    signed_in: SignIn, database_of_app: Database
) -> None:
    def make_loss(session: Session) -> None:
        reason = make_reason(session, "Bills")
        row = make_initiative(session, reasons=(reason,), stage="live", go_live_on=JULY)
        figures = make_figures()
        figures["netting"] |= {"net_minor": -90_000}
        plan = make_plan(session, row, frozenset({reason.id}))
        make_measurement(session, plan, state="measuring", net_minor=-90_000, booked_minor=0, figures=figures)

    database_of_app.write(make_loss)
    told = words(signed_in("finance"))
    assert "INI-01 comes to ($900) net, a loss." in told
    assert "so “Not verified, so not booked” adds the loss back." in told


@pytest.mark.usefixtures("signed")
def test_cash_stands_beside_it_and_the_fiscal_year_is_named(signed_in: SignIn) -> None:
    told = words(signed_in("finance"))
    assert "Fiscal year 2026" in told
    assert "$5,500signed by finance" in told.replace("$5,500 signed", "$5,500signed")
    assert "None yet. An initiative's page of cash takes a vacancy closed" in told


@pytest.mark.parametrize(
    ("first_month", "name", "measured"),
    [(1, "2026", "$6,500"), (8, "2026/27", "$6,000"), (9, "2026/27", "$0")],
)
def test_the_installations_fiscal_year_cuts_what_came_in_it_and_no_run_rate(
    signed_in: SignIn, app: Flask, database_of_app: Database, first_month: int, name: str, measured: str
) -> None:
    """500 came in July and 6,000 in August: 6,500 in 62 days are 38,266 a year, wherever the year begins."""

    def make_months(session: Session) -> None:
        reason = make_reason(session)
        company = make_company(session, reasons=(reason,))
        make_projection(session, company.initiative, starts_on=JULY, frozen_at=AT)
        make_measurement(session, make_plan(session, company.initiative, frozenset({reason.id})))
        one = company.initiative.id
        actions.book(session, [make_booking(one, JULY, amount=500), make_booking(one, amount=6000)], **STAMP)

    database_of_app.write(make_months)
    app.extensions["settings"] = replace(app.extensions["settings"], fiscal_year_start=first_month)
    client = signed_in("finance")
    page = read(client.get("/savings").text)
    told = " ".join(page.text.replace("\u00a0", " ").split())
    assert f"Fiscal year {name} So far" in told.replace(f"Fiscal year {name}So", f"Fiscal year {name} So")
    assert page.one("a", href="/ledger?kind=realised&column=capacity").text.replace("\u00a0", " ") == measured
    assert "$38,266" in told
    with zipfile.ZipFile(io.BytesIO(client.get("/savings.xlsx").data)) as book:
        written = "".join(book.read(part).decode() for part in book.namelist() if part.endswith(".xml"))
    assert f"FY {name}<" in written
    assert ("2026/27" in written) == (first_month > 1)


@pytest.mark.usefixtures("signed")
def test_who_is_live_without_a_frozen_plan_is_named(signed_in: SignIn) -> None:
    page = read(signed_in("team").get("/savings").text)
    assert "live without a frozen plan" in page.text
    assert page.all("a", href="/initiatives/2/plan")


@pytest.mark.usefixtures("signed")
def test_the_largest_initiatives_stand_with_their_risk(signed_in: SignIn) -> None:
    told = words(signed_in("sponsor"))
    # 35,323 of the 43,800 that were promised
    assert "Short by 19 %" in told
    assert "INI-01, Otis" in told


def test_finance_is_asked_to_decide_and_the_claimant_is_not(signed_in: SignIn, database_of_app: Database) -> None:
    def waiting(session: Session) -> None:
        reason = make_reason(session)
        company = make_company(session, reasons=(reason,), name="Label")
        make_measurement(session, make_plan(session, company.initiative, frozenset({reason.id})))
        booked = actions.book(session, [make_booking(company.initiative.id, amount=6000)], **STAMP)
        claiming.claim(session, booked.added[-1], by=actor(company.owner), at=AT)

    database_of_app.write(waiting)
    assert "Decide $6,000 of INI-01" in words(signed_in("finance"))
    assert "Decide $6,000" not in words(signed_in("team"))


def test_nothing_verified_is_said_in_the_ladder(signed_in: SignIn, database_of_app: Database) -> None:
    def measuring(session: Session) -> None:
        reason = make_reason(session)
        company = make_company(session, reasons=(reason,))
        make_projection(session, company.initiative, frozen_at=AT)
        plan = make_plan(session, company.initiative, frozenset({reason.id}))
        make_measurement(session, plan, state="not distinguishable from noise", booked_minor=0)

    database_of_app.write(measuring)
    told = words(signed_in("sponsor"))
    assert "no month is verified" in told
    assert "finance has signed nothing" in told
    assert "Effect not proven" in told
