"""On which days the centre takes contacts, what a daily total says, and the days, weeks and months of figures."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from app.values.errors import Refused
from app.values.figures import day as day_text
from app.values.figures import period as period_text
from app.values.periods import ONE_DAY, Period, month_of

UNTAGGED = 0
GRAINS = ("day", "week", "month")
GRAIN_WORDS = {"day": "daily", "week": "weekly", "month": "monthly"}
DAYS_A_WEEK = 7
HALF = 0.5
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Opening:
    """The weekdays (Monday is 0) and the single days on which the centre is closed."""

    closed_weekdays: frozenset[int]
    closed_days: Mapping[date, str]

    def is_open(self, day: date) -> bool:
        """Whether the centre takes contacts on that day."""
        return day.weekday() not in self.closed_weekdays and day not in self.closed_days


@dataclass(frozen=True, slots=True)
class Total:
    """Contacts of one reason and channel over the days from `since` on; reason 0 is untagged.

    `handled` and `abandoned` came in, `outbound` went out. `handle_seconds` belong to the `timed` handled ones.
    """

    since: date
    reason_id: int
    channel: str
    handled: int
    abandoned: int
    outbound: int
    timed: int
    handle_seconds: int

    @property
    def offered(self) -> int:
        """Contacts that customers tried to make: handled and abandoned."""
        return self.handled + self.abandoned

    def __add__(self, other: "Total") -> "Total":
        """Two totals of one reason and channel together."""
        return Total(
            min(self.since, other.since),
            self.reason_id,
            self.channel,
            self.handled + other.handled,
            self.abandoned + other.abandoned,
            self.outbound + other.outbound,
            self.timed + other.timed,
            self.handle_seconds + other.handle_seconds,
        )


@dataclass(frozen=True, slots=True)
class Longer:
    """Totals of a source for a week or a month."""

    source: str
    grain: str
    period: Period


def said_of_cut(cut: Collection[Longer]) -> str:
    """Why totals of which a period takes only a part cannot be counted in it; empty where there are none."""
    if not cut:
        return ""
    told = []
    for source, grain in dict.fromkeys((one.source, one.grain) for one in cut):
        own = [one.period for one in cut if (one.source, one.grain) == (source, grain)]
        days = " and ".join(period_text(one.start, one.end) for one in sorted({own[0], own[-1]}))
        told.append(f"{source} gave {GRAIN_WORDS[grain]} totals, and these days take only a part of {days}.")
    whole = " and ".join(dict.fromkeys(f"{one.grain}s" for one in cut))
    return f"{' '.join(told)} Choose days that are made of whole {whole}."


def period_from(grain: str, start: date) -> Period:
    """The day, the seven days or the calendar month that begins with a day; raises Refused for a month cut off."""
    if grain == "day":
        return Period(start, start + ONE_DAY)
    if grain == "week":
        return Period(start, start + timedelta(days=DAYS_A_WEEK))
    if start.day != 1:
        first = day_text(start.replace(day=1))
        raise Refused(f"{day_text(start)} is no first day of a month. Write {first}, or say that these are days.")
    return month_of(start)


def grain_of(starts: Collection[date]) -> str | None:
    """How often figures with these first days come: what more than half of them say; None where one alone is no proof.

    Months begin on the first, weeks on one and the same weekday, which of single days only few do.
    """
    known = set(starts)
    if len(known) <= 1:
        return None
    if sum(start.day == 1 for start in known) > HALF * len(known):
        return "month"
    return "week" if _most_on_a_weekday(known)[1] > HALF * len(known) else "day"


def usual_weekday(starts: Collection[date]) -> int:
    """The weekday (Monday is 0) on which most of these weeks begin."""
    return _most_on_a_weekday(set(starts))[0]


def _most_on_a_weekday(starts: Collection[date]) -> tuple[int, int]:
    counts = Counter(start.weekday() for start in starts)
    return min(counts.items(), key=lambda one: (-one[1], one[0]))


def whole_periods(grain: str, period: Period) -> list[Period]:
    """The days, weeks (from the first day on) or months that make up a period; raises Refused where they do not."""
    found = []
    start = period.start
    while start < period.end:
        found.append(period_from(grain, start))
        start = found[-1].end
    if start != period.end:
        words = period_text(period.start, period.end)
        raise Refused(f"{words} is not made of whole {grain}s: it would have to end on {day_text(start - ONE_DAY)}.")
    return found


def gaps(grain: str, starts: Collection[date], is_expected: Callable[[date], bool]) -> list[Period]:
    """The stretches between the first and the last figure that no figure covers; only expected days are missed."""
    found: list[Period] = []
    known = sorted(starts)
    for before, after in pairwise(known):
        start = period_from(grain, before).end
        missed = [day for day in Period(start, after) if is_expected(day)] if start < after else []
        if not missed:
            continue
        if grain != "day":
            found.append(Period(start, after))
            continue
        found.append(Period(missed[0], missed[-1] + ONE_DAY))
    return found


def wrong_start(grain: str, start: date, weekday: int, latest: date) -> str:
    """Why no figure of this grain can be for the period that begins on a day; empty where one can.

    Weeks begin on `weekday` (Monday is 0), and a week or a month is over by the end of the day `latest`.
    """
    if grain == "week" and start.weekday() != weekday:
        given, usual = WEEKDAY_NAMES[start.weekday()], WEEKDAY_NAMES[weekday]
        return f"{day_text(start)} is a {given}, and the weeks of these figures begin on a {usual}."
    try:
        period = period_from(grain, start)
    except Refused as error:
        return error.sentence
    if period.start > latest:
        return f"{day_text(start)} lies in the future."
    if grain != "day" and period.last_day > latest:
        return f"The {grain} from {day_text(start)} is not over yet, so its figure is not whole. Take it in afterwards."
    return ""
