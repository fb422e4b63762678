"""The page of scheduled sources."""

import os
from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient

from app.config import Settings
from app.contacts.mail import passwords
from app.contacts.scheduled import drop_folders, queries
from app.db import Database
from tests.intake_builders import csv_text, make_line
from tests.mail_builders import import_mail, make_folder, make_mail

SignIn = Callable[..., FlaskClient]
MAILBOX = {
    "source": "Support mail",
    "host": "imap.example.com",
    "user": "support",
    "password": "horse battery",
    "security": "tls",
    "afterwards": "seen",
    "hour": "",
}


def test_a_drop_folder_is_added_run_paused_changed_and_removed(
    signed_in: SignIn, database_of_app: Database, settings: Settings
) -> None:
    client = signed_in("lead")
    assert "No source comes in by itself yet" in client.get("/imports/sources").text
    client.post("/imports/sources/folder", data={"source": "Zendesk", "folder": "zendesk", "hour": "6"})
    page = client.get("/imports/sources").text
    assert "comes in by itself" in page
    path = settings.instance / "drop" / "zendesk" / "a.csv"
    path.write_text(csv_text([make_line(1), make_line(2, occurred_at="never")]), encoding="utf-8")
    written_long_ago(path)
    client.post("/imports/sources/1/run")
    page = client.get("/imports/sources").text
    assert 'href="/imports/1"' in page
    assert "Came in" in page
    with database_of_app.reading() as session:
        (one,) = queries.all_scheduled(session)
    assert one.counts is not None
    assert (one.counts.new, one.counts.rejected, one.wanted.hour) == (1, 1, 6)
    client.post("/imports/sources/1/pause")
    assert "This source is paused" in client.get("/imports/sources/1").text
    client.post("/imports/sources/1/continue")
    client.post("/imports/sources/1", data={"source": "Zendesk", "folder": "tickets", "hour": ""})
    assert "Folder tickets" in client.get("/imports/sources").text
    client.post("/imports/sources/1/remove")
    assert "No source comes in by itself yet" in client.get("/imports/sources").text


def written_long_ago(path: Path) -> None:
    then = path.stat().st_mtime - 2 * drop_folders.QUIET.total_seconds()
    os.utime(path, (then, then))


def test_the_password_of_a_mailbox_lies_in_a_file_of_its_own_and_is_never_shown(
    signed_in: SignIn, database_of_app: Database, settings: Settings
) -> None:
    client = signed_in("lead")
    client.post("/imports/sources/mailbox", data=MAILBOX)
    kept = settings.instance / passwords.FOLDER / "1"
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == ("horse battery", 0o600)
    for address in ("/imports/sources", "/imports/sources/1"):
        page = client.get(address).text
        assert "imap.example.com" in page
        assert "horse battery" not in page
    with database_of_app.engine.connect() as connection:
        dump = "".join(str(row) for row in connection.exec_driver_sql("select * from scheduled_source"))
        dump += "".join(str(row) for row in connection.exec_driver_sql("select * from audit_entry"))
    assert "horse battery" not in dump
    client.post("/imports/sources/1", data={**MAILBOX, "password": "", "host": "mail.example.com"})
    assert passwords.read(settings, 1) == "horse battery"
    client.post("/imports/sources/1", data={**MAILBOX, "password": "another"})
    assert passwords.read(settings, 1) == "another"
    client.post("/imports/sources/1/remove")
    assert not kept.exists()


def test_what_is_wrong_stands_at_its_field_or_above_the_form(signed_in: SignIn) -> None:
    client = signed_in("lead")
    answer = client.post("/imports/sources/mailbox", data={**MAILBOX, "password": ""})
    assert answer.status_code == 422
    assert "Enter the password of the mailbox." in answer.text
    answer = client.post("/imports/sources/mailbox", data={**MAILBOX, "afterwards": "move"})
    assert "Name the folder that mails are moved to" in answer.text
    answer = client.post("/imports/sources/folder", data={"source": "Zendesk", "folder": "../etc", "hour": ""})
    assert "is no name of a drop folder" in answer.text
    answer = client.post("/imports/sources/folder", data={"source": "Z", "folder": "z", "hour": "", "mapping": "x"})
    assert (answer.status_code, "There is no mapping" in answer.text) == (422, True)


def test_a_failure_is_told_with_what_becomes_of_it(signed_in: SignIn, settings: Settings) -> None:
    client = signed_in("lead")
    client.post("/imports/sources/folder", data={"source": "Zendesk", "folder": "zendesk", "hour": ""})
    path = drop_folders.folder_of(settings, "zendesk") / "a.csv"
    path.write_bytes(b"%PDF-1.4")
    written_long_ago(path)
    client.post("/imports/sources/1/run")
    page = client.get("/imports/sources").text
    assert "Zendesk did not come in." in page
    assert "is a PDF" in page
    assert "Nobody is mailed about it" in page


def test_a_source_that_was_removed_meanwhile_is_said_to_be_gone(signed_in: SignIn) -> None:
    client = signed_in("lead")
    assert client.get("/imports/sources/7").status_code == 404
    assert client.post("/imports/sources/7/run").status_code == 404
    assert client.post("/imports/sources/7/remove").status_code == 302


def test_an_import_of_mails_has_its_page_and_its_list_of_those_kept_aside(
    signed_in: SignIn, database_of_app: Database, settings: Settings, tmp_path: Path
) -> None:
    folder = make_folder(tmp_path / "mails", {"a.eml": make_mail(), "b.eml": b"no mail"})
    batch = import_mail(database_of_app, settings, folder)
    client = signed_in("lead")
    page = client.get(f"/imports/{batch.id}").text
    assert "This is no mail" in page
    assert "b.eml" in client.get(f"/imports/{batch.id}/rejects.csv").text
