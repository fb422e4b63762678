"""A file as portions: arrivals, rejections and ignored rows, the same portions however often it is read."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, Protocol, TextIO, TypeVar

from app.contacts.arrivals import Unfit
from app.contacts.binding import Binding
from app.contacts.reading import NumberedRow, Row, Unreadable, blocks, clean, is_whole, key
from app.contacts.redaction import Masks, without_card_numbers, without_card_numbers_in_words
from app.contacts.rules import Rejection
from app.contacts.times import NotATime
from app.values.csv_text import STARTS_A_FORMULA

MOST_HELD = 20
MOST_FOOTER_CELLS = 2
LONGEST_VALUE = 200
Fault = Unfit | NotATime | UnicodeEncodeError
Item = TypeVar("Item")
Said_co = TypeVar("Said_co", covariant=True)


class RowReader(Protocol[Said_co]):
    """Makes of a row what it says, like a contact."""

    def read(self, row: list[str], /) -> Said_co:
        """Raises Unfit, NotATime or UnicodeEncodeError where the row cannot be taken in."""


@dataclass(slots=True)
class Portion(Generic[Item]):
    """Some rows of a file: what becomes of each."""

    arrivals: list[Item] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    ignored: int = 0

    @property
    def read(self) -> int:
        """How many rows these are."""
        return len(self.arrivals) + len(self.rejections) + self.ignored

    def cut(self, rows: int) -> tuple["Portion[Item]", "Portion[Item]"]:
        """The first rows, those that bring nothing before those that do, and the rest."""
        rejected = min(rows, len(self.rejections))
        ignored = min(rows - rejected, self.ignored)
        taken = rows - rejected - ignored
        first = Portion(self.arrivals[:taken], self.rejections[:rejected], ignored)
        return first, Portion(self.arrivals[taken:], self.rejections[rejected:], self.ignored - ignored)


class PortionReader(Generic[Item]):
    """Reads one file row by row.

    Ignored are rows without content, repeats of the header, and footers: rows at the end of the file that have hardly
    a cell and no time. Such rows are held back until it is known whether a contact follows; then they are rejected.
    """

    def __init__(self, binding: Binding, reader: RowReader[Item], *, has_nul: bool, masks: Masks | None = None) -> None:
        self._binding = binding
        self._reader = reader
        self._masks = masks or Masks()
        self._header = [key(header) for header in binding.layout.header]
        self._width = len(self._header)
        self._note_places = binding.places.get("note", ())
        self._attribute_places = [place for place, _ in binding.attributes]
        self._looks_at_rows = has_nul or binding.is_download_of_rejects
        self._held: list[Rejection] = []

    def portions(self, text: TextIO, rows_at_once: int) -> Iterator[Portion[Item]]:
        """The whole file; portions depend on nothing but the file and their size."""
        for block in blocks(text, self._binding.layout, rows_at_once):
            yield self.portion(block)
        if self._held:
            yield self.rest()

    def rest(self) -> Portion[Item]:
        """What becomes of the rows that are still held back when the file ends."""
        return Portion(ignored=len(self._held))

    def portion(self, block: list[NumberedRow]) -> Portion[Item]:
        """What becomes of some rows."""
        portion = Portion[Item]()
        arrivals, read, width = portion.arrivals, self._reader.read, self._width
        for line, row in block:
            if len(row) != width and not self._fit(row):
                self._take_odd(portion, line, row)
                continue
            if self._looks_at_rows and not self._look_at(portion, line, row):
                continue
            try:
                arrivals.append(read(row))
            except (Unfit, NotATime, UnicodeEncodeError) as error:
                self._refuse(portion, line, row[:width], error)
            else:
                if self._held:
                    self._release(portion)
        return portion

    def _fit(self, row: Row) -> bool:
        """Cut off empty cells behind the last column, or add those that stand under no header."""
        if len(row) > self._width and not any(cell.strip() for cell in row[self._width :]):
            del row[self._width :]
        elif row and len(row) < self._width and not any(self._header[len(row) :]):
            row += [""] * (self._width - len(row))
        return len(row) == self._width

    def _take_odd(self, portion: Portion[Item], line: int, row: Row) -> None:
        if isinstance(row, Unreadable):
            portion.rejections.append(Rejection(line, "", "", row.sentence, ()))
        elif not row:
            return
        elif not any(cell.strip() for cell in row):
            portion.ignored += 1
        else:
            sentence = f"This row has {len(row)} cells, and the header has {self._width}."
            if any("\n" in cell for cell in row):
                sentence += " Perhaps a quotation mark is missing."
            elif len(row) > self._width:
                sentence += (
                    f" Perhaps a {self._binding.layout.delimiter_name} stands in a cell without quotation marks."
                )
            self._reject(portion, Rejection(line, "", "", sentence, self._kept(row)))

    def _look_at(self, portion: Portion[Item], line: int, row: Row) -> bool:
        """Whether the row holds no NUL bytes; apostrophes of our own download are taken off."""
        if self._binding.is_download_of_rejects:
            row[:] = [cell[1:] if cell[:1] == "'" and cell[1:].startswith(STARTS_A_FORMULA) else cell for cell in row]
        for place, cell in enumerate(row):
            if "\0" in cell:
                header = self._binding.layout.header[place]
                sentence = "The cell holds a NUL byte, which no text does. The file may be damaged here."
                self._reject(portion, Rejection(line, header, clean(cell), sentence, self._kept(row)))
                return False
        return True

    def _refuse(self, portion: Portion[Item], line: int, row: Row, error: Fault) -> None:
        if not any(cell.strip() for cell in row) or [key(cell) for cell in row] == self._header:
            portion.ignored += 1
            return
        if isinstance(error, UnicodeEncodeError):
            place = next(place for place, cell in enumerate(row) if not is_whole(cell))
            column, value = self._binding.layout.header[place], row[place]
            sentence = "The cell holds bytes that are no letter in UTF-8. Save the file as UTF-8."
        elif isinstance(error, Unfit):
            column, value, sentence = self._binding.header_of(error.field), error.value, error.sentence
        else:
            column, sentence = self._binding.header_of("occurred_at"), error.sentence
            value = " ".join(row[place] for place in self._binding.places["occurred_at"])
        rejection = Rejection(line, column, clean(value)[:LONGEST_VALUE], clean(sentence), self._kept(row))
        if isinstance(error, NotATime):
            self._reject(portion, rejection)
        else:
            portion.rejections.append(rejection)

    def _reject(self, portion: Portion[Item], rejection: Rejection) -> None:
        """Reject the row, or hold it back while it may be a footer."""
        cells = [cell for cell in rejection.row if cell.strip()]
        is_short = len(cells) <= MOST_FOOTER_CELLS and 2 * len(cells) < self._width
        if is_short and not cells[0].lstrip()[0].isdigit():
            self._held.append(rejection)
            if len(self._held) > MOST_HELD:
                self._release(portion)
        else:
            portion.rejections.append(rejection)

    def _release(self, portion: Portion[Item]) -> None:
        portion.rejections += self._held
        self._held.clear()

    def _kept(self, row: Row) -> tuple[str, ...]:
        """The cells without what is masked; in a row of another width nobody knows which cell was the note."""
        cells = [clean(cell) for cell in row]
        if len(cells) != self._width:
            return tuple(self._masks.text(without_card_numbers(cell)) for cell in cells)
        for place in self._note_places:
            cells[place] = self._masks.text(without_card_numbers(cells[place]))
        for place in self._attribute_places:
            masked = without_card_numbers_in_words(cells[place])
            cells[place] = self._masks.attribute(self._binding.layout.header[place], masked)
        return tuple(cells)
