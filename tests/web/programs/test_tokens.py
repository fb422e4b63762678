"""Who may call what: every route of programs with every kind of token, and with a person's cookie."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock
from app.db import Database
from app.people import tokens
from app.people.rules import ROLES
from app.people.tables import ApiToken
from app.people.tokens import SCOPES
from app.web.programs.bearer import allow_programs
from app.web.programs.pace import Pace
from tests.builders import AT, TESTER, make_user
from tests.web.programs.conftest import Program, a_contact
from tests.web.walking import Step, every_request
from tests.web.who_may_see import PUBLIC, WHO_MAY_CALL


def walked(app: Flask) -> list[Step]:
    return [step for step in every_request(app) if step.endpoint in WHO_MAY_CALL]


def asked(client: FlaskClient, step: Step, authorization: str | None) -> tuple[int, str]:
    """The status and kind of an answer; a POST without a body ends behind the token, and is no JSON."""
    headers = {"Authorization": authorization} if authorization else {}
    answer = client.open(step.address, method=step.method, headers=headers)
    return answer.status_code, str(answer.mimetype)


def is_refused(answer: tuple[int, str], status: int) -> bool:
    return answer == (status, "application/problem+json")


def test_every_route_says_which_scopes_open_it_as_the_table_does(app: Flask) -> None:
    said = {
        endpoint: " ".join(sorted(getattr(view, "allowed_scopes", ())))
        for endpoint, view in app.view_functions.items()
        if endpoint.startswith("programs.")
    }
    assert said == WHO_MAY_CALL


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_opens_what_its_scope_says_and_nothing_else(
    installation: Flask, new_program: Callable[..., Program], scope: str
) -> None:
    program = new_program(scope)
    for step in walked(installation):
        answer = asked(program.client, step, f"Bearer {program.token}")
        is_open = bool({scope, PUBLIC} & set(WHO_MAY_CALL[step.endpoint].split()))
        assert is_refused(answer, 403) != is_open, (step, answer)
        assert answer[0] < 500


@pytest.mark.parametrize(
    "given", [None, "", "Bearer", "Bearer ", "Bearer tracker_wrong", "Basic YTpi", "Bearer \x80", "Token abc"]
)
def test_without_a_token_that_is_known_nothing_opens(installation: Flask, program: Program, given: str | None) -> None:
    for step in walked(installation):
        answer = asked(program.client, step, given)
        assert is_refused(answer, 401) != (WHO_MAY_CALL[step.endpoint] == PUBLIC), (step, answer)


def test_an_expired_and_a_revoked_token_are_refused_with_a_sentence(
    new_program: Callable[..., Program], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    short, long = new_program(name="Short", days=1), new_program(name="Long", days=30)
    assert [one.get("/reasons").status_code for one in (short, long)] == [200, 200]
    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(days=1))
    assert [one.get("/reasons").status_code for one in (short, long)] == [401, 200]
    assert short.get("/reasons").json["detail"].startswith("This token is expired.")  # type: ignore[index]
    with database.reading() as session:
        number = next(one.id for one in tokens.tokens(session) if one.name == "Long")
    database.write(lambda session: tokens.revoke(session, number, by=TESTER, at=AT))
    answer = long.get("/reasons")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (
        401,
        'Bearer realm="tracker", error="invalid_token"',
    )
    assert answer.json["detail"].startswith("This token is revoked.")  # type: ignore[index]


def test_a_person_who_is_signed_in_opens_nothing_without_a_token(installation: Flask, database: Database) -> None:
    user = database.write(lambda session: make_user(session, roles=ROLES))
    client = installation.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"{user.id}:{user.session_version}"
    assert client.get("/settings").status_code == 200
    for step in walked(installation):
        if WHO_MAY_CALL[step.endpoint] != PUBLIC:
            assert is_refused(asked(client, step, None), 401), step


def test_a_token_needs_no_token_of_a_form_and_sets_no_cookie(installation: Flask, program: Program) -> None:
    assert installation.config.get("WTF_CSRF_ENABLED", True)
    answer = program.send(a_contact())
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (201, False)


def test_a_token_opens_no_page(installation: Flask, program: Program) -> None:
    answer = program.client.get("/contacts", headers={"Authorization": f"Bearer {program.token}"})
    assert (answer.status_code, answer.location) == (302, "/login?next=/contacts")


def test_the_last_use_is_kept_to_the_minute(
    program: Program, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = []
    for seconds in (0, 59, 61):
        at = AT + timedelta(seconds=seconds)
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        assert program.get("/reasons").status_code == 200
        with database.reading() as session:
            used.append(session.scalars(select(ApiToken.last_used_at)).one())
    assert used == [AT, AT, AT + timedelta(seconds=61)]


def test_who_asks_too_often_is_told_how_long_to_wait(installation: Flask, program: Program) -> None:
    installation.extensions["pace"] = Pace(requests_a_minute=2)
    answers = [program.get("/reasons") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 30
    assert answers[2].mimetype == "application/problem+json"


def test_a_token_that_waited_may_ask_again() -> None:
    now = [1000.0]
    pace = Pace(requests_a_minute=60, seconds=lambda: now[0])
    assert [pace.wait_seconds(1) for _ in range(60)] == [0.0] * 60
    assert pace.wait_seconds(1) == pytest.approx(1)
    assert pace.wait_seconds(2) == 0
    now[0] += 1
    assert [pace.wait_seconds(1) > 0 for _ in range(2)] == [False, True]


@pytest.mark.parametrize("scopes", [(), ("everything",)])
def test_a_scope_that_does_not_exist_opens_nothing(scopes: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="No such scope"):
        allow_programs(*scopes)


def test_a_route_of_programs_that_says_nothing_is_open_to_nobody(app: Flask) -> None:
    app.view_functions["programs.reasons"] = lambda: "secret"
    made = app.extensions["database"].write(
        lambda session: tokens.make(session, "Switch", tuple(SCOPES), 30, by=TESTER, at=clock.now())
    )
    answer = app.test_client().get("/api/v1/reasons", headers={"Authorization": f"Bearer {made.text}"})
    assert (answer.status_code, "secret" in answer.text) == (403, False)


@pytest.mark.parametrize("number", ["2147483648", "99999999999999999999", "9" * 5000])
def test_a_number_that_no_row_has_leads_to_nothing(program: Program, number: str) -> None:
    answer = program.get(f"/initiatives/{number}/measurements")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
