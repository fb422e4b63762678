"""flask measurement try on files that nobody can measure: a sentence, status 1 (2 for a wrong call), never a trace."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.cli import measurement
from app.measurement import trying

Try = Callable[..., Result]
COLUMNS = ("--date-column", "day", "--value-column", "contacts")
GO = ("--go-live", "2024-02-01")
FIRST = date(2023, 1, 2)


@pytest.fixture
def run(app: Flask) -> Try:
    """Run the command with these words after the file."""
    return lambda path, *words: app.test_cli_runner().invoke(measurement.commands, ["try", str(path), *words])


def lines(count: int = 400) -> list[str]:
    return ["day,contacts,orders", *(f"{FIRST + timedelta(days=number)},20,7" for number in range(count))]


def put(folder: Path, content: list[str] | bytes) -> Path:
    path = folder / "contacts.csv"
    path.write_bytes(content if isinstance(content, bytes) else "\n".join(content).encode())
    return path


def refusal(result: Result) -> str:
    """The one sentence on standard error; nothing was printed, and Python said nothing."""
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return result.stderr.strip()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("2023-01-03,20,7", "2023-01-03 stands in the file twice. Keep one of the rows."),
        ("2024-05-05,-1,7", "“-1” is no count. Write 0 or more, or leave it blank."),
        ("2024-05-05,many,7", "column “contacts”: “many” is no count"),
        ("2024-05-05,nan,7", "“nan” is no count"),
        ("2024-05-05,inf,7", "“inf” is no count"),
        ("2024-05-05,1e400,7", "“1e400” is no count"),
        ("2024-05-05," + "9" * 400 + ",7", "is no count"),
        ('2024-05-05,"6,00",7', "“6,00” is no count"),
        ("01/02/2024,20,7", "“01/02/2024” is no day, or can be read in two ways. Write it like 2026-09-14."),
        ("01/02/24,20,7", "“01/02/24” is no day, or can be read in two ways"),
        ("2024-02-30,20,7", "“2024-02-30” is no day"),
        ("soon,20,7", "Line 402: “soon” is no day"),
        (",20,7", "Line 402: “” is no day"),
        ("\0,20,7", "is no day"),
        ("2024-05-05,\0,7", "is no count"),
        ("9999-12-31,20,7", "nobody knows what comes on 9999-12-31"),
        ("2100-01-01,20,7", "20,000 periods are the most"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_with_its_line(run: Try, tmp_path: Path, line: str, sentence: str) -> None:
    assert sentence in refusal(run(put(tmp_path, [*lines(), line]), *COLUMNS, *GO))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "has no column “day”"),
        (b"day,contacts\n", "has no row under its header"),
        (b"day,contacts\n2024-01-01,5\n", "one row"),
        (b"day,contacts,contacts\n2024-01-01,5,6\n", "has two columns “contacts”"),
        (b"Day,contacts\n2024-01-01,5\n", "has no column “day”. It has: Day, contacts."),
        ("day,contacts,Grüße\n2024-01-01,5,1\n".encode("latin-1"), "Save it as CSV UTF-8."),
        ("day,contacts\n2024-01-01,5\n".encode("utf-16"), "Save it as CSV UTF-8."),
        (b"\x00\x01\x02day\x00contacts\n\x00\n", "Save it as CSV UTF-8."),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00\xff\xfe", "Save it as CSV UTF-8."),
        (b"day,contacts\n2024-01-01," + b"7" * 200_000 + b"\n", "Save it as CSV UTF-8."),
        (b"day,contacts\n2024-01-01,5\n2024-01-11,5\n2024-01-31,5\n", "neither days, nor weeks"),
        (b"day,contacts\n2024-01-01,5\n2024-01-08,5\n2024-01-16,5\n2024-01-22,5\n", "neither days, nor weeks"),
    ],
)
def test_a_file_that_holds_no_series_is_refused(run: Try, tmp_path: Path, content: bytes, sentence: str) -> None:
    assert sentence in refusal(run(put(tmp_path, content), *COLUMNS, *GO))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--driver-column", "sales"], "has no column “sales”. It has: day, contacts, orders."),
        (["--control-column", "sales"], "has no column “sales”"),
        (["--other-column", "sales"], "has no column “sales”"),
        (["--go-live", "2026-01-01"], "The report ends on 2024-02-06, before it begins at go-live on 2026-01-01."),
        (["--go-live", "2024-02-06"], "before it begins"),
        (["--go-live", "2026-01-01", "--end", "2026-02-01"], "There is nothing to report."),
        (["--end", "2024-01-01"], "The report ends on 2024-01-01, before it begins"),
        (["--end", "2024-02-01"], "before it begins"),
        (["--exclude", "2024-01-01"], "“2024-01-01” are no days to leave out"),
        (["--exclude", "2024-01-05..2024-01-01"], "Choose a later end."),
        (["--exclude", "2024-01-01..2024-01-01"], "Choose a later end."),
        (["--exclude", "a..b"], "“a..b” are no days to leave out"),
        (["--exclude", "2024-02-01..2024-03-01"], "There is nothing to report."),
        (["--holidays", "XX"], "“XX” is no country with known holidays"),
        (["--holidays", "CA-XX"], "“XX” is no region of CA"),
        (["--holidays", ""], "is no country with known holidays"),
    ],
)
def test_options_that_do_not_fit_the_file_are_refused(
    run: Try, tmp_path: Path, words: list[str], sentence: str
) -> None:
    assert sentence in refusal(run(put(tmp_path, lines()), *COLUMNS, *GO, *words))


@pytest.mark.parametrize(
    "words",
    [
        ["--go-live", "2024-13-01"],
        ["--go-live", "01/02/2024"],
        ["--go-live", "soon"],
        ["--every", "year"],
        ["--method", "3"],
        ["--confidence", "1"],
        ["--confidence", "0.4"],
        ["--confidence", "nan"],
        ["--start", "never"],
        ["--nothing-like-it"],
    ],
)
def test_a_wrong_call_is_told_how_to_call(run: Try, tmp_path: Path, words: list[str]) -> None:
    result = run(put(tmp_path, lines()), *COLUMNS, *GO, *words)
    assert result.exit_code == 2, result.output
    assert "Usage:" in result.stderr


def test_a_file_that_is_none_is_a_wrong_call(run: Try, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing.csv"):
        result = run(path, *COLUMNS, *GO)
        assert result.exit_code == 2
        assert "Usage:" in result.stderr
    assert run(put(tmp_path, lines()), *GO).exit_code == 2


def test_a_driver_of_zero_is_refused_and_a_blank_one_is_missing(run: Try, tmp_path: Path) -> None:
    zero, blank = lines(), lines()
    zero[10] = zero[10].replace(",7", ",0")
    blank[10] = blank[10].replace(",7", ",")
    words = (*COLUMNS, *GO, "--driver-column", "orders")
    assert "The driver “orders” is 0 on 2023-01-11." in refusal(run(put(tmp_path, zero), *words))
    assert run(put(tmp_path, blank), *words).exit_code == 0


def test_a_weekly_file_is_not_measured_by_day(run: Try, tmp_path: Path) -> None:
    weeks = ["day,contacts", *(f"{FIRST + timedelta(weeks=number)},20" for number in range(80))]
    path = put(tmp_path, weeks)
    assert "by week; they can be measured by week only" in refusal(run(path, *COLUMNS, *GO, "--every", "day"))
    assert "by week; they can be measured by week only" in refusal(run(path, *COLUMNS, *GO, "--every", "month"))


def test_days_that_fill_no_month_are_refused(run: Try, tmp_path: Path) -> None:
    path = put(tmp_path, lines(20))
    result = run(path, *COLUMNS, "--go-live", "2023-01-10", "--every", "month")
    assert refusal(result) == "The figures do not fill a single month."


def test_a_file_too_large_for_daily_sums_is_refused_before_it_is_read(
    run: Try, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "LONGEST_FILE_BYTES", 1000)
    assert "Give daily sums, not contacts." in refusal(run(put(tmp_path, lines()), *COLUMNS, *GO))


def test_holidays_of_years_that_nobody_lists_are_refused(run: Try, tmp_path: Path) -> None:
    days = ["day,contacts", *(f"{date(1975, 1, 1) + timedelta(days=number)},20" for number in range(500))]
    path = put(tmp_path, days)
    assert "1975 is no year to fill" in refusal(run(path, *COLUMNS, "--go-live", "1976-02-01", "--holidays", "CA"))


def test_blank_lines_and_rows_of_any_length_are_no_trap(run: Try, tmp_path: Path) -> None:
    odd = [*lines(), "", "2024-02-06", "2024-02-07,5,7,8,9", '"2024-02-08"," 12 ",']
    result = run(put(tmp_path, odd), *COLUMNS, *GO, "--json")
    assert result.exit_code == 0, result.output
    assert '"observed": 117.0' in result.stdout
