"""The months once there are measurements: booked on the page, in the CSV and by initiative, indications apart."""

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.db import Database
from app.ledger import actions, attachments, cash, claiming
from app.ledger.cash_rules import Act
from app.measurement.tables import Measurement
from tests.builders import AT, make_reason
from tests.calculation_builders import JULY, make_figures, make_measurement, make_plan
from tests.initiative_builders import every_day, make_initiative, make_projection, make_rate, make_totals
from tests.ledger_builders import AUGUST, STAMP, TODAY, actor, dollars, make_booking, make_company
from tests.web.pages import Element, Page, read

SignIn = Callable[..., FlaskClient]
SEPTEMBER = date(2026, 9, 1)
COLUMNS = {
    "Projected": "projected_minor",
    "Forecast": "forecast_minor",
    "Measured": "realised_minor",
    "Validated": "validated_minor",
    "Measured / yr": "realised_a_year_minor",
    "Validated / yr": "validated_a_year_minor",
    "Cash": "cash_realised_minor",
    "Cash validated": "cash_validated_minor",
    "Indicative": "indicative_minor",
}


@pytest.fixture(autouse=True)
def this_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: datetime(2026, 9, 14, 9, 30, tzinfo=UTC))


@pytest.fixture
def months(database_of_app: Database) -> None:
    """INI-01 is promised $120 a day, measured in July and August and signed in part; INI-02 is an indication."""

    def make(session: Session) -> None:
        make_rate(session)
        reason, other = make_reason(session, "Label"), make_reason(session, "Bills")
        for one, observed in ((reason, 80), (other, 80)):
            make_totals(session, one.id, every_day(date(2025, 7, 2), 75, 100) | every_day(JULY, 75, observed))
        still = make_reason(session, "Prices")
        make_totals(session, still.id, every_day(date(2025, 7, 2), 75, 100) | every_day(JULY, 75, 100))
        company = make_company(session, reasons=(reason,), name="Label")
        make_projection(session, company.initiative, starts_on=JULY, frozen_at=AT)
        plan = make_plan(session, company.initiative, frozenset({reason.id}))
        make_measurement(session, plan, month=JULY, state="measuring", booked_minor=0, figures=make_figures(31))
        look: Measurement = make_measurement(session, plan)
        number = company.initiative.id
        bookings = [
            make_booking(number, JULY, amount=0),
            make_booking(number, SEPTEMBER, kind="forecast", amount=2500),
            make_booking(number, amount=6000, contacts=1240, result_id=look.id),
        ]
        booked = actions.book(session, bookings, **STAMP)
        claim = claiming.claim(session, booked.added[-1], by=actor(company.owner), at=AT)
        stamp: dict[str, Any] = {"by": actor(company.finance), "at": AT, "today": TODAY}
        claiming.approve_lower(session, claim, dollars(5500), "Rounded", **stamp)
        make_initiative(session, name="Bills", reasons=(other,), stage="live", go_live_on=JULY)

    database_of_app.write(make)


def table(page: Page) -> dict[str, dict[str, str]]:
    """The cells of each row by their label."""
    found: dict[str, dict[str, str]] = {}
    name = ""
    for one in page.elements:
        if one.tag == "th" and one.get("scope") == "row":
            name = plain(one)
            found.setdefault(name, {})
        elif one.tag == "td" and one.get("data-label") and name:
            found[name][one.get("data-label")] = plain(one)
    return found


def plain(one: Element) -> str:
    return " ".join(one.text.replace("\u00a0", " ").split())


def written(minor: str) -> str:
    """An amount of the CSV as the page writes it, in whole dollars."""
    if not minor:
        return "-"
    whole = round(abs(int(minor)) / 100)
    return f"(${whole:,})" if int(minor) < 0 else f"${whole:,}"


@pytest.mark.usefixtures("months")
def test_the_csv_holds_what_the_page_shows(signed_in: SignIn) -> None:
    client = signed_in("finance")
    shown = table(read(client.get("/savings").text))
    rows = {row["month"]: row for row in csv.DictReader(client.get("/savings.csv").text.splitlines())}
    august = rows["2026-08"]
    figures = {name: august[name] for name in ("projected_minor", "realised_minor", "validated_minor")}
    assert figures == {"projected_minor": "372000", "realised_minor": "600000", "validated_minor": "550000"}
    assert rows["2026-09"]["forecast_minor"] == "250000"
    assert rows["2026-09"]["projected_minor"] == "360000", "the whole month, as the ledger has it"
    for name, row in rows.items():
        of_page = shown[datetime.strptime(name, "%Y-%m").replace(tzinfo=UTC).strftime("%b %Y")]
        assert of_page == {label: written(row[COLUMNS[label]]) for label in of_page}, name
    assert "Indicative" in shown["Aug 2026"]
    assert "Cash" not in shown["Aug 2026"], "no cash was released"


@pytest.mark.usefixtures("months")
def test_a_month_by_initiative_shows_what_is_booked_and_leads_to_it(signed_in: SignIn) -> None:
    client = signed_in("sponsor")
    page = read(client.get("/savings/months/2026-08").text)
    told = " ".join(page.text.replace("\u00a0", " ").split())
    assert "$6,000 measured of $3,720 projected, $5,500 validated." in told
    rows = table(page)
    assert rows["LabelINI-01"] == {
        "Projected": "$3,720",
        "Forecast": "-",
        "Measured": "$6,000",
        "Validated": "$5,500",
        "Indicative": "-",
    }
    # 20 fewer a day x 31 x $6, scaled by all other reasons: (80 + 100) / 200 = 0.9
    assert rows["BillsINI-02"]["Indicative"] == "$1,860"
    assert rows["BillsINI-02"]["Measured"] == "-"
    assert rows["All"] == {**rows["LabelINI-01"], "Indicative": "$1,860"}
    assert "Nothing is booked on it, and it is in no other column." in told
    traced = {one.get("href") for one in page.all("a") if one.get("class") == "trace"}
    assert "/savings/1/2026-08" in traced
    assert {client.get(address).status_code for address in traced} == {200}


@pytest.mark.usefixtures("months")
def test_a_month_that_is_only_expected_says_so(signed_in: SignIn) -> None:
    told = " ".join(read(signed_in("team").get("/savings/months/2026-09").text).text.replace("\u00a0", " ").split())
    assert "$2,500 forecast of $3,600 projected, nothing measured yet." in told


def test_cash_stands_in_columns_of_its_own(signed_in: SignIn, database_of_app: Database, tmp_path: Path) -> None:
    roster = attachments.store(tmp_path, "roster.pdf", b"%PDF-1.7 the roster as it is")
    act = Act("roster", AUGUST, dollars(3000), "month", "Two shifts fewer on Saturdays")

    def make(session: Session) -> None:
        make_rate(session)
        reason = make_reason(session, "Label")
        company = make_company(session, reasons=(reason,), name="Label")
        make_projection(session, company.initiative, starts_on=JULY, frozen_at=AT)
        make_measurement(session, make_plan(session, company.initiative, frozenset({reason.id})))
        actions.book(session, [make_booking(company.initiative.id, AUGUST, amount=6000)], **STAMP)
        stamp: dict[str, Any] = {"by": actor(company.owner), "at": AT, "today": TODAY}
        cash.record_cash_act(session, company.initiative.id, act, roster, form_key="a form", **stamp)

    database_of_app.write(make)
    client = signed_in("finance")
    shown = table(read(client.get("/savings").text))["Aug 2026"]
    rows = {row["month"]: row for row in csv.DictReader(client.get("/savings.csv").text.splitlines())}
    assert (shown["Measured"], shown["Cash validated"]) == ("$6,000", "-")
    assert shown["Cash"] == written(rows["2026-08"]["cash_realised_minor"]) == "$3,000"
    of_month = table(read(client.get("/savings/months/2026-08").text))
    assert of_month["All"]["Cash"] == shown["Cash"]
