"""The list of initiatives says which of them its sum is made of."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.db import Database
from tests.builders import make_reason
from tests.initiative_builders import make_initiative, make_projection, make_rate
from tests.web.pages import read

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def four(database_of_app: Database) -> None:
    """A projected one, one that is not projected, and two dropped ones, one of them with a projection."""

    def make(session: Session) -> None:
        reason = make_reason(session, "Where is my label?")
        make_rate(session)
        sized: Any = make_initiative(session, name="Label", reasons=(reason,), stage="sizing")
        make_projection(session, sized, share_likely_bp=4000, share_high_bp=4000)
        make_initiative(session, name="An idea")
        dropped = make_initiative(session, name="Given up", reasons=(reason,), stage="dropped")
        make_projection(session, dropped, share_likely_bp=4000, share_high_bp=4000)
        make_initiative(session, name="Given up early", stage="dropped")

    database_of_app.write(make)


def words(client: FlaskClient, address: str) -> tuple[str, str]:
    page = read(client.get(address).text)
    (lede,) = [one.text for one in page.all("p") if one.get("class") == "lede"]
    return page.finding.replace("\u00a0", " "), lede.replace("\u00a0", " ")


@pytest.mark.usefixtures("four")
def test_what_is_dropped_or_not_projected_stands_for_nothing(signed_in: SignIn) -> None:
    team = signed_in("team")
    finding, lede = words(team, "/initiatives")
    assert finding == "1 initiative stands for $87,600 a year."
    assert lede == "Not in this sum: 1 not projected yet, 2 dropped. Nothing of it is measured yet."
    assert words(team, "/initiatives?stage=sizing") == (finding, "Nothing of it is measured yet.")


@pytest.mark.usefixtures("four")
def test_where_nothing_is_projected_no_sum_is_told(signed_in: SignIn) -> None:
    team = signed_in("team")
    assert words(team, "/initiatives?stage=idea")[0] == (
        "1 initiative, and nothing of what it would save is written down yet."
    )
    assert words(team, "/initiatives?stage=dropped")[0] == (
        "2 initiatives, and nothing of what they would save is written down yet."
    )
