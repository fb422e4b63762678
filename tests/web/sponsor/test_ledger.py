"""The ledger on a page, as CSV and as a command: one set of entries, one sum."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.db import Database
from app.ledger import actions, claiming
from tests.builders import AT
from tests.initiative_builders import make_initiative, make_projection
from tests.ledger_builders import JULY, STAMP, TODAY, Company, actor, make_booking, make_claim, make_company
from tests.web.pages import read

NOW = datetime(2026, 9, 14, 9, 30, tzinfo=UTC)
SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def this_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: NOW)


@pytest.fixture
def company(database_of_app: Database) -> Company:
    """August realised 1,000 and signed at 400; July booked anew, projected beside it; another initiative."""

    def make(session: Session) -> Company:
        company = make_company(session)
        make_projection(session, company.initiative, frozen_at=AT)
        claim_id = make_claim(session, company)
        lower = make_booking(amount=400).amount
        claiming.approve_lower(session, claim_id, lower, "Seasonal.", by=actor(company.finance), at=AT, today=TODAY)
        mine = company.initiative.id
        actions.book(session, [make_booking(mine, JULY, 70), make_booking(mine, JULY, 90, kind="projected")], **STAMP)
        actions.book(session, [make_booking(mine, JULY, -50)], **STAMP)
        actions.book(session, [make_booking(make_initiative(session, name="=Other").id, amount=5)], **STAMP)
        return company

    return database_of_app.write(make)


def rows(client: FlaskClient, **asked: Any) -> list[dict[str, str]]:
    answer = client.get("/ledger.csv", query_string=asked)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text)))


def text_of(client: FlaskClient, path: str, **asked: Any) -> str:
    answer = client.get(path, query_string=asked)
    assert answer.status_code == 200, answer.text
    return read(answer.text).text.replace("\u00a0", " ")


def test_an_empty_ledger_says_what_fills_it(signed_in: SignIn) -> None:
    assert "A month-end run books" in text_of(signed_in("finance"), "/ledger")


@pytest.mark.usefixtures("company")
def test_the_page_and_its_csv_hold_the_same_entries(signed_in: SignIn) -> None:
    finance = signed_in("finance")
    shown = read(finance.get("/ledger").text)
    numbers = [
        one.get("href").rpartition("/")[2] for one in shown.all("a", class_="trace") if "/ledger/" in one.get("href")
    ]
    assert numbers == [row["number"] for row in rows(finance)] == ["7", "6", "5", "4", "3", "2", "1"]
    amounts = {row["number"]: (row["amount_minor"], row["currency"], row["kind"]) for row in rows(finance)}
    assert amounts["5"] == ("-7000", "USD", "realised")
    assert amounts["2"] == ("40000", "USD", "validated")
    assert "Realisedcapacity" not in shown.text
    assert "($50.00)" in shown.text
    assert "$955.00" in shown.text, "1,000 - 50 + 5"


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ({"initiative": "1"}, "654321"),
        ({"first": "2026-08"}, "721"),
        ({"last": "2026-07"}, "6543"),
        ({"kind": "validated"}, "2"),
        ({"column": "cash"}, ""),
        ({"level": "measured"}, "61"),
        ({"level": "validated"}, "2"),
        ({"initiative": "1", "first": "2026-07", "last": "2026-07", "kind": "realised"}, "653"),
    ],
)
def test_filters_stand_in_the_address(signed_in: SignIn, asked: dict[str, str], numbers: str) -> None:
    finance = signed_in("finance")
    found = [row["number"] for row in rows(finance, **asked)]
    assert sorted(found) == sorted(numbers)
    shown = read(finance.get("/ledger", query_string=asked).text)
    assert len(shown.all("a", class_="trace")) == len(found)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"first": "2026-13"}, "is no month"),
        ({"first": "2026-08", "last": "2026-07"}, "lies before the first"),
        ({"kind": "hoped"}, "nothing that the ledger knows"),
        ({"initiative": "x"}, "is no initiative"),
    ],
)
def test_a_filter_that_cannot_be_is_a_sentence(signed_in: SignIn, asked: dict[str, str], words: str) -> None:
    answer = signed_in("finance").get("/ledger", query_string=asked)
    assert (answer.status_code, words in answer.text) == (422, True)


@pytest.mark.usefixtures("company")
def test_an_entry_shows_all_that_is_frozen_in_it_and_what_followed(signed_in: SignIn) -> None:
    words = text_of(signed_in("sponsor"), "/ledger/1")
    assert "$1,000.00 realised for August 2026" in words
    for fact in ("a" * 64, "b" * 64, "2.0", "verified", "signs it", "Seasonal."):
        assert fact in words
    assert signed_in("sponsor").get("/ledger/99").status_code == 404


def test_finance_takes_an_amount_back_and_others_cannot(signed_in: SignIn, company: Company) -> None:
    del company
    assert signed_in("sponsor").post("/ledger/1/reverse", data={"note": "x"}).status_code == 403
    finance = signed_in("finance")
    answer = finance.post("/ledger/1/reverse", data={"note": " "})
    assert (answer.status_code, "Say why it is taken back" in answer.text) == (422, True)
    finance.post("/ledger/1/reverse", data={"note": "Wrong rates."})
    assert "was taken back and counts no more" in text_of(finance, "/ledger/1")
    assert [row["number"] for row in rows(finance, level="validated")] == []


@pytest.mark.usefixtures("company")
def test_pages_follow_by_number(signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.sponsor.ledger.ROWS_A_PAGE", 3)
    finance = signed_in("finance")
    first = read(finance.get("/ledger").text)
    (older,) = [one.get("href") for one in first.all("a") if "before=" in one.get("href")]
    assert older.endswith("before=5")
    second = read(finance.get(older).text)
    assert [one.text for one in second.all("a", class_="trace")] == ["$90.00", "$70.00", "$400.00"]
    assert "Entries before number 5." in second.text


@pytest.mark.usefixtures("company")
def test_the_command_prints_the_same_entries(app: Flask, signed_in: SignIn) -> None:
    runner = app.test_cli_runner()
    shown = json.loads(runner.invoke(args=["ledger", "show", "--json"]).stdout)
    assert [one["number"] for one in shown["entries"]] == [7, 6, 5, 4, 3, 2, 1]
    assert shown["entries"][-1]["basis"]["state"] == "verified"
    sums = {one["kind"]: one["amount_minor"] for one in shown["sums"]}
    assert sums == {"projected": 9000, "realised": 95_500, "validated": 40_000}
    as_csv = runner.invoke(args=["ledger", "show", "--csv"]).stdout
    assert as_csv.replace("\r\n", "\n") == signed_in("finance").get("/ledger.csv").text.replace("\r\n", "\n")
    august = ["ledger", "show", "--initiative", "1", "--from", "2026-08-01", "--to", "2026-09-01", "--json"]
    assert [one["number"] for one in json.loads(runner.invoke(args=august).stdout)["entries"]] == [2, 1]
    assert runner.invoke(args=["ledger", "show"]).exit_code == 0
    assert runner.invoke(args=["ledger", "show", "--from", "2026-09-01", "--to", "2026-09-01"]).exit_code == 1
    assert date(2026, 8, 1).isoformat() in as_csv
