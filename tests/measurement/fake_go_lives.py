"""Go-lives that never were, on real contacts: nothing was done, so that every saving found is a false one."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import sqrt
from pathlib import Path
from statistics import fmean, median

from numpy.random import default_rng

from app.counting.public_holidays import holidays_of
from app.measurement.counterfactual import estimate, fitted_others
from app.measurement.interval import Range, range_of
from app.measurement.series import DAY, Figures, Frame, Series, summed
from tests.journeys import ottawa

REPORT_DAYS = 90
PLANTED = (0.20, 0.30, 0.50)


@dataclass(frozen=True, slots=True)
class Place:
    """A contact centre's reasons day by day, the largest first; `anybody` is missing where no contact came at all."""

    starts: tuple[date, ...]
    reasons: Mapping[str, Figures]
    holidays: AbstractSet[date] = field(default_factory=frozenset)

    @property
    def anybody(self) -> Figures:
        return [None if value is None else 1.0 for value in next(iter(self.reasons.values()))]


@dataclass(frozen=True, slots=True)
class Window:
    """One fake go-live on the reason of this rank; what is planted is taken off what came."""

    rank: int
    found: Range
    seen: Sequence[bool]


@dataclass(frozen=True, slots=True)
class Table:
    """How often the method was right on windows without any effect."""

    windows: Sequence[Window]

    @property
    def cover(self) -> float:
        return fmean(one.found.low <= 0 <= one.found.high for one in self.windows)

    @property
    def false_saving(self) -> float:
        return fmean(one.found.low > 0 for one in self.windows)

    @property
    def half_width(self) -> float:
        return median((one.found.high - one.found.low) / 2 / one.found.expected for one in self.windows)

    @property
    def minimum_detectable(self) -> float:
        return median(one.found.minimum_detectable for one in self.windows)

    @property
    def rms(self) -> float:
        return sqrt(fmean(one.found.relative**2 for one in self.windows))

    @property
    def power(self) -> Sequence[float]:
        return [fmean(one.seen[number] for one in self.windows) for number in range(len(PLANTED))]

    def ranked(self, odd: int) -> "Table":
        """The reasons with an odd rank (1) or with an even one (0)."""
        return Table([one for one in self.windows if one.rank % 2 == odd])

    def row(self, name: str) -> str:
        power = " ".join(f"{share:.2f}" for share in self.power)
        return (
            f"{name:<22} {len(self.windows):>4} windows  cover {self.cover:.3f}  false saving {self.false_saving:.3f}  "
            f"half width {self.half_width:.1%}  rms {self.rms:.3f}  power {power}  mde {self.minimum_detectable:.1%}"
        )


def ottawa_reasons(folder: Path) -> Place:
    """The 24 largest reasons of a city's phone line, January 2013 to August 2014; two days are missing for all."""
    contacts = ottawa.contacts(folder)
    by_reason: dict[tuple[str, ...], Counter[date]] = {}
    for (when, levels, _), count in contacts.items():
        by_reason.setdefault(levels, Counter())[when.date()] += count
    present = {day for days in by_reason.values() for day in days}
    starts = _days(date(2013, 1, 1), date(2014, 9, 1))
    largest = sorted(by_reason, key=lambda levels: -by_reason[levels].total())[:24]
    reasons = {
        " > ".join(levels): [float(by_reason[levels][day]) if day in present else None for day in starts]
        for levels in largest
    }
    holidays = frozenset(day for year in (2013, 2014) for day in holidays_of("CA", "ON", year))
    return Place(starts, reasons, holidays)


def wales_reasons(folder: Path) -> Place:
    """The 27 natures of emergency calls with 1.3 or more a day, 1,400 days from October 2015."""
    with gzip.open(folder / "wales-999" / "daily_by_reason.csv.gz", "rt", encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    columns = {name: [float(row[number]) for row in rows] for number, name in enumerate(header) if number}
    kept = sorted((name for name in columns if fmean(columns[name]) >= 1.3), key=lambda name: -sum(columns[name]))
    starts = tuple(date.fromisoformat(row[0]) for row in rows)
    holidays = frozenset(day for year in range(2015, 2020) for day in holidays_of("GB", "WLS", year))
    return Place(starts, {name: columns[name] for name in kept}, holidays)


def go_lives(place: Place, first: date, step_days: int) -> list[date]:
    """Every so many days, as long as a whole report lies before the end."""
    last = place.starts[-1] - timedelta(days=REPORT_DAYS - 1)
    return [first + timedelta(days=days) for days in range(0, (last - first).days + 1, step_days)]


def by_days(place: Place, days: Sequence[date]) -> Table:
    """Every reason at every go-live, the others as the untouched ones."""
    return Table([window for day in days for window in _windows(place, day)])


def by_weeks(place: Place, days: Sequence[date]) -> Table:
    """The same windows by weeks, which know neither holidays nor other reasons; 52 weeks of baseline."""
    windows = []
    for day in days:
        frame = Frame(day, day + timedelta(days=REPORT_DAYS), start=day - timedelta(weeks=52))
        for rank, (name, figures) in enumerate(place.reasons.items(), start=1):
            weeks = summed(Series(DAY, place.starts, {name: figures}), "week", day)
            found = range_of(estimate(weeks, frame), frame.confidence)
            windows.append(Window(rank, found, _seen(found, rank, day)))
    return Table(windows)


def _windows(place: Place, day: date) -> Iterator[Window]:
    frame = Frame(day, day + timedelta(days=REPORT_DAYS), holidays=place.holidays)
    everybody = fitted_others(Series(DAY, place.starts, {"": place.anybody}, others=place.reasons), frame)
    for rank, (name, figures) in enumerate(place.reasons.items(), start=1):
        rest = {other: fitted for other, fitted in everybody.items() if other != name}
        found = range_of(estimate(Series(DAY, place.starts, {name: figures}), frame, rest), frame.confidence)
        yield Window(rank, found, _seen(found, rank, day))


def _seen(found: Range, rank: int, day: date) -> list[bool]:
    """Whether the low end lies above 0 with a planted saving: each contact goes away by itself with that chance."""
    random = default_rng([rank, day.toordinal()])
    lowest = found.low + found.observed
    return [lowest > random.binomial(int(found.observed), 1 - share) for share in PLANTED]


def _days(first: date, end: date) -> tuple[date, ...]:
    return tuple(first + timedelta(days=number) for number in range((end - first).days))
