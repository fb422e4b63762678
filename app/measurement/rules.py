"""The one-sentence method: the same weeks last year, scaled by how all other reasons changed.

The clauses are numbered in docs/methods.md. The figures are indicative: they carry no range, and nothing is booked on
them.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from app.costing.rules import RateBook
from app.values.periods import DAYS_A_YEAR, Period

COMPARED_DAYS = 364  # 52 weeks: the same weekday a year before
LEVEL_DAYS = 91  # a quarter of whole weeks
ENOUGH_DAYS = 28

# What a contact costs on a channel: from which day on, how many minor units; oldest first.
Prices = Mapping[str, Sequence[tuple[date, Fraction | None]]]


@dataclass(frozen=True, slots=True)
class Offered:
    """Inbound contacts, handled or abandoned, with a known reason (M1): those in scope by channel, all others beside.

    `present` are the days on which anybody made contact for any reason; all other days are missing, not zero.
    """

    in_scope: Mapping[str, Mapping[date, int]]
    others: Mapping[date, int]
    present: AbstractSet[date]


class Pair(NamedTuple):
    """A day since go-live and the day it is compared with; None where nothing is known."""

    day: date
    compared_with: date
    observed: int | None
    before: int | None

    @property
    def is_used(self) -> bool:
        """Whether both sides are known."""
        return self.observed is not None and self.before is not None

    def expected(self, ratio: Fraction | None) -> Fraction | None:
        """What would have come; None where the day is not used."""
        return None if ratio is None or self.before is None or self.observed is None else self.before * ratio


@dataclass(frozen=True, slots=True)
class Part:
    """What came and what was expected in a part of the period; `saving_minor` is None where no rate is set."""

    period: Period
    days_used: int
    observed: int
    expected: Fraction
    saving_minor: Fraction | None

    @property
    def avoided(self) -> Fraction:
        """Contacts that did not come; negative where more came."""
        return self.expected - self.observed


@dataclass(frozen=True, slots=True)
class Level:
    """The latest level times a year."""

    window: Period
    contacts_year: Fraction
    saving_year_minor: Fraction | None


@dataclass(frozen=True, slots=True)
class LastYear:
    """The outcome; without `ratio` there was nothing to compare with, without `level` it is too early to tell."""

    whole: Part | None
    pairs: tuple[Pair, ...]
    before: int
    others_now: int
    others_before: int
    ratio: Fraction | None
    months: tuple[Part, ...]
    level: Level | None

    @property
    def days_used(self) -> int:
        """Days with both sides known."""
        return sum(pair.is_used for pair in self.pairs)

    @property
    def days_dropped(self) -> int:
        """Days left out because a side is missing."""
        return len(self.pairs) - self.days_used

    @property
    def open_days(self) -> int:
        """Days without those on which nobody called on either side: the centre was closed."""
        return _open_days(self.pairs)

    @property
    def relative(self) -> Fraction | None:
        """The share of what would have come that did not; a fall is positive."""
        return None if self.whole is None or not self.whole.expected else self.whole.avoided / self.whole.expected


def compared_with(day: date, go_live: date) -> date:
    """The same weekday 52 weeks before, or as many years of 52 weeks as it takes to lie before go-live (M2)."""
    years = (day - go_live).days // COMPARED_DAYS + 1
    return day - timedelta(days=COMPARED_DAYS * years)


def last_year(offered: Offered, since: Period, prices: Prices) -> LastYear:
    """Measure the days since go-live (`since` begins with it); `prices` say what a contact costs on a channel and day.

    Expected = contacts on the compared days x ratio; ratio = all other reasons on the same days, now over then, summed
    over the period (M3). A day of which either side is missing is dropped on both (M4).
    """
    pairs = tuple(_pair(day, offered, since.start) for day in since)
    used = [pair for pair in pairs if pair.is_used]
    now = sum(offered.others.get(pair.day, 0) for pair in used)
    then = sum(offered.others.get(pair.compared_with, 0) for pair in used)
    before = sum(pair.before or 0 for pair in used)
    if not now or not then:
        return LastYear(None, pairs, before, now, then, None, (), None)
    ratio = Fraction(now, then)
    months = tuple(_part(month, used, offered, ratio, prices) for month in since.months())
    window = Period(max(since.start, since.end - timedelta(days=LEVEL_DAYS)), since.end)
    level = _level(_part(window, used, offered, ratio, prices), pairs) if len(used) >= ENOUGH_DAYS else None
    return LastYear(_whole(since, months), pairs, before, now, then, ratio, months, level)


def prices_of(book: RateBook, average_seconds: Mapping[str, Fraction]) -> Prices:
    """What one contact of these reasons costs; where a minute is priced, at their own average handle time (M5)."""
    found: dict[str, list[tuple[date, Fraction | None]]] = defaultdict(list)
    for rate in sorted(book.rates, key=lambda rate: rate.valid_from):
        is_priced = rate.basis == "contact" or rate.channel in average_seconds
        seconds = average_seconds.get(rate.channel, Fraction(0))
        each = book.exact(rate.channel, rate.valid_from, 1, seconds) if is_priced else None
        found[rate.channel].append((rate.valid_from, each))
    return found


def price(prices: Prices, channel: str, day: date) -> Fraction | None:
    """What a contact costs on a channel and day; None where no rate is set yet."""
    return next((each for since, each in reversed(prices.get(channel, ())) if since <= day), None)


def _pair(day: date, offered: Offered, go_live: date) -> Pair:
    other_day = compared_with(day, go_live)
    return Pair(day, other_day, contacts(day, offered), contacts(other_day, offered))


def contacts(day: date, offered: Offered) -> int | None:
    """Contacts in scope on a day, all channels; None where the day is missing (M4)."""
    if day not in offered.present:
        return None
    return sum([series.get(day, 0) for series in offered.in_scope.values()])


def _part(period: Period, used: list[Pair], offered: Offered, ratio: Fraction, prices: Prices) -> Part:
    inside = used[_place(used, period.start) : _place(used, period.end)]
    observed = sum([pair.observed or 0 for pair in inside])
    before = sum([pair.before or 0 for pair in inside])
    return Part(period, len(inside), observed, before * ratio, _saving(inside, offered, ratio, prices))


def _saving(inside: list[Pair], offered: Offered, ratio: Fraction, prices: Prices) -> Fraction | None:
    """Each contact at the rate of its channel and day; a channel that gained contacts enters with minus (M5)."""
    saving = Fraction(0)
    for channel, series in offered.in_scope.items():
        for stretch in _of_one_price(inside, prices.get(channel, ())):
            now = sum([series.get(pair.day, 0) for pair in stretch])
            then = sum([series.get(pair.compared_with, 0) for pair in stretch])
            if not now and not then:
                continue
            each = price(prices, channel, stretch[0].day)
            if each is None:
                return None
            saving += each * (then * ratio - now)
    return saving


def _of_one_price(pairs: list[Pair], held: Sequence[tuple[date, Fraction | None]]) -> Iterator[list[Pair]]:
    """The pairs, cut where another price begins."""
    cuts = [_place(pairs, since) for since, _ in held]
    return (pairs[start:end] for start, end in pairwise([0, *cuts, len(pairs)]) if start < end)


def _place(pairs: list[Pair], day: date) -> int:
    """How many pairs lie before a day."""
    return bisect_left(pairs, day, key=attrgetter("day"))


def _whole(since: Period, months: tuple[Part, ...]) -> Part:
    savings = [part.saving_minor for part in months]
    known = [saving for saving in savings if saving is not None]
    return Part(
        since,
        sum(part.days_used for part in months),
        sum(part.observed for part in months),
        sum((part.expected for part in months), Fraction(0)),
        sum(known, Fraction(0)) if len(known) == len(savings) else None,
    )


def _level(window: Part, pairs: tuple[Pair, ...]) -> Level | None:
    """The window a year: a missing day counts like the others, one without contacts on both sides as closed (M6)."""
    if not window.days_used:
        return None
    open_days = _open_days([pair for pair in pairs if pair.day in window.period])
    scale = Fraction(open_days * DAYS_A_YEAR, window.days_used * window.period.days)
    saving = None if window.saving_minor is None else window.saving_minor * scale
    return Level(window.period, window.avoided * scale, saving)


def _open_days(pairs: Sequence[Pair]) -> int:
    return sum(pair.observed is not None or pair.before is not None for pair in pairs)
