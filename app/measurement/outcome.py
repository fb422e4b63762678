"""One boundary measured from end to end: counterfactual, range, the one-sentence method beside it, and the verdict.

The page, the month-end run and `flask measurement try` all call `measure`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import MAXYEAR, date
from itertools import groupby
from math import exp
from statistics import median, quantiles

from app.measurement.estimates import Estimate, Fitted
from app.measurement.interval import Range, range_of
from app.measurement.last_year import LastYear, last_year
from app.measurement.placebo import rank_among
from app.measurement.series import DAY, PERIOD_DAYS, Frame, Series, end_of, masked
from app.measurement.steps import Relabelling, steps
from app.measurement.verdict import MOST_MISSING, Facts, Finding, Verdict, verdict
from app.values.errors import Refused
from app.values.figures import counted
from app.values.periods import ONE_DAY, Period, month_of, next_month

METHOD_VERSIONS: Mapping[str, str] = {"1": "1.0", "2": "2.0"}
CERTAINLY_NOT_ZERO = 10
SPIKE_RANGES = 3
SHOWN_DAYS = 5
CREDITED_YEARS = 2


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of an initiative beside its series; a file that is tried has no rank.

    `relabellings` are those that nobody confirmed; `remarks` do not change the state.
    """

    is_ranked: bool = False
    open_events: tuple[str, ...] = ()
    expires_on: date | None = None
    relabellings: tuple[Relabelling, ...] = ()
    remarks: tuple[Finding, ...] = ()


NOTHING_BESIDE = Beside()


@dataclass(frozen=True, slots=True)
class Point:
    """A reported period; the range is that of the whole report, spread evenly. All but `start` None where missing."""

    start: date
    observed: float | None = None
    expected: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The measurement of one boundary; figures are contacts over the valid part of the reporting period."""

    frame: Frame
    grain: str
    estimate: Estimate
    range: Range
    last_year: LastYear | None
    verdict: Verdict
    reporting: Period
    points: tuple[Point, ...]

    @property
    def method(self) -> str:
        """The method that was used: weeks and months keep the first."""
        return "2" if self.estimate.fades else "1"

    @property
    def method_version(self) -> str:
        """The method with its version, as it is frozen beside every figure."""
        return METHOD_VERSIONS[self.method]


def measure(
    series: Series, frame: Frame, beside: Beside = NOTHING_BESIDE, others: Mapping[str, Fitted] | None = None
) -> Outcome:
    """Measure a boundary up to the frame's end or its crediting end; raises NothingToFit or Refused without periods.

    `others` spares fitting the untouched reasons again where they were fitted over the same days already.
    """
    from app.measurement.counterfactual import estimate

    today, expires_on = frame.end, beside.expires_on or expiry(frame.full_on or frame.go_live_on)
    frame = replace(frame, end=min(today, expires_on))
    if frame.end <= frame.go_live_on:
        raise Refused(f"The report ends on {frame.end}, before it begins at go-live on {frame.go_live_on}.")
    clean = masked(series, frame)
    found = estimate(clean, frame, others)
    whole = range_of(found, frame.confidence)
    compared = last_year(clean, frame)
    facts = replace(
        _facts(found, whole, compared, frame, beside),
        lows=tuple(_lows(found, frame, clean.end)),
        expires_on=expires_on,
        today=today,
    )
    told = verdict(facts)
    findings = (*told.findings, *beside.remarks, *_incomplete(clean, frame), *_remarks(clean, found, compared))
    return Outcome(
        frame=frame,
        grain=series.grain,
        estimate=found,
        range=whole,
        last_year=compared,
        verdict=replace(told, findings=findings),
        reporting=Period(frame.go_live_on, frame.end),
        points=tuple(_points(clean, found, whole, frame)),
    )


def month_ends(go_live_on: date, end: date) -> list[date]:
    """The first days of the months that began since go-live, as ends of the month before."""
    found, day = [], next_month(go_live_on)
    while day <= end:
        found.append(day)
        day = next_month(day)
    return found


def expiry(full_on: date) -> date:
    """The first day that no longer counts where nothing else was agreed on: 24 months after the full go-live (S3)."""
    year = min(full_on.year + CREDITED_YEARS, MAXYEAR)
    is_leap_day = (full_on.month, full_on.day) == (2, 29)
    return date(year, 3, 1) if is_leap_day else full_on.replace(year=year)


def _facts(found: Estimate, whole: Range, compared: LastYear | None, frame: Frame, beside: Beside) -> Facts:
    days = PERIOD_DAYS[found.grain]
    baseline = [figure for fitted in found.carried_on.values() for figure in fitted.baseline_observed]
    seen = {start.month for start in found.baseline_starts}
    full_on = frame.full_on or frame.go_live_on
    return Facts(
        grain=found.grain,
        span_periods=found.span_periods,
        missing=1 - len(found.baseline_starts) / max(found.span_periods - found.closed_periods, 1),
        contacts_a_day=sum(baseline) / (len(found.baseline_starts) * days),
        unseen_months=tuple(sorted({start.month for start in found.starts} - seen)),
        minimum_detectable=whole.minimum_detectable,
        valid_days=sum(start >= full_on for start in found.starts) * days,
        relative=whole.relative,
        low=whole.low,
        high=whole.high,
        last_year=None if compared is None else compared.relative,
        placebo_rank=rank_among(found) if beside.is_ranked else None,
        open_events=beside.open_events,
        steps=tuple(one.sentence for one in steps(found, beside.relabellings, frame.confidence)),
    )


def _lows(found: Estimate, frame: Frame, known_until: date) -> Iterator[float]:
    """The low ends as they stood at the last two month-ends, by the same fit; a month without a figure is no look."""
    last_days = [end_of(found.grain, start) - ONE_DAY for start in found.starts]
    for month_end in month_ends(frame.go_live_on, min(frame.end, known_until))[-2:]:
        month = month_of(month_end - ONE_DAY)
        if any(day in month for day in last_days):
            yield range_of(found.until(month_end), frame.confidence).low


def _points(series: Series, found: Estimate, whole: Range, frame: Frame) -> Iterator[Point]:
    channels = found.channels.values()
    observed = [sum(figures) for figures in zip(*(one.observed for one in channels), strict=True)]
    expected = [sum(figures) for figures in zip(*(one.expected for one in channels), strict=True)]
    known = dict(zip(found.starts, zip(observed, expected, strict=True), strict=True))
    below, above = exp(-whole.spread - whole.shortfall), exp(whole.spread)
    for start in series.starts:
        if start in known:
            came, should = known[start]
            yield Point(start, came, should, should * below, should * above)
        elif start >= frame.go_live_on and end_of(series.grain, start) <= frame.end:
            yield Point(start)


def _incomplete(series: Series, frame: Frame) -> Iterator[Finding]:
    """The reported months of which more than a tenth is missing; closed and excluded days are not missing (R4)."""
    last_days = {
        end_of(series.grain, start) - ONE_DAY: is_known
        for start, is_known in zip(series.starts, series.usable(), strict=True)
        if start >= frame.go_live_on and end_of(series.grain, start) <= frame.end and start not in series.closed
    }
    for month, days in groupby(last_days, key=lambda day: day.replace(day=1)):
        known = [last_days[day] for day in days]
        if (missing := known.count(False)) > MOST_MISSING * len(known):
            sentence = (
                f"{month:%B %Y} is incomplete: {missing} of its {counted(len(known), f'open {series.grain}')} "
                f"{'is' if missing == 1 else 'are'} missing. What stands for it is an estimate. Import what is missing."
            )
            yield Finding("incomplete", sentence)


def _remarks(series: Series, found: Estimate, compared: LastYear | None) -> Iterator[Finding]:
    """What does not change the state, but what a careful reader asks about."""
    if compared is None:
        yield Finding("no last year", "No day has both itself and the same weekday a year before: one method only.")
    elif not compared.scaled_by:
        sentence = "The same weeks last year are not scaled: neither a driver nor other reasons were given."
        yield Finding("unscaled", sentence)
    if found.fades and not found.departure.is_used:
        sentence = (
            f"Only {len(found.others)} untouched reasons can tell a common move; it takes eight. None is taken out."
        )
        yield Finding("no common departure", sentence)
    if spikes := _spikes(series, found):
        sentence = f"Unusually many contacts on {_days(spikes)}. If there was another cause, put it in the register."
        yield Finding("spikes", sentence)
    if zeros := _zeros(found):
        sentence = f"Not one contact on {_days(zeros)}. If these days are missing, 0 is wrong: leave them blank."
        yield Finding("zeros", sentence)


def _spikes(series: Series, found: Estimate) -> list[date]:
    """Baseline days above the median of their weekday by three times the range of its middle half."""
    if series.grain != DAY:
        return []
    by_weekday: dict[int, list[tuple[date, float]]] = {}
    totals = zip(*(fitted.baseline_observed for fitted in found.carried_on.values()), strict=True)
    for start, figures in zip(found.baseline_starts, totals, strict=True):
        by_weekday.setdefault(start.weekday(), []).append((start, sum(figures)))
    spikes = []
    for days in by_weekday.values():
        counts = [count for _, count in days]
        if len(counts) < SHOWN_DAYS:
            continue
        low, _, high = quantiles(counts, n=4)
        most = median(counts) + SPIKE_RANGES * (high - low)
        spikes += [start for start, count in days if count > most]
    return sorted(spikes)


def _zeros(found: Estimate) -> list[date]:
    """Days without any contact on which many were expected."""
    channels = found.carried_on.values()
    parts = (
        (found.baseline_starts, [(one.baseline_observed, one.baseline_fitted) for one in channels]),
        (found.starts, [(one.observed, one.expected) for one in channels]),
    )
    return [
        start
        for starts, sides in parts
        for place, start in enumerate(starts)
        if not any(came[place] for came, _ in sides) and sum(should[place] for _, should in sides) > CERTAINLY_NOT_ZERO
    ]


def _days(days: list[date]) -> str:
    shown = ", ".join(str(day) for day in days[:SHOWN_DAYS])
    return shown if len(days) <= SHOWN_DAYS else f"{shown} and {len(days) - SHOWN_DAYS} more days"
