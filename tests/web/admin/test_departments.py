from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.db import Database
from tests.builders import make_department, make_user
from tests.web.pages import read


@pytest.fixture
def admin(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in("admin")


def rows(admin: FlaskClient) -> list[str]:
    return [" ".join(row.text.split()) for row in read(admin.get("/settings/departments").text).all("tr")[1:]]


def test_without_a_department_the_page_says_so_and_offers_the_first(admin: FlaskClient) -> None:
    page = read(admin.get("/settings/departments").text)
    assert page.finding == "There is no department yet."
    assert page.one("input", name="name").get("value") == ""


def test_departments_are_added_once_however_often_the_form_is_sent(admin: FlaskClient) -> None:
    first = admin.post("/settings/departments", data={"name": " Billing "}, follow_redirects=True)
    assert "Billing is added." in first.text
    again = admin.post("/settings/departments", data={"name": "billing"})
    assert (again.status_code, "There is a department “Billing” already." in again.text) == (422, True)
    assert read(again.text).one("input", name="name").get("value") == "billing"
    assert rows(admin) == ["Billing 0 in use"]


def test_a_department_is_renamed_retired_and_used_again(admin: FlaskClient, database_of_app: Database) -> None:
    billing = database_of_app.write(lambda session: make_department(session, "Billing"))
    database_of_app.write(lambda session: make_user(session, department_id=billing.id))
    address = f"/settings/departments/{billing.id}"
    assert read(admin.get(address).text).finding == "Billing has 1 person here."
    renamed = admin.post(address, data={"name": "Accounts", "seen": "Billing"}, follow_redirects=True)
    assert "Billing is now called Accounts." in renamed.text
    for _ in range(2):
        admin.post(f"{address}/retire")
    assert rows(admin) == ["Accounts 1 retired"]
    assert "and is retired" in read(admin.get(address).text).finding
    for _ in range(2):
        admin.post(f"{address}/use-again")
    assert rows(admin) == ["Accounts 1 in use"]


def test_of_two_who_rename_a_department_the_second_is_told(admin: FlaskClient, database_of_app: Database) -> None:
    billing = database_of_app.write(lambda session: make_department(session, "Billing"))
    address = f"/settings/departments/{billing.id}"
    seen = read(admin.get(address).text).one("input", name="seen").get("value")
    admin.post(address, data={"name": "Accounts", "seen": seen})
    second = admin.post(address, data={"name": "Invoices", "seen": seen})
    page = read(second.text)
    assert (second.status_code, rows(admin)) == (409, ["Accounts 0 in use"])
    assert "Somebody renamed this department to “Accounts” since you opened it." in page.text
    assert page.one("input", name="name").get("value") == "Invoices"
    assert page.one("input", name="seen").get("value") == "Accounts"
    again = admin.post(address, data={"name": "Invoices", "seen": page.one("input", name="seen").get("value")})
    assert (again.status_code, rows(admin)) == (302, ["Invoices 0 in use"])


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_name_that_cannot_be_changes_nothing(admin: FlaskClient, database_of_app: Database, name: str) -> None:
    billing = database_of_app.write(lambda session: make_department(session, "Billing"))
    assert admin.post(f"/settings/departments/{billing.id}", data={"name": name}).status_code == 422
    assert admin.post("/settings/departments", data={"name": name}).status_code == 422
    assert rows(admin) == ["Billing 0 in use"]


def test_a_department_that_is_not_there_is_missed(admin: FlaskClient) -> None:
    for answer in (
        admin.get("/settings/departments/987654"),
        admin.post("/settings/departments/987654/retire"),
        admin.post("/settings/departments/987654/use-again"),
    ):
        assert answer.status_code == 404
