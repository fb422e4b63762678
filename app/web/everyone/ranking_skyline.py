"""The skyline of a ranking: the last seven weeks of its largest reasons, held against routine variation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from app import charts
from app.meetings.rules import ROUTINE_WEEKS, direction, routine
from app.ranking.rules import Ranked
from app.values.periods import ONE_DAY, Period, first_whole_week, week_name, week_of

SHOWN_WEEKS = 7
SHOWN_REASONS = 6
FIRST_IN_NAME = 5  # of 2026-W40, the W40


@dataclass(frozen=True, slots=True)
class Small:
    """One reason's weeks: the drawing, the last count, and whether that lies above or below routine variation."""

    ranked: Ranked
    chart: Markup
    last: int
    state: str
    words: str


WORDS = {"up": ("care", "above routine"), "down": ("good", "below routine"), "": ("none", "within routine")}


def mondays(period: Period, first_day: date, last_day: date) -> list[date]:
    """The whole weeks up to the end of a period that hold data, as many as routine variation asks for."""
    end = week_of(min(period.end, last_day + ONE_DAY)).start
    start = max(first_whole_week(first_day).start, end - 7 * (ROUTINE_WEEKS + 1) * ONE_DAY)
    return [start + 7 * number * ONE_DAY for number in range((end - start).days // 7)]


def small_charts(rows: Sequence[Ranked], weekly: Mapping[int, list[int]], weeks: Sequence[date]) -> list[Small]:
    """The largest reasons, each with its weeks; none where there are not seven weeks to show."""
    if len(weeks) < SHOWN_WEEKS:
        return []
    named = [row for row in rows if not row.is_other][:SHOWN_REASONS]
    return [_small(number, row, weekly.get(row.reason_id, [0] * len(weeks)), weeks) for number, row in enumerate(named)]


def _small(number: int, row: Ranked, counts: list[int], weeks: Sequence[date]) -> Small:
    usual = routine(counts[:-1])
    moved = direction(counts[-1], usual)
    state, words = WORDS[moved] if usual is not None else ("none", "too few weeks to say")
    shown = counts[-SHOWN_WEEKS:]
    first, last = week_name(weeks[-SHOWN_WEEKS]), week_name(weeks[-1])
    chart = charts.skyline(
        charts.Skyline(
            key=f"skyline-{number}",
            title=f"{row.name}, {first} to {last}",
            description=f"Contacts a week: {', '.join(str(count) for count in shown)}. The last is {words}.",
            values=tuple(shown),
            first_label=first[FIRST_IN_NAME:],
            last_label=last[FIRST_IN_NAME:],
            low=None if usual is None else usual.low,
            high=None if usual is None else usual.high,
            is_outside=bool(moved),
        )
    )
    return Small(row, chart, counts[-1], state, words)
