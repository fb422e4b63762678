"""All routes as every role and as nobody, against the table in who_may_see.py."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import Database
from app.people.rules import ROLES
from app.people.tables import AuditEntry
from app.web.access import allow, safe_address
from tests.builders import make_user
from tests.web.walking import FILES, Step, every_request
from tests.web.who_may_see import PUBLIC, WHO_MAY_CALL, WHO_MAY_SEE

REFUSED = {401, 403}


def is_for(role: str, step: Step) -> bool:
    return bool({role, PUBLIC} & set(WHO_MAY_SEE[step.endpoint].split()))


def decided(app: Flask) -> list[Step]:
    return [step for step in every_request(app) if step.endpoint in WHO_MAY_SEE]


def test_every_route_stands_in_the_table_and_every_line_of_the_table_is_a_route(app: Flask) -> None:
    routes = set(app.view_functions) - set(FILES)
    decided_on = {*WHO_MAY_SEE, *WHO_MAY_CALL}
    undecided, gone = sorted(routes - decided_on), sorted(decided_on - routes)
    assert not undecided, f"Decide in tests/web/who_may_see.py who may see: {', '.join(undecided)}."
    assert not gone, f"These stand in tests/web/who_may_see.py, but there is no such route: {', '.join(gone)}."


def test_every_route_says_who_may_see_it_as_the_table_does(app: Flask) -> None:
    said = {
        endpoint: " ".join(role for role in (PUBLIC, *ROLES) if role in getattr(view, "allowed_roles", ()))
        for endpoint, view in app.view_functions.items()
        if endpoint in WHO_MAY_SEE
    }
    assert said == {endpoint: WHO_MAY_SEE[endpoint] for endpoint in said}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_let_into_its_own_pages_and_kept_out_of_all_others(
    app: Flask, signed_in: Callable[..., FlaskClient], role: str
) -> None:
    wrong = []
    for step in decided(app):
        status = signed_in(role).open(step.address, method=step.method, buffered=True).status_code
        if (status in REFUSED) == is_for(role, step) or status >= 500:
            wrong.append(f"{step.method} {step.address} answers {role} with {status}")
    assert wrong == []


def test_nobody_is_asked_to_sign_in_everywhere_but_at_the_public_pages(
    app: Flask, client: FlaskClient, database_of_app: Database
) -> None:
    database_of_app.write(make_user)
    wrong = []
    for step in decided(app):
        answer = client.open(step.address, method=step.method, buffered=True)
        if WHO_MAY_SEE[step.endpoint] == PUBLIC:
            is_right = answer.status_code < 500 and answer.status_code not in REFUSED
        elif step.changes:
            is_right = answer.status_code == 401 and "Sign in again" in answer.text
        else:
            is_right = answer.status_code == 302 and answer.location.startswith("/login?next=/")
        if not is_right:
            wrong.append(f"{step.method} {step.address} answers nobody with {answer.status_code}")
    assert wrong == []


def test_somebody_without_any_role_sees_only_what_is_public(app: Flask, signed_in: Callable[..., FlaskClient]) -> None:
    client = signed_in()
    private = [step for step in decided(app) if WHO_MAY_SEE[step.endpoint] != PUBLIC]
    assert {client.open(step.address, method=step.method, buffered=True).status_code for step in private} == {403}


def test_every_change_is_refused_without_the_token_of_the_form(
    app: Flask, signed_in: Callable[..., FlaskClient], database_of_app: Database
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = signed_in(*ROLES)
    changes = [step for step in decided(app) if step.changes]
    assert len(changes) > 10
    for step in changes:
        answer = client.open(step.address, method=step.method, data={"name": "x", "csrf_token": "made up"})
        assert (answer.status_code, "Send it once more" in answer.text) == (400, True), step
    with database_of_app.reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_nothing_can_be_changed_by_asking_for_a_page(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        for word in ("delete", "undo", "retire", "disable", "enable", "logout"):
            assert word not in rule.rule.split("/") or "GET" not in (rule.methods or set()), rule


def test_a_route_that_says_nothing_is_open_to_nobody(app: Flask, signed_in: Callable[..., FlaskClient]) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = signed_in(*ROLES).get("/forgotten")
    assert (answer.status_code, "secret" in answer.text) == (403, False)


@pytest.mark.parametrize("roles", [(), ("chief",), ("admin", "chief")])
def test_a_role_that_does_not_exist_cannot_be_let_in(roles: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="No such role"):
        allow(*roles)


@pytest.mark.parametrize("given", ["/", "/ranking?from=2026-01-01&by=cost", "/reasons/12#history", "/a//b"])
def test_an_address_of_this_site_is_gone_on_to(given: str) -> None:
    assert safe_address(given) == given


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "ranking",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/ /evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        " //evil.example",
        "/\u2028/evil.example",
    ],
)
def test_an_address_that_could_lead_elsewhere_is_not(given: str | None) -> None:
    assert safe_address(given) is None
