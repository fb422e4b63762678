"""Contacts as a workbook: the rows of the CSV, cell by cell, and a sheet that says how many there are and which.

It is written row by row to files beside it, so memory does not grow with the rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROWS_A_SHEET = 1_048_575  # and the header
LONGEST_TEXT = 32_767
WIDTHS = (16, 25, 9, 32, 24, 18, 15, 10, 10, 48, 18, 24, 36)
Cell = str | int | None


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows a workbook holds, and how many texts were cut since no cell can hold more."""

    rows: int
    cut_texts: int


def write(
    target: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]], about: Mapping[str, str], made_at: datetime
) -> Written:
    """Write a workbook; rows that one sheet cannot hold go on in the next one. Texts stay texts and never run.

    `about` is told on the last sheet, beside the number of rows: names in its first row, values in its second.
    """
    from xlsxwriter import Workbook

    with target.open("wb") as file, TemporaryDirectory(dir=target.parent) as folder:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "tmpdir": folder}
        workbook: Any = Workbook(file, options)
        workbook.set_properties({"title": "Contacts", "created": made_at.replace(tzinfo=None)})
        writing = _Sheets(workbook, header)
        for row in rows:
            writing.add(row)
        written = Written(writing.rows, writing.cut_texts)
        _tell(workbook, written, about)
        workbook.close()
    return written


class _Sheets:
    """The sheets that hold the rows, one after another."""

    def __init__(self, workbook: Any, header: Sequence[str]) -> None:  # noqa: ANN401  (a library without types)
        self._workbook, self._header = workbook, header
        self._bold = workbook.add_format({"bold": True})
        self.rows = self.cut_texts = self._sheets = 0
        self._begin()

    def add(self, row: Sequence[Cell]) -> None:
        """Write one more row."""
        if self._line > ROWS_A_SHEET:
            self._begin()
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                self._text(place, cell)
            elif cell is not None:
                self._sheet.write_number(self._line, place, cell)
        self._line += 1
        self.rows += 1

    def _text(self, place: int, text: str) -> None:
        if len(text) > LONGEST_TEXT:
            self.cut_texts += 1
            text = text[: LONGEST_TEXT - 1] + "…"
        self._sheet.write_string(self._line, place, text)

    def _begin(self) -> None:
        self._sheets += 1
        self._sheet = self._workbook.add_worksheet("Contacts" if self._sheets == 1 else f"Contacts {self._sheets}")
        for place, width in enumerate(WIDTHS):
            self._sheet.set_column(place, place, width)
        self._sheet.freeze_panes(1, 0)
        for place, name in enumerate(self._header):
            self._sheet.write_string(0, place, name, self._bold)
        self._line = 1


def _tell(workbook: Any, written: Written, about: Mapping[str, str]) -> None:  # noqa: ANN401
    sheet = workbook.add_worksheet("About")
    told: dict[str, Cell] = {"Rows": written.rows, **about}
    if written.cut_texts:
        told["Texts cut"] = f"{written.cut_texts}: a cell holds {LONGEST_TEXT:,} letters, the CSV has them whole"
    sheet.set_column(0, len(told), 24)
    # In two rows: who takes the file in again reads the sheet with most of them.
    for place, name in enumerate(told):
        sheet.write_string(0, place, name)
    for place, value in enumerate(told.values()):
        (sheet.write_string if isinstance(value, str) else sheet.write_number)(1, place, value)
