from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import Database
from app.people import passwords
from app.people.rules import ROLES
from app.people.tables import User
from app.web import frame
from app.web.everyone.home import DAILY_WORK
from tests.builders import make_user
from tests.web.pages import read

pytestmark = pytest.mark.usefixtures("cheap_passwords")

OLD, NEW = "a sentence of hers", "another sentence of hers"


@pytest.fixture
def dana(database_of_app: Database) -> User:
    kept = passwords.make_hash(OLD, "dana@example.test")
    return database_of_app.write(
        lambda session: make_user(session, name="Dana", email="dana@example.test", password_hash=kept)
    )


def sign_in(app: Flask, password: str) -> FlaskClient:
    client = app.test_client()
    assert client.post("/login", data={"email": "dana@example.test", "password": password}).status_code == 302
    return client


def change(client: FlaskClient, present: str, new: str) -> tuple[int, str]:
    answer = client.post("/account/password", data={"present_password": present, "new_password": new})
    return answer.status_code, answer.text


def test_a_new_password_ends_every_other_session_and_keeps_this_one(app: Flask, dana: User) -> None:
    here, elsewhere = sign_in(app, OLD), sign_in(app, OLD)
    assert change(here, OLD, NEW)[0] == 302
    assert "Your password is changed." in here.get("/account").text
    assert elsewhere.get("/account").status_code == 302
    assert sign_in(app, NEW).get("/account").status_code == 200
    wrong = app.test_client().post("/login", data={"email": dana.email, "password": OLD})
    assert wrong.status_code == 422


@pytest.mark.usefixtures("dana")
@pytest.mark.parametrize(
    ("present", "new", "sentence"),
    [
        ("wrong", NEW, "The present password is another one."),
        (OLD, "short", "shorter than 12"),
        (OLD, "dana@example.test", "your e-mail address"),
        ("", NEW, "Write your present password."),
    ],
)
def test_a_change_that_is_refused_changes_nothing(app: Flask, present: str, new: str, sentence: str) -> None:
    client = sign_in(app, OLD)
    status, text = change(client, present, new)
    assert (status, sentence in text) == (422, True)
    assert client.get("/account").status_code == 200
    sign_in(app, OLD)


@pytest.mark.usefixtures("dana")
def test_guessing_the_present_password_is_slowed_too(app: Flask) -> None:
    client = sign_in(app, OLD)
    for _ in range(10):
        assert change(client, "wrong", NEW)[0] == 422
    status, text = change(client, OLD, NEW)
    assert (status, "Too many sign-ins failed" in text) == (422, True)


def bar_of(client: FlaskClient) -> list[str]:
    """The words of the bar that the account page shows."""
    page = read(client.get("/account").text)
    words = {label for items in frame.BARS.values() for label, _ in items}
    return [link.text for link in page.all("a") if link.text in words]


def test_a_person_with_several_roles_switches_between_bars(signed_in: Callable[..., FlaskClient]) -> None:
    client = signed_in("admin", "finance")
    assert read(client.get("/account").text).finding.endswith("finance.")
    answer = client.post("/account/role", data={"role": "admin"})
    assert (answer.status_code, answer.location) == (302, "/")
    page = read(client.get("/account").text)
    assert page.finding.endswith("administrator.")
    assert bar_of(client) == ["Settings", "Audit"]
    assert [link.get("href") for link in page.all("a") if link.text == "Audit"] == ["/audit"]


def test_a_bar_of_a_role_that_is_not_held_is_refused(signed_in: Callable[..., FlaskClient]) -> None:
    for role in ("admin", "chief", ""):
        answer = signed_in("lead").post("/account/role", data={"role": role})
        assert (answer.status_code, "You do not hold that role." in answer.text) == (422, True)


def test_the_bar_of_a_role_that_was_taken_away_is_shown_no_more(signed_in: Callable[..., FlaskClient]) -> None:
    client = signed_in("sponsor")
    with client.session_transaction() as session:
        session["role"] = "admin"
    assert read(client.get("/account").text).finding.endswith("sponsor.")


def test_where_one_is_stands_out_in_the_bar(signed_in: Callable[..., FlaskClient]) -> None:
    client = signed_in("admin")
    for address, word in (("/audit", "Audit"), ("/settings", "Settings"), ("/settings/people/new", "Settings")):
        here = read(client.get(address).text).all("a", aria_current="page") or [
            link for link in read(client.get(address).text).all("a") if link.get("aria-current") == "page"
        ]
        assert [link.text for link in here] == [word]


def test_every_bar_has_seven_words_at_most_and_leads_only_where_its_role_may_go(app: Flask) -> None:
    for role, items in frame.BARS.items():
        assert 1 <= len(items) <= 7
        for _, endpoint in items:
            assert role in getattr(app.view_functions[endpoint], "allowed_roles", ()), f"{role} is led to {endpoint}"
    assert set(frame.BARS) == set(DAILY_WORK) == set(frame.HOMES) == set(ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_home_is_the_page_of_the_roles_daily_work(app: Flask, signed_in: Callable[..., FlaskClient], role: str) -> None:
    answer = signed_in(role).get("/")
    assert answer.status_code == 302
    assert app.url_map.bind("localhost").match(answer.location)[0] == DAILY_WORK[role]


@pytest.mark.parametrize(("chosen", "shown"), [("dark", "dark"), ("light", "light"), ("", ""), ("pink", "")])
def test_light_and_dark_are_remembered_by_the_browser(
    signed_in: Callable[..., FlaskClient], chosen: str, shown: str
) -> None:
    client = signed_in("lead")
    client.post("/account/theme", data={"theme": "dark"})
    assert client.post("/account/theme", data={"theme": chosen}).location == "/account"
    page = read(client.get("/account").text)
    assert page.one("html").get("data-bs-theme") == shown
    pressed = [one.get("value") for one in page.all("button", name="theme") if one.get("aria-pressed") == "true"]
    assert pressed == [shown]


def test_a_theme_that_the_cookie_makes_up_is_left_out(signed_in: Callable[..., FlaskClient]) -> None:
    client = signed_in("lead")
    client.set_cookie("theme", '"><script>')
    assert "data-bs-theme" not in read(client.get("/account").text).one("html").attributes
