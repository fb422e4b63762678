"""The ask, from the team's making to the sponsor's yes."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.db import Database
from app.reporting import queries
from tests.builders import make_reason
from tests.initiative_builders import make_rate, make_totals
from tests.web.pages import read

NOW = datetime(2026, 9, 14, 9, 30, tzinfo=UTC)
SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def this_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: NOW)


@pytest.fixture
def contacts(database_of_app: Database) -> None:
    """200 handled contacts for one reason in a year, at $6."""

    def make(session: Any) -> None:
        reason = make_reason(session, "Where is my order?")
        make_rate(session)
        make_totals(session, reason.id, {date(2025, 9, 14): 50, date(2026, 9, 13): 150})

    database_of_app.write(make)


def text_of(answer: TestResponse) -> str:
    return read(answer.text).text.replace("\u00a0", " ")


def agreed(database: Database) -> tuple[date | None, str | None]:
    with database.reading() as session:
        found = queries.latest_ask(session)
        assert found is not None
        return found.agreed_on, found.agreed_by


def test_before_the_first_import_the_page_says_what_it_will_hold(signed_in: SignIn) -> None:
    assert "There are no contacts yet to ask about." in text_of(signed_in("sponsor").get("/ask"))


@pytest.mark.usefixtures("contacts")
def test_the_team_asks_and_the_sponsor_agrees(signed_in: SignIn, database_of_app: Database) -> None:
    team, sponsor = signed_in("team"), signed_in("sponsor", name="Dana Whitlock")
    assert "not made yet" in text_of(sponsor.get("/ask"))
    team.post("/ask/make")
    team.post("/ask/1/directors", data={"name": "Lea Brandt", "department": "Marketing", "hours_a_week": "2"})
    words = text_of(sponsor.get("/ask"))
    assert "One reason brings 100 % of our contacts and cost $1,200." in words
    assert "100,000 fewer contacts a year at $6.00, $600,000 a year" in words
    assert "Lea BrandtMarketing2" in words
    seen = read(sponsor.get("/ask").text).one("input", name="seen").get("value")
    for _ in range(2):
        answer = sponsor.post("/ask/1/yes", data={"seen": seen}, follow_redirects=True)
        assert "Yes, go ahead. Dana Whitlock, 14 Sep 2026" in text_of(answer)
    assert agreed(database_of_app) == (date(2026, 9, 14), "Dana Whitlock")


@pytest.mark.usefixtures("contacts")
def test_wrong_hours_are_a_sentence_and_what_was_typed_stays(signed_in: SignIn) -> None:
    team = signed_in("team")
    team.post("/ask/make")
    for hours, sentence in {"99": "between 1 and 40", "two": "“two” is no whole number.", "": "from 1 to 40"}.items():
        typed = {"name": "Lea Brandt", "department": "Marketing", "hours_a_week": hours}
        answer = team.post("/ask/1/directors", data=typed)
        assert answer.status_code == 422
        assert sentence in text_of(answer)
        assert read(answer.text).one("input", id="name").get("value") == "Lea Brandt"


@pytest.mark.usefixtures("contacts")
def test_a_yes_to_an_ask_without_directors_is_refused(signed_in: SignIn, database_of_app: Database) -> None:
    signed_in("team").post("/ask/make")
    answer = signed_in("sponsor").post("/ask/1/yes")
    assert (answer.status_code, "No director is named yet." in text_of(answer)) == (422, True)
    assert agreed(database_of_app) == (None, None)


@pytest.mark.usefixtures("contacts")
def test_a_yes_to_an_ask_that_was_changed_meanwhile_is_not_recorded(
    signed_in: SignIn, database_of_app: Database
) -> None:
    team, sponsor = signed_in("team"), signed_in("sponsor")
    team.post("/ask/make")
    lea = {"name": "Lea Brandt", "department": "Marketing", "hours_a_week": "2"}
    team.post("/ask/1/directors", data=lea)
    seen = read(sponsor.get("/ask").text).one("input", name="seen").get("value")
    team.post("/ask/1/directors", data=lea | {"hours_a_week": "40"})
    answer = sponsor.post("/ask/1/yes", data={"seen": seen})
    assert (answer.status_code, "was changed while you read it" in text_of(answer)) == (422, True)
    assert agreed(database_of_app) == (None, None)


@pytest.mark.usefixtures("contacts")
def test_a_new_goal_is_offered_to_the_ask_that_still_waits(signed_in: SignIn) -> None:
    team = signed_in("team")
    team.post("/ask/make")
    assert "Bring it up to date" not in text_of(team.get("/ask"))
    goal = {"contacts": "100", "cost_per_contact": "6", "valid_from": "2026-09-14"}
    signed_in("finance").post("/settings/goal", data=goal)
    assert "Bring it up to date" in text_of(team.get("/ask"))
    assert "that is 50 % of what these reasons bring in a year" in text_of(
        team.post("/ask/make", follow_redirects=True)
    )
