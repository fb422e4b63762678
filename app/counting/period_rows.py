"""Files of figures by day, week or month, read row by row as files of contacts are, with the same refusals."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from itertools import chain
from typing import Generic, NamedTuple, Protocol, TypeVar

from app.contacts.arrivals import LONGEST_USUAL_SECONDS, Unfit
from app.contacts.binding import Binding, over
from app.contacts.durations import Durations, NotADuration
from app.contacts.files import File, opened_text, survey
from app.contacts.formats import Format, of_figures
from app.contacts.portions import PortionReader, RowReader
from app.contacts.reading import blocks, cells_of, clean, first_rows, layout_of
from app.contacts.rules import CHANNELS, DATE_ORDERS, Rejection
from app.contacts.times import EARLIEST_YEAR, NotATime, order_of, written
from app.contacts.words import CHANNEL_WORDS
from app.reasons.rules import BETWEEN_LEVELS, refused_path, split_path
from app.values.errors import Refused
from app.values.figures import counted, from_text, number
from app.values.figures import day as day_text
from app.values.lines import one_line

MOST_ROWS = 500_000
MOST = 10**15
LONGEST_NAME = 120
SHOWN = 5
LONGEST_FILE_NAME = 255
_MONTH = re.compile(r"(\d{4})-(\d{1,2})", re.ASCII)
Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)

TOTALS, DRIVERS = of_figures("totals"), of_figures("drivers")


class DriverRow(NamedTuple):
    """What a row says of a driver; an empty name stands for the one that was chosen."""

    start: date
    driver: str
    value: float


class TotalRow(NamedTuple):
    """What a row says of a reason and a channel; without a reason the contacts are untagged."""

    start: date
    raw_reason: str | None
    channel: str
    contacts: int
    handle_seconds: int | None


@dataclass(frozen=True, slots=True)
class Numbered(Generic[Item]):
    """A row with the line that it begins on and its cells, for whoever has to reject it later."""

    line: int
    cells: tuple[str, ...]
    item: Item

    def rejected(self, column: str, value: str, sentence: str) -> Rejection:
        """The row as one that cannot be taken in."""
        return Rejection(self.line, column, value, sentence, self.cells)


@dataclass(frozen=True, slots=True)
class PeriodRows(Generic[Item]):
    """A file as it was read: rows that can be taken in, rejected ones, how many were passed over, what to say of it."""

    name: str
    sha256: str
    header: tuple[str, ...]
    start_header: str
    rows: tuple[Numbered[Item], ...]
    rejections: tuple[Rejection, ...]
    ignored: int
    remarks: tuple[str, ...]


def read_drivers(file: File, date_order: str | None = None) -> PeriodRows[DriverRow]:
    """The rows of a file of drivers; raises Refused with a sentence where the file cannot be taken in."""
    return _read(file, DRIVERS, _DriverReader, date_order)


def read_totals(file: File, date_order: str | None = None) -> PeriodRows[TotalRow]:
    """The rows of a file of totals; raises Refused with a sentence where the file cannot be taken in."""
    found = _read(file, TOTALS, _TotalReader, date_order)
    return replace(found, remarks=(*found.remarks, *_without_contacts(found.rows)))


def _without_contacts(rows: Sequence[Numbered[TotalRow]]) -> Iterator[str]:
    """What to say of periods of which every total is 0."""
    whole = Counter[date]()
    for row in rows:
        whole[row.item.start] += row.item.contacts
    if empty := sorted(start for start, contacts in whole.items() if not contacts):
        shown = ", ".join(map(day_text, empty[:SHOWN]))
        more = f" and {number(len(empty) - SHOWN)} more" if len(empty) > SHOWN else ""
        yield (
            f"Every total from {shown}{more} is 0. Such a period counts as missing, unless another source has contacts "
            "in it. Leave out what nobody recorded."
        )


class _Reader(RowReader[Item_co], Protocol[Item_co]):
    @property
    def remarks(self) -> list[str]: ...


class _Cells:
    """Picks the cells of fields out of a row, and reads its first day."""

    def __init__(self, binding: Binding, order: str | None) -> None:
        self._places: Mapping[str, tuple[int, ...]] = binding.places
        self._order = order

    @property
    def remarks(self) -> list[str]:
        """Sentences about what was resolved while reading."""
        return []

    def cell(self, row: Sequence[str], field: str) -> str:
        """The cell of a field, empty where the file has no such column."""
        places = self._places.get(field)
        return row[places[0]].strip() if places else ""

    def start(self, row: Sequence[str]) -> date:
        """The first day of the row's period; raises NotATime."""
        text = self.cell(row, "occurred_at")
        if found := _MONTH.fullmatch(text):
            text = f"{found[1]}-{found[2]}-01"
        try:
            wall = written(text, self._order).wall
        except NotATime as error:
            raise NotATime(error.sentence.replace(" 09:30", "").replace("The time is", "The first day is")) from error
        if wall.time() != time():
            raise NotATime(f"“{text}” names a time of day. The first day of a period is a date, like 2026-09-14.")
        if wall.year < EARLIEST_YEAR:
            raise NotATime(f"{wall.year} is no year of these figures. Years begin with {EARLIEST_YEAR}.")
        return wall.date()

    def number(self, row: Sequence[str], field: str) -> Decimal:
        """A number above or at 0; raises Unfit."""
        text = self.cell(row, field)
        text.encode()
        found = from_text(text)
        if not text:
            raise Unfit(field, text, "The figure is missing. Leave the row out where it is unknown, write 0 for none.")
        if found is None:
            raise Unfit(field, text, f"“{text[:40]}” is no number. Write it like 12480 or 12480.5.")
        if found < 0:
            raise Unfit(field, text, f"{number(float(found))} is below 0, and nothing can be counted so.")
        if found >= MOST:
            raise Unfit(field, text, f"“{text[:40]}” is too large for a figure.")
        return found


class _DriverReader(_Cells):
    def read(self, row: list[str]) -> DriverRow:
        start = self.start(row)
        name = one_line(self.cell(row, "driver"))
        if len(name) > LONGEST_NAME:
            raise Unfit("driver", name, f"The name of the driver is longer than {LONGEST_NAME} letters.")
        value = float(self.number(row, "value"))
        if value == 0:
            raise Unfit("value", "0", "A driver is above 0. Leave the period out where the figure is unknown.")
        return DriverRow(start, name, value)


class _TotalReader(_Cells):
    def __init__(self, binding: Binding, order: str | None) -> None:
        super().__init__(binding, order)
        self._odd = 0

    @property
    def remarks(self) -> list[str]:
        said = []
        if "channel" not in self._places:
            said.append("No column says the channel: every total was read as phone calls.")
        if self._odd:
            said.append(f"{counted(self._odd, 'row')} had more than 8 hours a contact: that time was left out.")
        return said

    def read(self, row: list[str]) -> TotalRow:
        start = self.start(row)
        text = self.cell(row, "channel")
        channel = CHANNEL_WORDS.get(text.casefold())
        if channel is None:
            raise Unfit("channel", text, f"“{text}” is no channel. Channels are: {', '.join(CHANNELS)}.")
        contacts = self.number(row, "contacts")
        if contacts != contacts.to_integral_value():
            raise Unfit("contacts", str(contacts), f"{contacts} is no whole number of contacts.")
        seconds = self._seconds(row, int(contacts))
        return TotalRow(start, self._reason(row), channel, int(contacts), seconds)

    def _reason(self, row: list[str]) -> str | None:
        path = split_path(self.cell(row, "reason"))
        text = BETWEEN_LEVELS.join(path)
        text.encode()
        if path and (sentence := refused_path(path)):
            raise Unfit("reason", text, sentence)
        return text or None

    def _seconds(self, row: list[str], contacts: int) -> int | None:
        text = self.cell(row, "handle_seconds")
        try:
            seconds = Durations().seconds(text)
        except NotADuration as error:
            raise Unfit("handle_seconds", text, error.sentence) from error
        if seconds is None:
            return None
        if seconds < 0:
            raise Unfit("handle_seconds", text, f"{number(seconds)} is below 0, and no call takes that long.")
        if seconds > contacts * LONGEST_USUAL_SECONDS:
            self._odd += 1
            return None
        return seconds


def _read(
    file: File, format_: Format, reader_of: Callable[[Binding, str | None], "_Reader[Item]"], date_order: str | None
) -> PeriodRows[Item]:
    if date_order is not None and date_order not in DATE_ORDERS:
        raise Refused(f"“{date_order}” is no order of dates. Choose one of: {', '.join(DATE_ORDERS)}.")
    found = survey(file)
    binding = over(format_, layout_of(file, found, format_.known))
    if not first_rows(file, found, binding.layout):
        raise Refused(f"{file.name} holds a header and no rows. Nothing was taken in.")
    place = binding.places["occurred_at"][0]
    reader = reader_of(binding, date_order or order_of(cells_of(file, found, binding.layout, place)))
    portions = PortionReader(binding, reader, has_nul=True)
    rows: list[Numbered[Item]] = []
    rejections: list[Rejection] = []
    ignored = 0
    with opened_text(file, found) as (text, _):
        for line, row in chain.from_iterable(blocks(text, binding.layout)):
            portion = portions.portion([(line, row)])
            rows += [Numbered(line, tuple(map(clean, row)), item) for item in portion.arrivals]
            rejections += portion.rejections
            ignored += portion.ignored
            if len(rows) + len(rejections) > MOST_ROWS:
                raise Refused(
                    f"{file.name} has more than {number(MOST_ROWS)} rows. Send it in parts. Nothing was taken in."
                )
    return PeriodRows(
        name=clean(file.name)[-LONGEST_FILE_NAME:],
        sha256=found.sha256,
        header=tuple(binding.layout.header),
        start_header=binding.header_of("occurred_at"),
        rows=tuple(rows),
        rejections=tuple(rejections),
        ignored=ignored + portions.rest().ignored,
        remarks=tuple(reader.remarks),
    )
