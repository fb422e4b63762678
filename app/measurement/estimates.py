"""What the regression says, as plain values: channels, untouched reasons, parts of the baseline that were left out.

Clauses C4 - C6 of docs/methods.md.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from math import exp, log
from statistics import median
from typing import NamedTuple

from app.measurement.series import end_of
from app.values.periods import Period

FEWEST_OTHERS = 8
PASSED_ON = 0.5
HALF = 0.5  # a count of 0 has a logarithm too


class Sums(NamedTuple):
    """Contacts that came and that were expected over the same periods."""

    observed: float
    expected: float

    @property
    def log_error(self) -> float:
        """How far what came lies above what was expected, as a logarithm."""
        return log((self.observed + HALF) / (self.expected + HALF))


@dataclass(frozen=True, slots=True)
class Fitted:
    """One fitted series: what came and what its baseline lets expect, and the parts of the baseline left out in turn.

    `last` are the baseline's last 56 days, left out; None where the method does not look at them.
    """

    observed: tuple[float, ...]
    expected: tuple[float, ...]
    baseline_observed: tuple[float, ...]
    baseline_fitted: tuple[float, ...]
    blocks: tuple[Sums, ...]
    last: Sums | None
    dispersion: float
    correlation: float

    @property
    def sums(self) -> Sums:
        """The whole reporting period."""
        return Sums(sum(self.observed), sum(self.expected))

    def first(self, periods: int) -> "Fitted":
        """The same fit, with only the first periods reported."""
        return replace(self, observed=self.observed[:periods], expected=self.expected[:periods])

    def raised(self, factor: float) -> "Fitted":
        """The same fit, with all that was expected times a factor."""
        return replace(self, expected=tuple(figure * factor for figure in self.expected))


@dataclass(frozen=True, slots=True)
class Departure:
    """What the untouched reasons did together: the log errors of each, while reported and just before (C6)."""

    reporting: tuple[float, ...] = ()
    last: tuple[float, ...] = ()

    @property
    def is_used(self) -> bool:
        """Whether there are enough reasons to tell a common move."""
        return len(self.reporting) >= FEWEST_OTHERS

    @property
    def passed_on(self) -> float:
        """Half of the median: when everything else moves, half of that move is taken out."""
        return PASSED_ON * median(self.reporting) if self.is_used else 0.0

    @property
    def passed_on_last(self) -> float:
        """Likewise in the weeks just before the baseline's end."""
        return PASSED_ON * median(self.last) if self.is_used else 0.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """All that the regression says of one boundary; figures are contacts a period.

    Of the baseline's `span_periods` the centre was closed on `closed_periods`. `carried_on` is each channel as its own
    baseline lets expect, before the common departure of `others`.
    """

    grain: str
    span: Period
    span_periods: int
    closed_periods: int
    baseline_starts: tuple[date, ...]
    starts: tuple[date, ...]
    carried_on: Mapping[str, Fitted]
    others: Mapping[str, Fitted]
    departure: Departure
    fades: bool

    @property
    def channels(self) -> dict[str, Fitted]:
        """Each channel with half of the common departure passed on."""
        factor = exp(self.departure.passed_on)
        return {name: fitted.raised(factor) for name, fitted in self.carried_on.items()}

    def until(self, end: date) -> "Estimate":
        """The same fits, reported only up to a day; a whole period must lie before it."""
        periods = bisect_right(self.starts, end, key=partial(end_of, self.grain))
        others = {name: fitted.first(periods) for name, fitted in self.others.items()}
        return replace(
            self,
            starts=self.starts[:periods],
            carried_on={name: fitted.first(periods) for name, fitted in self.carried_on.items()},
            others=others,
            departure=departure_of(others.values()),
        )


def departure_of(others: Iterable[Fitted]) -> Departure:
    """What fitted untouched reasons did together."""
    known = [(one.sums.log_error, one.last.log_error) for one in others if one.last is not None]
    return Departure(tuple(one for one, _ in known), tuple(last for _, last in known))


def weighed(parts: Iterable[tuple[Sums, float]]) -> Sums:
    """Sums of several channels, each at its weight."""
    pairs = list(parts)
    return Sums(
        sum(sums.observed * weight for sums, weight in pairs), sum(sums.expected * weight for sums, weight in pairs)
    )
