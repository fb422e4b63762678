import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.contacts.tables import Contact
from app.counting import queries as totals
from app.db import Database
from app.people.rules import Actor
from app.tagging import actions
from tests.builders import AT, make_reason
from tests.web.pages import Page, read

SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def _same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: AT)


@pytest.fixture
def agent(signed_in: SignIn) -> FlaskClient:
    return signed_in("agent", name="Mia Roth")


def form(client: FlaskClient, **fields: Any) -> dict[str, Any]:
    """The fields of an open page, filled."""
    page = read(client.get("/contacts/new").text)
    return {"key": page.one("input", name="key").get("value"), "channel": "phone", "note": "", "customer": "", **fields}


def log(client: FlaskClient, fields: dict[str, Any]) -> Page:
    return read(client.post("/contacts/new", data=fields, follow_redirects=True).text)


def contacts(database: Database) -> list[Contact]:
    with database.reading() as session:
        return list(session.scalars(select(Contact)))


def test_a_call_is_saved_with_the_present_time_and_the_page_is_ready_for_the_next(
    agent: FlaskClient, database_of_app: Database
) -> None:
    refund = database_of_app.write(lambda session: make_reason(session, "Refund").id)
    fields = form(agent, reason=refund, note="Wants it by Friday", customer="+49 30 901820")
    page = log(agent, fields)
    assert "Logged Refund, phone of Mon 14 Sep 2026, 09:30" in page.text
    assert "Undo" in page.text
    assert page.one("input", name="key").get("value") != fields["key"]
    (contact,) = contacts(database_of_app)
    assert (contact.reason_id, contact.channel, contact.note) == (refund, "phone", "Wants it by Friday")
    assert contact.occurred_at == AT
    assert contact.customer_key is not None
    with database_of_app.reading() as session:
        assert totals.first_and_last_day(session) == (AT.date(), AT.date())


def test_a_form_that_is_sent_twice_makes_one_contact(agent: FlaskClient, database_of_app: Database) -> None:
    fields = form(agent, note="Late parcel")
    for _ in range(2):
        assert "Logged" in log(agent, fields).text
    assert len(contacts(database_of_app)) == 1


def test_a_call_without_a_reason_waits_in_the_inbox(
    agent: FlaskClient, signed_in: SignIn, database_of_app: Database
) -> None:
    page = log(agent, form(agent, note="Something unheard of", channel="chat"))
    assert "Logged Something unheard of, chat of Mon 14 Sep 2026, 09:30; it waits in the inbox" in page.text
    assert "Something unheard of" in signed_in("lead").get("/inbox").text


def test_undo_removes_the_call_and_pressed_twice_removes_nothing_else(
    agent: FlaskClient, database_of_app: Database
) -> None:
    page = log(agent, form(agent, note="A mistake"))
    action = next(one.get("action") for one in page.all("form") if one.get("action").endswith("/take-back"))
    for _ in range(2):
        assert "The call was taken back." in read(agent.post(action, follow_redirects=True).text).text
    assert contacts(database_of_app) == []
    with database_of_app.reading() as session:
        assert totals.first_and_last_day(session) is None


def test_nobody_takes_back_what_somebody_else_logged(
    agent: FlaskClient, signed_in: SignIn, database_of_app: Database
) -> None:
    log(agent, form(agent, note="Late parcel"))
    (contact,) = contacts(database_of_app)
    other = signed_in("agent").post(f"/contacts/{contact.id}/take-back", follow_redirects=True)
    assert "Only who logged a contact can take it back" in read(other.text).text
    assert len(contacts(database_of_app)) == 1


def test_after_ten_minutes_a_call_is_kept(
    agent: FlaskClient, database_of_app: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    log(agent, form(agent, note="Late parcel"))
    (contact,) = contacts(database_of_app)
    monkeypatch.setattr("app.clock.now", lambda: AT + timedelta(minutes=10, seconds=1))
    answer = agent.post(f"/contacts/{contact.id}/take-back", follow_redirects=True)
    assert "only for ten minutes" in read(answer.text).text
    assert len(contacts(database_of_app)) == 1


def test_a_call_that_was_tagged_since_is_kept(agent: FlaskClient, database_of_app: Database) -> None:
    log(agent, form(agent, note="Late parcel"))
    (contact,) = contacts(database_of_app)
    refund = database_of_app.write(lambda session: make_reason(session, "Refund").id)
    database_of_app.write(lambda session: actions.tag(session, contact.id, refund, by=Actor(None, "Ana"), at=AT))
    answer = agent.post(f"/contacts/{contact.id}/take-back", follow_redirects=True)
    assert "This contact was changed since you logged it" in read(answer.text).text
    assert len(contacts(database_of_app)) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"key": "made up"}, "The form came without its key."),
        ({"note": "x" * 2001}, "Keep the note under 2000 letters."),
        ({"channel": "fax"}, "What was chosen is not in the list"),
    ],
)
def test_what_cannot_be_saved_is_said_and_nothing_typed_is_lost(
    agent: FlaskClient, database_of_app: Database, fields: dict[str, str], sentence: str
) -> None:
    answer = agent.post("/contacts/new", data=form(agent, customer="ana@example.test", **fields))
    assert answer.status_code == 422
    assert sentence in read(answer.text).text
    assert 'value="ana@example.test"' in answer.text
    assert contacts(database_of_app) == []


def test_a_retired_reason_is_refused_and_the_note_is_kept(agent: FlaskClient, database_of_app: Database) -> None:
    retired = database_of_app.write(lambda session: make_reason(session, "Fax lost", is_retired=True).id)
    answer = agent.post("/contacts/new", data=form(agent, reason=retired, note="Late parcel"))
    assert answer.status_code == 422
    assert "“Fax lost” is retired" in read(answer.text).text
    assert re.search(r'name="note"[^>]*value="Late parcel"', answer.text)


def test_a_card_number_in_the_note_is_masked_before_it_is_stored(agent: FlaskClient, database_of_app: Database) -> None:
    log(agent, form(agent, note="card 4111 1111 1111 1111 please"))
    (contact,) = contacts(database_of_app)
    assert contact.note is not None
    assert "4111" not in contact.note


@pytest.mark.parametrize("logged", ["", "x", "b9a7c7c8-f7ef-4125-8c13-d24117f92a0c"])
def test_an_address_that_names_no_call_shows_an_empty_form(agent: FlaskClient, logged: str) -> None:
    page = read(agent.get(f"/contacts/new?logged={logged}").text)
    assert page.finding == "Why did they make contact?"
    assert "Undo" not in page.text


@pytest.mark.parametrize("role", ["team", "sponsor", "finance", "admin"])
def test_calls_are_logged_by_agents_and_leads(signed_in: SignIn, role: str) -> None:
    assert signed_in(role).get("/contacts/new").status_code == 403
