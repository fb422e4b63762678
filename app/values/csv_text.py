"""Lines of CSV that a spreadsheet can open without running anything."""

import csv
import io
from collections.abc import Iterable
from typing import Any

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def line(cells: Iterable[Any]) -> str:
    """One line with its line end; None is an empty cell, and text never starts a formula."""
    written = io.StringIO()
    csv.writer(written).writerow([safe(cell) for cell in cells])
    return written.getvalue()


def safe(cell: Any) -> Any:  # noqa: ANN401  (a cell holds whatever can be written as text)
    """The cell as it is; text that a spreadsheet would run gets an apostrophe before it."""
    if isinstance(cell, str) and cell.startswith(STARTS_A_FORMULA):
        return f"'{cell}"
    return cell
