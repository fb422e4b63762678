"""The goal, how far the initiatives have come on the way to it, and what may be booked.

The ladder and the months are clauses L1 - L4 of docs/methods.md, bookings L5 - L6.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from app.initiatives.rules import GONE_LIVE, PROMISED
from app.values.money import LARGEST_MINOR, Money
from app.values.periods import DAYS_A_YEAR, ONE_DAY, Period, next_month

DEFAULT_CONTACTS = 100_000
DEFAULT_COST_MINOR = 600
LARGEST_CONTACTS = 10**9
MONTHS_BACK = 11
MONTHS_AHEAD = 6
# Contacts, and minor units of money where a rate is known, both exact.
Amount = tuple[Fraction, Fraction | None]
LEVELS = ("identified", "approved", "live", "realised")
# The ladder of what is booked and signed; the goal counts capacity alone.
SIGNED_LEVELS = ("identified", "approved", "live", "measured", "validated")
BOOKED_KINDS = ("projected", "forecast", "realised")
KINDS = (*BOOKED_KINDS, "validated")
CAPACITY, CASH = "capacity", "cash"
COLUMNS = (CAPACITY, CASH)
MONTHLY, ONCE = "month", "once"
EVERY = (MONTHLY, ONCE)
ACT_KINDS = ("vacancy", "roster", "invoice", "other")
APPROVED, LOWERED, REJECTED = "approved", "lowered", "rejected"
OUTCOMES = (APPROVED, LOWERED, REJECTED)
Key = tuple[int, date, str, str, int | None]


@dataclass(frozen=True, slots=True)
class Goal:
    """So many fewer contacts a year at so much each; without `valid_from` nobody has set it yet."""

    contacts: int
    cost_per_contact: Money
    valid_from: date | None = None
    recorded_by: str | None = None

    @property
    def money(self) -> Money:
        """What the goal is worth a year."""
        return Money(self.contacts * self.cost_per_contact.amount_minor, self.cost_per_contact.currency)

    @property
    def is_default(self) -> bool:
        """Whether it is only the first proposal."""
        return self.valid_from is None


@dataclass(frozen=True, slots=True)
class Yearly:
    """Contacts and money a year; the money is unknown where no rate is set."""

    contacts: int
    money: Money | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One initiative as the ladder sees it: its stage, what is projected, and what is measured once it is live.

    `realised` is indicative; `measured` and `validated` are what the ledger holds a year.
    """

    initiative_id: int
    stage: str
    projected: Yearly | None
    realised: Yearly | None
    measured: Yearly | None = None
    validated: Yearly | None = None

    def counts(self, level: str) -> Yearly | None:
        """The figure that it counts with on a level."""
        found: Yearly | None = getattr(self, level) if level in FIGURES else self.projected
        return found


FIGURES = frozenset({"realised", "measured", "validated"})


@dataclass(frozen=True, slots=True)
class Booking:
    """One amount of one month as it is to be booked, with all that it was made by, frozen into the entry.

    `month` is its first day. `act_id` names the act that released cash; capacity has none.
    """

    initiative_id: int
    month: date
    kind: str
    column: str
    contacts: int
    amount: Money
    method: str
    method_version: str
    plan_number: int
    plan_hash: str
    rates_hash: str
    result_id: int | None
    basis: Mapping[str, Any]
    act_id: int | None = None

    @property
    def key(self) -> Key:
        """What stands once in the ledger."""
        return self.initiative_id, self.month, self.kind, self.column, self.act_id

    @property
    def figures(self) -> tuple[Any, ...]:
        """What makes it another booking: the figures, and what they were made by; not when they were looked at."""
        return self.contacts, self.amount, self.method, self.method_version, self.plan_hash, self.rates_hash


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of the ladder: everything that reached it, added up."""

    level: str
    initiative_ids: tuple[int, ...]
    contacts: int
    money: Money
    without_rate: int

    @property
    def is_priced(self) -> bool:
        """Whether a rate is known for any of it; else its money is not zero but unknown."""
        return len(self.initiative_ids) > self.without_rate

    def share_of(self, goal: Goal) -> Fraction:
        """The part of the goal's money that it reaches; below nothing counts as nothing."""
        return Fraction(max(self.money.amount_minor, 0), goal.money.amount_minor)


@dataclass(frozen=True, slots=True)
class Month:
    """What was projected and what was measured in one month, or in the part of it that is over."""

    period: Period
    projected_contacts: int
    projected: Money | None
    realised_contacts: int | None
    realised: Money | None

    @property
    def difference(self) -> Money | None:
        """Measured less projected."""
        return None if self.realised is None or self.projected is None else self.realised - self.projected

    def year_of(self, money: Money | None) -> Money | None:
        """The month's money times a year: the run-rate that the month reached."""
        if money is None:
            return None
        return Money(round(Fraction(money.amount_minor * DAYS_A_YEAR, self.period.days)), money.currency)


def faults(contacts: int, cost_per_contact: Money) -> dict[str, str]:
    """What is wrong with a goal, a sentence a field."""
    found: dict[str, str] = {}
    if not 1 <= contacts <= LARGEST_CONTACTS:
        found["contacts"] = f"The goal is a number of contacts between 1 and {LARGEST_CONTACTS:,}."
    if cost_per_contact.amount_minor <= 0:
        found["cost_per_contact"] = "The cost of a contact is above zero. Ask finance for it, like 6.00."
    elif cost_per_contact.amount_minor * max(contacts, 1) > LARGEST_MINOR:
        found["cost_per_contact"] = "Contacts times cost is more than this ledger can hold. Check both figures."
    return found


def booking_faults(booking: Booking) -> Iterator[str]:
    """What keeps a booking out of the ledger, a sentence each (L5)."""
    if booking.kind not in BOOKED_KINDS:
        yield f"“{booking.kind}” is nothing that is booked: a validated amount is made by finance's decision."
    if booking.month.day != 1:
        yield f"{booking.month} is no month: a month is named by its first day."
    if booking.column not in COLUMNS or (booking.column == CASH) != (booking.act_id is not None):
        yield "Cash is booked with the dated act that released it, capacity without one."
    if abs(booking.amount.amount_minor) > LARGEST_MINOR or abs(booking.contacts) > LARGEST_CONTACTS:
        yield "The figure is larger than this ledger can hold."


def default_goal(currency: str) -> Goal:
    """The founding arithmetic: 100,000 contacts at 6.00 (L1)."""
    return Goal(DEFAULT_CONTACTS, Money(DEFAULT_COST_MINOR, currency))


def has_reached(entry: Entry, level: str) -> bool:
    """Whether an initiative counts on a level of the ladder; each level asks for more than the one before."""
    if entry.projected is None or entry.stage == "dropped":
        return False
    asked = {
        "identified": True,
        "approved": entry.stage in PROMISED,
        "live": entry.stage in GONE_LIVE,
        "realised": entry.stage in GONE_LIVE and entry.realised is not None,
        "measured": entry.stage in GONE_LIVE and entry.measured is not None,
        "validated": entry.stage in GONE_LIVE and None not in {entry.measured, entry.validated},
    }
    return asked.get(level, False)


def ladder(entries: Iterable[Entry], currency: str, levels: Sequence[str] = LEVELS) -> tuple[Rung, ...]:
    """The levels in their order: each holds only initiatives of the one before (L2)."""
    known = list(entries)
    return tuple(_rung(level, [entry for entry in known if has_reached(entry, level)], currency) for level in levels)


def _rung(level: str, those: Sequence[Entry], currency: str) -> Rung:
    figures = [figure for one in those if (figure := one.counts(level))]
    amounts = [figure.money for figure in figures if figure.money is not None]
    return Rung(
        level=level,
        initiative_ids=tuple(one.initiative_id for one in those),
        contacts=sum(figure.contacts for figure in figures),
        money=sum(amounts, Money(0, currency)),
        without_rate=len(figures) - len(amounts),
    )


def month(period: Period, projected: Sequence[Amount], realised: Sequence[Amount], currency: str) -> Month:
    """One month from what each initiative was to save and did (L3).

    With nothing measured in it the realised side is unknown.
    """
    return Month(
        period=period,
        projected_contacts=round(sum((contacts for contacts, _ in projected), Fraction(0))),
        projected=_sum_of(projected, currency),
        realised_contacts=round(sum((contacts for contacts, _ in realised), Fraction(0))) if realised else None,
        realised=_sum_of(realised, currency),
    )


def _sum_of(amounts: Sequence[Amount], currency: str) -> Money | None:
    known = [minor for _, minor in amounts if minor is not None]
    return Money(round(sum(known, Fraction(0))), currency) if known else None


def months_shown(first: date, until: date) -> tuple[Period, ...]:
    """The months of the table: from the first saving on, a year back at most, and half a year beyond `until`.

    `until` is the day after the last one that counts; the month that holds it ends there, so that both sides of it
    cover the same days.
    """
    last_month = (until - ONE_DAY).replace(day=1)
    start = max(first.replace(day=1), _months_later(last_month, -MONTHS_BACK))
    months = Period(min(start, last_month), _months_later(last_month, MONTHS_AHEAD + 1)).months()
    return tuple(Period(month.start, until) if month.start < until < month.end else month for month in months)


def _months_later(month: date, how_many: int) -> date:
    number = month.year * 12 + month.month - 1 + how_many
    return date(number // 12, number % 12 + 1, 1)


def month_name(month: Period) -> str:
    """Like Sep 2026, or Sep 2026, to 13 Sep where only that part is over."""
    name = f"{month.start:%b %Y}"
    return name if month.end == next_month(month.start) else f"{name}, to {month.last_day.day} {month.start:%b}"
