"""flask contacts import and undo, as people script against them."""

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from app.cli import contacts as cli
from app.contacts import importing
from app.db import Database
from tests.intake_builders import HEADER, LEAD, NOW, contacts, csv_text, make_file, make_line

Command = Callable[..., Result]
KEYS = (
    *("batch", "source", "format", "read", "new", "updated", "unchanged", "rejected", "ignored", "untagged"),
    *("rejects_file", "first_day", "last_day", "remarks", "seconds"),
)


@pytest.fixture
def command(app: Flask) -> Command:
    """Run flask with these words."""
    return lambda *words: app.test_cli_runner().invoke(args=list(words))


def answer(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_answer_is_one_json_object_with_the_keys_that_were_promised(command: Command, tmp_path: Path) -> None:
    path = make_file(tmp_path, [make_line(1), make_line(2, reason=""), make_line(3, occurred_at="never")])
    found = answer(command("contacts", "import", str(path), "--source", "Switch", "--json"))
    assert tuple(found) == KEYS
    seconds, rejects = found.pop("seconds"), found.pop("rejects_file")
    assert isinstance(seconds, float)
    assert Path(rejects).read_text(encoding="utf-8").startswith("external_id,occurred_at")
    assert found == {
        "batch": 1,
        "source": "Switch",
        "format": "ours",
        "read": 3,
        "new": 2,
        "updated": 0,
        "unchanged": 0,
        "rejected": 1,
        "ignored": 0,
        "untagged": 1,
        "first_day": "2026-09-02",
        "last_day": "2026-09-03",
        "remarks": [],
    }


def test_a_dry_run_says_the_same_and_saves_nothing(command: Command, tmp_path: Path, database_of_app: Database) -> None:
    path = make_file(tmp_path, [make_line(1), make_line(2, occurred_at="never")])
    words = ("contacts", "import", str(path), "--source", "Switch", "--json")
    dry = answer(command(*words, "--dry-run"))
    assert (dry["batch"], dry["rejects_file"]) == (None, None)
    assert contacts(database_of_app) == []
    wet = answer(command(*words))
    for name in set(KEYS) - {"batch", "seconds", "rejects_file"}:
        assert dry[name] == wet[name], name


def test_undo_says_what_it_removed_and_a_second_time_nothing(command: Command, tmp_path: Path) -> None:
    path = make_file(tmp_path, [make_line(1), make_line(2)])
    command("contacts", "import", str(path), "--source", "Switch")
    assert answer(command("contacts", "undo", "1", "--json")) == {"batch": 1, "removed": 2, "restored": 0}
    assert answer(command("contacts", "undo", "1", "--json")) == {"batch": 1, "removed": 0, "restored": 0}
    assert command("contacts", "undo", "2").exit_code == 1


def test_rejected_rows_are_corrected_in_their_file_and_come_in_with_it(
    command: Command, tmp_path: Path, database_of_app: Database
) -> None:
    rows = [make_line(1), make_line(2, occurred_at="never", customer="+16135550142", note="=1+1")]
    path = make_file(tmp_path, rows)
    rejects = Path(answer(command("contacts", "import", str(path), "--source", "Switch", "--json"))["rejects_file"])
    written = rejects.read_text(encoding="utf-8")
    assert "'+16135550142" in written, "a spreadsheet must not run it"
    rejects.write_text(written.replace("never", "2026-09-05 10:00"), encoding="utf-8")
    again = answer(command("contacts", "import", str(rejects), "--source", "Switch", "--json"))
    assert (again["read"], again["new"]) == (1, 1)
    whole = make_file(tmp_path, [rows[0], make_line(2, occurred_at="2026-09-05 10:00", note="=1+1")], name="whole.csv")
    whole.write_text(whole.read_text().replace("customer2@mail.example", "+16135550142"))
    last = answer(command("contacts", "import", str(whole), "--source", "Switch", "--json"))
    assert (last["unchanged"], last["updated"]) == (2, 0), "it is the contact that the corrected original would be"
    assert {row["note"] for row in contacts(database_of_app)} == {None, "=1+1"}


def test_strict_ends_with_status_1_where_a_row_was_rejected(command: Command, tmp_path: Path) -> None:
    path = make_file(tmp_path, [make_line(1), make_line(2, occurred_at="never")])
    result = command("contacts", "import", str(path), "--source", "Switch", "--strict", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["new"] == 1
    assert result.stderr == "Rejected: 1\u00a0row. The rest was kept.\n"


def test_a_mapping_comes_from_a_file_or_from_those_that_are_kept(
    command: Command, tmp_path: Path, database_of_app: Database
) -> None:
    mapping = {"columns": {"occurred_at": "When", "reason": "Why"}}
    (tmp_path / "mapping.json").write_text(json.dumps(mapping))
    path = make_file(tmp_path, [("2026-09-01 10:00", "Late")], ("When", "Why"))
    words = ("contacts", "import", str(path), "--source", "Switch", "--json", "--mapping")
    assert answer(command(*words, str(tmp_path / "mapping.json")))["new"] == 1
    database_of_app.write(lambda session: importing.save_mapping(session, "Desk", mapping, by=LEAD, at=NOW))
    assert answer(command(*words, "Desk"))["unchanged"] == 1


def test_without_new_reasons_values_wait(command: Command, tmp_path: Path) -> None:
    path = make_file(tmp_path, [make_line(1)])
    found = answer(command("contacts", "import", str(path), "--source", "S", "--no-new-reasons", "--json"))
    assert (found["new"], found["untagged"]) == (1, 1)


ONE = csv_text([make_line(1)]).encode()
BAD_FILES = {
    "empty": (b"", "is empty"),
    "header only": (csv_text([]).encode(), "holds a header and no rows"),
    "workbook": (b"PK\x03\x04" + b"\0" * 100, "is damaged"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "is a picture"),
    "web page": (b"<html><body>Sign in</body></html>", "is a web page"),
    "broken gzip": (gzip.compress(ONE * 100)[:60], "is damaged"),
    "column missing": (b"when,why\n2026-09-01,Late\n", "Nothing is known of these columns: when, why"),
    "ambiguous dates": (b"occurred_at,reason\n3/4/2026 10:00,Late\n", "Which is it"),
    "contradicting dates": (
        b"occurred_at,reason\n13/4/2026 10:00,Late\n4/13/2026 10:00,Late\n",
        "Line 2 (13/4/2026 10:00) can only be day first",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_gets_a_sentence_and_leaves_nothing(
    command: Command, tmp_path: Path, database_of_app: Database, name: str
) -> None:
    content, sentence = BAD_FILES[name]
    path = tmp_path / "upload.csv"
    path.write_bytes(content)
    for more in ([], ["--dry-run"]):
        result = command("contacts", "import", str(path), "--source", "Switch", "--json", *more)
        assert result.exit_code == 1
        assert result.stdout == ""
        assert sentence in result.stderr
        assert "Traceback" not in result.output
        assert len(result.stderr.splitlines()) == 1
    assert contacts(database_of_app) == []


BAD_WORDS = {
    "no such file": (["--source", "S"], "cannot be read"),
    "no such zone": (["--source", "S", "--timezone", "Mars/Olympus"], "is no time zone"),
    "no such format": (["--source", "S", "--format", "zendesc"], "There is no format"),
    "no such mapping": (["--source", "S", "--mapping", "nothing"], "There is no mapping “nothing”"),
    "colon in source": (["--source", "a:b"], "holds a colon"),
}


@pytest.mark.parametrize("name", BAD_WORDS)
def test_wrong_words_get_a_sentence(command: Command, tmp_path: Path, name: str) -> None:
    words, sentence = BAD_WORDS[name]
    path = tmp_path / "missing.csv" if name == "no such file" else make_file(tmp_path, [make_line(1)])
    result = command("contacts", "import", str(path), *words)
    assert result.exit_code == 1
    assert sentence in result.stderr


def test_a_mapping_that_is_no_json_gets_a_sentence(command: Command, tmp_path: Path) -> None:
    (tmp_path / "mapping.json").write_text("{columns}")
    path = make_file(tmp_path, [make_line(1)])
    result = command("contacts", "import", str(path), "--source", "S", "--mapping", str(tmp_path / "mapping.json"))
    assert result.exit_code == 1
    assert "is no mapping in JSON" in result.stderr


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"note": "a\0b"}, "NUL byte"),
        ({"note": "x" * 140_000}, "131,072 letters"),
        ({"occurred_at": "2099-01-01 10:00"}, "in the future"),
        ({"occurred_at": "1899-12-31 10:00"}, "no year of a contact"),
        ({"handle_seconds": "9" * 400}, "no number of seconds"),
        ({"channel": "pigeon"}, "is no channel"),
        ({"reason": "A > B > C > D"}, "has 4 levels"),
    ],
)
def test_a_bad_cell_costs_its_row_and_is_told_with_its_line(
    command: Command, tmp_path: Path, database_of_app: Database, cells: dict[str, str], words: str
) -> None:
    path = make_file(tmp_path, [make_line(1), make_line(2, **cells), make_line(3)])
    found = answer(command("contacts", "import", str(path), "--source", "Switch", "--json"))
    assert (found["read"], found["new"], found["rejected"]) == (3, 2, 1)
    rejects = Path(found["rejects_file"]).read_text(encoding="utf-8")
    assert words in rejects
    assert rejects.splitlines()[0] == ",".join((*HEADER, "rejected_line", "rejected_because"))


def test_bytes_that_are_no_letter_cost_their_row(command: Command, tmp_path: Path) -> None:
    good = csv_text([make_line(number, note="Größe") for number in range(5)]).encode()
    path = tmp_path / "contacts.csv"
    path.write_bytes(good + csv_text([make_line(9, note="BAD")]).encode().split(b"\r\n", 1)[1].replace(b"BAD", b"\xff"))
    found = answer(command("contacts", "import", str(path), "--source", "Switch", "--json"))
    assert (found["new"], found["rejected"]) == (5, 1)
    assert "no letter in UTF-8" in Path(found["rejects_file"]).read_text(encoding="utf-8")


class Terminal(io.StringIO):
    """What a person looks at."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_is_told_rows_speed_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    moments = iter([0.0, 0.5, 2.0, 4.0])
    monkeypatch.setattr("app.cli.contacts.sys.stderr", terminal)
    monkeypatch.setattr("app.cli.contacts.time.monotonic", lambda: next(moments))
    with cli.progress_bar("Importing") as progress:
        progress(100, 1000, 5_000)
        assert terminal.getvalue() == "", "what is over within a second needs no bar"
        progress(250, 1000, 10_000)
        progress(500, 1000, 20_000)
    said = terminal.getvalue().replace("\u00a0", " ")
    assert "Importing" in said
    assert "50%" in said
    assert "20,000 rows, 5,000 a second" in said
