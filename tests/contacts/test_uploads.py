"""Files sent to a page: received, looked through, asked about, confirmed; on both engines."""

import gzip
import io
from pathlib import Path
from typing import Any

import pytest

from app.config import Settings
from app.contacts import importing, queries
from app.contacts.rules import Choices
from app.db import Database
from app.values.errors import Refused
from tests.intake_builders import LEAD, NOW, contacts, contents, csv_text, import_rows, make_line, make_settings

MAPPING = {
    "columns": {"occurred_at": ["Date", "Time"], "reason": ["Product", "Issue"], "external_id": "Complaint ID"},
    "constants": {"channel": "letter"},
    "ignore": ["Zip"],
}
COMPLAINTS = ("Complaint ID", "Date", "Time", "Product", "Issue", "Zip", "State")


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """The settings of an installation on the database of this test."""
    return make_settings(database, tmp_path)


def receive(database: Database, settings: Settings, content: bytes, name: str = "upload.csv", **choices: Any) -> int:
    return importing.receive(
        database, settings, io.BytesIO(content), name, Choices("Switch", **choices), by=LEAD, at=NOW
    )


def test_an_upload_is_previewed_confirmed_and_taken_in(database: Database, settings: Settings) -> None:
    rows = [make_line(number) for number in range(25)]
    import_rows(database, settings, [*rows[:5], make_line(7, note="older")])
    bad = make_line(99, occurred_at="never")
    batch_id = receive(database, settings, gzip.compress(csv_text([*rows, bad, rows[3]]).encode()))
    before = contents(database)
    found = importing.preview(database, settings, batch_id, at=NOW)
    assert contents(database) == before, "a preview saves nothing"
    assert (found.counts.read, found.counts.new, found.counts.updated, found.counts.unchanged) == (27, 19, 1, 5)
    assert (found.counts.rejected, found.counts.ignored, found.counts.untagged) == (1, 1, 0)
    assert found.rejections[0].line == 27
    with database.reading() as session:
        batch = queries.batch(session, batch_id)
    assert (batch.state, batch.preview) == ("previewed", found)
    assert database.write(lambda session: importing.confirm(session, batch_id, at=NOW))
    assert not database.write(lambda session: importing.confirm(session, batch_id, at=NOW)), "pressed twice"
    importing.run(database, settings, batch_id, by=LEAD)
    importing.run(database, settings, batch_id, by=LEAD)
    with database.reading() as session:
        batch = queries.batch(session, batch_id)
    assert (batch.state, batch.counts) == ("done", found.counts)
    assert list(settings.uploads.iterdir()) == [], "an upload holds what must not be kept"


def test_a_preview_lists_what_columns_become_and_the_reasons_that_are_new(
    database: Database, settings: Settings
) -> None:
    import_rows(database, settings, [make_line(0, reason="Known")])
    rows = [
        make_line(1, reason="New"),
        make_line(2, reason="New"),
        make_line(3, reason="Known"),
        make_line(4, reason="Newer"),
    ]
    batch_id = receive(database, settings, csv_text(rows).encode(), creates_reasons=False)
    found = importing.preview(database, settings, batch_id, at=NOW)
    assert found.unknown_reasons == (("New", 2), ("Newer", 1))
    assert (found.unknown_reason_count, found.counts.untagged) == (2, 3)
    by_header = {column.header: column for column in found.columns}
    assert by_header["reason"].examples == ("New", "Known", "Newer")
    assert by_header["customer"].examples == ("kept as a key, never as text",)
    assert (found.encoding, found.delimiter, found.format) == ("UTF-8", "comma", "ours")


def test_an_open_question_is_kept_with_the_upload_and_answered(database: Database, settings: Settings) -> None:
    content = csv_text([("3/4/2026 10:00", "Late"), ("5/6/2026 10:00", "Late")], ("occurred_at", "reason")).encode()
    batch_id = receive(database, settings, content)
    with pytest.raises(Refused, match="Which is it"):
        importing.preview(database, settings, batch_id, at=NOW)
    with database.reading() as session:
        batch = queries.batch(session, batch_id)
    assert batch.state == "uploaded"
    assert "Which is it" in str(batch.trouble)
    with pytest.raises(Refused, match="Which is it"):
        database.write(lambda session: importing.confirm(session, batch_id, at=NOW))
    choices = Choices("Switch", date_order="dmy")
    database.write(lambda session: importing.choose(session, batch_id, choices, at=NOW))
    found = importing.preview(database, settings, batch_id, at=NOW)
    assert (str(found.first_day), str(found.last_day)) == ("2026-04-03", "2026-06-05")


def test_columns_that_nobody_knows_wait_for_a_mapping(database: Database, settings: Settings) -> None:
    content = csv_text([("77", "31/08/2026", "14:05", "Card", "Fees", "12345", "NY")], COMPLAINTS).encode()
    batch_id = receive(database, settings, content)
    with pytest.raises(Refused, match="Nothing is known of these columns: Complaint ID, Date"):
        importing.preview(database, settings, batch_id, at=NOW)
    with database.reading() as session:
        batch = queries.batch(session, batch_id)
    assert [column.header for column in importing.columns(settings, batch)] == list(COMPLAINTS)
    database.write(lambda session: importing.choose(session, batch_id, Choices("Switch", mapping=MAPPING), at=NOW))
    assert importing.preview(database, settings, batch_id, at=NOW).counts.new == 1


def test_a_mapping_is_kept_under_a_name(database: Database) -> None:
    database.write(lambda session: importing.save_mapping(session, " Complaints ", MAPPING, by=LEAD, at=NOW))
    with database.reading() as session:
        assert queries.saved_mappings(session) == ["Complaints"]
        assert queries.saved_mapping(session, "Complaints") == MAPPING
        with pytest.raises(Refused, match="no mapping “Calls”"):
            queries.saved_mapping(session, "Calls")


def test_a_file_that_changed_under_its_batch_is_not_taken_in(database: Database, settings: Settings) -> None:
    batch_id = receive(database, settings, csv_text([make_line(1)]).encode())
    importing.preview(database, settings, batch_id, at=NOW)
    database.write(lambda session: importing.confirm(session, batch_id, at=NOW))
    (settings.uploads / f"import-{batch_id}").write_text(csv_text([make_line(2)]))
    with pytest.raises(Refused, match="is not the file that it was"):
        importing.run(database, settings, batch_id, by=LEAD)
    assert contacts(database) == []


def test_an_upload_that_is_too_large_is_refused_and_not_kept(database: Database, tmp_path: Path) -> None:
    settings = make_settings(database, tmp_path, TRACKER_UPLOAD_MB="1")
    with pytest.raises(Refused, match="larger than 1"):
        receive(database, settings, b"occurred_at\n" + b"2026-09-01 10:00\n" * 60_000)
    assert list(settings.uploads.iterdir()) == []
