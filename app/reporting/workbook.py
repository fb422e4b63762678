"""A workbook as it is written: sheets from top to bottom, each figure in a cell of its own, texts that never run.

Formulas carry the value that the application found, so that a viewer that does not calculate shows it too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from math import ceil
from typing import Any

from app.values.money import decimals

LONGEST_TEXT = 32_000
PAPERS = {"a4": 9, "letter": 1}
LINE_HEIGHT, MOST_LINES = 13.5, 12
WRAPPED = frozenset({"text", "note", "head"})
FIRST_DAY = date(1900, 1, 1)  # a spreadsheet has no day before
# Half to even, as all money is rounded here; what differs from a half by less is how a computer writes a half.
TIE = "0.000001"


@dataclass(frozen=True, slots=True)
class Formula:
    """What a cell works out, without the sign of equality, and what the application found for it."""

    text: str
    value: float | str | None = None


Value = str | float | date | datetime | Formula | None


def rounded(cell: str, digits: int) -> str:
    """A formula for an amount of a cell in whole minor units, half to even."""
    minor = f"{cell}*{10**digits}"
    to_even = f"2*ROUND({minor}/2,0)"
    return f"IF(ABS(ABS({minor}-TRUNC({minor}))-0.5)<{TIE},{to_even},ROUND({minor},0))/{10**digits}"


class Book:
    """A workbook in memory; `made_at` is all it says about when, so the same figures give the same bytes."""

    def __init__(self, title: str, currency: str, made_at: datetime, paper: str = "a4") -> None:
        from xlsxwriter import Workbook

        self.currency, self.digits, self.paper = currency, decimals(currency), PAPERS.get(paper, PAPERS["a4"])
        self.file = BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.workbook: Any = Workbook(self.file, options)
        self.workbook.set_properties({"title": title, "created": made_at.replace(tzinfo=None)})
        self.workbook.set_calc_mode("auto")
        self._looks: dict[str, Any] = {}

    def sheet(self, name: str, widths: Sequence[float], *, is_wide: bool = False) -> "Sheet":
        """A new sheet; `widths` are those of its columns, in letters."""
        return Sheet(self, self.workbook.add_worksheet(name), widths, is_wide=is_wide)

    def look(self, kind: str) -> Any:  # noqa: ANN401  (a format of a library without types)
        """How a cell of a kind looks."""
        if kind not in self._looks:
            self._looks[kind] = self.workbook.add_format({"valign": "top", "font_size": 10, **self._properties(kind)})
        return self._looks[kind]

    def bytes(self) -> bytes:
        """The finished file."""
        self.workbook.close()
        return self.file.getvalue()

    def _properties(self, kind: str) -> dict[str, Any]:
        name, _, weight = kind.partition(" ")
        money = "#,##0" + ("." + "0" * self.digits if self.digits else "")
        exact = "#,##0." + "0" * (self.digits + 4)
        formats = {
            "money": f"{money};({money})",
            "exact": f"{exact};({exact})",
            "count": "#,##0;-#,##0",
            "contacts": "#,##0.0000;-#,##0.0000",
            "factor": "0.00000000",
            "share": "0.0%;-0.0%",
            "date": "yyyy-mm-dd",
            "month": "yyyy-mm",
            "moment": "yyyy-mm-dd hh:mm",
        }
        found: dict[str, Any] = {"num_format": formats[name]} if name in formats else {"num_format": "@"}
        found |= {"align": "left"} if name in {"date", "month", "moment"} else {}
        found |= {"text_wrap": True} if name in WRAPPED else {}
        found |= {"indent": 1, "align": "left"} if name == "note" else {}
        if name == "title":
            found |= {"bold": True, "font_size": 14}
        if name == "head":
            found |= {"bold": True, "bottom": 1, "bg_color": "#EEF1F5"}
        if weight == "total":
            found |= {"bold": True, "top": 1}
        return found


class Sheet:
    """A sheet that is written row by row; `row` is the number of the next one, counted from 1."""

    def __init__(self, book: Book, raw: Any, widths: Sequence[float], *, is_wide: bool) -> None:  # noqa: ANN401
        self.book, self.raw, self.row, self.widths = book, raw, 1, tuple(widths)
        for column, width in enumerate(widths):
            raw.set_column(column, column, width)
        raw.set_paper(book.paper)
        raw.fit_to_pages(1, 0)
        raw.hide_gridlines(2)
        raw.set_footer("&L&A&RPage &P of &N")
        if is_wide:
            raw.set_landscape()

    def title(self, text: str, note: str = "") -> None:
        """What the sheet is about, and a line under it."""
        self.line((text, "title"))
        if note:
            self.line((note, "plain"))
        self.row += 1

    def head(self, *names: str, freezes: bool = False) -> None:
        """The names of the columns; the first that freezes stays on the screen and on every printed page."""
        self.line(*((name, "head") for name in names))
        if freezes:
            self.raw.freeze_panes(self.row - 1, 0)
            self.raw.repeat_rows(self.row - 2)

    def line(self, *cells: tuple[Value, str] | None) -> int:
        """Write one row from the left; returns its number."""
        for column, cell in enumerate(cells):
            if cell is not None:
                self._write(self.row - 1, column, *cell)
        if (lines := self._lines(cells)) > 1:
            self.raw.set_row(self.row - 1, LINE_HEIGHT * min(lines, MOST_LINES))
        self.row += 1
        return self.row - 1

    def _lines(self, cells: Sequence[tuple[Value, str] | None]) -> int:
        """How many lines the longest wrapped text takes: not every program makes room for it by itself."""
        texts = zip(cells, self.widths, strict=False)
        return max((_lines_of(cell[0], width) for cell, width in texts if cell and cell[1] in WRAPPED), default=1)

    def fact(self, name: str, value: Value, kind: str = "text", note: str = "") -> str:
        """A named figure in the second column; returns where it stands, as formulas of any sheet name it."""
        number = self.line((name, "text"), (value, kind), (note, "note") if note else None)
        return self.place("B", number)

    def place(self, column: str, row: int) -> str:
        """A cell as every sheet can name it."""
        return f"'{self.raw.get_name()}'!${column}${row}"

    def span(self, column: str, first: int, last: int) -> str:
        """Cells below one another, as every sheet can name them."""
        return f"{self.place(column, first)}:${column}${last}"

    def _write(self, row: int, column: int, value: Value, kind: str) -> None:
        look = self.book.look(kind)
        match value:
            case None:
                self.raw.write_blank(row, column, None, look)
            case Formula(text=text, value=found):
                self.raw.write_formula(row, column, f"={text}", look, "" if found is None else found)
            case str():
                self.raw.write_string(row, column, value[:LONGEST_TEXT], look)
            case datetime():
                self.raw.write_datetime(row, column, value.replace(tzinfo=None), look)
            case date():
                self._write_day(row, column, value, look)
            case _:
                self.raw.write_number(row, column, value, look)

    def _write_day(self, row: int, column: int, value: date, look: Any) -> None:  # noqa: ANN401
        if value < FIRST_DAY:
            self.raw.write_string(row, column, value.isoformat(), look)
        else:
            self.raw.write_datetime(row, column, value, look)


def _lines_of(value: Value, width: float) -> int:
    if not isinstance(value, str):
        return 1
    return sum(max(1, ceil(len(part) / width)) for part in value.split("\n"))
