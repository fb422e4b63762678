"""An initiative's page once it was measured by a frozen plan, and what the meeting counts of it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from app.db import Database
from tests.web.pages import read
from tests.web.sponsor.test_savings_measured import make

SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def this_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: datetime(2026, 9, 14, 9, 30, tzinfo=UTC))


@pytest.fixture
def signed(database_of_app: Database) -> None:
    database_of_app.write(make)


def words(client: FlaskClient, page: str) -> str:
    answer = client.get(page)
    assert answer.status_code == 200
    return read(answer.text).text.replace("\u00a0", " ")


@pytest.mark.usefixtures("signed")
def test_the_page_shows_what_was_measured_with_state_and_range(signed_in: SignIn) -> None:
    told = words(signed_in("team"), "/initiatives/1")
    assert "1,860 contacts no longer came, and that is verified." in told
    assert "6,200 were to be expected since go-live and 4,340 came: 1,860 fewer, between 1,240 and 2,549" in told
    assert "net since go-live $10,000 ($6k - $14k)" in told
    assert "$35,323 / yr" in told
    assert "$32,379 / yr" in told
    assert "$5,500 signed so far" in told
    assert "Realised, indicative" not in told


@pytest.mark.usefixtures("signed")
def test_the_months_stand_beside_what_was_booked_and_signed(signed_in: SignIn) -> None:
    page = read(signed_in("team").get("/initiatives/1").text)
    august = next(one for one in page.all("tr") if one.text.strip().startswith("Aug 2026"))
    assert "$6,000" in august.text
    assert "$5,500" in august.text
    assert page.all("a", href="/savings/1/2026-08", class_="trace")


@pytest.mark.usefixtures("signed")
def test_an_initiative_without_a_frozen_plan_stays_indicative(signed_in: SignIn) -> None:
    told = words(signed_in("team"), "/initiatives/2")
    assert "Realised, indicative" in told
    assert "The whole calculation" not in told


@pytest.mark.usefixtures("signed")
def test_the_meeting_counts_what_is_booked_where_it_was_measured(signed_in: SignIn) -> None:
    told = words(signed_in("team"), "/meetings/2026-W37")
    assert "Realised a year$35,323" in told.replace("Realised a year $", "Realised a year$")
    assert "booked where a frozen plan measured it, else indicative" in told
