import html
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.contacts.days import touch
from app.contacts.tables import Contact, ContactReason
from app.counting.everything import count_everything
from app.db import Database
from app.people.rules import Actor
from app.tagging import actions
from tests.builders import AT, make_contact, make_reason, make_user
from tests.web.pages import read

SignIn = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def _same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: AT)


@pytest.fixture
def lead(signed_in: SignIn) -> FlaskClient:
    return signed_in("lead", name="Jonas Feld")


def words(client: FlaskClient, address: str = "/inbox") -> str:
    """What the page says, without its markup."""
    page = client.get(address, follow_redirects=True)
    assert page.status_code == 200
    return plain(page.text)


def plain(page: str) -> str:
    """What the page says, without its markup."""
    return read(page).text.replace("\u00a0", " ")


def waiting(database: Database, *notes: str, **fields: Any) -> list[uuid.UUID]:
    """Contacts that wait, the first one longest, counted."""

    def fill(session: Session) -> list[uuid.UUID]:
        made = [
            make_contact(session, note=note, occurred_at=AT - timedelta(hours=len(notes) - number), **fields)
            for number, note in enumerate(notes)
        ]
        touch(session, {contact.day for contact in made})
        return [contact.id for contact in made]

    ids = database.write(fill)
    count_everything(database)
    return ids


def reason(database: Database, name: str, **fields: Any) -> int:
    return database.write(lambda session: make_reason(session, name, **fields).id)


def reason_of(database: Database, contact_id: uuid.UUID) -> int | None:
    with database.reading() as session:
        return session.get_one(Contact, contact_id).reason_id


def open_contact(page: str) -> str:
    found = re.search(r'<article class="letter">.*?<h2>(.*?)</h2>', page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def test_the_inbox_opens_the_contact_that_waits_longest(lead: FlaskClient, database_of_app: Database) -> None:
    waiting(database_of_app, "Where is my order?\nIt was due on Monday.", "Refund please", queue="Orders")
    reason(database_of_app, "Delivery")
    page = lead.get("/inbox").text
    assert open_contact(page) == "Where is my order?"
    text = plain(page)
    assert "2 untagged, the oldest waits 2 h 0 min" in text
    assert "It was due on Monday." in text
    assert "Queue: Orders" in text


def test_tagging_opens_the_next_contact_and_offers_undo(lead: FlaskClient, database_of_app: Database) -> None:
    first, _ = waiting(database_of_app, "Where is my order?", "Refund please")
    delivery = reason(database_of_app, "Delivery")
    page = lead.post(f"/inbox/{first}", data={"reason": delivery}, follow_redirects=True).text
    assert open_contact(page) == "Refund please"
    text = plain(page)
    assert "1 untagged" in text
    assert "Tagged Delivery, phone of Mon 14 Sep 2026, 07:30" in text
    assert "1 tagged by you today" in text
    assert reason_of(database_of_app, first) == delivery


def test_a_reason_found_by_typing_counts_like_a_pressed_one(lead: FlaskClient, database_of_app: Database) -> None:
    (first,) = waiting(database_of_app, "Where is my order?")
    delivery = reason(database_of_app, "Delivery")
    lead.post(f"/inbox/{first}", data={"found": delivery})
    assert reason_of(database_of_app, first) == delivery


def test_undo_opens_the_contact_again_and_it_waits_as_before(lead: FlaskClient, database_of_app: Database) -> None:
    first, _ = waiting(database_of_app, "Where is my order?", "Refund please")
    lead.post(f"/inbox/{first}", data={"reason": reason(database_of_app, "Delivery")})
    page = lead.post("/inbox/undo", follow_redirects=True).text
    assert open_contact(page) == "Where is my order?"
    assert "2 untagged" in plain(page)
    assert reason_of(database_of_app, first) is None


def test_undo_without_anything_to_undo_says_so(lead: FlaskClient, database_of_app: Database) -> None:
    waiting(database_of_app, "Where is my order?")
    page = lead.post("/inbox/undo", follow_redirects=True)
    assert "There is nothing to undo" in plain(page.text)


def test_a_form_that_is_sent_twice_tags_once(lead: FlaskClient, database_of_app: Database) -> None:
    first, _ = waiting(database_of_app, "Where is my order?", "Refund please")
    delivery = reason(database_of_app, "Delivery")
    pages = [lead.post(f"/inbox/{first}", data={"reason": delivery}, follow_redirects=True) for _ in range(2)]
    assert [open_contact(page.text) for page in pages] == ["Refund please", "Refund please"]
    assert "1 tagged by you today" in plain(pages[1].text)


def test_a_contact_that_somebody_else_tagged_meanwhile_is_kept_and_the_work_goes_on(
    lead: FlaskClient, database_of_app: Database
) -> None:
    first, _ = waiting(database_of_app, "Where is my order?", "Refund please")
    delivery, refund = reason(database_of_app, "Delivery"), reason(database_of_app, "Refund")

    def ana_tags(session: Session) -> None:
        ana = make_user(session, name="Ana Sol")
        actions.tag(session, first, delivery, by=Actor(ana.id, ana.name), at=AT)

    database_of_app.write(ana_tags)
    page = lead.post(f"/inbox/{first}", data={"reason": refund}, follow_redirects=True).text
    assert "Ana Sol tagged this contact “Delivery” meanwhile, and that was kept." in plain(page)
    assert f'<a href="/contacts/{first}">Open the contact</a>' in page
    assert open_contact(page) == "Refund please"
    assert reason_of(database_of_app, first) == delivery


def test_a_retired_reason_is_refused_and_the_contact_stays_open(lead: FlaskClient, database_of_app: Database) -> None:
    waiting(database_of_app, "Where is my order?")
    (first,) = waiting(database_of_app, "Refund please")
    retired = reason(database_of_app, "Fax lost", is_retired=True)
    page = lead.post(f"/inbox/{first}", data={"reason": retired}, follow_redirects=True).text
    assert "“Fax lost” is retired and can no longer be given." in plain(page)
    assert open_contact(page) == "Refund please"


def test_nothing_chosen_changes_nothing(lead: FlaskClient, database_of_app: Database) -> None:
    (first,) = waiting(database_of_app, "Refund please")
    page = lead.post(f"/inbox/{first}", data={}, follow_redirects=True).text
    assert "No reason was chosen" in plain(page)
    assert reason_of(database_of_app, first) is None


def test_skipping_leads_to_the_next_contact_and_after_the_last_one_to_the_first(
    lead: FlaskClient, database_of_app: Database
) -> None:
    first, second = waiting(database_of_app, "Where is my order?", "Refund please")
    skip = re.compile(r'<a href="/inbox/([0-9a-f-]+)" data-key="s">')
    assert skip.findall(lead.get("/inbox").text) == [str(second)]
    assert skip.findall(lead.get(f"/inbox/{second}").text) == [str(first)]


def test_tagging_behind_a_skipped_contact_goes_on_behind_it(lead: FlaskClient, database_of_app: Database) -> None:
    _, second, _ = waiting(database_of_app, "one", "two", "three")
    page = lead.post(
        f"/inbox/{second}", data={"reason": reason(database_of_app, "Delivery")}, follow_redirects=True
    ).text
    assert open_contact(page) == "three"


def test_the_queue_can_be_narrowed_to_a_channel_and_stays_so(lead: FlaskClient, database_of_app: Database) -> None:
    waiting(database_of_app, "by phone")
    first, _ = waiting(database_of_app, "by chat", "by chat too", channel="chat")
    assert open_contact(lead.get("/inbox?channel=chat").text) == "by chat"
    data = {"reason": reason(database_of_app, "Delivery")}
    answer = lead.post(f"/inbox/{first}?channel=chat", data=data, follow_redirects=True)
    assert open_contact(answer.text) == "by chat too"
    assert answer.request.query_string == b"channel=chat"


def test_favourites_stand_on_the_keys_and_do_not_move_during_the_day(
    lead: FlaskClient, database_of_app: Database
) -> None:
    contacts = waiting(database_of_app, *(f"contact {number}" for number in range(5)))
    delivery, refund = reason(database_of_app, "Delivery"), reason(database_of_app, "Refund")

    def yesterday(session: Session) -> None:
        user = make_user(session)
        for given in (refund, refund, delivery):
            contact = make_contact(session)
            actions.tag(session, contact.id, given, by=Actor(user.id, user.name), at=AT - timedelta(days=1))

    database_of_app.write(yesterday)
    keys = re.compile(r'name="reason" value="(\d+)" data-key="(\d)"')
    expected = [(str(refund), "1"), (str(delivery), "2")]
    assert keys.findall(lead.get("/inbox").text) == expected
    for contact in contacts[:3]:
        lead.post(f"/inbox/{contact}", data={"reason": delivery})
    assert keys.findall(lead.get("/inbox").text) == expected


def test_the_customers_other_contacts_are_shown_with_how_often_it_came(
    lead: FlaskClient, database_of_app: Database
) -> None:
    delivery = reason(database_of_app, "Delivery")

    def before(session: Session) -> None:
        at = AT - timedelta(days=2)
        contact = make_contact(session, customer_key=b"ana", occurred_at=at, handle_seconds=291)
        contact.reason_id = delivery

    database_of_app.write(before)
    waiting(database_of_app, "Where is my order?", customer_key=b"ana")
    text = words(lead)
    assert "Phone, Sat 12 Sep 2026, 09:30, 4:51: Delivery" in text
    assert "Second contact in 2 days" in text


def test_a_further_reason_is_added_and_taken_away_without_leaving_the_contact(
    lead: FlaskClient, database_of_app: Database
) -> None:
    (first,) = waiting(database_of_app, "Where is my order?")
    rude = reason(database_of_app, "Rude driver")
    page = lead.post(f"/inbox/{first}/further", data={"reason": rude}, follow_redirects=True).text
    assert open_contact(page) == "Where is my order?"
    assert 'aria-label="Take away Rude driver"' in page
    lead.post(f"/inbox/{first}/further", data={"remove": rude})
    with database_of_app.reading() as session:
        assert session.get(ContactReason, (first, rude)) is None


def test_an_empty_installation_says_how_to_begin(lead: FlaskClient) -> None:
    text = words(lead)
    assert "There are no contacts yet." in text
    assert "Take in a file" in text
    assert "Log a call" in text


def test_an_inbox_that_was_emptied_leads_on_and_still_offers_undo(lead: FlaskClient, database_of_app: Database) -> None:
    (first,) = waiting(database_of_app, "Where is my order?")
    page = lead.post(
        f"/inbox/{first}", data={"reason": reason(database_of_app, "Delivery")}, follow_redirects=True
    ).text
    assert "Every contact has a reason." in page
    assert "Undo" in page


def test_a_channel_in_which_nobody_waits_says_where_others_do(lead: FlaskClient, database_of_app: Database) -> None:
    waiting(database_of_app, "one", "two")
    text = words(lead, "/inbox?channel=letter")
    assert "Nothing by letter waits for a reason." in text
    assert "2 contacts of other channels do." in text


def test_the_bar_says_how_many_wait(lead: FlaskClient, database_of_app: Database) -> None:
    waiting(database_of_app, "one", "two")
    assert re.search(r'<a href="/inbox" aria-current="page">Inbox <b>2</b></a>', lead.get("/inbox").text)


@pytest.mark.parametrize("role", ["agent", "team", "sponsor", "finance", "admin"])
def test_the_inbox_is_for_leads(signed_in: SignIn, database_of_app: Database, role: str) -> None:
    (first,) = waiting(database_of_app, "Where is my order?")
    client = signed_in(role)
    assert client.get("/inbox").status_code == 403
    assert client.post(f"/inbox/{first}", data={"reason": 1}).status_code == 403
    assert reason_of(database_of_app, first) is None
