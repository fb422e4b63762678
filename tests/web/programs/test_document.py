"""The document of the programs' door: complete, and true of every answer that generated requests get."""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from werkzeug.test import TestResponse

from app.people import tokens
from app.people.tokens import SCOPES
from app.web.programs.pace import Pace
from tests.builders import AT, TESTER
from tests.even_centre import make_measured_centre
from tests.web.programs.conftest import Program, a_contact

EXAMPLES = 50
SEED = 20260914
# An item that is none is rejected by itself and stops no other, so a list that breaks the document is still answered;
# and what fits the document may be a day that no calendar has. The rest asks who may come in: test_tokens.py does.
LEFT_OUT = {
    "negative_data_rejection", "positive_data_acceptance", "ignored_auth", "object_level_authorization",
    "use_after_free", "ensure_resource_availability",
}  # fmt: skip
load_all_checks()
HELD = CHECKS.get_by_names([name for name in CHECKS.get_all_names() if name not in LEFT_OUT])
OPERATIONS = (
    ("POST", "/contacts"), ("GET", "/contacts"), ("GET", "/reasons"), ("GET", "/ranking"), ("GET", "/initiatives"),
    ("GET", "/initiatives/{id}/measurements"), ("GET", "/ledger"), ("GET", "/scorecard"),
)  # fmt: skip


@pytest.fixture
def token(app: Flask, today: None) -> str:
    """A token that opens everything, of an installation that has contacts, an initiative and what came of it."""
    app.extensions["pace"] = Pace(requests_a_minute=1_000_000)
    make_measured_centre(app.extensions["database"])
    made = app.extensions["database"].write(
        lambda session: tokens.make(session, "Fuzzer", tuple(SCOPES), 30, by=TESTER, at=AT)
    )
    program = Program(app.test_client(), made.text)
    program.send([a_contact(number, reason="Delivery > Late") for number in range(5)])
    return str(made.text)


def test_the_document_describes_every_route_of_programs(app: Flask, client_of: Callable[[], TestResponse]) -> None:
    document = client_of().json
    assert document is not None
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert described == set(OPERATIONS)
    assert document["openapi"].startswith("3.1.")
    assert document["components"]["schemas"]["Money"]["required"] == ["amount_minor", "currency"]


@pytest.fixture
def client_of(app: Flask) -> Callable[[], TestResponse]:
    return lambda: app.test_client().get("/api/v1/openapi.json")


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_whatever_is_sent_the_answer_is_one_that_the_document_knows(
    app: Flask, token: str, method: str, path: str
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = app.testing = False
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operation = schema[path][method]
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))
    headers = {"Authorization": f"Bearer {token}"}

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def is_answered(case: Case[Any]) -> None:
        case.call_and_validate(headers=headers, checks=HELD)  # type: ignore[arg-type]

    is_answered()
