"""How far off the counterfactual may be: a range around what was expected, and the smallest effect that it could show.

Clauses C5 - C8 of docs/methods.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import atan, cos, exp, pi, sin, sqrt

from app.measurement.estimates import Estimate, Sums, weighed
from app.measurement.series import BLOCKS, DAY

DRIFT = 0.05
DRIFT_DAYS = 90
NARROWING = 0.3
SHORTFALL_SHARE = 0.5
LARGEST_QUANTILE = 1e6
LARGEST_SPREAD = 50.0  # beyond any use, and still a number that can be printed


@dataclass(frozen=True, slots=True)
class Range:
    """Contacts (or money) that came and that were expected; `spread` and `shortfall` are logarithms (C7).

    `shortfall` is what was missing before go-live already; it lowers the low end, never the estimate.
    """

    observed: float
    expected: float
    spread: float
    shortfall: float
    error: float
    quantile: float

    @property
    def avoided(self) -> float:
        """What did not come; negative where more came."""
        return self.expected - self.observed

    @property
    def low(self) -> float:
        """The low end of what was avoided."""
        return self.expected * exp(-self.spread - self.shortfall) - self.observed

    @property
    def high(self) -> float:
        """The high end of what was avoided."""
        return self.expected * exp(self.spread) - self.observed

    @property
    def relative(self) -> float:
        """The share of what was expected that did not come."""
        return self.avoided / self.expected

    @property
    def minimum_detectable(self) -> float:
        """The share below which an effect could not have been told from noise (C8)."""
        return 1 - exp(-self.spread - self.shortfall)


def range_of(estimate: Estimate, confidence: float, weights: Mapping[str, float] | None = None) -> Range:
    """The range of all channels together, each contact at its channel's weight (1, or what it costs).

    Ends of several channels are never added: the same blocks are left out of all of them, so what their errors have in
    common is kept.
    """
    weight = {name: 1.0 if weights is None else weights[name] for name in estimate.channels}
    parts = {name: channel.sums for name, channel in estimate.channels.items()}
    whole = weighed((parts[name], weight[name]) for name in parts)
    count = min(len(channel.blocks) for channel in estimate.channels.values())
    errors = [
        weighed((channel.blocks[number], weight[name]) for name, channel in estimate.channels.items()).log_error
        for number in range(count)
    ]
    mean_square = sum(error**2 for error in errors) / len(errors) if errors else 0.0
    error = _faded_error(estimate, mean_square) if estimate.fades else _error(estimate, mean_square, parts, weight)
    quantile = t_quantile((1 + confidence) / 2, freedom(estimate))
    spread = min(quantile * error, LARGEST_SPREAD)
    return Range(whole.observed, whole.expected, spread, _shortfall(estimate, weight), error, quantile)


def freedom(estimate: Estimate) -> int:
    """Degrees of freedom: whole blocks of the baseline, less one."""
    periods = estimate.span_periods if estimate.grain == DAY else len(estimate.baseline_starts)
    return max(periods // BLOCKS[estimate.grain][0] - 1, 1)


def t_quantile(probability: float, degrees: int) -> float:
    """Student's t for whole degrees of freedom, by halving; exact to twelve digits."""
    low, high = 0.0, LARGEST_QUANTILE
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if t_probability(middle, degrees) < probability else (low, middle)
    return (low + high) / 2


def t_probability(value: float, degrees: int) -> float:
    """How likely Student's t lies below a value of 0 or more, by the finite sums for whole degrees of freedom."""
    angle = atan(value / sqrt(degrees))
    is_odd = degrees % 2 == 1
    term = cos(angle) if is_odd else 1.0
    total = 0.0 if degrees == 1 else term
    for number in range(3 if is_odd else 2, degrees - 1, 2):
        term *= cos(angle) ** 2 * (number - 1) / number
        total += term
    inside = 2 / pi * (angle + sin(angle) * total) if is_odd else sin(angle) * total
    return 0.5 + inside / 2


def _faded_error(estimate: Estimate, mean_square: float) -> float:
    """Method 2: an error over 28 days shrinks over a longer report, and what drifts grows after 90 days."""
    days = max(len(estimate.starts), 1)
    narrowed = mean_square * min(1.0, BLOCKS[DAY][0] / days) ** NARROWING
    return sqrt(narrowed + DRIFT**2 * sqrt(max(1.0, days / DRIFT_DAYS)))


def _error(estimate: Estimate, mean_square: float, parts: Mapping[str, Sums], weight: Mapping[str, float]) -> float:
    """Method 1: the error of a block, the chance of the report itself, and a fixed drift."""
    whole = sum(parts[name].expected * weight[name] for name in parts)
    chance = sum(
        channel.dispersion * weight[name] ** 2 * parts[name].expected for name, channel in estimate.channels.items()
    )
    return sqrt(mean_square + (chance / whole**2 if whole else 0.0) + DRIFT**2)


def _shortfall(estimate: Estimate, weight: Mapping[str, float]) -> float:
    """Half of what was missing in the last weeks before the baseline's end, the common departure aside (method 2)."""
    lasts = [(channel.last, weight[name]) for name, channel in estimate.channels.items() if channel.last is not None]
    if not lasts:
        return 0.0
    error = weighed((last, each) for last, each in lasts).log_error
    return SHORTFALL_SHARE * max(0.0, estimate.departure.passed_on_last - error)
