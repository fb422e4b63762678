"""The sheets of a calculation that hold sums: days, prices, the range and what is booked.

Clauses C7, C8, L13 and R3 of docs/methods.md.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.contacts.rules import CHANNEL_NAMES
from app.measurement.interval import LARGEST_SPREAD, Range
from app.measurement.verdict import EXPIRED, VERIFIED
from app.reporting.dossier import Dossier
from app.reporting.netting_sheet import Ends, in_currency
from app.reporting.workbook import Formula, Sheet, rounded


@dataclass(frozen=True, slots=True)
class Side:
    """Where what came and what was expected stand."""

    observed: str
    expected: str


@dataclass(frozen=True, slots=True)
class RangeCells:
    """Where a range stands, in contacts or in money."""

    avoided: str
    low: str
    high: str
    relative: str
    minimum_detectable: str
    below: str
    above: str


@dataclass(frozen=True, slots=True)
class BookedCells:
    """Where the cumulative amount and that of the month stand."""

    cumulative: str
    month: str
    contacts: str


def days(sheet: Sheet, found: Dossier) -> Side:
    """Every period of the report; a missing one is blank on both sides and never 0."""
    figures = found.look.figures
    series = figures["series"]
    sheet.title("What came, and what was to be expected", f"By {figures['every']}. Blank: missing or excluded, not 0.")
    sheet.head("Start", "Observed", "Expected", "Avoided", freezes=True)
    first = sheet.row
    for start, came, expected in zip(series["starts"], series["observed"], series["expected"], strict=True):
        row = sheet.row
        is_known = came is not None and expected is not None
        avoided = Formula(f"C{row}-B{row}", expected - came) if is_known else None
        sheet.line(
            (date.fromisoformat(start), "date"),
            (came if is_known else None, "count"),
            (expected if is_known else None, "contacts"),
            (avoided, "contacts"),
        )
    last = max(sheet.row - 1, first)
    sums = (figures["observed"], figures["counterfactual"], figures["avoided"])
    row = sheet.line(
        ("Sum", "text total"),
        *(
            (Formula(f"SUM({column}{first}:{column}{last})", value), "contacts total")
            for column, value in zip("BCD", sums, strict=True)
        ),
    )
    return Side(sheet.place("B", row), sheet.place("C", row))


def prices(sheet: Sheet, found: Dossier) -> Side | None:
    """What a contact costs, and the contacts of each channel at that price; None where a rate is missing."""
    figures, book = found.look.figures, sheet.book
    sheet.title("Prices", f"In {book.currency}. A contact of these reasons, with their own minutes where minutes cost.")
    sheet.head("Channel", "A contact", "Observed", "Expected", "Observed, priced", "Expected, priced")
    first = sheet.row
    each = figures.get("prices_minor", {})
    for channel, sides in figures["channels"].items():
        row, price = sheet.row, each.get(channel)
        cost = None if price is None else in_currency(book, price)
        priced = [
            None if cost is None else (Formula(f"B{row}*{column}{row}", cost * sides[side]), "exact")
            for column, side in (("C", "observed"), ("D", "expected"))
        ]
        sheet.line(
            (CHANNEL_NAMES.get(channel, channel), "text"),
            (cost, "exact"),
            (sides["observed"], "contacts"),
            (sides["expected"], "contacts"),
            *priced,
        )
    last = max(sheet.row - 1, first)
    worth = figures.get("worth") or {"observed": 0, "expected": 0}
    row = sheet.line(
        ("Sum", "text total"),
        *((None, "text total"),) * 3,
        (Formula(f"SUM(E{first}:E{last})", in_currency(book, worth["observed"])), "exact total"),
        (Formula(f"SUM(F{first}:F{last})", in_currency(book, worth["expected"])), "exact total"),
    )
    sheet.row += 1
    _rates(sheet, found)
    return Side(sheet.place("E", row), sheet.place("F", row)) if figures.get("worth") else None


def _rates(sheet: Sheet, found: Dossier) -> None:
    sheet.line(("The rates that were frozen with the plan", "title"))
    sheet.head("Channel", "Amount", "Of a", "From", "Stated by", "Currency")
    for rate in found.plan.terms.rates:
        sheet.line(
            (CHANNEL_NAMES.get(rate["channel"], rate["channel"]), "text"),
            (in_currency(sheet.book, rate["amount_minor"]), "money"),
            (rate["basis"], "text"),
            (date.fromisoformat(rate["valid_from"]), "date"),
            (rate["stated_by"], "text"),
            (rate["currency"], "text"),
        )
    if not found.plan.terms.rates:
        sheet.line(("None", "text"))


def range_of(sheet: Sheet, found: Dossier, contacts: Side, money: Side | None) -> tuple[RangeCells, RangeCells | None]:
    """The range in contacts and, each contact at its price, in money; its inputs are O, C, SE, q and d."""
    figures = found.look.figures
    confidence = f"{figures['confidence'] * 100:g} %"
    sheet.title("The range", f"Of {confidence}: C x EXP(-q SE - d) - O to C x EXP(q SE) - O.")
    sheet.head("", "Contacts", f"Money ({sheet.book.currency})", "How it is known", freezes=True)
    names = ("observed", "counterfactual", "spread", "shortfall", "error", "quantile")
    of_contacts = Range(*(figures[name] for name in names))
    worth = Range(**figures["worth"]) if figures.get("worth") else None
    columns = [_Column(sheet, "B", of_contacts, contacts, "contacts", 1)]
    if worth is not None and money is not None:
        columns.append(_Column(sheet, "C", worth, money, "exact", 10**sheet.book.digits))
    first = sheet.row
    for number, (name, how) in enumerate(_ROWS):
        cells = [column.cell(number, first) for column in columns]
        sheet.line((name, "text"), *cells, *([None] if len(cells) == 1 else []), (how, "note"))
    placed = [column.placed(first) for column in columns]
    return placed[0], placed[1] if len(placed) > 1 else None


_ROWS = (
    ("O  observed", "Sum of the days; in money each contact at its channel's price"),
    ("C  expected", "Sum of the days; in money each contact at its channel's price"),
    ("SE  error", "What was left out of the baseline and expected from the rest: clauses C5 and C7"),
    ("q  Student's t", "For the confidence, with as many degrees as whole blocks less one: C7"),
    ("d  shortfall", "Half of what was missing before go-live already: C7"),
    ("q SE", f"At most {LARGEST_SPREAD:g}"),
    ("Avoided", "C - O"),
    ("Low end", "C x EXP(-q SE - d) - O"),
    ("High end", "C x EXP(q SE) - O"),
    ("Share of what was expected", "(C - O) / C"),
    ("Smallest effect that could be seen", "1 - EXP(-q SE - d): C8"),
    ("Estimate above its low end", "C - C x EXP(-q SE - d)"),
    ("High end above the estimate", "C x EXP(q SE) - C"),
)


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of the range: five inputs, then formulas of them; `divisor` brings its figures to the cells' unit."""

    sheet: Sheet
    letter: str
    found: Range
    side: Side
    kind: str
    divisor: int

    def cell(self, number: int, first: int) -> tuple[Any, str]:
        o, c, se, q, d, spread, _, low, high = (f"{self.letter}{first + place}" for place in range(9))
        found, size = self.found, self.divisor
        cells = (
            (Formula(self.side.observed, found.observed / size), self.kind),
            (Formula(self.side.expected, found.expected / size), self.kind),
            (found.error, "factor"),
            (found.quantile, "factor"),
            (found.shortfall, "factor"),
            (Formula(f"MIN({q}*{se},{LARGEST_SPREAD:g})", found.spread), "factor"),
            (Formula(f"{c}-{o}", found.avoided / size), self.kind),
            (Formula(f"{c}*EXP(-{spread}-{d})-{o}", found.low / size), self.kind),
            (Formula(f"{c}*EXP({spread})-{o}", found.high / size), self.kind),
            (Formula(f"({c}-{o})/{c}", found.relative if found.expected else None), "share"),
            (Formula(f"1-EXP(-{spread}-{d})", found.minimum_detectable), "share"),
            (Formula(f"{c}-{o}-{low}", (found.avoided - found.low) / size), self.kind),
            (Formula(f"{high}-({c}-{o})", (found.high - found.avoided) / size), self.kind),
        )
        return cells[number]

    def placed(self, first: int) -> RangeCells:
        return RangeCells(*(self.sheet.place(self.letter, first + place) for place in range(6, 13)))


def booked(sheet: Sheet, found: Dossier, ends: Ends | None, contacts: RangeCells) -> BookedCells:
    """What may be booked since go-live, less what stands for the months before: that of this month."""
    measured, book = found.look, sheet.book
    sheet.title(
        "Booked", f"In {book.currency}. The month is the difference of two sums; low ends of months are no sums."
    )
    sheet.head("Realised in the ledger", "Amount", "Contacts", "Entry", freezes=True)
    first = sheet.row
    for entry in found.earlier:
        facts = entry.facts
        sheet.line(
            (facts.month, "month"),
            (in_currency(book, facts.amount.amount_minor), "money"),
            (facts.contacts, "count"),
            (entry.number, "count"),
        )
    if not found.earlier:
        sheet.line(("no month before", "text"), (0, "money"), (0, "count"))
    before = found.earlier_minor
    row = sheet.line(
        ("Together, the months before", "text total"),
        (Formula(f"SUM(B{first}:B{sheet.row - 1})", in_currency(book, before)), "money total"),
        (Formula(f"SUM(C{first}:C{sheet.row - 1})", sum(one.facts.contacts for one in found.earlier)), "count total"),
    )
    sheet.row += 1
    state = sheet.fact("State", measured.state)
    last = 0 if found.before is None else found.before.booked_minor
    previous = sheet.fact("Cumulative at the last month-end", in_currency(book, last), "money")
    low = ends.low if ends else "0"
    chosen = f'IF({state}="{VERIFIED}",MAX(0,{low}),IF({state}="{EXPIRED}",{previous},0))'
    cumulative = sheet.fact(
        "Cumulative at this month-end",
        Formula(chosen, in_currency(book, measured.booked_minor)),
        "money",
        "Low end of the net where verified, as it was where expired, otherwise nothing: clause R3",
    )
    this = in_currency(book, measured.booked_minor - before)
    month = sheet.fact("This month", Formula(f"{cumulative}-B{row}", this), "money total", "The difference: R3 and L13")
    _in_ledger(sheet, found, month)
    sheet.row += 1
    share = sheet.fact("Share of this initiative", measured.figures["share"], "factor")
    low_contacts = measured.figures["avoided_low"] * measured.figures["share"]
    whole = sheet.fact("Low end in contacts", Formula(f"{contacts.low}*{share}", low_contacts), "contacts")
    chosen = f'IF({state}="{VERIFIED}",IF({low}>0,{rounded(whole, 0)},0),IF({state}="{EXPIRED}",{_fewer(found)},0))'
    fewer = Formula(chosen, measured.figures["booked_contacts"])
    return BookedCells(cumulative, month, sheet.fact("Contacts, cumulative", fewer, "count"))


def _fewer(found: Dossier) -> int:
    return 0 if found.before is None else int(found.before.figures["booked_contacts"])


def _in_ledger(sheet: Sheet, found: Dossier, month: str) -> None:
    book = sheet.book
    if found.realised is None:
        sheet.fact("In the ledger", "not booked yet")
        return
    amount = found.realised.facts.amount.amount_minor
    there = sheet.fact("In the ledger", in_currency(book, amount), "money", f"Entry {found.realised.number}")
    before = found.earlier_minor
    apart = in_currency(book, amount - (found.look.booked_minor - before))
    difference = Formula(rounded(f"({there}-{month})", book.digits), apart)
    sheet.fact("Ledger less this calculation", difference, "money", "Nothing, unless the month was signed earlier")
    if found.validated is not None:
        signed = in_currency(book, found.validated.facts.amount.amount_minor)
        sheet.fact("Validated by finance", signed, "money", f"Entry {found.validated.number}")
