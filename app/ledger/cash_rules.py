"""Acts that released cash, and the months that they come to.

Clause L11 of docs/methods.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from app.ledger.rules import ACT_KINDS, CASH, EVERY, MONTHLY, ONCE, Booking
from app.values.figures import day
from app.values.money import LARGEST_MINOR, Money
from app.values.periods import Period, month_of

ACT_NAMES: Mapping[str, str] = {
    "vacancy": "Vacancy closed",
    "roster": "Roster changed",
    "invoice": "Outsourcer's invoice fell",
    "other": "Something else",
}
EVERY_NAMES: Mapping[str, str] = {MONTHLY: "a month", ONCE: "once"}
LONGEST_DESCRIPTION = 2000
METHOD = "dated act"
METHOD_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Act:
    """What made spend really fall, as it is typed."""

    kind: str
    day: date
    amount: Money
    every: str
    description: str


@dataclass(frozen=True, slots=True)
class Dated:
    """An act that was kept, with the day before which it was ended, and its evidence."""

    id: int
    initiative_id: int
    act: Act
    ended_on: date | None
    attachment_id: int | None
    attachment_hash: str | None


def faults(act: Act, begins_on: date | None, today: date) -> dict[str, str]:
    """What is wrong with an act, a sentence a field; its initiative moved nothing before `begins_on`."""
    found: dict[str, str] = {}
    if act.kind not in ACT_KINDS:
        found["kind"] = "Choose what was done."
    if act.every not in EVERY:
        found["every"] = "Choose whether the amount is that of a month or of once."
    if act.day > today:
        found["day"] = "The day is still to come. Cash counts once the act is done."
    elif begins_on is not None and act.day < begins_on:
        found["day"] = (
            f"The day lies before {day(begins_on)}, when the initiative was announced or went live: it cannot have "
            "saved this. Nothing was kept. Choose the day of what was done since."
        )
    if not 0 < act.amount.amount_minor <= LARGEST_MINOR:
        found["amount"] = "The amount is above zero: what is no longer spent."
    if not act.description.strip():
        found["description"] = "Say what was done, so that finance can follow: which vacancy, roster or invoice."
    elif len(act.description) > LONGEST_DESCRIPTION:
        found["description"] = f"This is longer than {LONGEST_DESCRIPTION:,} characters. Shorten it."
    return found


def begins_on(announced_on: date | None, go_live_on: date | None) -> date | None:
    """The first day on which an act can come from an initiative: the earlier of its announcement and its go-live."""
    return min((one for one in (announced_on, go_live_on) if one is not None), default=None)


def months(dated: Dated, today: date, expires_on: date | None) -> Iterator[Booking]:
    """The realised cash of each month of an act that is over, from its day to its end; a part of a month by its days.

    A single amount counts whole in the month of its day. Nothing counts from `expires_on` on.
    """
    act = dated.act
    ends = [day for day in (dated.ended_on, expires_on) if day is not None]
    end = min(ends, default=None)
    if end is not None and end <= act.day:
        return
    if act.every == ONCE:
        yield _booking(dated, month_of(act.day).start, act.amount)
        return
    month = month_of(act.day)
    while month.end <= today and (end is None or month.start < end):
        counted = Period(max(month.start, act.day), min(month.end, end or month.end))
        yield _booking(dated, month.start, _part(act.amount, counted, month))
        month = month_of(month.end)


def _part(amount: Money, counted: Period, month: Period) -> Money:
    return Money(round(Fraction(amount.amount_minor * counted.days, month.days)), amount.currency)


def _booking(dated: Dated, month: date, amount: Money) -> Booking:
    act = dated.act
    basis = {
        "act": act.kind,
        "day": act.day.isoformat(),
        "amount_minor": act.amount.amount_minor,
        "every": act.every,
        "ended_on": None if dated.ended_on is None else dated.ended_on.isoformat(),
        "evidence_sha256": dated.attachment_hash,
    }
    return Booking(
        dated.initiative_id,
        month,
        "realised",
        CASH,
        0,
        amount,
        METHOD,
        METHOD_VERSION,
        0,
        "",
        "",
        None,
        basis,
        dated.id,
    )
