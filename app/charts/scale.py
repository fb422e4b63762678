"""Where a value lies on a drawing, and which round values are marked on its axis."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

STEPS = (1, 2, 3, 4, 5, 6, 8, 10)  # one digit each, so that a tick cut to thousands still tells the truth
MOST_STEPS = 6
HEADROOM = 0.04


@dataclass(frozen=True)
class Scale:
    """A straight line from values to drawing units."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


@dataclass(frozen=True)
class Axis:
    """The span of values that a drawing shows, and the marked ones with their text."""

    low: float
    high: float
    ticks: tuple[tuple[int, str], ...]

    def scale(self, start: float, end: float) -> Scale:
        """The axis laid between two places of a drawing."""
        return Scale(self.low, self.high, start, end)


def finite(values: Iterable[float | None]) -> list[float]:
    """The values that are there; raises ValueError for one that is infinite or no number."""
    present = [value for value in values if value is not None]
    for value in present:
        if not isfinite(value):
            raise ValueError(f"A chart cannot show {value}: every figure must be a finite number or None.")
    return present


def axis(values: Iterable[float | None], text: Callable[[int], str]) -> Axis:
    """An axis that holds all values and zero, with some air at its open ends; raises ValueError as `finite` does."""
    present = finite(values)
    low, high = min([0.0, *present]), max([0.0, *present])
    if low == high:
        return Axis(0.0, 1.0, ((0, text(0)),))
    air = (high - low) * HEADROOM
    low, high = (low - air if low < 0 else 0.0), (high + air if high > 0 else 0.0)
    return Axis(low, high, tuple((tick, text(tick)) for tick in ticks(low, high)))


def ticks(low: float, high: float) -> list[int]:
    """Round whole values from `low` to `high`, zero among them."""
    rough = (high - low) / MOST_STEPS
    magnitude = 10.0 ** floor(log10(rough))
    step = max(1, round(next(m * magnitude for m in STEPS if m * magnitude >= rough * (1 - 1e-9))))
    return [n * step for n in range(ceil(low / step), floor(high / step) + 1)]
