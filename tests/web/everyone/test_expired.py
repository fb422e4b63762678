"""A session that ended while a form was half filled: nothing that was typed is lost, and it can be sent again."""

import re
import time
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import Database
from app.people import actions, passwords
from app.people.tables import Department, User
from tests.builders import AT, TESTER, make_user
from tests.web.pages import Page, read

pytestmark = pytest.mark.usefixtures("cheap_passwords")

MARTA = {"email": "marta@example.test", "password": "a sentence of hers"}


@pytest.fixture
def marta(app: Flask, database_of_app: Database) -> User:
    """An administrator, in an application that asks for the token of every form."""
    app.config["WTF_CSRF_ENABLED"] = True
    kept = passwords.make_hash(MARTA["password"], MARTA["email"])
    return database_of_app.write(
        lambda session: make_user(session, email=MARTA["email"], password_hash=kept, roles=("admin",))
    )


def sign_in(client: FlaskClient) -> None:
    token = read(client.get("/login").text).token
    assert client.post("/login", data={**MARTA, "csrf_token": token}).status_code == 302


@pytest.fixture
def browser(client: FlaskClient, marta: User) -> FlaskClient:
    """Marta's browser: its tabs share one session."""
    assert marta.email == MARTA["email"]
    sign_in(client)
    return client


def fields_of(page: Page) -> dict[str, str]:
    """What the kept form would send."""
    sent = {one.get("name"): one.get("value") for one in page.all("input")}
    return sent | {one.get("name"): one.text.removeprefix("\n") for one in page.all("textarea")}


def departments(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Department.name)))


def sign_out(browser: FlaskClient, _database: Database) -> None:
    browser.post("/logout", data={"csrf_token": read(browser.get("/account").text).token})


def lose_the_cookie(browser: FlaskClient, _database: Database) -> None:
    browser.delete_cookie("tracker")


def change_the_password(_browser: FlaskClient, database: Database) -> None:
    kept = passwords.make_hash(MARTA["password"], MARTA["email"])
    database.write(lambda session: actions.set_password(session, 1, password_hash=kept, by=TESTER, at=AT))


@pytest.mark.parametrize("end_the_session", [sign_out, lose_the_cookie, change_the_password])
def test_what_was_typed_is_kept_and_goes_through_after_signing_in_in_another_tab(
    browser: FlaskClient, database_of_app: Database, end_the_session: Callable[[FlaskClient, Database], None]
) -> None:
    form = fields_of(read(browser.get("/settings/departments").text)) | {"name": "Returns & “repairs”"}
    end_the_session(browser, database_of_app)
    answer = browser.post("/settings/departments", data=form)
    page = read(answer.text)
    assert (answer.status_code, page.finding) == (401, "Sign in again, then send it once more.")
    assert departments(database_of_app) == []
    way_in = next(link for link in page.all("a") if link.text == "Sign in in a new tab")
    assert (way_in.get("href"), way_in.get("target"), way_in.get("rel")) == ("/login", "_blank", "noopener")
    kept = fields_of(page)
    assert kept["name"] == "Returns & “repairs”"

    sign_in(browser)
    again = browser.post(page.one("form", method="post").get("action"), data=kept)
    assert (again.status_code, again.location) == (302, "/settings/departments")
    assert departments(database_of_app) == ["Returns & “repairs”"]


def test_sent_again_too_early_it_is_kept_again(browser: FlaskClient, database_of_app: Database) -> None:
    form = fields_of(read(browser.get("/settings/departments").text)) | {"name": "Returns"}
    lose_the_cookie(browser, database_of_app)
    for _ in range(3):
        answer = browser.post("/settings/departments", data=form)
        assert answer.status_code == 401
        form = fields_of(read(answer.text))
    sign_in(browser)
    assert browser.post("/settings/departments", data=form).status_code == 302
    assert departments(database_of_app) == ["Returns"]


def test_a_form_from_before_another_sign_in_needs_one_more_press_and_no_sign_in(
    browser: FlaskClient, database_of_app: Database
) -> None:
    form = fields_of(read(browser.get("/settings/departments").text)) | {"name": "Returns"}
    sign_out(browser, database_of_app)
    sign_in(browser)
    answer = browser.post("/settings/departments", data=form)
    page = read(answer.text)
    assert (answer.status_code, page.finding) == (400, "Send it once more.")
    assert not any(link.text.startswith("Sign in") for link in page.all("a"))
    assert browser.post("/settings/departments", data=fields_of(page)).status_code == 302
    assert departments(database_of_app) == ["Returns"]


def test_a_kept_form_calls_its_fields_as_the_form_did(browser: FlaskClient, database_of_app: Database) -> None:
    lose_the_cookie(browser, database_of_app)
    terms = {"share_low_bp": "5", "share_likely_bp": "10", "share_high_bp": "15", "starts_on": "2026-10-01"}
    page = read(browser.post("/initiatives/1/projection/new", data={**terms, "unheard_of": "x"}).text)
    said = [label.text for label in page.all("label")]
    assert said == ["Low, %", "Likely, %", "High, %", "Starts on", "Unheard of"]


def test_a_form_with_a_file_says_that_the_file_has_to_be_chosen_again(
    browser: FlaskClient, database_of_app: Database
) -> None:
    lose_the_cookie(browser, database_of_app)
    data = {"source": "phone system", "file": (BytesIO(b"a,b\n"), "week 37.csv")}
    page = read(browser.post("/account/theme", data=data).text)
    assert page.one("input", name="file").get("type") == "file"
    assert "It was week 37.csv." in page.text
    assert page.one("form", method="post").get("enctype") == "multipart/form-data"
    assert page.one("input", name="source").get("value") == "phone system"


def test_a_sign_in_page_that_was_open_too_long_asks_to_press_once_more(
    client: FlaskClient, marta: User, database_of_app: Database
) -> None:
    form = {**MARTA, "csrf_token": read(client.get("/login").text).token}
    lose_the_cookie(client, database_of_app)
    answer = client.post("/login?next=/audit", data=form)
    page = read(answer.text)
    assert (answer.status_code, page.finding) == (400, "Send it once more.")
    assert MARTA["password"] not in answer.text
    kept = fields_of(page) | {"password": MARTA["password"]}
    again = client.post(page.one("form", method="post").get("action"), data=kept)
    assert (again.status_code, again.location) == (302, "/audit")


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({}, True),
        ({"Origin": "http://localhost"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://behind.a.proxy.example"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
    ],
)
def test_a_form_that_another_site_sent_is_neither_offered_again_nor_ends_the_session(
    browser: FlaskClient, headers: dict[str, str], *, is_ours: bool
) -> None:
    guest = browser.application.test_client()  # a browser leaves the cookie out when another site sends the form
    answer = guest.post("/settings/departments", data={"name": "Planted"}, headers=headers)
    assert (answer.status_code, "Planted" in answer.text) == (401, is_ours)
    assert ("Set-Cookie" in answer.headers) == is_ours


def test_a_session_older_than_a_shift_has_ended(browser: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    for hours, status in ((11.9, 200), (12.1, 302)):
        monkeypatch.setattr(time, "time", lambda hours=hours: now + hours * 3600)
        assert browser.get("/account").status_code == status


def test_a_part_of_a_page_that_is_asked_for_without_a_session_gets_words_and_no_sign_in_form(
    client: FlaskClient, marta: User
) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/reasons?tab=2"}
    answer = client.get("/account", headers=headers)
    page = read(answer.text)
    assert (answer.status_code, page.finding) == (401, "Sign in again.")
    way_in = next(link for link in page.all("a") if link.text == "Sign in")
    assert way_in.get("href") == "/login?next=/reasons?tab%3D2"


@pytest.mark.parametrize("referrer", ["https://evil.example/reasons", "http://localhost.evil.example/", "", "null"])
def test_the_way_back_never_leads_elsewhere(client: FlaskClient, marta: User, referrer: str) -> None:
    answer = client.post("/account/theme", headers={"Referer": referrer})
    assert re.findall(r'href="(/login[^"]*)"', answer.text) == ["/login"]
