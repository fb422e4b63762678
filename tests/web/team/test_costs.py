"""What an initiative costs: entered, worked out from hours, taken back, never changed."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.db import Database
from app.measurement import cost_queries
from app.measurement.cost_queries import CostLine
from tests.initiative_builders import make_initiative, make_projection
from tests.web.forms import filled
from tests.web.pages import read

NOW = datetime(2026, 9, 14, 9, 30, tzinfo=UTC)
SignIn = Callable[..., FlaskClient]
LABELS = {"kind": "one_off", "first_day": "2026-09-01", "amount": "1,200.50", "note": "Labels, invoice 12", "key": "a"}
TIME = {
    "kind": "hours",
    "first_day": "2026-09-01",
    "last_day": "2026-09-05",
    "hours": "12.5",
    "hour_rate": "40.25",
    "note": "Workshop",
    "key": "b",
}


@pytest.fixture(autouse=True)
def this_monday(monkeypatch: pytest.MonkeyPatch, database_of_app: Database) -> None:
    monkeypatch.setattr("app.clock.now", lambda: NOW)
    database_of_app.write(
        lambda session: make_projection(
            session, make_initiative(session), cost_to_do_minor=200_000, frozen_at=NOW, frozen_by="Dana"
        )
    )


def entries(database: Database) -> list[CostLine]:
    with database.reading() as session:
        return cost_queries.costs(session, 1)


def text_of(answer: TestResponse) -> str:
    return read(answer.text).text.replace("\u00a0", " ")


def test_until_something_is_entered_the_projection_stands_in(signed_in: SignIn) -> None:
    words = text_of(signed_in("finance").get("/initiatives/1/costs"))
    assert "Nothing is entered of what INI-01 costs." in words
    assert "what was projected is taken off: one-off cost $2,000, running cost $0 a year." in words
    assert "Enter it" not in words


def test_costs_are_entered_once_with_who_and_when(signed_in: SignIn, database_of_app: Database) -> None:
    team = signed_in("team", name="Marta")
    form = filled(read(team.get("/initiatives/1/costs").text))
    assert form["first_day"] == "2026-09-14"
    for sent in (LABELS, LABELS, TIME):
        assert team.post("/initiatives/1/costs", data=form | sent).status_code == 302
    time, labels = entries(database_of_app)
    # 12.5 hours at 40.25 are 503.125, to the even cent 503.12.
    assert (time.amount.amount_minor, time.hours, time.days.end) == (50_312, 12.5, date(2026, 9, 6))
    assert (labels.amount.amount_minor, labels.made_by) == (120_050, "Marta")
    words = text_of(team.get("/initiatives/1/costs"))
    assert "INI-01 costs $1,703.62, as far as it is entered." in words
    assert "Mon 14 Sep 2026, 09:30, Marta" in words
    assert "running cost $0 a year" in words
    assert "one-off cost $2,000" not in words


def test_an_entry_is_taken_back_by_its_minus(signed_in: SignIn, database_of_app: Database) -> None:
    team = signed_in("team")
    team.post("/initiatives/1/costs", data=LABELS)
    for _ in range(2):
        assert team.post("/initiatives/1/costs/1/take-back").status_code == 302
    assert [one.amount.amount_minor for one in entries(database_of_app)] == [-120_050, 120_050]
    words = text_of(team.get("/initiatives/1/costs"))
    assert "Taken back: Labels, invoice 12" in words
    assert "INI-01 costs $0.00" in words
    assert team.post("/initiatives/1/costs/2/take-back").status_code == 422
    assert team.post("/initiatives/1/costs/9/take-back").status_code == 404


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (LABELS | {"amount": ""}, "Write what it cost."),
        (LABELS | {"amount": "-5"}, "Write what it cost, above 0."),
        (LABELS | {"amount": "5.001"}, "more digits after the point"),
        (LABELS | {"first_day": ""}, "Choose the day, or the first one."),
        (LABELS | {"last_day": "2026-08-31"}, "The last day, 31 Aug 2026, lies before the first, 1 Sep 2026."),
        (LABELS | {"note": ""}, "what it was for"),
        (LABELS | {"kind": "bribe"}, "is not in the list"),
        (LABELS | {"hours": "3"}, "Hours belong to “The team's own hours”."),
        (LABELS | {"key": "back-1"}, "This form was changed on its way."),
        (TIME | {"hours": ""}, "Write how many hours it took."),
        (TIME | {"hours": "many"}, "“many” is no number of hours."),
        (TIME | {"hours": "-3"}, "Write"),
        (TIME | {"hours": "999999999999"}, "Write"),
        (TIME | {"hour_rate": ""}, "Write what one of these hours costs."),
        (TIME | {"amount": "9"}, "Leave this empty"),
    ],
)
def test_every_fault_of_a_cost_is_a_sentence_and_keeps_what_was_typed(
    signed_in: SignIn, database_of_app: Database, sent: dict[str, str], sentence: str
) -> None:
    answer = signed_in("team").post("/initiatives/1/costs", data=sent)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert read(answer.text).one("input", name="note").get("value") == sent["note"]
    assert entries(database_of_app) == []


def test_costs_of_no_initiative_are_missing(signed_in: SignIn) -> None:
    team = signed_in("team")
    assert team.get("/initiatives/99/costs").status_code == 404
    assert team.post("/initiatives/99/costs", data=LABELS).status_code == 404
