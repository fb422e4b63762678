from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.db import Database
from app.people import tokens
from tests.web.pages import read

SENT = {"name": "Switch", "scopes": ["contacts:write"], "days": "90"}


@pytest.fixture
def admin(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in("admin")


def test_without_a_token_the_page_says_so_and_how_a_first_contact_is_sent(admin: FlaskClient) -> None:
    page = read(admin.get("/settings/tokens").text)
    assert page.finding == "No program may come in yet."
    assert "curl http://127.0.0.1:8000/api/v1/contacts" in page.one("code").text


def test_a_token_is_shown_once_and_opens_the_programs_door(admin: FlaskClient) -> None:
    made = read(admin.post("/settings/tokens", data=SENT).text)
    assert made.finding == "Give this token to Switch."
    text = made.one("input", id="token").get("value")
    headers = {"Authorization": f"Bearer {text}"}
    assert admin.get("/api/v1/reasons", headers=headers).status_code == 200
    answer = admin.get("/settings/tokens")
    assert (read(answer.text).finding, text in answer.text) == ("1 program may come in.", False)
    assert "1 program may come in." in " ".join(admin.get("/settings").text.split())


def test_a_token_is_made_once_however_often_the_form_is_sent(admin: FlaskClient, database_of_app: Database) -> None:
    admin.post("/settings/tokens", data=SENT)
    again = admin.post("/settings/tokens", data=SENT)
    assert (again.status_code, "There is a valid token “Switch” already." in again.text) == (422, True)
    nothing = admin.post("/settings/tokens", data={"name": "Other", "days": "90"})
    assert (nothing.status_code, "No scope is chosen" in nothing.text) == (422, True)
    with database_of_app.reading() as session:
        assert len(tokens.tokens(session)) == 1


def test_a_revoked_token_opens_nothing_also_when_it_is_revoked_twice(
    admin: FlaskClient, database_of_app: Database
) -> None:
    text = read(admin.post("/settings/tokens", data=SENT).text).one("input", id="token").get("value")
    with database_of_app.reading() as session:
        (token,) = tokens.tokens(session)
    for _ in range(2):
        answer = admin.post(f"/settings/tokens/{token.id}/revoke", follow_redirects=True)
        assert "The token of Switch is revoked" in answer.text
    assert admin.get("/api/v1/reasons", headers={"Authorization": f"Bearer {text}"}).status_code == 401
    assert admin.post("/settings/tokens/4711/revoke").status_code == 404
