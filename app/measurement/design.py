"""The regression's terms for every period of a boundary, and which periods are fitted, left out and reported.

Clauses C1 - C3 and C5 of docs/methods.md. Only numpy, and no random number.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

# The products are small: several threads only wait for each other, and how many there are must not change a sum.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from app.measurement.series import BLOCKS, DAY, MONTH, WEEK, Figures, Frame, NothingToFit, Series, end_of
from app.values.errors import Refused
from app.values.periods import Period

Vector: TypeAlias = "NDArray[np.float64]"
Mask: TypeAlias = "NDArray[np.bool_]"

# How far a term may lie from its prior, as a standard deviation of the logarithm; the driver's prior is 1, others' 0.
SD_ANNUAL, SD_MONTH, SD_TREND, SD_DRIVER, SD_CONTROL = 0.3, 0.3, 0.1, 0.5, 0.5
RIDGE = 1e-3
YEAR_DAYS = 365.25
LONGEST_DAYS: Mapping[str, int] = {DAY: 730, WEEK: 728}
USUAL_MONTHS, MOST_MONTHS = 36, 60
# The spans from which on two waves a year, and one, can be told from the weather of a single year.
TWO_WAVES_DAYS, ONE_WAVE_DAYS = 330, 270
# Fading (method 2): full weight for a year, then half every 90 days.
FULL_DAYS, HALVING_DAYS = 365, 90
LAST_DAYS = 56


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A column for every period, where it is shrunk to, and how hard: 1 / sd², 0 for free, a ridge for nearly free."""

    values: Vector
    prior: float = 0.0
    weak: float = 0.0

    @property
    def is_shrunk(self) -> bool:
        """Whether the noise of the series makes its shrinkage harder (C3)."""
        return self.weak > RIDGE


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """What a series is fitted with; `places` are days, weeks or months since the baseline's start."""

    grain: str
    starts: tuple[date, ...]
    span: Period
    terms: tuple[Term, ...]
    offset: Vector
    baseline: Mask
    reporting: Mask
    weights: Vector
    places: NDArray[np.int_]
    fades: bool

    @classmethod
    def of(cls, series: Series, frame: Frame) -> "Design":
        """Lay a boundary out; raises NothingToFit or Refused where a side has no period."""
        usable = np.array(series.usable())
        days = np.array([start.toordinal() for start in series.starts])
        ends = np.array([end_of(series.grain, start).toordinal() for start in series.starts])
        until = frame.baseline_end.toordinal()
        first = _first_day(series, frame, days[usable & (ends <= until)])
        baseline = usable & (days >= first) & (ends <= until)
        reporting = usable & (days >= frame.go_live_on.toordinal()) & (ends <= frame.end.toordinal())
        if not reporting.any():
            raise Refused(f"No {series.grain} from go-live on has all its figures. There is nothing to report.")
        if not baseline.any():
            raise NothingToFit(series.grain)
        fades = frame.method == "2" and series.grain == DAY
        weights = _faded(until - days[baseline]) if fades else np.ones(int(baseline.sum()))
        columns = _Columns(days - first, ends - days, baseline, weights)
        return cls(
            grain=series.grain,
            starts=series.starts,
            span=Period(date.fromordinal(first), frame.baseline_end),
            terms=tuple(columns.terms(series, frame, until - first)),
            offset=np.zeros(len(days)) if series.grain == DAY else np.log(ends - days),
            baseline=baseline,
            reporting=reporting,
            weights=weights,
            places=np.arange(len(days))[baseline] - int(np.argmax(days >= first)),
            fades=fades,
        )

    @property
    def matrix(self) -> Vector:
        """The terms side by side, a row a period."""
        return np.column_stack([term.values for term in self.terms])

    @property
    def span_periods(self) -> int:
        """How long the baseline is, in periods, missing ones included."""
        return self.span.days if self.grain == DAY else int(self.places[-1]) + 1

    def starts_of(self, mask: Mask) -> tuple[date, ...]:
        """The starts of the chosen periods."""
        return tuple(self.starts[place] for place in np.flatnonzero(mask))

    def blocks(self) -> Iterator[Mask]:
        """The baseline periods of each block that is left out in turn (C5)."""
        length, step, fewest = BLOCKS[self.grain]
        for start in range(0, self.span_periods - length + 1, step):
            inside: Mask = (self.places >= start) & (self.places < start + length)
            left = len(inside) - inside.sum()
            if inside.sum() >= fewest and left >= (1 if self.fades else 2 * len(self.terms)):
                yield inside

    def last_weeks(self) -> Mask:
        """The baseline periods of its last 56 days."""
        days = np.array([start.toordinal() for start in self.starts])[self.baseline]
        last: Mask = days >= self.span.end.toordinal() - LAST_DAYS
        return last


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """Days since the baseline's start, lengths of the periods, and which of them are fitted with which weight."""

    since: NDArray[np.int_]
    lengths: NDArray[np.int_]
    baseline: Mask
    weights: Vector

    def terms(self, series: Series, frame: Frame, span_days: int) -> Iterator[Term]:
        """The columns of the model, the intercept first (C2)."""
        yield Term(np.ones(len(self.since)))
        if series.grain == DAY:
            yield from self._weekdays(series, frame)
        if series.grain == MONTH:
            yield from self._months(series)
        else:
            yield from self._waves(span_days)
        yield Term(self._centred(self.since / YEAR_DAYS), weak=SD_TREND**-2)
        if series.driver is not None:
            yield Term(self._centred(_logarithm(series.driver, 0)), prior=1.0, weak=SD_DRIVER**-2)
        if series.control is not None:
            yield Term(self._centred(_logarithm(series.control, 1)), weak=SD_CONTROL**-2)

    def _weekdays(self, series: Series, frame: Frame) -> Iterator[Term]:
        weekday = np.array([start.weekday() for start in series.starts])
        for number in range(1, 7):
            yield Term((weekday == number).astype(float), weak=RIDGE)
        yield Term(np.array([start in frame.holidays for start in series.starts], float), weak=RIDGE)

    def _months(self, series: Series) -> Iterator[Term]:
        month = np.array([start.month for start in series.starts])
        for number in range(2, 13):
            yield Term((month == number).astype(float), weak=SD_MONTH**-2)

    def _waves(self, span_days: int) -> Iterator[Term]:
        middle = self.since + self.lengths // 2
        waves = 2 if span_days >= TWO_WAVES_DAYS else 1 if span_days >= ONE_WAVE_DAYS else 0
        for number in range(1, waves + 1):
            angle = 2 * np.pi * number * middle / YEAR_DAYS
            yield Term(np.sin(angle), weak=SD_ANNUAL**-2)
            yield Term(np.cos(angle), weak=SD_ANNUAL**-2)

    def _centred(self, values: Vector) -> Vector:
        centred: Vector = values - np.average(values[self.baseline], weights=self.weights)
        return centred


def _first_day(series: Series, frame: Frame, usable_days: NDArray[np.int_]) -> int:
    """Where the baseline begins: where it was told to, else as early as its method allows (C1)."""
    if not len(usable_days):
        raise NothingToFit(series.grain)
    first = int(usable_days[0])
    told = first if frame.start is None else frame.start.toordinal()
    if series.grain == MONTH:
        return max(told, int(usable_days[-(USUAL_MONTHS if frame.start is None else MOST_MONTHS) :][0]))
    longest = frame.baseline_end.toordinal() - LONGEST_DAYS[series.grain]
    return max(told, longest, first) if series.grain == WEEK else max(told, longest)


def _faded(ages: NDArray[np.int_]) -> Vector:
    """Weights of days by their age at the baseline's end (C4)."""
    weights: Vector = np.where(ages <= FULL_DAYS, 1.0, 0.5 ** ((ages - FULL_DAYS) / HALVING_DAYS))
    return weights


def _logarithm(figures: Figures, more: int) -> Vector:
    """The logarithm of each figure, a missing one as that of 1: its period is not used."""
    values = vector(figures)
    logarithms: Vector = np.log(np.where(np.isnan(values), 1.0, values + more))
    return logarithms


def vector(figures: Figures) -> Vector:
    """Figures as numbers, a missing one as not-a-number."""
    return np.array(figures, dtype=float)
