"""Totals by the week or the month, for whoever measures in such periods, and what sources gave them (T1)."""

from bisect import bisect_right
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.contacts.tables import Source
from app.counting import queries
from app.counting.imported import current
from app.counting.rules import GRAIN_WORDS, GRAINS, gaps, period_from, whole_periods
from app.counting.tables import ImportedTotal
from app.values.errors import Refused
from app.values.figures import period as period_text
from app.values.periods import Period


@dataclass(frozen=True, slots=True)
class Given:
    """Totals of a source: how long each is, what they add up to, the days that they cover, and what is missing."""

    source: str
    grain: str
    contacts: int
    periods: int
    covers: Period
    missing: tuple[Period, ...]


def by_reason_and_period(
    session: Session, grain: str, period: Period, reason_ids: Collection[int]
) -> dict[tuple[int, str], dict[date, int]]:
    """Offered contacts of these reasons in each whole day, week or month of a period, by reason and channel.

    Weeks are counted from the period's first day. Daily totals are added up, and totals that came by the week or the
    month stand where they lie inside one. Raises Refused where the period is not made of whole ones, or cuts a total.
    A period without any is not there; `known_periods` says of which nothing is missing.
    """
    whole = whole_periods(grain, period)
    starts = [one.start for one in whole]
    _check_uncut(session, whole, period)
    found: dict[tuple[int, str], dict[date, int]] = {}

    def add(reason_id: int, channel: str, day: date, contacts: int) -> None:
        start = starts[bisect_right(starts, day) - 1]
        own = found.setdefault((reason_id, channel), {})
        own[start] = own.get(start, 0) + contacts

    for (reason_id, channel), days in queries.by_reason_channel_and_day(session, period, reason_ids).items():
        for day, contacts in days.items():
            add(reason_id, channel, day, contacts)
    for reason_id, channel, start, contacts in session.execute(_longer(period, reason_ids)):
        add(reason_id, channel, start, contacts)
    return found


def known_periods(session: Session, grain: str, period: Period, is_expected: Callable[[date], bool]) -> frozenset[date]:
    """The first days of the whole periods in which every expected day has a total of any kind, above 0."""
    days = set(queries.known_by_day(session, period, [()])[0])
    query = (
        select(ImportedTotal.start, ImportedTotal.end)
        .where(ImportedTotal.grain != "day", ImportedTotal.start < period.end, ImportedTotal.end > period.start)
        .group_by(ImportedTotal.start, ImportedTotal.end)
        .having(func.sum(ImportedTotal.contacts) > 0)
    )
    for start, end in session.execute(query):
        days |= set(Period(start, end))
    return frozenset(
        one.start
        for one in whole_periods(grain, period)
        if any(day in days for day in one) and all(day in days or not is_expected(day) for day in one)
    )


def given(session: Session, is_expected: Callable[[date], bool]) -> list[Given]:
    """What sources gave as totals, by name; of single days those that are not expected are not missed."""
    one = current().c
    query = (
        select(Source.name, one.grain, one.start, func.sum(one.contacts))
        .join(Source, Source.id == one.source_id)
        .group_by(Source.name, one.grain, one.start)
    )
    by_source: dict[tuple[str, str], dict[date, int]] = {}
    for name, grain, start, contacts in session.execute(query):
        by_source.setdefault((name, grain), {})[start] = int(contacts)
    return [
        Given(
            source=name,
            grain=grain,
            contacts=sum(totals.values()),
            periods=len(totals),
            covers=Period(min(totals), period_from(grain, max(totals)).end),
            missing=tuple(gaps(grain, totals, is_expected)),
        )
        for (name, grain), totals in sorted(by_source.items(), key=lambda item: (item[0][0], GRAINS.index(item[0][1])))
    ]


def _longer(period: Period, reason_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    one = current(
        ImportedTotal.grain != "day",
        ImportedTotal.start >= period.start,
        ImportedTotal.end <= period.end,
        ImportedTotal.reason_id.in_(reason_ids),
    ).c
    return select(one.reason_id, one.channel, one.start, one.contacts)


def _check_uncut(session: Session, whole: Collection[Period], period: Period) -> None:
    ends = {one.start: one.end for one in whole}
    starts = sorted(ends)
    query = (
        select(Source.name, ImportedTotal.grain, ImportedTotal.start, ImportedTotal.end)
        .join(Source, Source.id == ImportedTotal.source_id)
        .where(ImportedTotal.grain != "day", ImportedTotal.start < period.end, ImportedTotal.end > period.start)
        .distinct()
        .order_by(ImportedTotal.start)
    )
    for name, grain, start, end in session.execute(query):
        place = bisect_right(starts, start) - 1
        if place < 0 or end > ends[starts[place]]:
            raise Refused(
                f"{name} gave {GRAIN_WORDS[grain]} totals, and that for {period_text(start, end)} does not lie in one "
                f"of the periods asked for. Choose whole {grain}s that begin when its own do."
            )
