"""The one-sentence method beside the regression: the same weeks last year, scaled by how the driver changed.

Clause C9 of docs/methods.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.measurement.series import DAY, WEEK, Figures, Frame, Series, end_of

COMPARED_DAYS = 364


@dataclass(frozen=True, slots=True)
class LastYear:
    """What the same periods a year before let expect; `scaled_by` is "driver", "others" or nothing."""

    observed: float
    expected: float
    periods: int
    ratio: float
    scaled_by: str

    @property
    def avoided(self) -> float:
        """What did not come; negative where more came."""
        return self.expected - self.observed

    @property
    def relative(self) -> float | None:
        """The share of what was expected that did not come."""
        return self.avoided / self.expected if self.expected else None


def last_year(series: Series, frame: Frame) -> LastYear | None:
    """Compare each reported period with its own a year before (C9); None where no period has both sides.

    The scale is one ratio over the whole report: the driver on the days over the driver on the days that they are
    compared with, else the same of all other reasons. Where either side is missing, both are dropped.
    """
    places = {start: place for place, start in enumerate(series.starts)}
    came = series.total()
    scale, scaled_by = _scale(series)
    pairs = [
        (place, before)
        for place, start in enumerate(series.starts)
        if start >= frame.go_live_on
        and end_of(series.grain, start) <= frame.end
        and (before := places.get(compared_with(series.grain, start, frame.baseline_end))) is not None
        and all(figures[one] is not None for figures in (came, scale) for one in (place, before))
    ]
    if not pairs:
        return None
    now, then = (_added(scale, [pair[side] for pair in pairs]) for side in (0, 1))
    if not now or not then:
        return None
    observed, before_them = (_added(came, [pair[side] for pair in pairs]) for side in (0, 1))
    return LastYear(observed, before_them * now / then, len(pairs), now / then, scaled_by)


def compared_with(grain: str, start: date, baseline_end: date) -> date:
    """The same weekday 52 weeks before (or the same month), as many years back as it takes to lie in the baseline."""
    years = 1
    while end_of(grain, found := _years_before(grain, start, years)) > baseline_end:
        years += 1
    return found


def _years_before(grain: str, start: date, years: int) -> date:
    if grain in {DAY, WEEK}:
        return start - timedelta(days=COMPARED_DAYS * years)
    return start.replace(year=start.year - years)


def _scale(series: Series) -> tuple[Figures, str]:
    if series.driver is not None:
        return series.driver, "driver"
    if series.others:
        return [_whole(values) for values in zip(*series.others.values(), strict=True)], "others"
    return [1.0] * len(series.starts), ""


def _whole(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _added(figures: Figures, places: Sequence[int]) -> float:
    return sum(value for place in places if (value := figures[place]) is not None)
