import gzip
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.config import Settings
from app.contacts import batches
from app.contacts.tables import Contact, ImportBatch
from app.db import Database
from app.people.rules import Actor
from app.reasons.tables import Reason
from app.tagging import actions
from tests.builders import make_reason
from tests.web.pages import read

SignIn = Callable[..., FlaskClient]
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
OURS = """external_id,occurred_at,channel,reason,note
1,2026-11-16T08:00:00Z,phone,Delivery > Late,Where is it?
2,2026-11-17T08:00:00Z,email,Delivery > Late,
3,2026-11-18T08:00:00Z,chat,,Something else
4,2026-11-18T25:00:00Z,phone,Refund,
5,2026-11-19T08:00:00Z,carrier pigeon,Refund,
"""
UNKNOWN = """Opened,Why,Kind,Town
2026-11-16 08:00,Delivery,Late,Ottawa
2026-11-17 08:00,Refund,,Kanata
"""


@pytest.fixture(autouse=True)
def _same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: NOW)


@pytest.fixture
def lead(signed_in: SignIn) -> FlaskClient:
    return signed_in("lead", name="Jonas Feld")


def plain(page: str) -> str:
    return read(page).text.replace("\u00a0", " ")


def upload(client: FlaskClient, content: str | bytes, name: str = "week.csv", **fields: str) -> Any:
    data = content.encode() if isinstance(content, str) else content
    form = {"source": "Zendesk", **fields, "file": (io.BytesIO(data), name)}
    return client.post("/imports", data=form, follow_redirects=True)


def press(client: FlaskClient, action: str, data: dict[str, str] | None = None, batch_id: int = 1) -> str:
    answer = client.post(f"/imports/{batch_id}/{action}", data=data, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def equation(page: str) -> dict[str, int]:
    found = re.search(r'<dl class="equation">(.*?)</dl>', page, re.DOTALL)
    assert found is not None
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", found[1])
    return {name: int(re.sub(r"<[^>]+>|,", "", number)) for name, number in pairs}


def contacts(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Contact)) or 0


def test_a_file_is_looked_through_before_anything_is_saved(lead: FlaskClient, database_of_app: Database) -> None:
    page = upload(lead, OURS).text
    assert read(page).finding.replace("\u00a0", " ") == "3 new contacts are ready. 2 rows need a look."
    assert equation(page) == {"rows read": 5, "new": 3, "updated": 0, "unchanged": 0, "rejected": 2, "ignored": 0}
    text = plain(page)
    assert "Of the new ones 2 carry a reason and 1 will wait in the inbox." in text
    assert "16 Nov - 18 Nov 2026" in text
    assert "The tracker's own format, recognised by the headers." in text
    assert "“carrier pigeon” is no channel." in text
    assert "1 reason will be made from the file." in text
    assert "Take in 3 rows" in text
    assert contacts(database_of_app) == 0


def test_a_confirmed_file_is_taken_in_and_leads_on(lead: FlaskClient, database_of_app: Database) -> None:
    upload(lead, OURS)
    page = press(lead, "confirm")
    assert read(page).finding.replace("\u00a0", " ") == "3 new contacts were taken in."
    assert equation(page)["new"] == 3
    assert contacts(database_of_app) == 3
    assert 'href="/contacts?batch=1"' in page
    assert "3 contacts match." in plain(lead.get("/contacts?batch=1").text)
    assert "1 untagged" in plain(lead.get("/inbox").text)
    assert "Something else" in lead.get("/inbox").text


def test_confirmed_twice_it_is_taken_in_once(lead: FlaskClient, database_of_app: Database) -> None:
    upload(lead, OURS)
    press(lead, "confirm")
    assert "3 new contacts were taken in." in plain(press(lead, "confirm"))
    assert contacts(database_of_app) == 3


def test_the_same_file_again_brings_nothing_new(lead: FlaskClient, database_of_app: Database) -> None:
    upload(lead, OURS)
    press(lead, "confirm")
    page = upload(lead, OURS).text
    assert equation(page)["unchanged"] == 3
    assert equation(page)["new"] == 0
    assert contacts(database_of_app) == 3


def test_where_nothing_is_new_nothing_is_to_be_taken_in_or_undone(lead: FlaskClient) -> None:
    good = OURS.rsplit("4,", 1)[0]
    upload(lead, good)
    press(lead, "confirm")
    page = upload(lead, good).text
    assert read(page).finding == "Nothing in this file is new."
    assert "Take in" not in plain(page).split("Every row counted")[0]
    taken_in = press(lead, "confirm", batch_id=2)
    assert read(taken_in).finding == "Nothing in this file was new."
    assert "Undo the import" not in taken_in
    assert read(lead.get("/imports/2/taking-back").text).finding == "There is nothing to undo."


def test_where_every_row_is_rejected_the_columns_come_first_and_the_rows_can_be_kept(lead: FlaskClient) -> None:
    page = upload(lead, "external_id,occurred_at,channel\n1,2026-11-16,pigeon\n2,2026-11-16,owl\n").text
    assert read(page).finding == "No row of this file can be taken in."
    assert re.findall(r'btn-primary" href="([^"]+)', page) == ["/imports/1/columns"]
    assert "Take in 0" not in page.replace("\u00a0", " ")
    kept = press(lead, "confirm")
    assert read(kept).finding == "No row of this file could be taken in."
    assert "Undo the import" not in kept
    assert lead.get("/imports/1/rejects.csv").text.count("is no channel") == 2


def test_contacts_that_change_are_said_before_anything_is_saved(lead: FlaskClient) -> None:
    upload(lead, OURS)
    press(lead, "confirm")
    page = upload(lead, OURS.replace("phone", "chat").rsplit("4,", 1)[0]).text
    assert read(page).finding == "1 contact changes, none is new."
    assert "Take in 1 row" in plain(page)


def test_the_next_step_of_an_unknown_file_is_its_one_button(lead: FlaskClient) -> None:
    page = upload(lead, UNKNOWN).text
    assert read(page).finding == "This file cannot be taken in as it is."
    assert re.findall(r'btn-primary" href="([^"]+)', page) == ["/imports/1/columns"]
    assert page.count("btn-primary") == 1


def test_undo_says_first_what_it_removes_and_then_removes_it(lead: FlaskClient, database_of_app: Database) -> None:
    upload(lead, OURS)
    press(lead, "confirm")
    reason = database_of_app.write(lambda session: make_reason(session, "Refund").id)
    with database_of_app.reading() as session:
        waiting = session.scalars(select(Contact.id).where(Contact.reason_id.is_(None))).one()
    database_of_app.write(
        lambda session: actions.tag(session, waiting, reason, by=Actor(None, "Ana"), at=NOW),
    )
    question = plain(lead.get("/imports/1/taking-back").text)
    assert "Undo removes 3 contacts." in question
    assert "1 of them was tagged by somebody since" in question
    assert contacts(database_of_app) == 3
    assert "This import was undone." in plain(press(lead, "undo"))
    assert contacts(database_of_app) == 0
    assert "This import was undone." in plain(press(lead, "undo"))
    assert "There is nothing to undo." in plain(lead.get("/imports/1/taking-back").text)


def test_undoing_what_was_never_taken_in_changes_nothing(lead: FlaskClient) -> None:
    upload(lead, OURS)
    assert "3 new contacts are ready." in plain(press(lead, "undo"))


def test_a_file_that_is_not_wanted_is_removed_and_one_that_was_taken_in_is_not(
    lead: FlaskClient, settings: Settings
) -> None:
    upload(lead, OURS)
    for _ in range(2):
        assert "The file was removed." in plain(press(lead, "forget"))
    assert lead.get("/imports/1").status_code == 404
    assert list(settings.uploads.iterdir()) == []
    upload(lead, OURS)
    with_number = re.findall(r'href="/imports/(\d+)"', lead.get("/imports").text)[0]
    press(lead, "confirm", batch_id=int(with_number))
    assert "Undo the import instead." in plain(press(lead, "forget", batch_id=int(with_number)))


def test_unknown_reasons_can_be_left_unmapped(lead: FlaskClient, database_of_app: Database) -> None:
    upload(lead, OURS)
    page = press(lead, "choices", {"creates_reasons": "no"})
    assert "1 value will wait to be mapped to a reason; its contacts stay untagged until then." in plain(page)
    assert "None of the new ones carries a reason" in plain(page)
    press(lead, "confirm")
    with database_of_app.reading() as session:
        assert session.scalar(select(func.count()).select_from(Reason)) == 0
        assert session.scalar(select(func.count()).where(Contact.reason_id.is_(None))) == 3


def test_rejected_rows_are_downloaded_corrected_and_imported_again(
    lead: FlaskClient, database_of_app: Database
) -> None:
    upload(lead, OURS)
    press(lead, "confirm")
    rejects = lead.get("/imports/1/rejects.csv").text
    assert rejects.splitlines()[0].startswith("external_id,occurred_at,channel,reason,note,")
    corrected = rejects.replace("T25:00", "T15:00").replace("carrier pigeon", "letter")
    assert equation(upload(lead, corrected).text)["new"] == 2
    press(lead, "confirm", batch_id=2)
    assert contacts(database_of_app) == 5


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"%PDF-1.7 ...", "week.csv", "is a PDF"),
        (b"PK\x03\x04" + b"\0" * 30, "week.csv", "is damaged"),
        (b"", "week.csv", "is empty"),
        (gzip.compress(b"", mtime=0), "week.csv.gz", "is empty"),
    ],
)
def test_a_file_that_can_never_be_taken_in_is_refused_with_what_to_do(
    lead: FlaskClient, content: bytes, name: str, sentence: str
) -> None:
    answer = upload(lead, content, name)
    assert answer.status_code == 422
    assert sentence in plain(answer.text)
    assert 'value="Zendesk"' in answer.text
    assert lead.get("/imports/1").status_code == 404


def test_a_header_alone_is_said_to_hold_no_rows(lead: FlaskClient) -> None:
    text = plain(upload(lead, "external_id,occurred_at,channel\n").text)
    assert "week.csv holds a header and no rows." in text
    assert "Take in" not in text


@pytest.mark.parametrize(("order", "first_day"), [("dmy", "3 Apr - 5 Apr 2026"), ("mdy", "4 Mar - 4 May 2026")])
def test_ambiguous_dates_are_asked_about_with_two_buttons(lead: FlaskClient, order: str, first_day: str) -> None:
    page = upload(lead, "occurred_at,reason\n03/04/2026 09:00,Late\n05/04/2026 09:00,Late\n").text
    assert read(page).finding == "This file cannot be taken in as it is."
    assert [button.get("value") for button in read(page).all("button", name="date_order")] == ["dmy", "mdy"]
    page = press(lead, "choices", {"date_order": order})
    assert "2 new contacts are ready." in plain(page)
    assert first_day in plain(page)


def test_a_file_of_unknown_columns_is_mapped_on_a_page_and_the_mapping_serves_the_next_file(
    lead: FlaskClient, database_of_app: Database
) -> None:
    page = upload(lead, UNKNOWN).text
    assert "Nothing is known of these columns: Opened, Why, Kind, Town." in plain(page)
    assert not read(page).all("button", name="date_order")
    assert 'href="/imports/1/columns"' in page
    columns = read(lead.get("/imports/1/columns").text)
    assert len([one for one in columns.all("select") if one.get("name").startswith("becomes-")]) == 4
    given = {"becomes-0": "occurred_at", "becomes-1": "reason", "becomes-2": "reason-2", "becomes-3": "attribute"}
    page = press(lead, "columns", {**given, "channel": "chat", "name": "Service desk"})
    assert "2 new contacts are ready." in plain(page)
    assert "kept under the name “Service desk”" in plain(page)
    press(lead, "confirm")
    with database_of_app.reading() as session:
        rows = session.execute(select(Contact.channel, Contact.attributes).order_by(Contact.occurred_at)).all()
    assert [tuple(row) for row in rows] == [("chat", {"Town": "Ottawa"}), ("chat", {"Town": "Kanata"})]
    next_file = UNKNOWN.replace("2026-11-1", "2026-11-0")
    assert equation(upload(lead, next_file, mapping="Service desk").text)["new"] == 2


def test_columns_that_do_not_make_a_mapping_are_said_and_the_choices_stay(lead: FlaskClient) -> None:
    upload(lead, UNKNOWN)
    given = {"becomes-0": "queue", "becomes-1": "queue", "becomes-2": "note", "becomes-3": "ignored"}
    answer = lead.post("/imports/1/columns", data={**given, "name": "Service desk"})
    assert answer.status_code == 422
    assert "“Opened” and “Why” both become “Queue”." in plain(answer.text)
    assert 'value="Service desk"' in answer.text
    assert re.findall(r'<option value="([^"]+)" selected>', answer.text) == ["queue", "queue", "note", "ignored"]


def test_columns_of_a_recognised_file_can_be_changed_and_its_codes_stay_understood(lead: FlaskClient) -> None:
    file = (
        "creation_date,ward,call_description,call_type,priority_name\n"
        "2013-01-02T12:00:00Z,WARD 1,Noise,Bylaw Services,CC PHONE\n"
    )
    upload(lead, file, "2013.csv")
    selected = re.findall(r'<option value="([^"]+)" selected>', lead.get("/imports/1/columns").text)
    assert selected == ["occurred_at", "attribute", "reason-2", "reason", "channel"]
    changed = {f"becomes-{number}": answer for number, answer in enumerate(selected)} | {"becomes-1": "queue"}
    page = press(lead, "columns", changed)
    assert equation(page)["new"] == 1
    assert "Bylaw Services > Noise" in plain(page)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"source": " "}, "Name the system"),
        ({"source": "Zendesk: mail"}, "holds a colon"),
        ({"timezone": "Mars/Olympus"}, "“Mars/Olympus” is no time zone"),
        ({"mapping": "gone"}, "There is no mapping “gone”"),
    ],
)
def test_what_cannot_be_is_said_beside_the_form(lead: FlaskClient, fields: dict[str, str], sentence: str) -> None:
    answer = upload(lead, OURS, **fields)
    assert answer.status_code == 422
    assert sentence in plain(answer.text)


def test_no_file_is_said_to_be_missing(lead: FlaskClient) -> None:
    answer = lead.post("/imports", data={"source": "Zendesk"})
    assert answer.status_code == 422
    assert "Choose a file first." in plain(answer.text)


def test_a_file_over_the_limit_is_refused_in_a_sentence(app: Flask, lead: FlaskClient) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = upload(lead, OURS * 10)
    assert answer.status_code == 413
    assert "That file is too large." in plain(answer.text)


def test_a_running_import_shows_how_far_it_is_and_reloads_when_it_is_over(
    lead: FlaskClient, database_of_app: Database
) -> None:
    upload(lead, OURS)

    def half_way(session: Any) -> None:
        batch = session.get_one(ImportBatch, 1)
        batch.state, batch.position, batch.read, batch.new = "running", batch.byte_count // 2, 1200, 1200

    database_of_app.write(half_way)
    page = lead.get("/imports/1").text
    assert read(page).finding == "week.csv is being taken in."
    assert 'hx-get="/imports/1/progress"' in page
    fragment = lead.get("/imports/1/progress")
    assert "1,200 rows so far, 50 % of the file" in fragment.text.replace("\u00a0", " ")
    assert 'hx-trigger="every 1s"' in fragment.text
    assert 'role="status"' not in fragment.text, "nobody wants to have every second read out"
    assert "HX-Refresh" not in fragment.headers
    assert 'hx-get="/imports/1/progress?listed=yes"' in lead.get("/imports").text
    assert "Undo removes 0 contacts. It is being taken in now" in plain(lead.get("/imports/1/taking-back").text)
    database_of_app.write(lambda session: batches.give_up(session, 1, "The disk is full.", at=NOW))
    assert lead.get("/imports/1/progress").headers["HX-Refresh"] == "true"
    on_list = lead.get("/imports/1/progress?listed=yes")
    assert "It stopped after 1,200 rows." in on_list.text.replace("\u00a0", " ")
    assert "HX-Refresh" not in on_list.headers
    assert "hx-get" not in on_list.text


def test_an_import_that_no_worker_takes_up_says_so_and_what_to_do(
    lead: FlaskClient, database_of_app: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(lead, OURS)
    database_of_app.write(lambda session: batches.confirm(session, 1, at=NOW))
    monkeypatch.setattr("app.clock.now", lambda: NOW + timedelta(minutes=4))
    for address in ("/imports", "/imports/1", "/imports/1/progress"):
        page = lead.get(address).text.replace("\u00a0", " ")
        assert "Nothing has moved for 4 minutes" in page
        assert "start it with flask worker" in page
        assert 'hx-trigger="every 15s"' in page


def test_an_import_that_stopped_says_why_and_goes_on_when_asked(lead: FlaskClient, database_of_app: Database) -> None:
    upload(lead, OURS)

    def stop(session: Any) -> None:
        batches.confirm(session, 1, at=NOW)
        batches.give_up(session, 1, "The disk is full.", at=NOW)

    database_of_app.write(stop)
    text = plain(lead.get("/imports/1").text)
    assert "It stopped after 0 rows. The disk is full." in text
    assert "Undo the import" in text
    assert "3 new contacts were taken in." in plain(press(lead, "resume"))
    assert contacts(database_of_app) == 3


def test_the_list_of_imports_says_where_each_of_them_is(lead: FlaskClient) -> None:
    assert "Bring in the first file." in plain(lead.get("/imports").text)
    upload(lead, OURS)
    upload(lead, UNKNOWN, "strange.csv")
    text = plain(lead.get("/imports").text)
    assert "Waits for your word" in text
    assert "Needs an answer" in text
    assert "Zendesk" in text


def test_an_import_that_does_not_exist_is_said_not_to(lead: FlaskClient) -> None:
    for address in ("/imports/7", "/imports/7/columns", "/imports/7/taking-back", "/imports/7/rejects.csv"):
        answer = lead.get(address)
        assert answer.status_code == 404, address
        assert "There is no import 7." in plain(answer.text)
