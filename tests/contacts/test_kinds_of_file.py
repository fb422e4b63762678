"""Workbooks, JSON and archives: read as the rows that they hold, or refused in a sentence."""

import gzip
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from app.contacts import files, records, unpacking, workbooks
from app.contacts.files import File, survey
from app.contacts.reading import Row, Unreadable, blocks, layout_of
from app.values.errors import Refused

HEADER = ["occurred_at", "reason", "note"]


def write(folder: Path, content: bytes, name: str = "upload") -> File:
    path = folder / name
    path.write_bytes(content)
    return File(path, name)


def workbook(*sheets: Iterable[Iterable[Any]], hidden: int | None = None) -> bytes:
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        day, span = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "[h]:mm:ss"})
        for number, rows in enumerate(sheets):
            sheet = book.add_worksheet(f"Part {number + 1}")
            if number == hidden:
                sheet.hide()
            for place, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, timedelta):
                        sheet.write(place, column, cell, span)
                    elif isinstance(cell, date) and not isinstance(cell, datetime):
                        sheet.write(place, column, cell, day)
                    else:
                        sheet.write(place, column, cell)
    return kept.getvalue()


def archive(entries: Mapping[str, bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return kept.getvalue()


def rows_of(file: File, at_once: int = 100) -> tuple[tuple[str, ...], list[tuple[int, Row]]]:
    found = survey(file)
    layout = layout_of(file, found, lambda row: sum(cell in HEADER for cell in row))
    with files.opened_text(file, found) as (text, _):
        return layout.header, [numbered for block in blocks(text, layout, at_once) for numbered in block]


def test_cells_of_a_workbook_are_read_as_people_see_them(tmp_path: Path) -> None:
    cells = [  # a workbook knows no zones
        [
            "plain",
            12_345_678_901.0,
            1.5,
            True,
            datetime.fromisoformat("2026-09-01"),
            date(2026, 9, 2),
            timedelta(hours=26, seconds=5),
        ],
        [
            "two\nlines",
            "007",
            -3,
            False,
            datetime.fromisoformat("2026-09-01T23:59:58"),
            time(8, 5, 9),
            timedelta(seconds=59),
        ],
    ]
    header, rows = rows_of(write(tmp_path, workbook([HEADER + list("abcd"), *cells])))
    assert header == ("occurred_at", "reason", "note", "a", "b", "c", "d")
    assert rows == [
        (2, ["plain", "12345678901", "1.5", "yes", "2026-09-01 00:00:00", "2026-09-02", "26:00:05"]),
        (3, ["two\nlines", "007", "-3", "no", "2026-09-01 23:59:58", "08:05:09", "0:00:59"]),
    ]


def test_a_row_of_a_workbook_is_known_by_its_number_there(tmp_path: Path) -> None:
    rows = [["Report of September"], [], HEADER, ["2026-09-01", "Late", "a\nb"], [], ["2026-09-02", "Late", ""]]
    _, found = rows_of(write(tmp_path, workbook(rows)), at_once=2)
    assert [number for number, row in found if any(row)] == [4, 6]


def test_the_visible_sheet_with_most_rows_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    long = [HEADER, *[["2026-09-01", "Late", ""]] * 3]
    file = write(tmp_path, workbook([["Summary"]], long, [HEADER, *[["x", "y", "z"]] * 9], hidden=2))
    found = survey(file)
    assert found.table is not None
    assert found.encoding_name == "XLSX"
    layout = layout_of(file, found, lambda _row: 0)
    assert layout.delimiter_name == "sheet “Part 2”"
    assert found.table.remarks == ["The sheet “Part 2” was read; “Part 1” was left out."]


@pytest.mark.parametrize("name", ["FebSR-311-2013.xlsx", "febSR-2014.xlsx", "MarSR-2014.xls"])
def test_workbooks_as_a_city_published_them(data_sets: Path, name: str) -> None:
    header, rows = rows_of(File(data_sets / "ottawa-311" / "original" / name, name), at_once=4000)
    assert header[0] == "creation_date"
    assert len(rows) == {"M": 12_804}.get(name[0], 13_618)
    months = {row[0][:8] for _, row in rows if row[0][5:8] in {"Feb", "03-"}}
    assert months == ({"2014-03-"} if name[0] == "M" else {"2013-Feb"}), "its name is not trusted"


RECORDS = [
    {
        "occurred_at": "2026-09-01T08:00:00Z",
        "reason": "Late",
        "Queue": {"Name": "Sales", "Agent": None},
        "seconds": 3.0,
    },
    {
        "occurred_at": "2026-09-02T08:00:00Z",
        "tags": {"tags": [{"name": "one"}, {"name": "two"}]},
        "list": ["a", 2, True],
    },
    {"occurred_at": "2026-09-03T08:00:00Z", "reason": "Größe\n5 €", "parts": [{"body": "no name"}], "nul": "a\0b"},
]
FLAT = ("occurred_at", "reason", "Queue.Name", "Queue.Agent", "seconds", "tags.tags", "list", "nul")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("form", ["lines", "list", "pretty list", "object"])
@pytest.mark.parametrize("is_packed", [False, True])
def test_records_are_rows_with_a_column_for_every_name(
    tmp_path: Path, form: str, encoding: str, is_packed: bool
) -> None:
    text = {
        "lines": "\n".join(map(json.dumps, RECORDS)),
        "list": json.dumps(RECORDS),
        "pretty list": json.dumps(RECORDS, indent=2, ensure_ascii=False),
        "object": json.dumps({"type": "list", "pages": {"next": None}, "items": RECORDS, "total": 3}, indent=1),
    }[form]
    content = text.encode(encoding)
    header, rows = rows_of(write(tmp_path, gzip.compress(content) if is_packed else content))
    assert header == FLAT
    assert rows == [
        (1, ["2026-09-01T08:00:00Z", "Late", "Sales", "", "3", "", "", ""]),
        (2, ["2026-09-02T08:00:00Z", "", "", "", "", "one; two", "a; 2; yes", ""]),
        (3, ["2026-09-03T08:00:00Z", "Größe\n5 €", "", "", "", "", "", "a\0b"]),
    ]


def test_a_list_longer_than_what_is_held_is_read_to_its_end(tmp_path: Path) -> None:
    many = [{"occurred_at": f"2026-09-{1 + number % 30:02d}", "note": "x" * (number % 700)} for number in range(3000)]
    _, rows = rows_of(write(tmp_path, json.dumps(many).encode()), at_once=4000)
    assert [row for _, row in rows] == [[one["occurred_at"], one["note"]] for one in many]


def test_a_line_that_is_no_record_takes_no_other_with_it(tmp_path: Path) -> None:
    good = json.dumps(RECORDS[0])
    bad = ['{"occurred_at": "2026', "[1, 2]", "[" * 100_000, '{"x": "' + "y" * 5_000_000 + '"}', "7"]
    _, rows = rows_of(write(tmp_path, "\n".join([good, *bad, "", good]).encode()))
    assert [number for number, row in rows if isinstance(row, Unreadable)] == [2, 3, 4, 5, 6]
    assert [number for number, row in rows if any(row)] == [1, 8]


def test_a_surrogate_alone_and_a_letter_that_is_none_take_no_other_row(tmp_path: Path) -> None:
    content = b'{"occurred_at": "2026-09-01", "note": "\\ud800"}\n{"occurred_at": "2026-09-02", "note": "\xff"}\n'
    _, rows = rows_of(write(tmp_path, content + b'{"occurred_at": "2026-09-03", "note": "Gr\xc3\xb6\xc3\x9fe"}\n'))
    assert [row[0] for _, row in rows] == ["2026-09-01", "2026-09-02", "2026-09-03"]
    assert rows[2][1][1] == "Größe"


def test_an_archive_with_one_file_is_read_as_that_file(tmp_path: Path) -> None:
    content = b"occurred_at,reason,note\n2026-09-01,Late,x\n"
    packed = archive({"__MACOSX/._a.csv": b"mac", "folder/a.csv": content, ".DS_Store": b""})
    assert rows_of(write(tmp_path, packed)) == (tuple(HEADER), [(2, ["2026-09-01", "Late", "x"])])
    lines = archive({"a.jsonl": json.dumps(RECORDS[0]).encode()})
    assert rows_of(write(tmp_path, lines))[1][0][1][0] == "2026-09-01T08:00:00Z"


ONE = b"occurred_at,reason,note\n2026-09-01,Late,x\n"
BAD = {
    "two files": (archive({"a.csv": ONE, "b.csv": ONE}), "up.zip", "holds 2\u00a0files: a.csv, b.csv. Unpack it"),
    "no file": (archive({"__MACOSX/x": b""}), "up.zip", "is an empty archive"),
    "empty archive": (archive({}), "up.zip", "is an empty archive"),
    "archive in archive": (archive({"a.zip": archive({"a.csv": ONE})}), "up.zip", "archive within"),
    "cut archive": (archive({"a.csv": ONE * 500})[:-80], "up.zip", "is damaged"),
    "cut gzip": (gzip.compress(ONE * 5000)[:-30], "up.gz", "is damaged"),
    "cut workbook": (workbook([HEADER])[:-200], "up.xlsx", "is damaged"),
    "no workbook": (archive({"xl/workbook.xml": b"<nothing/>"}), "up.xlsx", "cannot be read as a workbook"),
    "old workbook of nothing": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "up.xls", "cannot be read as a w"),
    "empty workbook": (workbook([]), "up.xlsx", "holds no rows"),
    "web page": (b"<html><table><tr><td>occurred_at", "up.xls", "is a web page or XML that is called a workbook"),
    "cut list": (json.dumps(RECORDS).encode()[:-30], "up.json", "is no whole JSON"),
    "deep list": (b'[{"a": ' + b"[" * 200_000, "up.json", "is no whole JSON"),
    "many columns": (b"a," * 5000 + b"a\n1\n", "up.csv", "more than 2,000 columns"),
    "a million columns": (b"a," * 1_000_000 + b"\n1\n", "up.csv", "no header has"),
    "many names": (json.dumps({f"n{i}": i for i in range(3000)}).encode(), "up.json", "more than 2,000 different"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path, case: str) -> None:
    content, name, words = BAD[case]
    file = write(tmp_path, content, name)
    with pytest.raises(Refused, match=words):
        rows_of(file)


def test_an_archive_that_unpacks_to_a_monster_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "RATIO_COUNTS_FROM_BYTES", 3_000_000)
    monster = b"0" * 8_000_000
    with pytest.raises(Refused, match="unpacks to more than"):
        survey(write(tmp_path, archive({"a.csv": ONE + monster})))
    with pytest.raises(Refused, match="unpacks to more than"):
        survey(write(tmp_path, archive({"xl/workbook.xml": b"<workbook/>", "xl/sheet.xml": monster})))
    monkeypatch.setattr(workbooks, "MOST_WORKBOOK_BYTES", 5_000_000)
    with pytest.raises(Refused, match="Save the sheet as CSV"):
        survey(write(tmp_path, archive({"xl/workbook.xml": b"<workbook/>", "xl/sheet.xml": monster})))


def test_an_archive_of_very_many_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="holds 1,001"):
        survey(write(tmp_path, archive({f"{number}.csv": b"" for number in range(1001)})))


def test_records_lie_flat_to_a_depth(tmp_path: Path) -> None:
    deep: dict[str, Any] = {"end": 1}
    for _ in range(20):
        deep = {"in": deep}
    assert records.flat({"a": {"b": {"c": 1}}, "deep": deep, "none": None, "empty": []}) == {
        "a.b.c": "1",
        "none": "",
        "empty": "",
    }
