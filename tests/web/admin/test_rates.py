from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contacts import days
from app.costing import queries
from app.costing.rules import RateBook
from app.counting import everything
from app.db import Database
from app.people.tables import AuditEntry
from app.values.money import Money
from tests.builders import make_contact
from tests.web.pages import read

SignIn = Callable[..., FlaskClient]
RATE = {"channel": "phone", "amount": "6", "basis": "contact", "valid_from": "2026-01-01", "stated_by": "Finance"}


def book_of(database: Database) -> RateBook:
    with database.reading() as session:
        return queries.rates(session)


def test_a_rate_is_set_by_finance_and_shown_with_its_source(signed_in: SignIn, database_of_app: Database) -> None:
    answer = signed_in("finance").post("/settings/rates", data={**RATE, "amount": "$6.50"}, follow_redirects=True)
    assert "Phone costs $6.50 per contact from 1 Jan 2026 on." in answer.text
    assert book_of(database_of_app).cost("phone", date(2026, 5, 1), 2, 0) == Money(1300, "USD")
    assert "Finance" in answer.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"amount": "six"}, "“six” is no amount. Write it like 6.00."),
        ({"amount": ""}, "Write what it costs"),
        ({"amount": "-6"}, "A contact costs more than nothing."),
        ({"amount": "0"}, "A contact costs more than nothing."),
        ({"amount": "6.005"}, "more digits after the point"),
        ({"valid_from": "soon"}, "“soon” is no day."),
        ({"stated_by": ""}, "Say where the rate comes from"),
        ({"stated_by": "x" * 301}, "300"),
        ({"channel": "fax"}, "not in the list"),
    ],
)
def test_what_is_no_rate_is_told_and_what_was_typed_is_kept(
    signed_in: SignIn, database_of_app: Database, change: dict[str, str], words: str
) -> None:
    sent = {**RATE, **change}
    answer = signed_in("admin").post("/settings/rates", data=sent)
    page = read(answer.text)
    assert answer.status_code == 422
    assert words in page.text
    assert page.one("input", name="amount").get("value") == sent["amount"]
    assert page.one("input", name="stated_by").get("value") == sent["stated_by"]
    assert book_of(database_of_app).rates == ()


def test_a_rate_of_the_same_day_is_replaced_only_after_saying_so(signed_in: SignIn, database_of_app: Database) -> None:
    client = signed_in("finance")
    assert not read(client.get("/settings/rates").text).all("input", name="replace")
    client.post("/settings/rates", data=RATE)
    answer = client.post("/settings/rates", data={**RATE, "amount": "7"})
    page = read(answer.text)
    assert answer.status_code == 422
    assert "Phone has a rate from 1 Jan 2026 already." in page.text
    assert page.one("input", name="replace").get("type") == "checkbox"
    assert book_of(database_of_app).rates[0].amount == Money(600, "USD")
    client.post("/settings/rates", data={**RATE, "amount": "7", "replace": "y"})
    assert book_of(database_of_app).rates[0].amount == Money(700, "USD")


def test_a_form_sent_twice_sets_one_rate_and_leaves_one_entry(signed_in: SignIn, database_of_app: Database) -> None:
    client = signed_in("finance")
    for _ in range(2):
        assert client.post("/settings/rates", data=RATE).status_code == 302
    with database_of_app.reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_the_first_rate_of_a_channel_is_proposed_from_the_first_contact_on(
    signed_in: SignIn, database_of_app: Database
) -> None:
    def work(session: Session) -> None:
        make_contact(session, channel="email", occurred_at=datetime(2013, 1, 8, 9, tzinfo=UTC))
        days.touch(session, [date(2013, 1, 8)])

    database_of_app.write(work)
    everything.count_everything(database_of_app)
    page = read(signed_in("finance").get("/settings/rates?channel=email").text)
    assert page.finding == "E-mail brings contacts and has no rate today."
    assert page.one("input", name="valid_from").get("value") == "2013-01-08"
    chosen = [one for one in page.all("option") if "selected" in one.attributes]
    assert chosen[0].get("value") == "email"


def test_others_cannot_see_rates(signed_in: SignIn) -> None:
    assert signed_in("lead", "team", "sponsor", "agent").get("/settings/rates").status_code == 403
