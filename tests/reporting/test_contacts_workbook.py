"""The workbook of contacts, read back by another library, is the CSV cell by cell."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from app.config import Settings
from app.contacts import export, importing
from app.contacts.export import HEADERS, Reading
from app.contacts.listing import Filter
from app.contacts.rules import Choices
from app.db import Database
from app.reasons import queries as reasons
from app.reporting import contacts_workbook
from tests.builders import AT, make_contact, make_reason
from tests.intake_builders import NOW, SOURCE, contents, import_rows, make_line, make_settings

NASTY = ("=1+1", "+49 30 1", "-5", "@x", "\ttabbed", "\rreturned", "\nbroken", "'=own", "''@two", "https://x.example",
         "{}", "two\r\nlines", "Zürich 🚚", " spaced ", "_x0041_", "\x07bell", "12", "007", "")  # fmt: skip


def sheets(path: Path) -> dict[str, list[list[str]]]:
    book = load_workbook(path, read_only=True)
    return {
        sheet.title: [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        for sheet in book.worksheets
    }


def written(session: Session, path: Path, chosen: Filter = Filter()) -> contacts_workbook.Written:  # noqa: B008  (it is frozen)
    reading = Reading(reasons.tree(session), ZoneInfo("Europe/Berlin"))
    return contacts_workbook.write(path, HEADERS, export.rows(session, chosen, reading), {"Time zone": "x"}, AT)


def as_csv(session: Session, chosen: Filter = Filter()) -> list[list[str]]:  # noqa: B008
    reading = Reading(reasons.tree(session), ZoneInfo("Europe/Berlin"))
    text = "".join([export.header(), *export.lines(session, chosen, reading)])
    return list(csv.reader(io.StringIO(text, newline="")))


def unescaped(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    from openpyxl.utils.escape import unescape

    return [[unescape(cell) for cell in row] for row in rows]


def test_every_cell_is_that_of_the_csv_and_no_text_became_a_formula(session: Session, tmp_path: Path) -> None:
    late = make_reason(session, "=Late")
    for number, note in enumerate(NASTY):
        make_contact(
            session,
            reason=late if number % 2 else None,
            occurred_at=AT - timedelta(minutes=number),
            note=note,
            queue=note.strip() or None,
            handle_seconds=None if number % 3 else number,
            attributes={"area": note},
        )
    path = tmp_path / "contacts.xlsx"
    found = written(session, path)
    assert (found.rows, found.cut_texts) == (len(NASTY), 0)
    read = sheets(path)
    assert list(read) == ["Contacts", "About"]
    assert unescaped(read["Contacts"]) == as_csv(session)
    assert read["About"] == [["Rows", "Time zone"], [str(len(NASTY)), "x"]]
    book = load_workbook(path)
    assert {cell.data_type for row in book["Contacts"] for cell in row} <= {"s", "n"}


def test_rows_that_one_sheet_cannot_hold_go_on_in_the_next(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contacts_workbook, "ROWS_A_SHEET", 4)
    for number in range(10):
        make_contact(session, occurred_at=AT - timedelta(minutes=number))
    assert written(session, tmp_path / "contacts.xlsx").rows == 10
    read = sheets(tmp_path / "contacts.xlsx")
    assert list(read) == ["Contacts", "Contacts 2", "Contacts 3", "About"]
    assert [len(read[name]) for name in list(read)[:3]] == [5, 5, 3]
    header, *rows = as_csv(session)
    assert [row for name in list(read)[:3] for row in read[name][1:]] == rows
    assert all(read[name][0] == header for name in list(read)[:3])


def test_a_text_that_no_cell_can_hold_is_cut_and_said(session: Session, tmp_path: Path) -> None:
    make_contact(session, note="x" * 40_000)
    assert written(session, tmp_path / "contacts.xlsx").cut_texts == 1
    read = sheets(tmp_path / "contacts.xlsx")
    assert len(read["Contacts"][1][HEADERS.index("note")]) == 32_767
    assert read["About"][0] == ["Rows", "Time zone", "Texts cut"]


def test_nothing_found_is_a_workbook_with_its_header(session: Session, tmp_path: Path) -> None:
    assert written(session, tmp_path / "contacts.xlsx").rows == 0
    assert sheets(tmp_path / "contacts.xlsx")["Contacts"] == [list(HEADERS)]
    assert [one.name for one in tmp_path.iterdir()] == ["contacts.xlsx"]


def test_the_workbook_taken_in_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    settings: Settings = make_settings(database, tmp_path)
    notes = ["=1+1", "'=own", "a, b", "two\nlines", ""]
    import_rows(database, settings, [make_line(number, note=note) for number, note in enumerate(notes)])
    held = contents(database)
    path = tmp_path / "contacts.xlsx"
    with database.reading() as session:
        export.stand_still(session)
        written(session, path)
    counts = importing.preview_file(database, settings, path, Choices(SOURCE), at=NOW).counts
    assert (counts.read, counts.unchanged) == (len(notes), len(notes))
    assert contents(database) == held
