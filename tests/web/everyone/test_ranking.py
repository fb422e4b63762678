import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.contacts import days
from app.costing.actions import set_rate
from app.costing.rules import Rate
from app.counting import everything
from app.db import Database
from app.values.money import Money
from tests.builders import AT, TESTER, make_contact, make_department, make_reason, make_source
from tests.web.pages import Page, read

SignIn = Callable[..., FlaskClient]
FIRST = date(2026, 8, 3)


@pytest.fixture
def ids(database_of_app: Database) -> dict[str, int]:
    """Six weeks from 3 August: late 3 a week by phone, lost 1 by e-mail; once delivery itself, other, 2 untagged."""

    def work(session: Session) -> dict[str, int]:
        owner = make_department(session, "Logistics")
        delivery = make_reason(session, "Delivery")
        late = make_reason(session, "Late", parent=delivery, department_id=owner.id)
        lost = make_reason(session, "Lost", parent=delivery)
        other = make_reason(session, "=Other", is_other=True)
        source = make_source(session, "City")
        at = AT
        for week in range(6):
            at = datetime(2026, 8, 3, 9, tzinfo=UTC) + timedelta(days=7 * week)
            for reason, channel in ((late, "phone"), (late, "phone"), (late, "phone"), (lost, "email")):
                make_contact(session, reason=reason, channel=channel, occurred_at=at, source=source, handle_seconds=120)
            make_contact(session, reason=late, is_abandoned=True, occurred_at=at, source=source)
        for further in (delivery, other, None, None):
            make_contact(session, reason=further, occurred_at=at, source=source, handle_seconds=None)
        days.touch(session, [FIRST + timedelta(days=7 * week) for week in range(6)])
        return {"delivery": delivery.id, "late": late.id, "lost": lost.id, "other": other.id}

    ids = database_of_app.write(work)
    everything.count_everything(database_of_app)
    return ids


def get(client: FlaskClient, address: str, status: int = 200) -> Page:
    response = client.get(address)
    assert response.status_code == status, response.get_data(as_text=True)
    return read(response.get_data(as_text=True))


def test_before_the_first_contact_the_page_says_what_to_do(signed_in: SignIn) -> None:
    page = get(signed_in("lead"), "/ranking")
    assert "There is nothing to rank yet." in page.text
    assert "Take in a file" in [link.text for link in page.all("a", href="/imports")]
    assert "Take in a file" not in get(signed_in("sponsor"), "/ranking").text


def test_the_page_opens_with_what_it_found(signed_in: SignIn, ids: dict[str, int]) -> None:
    page = get(signed_in("team"), "/ranking?weeks=all")
    assert page.one("h1").text == "One reason makes 69\u00a0% of contacts."
    assert "“Late” brought 18 of 26 tagged contacts" in page.text
    assert "6 abandoned or outgoing left out" in page.text
    assert "92.9 %" in page.text
    assert "1 contact, not drawn" in page.text


def test_every_figure_leads_to_as_many_contacts(signed_in: SignIn, ids: dict[str, int]) -> None:
    client = signed_in("team", "lead")
    page = get(client, "/ranking?weeks=all")
    traces = [link for link in page.all("a", class_="trace") if link.get("href").startswith("/contacts")]
    shown = {link.text: link.get("href") for link in traces}
    assert {"28", "18", "6", "1"} <= set(shown)
    for text, address in shown.items():
        if text.isdecimal():
            rows = list(csv.reader(io.StringIO(client.get(address.replace("/contacts", "/contacts.csv")).text)))
            assert len(rows) - 1 == int(text), address


def test_an_agent_sees_the_ranking_without_ways_into_contacts(signed_in: SignIn, ids: dict[str, int]) -> None:
    page = get(signed_in("agent"), "/ranking?weeks=all")
    assert page.one("h1").text.startswith("One reason makes")
    assert not [link for link in page.all("a") if link.get("href").startswith(("/contacts?", "/initiatives/new"))]


def test_without_a_rate_the_cost_is_blank_and_leads_to_where_it_is_set(
    signed_in: SignIn, ids: dict[str, int], database_of_app: Database
) -> None:
    text = signed_in("team", "finance").get("/ranking?weeks=all").get_data(as_text=True)
    assert "/settings/rates?channel=phone" in text
    assert "/settings/rates?channel=email" in text
    assert "$0" not in text
    team_only = signed_in("team").get("/ranking?weeks=all").get_data(as_text=True)
    assert "/settings/rates" not in team_only
    assert "no rate" in team_only
    rate = Rate("phone", date(2026, 1, 1), "contact", Money(600, "USD"), "Finance")
    database_of_app.write(lambda session: set_rate(session, rate, by=TESTER, at=AT))
    text = signed_in("team", "finance").get("/ranking?from=2026-08-03&to=2026-09-14").get_data(as_text=True)
    # 18 contacts x 6.00 over 42 days, x 365 / 42 = 938.57
    assert "$939" in text
    assert "/settings/rates?channel=email" in text


def test_a_level_a_parent_and_a_channel_narrow_the_ranking(signed_in: SignIn, ids: dict[str, int]) -> None:
    client = signed_in("team")
    rows = table(get(client, "/ranking?weeks=all&level=1"))
    assert rows == [("Delivery", "25"), ("=Other", "1")]
    rows = table(get(client, f"/ranking?weeks=all&parent={ids['delivery']}"))
    assert rows == [("Late", "18"), ("Lost", "6"), ("Delivery", "1")]
    assert table(get(client, "/ranking?weeks=all&channel=email")) == [("Lost", "6")]
    assert table(get(client, "/ranking?weeks=all&source=City&channel=chat")) == []


def table(page: Page) -> list[tuple[str, str]]:
    names = [element.text for element in page.all("a") if re.fullmatch(r"/reasons/\d+", element.get("href"))]
    counts = [element.text for element in page.all("td") if element.get("data-label") == "Contacts"]
    return list(zip(names, counts, strict=False)) if counts else []


def test_the_export_equals_the_table_and_runs_no_formula(signed_in: SignIn, ids: dict[str, int]) -> None:
    client = signed_in("team")
    response = client.get("/ranking.csv?weeks=all")
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert [(row["reason"], row["contacts"], row["owner"]) for row in rows] == [
        ("Delivery > Late", "18", "Logistics"),
        ("Delivery > Lost", "6", ""),
        ("Delivery", "1", ""),
        ("'=Other", "1", ""),
    ]
    assert [int(row["contacts"]) for row in rows] == [
        int(count) for _, count in table(get(client, "/ranking?weeks=all"))
    ]
    assert rows[0]["minutes"] == "36.0"
    assert rows[0]["cost_a_year_minor"] == ""


def test_the_bars_lead_to_their_reasons_over_the_same_days(signed_in: SignIn, ids: dict[str, int]) -> None:
    page = get(signed_in("team"), "/ranking?from=2026-08-03&to=2026-09-14")
    addresses = {link.get("href") or link.get("xlink:href") for link in page.all("a")}
    assert f"/reasons/{ids['late']}?from=2026-08-03&to=2026-09-14" in addresses


@pytest.mark.parametrize(
    "query", ["from=tomorrow", "to=2020-01-01&from=2021-01-01", "level=9", "source=Nowhere", "by=magic"]
)
def test_a_question_that_cannot_be_answered_is_told_in_a_sentence(
    signed_in: SignIn, ids: dict[str, int], query: str
) -> None:
    page = get(signed_in("team"), f"/ranking?{query}", 422)
    assert "This question cannot be answered as it is." in page.text
    assert signed_in("team").get(f"/ranking.csv?{query}").status_code == 422


def test_a_period_without_contacts_says_where_the_data_lies(signed_in: SignIn, ids: dict[str, int]) -> None:
    page = get(signed_in("team"), "/ranking?from=2020-01-01&to=2020-02-01")
    assert "No contacts came in 31 days." in page.text
    assert "3 Aug 2026" in page.text


def test_the_address_of_a_view_keeps_the_question(signed_in: SignIn, ids: dict[str, int]) -> None:
    page = get(signed_in("team"), "/ranking?weeks=52&channel=phone&level=2")
    by_cost = next(link for link in page.all("a") if link.text == "Cost")
    assert parse_qs(urlsplit(by_cost.get("href")).query) == {
        "weeks": ["52"], "channel": ["phone"], "level": ["2"], "by": ["cost"],
    }  # fmt: skip
