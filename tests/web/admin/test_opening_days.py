from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient

from app.counting import queries
from app.counting.rules import Opening
from app.db import Database
from app.web.admin.opening_days import in_words
from tests.web.pages import read

SignIn = Callable[..., FlaskClient]
PAGE = "/settings/opening-days"


def opening_of(database: Database) -> Opening:
    with database.reading() as session:
        return queries.opening(session)


def test_weekdays_are_set_and_shown(signed_in: SignIn, database_of_app: Database) -> None:
    client = signed_in("admin")
    assert read(client.get(PAGE).text).finding == "The centre is open every day of the week."
    answer = client.post(f"{PAGE}/weekdays", data={"weekdays": ["0", "1", "2", "3", "4"]}, follow_redirects=True)
    assert read(answer.text).finding == "The centre is open Monday to Friday."
    assert opening_of(database_of_app).closed_weekdays == {5, 6}


def test_a_day_is_closed_and_opened_again(signed_in: SignIn, database_of_app: Database) -> None:
    client = signed_in("admin")
    answer = client.post(f"{PAGE}/closed", data={"day": "2026-11-02", "name": "Stocktaking"}, follow_redirects=True)
    assert "Stocktaking" in answer.text
    assert opening_of(database_of_app).closed_days == {date(2026, 11, 2): "Stocktaking"}
    client.post(f"{PAGE}/open", data={"day": "2026-11-02"})
    client.post(f"{PAGE}/open", data={"day": "2026-11-02"})
    assert opening_of(database_of_app).closed_days == {}


def test_a_years_public_holidays_are_filled_in(signed_in: SignIn, database_of_app: Database) -> None:
    client = signed_in("admin")
    sent = {"country": "ca", "region": "on", "year": "2014"}
    answer = client.post(f"{PAGE}/holidays", data=sent, follow_redirects=True)
    assert "Family Day" in answer.text
    assert opening_of(database_of_app).closed_days[date(2014, 12, 25)] == "Christmas Day"
    again = client.post(f"{PAGE}/holidays", data=sent, follow_redirects=True)
    assert "All of 2014 were there already." in again.text


@pytest.mark.parametrize(
    ("path", "sent", "words"),
    [
        ("weekdays", {}, "The centre is open on no weekday."),
        ("closed", {"day": "", "name": "Stocktaking"}, "Choose the day."),
        ("closed", {"day": "tomorrow", "name": "Stocktaking"}, "“tomorrow” is no day."),
        ("closed", {"day": "2026-11-02", "name": ""}, "Say why the centre is closed"),
        ("closed", {"day": "2026-11-02", "name": "x" * 121}, "Say why the centre is closed"),
        ("holidays", {"country": "XX", "region": "", "year": "2014"}, "“XX” is no country with known holidays."),
        ("holidays", {"country": "CA", "region": "ZZ", "year": "2014"}, "“ZZ” is no region of CA."),
        ("holidays", {"country": "CA", "region": "", "year": "1066"}, "1066 is no year to fill."),
        ("holidays", {"country": "CA", "region": "", "year": "soon"}, "“soon” is no whole number."),
    ],
)
def test_what_cannot_be_set_is_told_in_a_sentence(
    signed_in: SignIn, database_of_app: Database, path: str, sent: dict[str, str], words: str
) -> None:
    answer = signed_in("admin").post(f"{PAGE}/{path}", data=sent)
    assert answer.status_code == 422
    assert words in read(answer.text).text
    assert opening_of(database_of_app) == Opening(frozenset(), {})


def test_a_day_to_open_that_is_none_is_refused(signed_in: SignIn) -> None:
    assert signed_in("admin").post(f"{PAGE}/open", data={"day": "x"}).status_code == 422


def test_others_cannot_set_opening_days(signed_in: SignIn) -> None:
    assert signed_in("lead", "finance").get(PAGE).status_code == 403


@pytest.mark.parametrize(
    ("weekdays", "words"),
    [
        ([0, 1, 2, 3, 4, 5], "Monday to Saturday"),
        ([0, 1, 2], "Monday to Wednesday"),
        ([0, 1], "on Monday and Tuesday"),
        ([6], "on Sunday"),
        ([0, 2, 4], "on Monday, Wednesday and Friday"),
        ([0, 1, 2, 4, 6], "on Monday to Wednesday, Friday and Sunday"),
        ([0, 1, 2, 4, 5, 6], "on Monday to Wednesday and Friday to Sunday"),
    ],
)
def test_weekdays_that_follow_one_another_are_told_as_one_stretch(weekdays: list[int], words: str) -> None:
    assert in_words(weekdays) == words
