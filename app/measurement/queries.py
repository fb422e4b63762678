"""What the method looks at, read for all initiatives together, and what it finds."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from operator import attrgetter

from sqlalchemy.orm import Session

from app.costing import queries as costing
from app.costing.rules import RateBook, average_seconds
from app.counting import queries as counting
from app.counting.rules import Total
from app.initiatives.queries import Known
from app.initiatives.rules import GONE_LIVE
from app.measurement import plan_queries, rules
from app.measurement.rules import COMPARED_DAYS, LEVEL_DAYS, LastYear, Offered
from app.reasons import queries as reasons
from app.reasons.rules import Tree
from app.values.money import Money
from app.values.periods import Period

Series = Mapping[tuple[int, str], Mapping[date, int]]


@dataclass(frozen=True)
class Measured:
    """One initiative since its go-live: indicative figures, in the currency of the rates."""

    since: Period
    figures: LastYear
    earlier: Mapping[date, int | None]
    currency: str

    @property
    def avoided(self) -> int | None:
        """Contacts that did not come since go-live."""
        return None if self.figures.whole is None else round(self.figures.whole.avoided)

    @property
    def saving(self) -> Money | None:
        """What they would have cost; None where a rate is missing."""
        whole = self.figures.whole
        return None if whole is None else self.money(whole.saving_minor)

    @property
    def contacts_year(self) -> int | None:
        """Contacts a year at the latest level; None while it is too early to tell."""
        return None if self.figures.level is None else round(self.figures.level.contacts_year)

    @property
    def saving_year(self) -> Money | None:
        """Their cost a year; None while it is too early, or where a rate is missing."""
        return None if self.figures.level is None else self.money(self.figures.level.saving_year_minor)

    def money(self, exact: Fraction | None) -> Money | None:
        """Exact minor units as an amount."""
        return None if exact is None else Money(round(exact), self.currency)


def measured(session: Session, initiatives: Collection[Known], today: date) -> dict[int, Measured]:
    """The figures of every initiative that is live, by its id, from two readings of the daily totals.

    Where minutes cost it takes a third one. Days before today count, as far as contacts reach. One that went live later
    than that is left out.
    """
    until = _until(session, today)
    live = {known.id: since for known in initiatives if (since := _since(known, until))}
    if not live:
        return {}
    known_ones = [known for known in initiatives if known.id in live]
    tree = reasons.tree(session)
    scopes = {known.id: _scope(tree, known) for known in known_ones}
    first = min(since.start for since in live.values()) - timedelta(days=COMPARED_DAYS)
    period = Period(first, max(since.end for since in live.values()))
    series = counting.by_reason_channel_and_day(session, period, frozenset[int]().union(*scopes.values()))
    channel_sets = sorted({known.plan.channels for known in known_ones}, key=sorted)
    all_known = dict(zip(channel_sets, counting.known_by_day(session, period, channel_sets), strict=True))
    book = costing.rates(session)
    seconds = _average_seconds(session, book, live, scopes)
    excluded = _excluded(session, tree, known_ones)
    return {
        known.id: _measure(
            live[known.id],
            _offered(
                series,
                _without(all_known[known.plan.channels], excluded[known.id]),
                scopes[known.id],
                known.plan.channels,
            ),
            rules.prices_of(book, seconds[known.id]),
            book.currency or _currency(known),
        )
        for known in known_ones
    }


def _scope(tree: Tree, known: Known) -> frozenset[int]:
    """Every reason id that reads as one in scope or lies below it."""
    return frozenset[int]().union(*(tree.below(reason_id) for reason_id in known.plan.reason_ids))


def _excluded(session: Session, tree: Tree, initiatives: Collection[Known]) -> dict[int, list[Period]]:
    """The days that approved other changes leave out, by initiative (E3)."""
    entries = [one for one in plan_queries.changes(session) if one.leaves_days_out]
    return {
        known.id: [
            Period(one.start, one.end)
            for one in entries
            if not one.reason_ids
            or any(tree.are_on_one_line(own, other) for own in known.plan.reason_ids for other in one.reason_ids)
        ]
        for known in initiatives
    }


def _without(days: Mapping[date, int], excluded: Collection[Period]) -> Mapping[date, int]:
    if not excluded:
        return days
    return {day: figure for day, figure in days.items() if not any(day in period for period in excluded)}


def overlaps(session: Session, initiatives: Collection[Known]) -> dict[int, tuple[Known, ...]]:
    """For each initiative that went live the other ones that count the same reasons on the same channels (L4)."""
    live = [known for known in initiatives if known.stage in GONE_LIVE]
    if len(live) < 2:  # noqa: PLR2004  (it takes two)
        return {}
    tree = reasons.tree(session)
    scopes = {known.id: _scope(tree, known) for known in live}

    def share(one: Known, other: Known) -> bool:
        mine, theirs = one.plan.channels, other.plan.channels
        return not scopes[one.id].isdisjoint(scopes[other.id]) and not (mine and theirs and mine.isdisjoint(theirs))

    found = {one.id: tuple(other for other in live if other is not one and share(one, other)) for one in live}
    return {identity: others for identity, others in found.items() if others}


def _currency(known: Known) -> str:
    """The currency that the initiative was projected in, where there is no rate."""
    return known.promised.terms.currency if known.promised else ""


def _offered(series: Series, all_known: Mapping[date, int], scope: frozenset[int], channels: frozenset[str]) -> Offered:
    """One initiative's contacts by channel, and beside them all others of the same channels."""
    in_scope: dict[str, Counter[date]] = defaultdict(Counter)
    for (reason_id, channel), days in series.items():
        if reason_id in scope and (not channels or channel in channels):
            in_scope[channel].update(days)
    others = Counter(all_known)
    for counted in in_scope.values():
        others.subtract(counted)
    return Offered(in_scope, others, all_known.keys())


def _until(session: Session, today: date) -> date | None:
    found = counting.finished_days(session, today)
    return None if found is None else found[1] + timedelta(days=1)


def _since(known: Known, until: date | None) -> Period | None:
    go_live = known.plan.go_live_on
    if known.stage not in GONE_LIVE or go_live is None or until is None or go_live >= until:
        return None
    return Period(go_live, until)


def _measure(since: Period, offered: Offered, prices: rules.Prices, currency: str) -> Measured:
    earlier = Period(since.start - timedelta(days=LEVEL_DAYS), since.start)
    return Measured(
        since,
        rules.last_year(offered, since, prices),
        {day: rules.contacts(day, offered) for day in earlier},
        currency,
    )


def _average_seconds(
    session: Session, book: RateBook, live: Mapping[int, Period], scopes: Mapping[int, frozenset[int]]
) -> dict[int, dict[str, Fraction]]:
    """Each initiative's own average handle time by channel since 52 weeks before its go-live.

    Only asked where minutes cost. One reading, cut where an initiative's year begins, serves all of them: the last
    go-live takes the last part, and each one before adds the parts up to it.
    """
    if all(rate.basis == "contact" for rate in book.rates):
        return {identity: {} for identity in live}
    begins = {identity: since.start - timedelta(days=COMPARED_DAYS) for identity, since in live.items()}
    whole = Period(min(begins.values()), max(since.end for since in live.values()))
    parts = counting.by_reason_and_channel(session, whole, cuts=list(begins.values()))
    parts.sort(key=attrgetter("since"))
    found: dict[int, dict[str, Fraction]] = {}
    year: dict[tuple[int, str], Total] = {}
    for identity in sorted(begins, key=begins.__getitem__, reverse=True):
        while parts and parts[-1].since >= begins[identity]:
            part = parts.pop()
            key = (part.reason_id, part.channel)
            year[key] = year[key] + part if key in year else part
        own = [total for (reason_id, _), total in year.items() if reason_id in scopes[identity]]
        found[identity] = {**average_seconds(year.values()), **average_seconds(own)}
    return found
