"""Days from which on contacts were labelled otherwise, and whether the measured series has a step there.

Clause E4 of docs/methods.md.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, sqrt
from statistics import median

from app.measurement.estimates import Estimate, Sums
from app.measurement.interval import DRIFT, freedom, t_quantile
from app.measurement.series import BLOCKS, end_of

MEDIAN_OF_NORMAL = 0.6745  # of the absolute values: what brings a median to a standard deviation


@dataclass(frozen=True, slots=True)
class Relabelling:
    """A day from which on a reason of the boundary meant something else; `what` says which and how."""

    on: date
    what: str
    reason_id: int


@dataclass(frozen=True, slots=True)
class Step:
    """A relabelling with a step in what came; `relative` is how far, as a share of what was to be expected."""

    relabelling: Relabelling
    relative: float
    limit: float

    @property
    def sentence(self) -> str:
        """What the reader has to know, and do."""
        told, way = self.relabelling, "up" if self.relative > 0 else "down"
        return (
            f"On {told.on} {told.what}, and contacts stepped {way} by {abs(self.relative):.0%} there, more than noise. "
            "Nothing is verified until somebody confirms in the register of other changes, as a relabelling, that the "
            "labels did not do it."
        )


def steps(found: Estimate, relabellings: Collection[Relabelling], confidence: float) -> Iterator[Step]:
    """The relabellings at which the series leaves its expected course by more than noise (E4).

    What came over what was expected in the 28 known days after (4 weeks, 3 months) is held against the 28 before. Noise
    is what the same comparison shows on all other days of the baseline.
    """
    if not relabellings:
        return
    length, stride, fewest = BLOCKS[found.grain]
    course = _course(found)
    each = [sums for _, sums in course]
    baseline = each[: len(found.baseline_starts)]
    places = range(length, len(baseline) - length + 1, stride)
    usual = [abs(_apart(baseline[one - length : one], baseline[one : one + length])) for one in places]
    noise = median(usual) / MEDIAN_OF_NORMAL if usual else 0.0
    limit = t_quantile((1 + confidence) / 2, freedom(found)) * sqrt(noise**2 + DRIFT**2)
    for one in sorted(relabellings, key=lambda one: (one.on, one.what)):
        before = [sums for start, sums in course if end_of(found.grain, start) <= one.on][-length:]
        after = [sums for start, sums in course if start >= one.on][:length]
        if min(len(before), len(after)) >= fewest and abs(apart := _apart(before, after)) > limit:
            yield Step(one, exp(apart) - 1, exp(limit) - 1)


def _course(found: Estimate) -> list[tuple[date, Sums]]:
    """Every known period with what came and what was expected, all channels together, the baseline first."""
    channels = found.carried_on.values()
    baseline = [zip(one.baseline_observed, one.baseline_fitted, strict=True) for one in channels]
    reported = [zip(one.observed, one.expected, strict=True) for one in channels]
    return [
        (start, Sums(*map(sum, zip(*pairs, strict=True))))
        for starts, sides in ((found.baseline_starts, baseline), (found.starts, reported))
        for start, pairs in zip(starts, zip(*sides, strict=True), strict=True)
    ]


def _apart(before: Sequence[Sums], after: Sequence[Sums]) -> float:
    """How far the later periods lie above the earlier ones, each against what was expected, as a logarithm."""
    return _together(after).log_error - _together(before).log_error


def _together(periods: Sequence[Sums]) -> Sums:
    return Sums(sum(one.observed for one in periods), sum(one.expected for one in periods))
