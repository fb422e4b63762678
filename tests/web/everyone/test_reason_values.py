from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.contacts import days
from app.counting import everything
from app.db import Database
from app.ranking import queries as ranking
from app.ranking.rules import Question
from app.reasons import actions
from app.values.periods import week_of
from tests.builders import AT, TESTER, make_contact, make_reason
from tests.web.pages import read

SignIn = Callable[..., FlaskClient]


def make_waiting(session: Session) -> tuple[int, int]:
    """Two contacts whose file says “Pothole”, and a reason “Roads”."""
    known = actions.learn_raw(session, "City", ["Pothole"], create=False, by=TESTER, at=AT, valid_from=AT.date())
    for _ in range(2):
        days.touch(session, [make_contact(session, raw_reason_id=known["Pothole"].id).day])
    return known["Pothole"].id, make_reason(session, "Roads").id


def test_a_value_is_given_its_reason_and_what_waited_is_tagged_and_counted(
    signed_in: SignIn, database_of_app: Database
) -> None:
    raw_id, reason_id = database_of_app.write(make_waiting)
    everything.count_everything(database_of_app)
    client = signed_in("lead")
    page = read(client.get("/reasons").text)
    assert "1 value from files still waits for a reason." in page.text
    answer = client.post("/reasons/values", data={"value": raw_id, "reason": reason_id}, follow_redirects=True)
    assert "and 2 contacts that waited carry it." in read(answer.text).text
    assert not read(answer.text).all("form", action="/reasons/values")
    with database_of_app.reading() as session:
        found = ranking.ranking(session, Question(week_of(AT.date())))
    assert [(row.name, row.contacts) for row in found.rows] == [("Roads", 2)]


def test_half_a_choice_changes_nothing_and_says_so(signed_in: SignIn, database_of_app: Database) -> None:
    raw_id, _ = database_of_app.write(make_waiting)
    answer = signed_in("team").post("/reasons/values", data={"value": raw_id, "reason": ""})
    assert answer.status_code == 422
    assert "Choose a value and the reason that it means." in answer.text
    assert signed_in("team").post("/reasons/values", data={"value": 987654, "reason": 1}).status_code == 404
