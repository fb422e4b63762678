from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import Database
from app.people import queries
from tests.builders import make_user
from tests.crowd import at_once
from tests.web.pages import read

pytestmark = pytest.mark.usefixtures("cheap_passwords")

MARTA = {"name": "Marta", "email": "marta@example.test", "password": "a sentence of hers", "roles": ["lead", "team"]}


def everybody(database: Database) -> list[tuple[str, list[str]]]:
    with database.reading() as session:
        return [(person.email, sorted(person.roles)) for person in queries.people(session)]


def test_on_an_empty_database_every_way_leads_to_the_set_up(client: FlaskClient) -> None:
    answer = client.get("/", follow_redirects=True)
    assert (answer.status_code, answer.request.path) == (200, "/setup")
    assert read(answer.text).finding == "Nobody is here yet. You come first."


def test_the_first_person_becomes_administrator_with_the_roles_ticked_and_is_signed_in(
    client: FlaskClient, database_of_app: Database
) -> None:
    answer = client.post("/setup", data=MARTA)
    assert (answer.status_code, answer.location) == (302, "/")
    assert everybody(database_of_app) == [("marta@example.test", ["admin", "lead", "team"])]
    assert client.get("/account").status_code == 200


def test_lead_and_team_are_ticked_at_first_and_can_be_left_out(client: FlaskClient, database_of_app: Database) -> None:
    boxes = read(client.get("/setup").text).all("input", name="roles")
    assert [(box.get("value"), "checked" in box.attributes) for box in boxes] == [
        ("agent", False),
        ("lead", True),
        ("team", True),
        ("sponsor", False),
        ("finance", False),
    ]
    client.post("/setup", data={**MARTA, "roles": []})
    assert everybody(database_of_app) == [("marta@example.test", ["admin"])]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Write your name."),
        ({"name": "   "}, "The name is empty."),
        ({"email": "marta"}, "“marta” is no e-mail address."),
        ({"password": "short"}, "shorter than 12 characters"),
        ({"password": "marta@example.test"}, "The password is your e-mail address."),
        ({"password": "passwordpassword"}, "one of the first that anybody tries"),
        ({"roles": ["lead", "chief"]}, "not in the list"),
        ({"name": "x" * 121}, "120 is the most that fits"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_stays(
    client: FlaskClient, database_of_app: Database, wrong: dict[str, object], sentence: str
) -> None:
    answer = client.post("/setup", data={**MARTA, **wrong})
    page = read(answer.text)
    assert answer.status_code == 422
    assert sentence in page.text
    kept = {**MARTA, **wrong}
    assert page.one("input", name="email").get("value") == kept["email"]
    assert page.one("input", name="name").get("value") == kept["name"]
    assert page.one("input", name="password").get("value") == ""
    assert everybody(database_of_app) == []


def test_the_set_up_closes_behind_the_first_person(client: FlaskClient, database_of_app: Database) -> None:
    database_of_app.write(lambda session: make_user(session, email="first@example.test"))
    for answer in (client.get("/setup"), client.post("/setup", data=MARTA)):
        assert (answer.status_code, answer.location) == (302, "/login")
    assert "The first administrator was made already." in client.get("/login").text
    assert [email for email, _ in everybody(database_of_app)] == ["first@example.test"]


def test_of_two_who_send_the_form_at_once_one_becomes_administrator(app: Flask, database_of_app: Database) -> None:
    def send(name: str) -> Callable[[], int]:
        return lambda: app.test_client().post("/setup", data={**MARTA, "email": f"{name}@example.test"}).status_code

    at_once(*(send(name) for name in ("one", "two", "three", "four")))
    assert len(everybody(database_of_app)) == 1
