"""Uploads hold raw customer data: what nothing will read any more is removed."""

import io
import os
from pathlib import Path

import pytest
from sqlalchemy import select

from app.config import Settings
from app.contacts import batches, importing, queries, undoing
from app.contacts.rules import Choices
from app.contacts.tables import ImportBatch
from app.db import Database
from app.people.tables import AuditEntry
from app.values.errors import Missing
from tests.intake_builders import LEAD, NOW, SOURCE, csv_text, make_line, make_settings

TWO_DAYS_SECONDS = 2 * 24 * 60 * 60


@pytest.fixture(autouse=True)
def one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.clock.now", lambda: NOW)


@pytest.fixture
def settings(sqlite_database: Database, tmp_path: Path) -> Settings:
    return make_settings(sqlite_database, tmp_path)


def upload(database: Database, settings: Settings, number: int) -> int:
    stream = io.BytesIO(csv_text([make_line(number)]).encode())
    return importing.receive(database, settings, stream, "week.csv", Choices(SOURCE), by=LEAD, at=NOW)


def left_over(settings: Settings, name: str, *, age_seconds: float) -> Path:
    path = settings.uploads / name
    path.write_text("a customer's words", encoding="utf-8")
    moment = NOW.timestamp() - age_seconds
    os.utime(path, (moment, moment))
    return path


def test_an_upload_that_was_cut_off_is_removed_a_day_later_and_a_present_one_is_not(
    sqlite_database: Database, settings: Settings
) -> None:
    upload(sqlite_database, settings, 1)
    old = left_over(settings, "incoming-old", age_seconds=TWO_DAYS_SECONDS)
    present = left_over(settings, "incoming-present", age_seconds=60)
    upload(sqlite_database, settings, 2)
    assert (old.exists(), present.exists()) == (False, True)


def test_the_file_of_an_import_that_is_over_is_removed_and_that_of_a_waiting_one_is_kept(
    sqlite_database: Database, settings: Settings
) -> None:
    over, waiting = upload(sqlite_database, settings, 1), upload(sqlite_database, settings, 2)
    importing.preview(sqlite_database, settings, over, at=NOW)
    sqlite_database.write(lambda session: importing.confirm(session, over, at=NOW))
    importing.run(sqlite_database, settings, over, by=LEAD)
    forgotten = left_over(settings, f"import-{over}", age_seconds=0)
    upload(sqlite_database, settings, 3)
    assert (forgotten.exists(), batches.uploaded(settings, waiting).exists()) == (False, True)


def test_the_number_of_a_file_that_was_removed_is_never_given_again(database: Database, tmp_path: Path) -> None:
    settings = make_settings(database, tmp_path)
    first = upload(database, settings, 1)
    importing.preview(database, settings, first, at=NOW)
    for _ in range(2):
        database.write(lambda session: batches.forget(session, settings, first, by=LEAD, at=NOW))
    assert not batches.uploaded(settings, first).exists()
    with database.reading() as session:
        assert queries.batches(session) == []
        with pytest.raises(Missing, match=f"The file of import {first} was removed before it was taken in"):
            queries.batch(session, first)
        assert session.get_one(ImportBatch, first).preview is None, "a preview holds words of customers"
        assert list(session.scalars(select(AuditEntry.subject))) == [f"import:{first}"]
    assert upload(database, settings, 1) > first


def test_a_removed_file_can_neither_be_looked_through_nor_taken_in(database: Database, tmp_path: Path) -> None:
    settings = make_settings(database, tmp_path)
    number = upload(database, settings, 1)
    database.write(lambda session: batches.forget(session, settings, number, by=LEAD, at=NOW))
    works = (
        lambda: importing.preview(database, settings, number, at=NOW),
        lambda: database.write(lambda session: importing.confirm(session, number, at=NOW)),
        lambda: importing.run(database, settings, number, by=LEAD),
        lambda: undoing.undo(database, number, by=LEAD, at=NOW),
        lambda: database.write(lambda session: importing.give_up(session, number, "No.", at=NOW)),
    )
    for work in works:
        with pytest.raises(Missing, match="was removed"):
            work()
