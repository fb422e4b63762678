"""The savings page: each figure with the page that made it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.db import Database
from app.initiatives.tables import InitiativeReason
from tests.builders import make_reason, make_user
from tests.initiative_builders import every_day, make_initiative, make_projection, make_rate, make_totals
from tests.web.pages import read

NOW = datetime(2026, 9, 14, 9, 30, tzinfo=UTC)
GO_LIVE = date(2026, 8, 3)
SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def this_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: NOW)


@pytest.fixture
def company(database_of_app: Database) -> None:
    """One live initiative, promised 40 and saving 30 contacts a day at $6; another waits for its approval."""

    def make(session: Any) -> None:
        reason, other = make_reason(session, "Where is my label?"), make_reason(session, "Bills")
        make_rate(session)
        make_totals(session, reason.id, every_day(date(2025, 8, 4), 42, 100) | every_day(GO_LIVE, 42, 70))
        make_totals(session, other.id, every_day(date(2025, 8, 4), 42, 100) | every_day(GO_LIVE, 42, 100))
        live = make_initiative(session, name="Label", reasons=(reason,), stage="live", go_live_on=GO_LIVE)
        make_projection(session, live, share_likely_bp=4000, share_high_bp=4000, starts_on=GO_LIVE, frozen_at=NOW)
        people = [make_user(session, roles=(role,)).id for role in ("team", "sponsor")]
        sizing = make_initiative(
            session, name="Bills", reasons=(other,), stage="sizing", owner_id=people[0], sponsor_id=people[1]
        )
        make_projection(session, sizing, starts_on=date(2026, 12, 1))

    database_of_app.write(make)


def text_of(answer: TestResponse) -> str:
    return read(answer.text).text.replace("\u00a0", " ")


def test_an_empty_page_says_what_the_goal_is_and_what_to_do(signed_in: SignIn) -> None:
    answer = signed_in("sponsor").get("/savings")
    words = text_of(answer)
    assert "Nothing is projected yet of the $600,000 a year." in words
    assert "Nobody has set it yet; this is the first proposal." in words
    assert 'href="/ranking"' in answer.text


@pytest.mark.usefixtures("company")
def test_the_ladder_the_months_and_the_initiatives_are_those_worked_out_by_hand(signed_in: SignIn) -> None:
    answer = signed_in("finance").get("/savings")
    words = text_of(answer)
    # a year: identified (40 + 20) x 365 x 6, live 40, realised 30
    for figure in ("$131,400", "$87,600", "$65,700"):
        assert figure in words
    assert "22 % of the goal" in words
    assert "11 % of the goal" in words
    # August: 29 days x $240 promised, $180 measured; September: 13 days
    assert "Aug 2026" in words
    for figure in ("$6,960", "$5,220", "($1,740)", "$3,120", "$2,340", "($780)"):
        assert figure in words
    assert "The months measured so far lie $2,520 behind their projection." in words
    lines = signed_in("finance").get("/savings.csv").text.splitlines()
    assert lines[1] == "2026-08,2026-08-01,2026-09-01,1160,696000,8194839,,,,,,,,870,522000,6146129,USD"


@pytest.mark.usefixtures("company")
def test_every_figure_leads_to_what_it_was_made_from(signed_in: SignIn) -> None:
    client = signed_in("sponsor")
    page = read(client.get("/savings").text)
    traced = {one.get("href") for one in page.elements if one.tag == "a" and one.get("class") == "trace"}
    assert traced == {
        "/initiatives?level=identified",
        "/initiatives?level=approved",
        "/initiatives?level=live",
        "/initiatives?level=realised",
        *(f"/savings/months/{month}" for month in ("2026-08", "2026-09", "2026-10", "2026-11", "2026-12")),
        *(f"/savings/months/2027-{month:02d}" for month in (1, 2, 3)),
        "/initiatives/1/projection",
        "/initiatives/2/projection",
        "/initiatives/1/series",
    }
    assert {client.get(address).status_code for address in traced} == {200}


@pytest.mark.usefixtures("company")
def test_a_month_names_the_initiatives_that_made_it(signed_in: SignIn) -> None:
    client = signed_in("sponsor")
    page = text_of(client.get("/savings/months/2026-09"))
    assert "$2,340 realised, as an indication, of $3,120 projected." in page
    assert "Label" in page
    assert "Bills" not in page
    for wrong in ("2020-01", "2026-13", "september", "2026-9-1"):
        assert client.get(f"/savings/months/{wrong}").status_code == 404


@pytest.mark.usefixtures("company")
def test_what_waits_for_a_sponsor_is_shown_to_sponsors_only(signed_in: SignIn) -> None:
    assert "Approve INI-02" in text_of(signed_in("sponsor").get("/savings"))
    assert "Approve INI-02" not in text_of(signed_in("team").get("/savings"))


@pytest.mark.usefixtures("company")
def test_initiatives_on_the_same_contacts_are_not_added_silently(signed_in: SignIn, database_of_app: Database) -> None:
    def make(session: Any) -> None:
        again = make_initiative(session, stage="live", go_live_on=GO_LIVE)
        session.add(InitiativeReason(initiative_id=again.id, reason_id=1))

    database_of_app.write(make)
    assert "they count some of the same contacts, so the realised sum is too high" in text_of(
        signed_in("finance").get("/savings")
    )


@pytest.mark.usefixtures("company")
def test_the_goal_on_the_page_is_the_one_that_finance_set(signed_in: SignIn) -> None:
    finance = signed_in("finance")
    typed = {"contacts": "21,900", "cost_per_contact": "$6", "valid_from": "2026-09-14"}
    assert "The goal is 21,900 contacts at $6.00." in text_of(
        finance.post("/settings/goal", data=typed, follow_redirects=True)
    )
    words = text_of(finance.get("/savings"))
    assert "of the $131,400 goal" in words
    assert "100 % of the goal" in words


@pytest.mark.usefixtures("company")
def test_the_page_says_which_realised_is_the_pace_of_late_and_which_is_a_months_own(signed_in: SignIn) -> None:
    words = text_of(signed_in("sponsor").get("/savings"))
    assert "realised a year at the pace of the last 91 days, as an indication, of the $600,000 goal" in words
    assert "each month's own money times a year. What is realised at the top of the page goes by the last 91" in words
