"""A call that is logged today moves no period: today and this week are not over."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.counting import queries as counting
from app.db import Database
from app.initiatives.basis import basis
from app.ranking.rules import usual_period
from app.reporting import queries as reporting
from app.values.periods import Period
from tests.builders import make_reason
from tests.initiative_builders import make_totals
from tests.web.pages import read

SignIn = Callable[..., FlaskClient]
SUNDAY = date(2026, 11, 22)
FIRST = date(2026, 8, 3)


@pytest.fixture
def late(database_of_app: Database, monkeypatch: pytest.MonkeyPatch) -> int:
    """Ten calls a day from Monday 3 August to Saturday 21 November, and one on Sunday the 22nd, which is today."""
    monkeypatch.setattr("app.clock.now", lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))

    def work(session: Session) -> int:
        reason = make_reason(session, "Late").id
        days = {FIRST + timedelta(days=number): 10 for number in range(111)}
        make_totals(session, reason, {**days, SUNDAY: 1})
        return reason

    return database_of_app.write(work)


def test_the_ranking_ends_with_the_last_week_that_is_over(signed_in: SignIn, late: int) -> None:
    page = read(signed_in("team").get("/ranking").text)
    # 13 whole weeks up to Sunday 15 November: 91 days of 10 calls. With today W47 would be the last, and one of 61.
    assert "“Late” brought 910 of 910 tagged contacts" in page.text
    assert "21 Nov 2026" in page.text.replace("\u00a0", " ")
    assert "today counts once it is over" in page.text
    assert "below routine" not in page.text
    assert "W47" not in page.text


def test_all_days_are_all_that_are_over(signed_in: SignIn, late: int) -> None:
    rows = signed_in("team").get("/ranking.csv?weeks=all").text
    assert ",1110," in rows


def test_the_reason_shows_no_week_that_is_not_over(signed_in: SignIn, late: int) -> None:
    page = read(signed_in("team").get(f"/reasons/{late}").text)
    assert "2026-W46" in page.text
    assert "2026-W47" not in page.text
    assert "today counts once it is over" in page.text
    assert "something changed" not in page.text


def test_the_list_of_reasons_counts_the_days_that_are_over(signed_in: SignIn, late: int) -> None:
    assert "280" in read(signed_in("team").get("/reasons").text).text


def test_the_ask_and_a_projection_are_made_from_days_that_are_over(database_of_app: Database, late: int) -> None:
    with database_of_app.reading() as session:
        assert reporting.period_now(session, SUNDAY) == Period(FIRST, SUNDAY)
        assert basis(session, [late], [], "USD", SUNDAY).base.contacts == 1110
        days = counting.finished_days(session, SUNDAY)
    assert days is not None
    assert usual_period(*days, weeks=13).end == date(2026, 11, 16)


def test_a_call_of_today_after_weeks_without_a_file_does_not_count_those_as_empty(
    database_of_app: Database, late: int
) -> None:
    later = date(2026, 12, 24)

    def log(session: Session) -> Period | None:
        make_totals(session, late, {later: 1})
        return reporting.period_now(session, later)

    assert database_of_app.write(log) == Period(FIRST, date(2026, 11, 23))


def test_the_ask_says_up_to_which_day(signed_in: SignIn, late: int) -> None:
    assert "111 days up to yesterday" in read(signed_in("team").get("/ask").text).text


def test_with_calls_of_today_only_the_ranking_says_that_they_count_tomorrow(
    signed_in: SignIn, database_of_app: Database
) -> None:
    today = datetime.now(UTC).date() + timedelta(days=1)
    database_of_app.write(lambda session: make_totals(session, make_reason(session).id, {today: 1}))
    page = read(signed_in("agent").get("/ranking").text)
    assert "There is nothing to rank yet." in page.text
    assert "today counts once it is over" in page.text
