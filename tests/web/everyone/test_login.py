from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import Database
from app.people import actions, passwords
from app.people.rules import Profile
from app.people.tables import User
from tests.builders import AT, TESTER, make_user
from tests.web.pages import read

pytestmark = pytest.mark.usefixtures("cheap_passwords")

DANA = {"email": "dana@example.test", "password": "a sentence of hers"}


@pytest.fixture
def dana(database_of_app: Database) -> User:
    """A sponsor with a password."""
    kept = passwords.make_hash(DANA["password"], DANA["email"])
    return database_of_app.write(
        lambda session: make_user(
            session, name="Dana", email=DANA["email"], password_hash=kept, roles=("sponsor", "admin")
        )
    )


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_the_right_password_leads_home(client: FlaskClient, dana: User) -> None:
    answer = client.post("/login", data=DANA)
    assert (answer.status_code, answer.location) == (302, "/")
    assert is_signed_in(client)
    assert read(client.get("/account").text).finding == f"You are {dana.name}, sponsor."


def test_a_wrong_password_is_said_and_the_email_stays(client: FlaskClient, dana: User) -> None:
    answer = client.post("/login", data={**DANA, "password": "wrong"})
    page = read(answer.text)
    assert (answer.status_code, page.one("p", role="alert").text.strip()[:32]) == (
        422,
        "E-mail and password do not match",
    )
    assert page.one("input", name="email").get("value") == dana.email
    assert page.one("input", name="password").get("value") == ""
    assert not is_signed_in(client)


def test_an_empty_form_is_told_field_by_field(client: FlaskClient, dana: User) -> None:
    page = read(client.post("/login", data={"email": ""}).text)
    assert "Write your e-mail address." in page.text
    assert "Write your password." in page.text
    field = page.one("input", name="email")
    assert (field.get("aria-invalid"), field.get("aria-describedby")) == ("true", "email-error")
    assert page.one("p", id="email-error").text == "Write your e-mail address."


def test_the_form_helps_password_managers_and_the_keyboard(client: FlaskClient, dana: User) -> None:
    page = read(client.get("/login").text)
    email, password = page.one("input", name="email"), page.one("input", name="password")
    assert (email.get("autocomplete"), email.get("type")) == ("username", "email")
    assert (password.get("autocomplete"), password.get("type")) == ("current-password", "password")
    assert "autofocus" in email.attributes
    assert {label.get("for") for label in page.all("label")} == {"email", "password"}


def test_after_ten_failures_the_wait_is_told(client: FlaskClient, dana: User) -> None:
    for _ in range(10):
        assert client.post("/login", data={**DANA, "password": "wrong"}).status_code == 422
    answer = client.post("/login", data=DANA)
    assert answer.status_code == 429
    assert "Try again in 15\u00a0minutes" in read(answer.text).one("p", role="alert").text
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("asked_for", "led_to"),
    [
        ("/account?tab=1", "/account?tab=1"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_only_pages_of_this_site_are_gone_on_to(
    client: FlaskClient, dana: User, asked_for: str, led_to: str
) -> None:
    answer = client.post("/login", query_string={"next": asked_for}, data=DANA)
    assert (answer.status_code, answer.location) == (302, led_to)
    again = client.get("/login", query_string={"next": asked_for})
    assert (again.status_code, again.location) == (302, led_to)


def test_a_page_that_was_asked_for_is_reached_after_signing_in(client: FlaskClient, dana: User) -> None:
    asked = client.get("/audit?who=1&subject=reason")
    assert asked.location == "/login?next=/audit?who%3D1%26subject%3Dreason"
    answer = client.post(asked.location, data=DANA, follow_redirects=True)
    assert (answer.status_code, answer.request.full_path) == (200, "/audit?who=1&subject=reason")


def test_signing_out_ends_the_session(client: FlaskClient, dana: User) -> None:
    client.post("/login", data=DANA)
    assert client.post("/logout").location == "/login"
    assert not is_signed_in(client)


def test_a_disabled_person_is_out_at_once_and_stays_out(
    client: FlaskClient, dana: User, database_of_app: Database
) -> None:
    client.post("/login", data=DANA)
    database_of_app.write(lambda session: make_user(session, roles=("admin",)))
    database_of_app.write(lambda session: actions.disable_person(session, dana.id, by=TESTER, at=AT))
    assert not is_signed_in(client)
    assert "account is disabled" in client.post("/login", data=DANA).text
    database_of_app.write(lambda session: actions.enable_person(session, dana.id, by=TESTER, at=AT))
    assert not is_signed_in(client)
    client.post("/login", data=DANA)
    assert is_signed_in(client)


def test_a_role_taken_away_is_gone_with_the_next_page(
    client: FlaskClient, dana: User, database_of_app: Database
) -> None:
    client.post("/login", data=DANA)
    assert client.get("/audit").status_code == 200
    database_of_app.write(lambda session: make_user(session, roles=("admin",)))
    profile = Profile("Dana", frozenset({"sponsor"}))
    database_of_app.write(lambda session: actions.change_person(session, dana.id, profile, seen=None, by=TESTER, at=AT))
    assert client.get("/audit").status_code == 403


@pytest.mark.parametrize("cookie", ["", "7", "x:1", "1:x", "1:2:3", "-1:1", "1:999", "²:1"])
def test_a_session_that_names_nobody_is_nobodys(app: Flask, dana: User, cookie: str) -> None:
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = cookie
    assert not is_signed_in(client)


def test_a_cookie_that_was_tampered_with_is_nobodys(client: FlaskClient, dana: User) -> None:
    client.post("/login", data=DANA)
    cookie = client.get_cookie("tracker")
    assert cookie is not None
    client.set_cookie("tracker", cookie.value[:-3] + "abc")
    assert not is_signed_in(client)


def test_signing_in_takes_nothing_over_from_the_session_before(
    signed_in: Callable[..., FlaskClient], dana: User
) -> None:
    client = signed_in("lead", "team")
    client.post("/account/role", data={"role": "team"})
    client.post("/login", data=DANA)
    with client.session_transaction() as session:
        assert "role" not in session
        assert session["_user_id"] == f"{dana.id}:1"


def test_an_email_longer_than_any_is_no_match(client: FlaskClient, dana: User) -> None:
    assert client.post("/login", data={"email": "x" * 5000, "password": "y"}).status_code == 422
