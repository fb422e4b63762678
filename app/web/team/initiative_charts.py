"""What the charts of an initiative are told."""

from datetime import date, timedelta
from typing import NamedTuple

from app.charts import Mark, ObservedExpected, Point, Range, Ranges, Words
from app.initiatives.projection import Projected
from app.ledger.queries import Line
from app.measurement.queries import Measured
from app.values.figures import day, number
from app.values.money import Money, money_short, money_text

DAYS_A_WEEK = 7


def money_ranges(line: Line) -> Ranges | None:
    """Projected, forecast and realised money a year; nothing where the money is not known."""
    known, rows = line.known, []
    for name, kind, version in (("Projected", "projected", known.promised), ("Forecast", "forecast", known.forecast)):
        if version and version.figures.likely.saving_year:
            rows.append(_range(name, kind, version.figures))
    if not rows:
        return None
    currency = known.promised.terms.currency if known.promised else ""
    realised = line.realised.money if line.realised else None
    if realised is not None:
        words = f"{money_text(realised)} indicative"
        rows.append(Range(name="Realised", kind="realised", likely=realised.amount_minor, likely_text=words))
    return Ranges(
        key="ranges",
        title="Money a year",
        description="; ".join(f"{row.name}: {row.likely_text}" for row in rows) + ".",
        rows=tuple(rows),
        money_text=lambda minor: money_short(Money(minor, currency)),
    )


def _range(name: str, kind: str, figures: Projected) -> Range:
    low, likely, high = (one.saving_year or Money(0, "") for one in (figures.low, figures.likely, figures.high))
    return Range(
        name=name,
        kind="forecast" if kind == "forecast" else "projected",
        likely=likely.amount_minor,
        likely_text=f"{money_text(likely)} likely",
        low=low.amount_minor,
        high=high.amount_minor,
    )


def daily(measured: Measured, full_on: date | None) -> ObservedExpected:
    """Each day before and since go-live, and from when it was live everywhere."""
    ratio = measured.figures.ratio
    points = [Point(label=_label(one), observed=observed) for one, observed in measured.earlier.items()]
    for pair in measured.figures.pairs:
        expected = pair.expected(ratio)
        drawn = None if expected is None else float(expected)
        points.append(Point(label=_label(pair.day), observed=pair.observed, expected=drawn))
    at = len(measured.earlier)
    full_at = at + (full_on - measured.since.start).days if full_on else at
    return _chart(measured, Told("daily", "a day", at, full_at, full_on), points)


def weekly(measured: Measured, full_on: date | None) -> ObservedExpected:
    """Whole weeks counted from go-live; one that misses a day that should be there breaks the line."""
    since, figures = measured.since.start, measured.figures
    weeks = len(measured.earlier) // DAYS_A_WEEK
    points = []
    for number_of_week in range(-weeks, 0):
        start = since + timedelta(weeks=number_of_week)
        days = [measured.earlier[start + timedelta(days=one)] for one in range(DAYS_A_WEEK)]
        known = [one for one in days if one is not None]
        points.append(Point(label=_label(start), observed=sum(known) if known else None))
    for first in range(0, len(figures.pairs) - DAYS_A_WEEK + 1, DAYS_A_WEEK):
        week = figures.pairs[first : first + DAYS_A_WEEK]
        used = [pair for pair in week if pair.is_used]
        is_whole = bool(used) and all(pair.is_used or (pair.observed is None and pair.before is None) for pair in week)
        before = sum(pair.before or 0 for pair in used)
        points.append(
            Point(
                label=_label(week[0].day),
                observed=sum(pair.observed or 0 for pair in used) if is_whole else None,
                expected=float(before * figures.ratio) if is_whole and figures.ratio is not None else None,
            )
        )
    full_at = weeks + (full_on - since).days // DAYS_A_WEEK if full_on else weeks
    return _chart(measured, Told("weekly", "a week", weeks, full_at, full_on), points)


class Told(NamedTuple):
    """What a series is of: its key, `each` in words, and the points at which it went live and was live everywhere."""

    key: str
    each: str
    live_at: int
    full_at: int
    full_on: date | None


def _chart(measured: Measured, told_of: Told, points: list[Point]) -> ObservedExpected:
    whole = measured.figures.whole
    avoided = round(whole.avoided) if whole else 0
    observed, expected = _last(points, "observed"), _last(points, "expected")
    told = (
        f"{number(whole.observed)} observed, {number(float(whole.expected))} expected since go-live." if whole else ""
    )
    return ObservedExpected(
        key=told_of.key,
        title=f"Contacts {told_of.each}, observed and expected",
        description=f"Go-live on {day(measured.since.start)}. {told}".strip(),
        points=tuple(points),
        number_text=number,
        observed=Words(f"{observed} observed", "observed"),
        expected=Words(f"{expected} expected", "expected") if whole else Words(""),
        go_live=Mark(told_of.live_at, Words(f"go-live {day(measured.since.start)}", "go-live")),
        full_from=Mark(told_of.full_at, Words(f"full from {_label(told_of.full_on)}")) if told_of.full_on else None,
        gap=f"{number(avoided)} did not come" if avoided > 0 else "",
    )


def _last(points: list[Point], name: str) -> str:
    figures = [figure for point in points if (figure := getattr(point, name)) is not None]
    return number(figures[-1]) if figures else "0"


def _label(one: date) -> str:
    return f"{one.day} {one:%b}"
