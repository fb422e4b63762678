"""The ledger as it is read: filtered, page by page, added up, and what stands of it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from app.ledger.entries import Recorded
from app.ledger.rules import Booking
from app.ledger.tables import LedgerEntry
from app.people.rules import Actor
from app.values.errors import Missing
from app.values.money import Money

ROWS_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of an initiative or of some, of months `start` <= month < `end`, of a kind, in a column.

    `only_standing` leaves out what was reversed and what reversed it.
    """

    initiative_id: int | None = None
    initiative_ids: frozenset[int] | None = None
    start: date | None = None
    end: date | None = None
    kind: str = ""
    column: str = ""
    only_standing: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """All entries of one kind in one column and currency, reversals taken off."""

    kind: str
    column: str
    entries: int
    contacts: int
    amount: Money


def recorded(row: LedgerEntry) -> Recorded:
    """The entry as a plain value."""
    facts = Booking(
        row.initiative_id,
        row.month,
        row.kind,
        row.column,
        row.contacts,
        Money(row.amount_minor, row.currency),
        row.method,
        row.method_version,
        row.plan_number,
        row.plan_hash,
        row.rates_hash,
        row.result_id,
        row.basis,
        row.act_id,
    )
    by = Actor(row.by_id, row.by_name)
    return Recorded(row.number, facts, row.reverses, row.about, row.note, row.at, by)


def entry(session: Session, number: int) -> Recorded:
    """One entry; raises Missing."""
    row = session.get(LedgerEntry, number)
    if row is None:
        message = f"The ledger has no entry {number}."
        raise Missing(message)
    return recorded(row)


def related(session: Session, number: int) -> list[Recorded]:
    """The later entries that speak of this one: what reversed it, what validated it."""
    query = select(LedgerEntry).where((LedgerEntry.reverses == number) | (LedgerEntry.about == number))
    return [recorded(row) for row in session.scalars(query.order_by(LedgerEntry.number))]


def page(session: Session, wanted: Wanted, *, before: int | None, limit: int) -> list[Recorded]:
    """The newest entries, or those before a number."""
    query = select(LedgerEntry).where(*_conditions(wanted)).order_by(LedgerEntry.number.desc()).limit(limit)
    if before is not None:
        query = query.where(LedgerEntry.number < before)
    return [recorded(row) for row in session.scalars(query)]


def every(session: Session, wanted: Wanted) -> Iterator[Recorded]:
    """Every entry, the newest first, read a few hundred at a time."""
    query = select(LedgerEntry).where(*_conditions(wanted)).order_by(LedgerEntry.number.desc())
    return (recorded(row) for row in session.scalars(query.execution_options(yield_per=ROWS_AT_A_TIME)))


def sums(session: Session, wanted: Wanted) -> list[Sum]:
    """What the entries come to, each kind, column and currency by itself: none of them is ever added to another."""
    groups = (LedgerEntry.kind, LedgerEntry.column, LedgerEntry.currency)
    figures = (func.count(), func.sum(LedgerEntry.contacts), func.sum(LedgerEntry.amount_minor))
    rows = session.execute(select(*groups, *figures).where(*_conditions(wanted)).group_by(*groups).order_by(*groups))
    return [
        Sum(kind, column, count, int(contacts), Money(int(minor), currency))
        for kind, column, currency, count, contacts, minor in rows
    ]


def standing(session: Session, initiative_ids: Collection[int] | None = None, kind: str = "") -> list[Recorded]:
    """The entries that hold, neither reversed nor reversals, in the order in which they were written."""
    some = None if initiative_ids is None else frozenset(initiative_ids)
    wanted = Wanted(initiative_ids=some, kind=kind, only_standing=True)
    rows = session.scalars(select(LedgerEntry).where(*_conditions(wanted)).order_by(LedgerEntry.number))
    return [recorded(row) for row in rows]


def other_currency(session: Session, currency: str) -> str | None:
    """A currency of the ledger that is not this one, if there is any."""
    query = select(LedgerEntry.currency).where(LedgerEntry.currency != currency).limit(1)
    return session.scalar(query)


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.initiative_id is not None:
        yield LedgerEntry.initiative_id == wanted.initiative_id
    if wanted.initiative_ids is not None:
        yield LedgerEntry.initiative_id.in_(wanted.initiative_ids)
    if wanted.start is not None:
        yield LedgerEntry.month >= wanted.start
    if wanted.end is not None:
        yield LedgerEntry.month < wanted.end
    if wanted.kind:
        yield LedgerEntry.kind == wanted.kind
    if wanted.column:
        yield LedgerEntry.column == wanted.column
    if wanted.only_standing:
        later = aliased(LedgerEntry)
        yield LedgerEntry.reverses.is_(None)
        yield ~select(later.number).where(later.reverses == LedgerEntry.number).exists()
