"""What is measured: contacts of one boundary period by period, with what moves them and what is left out."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import compress

from app.values.errors import Refused
from app.values.periods import ONE_DAY, Period, next_month

DAY, WEEK, MONTH = "day", "week", "month"
GRAINS = (DAY, WEEK, MONTH)
PERIOD_DAYS: Mapping[str, float] = {DAY: 1, WEEK: 7, MONTH: 30.4}
# Left-out blocks (C5): length, step, and how many of a block's periods must be known.
BLOCKS: Mapping[str, tuple[int, int, int]] = {DAY: (28, 7, 14), WEEK: (4, 1, 2), MONTH: (3, 1, 2)}

# A figure for each period; None where it is missing, which is never 0.
Figures = Sequence[float | None]


class NothingToFit(Refused):
    """The baseline has not one usable period: nothing can be expected of what comes after it."""

    def __init__(self, grain: str) -> None:
        super().__init__(f"No {grain} before the baseline's end has all its figures. There is nothing to fit.")


@dataclass(frozen=True, slots=True)
class Series:
    """Contacts by channel, period by period without a gap; what else is known of the same periods.

    `others` are untouched reasons outside the boundary; `driver` is business volume and above 0. In `closed` periods
    the centre takes no contacts: they are no part of the comparison, and they are not missing either.
    """

    grain: str
    starts: tuple[date, ...]
    channels: Mapping[str, Figures]
    driver: Figures | None = None
    control: Figures | None = None
    others: Mapping[str, Figures] = field(default_factory=dict)
    closed: AbstractSet[date] = frozenset()

    @property
    def end(self) -> date:
        """The first day after the last period."""
        return end_of(self.grain, self.starts[-1])

    def figures(self) -> Iterator[Figures]:
        """Every series that a period needs to be usable."""
        yield from self.channels.values()
        yield from (one for one in (self.driver, self.control) if one is not None)

    def usable(self) -> list[bool]:
        """Whether all is known of each period."""
        return [all(value is not None for value in values) for values in zip(*self.figures(), strict=True)]

    def total(self) -> list[float | None]:
        """All channels together; None where one of them is missing."""
        return [_sum(values) for values in zip(*self.channels.values(), strict=True)]


@dataclass(frozen=True, slots=True)
class Frame:
    """What was fixed before anybody measured; `end` is the first day after the last one reported.

    `announced_on` ends the baseline where it lies before go-live; days from then to go-live belong to neither part.
    """

    go_live_on: date
    end: date
    start: date | None = None
    full_on: date | None = None
    announced_on: date | None = None
    excluded: tuple[Period, ...] = ()
    holidays: AbstractSet[date] = frozenset()
    method: str = "2"
    confidence: float = 0.9

    @property
    def baseline_end(self) -> date:
        """The first day that is no longer baseline (C1)."""
        return min(self.go_live_on, self.announced_on or self.go_live_on)

    def excludes(self, period: Period) -> bool:
        """Whether an approved other change touches the period."""
        return any(one.start < period.end and period.start < one.end for one in self.excluded)


def end_of(grain: str, start: date) -> date:
    """The first day after the period that starts on this day."""
    if grain == MONTH:
        return next_month(start)
    return start + timedelta(days=7 if grain == WEEK else 1)


def periods_of(grain: str, first: date, end: date) -> list[date]:
    """The starts of all periods from the first on that end by `end`."""
    found, start = [], first
    while (after := end_of(grain, start)) <= end:
        found.append(start)
        start = after
    return found


def summed(series: Series, grain: str, go_live_on: date) -> Series:
    """Days added up to weeks counted from go-live, or to calendar months; with a day missing the period is missing.

    Raises Refused where the series is no longer daily.
    """
    if grain == series.grain:
        return series
    if series.grain != DAY:
        raise Refused(f"The figures are by {series.grain}; they can be measured by {series.grain} only.")
    first = series.starts[0]
    start = _first_week(first, go_live_on) if grain == WEEK else first.replace(day=1)
    starts = periods_of(grain, start, series.end)
    if starts and starts[0] < first:
        starts = starts[1:]
    if not starts:
        raise Refused(f"The figures do not fill a single {grain}.")

    closed = [start in series.closed for start in series.starts]

    def added(figures: Figures | None) -> Figures | None:
        if figures is None:
            return None
        # A day on which the centre is closed adds nothing to its week; it does not make the week a missing one.
        known_days = [
            0 if value is None and is_closed else value for value, is_closed in zip(figures, closed, strict=True)
        ]
        return [_sum(known_days[one]) for one in cuts]

    cuts = [slice((one - first).days, (end_of(grain, one) - first).days) for one in starts]
    return Series(
        grain,
        tuple(starts),
        {name: added(figures) or () for name, figures in series.channels.items()},
        added(series.driver),
        added(series.control),
        {name: added(figures) or () for name, figures in series.others.items()},
    )


def masked(series: Series, frame: Frame) -> Series:
    """The series without the excluded periods: no part of the comparison, as if the centre had been closed."""
    out = [frame.excludes(Period(start, end_of(series.grain, start))) for start in series.starts]
    if not any(out):
        return series

    def blank(figures: Figures) -> Figures:
        return [None if is_out else value for value, is_out in zip(figures, out, strict=True)]

    channels = {name: blank(figures) for name, figures in series.channels.items()}
    return replace(series, channels=channels, closed=series.closed | set(compress(series.starts, out)))


def known(figures: Figures, chosen: Sequence[bool]) -> list[float]:
    """The figures of the chosen periods, none of which is missing."""
    return [value for value in compress(figures, chosen) if value is not None]


def _first_week(first: date, go_live_on: date) -> date:
    return go_live_on - ((go_live_on - first).days // 7) * 7 * ONE_DAY


def _sum(values: Sequence[float | None]) -> float | None:
    known_ones = [value for value in values if value is not None]
    return sum(known_ones) if len(known_ones) == len(values) else None
