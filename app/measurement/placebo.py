"""Fake go-lives on untouched reasons: how often the method is wrong here, and how an effect ranks among the untouched.

Clauses V1 - V4 of docs/methods.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import median

from app.measurement.estimates import Estimate, Fitted, Sums
from app.measurement.interval import range_of
from app.measurement.series import Frame, Series
from app.values.errors import Refused

FEWEST_TO_RANK = 10
STEP_DAYS, REPORT_DAYS = 14, 90
SHORTEST_BASELINE_DAYS = 330
MOST_GO_LIVES = 26


@dataclass(frozen=True, slots=True)
class Fake:
    """One fake go-live on a reason to which nothing was done; shares are of what was expected."""

    reason: str
    go_live_on: date
    relative: float
    low: float
    high: float

    @property
    def is_covered(self) -> bool:
        """Whether the range holds the truth, which is no effect."""
        return self.low <= 0 <= self.high

    @property
    def is_false_saving(self) -> bool:
        """Whether a saving would have been claimed."""
        return self.low > 0

    @property
    def half_width(self) -> float:
        """Half of the range."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class Reliability:
    """How the method did on the installation's own untouched reasons (V2, V3)."""

    fakes: tuple[Fake, ...]

    @property
    def tests(self) -> int:
        """How many fake go-lives were measured."""
        return len(self.fakes)

    @property
    def reasons(self) -> int:
        """On how many reasons."""
        return len({fake.reason for fake in self.fakes})

    @property
    def cover(self) -> float | None:
        """The share of ranges that hold the truth; 0.90 is what they promise."""
        return sum(fake.is_covered for fake in self.fakes) / self.tests if self.fakes else None

    @property
    def false_saving(self) -> float | None:
        """The share that would have claimed a saving; 0.05 is what they promise."""
        return sum(fake.is_false_saving for fake in self.fakes) / self.tests if self.fakes else None

    @property
    def typical_half_width(self) -> float | None:
        """The median half width, as a share of what was expected."""
        return median(fake.half_width for fake in self.fakes) if self.fakes else None


def rank_among(found: Estimate) -> float | None:
    """The share of untouched reasons that fell at least as far over the same days (V4); None under ten of them."""
    if len(found.others) < FEWEST_TO_RANK:
        return None
    mine = _together(found.carried_on.values()).log_error
    falls = [other.sums.log_error <= mine for other in found.others.values()]
    return sum(falls) / len(falls)


def fake_go_lives(series: Series, frame: Frame) -> Iterator[Fake]:
    """Measure a go-live that never was, every 14 days, on each of the other reasons, the rest as untouched (V1).

    `frame` brings holidays, exclusions, method and confidence. A reason with a missing day, or with hardly a contact,
    is left out of the go-lives that it cannot be measured on.
    """
    from app.measurement.counterfactual import estimate, fitted_others

    for go_live_on in _go_lives(series.starts):
        fake = replace(
            frame,
            go_live_on=go_live_on,
            end=go_live_on + timedelta(days=REPORT_DAYS),
            start=None,
            full_on=None,
            announced_on=None,
        )
        anybody = {"": [None if value is None else 1.0 for value in _any(series.others)]}
        try:
            fitted = fitted_others(replace(series, channels=anybody, driver=None, control=None), fake)
        except Refused:
            continue
        for name in fitted:
            alone = replace(series, channels={name: series.others[name]}, driver=None, control=None, others={})
            rest = {other: one for other, one in fitted.items() if other != name}
            whole = range_of(estimate(alone, fake, rest), fake.confidence)
            if whole.expected > 0:
                ends = (whole.low / whole.expected, whole.high / whole.expected)
                yield Fake(name, go_live_on, whole.relative, *ends)


def _go_lives(starts: Sequence[date]) -> list[date]:
    """Every 14 days, the latest first, as far back as a baseline is long enough."""
    last = starts[-1] - timedelta(days=REPORT_DAYS - 1)
    first = starts[0] + timedelta(days=SHORTEST_BASELINE_DAYS)
    count = max((last - first).days // STEP_DAYS + 1, 0)
    return [last - timedelta(days=STEP_DAYS * number) for number in range(min(count, MOST_GO_LIVES))]


def _any(others: Mapping[str, Sequence[float | None]]) -> list[float | None]:
    """A figure where any of the reasons has one."""
    rows = zip(*others.values(), strict=True)
    return [next((value for value in row if value is not None), None) for row in rows]


def _together(fitted: Iterable[Fitted]) -> Sums:
    parts = [one.sums for one in fitted]
    return Sums(sum(part.observed for part in parts), sum(part.expected for part in parts))
