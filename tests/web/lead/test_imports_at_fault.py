"""Files that are wrong and buttons pressed at the wrong moment, on both engines: a sentence, and nothing lost."""

import gzip
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.config import Settings
from app.contacts import queries
from app.db import Database
from tests.builders import make_user
from tests.intake_builders import contacts, csv_text, make_line, make_settings
from tests.web.pages import read

ROWS = csv_text([make_line(number) for number in range(4)])


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """An installation on the database of this test whose jobs are done at once."""
    return make_settings(database, tmp_path, TRACKER_JOBS_IN_PROCESS="yes")


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    yield app
    app.extensions["database"].close()


@pytest.fixture
def lead(app: Flask, database: Database) -> FlaskClient:
    user = database.write(lambda session: make_user(session, roles=("lead",)))
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = f"{user.id}:{user.session_version}", True
    return client


def upload(lead: FlaskClient, content: str | bytes, name: str = "week.csv") -> Any:
    data = content.encode() if isinstance(content, str) else content
    form = {"source": "Switch", "file": (io.BytesIO(data), name)}
    return lead.post("/imports", data=form, follow_redirects=True)


def press(lead: FlaskClient, batch_id: int, action: str) -> str:
    return said(lead.post(f"/imports/{batch_id}/{action}", follow_redirects=True).text)


def said(page: str) -> str:
    return read(page).text.replace("\u00a0", " ")


def equation(page: str) -> dict[str, int]:
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page)
    return {name: int(re.sub(r"<[^>]+>|,", "", number)) for name, number in pairs}


REFUSED = {
    "damaged workbook": (b"PK\x03\x04" + b"\0" * 100, "is damaged"),
    "pdf": (b"%PDF-1.7\n", "is a PDF"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "is a picture"),
    "empty": (b"", "is empty"),
    "nothing but NUL": (b"\0" * 5000, "is empty"),
    "cut gzip": (gzip.compress(ROWS.encode())[:-9], "is damaged"),
    "gzip with more behind it": (gzip.compress(ROWS.encode()) + b"more", "is damaged"),
}
ASKED = {
    "header only": (ROWS.split("\r\n")[0].encode(), "holds a header and no rows"),
    "damaged old workbook": (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "cannot be read as a workbook"),
    "column missing": (b"when,why\n2026-09-01,Late\n", "Nothing is known of these columns: when, why"),
    "ambiguous dates": (b"occurred_at,reason\n3/4/2026 10:00,Late\n", "What does 3/4/2026 mean"),
    "cut UTF-16": (ROWS.encode("utf-16")[:-1], "is not whole in UTF-16"),
    "a header of very many columns": (b"occurred_at," * 100_000, "no header has"),
}
MIXED_ENDS = ROWS.replace("\r\n", "\n", 1).replace("\r\n", "\r", 1)
TAKEN: dict[str, tuple[str | bytes, dict[str, int]]] = {
    "mixed line ends": (MIXED_ENDS, {"rows read": 4, "new": 4}),
    "another encoding": (ROWS.replace("Billing", "Gebühr").encode("cp1252"), {"rows read": 4, "new": 4}),
    "reason of four levels": (ROWS.replace("Billing", "A > B > C > D"), {"rows read": 4, "new": 3, "rejected": 1}),
    "NUL bytes": (ROWS.replace("Billing", "Bil\0ling"), {"rows read": 4, "new": 3, "rejected": 1}),
    "years that cannot be": (
        ROWS.replace("2026-09-01", "1899-09-01").replace("2026-09-02", "2099-09-02"),
        {"rows read": 4, "new": 2, "rejected": 2},
    ),
    "negative durations": (ROWS.replace(",60,", ",-60,"), {"rows read": 4, "new": 4}),
    "a row of a million cells": (ROWS + "," * 999_999 + "\r\n", {"rows read": 5, "new": 4, "rejected": 1}),
    "a line without end": (ROWS + "x" * 5_000_000, {"rows read": 5, "new": 4, "rejected": 1}),
    "the same header twice": ("occurred_at,reason,reason\n2026-09-01,Late,Lost\n", {"row read": 1, "new": 1}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_text_is_refused_at_once_and_not_kept(lead: FlaskClient, settings: Settings, name: str) -> None:
    content, sentence = REFUSED[name]
    answer = upload(lead, content)
    assert answer.status_code == 422
    assert sentence in said(answer.text)
    assert list(settings.uploads.iterdir()) == []


@pytest.mark.parametrize("name", ASKED)
def test_what_cannot_be_taken_in_as_it_is_says_why_and_waits(lead: FlaskClient, database: Database, name: str) -> None:
    content, sentence = ASKED[name]
    assert sentence in said(upload(lead, content).text)
    assert lead.get("/imports/1/columns").status_code in {200, 422}
    assert "Take in" not in press(lead, 1, "confirm")
    assert contacts(database) == []


@pytest.mark.parametrize("name", TAKEN)
def test_what_can_be_read_is_counted_row_by_row(lead: FlaskClient, database: Database, name: str) -> None:
    content, expected = TAKEN[name]
    previewed = equation(upload(lead, content).text)
    press(lead, 1, "confirm")
    taken = equation(lead.get("/imports/1").text)
    assert previewed == taken
    assert {what: number for what, number in taken.items() if number} == expected
    assert len(contacts(database)) == taken["new"]


def test_a_file_that_was_sent_twice_is_two_imports_of_which_the_second_brings_nothing(
    lead: FlaskClient, database: Database
) -> None:
    upload(lead, ROWS)
    upload(lead, ROWS)
    for number in (1, 2, 2, 1):
        press(lead, number, "confirm")
    assert len(contacts(database)) == 4
    assert equation(lead.get("/imports/2").text)["unchanged"] == 4


def test_buttons_pressed_at_the_wrong_moment_change_nothing(lead: FlaskClient, database: Database) -> None:
    upload(lead, ROWS)
    assert "4 new contacts are ready." in press(lead, 1, "undo")
    assert "4 new contacts are ready." in press(lead, 1, "resume")
    press(lead, 1, "confirm")
    assert "4 new contacts were taken in." in press(lead, 1, "resume")
    assert "Undo the import instead." in press(lead, 1, "forget")
    for action in ("undo", "undo", "confirm", "resume", "forget", "choices"):
        assert "This import was undone." in press(lead, 1, action)
    assert contacts(database) == []
    assert equation(upload(lead, ROWS).text)["new"] == 4


def test_an_import_that_runs_is_stopped_and_taken_back_by_its_page(lead: FlaskClient, database: Database) -> None:
    upload(lead, ROWS)
    press(lead, 1, "confirm")
    database.write(lambda session: session.connection().exec_driver_sql("update import_batch set state = 'running'"))
    assert "Stop and undo" in said(lead.get("/imports/1").text)
    assert "This import was undone." in press(lead, 1, "undo")
    assert contacts(database) == []
    with database.reading() as session:
        assert queries.batch(session, 1).state == "undone"
