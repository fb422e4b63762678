"""A number in an address, a question or a form may be of any size: the answer is clear, on both engines."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import IntegerConverter

from app import create_app
from app.config import Settings, read_settings
from app.db import Database
from app.people.rules import ROLES
from app.web.failures import OUT_OF_RANGE, SAID
from tests.builders import make_reason, make_user
from tests.web.pages import read
from tests.web.walking import FILES, every_request

LARGE = ("2147483648", "99999999999999999999", "9" * 5000)
# Every name that a page looks for in its address and that may hold a number; days and numbers apart, since a page may
# stop at the first day that is none.
IN_ADDRESSES = (
    (
        "after", "batch", "before", "below", "every", "level", "owner", "parent", "reason", "source", "subject",
        "version", "weeks", "who", "year",
    ),
    ("first", "from", "last", "to", "tree_of"),
)  # fmt: skip
# Signing out ends the walk.
APART = ("everyone.logout",)
SENT = (
    "amount", "contacts", "country", "department", "department_id", "due", "found", "hours_a_week", "instead_of", "key",
    "name", "owner_id", "parent_id", "projection", "ramp_days", "reason", "reason_ids", "remove", "seen", "sponsor_id",
    "to", "value", "year",
)  # fmt: skip


@pytest.fixture
def everywhere(database: Database, tmp_path: object) -> Iterator[Flask]:
    """The application on either engine, with a person, a reason, and an entry of the trail."""
    settings: Settings = read_settings(
        {"TRACKER_INSTANCE": str(tmp_path), "DATABASE_URL": database.url, "SECRET_KEY": "for tests only"}
    )
    app = create_app(settings)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    database.write(lambda session: make_reason(session, "Late"))
    yield app
    app.extensions["database"].close()


@pytest.fixture
def client(everywhere: Flask, database: Database) -> FlaskClient:
    """Somebody who may do everything."""
    user = database.write(lambda session: make_user(session, roles=ROLES))
    client = everywhere.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"{user.id}:{user.session_version}"
        cookie["_fresh"] = True
    return client


def rules_with_numbers(app: Flask) -> list[tuple[str, str]]:
    """Method and rule of every page whose address holds a number; programs are answered in problems."""
    return [
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if any(isinstance(one, IntegerConverter) for one in rule._converters.values())
        and not rule.endpoint.startswith("programs.")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def test_a_large_number_in_an_address_leads_to_nothing(everywhere: Flask, client: FlaskClient) -> None:
    found = rules_with_numbers(everywhere)
    assert len(found) > 20
    wrong = []
    for method, rule in found:
        for number in LARGE:
            address = re.sub(r"<int:\w+>", number, rule).replace("<week>", "2026-W37")
            answer = client.open(address, method=method)
            # Where another method shares the address, the answer names that first.
            expected = {404: SAID[404].heading} | ({405: SAID[405].heading} if method == "POST" else {})
            if expected.get(answer.status_code) != read(answer.text).finding:
                wrong.append(f"{method} {address[:80]} answers with {answer.status_code}")
    assert wrong == []


def test_the_largest_number_that_a_row_may_have_is_looked_for(everywhere: Flask, client: FlaskClient) -> None:
    for method, rule in rules_with_numbers(everywhere):
        address = re.sub(r"<int:\w+>", "2147483647", rule).replace("<week>", "2026-W37")
        answer = client.open(address, method=method)
        assert answer.status_code < 500, address
        assert OUT_OF_RANGE not in answer.text, address


@pytest.mark.parametrize("number", LARGE, ids=len)
def test_a_large_number_in_a_question_gets_a_clear_answer(everywhere: Flask, client: FlaskClient, number: str) -> None:
    wrong = []
    for step in every_request(everywhere):
        if step.changes or step.endpoint in FILES:
            continue
        for names in IN_ADDRESSES:
            answer = client.get(step.address, query_string=dict.fromkeys(names, number), buffered=True)
            if answer.status_code >= 500 or OUT_OF_RANGE.encode() in answer.get_data():
                wrong.append(f"{step.address}?{names} answers with {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("number", LARGE, ids=len)
def test_a_large_number_in_a_form_gets_a_clear_answer(everywhere: Flask, client: FlaskClient, number: str) -> None:
    wrong = []
    for step in every_request(everywhere):
        if step.changes and not step.endpoint.startswith(APART):
            address = step.address.replace("/987654", "/1")
            answer = client.open(address, method=step.method, data=dict.fromkeys(SENT, number))
            if answer.status_code >= 500 or OUT_OF_RANGE.encode() in answer.get_data():
                wrong.append(f"{address} answers with {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("number", LARGE, ids=len)
def test_nobody_with_a_large_number_changed_anything(client: FlaskClient, number: str) -> None:
    page = read(client.get("/audit", query_string={"who": number}).text)
    assert page.finding == "No change fits these filters."
    assert client.get("/audit.csv", query_string={"who": number}).text.count("\n") == 1


@pytest.mark.parametrize("number", LARGE, ids=len)
def test_before_an_entry_that_can_not_be_stands_the_whole_trail(client: FlaskClient, number: str) -> None:
    newest = read(client.get("/audit").text).finding
    assert read(client.get("/audit", query_string={"before": number}).text).finding == newest
