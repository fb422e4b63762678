"""What an avoided contact is worth: at frozen and at dated rates, with the minutes of its channel and with its own.

Clause N2 of docs/methods.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from app.costing.rules import Rate, RateBook
from app.measurement.estimates import Estimate
from app.measurement.netting import Dated, PricedChannel
from app.measurement.plans import Rates
from app.values.money import Money

Seconds = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Prices:
    """Rates as frozen and as they stand, and average handle times of a channel and of the reasons on it (N2)."""

    frozen: RateBook
    dated: RateBook
    frozen_on: date
    usual: Seconds
    own: Seconds

    def flat(self, channel: str) -> Fraction | None:
        """Any contact of the channel at the frozen rate."""
        return _each(self.frozen, channel, self.frozen_on, self.usual)

    def of_reason(self, channel: str) -> Fraction | None:
        """A contact of these reasons at the frozen rate, with their own minutes."""
        return _each(self.frozen, channel, self.frozen_on, self._own)

    def on(self, channel: str, day: date) -> Fraction | None:
        """A contact of these reasons at the rate of its day."""
        return _each(self.dated, channel, day, self._own)

    @property
    def _own(self) -> Seconds:
        return {**self.usual, **self.own}


def priced(found: Estimate, prices: Prices) -> dict[str, PricedChannel] | None:
    """Every channel's avoided contacts with their worth; None where a channel with contacts has no rate."""
    channels: dict[str, PricedChannel] = {}
    for name in found.channels:
        flat, own = prices.flat(name), prices.of_reason(name)
        dated = _dated(name, found, prices)
        if flat is None or own is None or dated is None:
            return None
        channels[name] = PricedChannel(
            avoided=sum((part.avoided for part in dated), Fraction(0)),
            flat=flat,
            own=own,
            at_dated_rates=sum((part.price * part.avoided for part in dated), Fraction(0)),
            dated=dated,
        )
    return channels


def _dated(channel: str, found: Estimate, prices: Prices) -> tuple[Dated, ...] | None:
    """What was avoided day by day at the rate of its day, days in a row with one price together."""
    fitted = found.channels[channel]
    parts: list[Dated] = []
    for start, came, expected in zip(found.starts, fitted.observed, fitted.expected, strict=True):
        price, avoided = prices.on(channel, start), Fraction(expected) - Fraction(came)
        if price is None:
            return None
        if parts and parts[-1].price == price:
            parts[-1] = replace(parts[-1], avoided=parts[-1].avoided + avoided)
        else:
            parts.append(Dated(start, price, avoided))
    return tuple(parts)


def kept(book: RateBook) -> Rates:
    """All rates as plain facts, to be frozen with a plan."""
    return tuple(
        {
            "channel": rate.channel,
            "valid_from": rate.valid_from.isoformat(),
            "basis": rate.basis,
            "amount_minor": rate.amount.amount_minor,
            "currency": rate.amount.currency,
            "stated_by": rate.stated_by,
        }
        for rate in sorted(book.rates, key=lambda rate: (rate.channel, rate.valid_from))
    )


def book_of(rates: Rates) -> RateBook:
    """The rates that were frozen."""
    return RateBook(
        tuple(
            Rate(
                one["channel"],
                date.fromisoformat(one["valid_from"]),
                one["basis"],
                Money(one["amount_minor"], one["currency"]),
                one["stated_by"],
            )
            for one in rates
        )
    )


def _each(book: RateBook, channel: str, day: date, seconds: Seconds) -> Fraction | None:
    rate = book.rate(channel, day)
    if rate is None or (rate.basis == "minute" and channel not in seconds):
        return None
    return book.exact(channel, day, 1, seconds.get(channel, Fraction(0)))
