import csv
import html
import io
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from app.contacts import listing
from app.contacts.days import touch
from app.contacts.privacy import dropping
from app.contacts.privacy.actions import decide
from app.contacts.privacy.rules import Decided
from app.contacts.tables import Contact, ContactReason
from app.counting.everything import count_everything
from app.db import Database
from app.people.rules import Actor
from app.reasons.tables import Reason
from app.tagging import actions
from app.web.lead import contacts as contacts_page
from tests.builders import AT, TESTER, make_contact, make_reason, make_source, make_user
from tests.web.pages import read

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def lead(signed_in: SignIn) -> FlaskClient:
    return signed_in("lead", name="Jonas Feld")


def plain(page: str) -> str:
    """What the page says, without its markup."""
    return read(page).text.replace("\u00a0", " ")


def fill(database: Database, *contacts: dict[str, Any], is_counted: bool = True) -> list[uuid.UUID]:
    def work(session: Session) -> list[uuid.UUID]:
        made = [make_contact(session, **fields) for fields in contacts]
        touch(session, {contact.day for contact in made})
        return [contact.id for contact in made]

    ids = database.write(work)
    if is_counted:
        count_everything(database)
    return ids


def reasons(database: Database, *names: str) -> list[Reason]:
    return database.write(lambda session: [make_reason(session, name) for name in names])


def exported(client: FlaskClient, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/contacts.csv{query}")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(answer.text.splitlines(keepends=True)))


def names(page: str) -> list[str]:
    return [html.unescape(name) for name in re.findall(r'<th scope="row"><a class="trace" [^>]+>(.*?)</a>', page)]


def test_the_list_shows_contacts_newest_first_and_says_how_many(lead: FlaskClient, database_of_app: Database) -> None:
    fill(database_of_app, {"note": "older", "occurred_at": AT - timedelta(hours=1)}, {"note": "newer"})
    page = lead.get("/contacts").text
    assert names(page) == ["newer", "older"]
    assert "2 contacts came in so far." in plain(page)
    assert "Download 2 rows as CSV" in plain(page)
    assert "as XLSX: 2 rows" in plain(page)


def test_a_download_names_its_rows_and_the_workbook_holds_those_of_the_csv(
    lead: FlaskClient, database_of_app: Database
) -> None:
    fill(database_of_app, *({"channel": channel, "note": "=1+1"} for channel in ("phone", "email", "phone")))
    for query, number, words in (("", 3, "3-rows"), ("?channel=email", 1, "1-row"), ("?channel=chat", 0, "0-rows")):
        with lead.get(f"/contacts.xlsx{query}") as answer:
            assert f"-{words}.xlsx" in answer.headers["Content-Disposition"]
            book = load_workbook(io.BytesIO(answer.data), read_only=True)
        with lead.get(f"/contacts.csv{query}") as answer:
            assert f"-{words}.csv" in answer.headers["Content-Disposition"]
        header, *rows = ([("" if cell is None else str(cell)) for cell in row] for row in book["Contacts"].values)
        assert [dict(zip(header, row, strict=True)) for row in rows] == exported(lead, query)
        assert [row[0] for row in book["About"].values] == ["Rows", number]


def test_more_rows_than_a_page_makes_a_workbook_of_are_left_to_csv(
    lead: FlaskClient, database_of_app: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contacts_page, "MOST_IN_WORKBOOK", 1)
    fill(database_of_app, {}, {})
    assert "as XLSX" not in plain(lead.get("/contacts").text)
    refused = lead.get("/contacts.xlsx")
    assert refused.status_code == 422
    assert "flask contacts export" in refused.text
    assert len(exported(lead)) == 2


def test_days_whose_contacts_were_dropped_count_nothing_on_the_list(
    lead: FlaskClient, database_of_app: Database
) -> None:
    fill(database_of_app, {}, {"occurred_at": AT - timedelta(days=100)})
    database_of_app.write(lambda session: decide(session, Decided(kept_months=1), by=TESTER, at=AT))
    dropping.drop(database_of_app, lead.application.extensions["settings"], by=TESTER, at=AT)
    page = lead.get("/contacts").text
    assert len(names(page)) == 1
    assert lead_count(lead, "?kind=handled") == 1


def lead_count(client: FlaskClient, query: str) -> int:
    """How many contacts the page says there are, where it shows a part of them only."""
    page = plain(client.get(f"/contacts{query}&after=2030-01-01_2030-01-01T00:00:00Z_{uuid.UUID(int=0)}").text)
    found = re.search(r"([0-9]+) contacts? match", page)
    assert found is not None, page
    return int(found[1])


@pytest.mark.parametrize("is_counted", [True, False])
def test_the_count_is_the_number_of_rows_whether_days_are_counted_or_not(
    lead: FlaskClient, database_of_app: Database, is_counted: bool
) -> None:
    kinds: list[dict[str, Any]] = [{"is_abandoned": True}, {"direction": "outbound"}, {"channel": "email"}, {}, {}]
    fill(database_of_app, *kinds, is_counted=is_counted)
    for query, expected in [
        ("", 5),
        ("?kind=handled", 3),
        ("?kind=abandoned", 1),
        ("?kind=outbound", 1),
        ("?channel=email", 1),
        ("?reason=untagged&kind=handled", 3),
        ("?from=2026-09-14&to=2026-09-15", 5),
        ("?from=2026-09-15", 0),
        ("?to=2026-09-14", 0),
    ]:
        page = lead.get(f"/contacts{query}").text
        assert len(names(page)) == expected, query
        assert len(exported(lead, query)) == expected
        if expected > 1:
            assert f"{expected} contacts" in plain(page), query


def test_a_reason_is_listed_with_everything_below_it_and_merged_into_it(
    lead: FlaskClient, database_of_app: Database
) -> None:
    def tree(session: Session) -> list[Reason]:
        top = make_reason(session, "Delivery")
        late = make_reason(session, "Late", parent=top)
        merged = make_reason(session, "Not here yet", parent=top, merged_into_id=late.id)
        return [top, late, merged, make_reason(session, "Refund")]

    made = database_of_app.write(tree)
    fill(database_of_app, *({"reason": reason, "note": f"note {number}"} for number, reason in enumerate(made)))
    assert set(names(lead.get(f"/contacts?reason={made[0].id}").text)) == {"note 0", "note 1", "note 2"}
    assert set(names(lead.get(f"/contacts?reason={made[1].id}").text)) == {"note 1", "note 2"}
    assert "3 contacts match." in plain(lead.get(f"/contacts?reason={made[0].id}").text)
    assert {row["reason"] for row in exported(lead, f"?reason={made[1].id}")} == {"Delivery > Late"}


def test_words_are_looked_for_in_the_rows_and_the_page_says_so(lead: FlaskClient, database_of_app: Database) -> None:
    fill(database_of_app, {"note": "code HARBOUR10"}, {"queue": "Orders"}, {"attributes": {"ward": "harbour"}})
    page = lead.get("/contacts?q=harbour").text
    assert len(names(page)) == 2
    assert "looked for in the contacts themselves" in plain(page)
    assert "looked for" not in plain(lead.get("/contacts?channel=phone").text)


def test_a_source_is_asked_for_by_its_name(lead: FlaskClient, database_of_app: Database) -> None:
    source = database_of_app.write(lambda session: make_source(session, "Zendesk"))
    fill(database_of_app, {"source": source, "note": "there"}, {"note": "elsewhere"})
    assert names(lead.get("/contacts?source=Zendesk").text) == ["there"]


def test_pages_lead_on_and_back_and_keep_the_filter(
    lead: FlaskClient, database_of_app: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE_LENGTH", 2)
    rows = [{"note": f"note {number}", "occurred_at": AT - timedelta(hours=number)} for number in range(5)]
    fill(database_of_app, *rows, {"channel": "email"})

    def follow(page: str, word: str) -> str:
        found = re.search(rf'<a class="btn btn-plain" href="([^"]+)">{word}</a>', page)
        assert found is not None
        return lead.get(html.unescape(found[1])).text

    first = lead.get("/contacts?channel=phone").text
    assert names(first) == ["note 0", "note 1"]
    assert ">Newer</a>" not in first
    second = follow(first, "Older")
    third = follow(second, "Older")
    assert (names(second), names(third)) == (["note 2", "note 3"], ["note 4"])
    assert ">Older</a>" not in third
    back = follow(follow(third, "Newer"), "Newer")
    assert names(back) == ["note 0", "note 1"]
    assert ">Newer</a>" not in back


def test_more_contacts_than_are_counted_are_said_to_be_more(
    lead: FlaskClient, database_of_app: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "COUNTED_AT_MOST", 2)
    monkeypatch.setattr(listing, "PAGE_LENGTH", 2)
    fill(database_of_app, *({"note": "same"} for _ in range(3)))
    text = plain(lead.get("/contacts?q=same").text)
    assert "More than 2 contacts match." in text
    assert "Download all rows as CSV" in text


def test_nonsense_is_said_at_its_field_and_nothing_typed_is_lost(lead: FlaskClient) -> None:
    answer = lead.get("/contacts?from=2026-09-14&to=2026-09-01&q=parcel")
    assert answer.status_code == 422
    assert "This day is not after 2026-09-14" in plain(answer.text)
    assert 'id="to" name="to" type="date" value="2026-09-01" aria-invalid="true"' in " ".join(answer.text.split())
    assert 'value="parcel"' in answer.text
    refused = lead.get("/contacts.csv?from=2026-09-14&to=2026-09-01")
    assert refused.status_code == 422
    assert "This day is not after 2026-09-14" in plain(refused.text)


@pytest.mark.parametrize("place", ["x", "2026-09-14_x_y", "_" * 20])
def test_a_broken_place_shows_the_first_page(lead: FlaskClient, database_of_app: Database, place: str) -> None:
    fill(database_of_app, {"note": "here"})
    assert names(lead.get(f"/contacts?after={place}").text) == ["here"]


def test_a_contact_page_tells_everything_that_is_known(lead: FlaskClient, database_of_app: Database) -> None:
    (contact,) = fill(
        database_of_app,
        {
            "note": "Parcel is not here\nIt says delivered.",
            "attributes": {"ward": "12"},
            "handle_seconds": 30000,
            "is_duration_odd": True,
            "external_id": "T-77",
        },
    )
    text = plain(lead.get(f"/contacts/{contact}").text)
    for words in ("Parcel is not here", "It says delivered.", "ward12", "T-77", "8:20:00", "Odd, so left out"):
        assert words in text
    assert "It has no reason yet." in text


def test_a_contact_that_is_gone_is_said_to_be_gone(lead: FlaskClient) -> None:
    answer = lead.get(f"/contacts/{uuid.uuid4()}")
    assert answer.status_code == 404
    assert "The import that brought it may have been undone, or it was older" in plain(answer.text)


def test_the_reason_is_changed_on_the_contacts_page_and_the_history_keeps_the_old_one(
    lead: FlaskClient, database_of_app: Database
) -> None:
    old, new = reasons(database_of_app, "Delivery", "Refund")
    (contact,) = fill(database_of_app, {"reason": old})
    data = {"found": new.id, "instead_of": old.id}
    text = plain(lead.post(f"/contacts/{contact}/reason", data=data, follow_redirects=True).text)
    assert "The reason is given." in text
    assert re.search(r"Main reasonRefund", text)
    assert re.search(r"History.*Jonas Feld Delivery", text)


def test_a_reason_that_somebody_changed_meanwhile_is_kept(lead: FlaskClient, database_of_app: Database) -> None:
    old, new, other = reasons(database_of_app, "Delivery", "Refund", "Bill")
    (contact,) = fill(database_of_app, {"reason": old})

    def ana_tags(session: Session) -> None:
        ana = make_user(session, name="Ana Sol")
        actions.tag(session, contact, other.id, by=Actor(ana.id, ana.name), at=AT, instead_of=old.id)

    database_of_app.write(ana_tags)
    data = {"found": new.id, "instead_of": old.id}
    text = plain(lead.post(f"/contacts/{contact}/reason", data=data, follow_redirects=True).text)
    assert "Ana Sol tagged this contact “Bill” meanwhile" in text
    with database_of_app.reading() as session:
        assert session.get_one(Contact, contact).reason_id == other.id


def test_a_further_reason_is_added_and_taken_away(lead: FlaskClient, database_of_app: Database) -> None:
    rude = database_of_app.write(lambda session: make_reason(session, "Rude driver"))
    (contact,) = fill(database_of_app, {})
    text = plain(lead.post(f"/contacts/{contact}/further", data={"found": rude.id}, follow_redirects=True).text)
    assert "Further reasons Rude driver Take away" in text
    lead.post(f"/contacts/{contact}/further", data={"remove": rude.id})
    with database_of_app.reading() as session:
        assert session.get(ContactReason, (contact, rude.id)) is None


def test_those_who_may_not_tag_read_a_contact_without_forms(signed_in: SignIn, database_of_app: Database) -> None:
    reason = database_of_app.write(make_reason)
    (contact,) = fill(database_of_app, {"reason": reason})
    team = signed_in("team")
    page = team.get(f"/contacts/{contact}").text
    assert "<form" not in page
    assert team.post(f"/contacts/{contact}/reason", data={"found": reason.id}).status_code == 403
    assert signed_in("agent").get("/contacts").status_code == 403


def test_days_are_those_of_the_row_and_times_are_those_of_the_installation(
    lead: FlaskClient, database_of_app: Database
) -> None:
    at = datetime(2026, 9, 13, 23, 30, tzinfo=UTC)
    fill(database_of_app, {"note": "late", "occurred_at": at})
    assert names(lead.get("/contacts?from=2026-09-13&to=2026-09-14").text) == ["late"]
    assert names(lead.get("/contacts?from=2026-09-14").text) == []
    assert exported(lead)[0]["occurred_at"] == "2026-09-13T23:30:00+00:00"
