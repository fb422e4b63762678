"""Measuring 200 initiatives over three years of days, against nothing but one least-squares fit of each series."""

import random
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from math import cos, log, pi, sin

from app.measurement.counterfactual import least_squares
from app.measurement.outcome import measure
from app.measurement.series import DAY, Frame, Series
from scripts.benchmarks.table import Row

INITIATIVES = 200
DAYS, GO_LIVE = 3 * 365, 2 * 365
FIRST = date(2023, 1, 2)
WEEKDAYS = (1.25, 1.1, 1.0, 0.98, 0.95, 0.45, 0.35)
LONGEST_SECONDS = 20.0


def rows() -> Iterator[Row]:
    """Seconds for all of them, one after the other in one process."""
    made = [_series(seed) for seed in range(INITIATIVES)]
    frame = Frame(FIRST + timedelta(days=GO_LIVE), FIRST + timedelta(days=DAYS))
    bare = _seconds(made, _bare_fit)
    ours = _seconds(made, lambda series: measure(series, frame))
    what = f"measuring {INITIATIVES} initiatives over 3 years of days"
    yield Row(what, ours, "20 s, fixed", LONGEST_SECONDS, "s", 1.0)
    # Two fits, and a hundred with a part of the baseline left out, each in several rounds: what the range costs.
    yield Row(what, ours, "one least-squares fit each", bare, "s", 200.0)


def _seconds(made: list[Series], work: Callable[[Series], object]) -> float:
    work(made[0])
    start = time.perf_counter()
    for series in made:
        work(series)
    return time.perf_counter() - start


def _series(seed: int) -> Series:
    drawn = random.Random(seed)
    level, effect = drawn.uniform(5, 500), drawn.uniform(0, 0.4)
    counts = []
    for day in range(DAYS):
        mean = level * WEEKDAYS[day % 7] * (1 + 0.15 * sin(2 * pi * day / 365.25)) * (1 - effect * (day >= GO_LIVE))
        counts.append(float(max(0, round(drawn.gauss(mean, mean**0.5)))))
    starts = tuple(FIRST + timedelta(days=day) for day in range(DAYS))
    return Series(DAY, starts, {"phone": counts})


def _bare_fit(series: Series) -> None:
    days = range(GO_LIVE)
    columns = [[1.0] * GO_LIVE, *([float(day % 7 == number) for day in days] for number in range(1, 7))]
    for wave in (1, 2):
        columns += [[turn(2 * pi * wave * day / 365.25) for day in days] for turn in (sin, cos)]
    columns.append([day / 365.25 for day in days])
    least_squares(columns, [log((count or 0) + 0.5) for count in series.channels["phone"][:GO_LIVE]])
