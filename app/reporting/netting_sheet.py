"""From the headline claim to the net as a sheet: under every step its inputs in cells, and the step a formula of them.

Clauses N1 - N9 of docs/methods.md. A line is what it adds to the rounded sum, so that lines add up to the cent.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from app.measurement.netting import HEADLINE, MINUTES, OVERLAP, RATES, RELABELLED, REPEATS, SHIFT, STEP_NAMES
from app.reporting.workbook import Book, Formula, Sheet, rounded

NO_RATE = "A channel with contacts has no rate, so its money is unknown and nothing is booked. Set the rate first."


@dataclass(frozen=True, slots=True)
class Ends:
    """Where the net and its ends stand, each in whole minor units of the currency."""

    net: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class InCell:
    """An input and the cell that holds it."""

    channel: str
    cell: str


def fill(sheet: Sheet, netting: Mapping[str, Any], share: float, below: str, above: str) -> Ends:
    """Write every step; `below` and `above` are the cells with how far the gross ends lie from the gross estimate."""
    book = sheet.book
    sheet.title("From the headline claim to the net", f"In {book.currency}. A line that takes away stands in brackets.")
    sheet.head(
        "Step, and what it is made from", "Input", "Unit", "Exact", "Exact, added up", "Rounded", "Line", freezes=True
    )
    exact: list[str] = []
    lines: list[str] = []
    together = 0
    for line in netting["lines"]:
        together += line["minor"]
        _write_step(sheet, line, exact, lines, together)
    net = sheet.line(
        ("Net", "text total"),
        *((None, "text total"),) * 5,
        (Formula(f"SUM({','.join(lines)})", in_currency(book, netting["net_minor"])), "money total"),
    )
    sheet.row += 1
    part = sheet.line(("Share of this initiative", "text"), (share, "factor"), ("share", "text"))
    whole = f"SUM({','.join(exact)})"
    low = _end(sheet, "Low end of the net", f"{whole}-{below}*B{part}", netting["low_minor"])
    high = _end(sheet, "High end of the net", f"{whole}+{above}*B{part}", netting["high_minor"])
    return Ends(sheet.place("G", net), low, high)


def in_currency(book: Book, minor: float) -> float:
    """Minor units as a cell holds them."""
    return float(minor / 10**book.digits)


def _write_step(sheet: Sheet, line: Mapping[str, Any], exact: list[str], lines: list[str], together: int) -> None:
    book, step = sheet.book, line["step"]
    cells = [InCell(one.get("channel", ""), _write_input(sheet, one)) for one in line["inputs"]]
    row = sheet.row
    before = f"F{lines[-1][1:]}" if lines else "0"
    value, so_far = in_currency(book, line["minor"]), in_currency(book, together)
    sheet.line(
        (STEP_NAMES.get(step, step), "text total"),
        (None, "text total"),
        (line["note"], "text total"),
        (Formula(_formula(step, cells, exact), value), "exact total"),
        (Formula(f"SUM({','.join([*exact, f'D{row}'])})", so_far), "exact total"),
        (Formula(rounded(f"E{row}", book.digits), so_far), "money total"),
        (Formula(f"ROUND(F{row}-{before},{book.digits})", value), "money total"),
    )
    exact.append(f"D{row}")
    lines.append(f"G{row}")


def _write_input(sheet: Sheet, one: Mapping[str, Any]) -> str:
    is_money = one["unit"] == "minor"
    figure = one["figure"]
    kind = {"minor": "exact", "contacts": "contacts", "share": "factor"}.get(one["unit"], "factor")
    value = in_currency(sheet.book, figure) if is_money and figure is not None else figure
    unit = sheet.book.currency if is_money else one["unit"]
    row = sheet.line((f"    {one['name']}", "text"), (value, kind), (unit, "note"), (one["source"] or None, "text"))
    return f"B{row}"


def _end(sheet: Sheet, name: str, formula: str, minor: int) -> str:
    book, row, value = sheet.book, sheet.row, in_currency(sheet.book, minor)
    sheet.line(
        (name, "text total"),
        (None, "text total"),
        (None, "text total"),
        (Formula(formula, value), "exact total"),
        (None, "text total"),
        (None, "text total"),
        (Formula(rounded(f"D{row}", book.digits), value), "money total"),
    )
    return sheet.place("G", row)


def _formula(step: str, cells: Sequence[InCell], above: Sequence[str]) -> str:
    named = [one.cell for one in cells]
    if not named:
        return "0"
    worked: Mapping[str, Callable[[], Iterator[str]]] = {
        HEADLINE: lambda: (f"{avoided}*{price}" for avoided, price in _in_twos(named)),
        SHIFT: lambda: (f"{avoided}*{price}" for avoided, price in _in_twos(named)),
        MINUTES: lambda: _minutes(named),
        RATES: lambda: _dated(cells),
        RELABELLED: lambda: iter([f"MIN(0,{named[1]}-SUM({','.join(above)}))"]),
        REPEATS: lambda: iter([f"-MAX(0,{named[1]}-{named[0]})*{named[2]}*{named[4]}"]),
        OVERLAP: lambda: iter([f"SUM({','.join(above)})*({named[0]}-1)"]),
    }
    return "+".join(worked.get(step, lambda: (f"-{cell}" for cell in named))())


def _minutes(cells: Sequence[str]) -> Iterator[str]:
    for avoided, usual, own in zip(cells[::3], cells[1::3], cells[2::3], strict=True):
        yield f"{avoided}*({own}-{usual})"


def _dated(cells: Sequence[InCell]) -> Iterator[str]:
    """Each channel has its price of the plan first, then contacts and price of every time with a price of its own."""
    for _, group in groupby(cells, key=lambda one: one.channel):
        frozen, *parts = [one.cell for one in group]
        for avoided, price in _in_twos(parts):
            yield f"{avoided}*({price}-{frozen})"


def _in_twos(cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    return zip(cells[::2], cells[1::2], strict=True)
