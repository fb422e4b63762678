"""Files as bytes and as rows."""

import gzip
import io
import tracemalloc
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contacts import files, reading, unpacking
from app.contacts.files import File, survey
from app.contacts.reading import Layout, Row, Unreadable, blocks, layout_of
from app.values.errors import Refused

HEADER = ("occurred_at", "reason", "note")
COMMA = Layout(",", HEADER, 1)


def write(folder: Path, content: bytes, name: str = "contacts.csv") -> File:
    path = folder / name
    path.write_bytes(content)
    return File(path, name)


def rows_of(file: File, layout: Layout = COMMA, at_once: int = 3) -> list[tuple[int, Row]]:
    with files.opened_text(file, survey(file)) as (text, _):
        return [numbered for block in blocks(text, layout, at_once) for numbered in block]


def known(row: Sequence[str]) -> int:
    return sum(reading.key(cell) in {"occurred at", "reason"} for cell in row)


WORDS = "occurred_at,reason,note\r\n2026-09-01,Gebühr,Größe 5 €\r\n"


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1252", "Windows-1252"),
    ],
)
@pytest.mark.parametrize("is_packed", [False, True])
def test_the_encoding_is_found_and_the_text_is_the_same(
    tmp_path: Path, encoding: str, name: str, is_packed: bool
) -> None:
    content = WORDS.encode(encoding)
    file = write(tmp_path, gzip.compress(content) if is_packed else content)
    found = survey(file)
    assert (found.encoding_name, found.packed) == (name, "gzip" if is_packed else "")
    assert layout_of(file, found, known).header == HEADER
    assert rows_of(file) == [(2, ["2026-09-01", "Gebühr", "Größe 5 €"])]


def test_an_umlaut_far_into_the_file_decides_its_encoding_too(tmp_path: Path) -> None:
    plain = "occurred_at,reason,note\n" + "2026-09-01,Late,nothing\n" * 100_000
    assert survey(write(tmp_path, (plain + "2026-09-01,Gebühr,\n").encode("cp1252"))).encoding == "cp1252"


def test_a_broken_letter_in_a_file_of_utf_8_does_not_change_its_encoding(tmp_path: Path) -> None:
    content = WORDS.encode() * 20 + b"2026-09-02,Late,\xff\n"
    assert survey(write(tmp_path, content)).encoding_name == "UTF-8"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_by_the_headers_that_are_known(tmp_path: Path, delimiter: str) -> None:
    lines = [delimiter.join(HEADER), *[f'2026-09-01{delimiter}Late{delimiter}"a, b; c|d"'] * 3]
    file = write(tmp_path, "\n".join(lines).encode())
    layout = layout_of(file, survey(file), known)
    assert (layout.delimiter, layout.header) == (delimiter, HEADER)


def test_lines_above_the_header_are_passed_over(tmp_path: Path) -> None:
    file = write(tmp_path, b"Contacts of September\n\noccurred_at,reason,note\n2026-09-01,Late,\n")
    layout = layout_of(file, survey(file), known)
    assert layout.rows_to_header == 3
    assert rows_of(file, layout) == [(4, ["2026-09-01", "Late", ""])]


def test_headers_that_nobody_knows_are_found_by_their_place(tmp_path: Path) -> None:
    file = write(tmp_path, b"My report\nWhen,Why,What\n1,2,3\n4,5,6\n")
    assert layout_of(file, survey(file), lambda _row: 0).header == ("When", "Why", "What")


def test_a_row_is_known_by_the_line_that_it_begins_on(tmp_path: Path) -> None:
    content = b'occurred_at,reason,note\na,b,"two\nlines"\nc,d,\n\n"x\r\ny",e,"1\r2"\nf,g,h\n'
    rows = [(line, row) for line, row in rows_of(write(tmp_path, content)) if row]
    assert [(line, row[1]) for line, row in rows] == [(2, "b"), (4, "d"), (6, "e"), (9, "g")]


def test_an_open_quotation_mark_takes_one_row_and_says_so(tmp_path: Path) -> None:
    rows = rows_of(write(tmp_path, b'occurred_at,reason,note\na,b,c\nd,e,"never closed\nf,g,h\n'))
    assert rows[0] == (2, ["a", "b", "c"])
    line, row = rows[1]
    assert line == 3
    assert isinstance(row, Unreadable)
    assert "never closes" in row.sentence


def test_an_enormous_cell_takes_its_row_and_no_other(tmp_path: Path) -> None:
    content = b"occurred_at,reason,note\na,b,c\nd,e," + b"x" * 200_000 + b"\nf,g,h\ni,j,k\n"
    rows = rows_of(write(tmp_path, content), at_once=10)
    assert [line for line, _ in rows] == [2, 3, 4, 5]
    assert isinstance(rows[1][1], Unreadable)
    assert "131,072 letters" in rows[1][1].sentence
    assert rows[2][1] == ["f", "g", "h"]


@pytest.mark.parametrize("letter", [b"x", b",", b"\0", b'"'])
def test_a_line_without_end_takes_its_row_and_is_never_held_whole(tmp_path: Path, letter: bytes) -> None:
    content = b"occurred_at,reason,note\na,b,c\nd,e," + letter * 20_000_000 + b"\nf,g,h\n"
    file = write(tmp_path, content)
    tracemalloc.start()
    try:
        rows = rows_of(file, at_once=10)
        most_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [(line, len(row)) for line, row in rows] == [(2, 3), (3, 0), (4, 3)]
    assert isinstance(rows[1][1], Unreadable)
    assert "or the row than 400,000" in rows[1][1].sentence
    assert most_bytes < 15_000_000


def test_many_rows_of_very_many_cells_are_read_a_few_at_a_time(tmp_path: Path) -> None:
    file = write(tmp_path, b"a,b,c\n" + (b"," * 300_000 + b"\n") * 60)
    with files.opened_text(file, survey(file)) as (text, _):
        sizes = [len(block) for block in blocks(text, COMMA, 4000)]
    assert sum(sizes) == 60
    assert max(sizes) <= 50


def test_a_row_that_cannot_be_read_at_the_head_hides_none_below_it(tmp_path: Path) -> None:
    lines = [b'2026-09-01,"never closed', *[b"2026-09-01,Late"] * 20_000]
    file = write(tmp_path, b"\n".join([b"occurred_at,reason", *lines]))
    found = survey(file)
    layout = layout_of(file, found, known)
    assert layout.header == ("occurred_at", "reason")
    assert reading.has_rows(file, found, layout)
    assert isinstance(rows_of(file, layout)[0][1], Unreadable)


def test_a_header_alone_has_no_rows_and_a_line_without_end_below_it_is_one(tmp_path: Path) -> None:
    for below, is_row in ((b"", False), (b"\n\n", False), (b"\n" + b"x" * 1_000_000, True)):
        file = write(tmp_path, b"occurred_at,reason" + below)
        found = survey(file)
        assert reading.has_rows(file, found, layout_of(file, found, known)) == is_row


def test_a_first_line_that_is_no_header_is_refused_in_a_sentence(tmp_path: Path) -> None:
    file = write(tmp_path, b"occurred_at," * 100_000)
    with pytest.raises(Refused, match="has more than 400,000 letters, and no header has"):
        layout_of(file, survey(file), known)


def test_a_hole_in_a_file_is_no_encoding(tmp_path: Path) -> None:
    assert survey(write(tmp_path, b"occurred_at,reason\n2026-09-01,Late\n" + b"\0" * 10_000)).encoding == "utf-8-sig"


def test_a_file_that_ends_without_a_line_break_loses_nothing(tmp_path: Path) -> None:
    assert rows_of(write(tmp_path, b"occurred_at,reason,note\na,b,c")) == [(2, ["a", "b", "c"])]


@given(st.integers(1, 30), st.integers(1, 30))
def test_blocks_hold_all_rows_once_in_order(rows: int, at_once: int) -> None:
    text = io.StringIO("".join(["h\n", *(f"{number}\n" for number in range(rows))]))
    found = [row[0] for block in blocks(text, Layout(",", ("h",), 1), at_once) for _, row in block]
    assert found == [str(number) for number in range(rows)]
    assert all(int(before) < int(after) for before, after in pairwise(found))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\xff\xfe", "is empty"),
        (b"PK\x03\x04rest", "is damaged"),
        (b"%PDF-1.7", "is a PDF"),
        (b"\x89PNG\r\n", "is a picture"),
        (b"<!DOCTYPE html><html>", "is a web page"),
        (bytes(range(1, 32)) * 40, "is no text"),
        ("occurred_at\n".encode("utf-32"), "is written in UTF-32"),
        (b"\x1f\x8bnot really gzip", "is damaged"),
        (gzip.compress(WORDS.encode() * 50, mtime=0)[:-20], "is damaged"),
    ],
)
def test_what_is_no_text_is_refused_in_a_sentence_with_its_name(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words) as refusal:
        survey(write(tmp_path, content, "upload.csv"))
    assert refusal.value.sentence.startswith("upload.csv")


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read: No such file"):
        survey(File(tmp_path / "missing.csv", "missing.csv"))


def test_a_small_file_that_unpacks_to_a_monster_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "RATIO_COUNTS_FROM_BYTES", 3_000_000)
    bomb = gzip.compress(b"occurred_at,note\n" + b"0" * 8_000_000)
    with pytest.raises(Refused, match="unpacks to more than"):
        survey(write(tmp_path, bomb))
