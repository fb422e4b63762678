from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import Database
from app.people import queries
from app.people.queries import Person
from app.people.tables import AuditEntry, User
from tests.builders import make_department, make_user
from tests.web.pages import Page, read

pytestmark = pytest.mark.usefixtures("cheap_passwords")

AMARA = {"name": "Amara Nwosu", "email": "amara@example.test", "roles": ["team", "lead"], "department": ""}


@pytest.fixture
def admin(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in("admin", name="Marta", email="marta@example.test", password_hash="a hash")


@pytest.fixture
def dana(database_of_app: Database) -> User:
    return database_of_app.write(
        lambda session: make_user(session, name="Dana", email="dana@example.test", roles=("sponsor",))
    )


def found(database: Database, email: str) -> Person:
    with database.reading() as session:
        return queries.person_by_email(session, email) or pytest.fail(f"{email} is not here")


def form_of(page: Page) -> dict[str, object]:
    """What the form about a person would send as it stands."""
    return {
        "name": page.one("input", name="name").get("value"),
        "email": page.one("input", name="email").get("value"),
        "seen": page.one("input", name="seen").get("value"),
        "department": next((one.get("value") for one in page.all("option") if "selected" in one.attributes), ""),
        "roles": [one.get("value") for one in page.all("input", name="roles") if "checked" in one.attributes],
    }


def test_everybody_is_listed_with_roles_department_and_how_they_sign_in(
    admin: FlaskClient, dana: User, database_of_app: Database
) -> None:
    database_of_app.write(lambda session: make_user(session, name="Zoe", roles=("agent",), disabled_at=dana.made_at))
    page = read(admin.get("/settings/people").text)
    assert page.finding == "2 people may sign in, 1 never did."
    rows = [" ".join(row.text.split()) for row in page.all("tr")[1:]]
    assert rows == [
        "Dana dana@example.test sponsor needs a link",
        "Marta marta@example.test administrator with a password",
        rows[2],
    ]
    assert rows[2].startswith("Zoe ")
    assert rows[2].endswith("call-centre agent disabled")


def test_an_added_person_gets_a_link_that_is_shown_once_and_works(
    app: Flask, admin: FlaskClient, database_of_app: Database
) -> None:
    billing = database_of_app.write(lambda session: make_department(session, "Billing"))
    answer = admin.post("/settings/people/new", data={**AMARA, "department": str(billing.id)})
    page = read(answer.text)
    assert (answer.status_code, page.finding) == (200, "Send this link to Amara Nwosu.")
    address = page.one("input", id="link").get("value")
    assert address.startswith("http://127.0.0.1:8000/link/")
    person = found(database_of_app, "amara@example.test")
    assert (sorted(person.roles), person.department, person.has_password) == (["lead", "team"], "Billing", False)
    guest = app.test_client()
    path = address.removeprefix("http://127.0.0.1:8000")
    assert guest.post(path, data={"password": "a sentence of hers"}).status_code == 302
    assert guest.get("/account").status_code == 200
    token = address.rsplit("/", 1)[1]
    for elsewhere in ("/settings/people", f"/settings/people/{person.id}", "/audit", "/audit.csv"):
        assert token not in admin.get(elsewhere).text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Write the name."),
        ({"email": "Marta@Example.test"}, "marta@example.test is here already."),
        ({"email": "amara"}, "is no e-mail address"),
        ({"roles": []}, "No role is chosen."),
        ({"roles": ["chief"]}, "is not in the list"),
        ({"department": "987654"}, "not in the list"),
    ],
)
def test_a_person_who_cannot_be_added_is_told_why_and_the_form_stays_filled(
    admin: FlaskClient, database_of_app: Database, wrong: dict[str, object], sentence: str
) -> None:
    typed = {**AMARA, **wrong}
    answer = admin.post("/settings/people/new", data=typed)
    page = read(answer.text)
    assert (answer.status_code, sentence in page.text) == (422, True)
    assert page.one("input", name="name").get("value") == typed["name"]
    with database_of_app.reading() as session:
        assert len(queries.people(session)) == 1


def test_a_form_that_is_sent_twice_adds_one_person(admin: FlaskClient, database_of_app: Database) -> None:
    assert admin.post("/settings/people/new", data=AMARA).status_code == 200
    again = admin.post("/settings/people/new", data=AMARA)
    assert (again.status_code, "is here already. Make a new link for that person" in again.text) == (422, True)
    with database_of_app.reading() as session:
        assert [person.name for person in queries.people(session)] == ["Amara Nwosu", "Marta"]


def test_a_person_is_changed_and_the_trail_says_by_whom(
    admin: FlaskClient, dana: User, database_of_app: Database
) -> None:
    form = form_of(read(admin.get(f"/settings/people/{dana.id}").text))
    assert (form["name"], form["email"], form["roles"]) == ("Dana", "dana@example.test", ["sponsor"])
    changed = {**form, "name": "Dana Whitlock", "roles": ["sponsor", "finance"]}
    answer = admin.post(f"/settings/people/{dana.id}", data=changed)
    assert (answer.status_code, answer.location) == (302, "/settings/people")
    assert "Dana Whitlock is saved." in admin.get("/settings/people").text
    person = found(database_of_app, "dana@example.test")
    assert (person.name, sorted(person.roles)) == ("Dana Whitlock", ["finance", "sponsor"])
    with database_of_app.reading() as session:
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.by_name) == ("person.changed", "Marta")


def test_of_two_who_change_the_same_person_the_second_is_told_and_keeps_what_was_typed(
    admin: FlaskClient, dana: User, database_of_app: Database
) -> None:
    address = f"/settings/people/{dana.id}"
    form = form_of(read(admin.get(address).text))
    admin.post(address, data={**form, "roles": ["sponsor", "finance"]})
    second = admin.post(address, data={**form, "name": "Dana W.", "roles": ["sponsor"]})
    page = read(second.text)
    assert second.status_code == 409
    assert "roles is now finance, sponsor" in page.one("p", role="alert").text
    assert form_of(page)["name"] == "Dana W."
    assert sorted(found(database_of_app, dana.email).roles) == ["finance", "sponsor"]
    assert admin.post(address, data=form_of(page)).status_code == 302
    person = found(database_of_app, dana.email)
    assert (person.name, sorted(person.roles)) == ("Dana W.", ["sponsor"])


def test_a_retired_department_stays_chosen_for_who_is_in_it(
    admin: FlaskClient, dana: User, database_of_app: Database
) -> None:
    old = database_of_app.write(lambda session: make_department(session, "Old"))
    address = f"/settings/people/{dana.id}"
    admin.post(address, data={**form_of(read(admin.get(address).text)), "department": str(old.id)})
    admin.post(f"/settings/departments/{old.id}/retire")
    page = read(admin.get(address).text)
    assert [one.text for one in page.all("option")] == ["None", "Old (retired)"]
    admin.post(address, data={**form_of(page), "name": "Dana W."})
    assert found(database_of_app, dana.email).department == "Old"
    assert [one.text for one in read(admin.get("/settings/people/new").text).all("option")] == ["None"]


def test_a_link_leads_to_the_address_of_the_installation_whatever_host_a_request_names(
    admin: FlaskClient, dana: User
) -> None:
    cookie = admin.get_cookie("tracker") or pytest.fail("nobody is signed in")
    admin.set_cookie("tracker", cookie.value, domain="evil.example.com")
    page = read(admin.post(f"/settings/people/{dana.id}/link", base_url="http://evil.example.com").text)
    assert page.one("input", id="link").get("value").startswith("http://127.0.0.1:8000/link/")


def test_a_new_link_replaces_the_one_before(app: Flask, admin: FlaskClient, dana: User) -> None:
    first, second = (
        read(admin.post(f"/settings/people/{dana.id}/link").text).one("input", id="link").get("value") for _ in range(2)
    )
    assert app.test_client().get(first).status_code == 410
    assert app.test_client().get(second).status_code == 200


def test_disabling_and_enabling_are_told_and_can_be_sent_twice(
    admin: FlaskClient, dana: User, database_of_app: Database
) -> None:
    for _ in range(2):
        assert admin.post(f"/settings/people/{dana.id}/disable").location == "/settings/people"
    assert "Dana is disabled" in admin.get("/settings/people").text
    assert found(database_of_app, dana.email).is_disabled
    page = read(admin.get(f"/settings/people/{dana.id}").text)
    assert page.finding == "Dana is disabled and cannot sign in."
    link = admin.post(f"/settings/people/{dana.id}/link")
    assert (link.status_code, "Dana is disabled. Enable the account first" in link.text) == (422, True)
    for _ in range(2):
        admin.post(f"/settings/people/{dana.id}/enable")
    assert not found(database_of_app, dana.email).is_disabled


def test_the_last_administrator_stays(admin: FlaskClient, database_of_app: Database) -> None:
    marta = found(database_of_app, "marta@example.test")
    answer = admin.post(f"/settings/people/{marta.id}/disable")
    assert (answer.status_code, "Marta is the last administrator." in answer.text) == (422, True)
    form = form_of(read(admin.get(f"/settings/people/{marta.id}").text))
    answer = admin.post(f"/settings/people/{marta.id}", data={**form, "roles": ["lead"]})
    assert (answer.status_code, "Marta is the last administrator." in answer.text) == (422, True)
    assert admin.get("/settings/people").status_code == 200


def test_somebody_who_is_not_here_is_missed(admin: FlaskClient) -> None:
    assert admin.get("/settings/people/987654").status_code == 404
    for what in ("link", "disable", "enable"):
        assert admin.post(f"/settings/people/987654/{what}").status_code == 404


@pytest.mark.parametrize("seen", ["", "not json", "[]", '{"name": 1}'])
def test_a_made_up_state_is_never_taken_for_the_present_one(admin: FlaskClient, dana: User, seen: str) -> None:
    address = f"/settings/people/{dana.id}"
    form = form_of(read(admin.get(address).text))
    assert admin.post(address, data={**form, "seen": seen}).status_code == 409
