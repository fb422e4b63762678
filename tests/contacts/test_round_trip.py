"""The tracker's export of contacts, taken in again: the same contacts, and nothing of them changed."""

import csv
import io
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.config import Settings
from app.contacts import actions, export, importing
from app.contacts.listing import Filter
from app.contacts.rules import Choices
from app.contacts.tables import Contact
from app.db import Database
from app.reasons import queries as reasons
from app.tagging import actions as tagging
from tests.builders import make_reason
from tests.contacts.test_properties import USUAL, empty
from tests.intake_builders import LEAD, NOW, SOURCE, contacts, contents, counts, import_path, import_rows, make_settings

HEADER = (
    *("external_id", "occurred_at", "channel", "reason", "further_reasons", "queue", "customer", "handle_seconds"),
    *("direction", "abandoned", "note", "Area", "Agent's words"),
)
TEXT = st.sampled_from(
    [
        *("", "a note", "=1+1", "'=1+1", "''@x", "'quoted'", "-5", "+49 30 1234", "two\nlines\r\nof it", "a; b > c"),
        *("card 4111 1111 1111 1111", "\ttabbed", '"', "{}", "\u202eturned", "Zürich", "external_id"),
    ]
)
ROW = st.tuples(
    st.sampled_from(["", "1", "2", "=3", "'=3", "-4"]),
    st.sampled_from(["2026-03-29 00:30", "2025-10-26 02:30", "2026-09-01T10:00:07Z", "1971-01-01", "2026-09-02"]),
    st.sampled_from(["phone", "chat", "e-mail", ""]),
    st.sampled_from(["Late", "late", "A > B", "-Odd > =Sum", "A; B", ""]),
    st.sampled_from(["", "Rude", "Rude; A > B", "=Sum;Late"]),
    TEXT,
    st.sampled_from(["", "one@mail.example", "+4930123456", "unknown"]),
    st.sampled_from(["", "0", "-7", "99999", "61.4", "1:00:01"]),
    st.sampled_from(["", "in", "outbound"]),
    st.sampled_from(["", "yes", "0"]),
    TEXT,
    TEXT,
    TEXT,
)


def export_to(database: Database, settings: Settings, path: Path) -> Path:
    with database.reading() as session:
        reading = export.Reading(reasons.tree(session), settings.timezone)
        lines = export.lines(session, Filter(), reading)
        path.write_text("".join([export.header(), *lines]), encoding="utf-8", newline="")
    return path


def rewritten(path: Path, **changed: str) -> Path:
    """The same export with other values in every row."""
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    written = io.StringIO()
    writer = csv.DictWriter(written, rows[0])
    writer.writeheader()
    writer.writerows({**row, **changed} for row in rows)
    path.write_text(written.getvalue(), encoding="utf-8", newline="")
    return path


def some_id(database: Database, **facts: Any) -> uuid.UUID:
    with database.reading() as session:
        return session.scalars(select(Contact.id).filter_by(**facts).order_by(Contact.id)).first() or uuid.UUID(int=0)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database of each engine that every example empties."""
    found: Database = request.getfixturevalue(f"shared_{request.param}")
    yield found
    empty(found)


@USUAL
@given(rows=st.lists(ROW, min_size=1, max_size=12))
def test_whatever_came_in_its_export_brings_nothing(either: Database, rows: list[tuple[str, ...]]) -> None:
    empty(either)
    with tempfile.TemporaryDirectory() as folder:
        made = make_settings(either, Path(folder), TRACKER_TIMEZONE="Europe/Berlin")
        taken = import_rows(either, made, rows, header=HEADER)
        held = contents(either)
        path = export_to(either, made, made.instance / "export.csv")
        number = taken.counts.new
        with either.reading() as session:
            preview = importing.preview_file(either, made, path, Choices(SOURCE), at=NOW)
            reasons_before = len(reasons.tree(session).nodes)
        assert (preview.counts.unchanged, preview.counts.read, preview.unknown_reason_count) == (number, number, 0)
        assert counts(import_path(either, made, path)) == {"read": number, "unchanged": number} if number else {}
        assert contents(either) == held
        with either.reading() as session:
            assert len(reasons.tree(session).nodes) == reasons_before


@USUAL
@given(rows=st.lists(ROW, min_size=1, max_size=8))
def test_in_another_installation_an_export_makes_the_same_contacts(
    either: Database, rows: list[tuple[str, ...]]
) -> None:
    empty(either)
    with tempfile.TemporaryDirectory() as folder:
        made = make_settings(either, Path(folder), TRACKER_TIMEZONE="Europe/Berlin")
        import_rows(either, made, rows, header=HEADER)
        path = export_to(either, made, made.instance / "export.csv")
        facts = [name for name in contacts(either)[0] if not name.endswith(("reason_id", "source_id", "batch_id"))]
        facts = [name for name in facts if name not in {"customer_key", "content", "attributes"}]
        before, text = [[row[name] for name in facts] for row in contacts(either)], path.read_text(encoding="utf-8")
        empty(either)
        import_path(either, made, path)
        assert [[row[name] for name in facts] for row in contacts(either)] == before
        assert export_to(either, made, path).read_text(encoding="utf-8") == text


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return make_settings(database, tmp_path)


def test_contacts_that_were_tagged_logged_and_corrected_meanwhile_come_back_unchanged(
    database: Database, settings: Settings
) -> None:
    rows = [["", f"2026-09-0{1 + number}T10:00:00Z", "", "", "", "", "", "", "", "", f"{number}", "", ""] for number in
            range(4)]  # fmt: skip
    import_rows(database, settings, rows, header=HEADER, creates_reasons=False)
    given = database.write(lambda session: make_reason(session, "Damaged; wet")).id
    further = database.write(lambda session: make_reason(session, "Rude; loud")).id
    one, other = some_id(database, note="1"), some_id(database, note="2")
    database.write(lambda session: tagging.tag(session, one, given, by=LEAD, at=NOW))
    database.write(lambda session: tagging.add_further(session, one, further, by=LEAD, at=NOW))
    told = actions.Told(NOW, "chat", note="=put right", customer="one@mail.example", handle_seconds=-3, queue="'=Q")
    database.write(lambda session: actions.correct(session, settings, other, told, seen_number=0, by=LEAD, at=NOW))
    by_hand = uuid.uuid4()
    database.write(lambda session: actions.log_contact(session, settings, by_hand, told, given, by=LEAD, at=NOW))
    path = export_to(database, settings, settings.instance / "export.csv")
    third = some_id(database, note="3")
    database.write(lambda session: tagging.tag(session, third, given, by=LEAD, at=NOW))
    held = contents(database)["contact"]
    assert counts(import_path(database, settings, path)) == {"read": 5, "unchanged": 5}
    assert contents(database)["contact"] == held


def test_a_corrected_export_changes_that_alone_and_keeps_customer_and_reason(
    database: Database, settings: Settings
) -> None:
    row = ["1", "2026-09-01T10:00:00Z", "phone", "Late", "Rude", "", "one@mail.example", "60", "", "", "a", "x", ""]
    import_rows(database, settings, [row], header=HEADER)
    (before,) = contacts(database)
    path = rewritten(export_to(database, settings, settings.instance / "export.csv"), note="b")
    assert counts(import_path(database, settings, path)) == {"read": 1, "updated": 1}
    (after,) = contacts(database)
    assert {name for name in before if before[name] != after[name]} == {"note", "content"}
    assert counts(import_path(database, settings, path)) == {"read": 1, "unchanged": 1}


def test_another_reason_in_the_export_is_given(database: Database, settings: Settings) -> None:
    row = ["1", "2026-09-01T10:00:00Z", "phone", "Late", "", "", "", "60", "", "", "a", "x", ""]
    import_rows(database, settings, [row], header=HEADER)
    path = rewritten(export_to(database, settings, settings.instance / "export.csv"), reason="Lost")
    assert counts(import_path(database, settings, path)) == {"read": 1, "updated": 1}
    with database.reading() as session:
        tree = reasons.tree(session)
    assert tree.text(contacts(database)[0]["reason_id"]) == "Lost"


@pytest.mark.parametrize(
    ("column", "value"),
    [("tracker_id", "12"), ("attributes", "[1]"), ("attributes", "blue"), ("tracker_id", "x" * 500)],
)
def test_what_no_export_writes_is_rejected(database: Database, settings: Settings, column: str, value: str) -> None:
    row = ["1", "2026-09-01T10:00:00Z", "phone", "Late", "", "", "", "60", "", "", "a", "x", ""]
    import_rows(database, settings, [row], header=HEADER)
    path = rewritten(export_to(database, settings, settings.instance / "export.csv"), **{column: value})
    assert counts(import_path(database, settings, path)) == {"read": 1, "rejected": 1}


def test_a_row_added_below_an_export_is_a_contact_like_any_other(database: Database, settings: Settings) -> None:
    row = ["1", "2026-09-01T10:00:00Z", "phone", "Late", "", "", "", "60", "", "", "a", "x", ""]
    import_rows(database, settings, [row], header=HEADER)
    path = export_to(database, settings, settings.instance / "export.csv")
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write('2,2026-09-02T10:00:00Z,phone,Late,,,60,,,b,,"{""Area"": ""y""}",\r\n')
        file.write("9,2026-09-02T10:00:00Z,phone,Late,,,60,,,b,,,\r\n")
    assert counts(import_path(database, settings, path)) == {"read": 3, "unchanged": 1, "new": 2}
    assert counts(import_path(database, settings, path)) == {"read": 3, "unchanged": 3}
