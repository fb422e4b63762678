"""Files as rows: delimiter, header, and every row with the line that it begins on."""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import accumulate, islice, pairwise
from typing import TextIO

from app.contacts.files import File, Survey, opened_text
from app.contacts.spelled import BROKEN
from app.values.errors import Refused

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
BLOCK_ROWS, STEP_ROWS = 4000, 50
BLOCK_CHARACTERS = 4_000_000
SAMPLE_ROWS = 60
SAMPLE_CHARACTERS = 400_000
HEADER_WITHIN_ROWS = 20
LONGEST_FIELD = 131_072
LONGEST_LINE = 400_000
MOST_COLUMNS = 2000
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_END = "\ue000end of the file\ue000"
# Stands for a line that is too long: no reader of CSV takes such a cell.
_TOO_LONG = "x" * (LONGEST_FIELD + 1) + "\n"
Row = list[str]
NumberedRow = tuple[int, Row]


class Unreadable(Row):
    """A row that could not be read as one; it has no cells."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of a file lie: what separates cells, the header, and how many rows end with it.

    Rows of what is no text are numbered from `first_number` on, those of a text by their lines; `place` says where
    they stand.
    """

    delimiter: str
    header: tuple[str, ...]
    rows_to_header: int
    first_number: int | None = None
    place: str = ""

    @property
    def delimiter_name(self) -> str:
        """The delimiter in a word."""
        return self.place or DELIMITERS[self.delimiter]


def clean(text: str) -> str:
    """The text with a sign in place of what no database keeps: NUL bytes, and bytes that are no letter."""
    if "\0" in text or not is_whole(text):
        return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return text


def is_whole(text: str) -> bool:
    """Whether all letters of the text were read."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def key(header: str) -> str:
    """What two spellings of a header share: case, accents, surrounding space and underscores make no difference."""
    said = " ".join(header.replace("_", " ").casefold().split())
    if said.isascii():
        return said
    return "".join(sign for sign in unicodedata.normalize("NFKD", said) if not unicodedata.combining(sign))


def layout_of(file: File, found: Survey, score: Callable[[Sequence[str]], int]) -> Layout:
    """The delimiter and header of a file; `score` says how many cells of a row are known headers.

    Where no row holds a known header the first row with cells is the header; raises Refused where there is none.
    """
    lines = _sample(file, found)
    best: tuple[tuple[int, int, int], Layout] | None = None
    for delimiter in DELIMITERS if found.table is None else ",":
        rows = _parsed(lines, delimiter)
        if rows and len(rows[0]) > MOST_COLUMNS:
            raise Refused(
                f"{file.name} has more than {MOST_COLUMNS:,} columns, and no export has. Nothing was taken in."
            )
        places = [place for place, row in enumerate(rows[:HEADER_WITHIN_ROWS]) if any(cell.strip() for cell in row)]
        if not places:
            continue
        usual = Counter(len(row) for row in rows).most_common(1)[0][0]
        at = max(places, key=lambda place: (score(rows[place]), len(rows[place]) == usual, -place))
        width = len(rows[at])
        same = sum(len(row) == width for row in rows[at:])
        worth = (score(rows[at]), same if width > 1 else 0, width)
        layout = Layout(delimiter, tuple(clean(cell).strip() for cell in rows[at]), at + 1)
        if best is None or worth > best[0]:
            best = (worth, layout)
    if best is None:
        raise Refused(f"{file.name} holds no rows. Nothing was taken in.")
    table = found.table
    return best[1] if table is None else replace(best[1], first_number=table.first_number, place=table.place)


def blocks(text: TextIO, layout: Layout, rows_at_once: int = BLOCK_ROWS) -> Iterator[list[NumberedRow]]:
    """The rows below the header in blocks, each with the line that it begins on; raises Refused where text ends.

    A block of long rows has fewer of them, so that memory stays flat.
    """
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=layout.delimiter)
    _skip_to(reader, layout.rows_to_header)
    ended = False
    number = (layout.first_number or 0) + layout.rows_to_header
    while not ended:
        before, most_letters = reader.line_num, lines.letters + BLOCK_CHARACTERS
        rows: list[Row] = []
        while not ended and len(rows) < rows_at_once and lines.letters < most_letters:
            step = min(STEP_ROWS, rows_at_once - len(rows))
            some = _block(reader, step)
            is_broken = bool(some) and isinstance(some[-1], Unreadable)
            ended = _reaches_end(some) or (len(some) < step and not is_broken)
            rows += some
            if is_broken:
                break
        if ended:
            _close(rows)
        if rows and layout.first_number is not None:
            yield list(enumerate(_as_records(rows, len(layout.header)), number))
            number += len(rows)
        elif rows:
            yield list(zip(_lines(rows, before, reader.line_num - ended), rows, strict=True))


class _Lines:
    """The lines of a text and a mark behind them; `letters` says how much was read.

    A line is never held whole where it is too long: of a file without line ends memory stays flat, too.
    """

    def __init__(self, text: TextIO) -> None:
        self._read = text.readline
        self.letters = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._read(LONGEST_LINE):
            self.letters += len(line)
            yield line if _is_complete(line) else self._without_end()
        yield _END

    def _without_end(self) -> str:
        while not _is_complete(self._read(LONGEST_LINE)):
            pass
        return _TOO_LONG


def _is_complete(line: str) -> bool:
    """Whether nothing of the line is still to be read."""
    return len(line) < LONGEST_LINE or line.endswith(("\n", "\r"))


def _as_records(rows: Iterable[Row], width: int) -> Iterator[Row]:
    """Rows that were spelled out: those that stand for what cannot be read, and cells that later records brought."""
    for row in rows:
        if row and row[0] == BROKEN:
            yield Unreadable(row[1])
        elif 0 < len(row) < width:
            yield [*row, *[""] * (width - len(row))]
        else:
            yield row


def has_rows(file: File, found: Survey, layout: Layout) -> bool:
    """Whether anything but blank lines stands below the header."""
    with opened_text(file, found) as (text, _):
        return any(row or isinstance(row, Unreadable) for block in blocks(text, layout) for _, row in block)


def cells_of(file: File, found: Survey, layout: Layout, place: int) -> Iterator[tuple[int, str]]:
    """The cells of one column with their lines."""
    with opened_text(file, found) as (text, _):
        for block in blocks(text, layout):
            for line, row in block:
                if len(row) > place:
                    yield line, row[place].strip()


def first_rows(file: File, found: Survey, layout: Layout) -> list[Row]:
    """Some rows from the head of the file, for examples."""
    rows = _parsed(_sample(file, found), layout.delimiter)[layout.rows_to_header :]
    return [[clean(cell) for cell in row] for row in rows if any(row)]


def _sample(file: File, found: Survey) -> list[str]:
    with opened_text(file, found) as (text, _):
        try:
            head = text.read(SAMPLE_CHARACTERS)
        except UnicodeDecodeError as error:
            raise Refused(f"{file.name} is not whole in {found.encoding_name}. Save it as UTF-8.") from error
    lines = list(io.StringIO(head, newline=""))
    if len(head) == SAMPLE_CHARACTERS and len(lines) == 1:
        raise Refused(
            f"The first line of {file.name} has more than {SAMPLE_CHARACTERS:,} letters, and no header has. "
            "Nothing was taken in."
        )
    return lines[:-1] if len(head) == SAMPLE_CHARACTERS else lines


def _parsed(lines: Iterable[str], delimiter: str) -> list[Row]:
    """Some rows; one that cannot be read has no cells."""
    reader = csv.reader(lines, delimiter=delimiter)
    rows: list[Row] = []
    while len(rows) < SAMPLE_ROWS:
        try:
            rows.append(next(reader))
        except csv.Error:
            rows.append([])
        except StopIteration:
            break
    return rows


def _skip_to(reader: Iterator[Row], rows: int) -> None:
    for _ in range(rows):
        with suppress(csv.Error):
            next(reader)


def _block(reader: Iterator[Row], rows_at_once: int) -> list[Row]:
    rows: list[Row] = []
    try:
        rows.extend(islice(reader, rows_at_once))
    except csv.Error:
        rows.append(
            Unreadable(
                f"A cell of this row is longer than {LONGEST_FIELD:,} letters, or the row than {LONGEST_LINE:,}. "
                "Perhaps a quotation mark opens on this line and never closes."
            )
        )
    except UnicodeDecodeError as error:
        raise Refused("The file breaks off in the middle of a letter. Copy or download it again.") from error
    return rows


def _reaches_end(rows: list[Row]) -> bool:
    return bool(rows and rows[-1] and rows[-1][-1].endswith(_END))


def _close(rows: list[Row]) -> None:
    """Take away the mark at the end; a row that swallowed it has an open quotation mark."""
    if not _reaches_end(rows) or rows.pop() == [_END]:
        return
    rows.append(Unreadable("A quotation mark opens on this line and never closes. The rest of the file was not read."))


def _lines(rows: Sequence[Row], before: int, after: int) -> Iterable[int]:
    """The line on which each row begins."""
    if after - before == len(rows):
        return range(before + 1, after + 1)
    taken = [1 + sum(len(_LINE_BREAK.findall(cell)) for cell in row if "\n" in cell or "\r" in cell) for row in rows]
    ends = accumulate(taken, initial=before)
    return [end + 1 for end, _ in pairwise(ends)]
