"""The placebo page: what was found stands beside what is promised."""

from collections.abc import Callable
from datetime import date

from flask.testing import FlaskClient

from app.db import Database
from app.measurement.placebo import Fake
from app.measurement.tables import Placebo
from app.web.sponsor.placebo import by_reason
from tests.builders import AT
from tests.web.pages import read

SignIn = Callable[..., FlaskClient]
MONDAY = date(2026, 1, 5)


def kept(*fakes: tuple[str, float, float]) -> Placebo:
    rows = [
        {"reason": reason, "go_live_on": MONDAY.isoformat(), "relative": 0.0, "low": low, "high": high}
        for reason, low, high in fakes
    ]
    return Placebo(until=date(2026, 9, 1), worked_out_at=AT, figures={"fakes": rows})


def words(client: FlaskClient) -> str:
    answer = client.get("/placebo")
    assert answer.status_code == 200
    return read(answer.text).text.replace("\u00a0", " ")


def test_before_it_was_worked_out_the_page_says_how_to(signed_in: SignIn) -> None:
    told = words(signed_in("finance"))
    assert "How often the method is wrong here was not worked out yet." in told
    assert "flask measurement placebo" in told


def test_cover_false_saving_and_half_width_stand_beside_what_is_promised(
    signed_in: SignIn, database_of_app: Database
) -> None:
    # Four ranges: one misses 0 from above, one from below; half widths .05, .1, .2 and .3.
    fakes = (("Bills", 0.1, 0.2), ("Bills", -0.1, 0.1), ("Labels", -0.5, -0.1), ("Labels", -0.3, 0.3))
    database_of_app.write(lambda session: session.add(kept(*fakes)))
    told = words(signed_in("sponsor"))
    assert "a saving is seen in 25 % of the tests." in told
    assert "4 go-lives that never were, on 2 reasons" in told
    assert "Cover50.0 %" in told.replace("Cover 50", "Cover50")
    assert "90 % are promised" in told
    assert "15.0 %" in told  # between .1 and .2
    assert "5 % are promised" in told


def test_the_last_one_is_shown(signed_in: SignIn, database_of_app: Database) -> None:
    database_of_app.write(lambda session: session.add(kept(("Bills", 0.1, 0.2))))
    database_of_app.write(lambda session: session.add(kept(("Bills", -0.1, 0.2))))
    assert "a saving is seen in 0 % of the tests." in words(signed_in("team"))


def test_nothing_that_could_be_tested_is_said(signed_in: SignIn, database_of_app: Database) -> None:
    database_of_app.write(lambda session: session.add(kept()))
    assert "No untouched reason could be tested." in words(signed_in("finance"))


def test_the_reasons_with_most_false_savings_come_first() -> None:
    fakes = [Fake("Bills", MONDAY, 0.0, -0.1, 0.1), Fake("Labels", MONDAY, 0.2, 0.1, 0.3)]
    assert [(row.reason, row.found.false_saving) for row in by_reason(fakes)] == [("Labels", 1.0), ("Bills", 0.0)]
