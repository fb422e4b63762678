"""What contacts cost: dated rates by channel, exact until the end, never zero where nobody has said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from app.counting.rules import Total
from app.values.errors import Refused
from app.values.figures import SECONDS_A_MINUTE
from app.values.money import Money

BASES = ("contact", "minute")
BASIS_NAMES = {"contact": "per contact", "minute": "per handled minute"}


@dataclass(frozen=True, slots=True)
class Rate:
    """What one contact, or one handled minute, costs on a channel from a day on, and who says so."""

    channel: str
    valid_from: date
    basis: str
    amount: Money
    stated_by: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What some contacts cost, in exact minor units; `minor` is None while a channel among them has no price.

    `unpriced` names those channels with the contacts on them. `estimated` contacts had no handle time of their own and
    were priced with the average handle time of their channel.
    """

    minor: Fraction | None = Fraction(0)
    unpriced: Mapping[str, int] = field(default_factory=dict)
    estimated: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        unpriced = dict(self.unpriced)
        for channel, contacts in other.unpriced.items():
            unpriced[channel] = unpriced.get(channel, 0) + contacts
        known = self.minor is not None and other.minor is not None
        minor = (self.minor or Fraction(0)) + (other.minor or Fraction(0)) if known else None
        return Cost(minor, unpriced, self.estimated + other.estimated)


NO_COST = Cost()


@dataclass(frozen=True)
class RateBook:
    """All rates, of one currency."""

    rates: tuple[Rate, ...]
    _by_channel: dict[str, list[Rate]] = field(init=False, default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for rate in sorted(self.rates, key=lambda rate: rate.valid_from):
            self._by_channel.setdefault(rate.channel, []).append(rate)

    @property
    def currency(self) -> str | None:
        """The currency that the rates are kept in; None while there is none."""
        return self.rates[0].amount.currency if self.rates else None

    @property
    def cuts(self) -> list[date]:
        """The days from which some rate holds: between two of them no price changes."""
        return sorted({rate.valid_from for rate in self.rates})

    def rate(self, channel: str, day: date) -> Rate | None:
        """The rate that holds on a channel on a day; None before the first one."""
        held = [rate for rate in self._by_channel.get(channel, []) if rate.valid_from <= day]
        return held[-1] if held else None

    def history(self, channel: str) -> list[Rate]:
        """The rates of a channel, newest first."""
        return self._by_channel.get(channel, [])[::-1]

    def exact(
        self, channel: str, day: date, contacts: Fraction | int, handle_seconds: Fraction | int
    ) -> Fraction | None:
        """Exact minor units for contacts of one channel and day, whose handle time is known; None without a rate."""
        rate = self.rate(channel, day)
        if rate is None:
            return None
        units = Fraction(contacts) if rate.basis == "contact" else Fraction(handle_seconds, SECONDS_A_MINUTE)
        return units * rate.amount.amount_minor

    def cost(self, channel: str, day: date, contacts: int, handle_seconds: int) -> Money | None:
        """What contacts of one channel and day cost, rounded half to even; None where no rate is set, never zero."""
        exact = self.exact(channel, day, contacts, handle_seconds)
        return None if exact is None else self.money(exact)

    def money(self, exact: Fraction) -> Money:
        """Exact minor units as an amount, rounded half to even; raises Refused while there is no rate."""
        if self.currency is None:
            message = "No cost per contact is set. Set one first."
            raise Refused(message)
        return Money(round(exact), self.currency)

    def cost_of_total(self, total: Total, average_seconds: Mapping[str, Fraction]) -> Cost:
        """What a total's handled contacts cost; those without a handle time take the average of their channel."""
        if not total.handled:
            return NO_COST
        rate = self.rate(total.channel, total.since)
        if rate is None:
            return Cost(None, {total.channel: total.handled})
        untimed = total.handled - total.timed
        if rate.basis == "contact" or not untimed:
            return Cost(self.exact(total.channel, total.since, total.handled, total.handle_seconds))
        if total.channel not in average_seconds:
            return Cost(None, {total.channel: total.handled})
        seconds = total.handle_seconds + untimed * average_seconds[total.channel]
        return Cost(self.exact(total.channel, total.since, total.handled, seconds), estimated=untimed)


def average_seconds(totals: Iterable[Total]) -> dict[str, Fraction]:
    """The average handle time of each channel that has any."""
    timed: dict[str, tuple[int, int]] = {}
    for total in totals:
        contacts, seconds = timed.get(total.channel, (0, 0))
        timed[total.channel] = (contacts + total.timed, seconds + total.handle_seconds)
    return {channel: Fraction(seconds, contacts) for channel, (contacts, seconds) in timed.items() if contacts}


def refused_rate(amount: Money, stated_by: str, basis: str, currency: str | None) -> str | None:
    """A sentence that says why this is no rate; nothing where it is one."""
    if basis not in BASES:
        return f"A rate is per contact or per handled minute, not per {basis}."
    if amount.amount_minor <= 0:
        return "A contact costs more than nothing. Write an amount above zero, or set no rate at all."
    if not stated_by.strip():
        return "Say where the rate comes from, like “Finance, budget 2026”."
    if currency is not None and amount.currency != currency:
        return f"The rates are kept in {currency}, and this one is in {amount.currency}. Write it in {currency}."
    return None
