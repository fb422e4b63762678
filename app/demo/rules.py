"""How many contacts the company gets on a day, and what its initiatives changed: drawn from a seeded generator."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.values.periods import ONE_DAY, Period, week_of

CHANNELS = ("phone", "email", "chat")
SEED = 20_260_817
MONTHS_BACK = 18
ORDERS_A_DAY = 1_900
CONTACTS_A_DAY = 225
GROWTH_A_YEAR = 0.06
WARM_UP_DAYS = 10

# Contacts of a weekday against the mean day, Monday first. Nobody answers calls or chats on a closed day.
WEEKDAY = {
    "phone": (1.42, 1.22, 1.13, 1.10, 1.08, 0.72, 0.0),
    "email": (1.30, 1.15, 1.08, 1.05, 1.00, 0.76, 0.66),
    "chat": (1.30, 1.18, 1.12, 1.10, 1.10, 0.88, 0.0),
}
ORDER_WEEKDAY = (1.10, 1.02, 0.98, 0.96, 0.94, 0.86, 1.14)


@dataclass(frozen=True, slots=True)
class ReasonPlan:
    """A reason: its owner, weight, channel mix, length against the mean, and the season in which it is asked more."""

    path: tuple[str, ...]
    department: str
    weight: float
    mix: tuple[int, int, int]
    length: float
    peak_day: int = 0
    peak: float = 0.0


@dataclass(frozen=True, slots=True)
class Effect:
    """What happened to a reason from a day on: `share` of its contacts stopped (negative: came on top)."""

    path: tuple[str, ...]
    starts_on: date
    ramp_days: int
    share: float


@dataclass(frozen=True, slots=True)
class Volume:
    """Offered contacts of one day, reason and channel."""

    day: date
    path: tuple[str, ...]
    channel: str
    contacts: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days that the company's story turns on, all told from the day after its last contact."""

    as_of: date

    @property
    def period(self) -> Period:
        """Eighteen months that end the day before."""
        months = self.as_of.year * 12 + self.as_of.month - 1 - MONTHS_BACK
        year, month = divmod(months, 12)
        first = date(year, month + 1, 1)
        return Period(first + timedelta(days=self.as_of.day - 1), self.as_of)

    def ago(self, days: int) -> date:
        """So many days before, moved to the Tuesday of that week: the team meets on Tuesdays."""
        return week_of(self.as_of - timedelta(days=days)).start + ONE_DAY

    @property
    def last_full_week(self) -> Period:
        """The last week from Monday to Sunday that has passed."""
        return week_of(week_of(self.as_of).start - ONE_DAY)


def orders(period: Period, random: Random) -> dict[date, float]:
    """Orders a day: growth, a year with its Christmas, a week, and chance; ten days earlier than the period."""
    found = {}
    for number in range(-WARM_UP_DAYS, period.days):
        day = period.start + timedelta(days=number)
        growth = (1 + GROWTH_A_YEAR) ** (number / 365)
        chance = math.exp(random.gauss(0, 0.06))
        found[day] = ORDERS_A_DAY * growth * _season(day) * ORDER_WEEKDAY[day.weekday()] * chance
    return found


def volumes(
    period: Period,
    plans: Sequence[ReasonPlan],
    effects: Sequence[Effect],
    closed: Collection[date],
    random: Random,
) -> Iterator[Volume]:
    """Offered contacts by day, reason and channel, from orders, season, effects and chance."""
    driver = orders(period, random)
    total_weight = sum(plan.weight for plan in plans)
    wobbles = dict.fromkeys((plan.path for plan in plans), 0.0)
    for day in period:
        pull = CONTACTS_A_DAY * _last_week(driver, day) / ORDERS_A_DAY
        common = math.exp(random.gauss(0, 0.04))
        for plan in plans:
            wobbles[plan.path] = 0.5 * wobbles[plan.path] + random.gauss(0, 0.03)
            level = pull * common * math.exp(wobbles[plan.path]) * plan.weight / total_weight
            level *= peaked(plan, day) * (1 - removed(effects, plan.path, day))
            for channel, mix in zip(CHANNELS, plan.mix, strict=True):
                expected = level * mix / 100 * open_share(channel, day, closed)
                if contacts := poisson(expected, random):
                    yield Volume(day, plan.path, channel, contacts)


def open_share(channel: str, day: date, closed: Collection[date]) -> float:
    """Contacts of a channel on a day against its mean day; on a closed day only mail comes in."""
    if day in closed:
        return 0.5 if channel == "email" else 0.0
    return WEEKDAY[channel][day.weekday()]


def removed(effects: Sequence[Effect], path: tuple[str, ...], day: date) -> float:
    """The share of a reason's contacts that its effects took away by a day."""
    left = 1.0
    for effect in effects:
        if effect.path == path and day >= effect.starts_on:
            passed = (day - effect.starts_on).days
            left *= 1 - effect.share * (min(1.0, passed / effect.ramp_days) if effect.ramp_days else 1.0)
    return 1 - left


def peaked(plan: ReasonPlan, day: date) -> float:
    """How much more a reason is asked in its season."""
    if not plan.peak:
        return 1.0
    away = abs(day.timetuple().tm_yday - plan.peak_day)
    return 1 + plan.peak * math.exp(-((min(away, 365 - away) / 22) ** 2))


def poisson(expected: float, random: Random) -> int:
    """A count around what is expected, by inversion of one random number (Devroye 1986, X.3.3)."""
    chance = random.random()
    count, probability = 0, math.exp(-expected)
    while chance > probability and count < expected * 10 + 50:
        chance -= probability
        count += 1
        probability *= expected / count
    return count


def planted(effects: Sequence[Effect], path: tuple[str, ...], period: Period, weights: Mapping[date, float]) -> float:
    """The share of a reason's contacts that its effects took away over a period, weighted by what came on each day."""
    days = [day for day in period if weights.get(day)]
    return sum(removed(effects, path, day) * weights[day] for day in days) / sum(weights[day] for day in days)


def _season(day: date) -> float:
    """Orders of a day against the mean day: quiet summers, a December that starts in November, sales in January."""
    number = day.timetuple().tm_yday
    summer = -0.10 * math.exp(-(((number - 205) / 35) ** 2))
    december = 0.50 * math.exp(-(((number - 338) / 20) ** 2))
    sales = 0.18 * math.exp(-(((number - 12) / 14) ** 2))
    return 0.97 + summer + december + sales


def _last_week(driver: Mapping[date, float], day: date) -> float:
    """Mean orders of the seven days before: customers call about what they bought."""
    return sum(driver[day - timedelta(days=back)] for back in range(1, 8)) / 7
