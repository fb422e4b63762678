import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import clock
from app.db import Database
from app.people import links
from app.people.tables import User
from tests.builders import TESTER, make_user
from tests.web.pages import read

pytestmark = pytest.mark.usefixtures("cheap_passwords")

PASSWORD = "a sentence of hers"


@pytest.fixture
def dana(database_of_app: Database) -> User:
    return database_of_app.write(lambda session: make_user(session, name="Dana", email="dana@example.test"))


@pytest.fixture
def address(database_of_app: Database, dana: User) -> str:
    """A link for Dana, made just now."""
    made = database_of_app.write(lambda session: links.make(session, dana.id, by=TESTER, at=clock.now()))
    return f"/link/{made.token}"


def test_a_link_greets_its_holder_and_asks_for_a_password(client: FlaskClient, address: str) -> None:
    page = read(client.get(address).text)
    assert page.finding == "Welcome, Dana."
    assert page.one("input", name="password").get("autocomplete") == "new-password"
    assert "dana@example.test" in page.text


def test_the_password_signs_in_once_and_from_then_on_by_itself(app: Flask, client: FlaskClient, address: str) -> None:
    answer = client.post(address, data={"password": PASSWORD})
    assert (answer.status_code, answer.location) == (302, "/")
    assert client.get("/account").status_code == 200
    spent = app.test_client().post(address, data={"password": "another sentence"})
    assert (spent.status_code, read(spent.text).finding) == (410, "This link does not work.")
    assert "used already" in spent.text
    login = app.test_client().post("/login", data={"email": "dana@example.test", "password": PASSWORD})
    assert login.status_code == 302


def test_looking_does_not_spend_the_link(app: Flask, address: str) -> None:
    for _ in range(3):
        assert app.test_client().get(address).status_code == 200
        assert app.test_client().head(address).status_code == 200
    assert app.test_client().post(address, data={"password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(("password", "sentence"), [("short", "shorter than 12"), ("", "Choose a password.")])
def test_a_password_that_is_refused_leaves_the_link_as_it_was(
    client: FlaskClient, address: str, password: str, sentence: str
) -> None:
    answer = client.post(address, data={"password": password})
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert client.post(address, data={"password": PASSWORD}).status_code == 302


def test_a_made_up_link_says_whom_to_ask(client: FlaskClient, dana: User) -> None:
    answer = client.get("/link/made-up")
    assert (answer.status_code, read(answer.text).finding) == (410, "This link does not work.")
    assert "Ask an administrator for a new link." in answer.text
    assert dana.name not in answer.text


def test_a_link_ends_the_sessions_that_were_open_before(app: Flask, dana: User, address: str) -> None:
    older = app.test_client()
    with older.session_transaction() as session:
        session["_user_id"] = f"{dana.id}:1"
    assert older.get("/account").status_code == 200
    app.test_client().post(address, data={"password": PASSWORD})
    assert older.get("/account").status_code == 302
