"""What an initiative promises: share removed x the reasons' own volume and cost x ramp. Exact until it is shown.

The clauses are numbered in docs/methods.md. A year has 365 days.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from app.values.money import Money
from app.values.periods import DAYS_A_YEAR, Period

WHOLE_BP = 10_000
MONTHS_SHOWN = 24
MONTHS_A_YEAR = 12
LONGEST_RAMP_DAYS = 730
LARGEST_MINOR = 10**15


@dataclass(frozen=True, slots=True)
class Base:
    """The reasons' own volume and cost in a period; the cost is unknown where a rate is missing."""

    period: Period
    contacts: int
    cost_minor: int | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What is promised: shares removed in basis points, start and ramp, and what it costs in the base's currency."""

    share_low_bp: int
    share_likely_bp: int
    share_high_bp: int
    starts_on: date
    ramp_days: int
    cost_to_do_minor: int
    running_cost_year_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Promise:
    """What one share comes to. Money is unknown where the base's cost is; `payback_months` is None for never."""

    share_bp: int
    contacts_year: int
    contacts_first_year: int
    saving_year: Money | None
    saving_first_year: Money | None
    net_year: Money | None
    net_first_year: Money | None
    payback_months: int | None


@dataclass(frozen=True, slots=True)
class Month:
    """One calendar month of the projection; months add up to what was rounded once."""

    period: Period
    contacts: int
    saving: Money | None
    running_cost: Money
    net: Money | None


@dataclass(frozen=True, slots=True)
class Projected:
    """A projection worked out for each of its three shares."""

    low: Promise
    likely: Promise
    high: Promise


def faults(terms: Terms) -> dict[str, str]:
    """What is wrong with the terms, a sentence a field."""
    found: dict[str, str] = {}
    names = {"share_low_bp": "low", "share_likely_bp": "likely", "share_high_bp": "high"}
    for field, name in names.items():
        if not 0 <= getattr(terms, field) <= WHOLE_BP:
            found[field] = f"The {name} share must lie between 0 and 100 %."
    if not found and terms.share_low_bp > terms.share_likely_bp:
        found["share_low_bp"] = "The low share is above the likely one."
    if not found and terms.share_likely_bp > terms.share_high_bp:
        found["share_high_bp"] = "The high share is below the likely one."
    if not 0 <= terms.ramp_days <= LONGEST_RAMP_DAYS:
        found["ramp_days"] = f"The ramp takes between 0 and {LONGEST_RAMP_DAYS} days."
    for field, name in (("cost_to_do_minor", "cost to do"), ("running_cost_year_minor", "running cost")):
        if getattr(terms, field) < 0:
            found[field] = f"The {name} is an amount to pay: write it without a minus sign, 0 for none."
    return found


def work_out(terms: Terms, base: Base) -> Projected:
    """What each share comes to (P4, P5)."""
    low, likely, high = (
        _promise(terms, base, share) for share in (terms.share_low_bp, terms.share_likely_bp, terms.share_high_bp)
    )
    return Projected(low, likely, high)


def full_days(days: Fraction | int, ramp_days: int) -> Fraction:
    """How many days at full effect the first `days` days are worth: the effect rises evenly over the ramp (P3)."""
    if days <= 0:
        return Fraction(0)
    if days <= ramp_days:
        return Fraction(days * days, 2 * ramp_days)
    return days - Fraction(ramp_days, 2)


def likely_within(terms: Terms, base: Base, first: int, end: int) -> tuple[Fraction, Fraction | None]:
    """Contacts, and minor units saved, of the likely share from the `first` day after the start up to `end`."""
    days = full_days(end, terms.ramp_days) - full_days(first, terms.ramp_days)
    saving = _saving_a_day(base, terms.share_likely_bp)
    return days * _contacts_a_day(base, terms.share_likely_bp), None if saving is None else days * saving


def _contacts_a_day(base: Base, share_bp: int) -> Fraction:
    return Fraction(base.contacts * share_bp, base.period.days * WHOLE_BP)


def _saving_a_day(base: Base, share_bp: int) -> Fraction | None:
    return None if base.cost_minor is None else Fraction(base.cost_minor * share_bp, base.period.days * WHOLE_BP)


def _promise(terms: Terms, base: Base, share_bp: int) -> Promise:
    contacts, saving = _contacts_a_day(base, share_bp), _saving_a_day(base, share_bp)
    in_first_year = full_days(DAYS_A_YEAR, terms.ramp_days)
    running, to_do = terms.running_cost_year_minor, terms.cost_to_do_minor

    def money(a_day: Fraction | None, days: Fraction | int, less: int) -> Money | None:
        return None if a_day is None else Money(round(a_day * days) - less, terms.currency)

    return Promise(
        share_bp=share_bp,
        contacts_year=round(contacts * DAYS_A_YEAR),
        contacts_first_year=round(contacts * in_first_year),
        saving_year=money(saving, DAYS_A_YEAR, 0),
        saving_first_year=money(saving, in_first_year, 0),
        net_year=money(saving, DAYS_A_YEAR, running),
        net_first_year=money(saving, in_first_year, running + to_do),
        payback_months=None if saving is None else _payback_months(saving, terms),
    )


def _payback_months(saving_a_day: Fraction, terms: Terms) -> int | None:
    """Whole months until what was saved covers what was spent, from then on for good; None for never (P5)."""
    running_a_day = Fraction(terms.running_cost_year_minor, DAYS_A_YEAR)
    if terms.cost_to_do_minor == 0 and running_a_day == 0:
        return 0
    gain_a_day = saving_a_day - running_a_day
    if gain_a_day <= 0:
        return None
    # After the ramp the balance is a straight line, so the day is known. Inside it, the balance falls, then rises.
    days = (terms.cost_to_do_minor + saving_a_day * terms.ramp_days / 2) / gain_a_day
    if days >= terms.ramp_days:
        return -int(-days * MONTHS_A_YEAR // DAYS_A_YEAR)
    months = 1
    while True:
        past = Fraction(months * DAYS_A_YEAR, MONTHS_A_YEAR)
        saved, spent = saving_a_day * full_days(past, terms.ramp_days), running_a_day * past + terms.cost_to_do_minor
        if saved >= spent:
            return months
        months += 1


def months(terms: Terms, base: Base) -> list[Month]:
    """The likely share month by month for two years (P6)."""
    contacts = _contacts_a_day(base, terms.share_likely_bp)
    saving = _saving_a_day(base, terms.share_likely_bp)
    running = Fraction(terms.running_cost_year_minor, DAYS_A_YEAR)
    found = []
    for period in _calendar_months(terms.starts_on, MONTHS_SHOWN):
        start, end = ((day - terms.starts_on).days for day in (period.start, period.end))
        before, after = full_days(start, terms.ramp_days), full_days(end, terms.ramp_days)
        saved = None if saving is None else Money(_step(saving, before, after), terms.currency)
        spent = Money(_step(running, start, end), terms.currency)
        net = None if saved is None else saved - spent
        found.append(Month(period, _step(contacts, before, after), saved, spent, net))
    return found


def _step(a_day: Fraction, before: Fraction | int, after: Fraction | int) -> int:
    """The whole units that fall between two points in time; steps add up to what is rounded at the end."""
    return round(a_day * after) - round(a_day * before)


def _calendar_months(start: date, how_many: int) -> list[Period]:
    """The calendar months from the start's own on; the first begins with the start."""
    longest = Period(start, start + timedelta(days=31 * (how_many + 1)))
    return longest.months()[:how_many]
