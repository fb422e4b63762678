from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.costing.tables import CostRate
from app.db import Database
from tests.builders import AT, make_department, make_user
from tests.web.pages import read


def rooms(client: FlaskClient) -> dict[str, str]:
    """Each room of the settings with its sentence, as the page shows them."""
    page = read(client.get("/settings").text)
    names = [heading.text for heading in page.all("h2")]
    sections = [" ".join(section.text.split()) for section in page.all("section")]
    return dict(zip(names, sections, strict=True))


def make_rate(session: Session, channel: str, amount_minor: int, basis: str = "contact") -> None:
    session.add(
        CostRate(
            channel=channel,
            valid_from=date(2020, 1, 1),
            basis=basis,
            amount_minor=amount_minor,
            currency="USD",
            stated_by="finance",
            recorded_at=AT,
        )
    )
    session.flush()


def test_an_administrator_sees_how_everything_stands(
    signed_in: Callable[..., FlaskClient], database_of_app: Database
) -> None:
    def fill(session: Session) -> None:
        for name in ("Billing", "Fulfilment"):
            make_department(session, name)
        make_rate(session, "phone", 625)
        make_rate(session, "chat", 80, "minute")
        make_user(session, disabled_at=AT)
        make_user(session)

    database_of_app.write(fill)
    found = rooms(signed_in("admin", password_hash="a hash"))
    assert list(found) == [
        *("People", "Departments", "Cost per contact", "Opening days", "Tokens", "Privacy", "Goal", "Installation"),
    ]
    assert found["People"].endswith("2 people may sign in. 1 has never signed in.")
    assert found["Departments"].endswith("Billing, Fulfilment.")
    assert found["Cost per contact"].endswith("phone $6.25 a contact, chat $0.80 a minute.")
    assert found["Opening days"].endswith("Open every day; no single day closed.")
    assert "100,000 fewer contacts a year at $6.00, $600,000 a year." in found["Goal"]
    assert found["Privacy"].endswith("Contacts are kept for ever.")
    assert "UTC; days are cut at its midnight" in found["Installation"]


def test_finance_sees_what_finance_may_set(signed_in: Callable[..., FlaskClient]) -> None:
    assert list(rooms(signed_in("finance"))) == ["Cost per contact", "Goal", "Installation"]


def test_the_page_opens_with_what_most_needs_a_hand(
    signed_in: Callable[..., FlaskClient], database_of_app: Database
) -> None:
    admin = signed_in("admin")

    def finding() -> str:
        return read(admin.get("/settings").text).finding

    assert finding() == "What a contact costs is not set yet, so no page can show money."
    database_of_app.write(lambda session: make_rate(session, "phone", 600))
    assert finding() == "There is no department yet that could own a reason."
    database_of_app.write(make_department)
    assert finding() == "Everything that the figures rest on is set."


@pytest.mark.parametrize("role", ["admin", "finance"])
def test_every_room_can_be_entered_by_who_sees_it(signed_in: Callable[..., FlaskClient], role: str) -> None:
    client = signed_in(role)
    links = [link.get("href") for link in read(client.get("/settings").text).all("a")]
    rooms_linked = [href for href in links if href.startswith("/settings/")]
    assert len(rooms_linked) >= 2
    assert {client.get(href).status_code for href in rooms_linked} == {200}
