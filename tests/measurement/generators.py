"""Made-up contacts whose true effect is known, drawn from seeded generators: the known answers of the method.

Two years of days from Monday 2 January 2023. Weekday, season, orders, a level that wanders and counts that scatter more
than chance; the effect takes single contacts away, so that what it took is known for each run.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeAlias

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from app.measurement.series import DAY, Frame, Series

Figures: TypeAlias = "NDArray[np.float64]"

FIRST_DAY = date(2023, 1, 2)
DAYS = 730
GO_LIVE = 640
WEEKDAYS = np.array([1.25, 1.1, 1.0, 0.98, 0.95, 0.45, 0.35])
ORDERS = 2000
CONTROL = 600
YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is made: contacts and go-live in days, effect as a share, growth of orders and drift of the level a day."""

    level: float = 400
    effect: float = -0.2
    go_live: int = GO_LIVE
    ramp_days: int = 0
    growth: float = 0.0004
    drift: float = 0.0
    memory: float = 0.5
    wandering: float = 0.08
    dispersion: float = 0.02


@dataclass(frozen=True, slots=True)
class Made:
    """One run; `without` are the contacts that would have come without the effect."""

    contacts: Figures
    orders: Figures
    control: Figures
    without: Figures
    go_live: int
    taken: float

    @property
    def starts(self) -> tuple[date, ...]:
        return tuple(FIRST_DAY + timedelta(days=number) for number in range(len(self.contacts)))

    @property
    def go_live_on(self) -> date:
        return FIRST_DAY + timedelta(days=self.go_live)

    @property
    def end(self) -> date:
        return FIRST_DAY + timedelta(days=len(self.contacts))

    @property
    def untouched(self) -> float:
        """What would have come after go-live."""
        return float(self.without[self.go_live :].sum())

    def cut(self, days: int) -> "Made":
        """The same run, up to so many days after go-live."""
        end = self.go_live + days
        after = slice(self.go_live, end)
        return Made(
            self.contacts[:end],
            self.orders[:end],
            self.control[:end],
            self.without[:end],
            self.go_live,
            float(self.without[after].sum() - self.contacts[after].sum()),
        )

    def series(self, *, with_driver: bool = True) -> Series:
        """The contacts as they are measured, not-a-number as missing."""
        driver = self.orders.tolist() if with_driver else None
        return Series(DAY, self.starts, {"phone": known(self.contacts)}, driver=driver)

    def frame(self, method: str = "2", **fields: Any) -> Frame:
        """From go-live to the last day."""
        fields = {"go_live_on": self.go_live_on, "end": self.end, **fields}
        return Frame(method=method, **fields)

    def with_contacts(self, contacts: Figures) -> "Made":
        """The same run, with contacts that were tampered with."""
        return replace(self, contacts=contacts)


def known(figures: Figures) -> list[float | None]:
    """Not-a-number is missing."""
    return [None if np.isnan(figure) else float(figure) for figure in figures]


def make(seed: int, recipe: Recipe | None = None) -> Made:
    """Draw one run; the order of the draws is part of the known answers."""
    recipe = recipe or Recipe()
    random, day = default_rng(seed), np.arange(DAYS)
    shape = WEEKDAYS[day % 7] * _season(day)  # the first day is a Monday
    orders = (ORDERS * (1 + recipe.growth * day) * np.exp(random.normal(0, 0.03, DAYS))).astype(float)
    wandering = _wandering(random, recipe)
    level = wandering + np.cumsum(random.normal(0, recipe.drift, DAYS))
    mean = recipe.level * shape * (orders / ORDERS) * np.exp(level)
    left = 1 + recipe.effect * _share_live(day, recipe)
    untouched = _scattered(random, mean, recipe.dispersion)
    if recipe.effect < 0:
        contacts = random.binomial(untouched, np.clip(left, 0, 1))
    else:
        contacts = _scattered(random, mean * left, recipe.dispersion)
    control = random.poisson(CONTROL * shape * np.exp(0.5 * wandering) * (1 + recipe.growth * day))
    after = slice(recipe.go_live, None)
    return Made(
        contacts=contacts.astype(float),
        orders=orders,
        control=control.astype(float),
        without=untouched.astype(float),
        go_live=recipe.go_live,
        taken=float(untouched[after].sum() - contacts[after].sum()),
    )


def _season(day: NDArray[np.int_]) -> Figures:
    season: Figures = 1 + 0.15 * np.sin(2 * np.pi * (day - 80) / YEAR) + 0.05 * np.cos(4 * np.pi * day / YEAR)
    return season


def _wandering(random: Generator, recipe: Recipe) -> Figures:
    steps = random.normal(0, recipe.wandering * np.sqrt(1 - recipe.memory**2), DAYS - 1)
    level = np.zeros(DAYS)
    for number, step in enumerate(steps, start=1):
        level[number] = recipe.memory * level[number - 1] + step
    return level


def _scattered(random: Generator, mean: Figures, dispersion: float) -> NDArray[np.int64]:
    size = 1 / dispersion
    return random.negative_binomial(size, size / (size + mean))


def _share_live(day: NDArray[np.int_], recipe: Recipe) -> Figures:
    since = day - recipe.go_live
    if not recipe.ramp_days:
        return (since >= 0).astype(float)
    share: Figures = np.clip((since + 1) / recipe.ramp_days, 0, 1)
    return share


@dataclass(frozen=True, slots=True)
class Shifted:
    """Phone and e-mail of one reason; after go-live calls left the phone, some of which became e-mails."""

    phone: Figures
    email: Figures
    orders: Figures
    left_phone: float
    became_email: float


def shift(seed: int) -> Shifted:
    """70 % of the contacts are calls; from go-live on 30 % of those leave, two thirds of them as e-mails."""
    random = default_rng(seed)
    whole = make(seed, Recipe(effect=0.0, go_live=DAYS - 1))
    phone = random.binomial(whole.contacts.astype(int), 0.7)
    email = whole.contacts.astype(int) - phone
    left = random.binomial(phone[GO_LIVE:], 0.3)
    moved = random.binomial(left, 2 / 3)
    phone[GO_LIVE:] -= left
    email[GO_LIVE:] += moved
    return Shifted(phone.astype(float), email.astype(float), whole.orders, float(left.sum()), float(moved.sum()))


@dataclass(frozen=True, slots=True)
class Overlapping:
    """One reason that two initiatives work on, and what would have come without them since the first."""

    contacts: Figures
    orders: Figures
    untouched: Figures
    first_go_live: int = 500
    second_go_live: int = 610
    first_effect: float = 0.15
    second_effect: float = 0.10


def overlap(seed: int) -> Overlapping:
    """-15 % from day 500 on, and -10 % of what is left from day 610 on."""
    whole = make(seed, Recipe(effect=0.0, go_live=DAYS - 1))
    made = Overlapping(whole.contacts, whole.orders, whole.contacts)
    day = np.arange(DAYS)
    kept = np.where(day >= made.first_go_live, 1 - made.first_effect, 1.0)
    kept *= np.where(day >= made.second_go_live, 1 - made.second_effect, 1.0)
    thinned = default_rng(seed + 7).binomial(whole.contacts.astype(int), kept)
    return replace(made, contacts=thinned.astype(float))
