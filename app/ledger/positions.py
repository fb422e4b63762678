"""What the ledger holds of each initiative: capacity a year and in this fiscal year, and cash beside it.

Clauses L2 and L12 of docs/methods.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.ledger import fiscal
from app.ledger.entries import REALISED, VALIDATED, Recorded, total
from app.ledger.rules import CAPACITY, CASH, Yearly
from app.values.money import Money


@dataclass(frozen=True, slots=True)
class Standing:
    """One kind in one column: all of it, and the part that falls into this fiscal year so far."""

    amount: Money
    in_year: Money


@dataclass(frozen=True, slots=True)
class Position:
    """One initiative: `measured` and `validated` are capacity a year, none while nothing is booked above zero."""

    measured: Yearly | None
    validated: Yearly | None
    realised: Standing
    signed: Standing
    cash: Standing
    cash_signed: Standing


def positions(stands: Iterable[Recorded], today: date, first_month: int, currency: str) -> Mapping[int, Position]:
    """The position of every initiative that has an entry; `stands` are entries that hold."""
    found: dict[int, list[Recorded]] = {}
    for entry in stands:
        found.setdefault(entry.facts.initiative_id, []).append(entry)
    return {one: _position(entries, today, first_month, currency) for one, entries in found.items()}


def _position(entries: Sequence[Recorded], today: date, first_month: int, currency: str) -> Position:
    def of(kind: str, column: str) -> list[Recorded]:
        return [one for one in entries if (one.facts.kind, one.facts.column) == (kind, column)]

    def standing(kind: str, column: str) -> Standing:
        those = of(kind, column)
        return Standing(total(those, currency), fiscal.in_year(those, today, first_month, currency))

    realised, validated = of(REALISED, CAPACITY), of(VALIDATED, CAPACITY)
    measured = _yearly(realised, realised, currency)
    signed = _yearly(validated, realised, currency)
    return Position(
        measured,
        _at_most(signed, measured),
        standing(REALISED, CAPACITY),
        standing(VALIDATED, CAPACITY),
        standing(REALISED, CASH),
        standing(VALIDATED, CASH),
    )


def _yearly(those: Sequence[Recorded], measured: Sequence[Recorded], currency: str) -> Yearly | None:
    """All of it over the months that were measured, times a year; none where it is not above zero."""
    amount = total(those, currency)
    if amount.amount_minor <= 0 or not measured:
        return None
    months = [one.facts.month for one in measured]
    contacts = sum(one.facts.contacts for one in those)
    first, last = min(months), max(months)
    return Yearly(fiscal.yearly(contacts, first, last), fiscal.run_rate(amount, first, last))


def _at_most(signed: Yearly | None, measured: Yearly | None) -> Yearly | None:
    """What is signed, but no more than is still measured: a decay counts before finance has signed it."""
    if signed is None or measured is None or signed.money is None or measured.money is None:
        return None
    is_less = signed.money.amount_minor <= measured.money.amount_minor
    return signed if is_less else measured
