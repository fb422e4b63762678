"""Setting the goal."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from app.db import Database
from app.ledger import queries
from tests.web.pages import read

NOW = datetime(2026, 9, 14, 9, 30, tzinfo=UTC)
SignIn = Callable[..., FlaskClient]
GOAL = {"contacts": "50,000", "cost_per_contact": "7.50", "valid_from": "2026-10-01"}


@pytest.fixture(autouse=True)
def this_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: NOW)


def test_a_goal_from_a_later_day_is_kept_beside_the_one_that_holds(
    signed_in: SignIn, database_of_app: Database
) -> None:
    finance = signed_in("finance", name="Felix")
    for _ in range(2):
        assert finance.post("/settings/goal", data=GOAL).status_code == 302
    page = read(finance.get("/settings/goal").text)
    assert page.finding.replace("\u00a0", " ") == "100,000 fewer contacts at $6.00 are $600,000 a year."
    assert "still to come" in page.text
    with database_of_app.reading() as session:
        assert [(goal.contacts, goal.recorded_by) for goal in queries.goals(session)] == [(50_000, "Felix")]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"contacts": "0"}, "between 1 and 1,000,000,000"),
        ({"contacts": "many"}, "“many” is no whole number."),
        ({"contacts": "1.5"}, "“1.5” is no whole number. Round it first."),
        ({"cost_per_contact": "-6"}, "The cost of a contact is above zero."),
        ({"cost_per_contact": "six"}, "“six” is no amount."),
        ({"cost_per_contact": ""}, "Write what a contact costs"),
        ({"valid_from": "2026-13-01"}, "“2026-13-01” is no day."),
    ],
)
def test_a_wrong_goal_is_a_sentence_and_stays_as_it_was_typed(
    signed_in: SignIn, database_of_app: Database, change: dict[str, str], sentence: str
) -> None:
    answer = signed_in("admin").post("/settings/goal", data=GOAL | change)
    assert answer.status_code == 422
    page = read(answer.text)
    assert sentence in page.text
    ((name, typed),) = change.items()
    assert page.one("input", name=name).get("value") == typed
    with database_of_app.reading() as session:
        assert queries.goals(session) == []
