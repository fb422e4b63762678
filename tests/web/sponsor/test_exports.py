"""Exports of what the month-end run measured: the spreadsheet program comes to the rows of the database."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.ledger import month_end
from app.ledger.tables import LedgerEntry
from app.measurement import plans
from app.measurement.plans import Boundary, PlanTerms
from app.measurement.tables import InitiativeCost, Measurement, MeasurementPlan
from tests.builders import AT, TESTER, make_reason
from tests.initiative_builders import every_day, make_initiative, make_projection, make_rate, make_totals
from tests.reporting.spreadsheet import facts, faults, worked_out

BEFORE, LIVE, DAYS = date(2025, 5, 1), date(2026, 6, 1), 92
Signed = Callable[..., FlaskClient]


def swinging(start: date, days: int, level: int) -> dict[date, int]:
    """A level with a swing by weekday."""
    return {day: level + 3 * day.weekday() for day in every_day(start, days, level)}


def make_story(session: Session) -> int:
    """Calls fell from some 90 to some 60 a day; e-mails rose a little; minutes cost more since July."""
    reason, sink, rest = (make_reason(session, name) for name in ("Where is my order?", "Other", "Invoices"))
    before = (LIVE - BEFORE).days
    make_totals(session, reason.id, {**swinging(BEFORE, before, 90), **swinging(LIVE, DAYS, 60)}, handle_seconds=400)
    make_totals(session, reason.id, {**swinging(BEFORE, before, 20), **swinging(LIVE, DAYS, 22)}, channel="email")
    make_totals(session, sink.id, {**swinging(BEFORE, before, 30), **swinging(LIVE, DAYS, 33)})
    make_totals(session, rest.id, swinging(BEFORE, before + DAYS, 200), handle_seconds=200)
    make_rate(session, "phone", 97, basis="minute", currency="USD")
    make_rate(session, "phone", 103, basis="minute", currency="USD", valid_from=date(2026, 7, 1))
    make_rate(session, "email", 389)
    initiative = make_initiative(
        session, reasons=(reason,), stage="live", go_live_on=LIVE, name='=Label "Łódź" שלום 中 😀'
    )
    make_projection(session, initiative, frozen_at=AT, frozen_by="Augusta", starts_on=LIVE, cost_to_do_minor=100_001)
    terms = {"go_live_on": LIVE}
    make_plan_of(session, initiative, reason.id, sink.id, terms)
    running = {"kind": "running", "start": LIVE, "end": LIVE + timedelta(days=365), "amount_minor": 99_999}
    session.add(
        InitiativeCost(
            initiative_id=initiative.id, currency="USD", hours=None, note="", form_key="1", made_at=AT,
            made_by=TESTER.name, **running,
        )
    )  # fmt: skip
    session.flush()
    return initiative.id


def make_plan_of(session: Session, initiative: Any, reason_id: int, sink_id: int, terms: dict[str, Any]) -> None:
    rates = (
        {"channel": "phone", "valid_from": "2000-01-01", "basis": "minute", "amount_minor": 97, "currency": "USD",
         "stated_by": "Finance"},
        {"channel": "email", "valid_from": "2000-01-01", "basis": "contact", "amount_minor": 389, "currency": "USD",
         "stated_by": "Finance"},
    )  # fmt: skip
    kept = plans.facts(PlanTerms(Boundary(frozenset({reason_id}), frozenset({sink_id})), rates=rates, **terms))
    values = {"minimum_detectable": 0.1, "made_at": AT, "made_by": "Ana", "frozen_at": AT, "frozen_by": "Bo"}
    session.add(
        MeasurementPlan(initiative_id=initiative.id, number=1, facts=kept, hash=plans.fingerprint(kept), **values)
    )
    session.flush()


@pytest.fixture
def measured(database_of_app: Database) -> int:
    """An initiative whose June, July and August were measured and booked."""
    initiative_id = database_of_app.write(make_story)
    done = month_end.run(database_of_app, date(2026, 9, 2), by=TESTER, at=AT)
    assert [one.sentence for one in done] == ["", "", ""]
    return initiative_id


def rows(database: Database, initiative_id: int) -> dict[str, Measurement]:
    with database.reading() as session:
        found = session.scalars(select(Measurement).where(Measurement.initiative_id == initiative_id))
        return {f"{row.month:%Y-%m}": row for row in found}


def test_every_total_of_the_workbook_is_that_of_the_database_to_the_cent(
    signed_in: Signed, database_of_app: Database, measured: int, tmp_path: Path
) -> None:
    client = signed_in("finance")
    for month, row in list(rows(database_of_app, measured).items())[-2:]:
        answer = client.get(f"/savings/{measured}/{month}.xlsx")
        assert answer.status_code == 200
        (tmp_path / month).mkdir()
        book = worked_out(answer.data, tmp_path / month)
        assert faults(book) == []
        lines, summary = facts(book, "Netting", "G"), facts(book, "Summary")
        written = [one for name, one in lines.items() if isinstance(one, float | int) and name]
        kept = row.figures["netting"]
        wanted = [*(line["minor"] for line in kept["lines"]), row.net_minor, row.low_minor, row.high_minor]
        assert [round(float(one) * 100) for one in written] == wanted
        assert sum(one != 0 for one in wanted) >= 7  # most steps really take part in this story
        assert summary["Avoided contacts, all sharers"] == pytest.approx(row.figures["avoided"], abs=1e-6)
        assert summary["Avoided by this initiative"] == row.avoided
        assert facts(book, "Booked")["Cumulative at this month-end"] == row.booked_minor / 100
        assert facts(book, "Booked")["Contacts, cumulative"] == row.figures["booked_contacts"]
        assert facts(book, "Booked")["Ledger less this calculation"] == 0


def test_the_sheet_to_sign_names_the_entry_its_hash_and_the_amount(
    signed_in: Signed, database_of_app: Database, measured: int
) -> None:
    answer = signed_in("finance").get(f"/savings/{measured}/2026-08.pdf?paper=letter")
    assert answer.mimetype == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.data)).pages
    text = pages[0].extract_text().replace("\u00a0", " ")
    with database_of_app.reading() as session:
        entry = session.scalars(
            select(LedgerEntry).where(LedgerEntry.kind == "realised", LedgerEntry.month == date(2026, 8, 1))
        ).one()
    assert len(pages) == 1
    assert entry.hash in text
    assert f"Entry {entry.number} of the ledger's chain" in text
    assert f"USD {entry.amount_minor / 100:,.2f}" in text


def test_the_register_holds_what_stands_in_the_ledger(
    signed_in: Signed, database_of_app: Database, measured: int, tmp_path: Path
) -> None:
    answer = signed_in("sponsor").get("/savings.xlsx")
    assert answer.status_code == 200
    book = worked_out(answer.data, tmp_path)
    assert faults(book) == []
    last = list(rows(database_of_app, measured).values())[-1]
    assert facts(book, "By initiative", "F")["Together"] == pytest.approx(last.booked_minor / 100, abs=1e-9)


def test_what_is_not_there_and_what_is_no_month_is_said(signed_in: Signed, measured: int) -> None:
    client = signed_in("team")
    for address in (f"/savings/{measured}/2020-01.xlsx", f"/savings/{measured}/x.pdf", "/savings/999/2026-08.xlsx"):
        assert client.get(address).status_code == 404
    assert client.get(f"/savings/{measured}/2026-08.xlsx?look=9").status_code == 404
    assert client.get(f"/savings/{measured}/2026-08.xlsx?look=1").status_code == 200
    assert signed_in("lead").get("/savings.xlsx").status_code == 403
