"""The page that says what values of files mean."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.contacts import days
from app.counting import everything
from app.db import Database
from app.ranking import queries as ranking
from app.ranking.rules import Question
from app.reasons import actions, queries
from app.values.periods import week_of
from tests.builders import AT, TESTER, make_contact, make_reason
from tests.web.pages import read

SignIn = Callable[..., FlaskClient]


def make_waiting(session: Session) -> dict[str, int]:
    """Two values of a city: three contacts wait as “Potholes”, one as “Xyz”; reasons “Roads > Pothole”, “Noise”."""
    stamp = {"by": TESTER, "at": AT}
    known = actions.learn_raw(session, "City", ["Potholes", "Xyz"], create=False, valid_from=AT.date(), **stamp)  # type: ignore[arg-type]
    for value, number in (("Xyz", 1), ("Potholes", 3)):
        for _ in range(number):
            days.touch(session, [make_contact(session, raw_reason_id=known[value].id).day])
    make_reason(session, "Noise")
    roads = actions.ensure_path(session, ["Roads", "Pothole"], valid_from=AT.date(), **stamp)  # type: ignore[arg-type]
    return {"Potholes": known["Potholes"].id, "Xyz": known["Xyz"].id, "roads": roads}


def test_values_wait_by_volume_and_a_likely_reason_is_written_in(signed_in: SignIn, database_of_app: Database) -> None:
    database_of_app.write(make_waiting)
    page = read(signed_in("lead").get("/imports/reasons").text)
    assert "2 values wait for a reason, with 4 contacts." in page.text
    written = [field.get("value") for field in page.all("input", name="path")]
    assert written == ["Roads > Pothole", ""]


def test_giving_a_value_its_reason_tags_all_that_waited_and_counts_their_days(
    signed_in: SignIn, database_of_app: Database
) -> None:
    ids = database_of_app.write(make_waiting)
    everything.count_everything(database_of_app)
    sent = {"value": ids["Potholes"], "path": " roads >  POTHOLE "}
    answer = signed_in("lead").post("/imports/reasons", data=sent, follow_redirects=True)
    page = read(answer.text)
    assert "It means “Roads > Pothole” from now on, and 3 contacts that waited carry it." in page.text
    assert "1 value waits for a reason, with 1 contact." in page.text
    with database_of_app.reading() as session:
        found = ranking.ranking(session, Question(week_of(AT.date())))
    assert [(row.name, row.contacts) for row in found.rows] == [("Pothole", 3)]


def test_a_value_that_is_no_reason_waits_no_more_and_its_contacts_stay_untagged(
    signed_in: SignIn, database_of_app: Database
) -> None:
    ids = database_of_app.write(make_waiting)
    answer = signed_in("lead").post(
        "/imports/reasons", data={"value": ids["Xyz"], "none": "yes"}, follow_redirects=True
    )
    page = read(answer.text)
    assert "It is no reason: its contacts are untagged" in page.text
    assert "1 value waits" in page.text
    assert "no reason" in page.text


def test_a_meaning_is_changed_from_a_day_on_and_what_it_meant_before_is_shown(
    signed_in: SignIn, database_of_app: Database
) -> None:
    ids = database_of_app.write(make_waiting)
    client = signed_in("lead")
    client.post("/imports/reasons", data={"value": ids["Potholes"], "reason": ids["roads"]})
    assert "It means Roads > Pothole now." in read(client.get(f"/imports/reasons?value={ids['Potholes']}").text).text
    sent = {"value": ids["Potholes"], "path": "Noise", "valid_from": AT.date().isoformat()}
    page = read(client.post("/imports/reasons", data=sent, follow_redirects=True).text)
    assert f"before {AT.date()}: Roads > Pothole" in page.text
    with database_of_app.reading() as session:
        found = queries.raw_values(session, "City")["Potholes"]
    assert found.on("1999-01-01") == ids["roads"]
    assert "Potholes" in read(client.get("/imports/reasons?source=City&query=othol").text).text
    assert "No value is like that." in read(client.get("/imports/reasons?query=nothing").text).text


def test_what_cannot_be_is_said_and_changes_nothing(signed_in: SignIn, database_of_app: Database) -> None:
    ids = database_of_app.write(make_waiting)
    client = signed_in("lead")
    for sent, words in (
        ({"value": ids["Xyz"], "path": "Fishing"}, "There is no reason “Fishing”."),
        ({"value": ids["Xyz"], "path": ""}, "Write the reason that it means"),
        ({"value": ids["Xyz"], "path": "Noise", "valid_from": "soon"}, "“soon” is no day."),
        ({"value": ids["Xyz"], "path": "Noise", "valid_from": "2999-01-01"}, "is in the future"),
        ({"path": "Noise"}, "Choose a value first."),
    ):
        answer = client.post("/imports/reasons", data=sent)
        assert answer.status_code == 422
        assert words in read(answer.text).text
    assert client.post("/imports/reasons", data={"value": 987654, "none": "yes"}).status_code == 404
    assert "2 values wait" in read(client.get("/imports/reasons").text).text
