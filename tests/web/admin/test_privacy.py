"""Deciding what is kept, and erasing a customer on the page."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contacts.customers import keys_of
from app.contacts.privacy import queries
from app.contacts.privacy.rules import Decided
from app.contacts.tables import Contact
from app.db import Database
from app.jobs import Jobs
from app.people.tables import AuditEntry
from tests.builders import make_contact
from tests.web.pages import read

NOW = datetime(2026, 9, 14, 9, 30, tzinfo=UTC)
ADA = "ada@mail.example"
PAGE, ERASE = "/settings/privacy", "/settings/privacy/erase"


@pytest.fixture(autouse=True)
def this_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: NOW)


@pytest.fixture
def admin(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in("admin", name="Nell")


def fill(app: Flask, database: Database) -> None:
    key = keys_of(app.extensions["settings"]).key(ADA)

    def work(session: Session) -> None:
        make_contact(session, occurred_at=NOW - timedelta(days=400), customer_key=key, note="old")
        make_contact(session, occurred_at=NOW - timedelta(days=1), customer_key=key, note="new")
        make_contact(session, occurred_at=NOW - timedelta(days=1), note="nobody's")

    database.write(work)


def number_of(database: Database, *conditions: object) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Contact).where(*conditions)) or 0  # type: ignore[arg-type]


def decided(database: Database) -> Decided:
    with database.reading() as session:
        return queries.decided(session)


def actions_told(database: Database, action: str) -> list[AuditEntry]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_masks_are_switched_on_and_off_again(admin: FlaskClient, database_of_app: Database) -> None:
    page = read(admin.get(PAGE).text)
    assert page.finding == "Contacts are kept for ever, with card numbers masked."
    sent = {"masks_phones": "y", "masks_emails": "y", "phone_region": "ca"}
    for _ in range(2):
        assert admin.post(PAGE, data=sent).status_code == 302
    assert decided(database_of_app) == Decided(masks_phones=True, masks_emails=True, phone_region="CA")
    assert len(actions_told(database_of_app, "privacy.set")) == 1
    page = read(admin.get(PAGE).text)
    assert page.finding == "Contacts are kept for ever, with card numbers, phone numbers and e-mail addresses masked."
    assert page.one("input", name="masks_phones").get("checked") is not None
    assert admin.post(PAGE, data={}).status_code == 302
    assert decided(database_of_app) == Decided()


def test_the_page_says_what_goes_before_anything_does(
    admin: FlaskClient, app: Flask, database_of_app: Database
) -> None:
    fill(app, database_of_app)
    asked = admin.post(PAGE, data={"kept_months": "12"})
    assert asked.status_code == 200
    assert "1 contact from before 14 Sep 2025 will be dropped" in read(asked.text).text.replace("\u00a0", " ")
    assert decided(database_of_app) == Decided()
    # Other months than those that the page spoke of are spoken of first.
    assert admin.post(PAGE, data={"kept_months": "1", "confirmed": "12"}).status_code == 200
    for _ in range(2):
        assert admin.post(PAGE, data={"kept_months": "12", "confirmed": "12"}).status_code == 302
    assert decided(database_of_app).kept_months == 12
    assert number_of(database_of_app) == 3
    Jobs(app.extensions["settings"], database_of_app, for_worker=True).forget()
    assert number_of(database_of_app) == 2
    assert "1 contact from before 14 Sep 2025 was dropped" in read(admin.get(PAGE).text).text.replace("\u00a0", " ")
    (entry,) = actions_told(database_of_app, "contacts.dropped")
    assert entry.by_name == "retention"
    # More months drop nothing, so nothing is asked.
    assert admin.post(PAGE, data={"kept_months": "24"}).status_code == 302


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"kept_months": "0"}, "1 to 600 months"),
        ({"kept_months": "-3"}, "1 to 600 months"),
        ({"kept_months": "601"}, "1 to 600 months"),
        ({"kept_months": "a year"}, "“a year” is no whole number"),
        ({"phone_region": "Canada"}, "is no country"),
    ],
)
def test_what_cannot_be_kept_is_said_and_stays_as_it_was_typed(
    admin: FlaskClient, database_of_app: Database, sent: dict[str, str], sentence: str
) -> None:
    answer = admin.post(PAGE, data=sent)
    assert answer.status_code == 422
    page = read(answer.text)
    assert sentence in page.text
    ((name, typed),) = sent.items()
    assert page.one("input", name=name).get("value") == typed
    assert decided(database_of_app) == Decided()


def test_a_customer_is_erased_once_the_page_has_said_what_it_concerns(
    admin: FlaskClient, app: Flask, database_of_app: Database
) -> None:
    fill(app, database_of_app)
    asked = admin.post(ERASE, data={"customer": f" {ADA} "})
    assert asked.status_code == 200
    assert "2 contacts will lose this customer" in read(asked.text).text.replace("\u00a0", " ")
    assert number_of(database_of_app, Contact.customer_key.is_not(None)) == 2
    for _ in range(2):
        assert admin.post(ERASE, data={"customer": ADA, "confirmed": ADA}).status_code == 302
    assert number_of(database_of_app, Contact.customer_key.is_not(None)) == 0
    assert number_of(database_of_app) == 3
    (entry,) = actions_told(database_of_app, "customer.erased")
    assert ADA not in f"{entry.subject}{entry.before}{entry.after}"
    page = admin.get(PAGE).text
    assert ADA not in page
    assert "Nell" in page


def test_another_customer_than_the_page_spoke_of_is_spoken_of_first(
    admin: FlaskClient, app: Flask, database_of_app: Database
) -> None:
    fill(app, database_of_app)
    assert admin.post(ERASE, data={"customer": ADA, "confirmed": "bob@mail.example"}).status_code == 200
    assert number_of(database_of_app, Contact.customer_key.is_not(None)) == 2


@pytest.mark.parametrize(("customer", "sentence"), [("", "Write the phone number"), ("unknown", "names no customer")])
def test_nobody_cannot_be_erased(admin: FlaskClient, customer: str, sentence: str) -> None:
    answer = admin.post(ERASE, data={"customer": customer})
    assert answer.status_code == 422
    assert sentence in read(answer.text).text
