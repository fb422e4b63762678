import csv

import pytest

from app.values.csv_text import line


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_that_a_spreadsheet_would_run_is_written_with_an_apostrophe(start: str) -> None:
    written = line([f'{start}HYPERLINK("http://x.test")', "harmless"])
    assert next(csv.reader([written], strict=True))[0].startswith("'" + start)


def test_numbers_stay_numbers_and_nothing_stays_empty() -> None:
    assert line([-5, 0.25, None, "", "12"]) == "-5,0.25,,,12\r\n"


def test_commas_quotes_and_line_breaks_come_back_as_they_were() -> None:
    cells = ['Ana "the fast"', "a, b", "first\nsecond", " spaced "]
    assert next(csv.reader(line(cells).splitlines(keepends=True))) == cells


def test_a_negative_number_has_the_hyphen_that_a_spreadsheet_reads() -> None:
    assert line([-3, -0.5]) == "-3,-0.5\r\n"
