"""The benefits register as a workbook: its rows, and totals by initiative, month and fiscal year as formulas of them.

Capacity and cash stand apart and are never added, and neither are two currencies. Clause L12 of docs/methods.md.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.ledger import fiscal
from app.ledger.rules import CAPACITY
from app.reporting.register import AMOUNTS, RegisterRow
from app.reporting.workbook import Book, Formula, Sheet, rounded
from app.values.money import Money, decimals
from app.values.periods import ONE_DAY, Period

SUMS = ("Projected", "Forecast", "Realised", "Validated", "Cash realised", "Cash validated")
HEAD = ("Initiative", "Name", "Stage", "Month", "Fiscal year", "Currency", *SUMS, "Contacts realised", "Entries")
FISCAL_YEAR = "FY "
COLUMNS = "GHIJKL"
REALISED, VALIDATED = "I", "J"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The day on which the register is made, and the month with which a fiscal year begins, 1 to 12."""

    today: date
    first_month: int

    def year(self, month: date) -> str:
        """The fiscal year that holds a month, by its name, spelled so that no program takes 2011/12 for a day."""
        return FISCAL_YEAR + fiscal.fiscal_year_name(fiscal.fiscal_year(month, self.first_month))


def register_workbook(
    rows: Sequence[RegisterRow], calendar: Calendar, currency: str, made_at: datetime, paper: str = "a4"
) -> bytes:
    """The finished file."""
    book = Book("Benefits register", currency, made_at, paper)
    widths = (12, 34, 14, 10, 10, 9, *(15,) * 6, 12, 14)
    sheet = book.sheet("Register", widths, is_wide=True)
    cells = _Cells(sheet, rows, calendar)
    narrow = (14, 34, 10, *(16,) * 6)
    _by(book.sheet("By initiative", narrow, is_wide=True), cells, "Initiative", "A", lambda row: (row.code, row.name))
    _by(book.sheet("By month", narrow, is_wide=True), cells, "Month", "D", lambda row: (row.month, ""))
    of_year = cells.calendar.year
    _by(book.sheet("By fiscal year", narrow, is_wide=True), cells, "Year", "E", lambda row: (of_year(row.month), ""))
    _levels(book.sheet("In-year and run-rate", (14, 34, 10, *(18,) * 6), is_wide=True), cells)
    return book.bytes()


class _Cells:
    """The rows as they were written, and how formulas name their columns."""

    def __init__(self, sheet: Sheet, rows: Sequence[RegisterRow], calendar: Calendar) -> None:
        self.sheet, self.rows, self.calendar = sheet, rows, calendar
        sheet.title("Benefits register", "Amounts of the ledger that stand. Capacity, but for the columns named cash.")
        self.today = sheet.place("B", sheet.line(("Made on", "text"), (calendar.today, "date")))
        self.starts = sheet.place("B", sheet.line(("Year begins", "text"), (calendar.first_month, "count")))
        sheet.row += 1
        sheet.head(*HEAD, freezes=True)
        self.first = sheet.row
        for row in rows:
            self._write(row)
        self.last = max(sheet.row - 1, self.first)
        sheet.raw.autofilter(self.first - 2, 0, self.last - 1, len(HEAD) - 1)

    def column(self, letter: str) -> str:
        return self.sheet.span(letter, self.first, self.last)

    def year_of(self, cell: str) -> str:
        """A formula for the name of the fiscal year of a day."""
        year = f"(YEAR({cell})-IF(MONTH({cell})<{self.starts},1,0))"
        return f'"{FISCAL_YEAR}"&{year}&IF({self.starts}=1,"","/"&RIGHT({year}+1,2))'

    def _write(self, row: RegisterRow) -> None:
        sheet, number = self.sheet, self.sheet.row
        amounts = [_total([row], key) if key in row.minor else None for key in AMOUNTS]
        sheet.line(
            (row.code, "text"),
            (row.name, "text"),
            (row.stage, "text"),
            (row.month, "month"),
            (Formula(self.year_of(f"D{number}"), self.calendar.year(row.month)), "text"),
            (row.currency, "text"),
            *((amount, "money") for amount in amounts),
            (row.contacts, "count"),
            (", ".join(map(str, row.entries)), "text"),
        )


def _by(sheet: Sheet, cells: _Cells, name: str, letter: str, named: Callable[[RegisterRow], tuple[Any, str]]) -> None:
    """Sums of all rows with one value in a column, each currency by itself, and what they come to."""
    sheet.title(f"{sheet.raw.get_name()}", "Each figure is a sum of the sheet Register.")
    sheet.head(name, "", "Currency", *SUMS, freezes=True)
    groups = {(named(row), row.currency) for row in cells.rows}
    first = sheet.row
    for (value, words), currency in sorted(groups, key=lambda one: (one[0][0], one[1])):
        those = [row for row in cells.rows if (named(row)[0], row.currency) == (value, currency)]
        number = sheet.row
        asked = f"{cells.column(letter)},A{number},{cells.column('F')},C{number}"
        kind = "month" if isinstance(value, date) else "text"
        sheet.line((value, kind), (words, "text"), (currency, "text"), *_sums(cells, those, asked))
    last = sheet.row - 1
    for currency in sorted({row.currency for row in cells.rows}):
        number = sheet.row
        those = [row for row in cells.rows if row.currency == currency]
        spans = [f"SUMIFS({column}{first}:{column}{last},C{first}:C{last},C{number})" for column in "DEFGHI"]
        found = [_total(those, key) for key in AMOUNTS]
        totals = [(Formula(text, value), "money total") for text, value in zip(spans, found, strict=True)]
        sheet.line(("Together", "text total"), (None, "text total"), (currency, "text total"), *totals)


def _sums(cells: _Cells, those: Sequence[RegisterRow], asked: str) -> Iterator[tuple[Formula, str]]:
    for column, key in zip(COLUMNS, AMOUNTS, strict=True):
        value = _total(those, key)
        yield Formula(f"SUMIFS({cells.column(column)},{asked})", value), "money"


def _levels(sheet: Sheet, cells: _Cells) -> None:
    """What falls into this fiscal year so far, and what all of it comes to in a year of 365 days."""
    year = cells.calendar.year(cells.calendar.today)
    sheet.title(f"{year} so far, and a year at this rate", "Months up to today; a rate needs a sum above 0.")
    this = sheet.fact("Fiscal year", Formula(cells.year_of(cells.today), year))
    sheet.row += 1
    names = (
        "Realised in year",
        "Validated in year",
        "First month",
        "Last month",
        "Realised a year",
        "Validated a year",
    )
    sheet.head("Initiative", "", "Currency", *names, freezes=True)
    groups = {(row.code, row.name, row.currency) for row in cells.rows if (("realised", CAPACITY)) in row.minor}
    for code, name, currency in sorted(groups):
        those = [row for row in cells.rows if (row.code, row.currency) == (code, currency)]
        number = sheet.row
        whose = f"{cells.column('A')},A{number},{cells.column('F')},C{number}"
        until = f'{cells.column("E")},{this},{cells.column("D")},"<="&{cells.today}'
        ends = f'{cells.column("D")},{whose},{cells.column(REALISED)},"<>"'
        level = _Level(cells, those, whose, number)
        sheet.line(
            (code, "text"),
            (name, "text"),
            (currency, "text"),
            *(
                (Formula(f"SUMIFS({cells.column(column)},{whose},{until})", level.in_year(kind)), "money")
                for column, kind in ((REALISED, "realised"), (VALIDATED, "validated"))
            ),
            (Formula(f"_xlfn.MINIFS({ends})", _day(level.first)), "month"),
            (Formula(f"_xlfn.MAXIFS({ends})", _day(level.last)), "month"),
            (level.rate(REALISED, "realised"), "money"),
            (level.rate(VALIDATED, "validated", f"H{number}"), "money"),
        )


class _Level:
    """One initiative's months that were measured, and what they come to a year."""

    def __init__(self, cells: _Cells, rows: Sequence[RegisterRow], whose: str, number: int) -> None:
        self.cells, self.rows, self.whose, self.number = cells, rows, whose, number
        months = [row.month for row in rows if ("realised", CAPACITY) in row.minor]
        self.first, self.last = min(months), max(months)

    def in_year(self, kind: str) -> float:
        calendar = self.cells.calendar
        year = fiscal.fiscal_year(calendar.today, calendar.first_month)
        so_far = Period(year.start, calendar.today + ONE_DAY)
        rows = [row for row in self.rows if row.month in so_far]
        return _total(rows, (kind, CAPACITY))

    def rate(self, column: str, kind: str, most: str = "") -> Formula:
        """All of a kind times 365 over the days of the months that were measured; nothing where it is not above 0.

        What is signed counts with no more than is still measured, which stands in the cell `most`.
        """
        whole = f"SUMIFS({self.cells.column(column)},{self.whose})"
        days = f"(EDATE(G{self.number},1)-F{self.number})"
        found = self._yearly(kind)
        year = rounded(f"({whole}*365/{days})", decimals(self.rows[0].currency))
        asked = f"{whole}<=0"
        if most:
            asked, year = f'OR({asked},{most}="")', f"MIN({most},{year})"
            still = self._yearly("realised")
            found = None if still is None or found is None else min(found, still)
        return Formula(f'IF({asked},"",{year})', found)

    def _yearly(self, kind: str) -> float | None:
        minor = sum(row.minor.get((kind, CAPACITY), 0) for row in self.rows)
        currency = self.rows[0].currency
        amount = fiscal.run_rate(Money(minor, currency), self.first, self.last).amount_minor
        return None if minor <= 0 else float(amount / 10 ** decimals(currency))


def _total(rows: Iterable[RegisterRow], key: tuple[str, str]) -> float:
    return float(sum(row.minor.get(key, 0) / 10 ** decimals(row.currency) for row in rows))


def _day(day: date) -> float:
    """A day as a spreadsheet counts it."""
    return (day - date(1899, 12, 30)).days
