"""Rates, and what the contacts of a period cost."""

from collections.abc import Collection
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
