import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from app.cli import contacts_export
from app.db import Database
from tests.builders import make_contact, make_reason


def fill(session: Session) -> None:
    top = make_reason(session, "Delivery")
    late = make_reason(session, "Late", parent=top)
    for day, reason, channel in [(13, top, "phone"), (14, late, "email"), (15, late, "phone"), (15, None, "phone")]:
        occurred_at = datetime(2026, 9, day, 12, tzinfo=UTC)
        make_contact(session, reason=reason, occurred_at=occurred_at, channel=channel, note=f"on the {day}th")


@pytest.fixture
def filled(app: Flask, database_of_app: Database) -> Flask:
    database_of_app.write(fill)
    return app


def export(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(contacts_export.command, arguments)


@pytest.mark.parametrize(
    ("options", "notes"),
    [
        ([], ["on the 15th", "on the 15th", "on the 14th", "on the 13th"]),
        (["--from", "2026-09-14", "--to", "2026-09-15"], ["on the 14th"]),
        (["--reason", "delivery"], ["on the 15th", "on the 14th", "on the 13th"]),
        (["--reason", "Delivery > late", "--channel", "phone"], ["on the 15th"]),
        (["--query", "13TH"], ["on the 13th"]),
        (["--query", "nothing like it"], []),
    ],
)
def test_the_file_holds_what_was_asked_for(filled: Flask, tmp_path: Path, options: list[str], notes: list[str]) -> None:
    out = tmp_path / "contacts.csv"
    result = export(filled, *options, "--out", str(out), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"rows": len(notes), "file": str(out)}
    with out.open(encoding="utf-8", newline="") as file:
        assert [row["note"] for row in csv.DictReader(file)] == notes


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--reason", "Refund"], "There is no reason “Refund”."),
        (["--from", "2026-09-15", "--to", "2026-09-14"], "Choose a later end."),
    ],
)
def test_what_cannot_be_asked_for_is_said_and_nothing_is_written(
    filled: Flask, tmp_path: Path, options: list[str], sentence: str
) -> None:
    result = export(filled, *options, "--out", str(tmp_path / "contacts.csv"))
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert list(tmp_path.glob("contacts.csv*")) == []


def test_a_workbook_holds_the_same_rows_and_says_how_many_and_which(filled: Flask, tmp_path: Path) -> None:
    for name in ("contacts.csv", "contacts.xlsx"):
        result = export(filled, "--reason", "delivery", "--from", "2026-09-14", "--out", str(tmp_path / name), "--json")
        assert json.loads(result.stdout) == {"rows": 2, "file": str(tmp_path / name)}
    book = load_workbook(tmp_path / "contacts.xlsx", read_only=True)
    with (tmp_path / "contacts.csv").open(encoding="utf-8", newline="") as file:
        rows = [["" if cell is None else str(cell) for cell in row] for row in book["Contacts"].values]
        assert rows == list(csv.reader(file))
    names, values = book["About"].values
    told = dict(zip(names, values, strict=True))
    assert (told["Rows"], told["Time zone"]) == (2, "UTC")
    assert told["Asked for"] == "start 2026-09-14, reason delivery"
    assert sorted(one.name for one in tmp_path.glob("contacts*")) == ["contacts.csv", "contacts.xlsx"]


def test_an_old_workbook_is_not_written(filled: Flask, tmp_path: Path) -> None:
    result = export(filled, "--out", str(tmp_path / "contacts.xls"))
    assert result.exit_code == 1
    assert result.stderr == "contacts.xls is of a kind that is not written. Name a file that ends in .csv or .xlsx.\n"


@pytest.mark.parametrize("name", ["contacts.csv", "contacts.xlsx"])
def test_a_folder_that_is_not_there_is_said(filled: Flask, tmp_path: Path, name: str) -> None:
    result = export(filled, "--out", str(tmp_path / "nowhere" / name))
    assert result.exit_code == 1
    assert "cannot be written: No such file or directory" in result.stderr
