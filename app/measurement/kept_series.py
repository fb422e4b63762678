"""The observed and expected contacts of a kept measurement, by days, weeks or months, and what came before it.

Clauses C7 and R2 of docs/methods.md: the series is read as it was kept, and never worked out again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp
from typing import Any

from sqlalchemy.orm import Session

from app.counting import queries as counting
from app.measurement.plans import PlanTerms
from app.measurement.series import DAY, GRAINS, MONTH
from app.reasons import queries as reasons
from app.values.periods import ONE_DAY, Period, month_of

WEEK_DAYS = 7
EARLIER_WEEKS = 13
Kept = tuple[date, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Spell:
    """One day, week or month of the report: what came, what should have come, and its range; all None where missing."""

    period: Period
    observed: float | None
    expected: float | None
    low: float | None
    high: float | None

    @property
    def avoided(self) -> float | None:
        """Expected less observed."""
        return None if self.observed is None or self.expected is None else self.expected - self.observed


def grains(figures: Mapping[str, Any]) -> tuple[str, ...]:
    """What the series can be shown by: as it was measured, and coarser where days were."""
    return GRAINS if figures["every"] == DAY else (figures["every"],)


def spells(figures: Mapping[str, Any], every: str) -> tuple[Spell, ...]:
    """The reported part of the series; weeks are counted from go-live, and a missing day counts on neither side."""
    series = figures["series"]
    rows = list(zip(map(date.fromisoformat, series["starts"]), series["observed"], series["expected"], strict=True))
    reporting = Period(*(date.fromisoformat(figures["reporting"][name]) for name in ("start", "end")))
    below = exp(-figures["spread"] - figures["shortfall"])
    above = exp(figures["spread"])
    if figures["every"] == DAY != every:
        groups = [(whole, [row for row in rows if row[0] in whole]) for whole in _wholes(reporting, every)]
    else:
        groups = [(_of(row[0], figures["every"], reporting), [row]) for row in rows]
    return tuple(_spell(period, those, below, above) for period, those in groups)


def earlier(session: Session, terms: PlanTerms, figures: Mapping[str, Any]) -> dict[date, float | None]:
    """What is counted today for the 13 weeks before the report; None on a day on which nobody made any contact.

    Empty where the report is of several initiatives together.
    """
    if figures["share"] != 1 or not figures["is_share_measured"]:
        return {}
    start = date.fromisoformat(figures["reporting"]["start"])
    period = Period(start - timedelta(weeks=EARLIER_WEEKS), start)
    wanted = set(terms.boundary.reason_ids)
    if figures["credited"] != "target":
        wanted |= terms.boundary.sink_ids
    tree = reasons.tree(session)
    members = frozenset[int]().union(*(tree.below(one) for one in wanted))
    present = counting.known_by_day(session, period, [frozenset()])[0]
    found = Counter[date]()
    for (_, channel), days in counting.by_reason_channel_and_day(session, period, members).items():
        if not terms.boundary.channels or channel in terms.boundary.channels:
            found.update(days)
    return {day: float(found[day]) if day in present else None for day in period}


def by_weeks(days: Mapping[date, float | None]) -> dict[date, float | None]:
    """The sums of whole weeks; None where nothing is known of one."""
    starts = list(days)[::WEEK_DAYS]
    return {start: _sum(days.get(start + timedelta(days=one)) for one in range(WEEK_DAYS)) for start in starts}


def _wholes(reporting: Period, every: str) -> Iterator[Period]:
    if every == MONTH:
        yield from reporting.months()
        return
    start = reporting.start
    while start < reporting.end:
        end = start + timedelta(days=WEEK_DAYS)
        yield Period(start, min(end, reporting.end))
        start = end


def _of(start: date, grain: str, reporting: Period) -> Period:
    if grain == MONTH:
        return month_of(start)
    return Period(start, min(start + (ONE_DAY if grain == DAY else timedelta(days=WEEK_DAYS)), reporting.end))


def _spell(period: Period, rows: Iterable[Kept], below: float, above: float) -> Spell:
    known = [(came, should) for _, came, should in rows if came is not None and should is not None]
    if not known:
        return Spell(period, None, None, None, None)
    expected = sum(should for _, should in known)
    return Spell(period, sum(came for came, _ in known), expected, expected * below, expected * above)


def _sum(figures: Iterable[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None
