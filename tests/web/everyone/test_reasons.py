from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.contacts import days
from app.contacts.tables import Contact
from app.costing.actions import set_rate
from app.costing.rules import Rate
from app.counting import everything
from app.db import Database
from app.people import trail
from app.reasons import actions, queries
from app.reasons.rules import Tree
from app.values.money import Money
from app.values.periods import Period
from tests.builders import AT, TESTER, make_contact, make_department, make_reason
from tests.web.pages import Page, read

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def ids(database_of_app: Database) -> dict[str, int]:
    """Delivery (owner Logistics) > Late; Billing. Sixteen weeks: late 10 a week, 4 in the last; delivery 1 a week."""

    def work(session: Session) -> dict[str, int]:
        owner = make_department(session, "Logistics")
        delivery = make_reason(session, "Delivery", department_id=owner.id)
        late = make_reason(session, "Late", parent=delivery)
        billing = make_reason(session, "Billing")
        for week in range(16):
            at = datetime(2026, 6, 1, 9, tzinfo=UTC) + timedelta(days=7 * week)
            for _ in range(10 if week < 15 else 4):
                make_contact(session, reason=late, occurred_at=at)
            make_contact(session, reason=delivery, occurred_at=at + timedelta(days=6))
            days.touch(session, [at.date(), at.date() + timedelta(days=6)])
        return {"delivery": delivery.id, "late": late.id, "billing": billing.id, "logistics": owner.id}

    ids = database_of_app.write(work)
    everything.count_everything(database_of_app)
    return ids


def tree_of(database: Database, on: date | None = None) -> Tree:
    with database.reading() as session:
        return queries.tree(session, on)


def get(client: FlaskClient, address: str, status: int = 200) -> Page:
    response = client.get(address)
    assert response.status_code == status, response.get_data(as_text=True)
    return read(response.get_data(as_text=True))


def typed(page: Page, **changes: str) -> dict[str, str]:
    """The form of a reason as a browser sends it."""
    form = {name: page.one("input", name=name).get("value") for name in ("name", "valid_from", "seen")}
    for name in ("parent_id", "department_id"):
        form[name] = next(
            (one.get("value") for one in page.all("option") if "selected" in one.attributes and one in _of(page, name)),
            "",
        )
    return {**form, **changes}


def _of(page: Page, name: str) -> list[Any]:
    start = page.elements.index(page.one("select", name=name))
    found = []
    for element in page.elements[start + 1 :]:
        if element.tag != "option":
            break
        found.append(element)
    return found


def test_without_reasons_the_page_says_where_they_come_from(signed_in: SignIn) -> None:
    page = get(signed_in("lead"), "/reasons")
    assert page.finding == "There are no reasons yet."
    assert page.all("form", action="/reasons")
    assert not get(signed_in("finance"), "/reasons").all("form", action="/reasons")


def test_the_tree_shows_what_lies_below_with_contacts_of_late_and_owners(
    signed_in: SignIn, ids: dict[str, int]
) -> None:
    page = get(signed_in("agent"), "/reasons")
    rows = [element.text for element in page.all("td") if element.get("data-label") == "Contacts"]
    # four weeks up to Sunday 20 September: 34 late and 4 of delivery itself
    assert rows == ["0", "38", "34"]
    owners = [element.text for element in page.all("td") if element.get("data-label") == "Owner"]
    assert owners == ["not named", "Logistics", "Logistics"]
    assert page.finding == "3 reasons are in use, and 1 of them has no owner."


def test_contacts_of_late_lead_to_as_many_contacts(signed_in: SignIn, ids: dict[str, int]) -> None:
    client = signed_in("lead")
    for link in get(client, "/reasons").all("a", class_="trace"):
        rows = client.get(link.get("href").replace("/contacts", "/contacts.csv")).text.splitlines()
        assert len(rows) - 1 == int(link.text)


def test_a_reason_is_added_below_another_with_its_owner(
    signed_in: SignIn, ids: dict[str, int], database_of_app: Database
) -> None:
    client = signed_in("lead")
    sent = {"name": " Lost  parcel ", "parent_id": str(ids["delivery"]), "department_id": str(ids["logistics"])}
    answer = client.post("/reasons", data=sent, follow_redirects=True)
    assert "“Delivery &gt; Lost parcel” is added" in answer.text
    tree = tree_of(database_of_app)
    added = tree.named(ids["delivery"], "lost parcel")
    assert added is not None
    assert tree.node(added).department_id == ids["logistics"]
    again = client.post("/reasons", data=sent)
    assert again.status_code == 422
    assert "already. Choose another name." in again.text
    assert len(tree_of(database_of_app).nodes) == 4


@pytest.mark.parametrize("name", ["", "  ", "A > B"])
def test_a_name_that_is_none_is_refused_and_kept_in_the_form(signed_in: SignIn, name: str) -> None:
    answer = signed_in("team").post("/reasons", data={"name": name, "parent_id": "", "department_id": ""})
    assert answer.status_code == 422
    assert read(answer.text).one("input", name="name").get("value") == name


def test_a_place_that_leaves_no_room_is_not_offered(signed_in: SignIn, database_of_app: Database) -> None:
    def work(session: Session) -> int:
        top = make_reason(session, "Top")
        return make_reason(session, "Leaf", parent=make_reason(session, "Middle", parent=top)).id

    leaf = database_of_app.write(work)
    client = signed_in("team")
    offered = {one.get("value") for one in _of(get(client, "/reasons"), "parent_id")}
    assert str(leaf) not in offered
    answer = client.post("/reasons", data={"name": "Deeper", "parent_id": str(leaf), "department_id": ""})
    assert answer.status_code == 422


def test_a_reason_shows_its_figures_weeks_and_bill(
    signed_in: SignIn, ids: dict[str, int], database_of_app: Database
) -> None:
    page = get(signed_in("team"), f"/reasons/{ids['delivery']}")
    # the last 13 weeks, 22 June to 20 September: 12 x 10 + 4 late, 13 of delivery itself
    assert page.finding == "Delivery brought 137 contacts."
    assert "Logistics can remove it." in page.text
    assert "2026-W38 lies below routine variation" in page.text
    assert "phone cannot be priced yet" in page.text
    rate = Rate("phone", date(2026, 1, 1), "contact", Money(600, "USD"), "Finance, budget 2026")
    database_of_app.write(lambda session: set_rate(session, rate, by=TESTER, at=AT))
    page = get(signed_in("team"), f"/reasons/{ids['delivery']}")
    # 137 x 6.00 = 822; x 365 / 91 = 3,297.03
    assert "$822" in page.text
    assert "At this pace it costs $3,297 a year." in page.text
    assert "Finance, budget 2026" in page.text


def test_a_week_without_any_contact_is_missing_and_no_low_week(
    signed_in: SignIn, ids: dict[str, int], database_of_app: Database
) -> None:
    week = list(Period(date(2026, 8, 3), date(2026, 8, 10)))

    def lose(session: Session) -> None:
        session.execute(delete(Contact).where(Contact.day.in_(week)))
        days.touch(session, week)

    database_of_app.write(lose)
    everything.count_everything(database_of_app)
    page = get(signed_in("team"), f"/reasons/{ids['late']}")
    assert "2026-W32" not in page.text
    # ten a week, always: with the missing week as 0 the four of the last week would pass for routine
    assert "2026-W38 lies below routine variation" in page.text


def test_the_days_of_the_ranking_can_be_carried_on(signed_in: SignIn, ids: dict[str, int]) -> None:
    page = get(signed_in("team"), f"/reasons/{ids['late']}?from=2026-06-01&to=2026-06-08")
    assert page.finding == "Late brought 10 contacts."
    assert (
        get(signed_in("team"), f"/reasons/{ids['late']}?from=x&to=2026-06-08").finding == "Late brought 124 contacts."
    )


def test_a_reason_that_is_not_there_is_a_404_in_words(signed_in: SignIn) -> None:
    assert "There is no reason 77" in get(signed_in("team"), "/reasons/77", 404).text


def test_a_change_holds_from_its_day_and_stands_in_the_history(
    signed_in: SignIn, ids: dict[str, int], database_of_app: Database
) -> None:
    client = signed_in("lead")
    page = get(client, f"/reasons/{ids['late']}")
    sent = typed(page, name="Where is my order?", parent_id=str(ids["billing"]), valid_from="2026-07-01", is_other="y")
    answer = client.post(f"/reasons/{ids['late']}", data=sent, follow_redirects=True)
    assert answer.status_code == 200
    assert tree_of(database_of_app).text(ids["late"]) == "Billing > Where is my order?"
    assert tree_of(database_of_app, date(2026, 6, 30)).text(ids["late"]) == "Delivery > Late"
    told = read(answer.text).text
    assert "Renamed from “Late” to “Where is my order?”." in told
    assert "Moved below “Billing”." in told
    assert "Flagged as “Other”." in told
    with database_of_app.reading() as session:
        assert list(trail.breaks(session)) == []


def test_a_form_sent_as_it_was_opened_changes_nothing(
    signed_in: SignIn, ids: dict[str, int], database_of_app: Database
) -> None:
    client = signed_in("team")
    sent = typed(get(client, f"/reasons/{ids['late']}"))
    assert client.post(f"/reasons/{ids['late']}", data=sent).status_code == 302
    with database_of_app.reading() as session:
        assert len(queries.history(session, ids["late"])) == 1


def test_the_second_of_two_who_change_a_reason_is_told_and_loses_nothing(
    signed_in: SignIn, ids: dict[str, int], database_of_app: Database
) -> None:
    client = signed_in("team")
    sent = typed(get(client, f"/reasons/{ids['late']}"), name="My own name")
    database_of_app.write(
        lambda session: actions.rename(session, ids["late"], "Faster", by=TESTER, at=AT, valid_from=AT.date())
    )
    answer = client.post(f"/reasons/{ids['late']}", data=sent)
    page = read(answer.text)
    assert answer.status_code == 422
    assert "a test changed this reason since you opened it." in page.text
    assert page.one("input", name="name").get("value") == "My own name"
    again = typed(page, name="My own name")
    assert client.post(f"/reasons/{ids['late']}", data=again).status_code == 302
    assert tree_of(database_of_app).node(ids["late"]).name == "My own name"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "Late", "valid_from": "someday"}, "“someday” is no day."),
        ({"valid_from": "2199-01-01", "name": "Later"}, "in the future"),
        ({"name": ""}, "Write the reason in the customer"),
    ],
)
def test_a_wrong_change_is_told_in_a_sentence(
    signed_in: SignIn, ids: dict[str, int], change: dict[str, str], words: str
) -> None:
    client = signed_in("team")
    sent = typed(get(client, f"/reasons/{ids['late']}"), **change)
    answer = client.post(f"/reasons/{ids['late']}", data=sent)
    assert answer.status_code == 422
    assert words in read(answer.text).text


def test_a_merged_reason_leads_to_the_one_it_went_into(
    signed_in: SignIn, ids: dict[str, int], database_of_app: Database
) -> None:
    database_of_app.write(
        lambda session: actions.merge(session, ids["late"], ids["billing"], by=TESTER, at=AT, valid_from=AT.date())
    )
    answer = signed_in("team").get(f"/reasons/{ids['late']}", follow_redirects=True)
    assert answer.request.path == f"/reasons/{ids['billing']}"
    assert "“Late” was merged into “Billing”." in answer.text


def test_those_who_only_read_cannot_change(signed_in: SignIn, ids: dict[str, int]) -> None:
    client = signed_in("sponsor")
    assert not get(client, f"/reasons/{ids['late']}").all("form", action=f"/reasons/{ids['late']}#change")
    assert client.post(f"/reasons/{ids['late']}", data={"name": "x"}).status_code == 403
    assert client.post("/reasons", data={"name": "x"}).status_code == 403
