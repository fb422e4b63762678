"""What people do while a file is taken in or taken back is not lost, and nothing of the file is."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.config import Settings
from app.contacts import batches, importing, undoing
from app.contacts.progress import Progress
from app.contacts.rules import Choices
from app.db import Database
from app.reasons import actions as reasons
from app.reasons import queries
from app.tagging import waiting
from app.values.errors import Refused
from tests.builders import make_reason
from tests.intake_builders import LEAD, NOW, SOURCE, contacts, import_rows, make_file, make_line, make_settings


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """The settings of an installation on the database of this test."""
    return make_settings(database, tmp_path)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "ROWS_AT_ONCE", 5)


def take_in(database: Database, settings: Settings, path: Path, progress: Progress, *, creates: bool = True) -> int:
    choices = Choices(SOURCE, creates_reasons=creates)
    return importing.import_file(database, settings, path, choices, by=LEAD, at=NOW, progress=progress)


def test_an_import_is_not_taken_back_while_another_one_of_its_source_runs(
    database: Database, settings: Settings
) -> None:
    rows = [make_line(number) for number in range(20)]
    first = import_rows(database, settings, rows[:10])
    answers: list[str] = []

    def undo(*_how_far: int) -> None:
        try:
            undoing.undo(database, first.id, by=LEAD, at=NOW)
        except Refused as error:
            answers.append(error.sentence)

    second = take_in(database, settings, make_file(settings.instance, rows, name="more.csv"), undo)
    assert answers
    assert all(answer.startswith(f"Import {second} of the same source is being taken in") for answer in answers)
    assert len(contacts(database)) == 20
    undoing.undo(database, first.id, by=LEAD, at=NOW)
    assert len(contacts(database)) == 10


def test_an_import_that_runs_is_taken_back_itself(database: Database, settings: Settings) -> None:
    path = make_file(settings.instance, [make_line(number) for number in range(20)])

    def undo(*_how_far: int) -> None:
        undoing.undo(database, 1, by=LEAD, at=NOW)

    with pytest.raises(Refused, match="undoes it"):
        take_in(database, settings, path, undo)
    assert contacts(database) == []


def test_a_meaning_given_while_a_file_is_taken_in_holds_for_its_later_rows(
    database: Database, settings: Settings
) -> None:
    reason_id = database.write(lambda session: make_reason(session, "Late").id)
    path = make_file(settings.instance, [make_line(number, reason="L8") for number in range(20)])
    tagged: list[int] = []

    def give_meaning(session: Session) -> int:
        raw = queries.raw_values(session, SOURCE)["L8"]
        reasons.map_raw(session, raw.id, reason_id, by=LEAD, at=NOW)
        return waiting.tag_some(session, raw.id, by=LEAD, at=NOW)

    def once(*_how_far: int) -> None:
        if not tagged:
            tagged.append(database.write(give_meaning))

    take_in(database, settings, path, once, creates=False)
    assert tagged == [5]
    assert {row["reason_id"] for row in contacts(database)} == {reason_id}
