"""Uploads hold raw customer data: what nothing will read any more is removed."""

import io
import os
from pathlib import Path

import pytest

from app.config import Settings
from app.contacts import batches, importing
from app.contacts.rules import Choices
from app.db import Database
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
