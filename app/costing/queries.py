"""Rates, and what the contacts of a period cost."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.costing.rules import NO_COST, Cost, Rate, RateBook, average_seconds
from app.costing.tables import CostRate
from app.counting import queries as counting
from app.values.money import Money
from app.values.periods import Period


def rates(session: Session) -> RateBook:
    """All rates."""
    rows = session.scalars(select(CostRate).order_by(CostRate.channel, CostRate.valid_from))
    return RateBook(
        tuple(
            Rate(row.channel, row.valid_from, row.basis, Money(row.amount_minor, row.currency), row.stated_by)
            for row in rows
        )
    )


def cost_of(
    session: Session,
    period: Period,
    reason_ids: Collection[int] | None = None,
    channels: Collection[str] | None = None,
) -> Cost:
    """What the handled contacts of a period cost, each day at the rate of that day; reason ids as they are kept.

    The average handle time that stands in for missing ones is that of the channel over the period, all reasons.
    """
    book = rates(session)
    totals = counting.by_reason_and_channel(session, period, channels=channels, cuts=book.cuts)
    averages = average_seconds(totals)
    wanted = (total for total in totals if reason_ids is None or total.reason_id in reason_ids)
    return reduce(Cost.__add__, (book.cost_of_total(total, averages) for total in wanted), NO_COST)


@dataclass(frozen=True, slots=True)
class ChannelCost:
    """What the contacts of one channel cost in a period, and the rates that say so, oldest first."""

    channel: str
    contacts: int
    timed: int
    handle_seconds: int
    cost: Cost
    rates: tuple[Rate, ...]


def by_channel(session: Session, period: Period, reason_ids: Collection[int]) -> list[ChannelCost]:
    """The cost of some reasons in a period, a channel each, most contacts first; reason ids as they are kept."""
    book = rates(session)
    totals = counting.by_reason_and_channel(session, period, cuts=book.cuts)
    averages = average_seconds(totals)
    found: dict[str, ChannelCost] = {}
    for total in totals:
        if total.reason_id in reason_ids and total.handled:
            rate = book.rate(total.channel, total.since)
            known = found.get(total.channel, ChannelCost(total.channel, 0, 0, 0, NO_COST, ()))
            found[total.channel] = ChannelCost(
                total.channel,
                known.contacts + total.handled,
                known.timed + total.timed,
                known.handle_seconds + total.handle_seconds,
                known.cost + book.cost_of_total(total, averages),
                _with(known.rates, rate),
            )
    return sorted(found.values(), key=lambda one: (-one.contacts, one.channel))


def _with(known: tuple[Rate, ...], rate: Rate | None) -> tuple[Rate, ...]:
    return known if rate is None or rate in known else tuple(sorted((*known, rate), key=lambda one: one.valid_from))
