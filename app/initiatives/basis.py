"""What a projection stands on: the reasons' own volume and cost in the last year, and the rates that made the cost."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from app.costing import queries as costing
from app.costing.rules import RateBook, average_seconds
from app.counting import queries as counting
from app.counting.rules import Total
from app.initiatives.projection import Base
from app.reasons import queries as reasons
from app.values.errors import Refused
from app.values.money import Money


@dataclass(frozen=True, slots=True)
class Basis:
    """The base, and each rate that priced it."""

    base: Base
    rates: tuple[dict[str, Any], ...]
    currency: str

    @property
    def cost(self) -> Money | None:
        """What the base's contacts cost; None where a rate is missing."""
        return None if self.base.cost_minor is None else Money(self.base.cost_minor, self.currency)


def basis(
    session: Session, reason_ids: Collection[int], channels: Collection[str], currency: str, before: date
) -> Basis:
    """Offered contacts of the reasons and all below them in the last 365 days with data before a day (P1, P2).

    Raises Refused where there are no contacts yet, or where the rates are kept in another currency.
    """
    period = counting.last_year(session, before)
    if period is None:
        message = "There are no contacts yet to project from. Take a file of contacts in first."
        raise Refused(message)
    book = costing.rates(session)
    if book.currency not in {None, currency}:
        message = (
            f"The cost per contact is kept in {book.currency}, and this projection in {currency}. Use one of them."
        )
        raise Refused(message)
    tree = reasons.tree(session)
    wanted = frozenset[int]().union(*(tree.below(reason_id) for reason_id in reason_ids))
    totals = counting.by_reason_and_channel(session, period, channels=channels or None, cuts=book.cuts)
    mine = [total for total in totals if total.reason_id in wanted and total.offered]
    averages = {**average_seconds(totals), **average_seconds(mine)}
    prices = [_price(book, total, averages) for total in mine]
    known = [price for price in prices if price is not None]
    cost = round(sum(known, Fraction(0))) if len(known) == len(prices) else None
    base = Base(period, sum(total.offered for total in mine), cost)
    return Basis(base, _rates_used(book, mine), currency)


def _price(book: RateBook, total: Total, averages: dict[str, Fraction]) -> Fraction | None:
    """Each offered contact at its day's rate; where a minute is priced, at the reasons' own average handle time."""
    rate = book.rate(total.channel, total.since)
    if rate is None or (rate.basis == "minute" and total.channel not in averages):
        return None
    seconds = total.offered * averages.get(total.channel, Fraction(0))
    return book.exact(total.channel, total.since, total.offered, seconds)


def _rates_used(book: RateBook, totals: Collection[Total]) -> tuple[dict[str, Any], ...]:
    used = {rate for total in totals if (rate := book.rate(total.channel, total.since))}
    return tuple(
        {
            "channel": rate.channel,
            "valid_from": rate.valid_from.isoformat(),
            "basis": rate.basis,
            "amount_minor": rate.amount.amount_minor,
            "currency": rate.amount.currency,
            "stated_by": rate.stated_by,
        }
        for rate in sorted(used, key=lambda rate: (rate.channel, rate.valid_from))
    )
