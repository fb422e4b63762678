"""Times as files write them, made into UTC and the installation's day."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.values.errors import Refused
from app.values.figures import counted

EARLIEST_YEAR = 1970
PIVOT_YEAR = 70
NOON = 12
MINUTES_AN_HOUR = 60
MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MOST_CACHED = 20_000
LAST_SECOND = timedelta(minutes=59, seconds=59)
Instant = tuple[str, str]

_DATE_NAMED = re.compile(r"(\d{1,4})[-/. ]\s*([a-z]{3,9})\.?[-/., ]\s*(\d{1,4})", re.IGNORECASE | re.ASCII)
_DATE_AMERICAN = re.compile(r"([a-z]{3,9})\.? (\d{1,2}),? (\d{4})", re.IGNORECASE | re.ASCII)
_WEEKDAY = re.compile(r"[^\W\d_]{2,9}\.?,\s+")
_DATE_NUMERIC = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})", re.ASCII)
_CLOCK = re.compile(
    r"(?:[T ]|, ?)\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*(am|pm)?\s*(z|utc|gmt|[+-]\d{2}(?::?\d{2})?)?",
    re.IGNORECASE | re.ASCII,
)
_TAIL = re.compile(
    r"(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?((?:\s*(?:am|pm|z|utc|gmt|[+-]\d{2}(?::?\d{2})?))*)", re.IGNORECASE
)
_YEAR_DIGITS = 4


class NotATime(Refused):
    """The text is no time of a contact; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Written:
    """A time as it was written: the wall clock, its distance from UTC where it says so, whether it names an hour."""

    wall: datetime
    offset: timedelta | None
    has_clock: bool


def written(text: str, order: str | None) -> Written:
    """The parts of a time in any form that we know; `order` reads dates of numbers alone (dmy, mdy or ymd)."""
    if weekday := _WEEKDAY.match(text):
        text = text[weekday.end() :]
    year, month, day, end = _date(text, order)
    rest = text[end:]
    if not rest:
        return Written(_wall(text, (year, month, day), (0, 0, 0)), None, has_clock=False)
    found = _CLOCK.fullmatch(rest)
    if not found:
        raise NotATime(f"“{text}” is no date with a time. Write it like 2026-09-14 09:30.")
    hour = int(found[1])
    if found[4]:
        if not 1 <= hour <= NOON:
            raise NotATime(f"“{text}” says {hour} o'clock {found[4].lower()}, which no clock shows.")
        hour = hour % NOON + (NOON if found[4].lower() == "pm" else 0)
    wall = _wall(text, (year, month, day), (hour, int(found[2]), int(found[3] or 0)))
    return Written(wall, _offset(text, found[5]), has_clock=True)


def _date(text: str, order: str | None) -> tuple[int, int, int, int]:
    """Year, month, day, and where they end."""
    if found := _DATE_NUMERIC.match(text):
        first, second, third = found[1], found[3], found[4]
        if len(first) == _YEAR_DIGITS:
            return int(first), int(second), int(third), found.end()
        if order is None:
            raise NotATime(f"“{text}” can be read day first or month first. Choose the order of dates.")
        named = dict(zip(order, (first, second, third), strict=True))
        return _year(text, named["y"]), int(named["m"]), int(named["d"]), found.end()
    if found := _DATE_NAMED.match(text):
        first, month, third = found[1], _month(text, found[2]), found[3]
        if len(first) == _YEAR_DIGITS:
            return int(first), month, int(third), found.end()
        return _year(text, third), month, int(first), found.end()
    if found := _DATE_AMERICAN.match(text):
        return int(found[3]), _month(text, found[1]), int(found[2]), found.end()
    raise NotATime(f"“{text[:60]}” is no date. Write it like 2026-09-14 09:30." if text else "The time is missing.")


def _year(text: str, digits: str) -> int:
    if len(digits) == _YEAR_DIGITS:
        return int(digits)
    if len(digits) != 2:  # noqa: PLR2004
        raise NotATime(f"“{text}” has no year of two or four digits.")
    return int(digits) + (1900 if int(digits) >= PIVOT_YEAR else 2000)


def _month(text: str, name: str) -> int:
    if name[:3].lower() not in MONTH_NAMES:
        raise NotATime(f"“{text}” names no month that we know. Write it like 2026-09-14 09:30.")
    return MONTH_NAMES.index(name[:3].lower()) + 1


def _wall(text: str, day: tuple[int, int, int], clock: tuple[int, int, int]) -> datetime:
    try:
        return datetime(*day, *clock)  # noqa: DTZ001  (its zone is decided by the caller)
    except ValueError as error:
        raise NotATime(f"“{text}” is no day of the calendar, or no time on a clock.") from error


def _offset(text: str, zone: str | None) -> timedelta | None:
    if zone is None:
        return None
    if zone[0] not in "+-":
        return timedelta(0)
    digits = zone[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 14 or minutes > 59:  # noqa: PLR2004  (no place is further from UTC)
        raise NotATime(f"“{text}” stands {zone} from UTC, and no place does.")
    size = timedelta(hours=hours, minutes=minutes)
    return -size if zone[0] == "-" else size


class TimeReader:
    """Reads the times of one file: (UTC as "2026-09-14 09:30:00", day at the installation as "2026-09-14").

    A time without an offset is on the clock of `source_zone`; a date without a time is midnight at the installation,
    so that it stays that day. A time that clocks skipped moves on by the skipped hour, of a time that comes twice the
    first is taken; `moved` and `doubled` count them.

    Hours are remembered: most rows then cost two look-ups.
    """

    def __init__(self, source_zone: ZoneInfo, home: ZoneInfo, order: str | None, latest: datetime) -> None:
        self.source_zone, self.home, self.order, self.latest = source_zone, home, order, latest
        self.said: Counter[str] = Counter()
        self._tails: dict[str, tuple[str, str]] = {}
        self._hours: dict[tuple[str, str], tuple[str, str]] = {}
        self._uneven: dict[tuple[str, str], tuple[int, Instant, Instant]] = {}

    def read(self, text: str) -> Instant:
        """Raises NotATime with a sentence."""
        head, _, tail = text.partition(":")
        clock = self._tails.get(tail)
        if clock is not None:
            hour = self._hours.get((head, clock[1]))
            if hour is not None:
                return hour[0] + clock[0], hour[1]
        return self._read_anew(text, head, tail)

    def of_moment(self, moment: datetime) -> Instant:
        """A moment that is known already, within the years of contacts."""
        utc = moment.astimezone(UTC)
        if utc > self.latest:
            raise NotATime(f"{moment:%Y-%m-%d %H:%M} lies in the future.")
        if utc.year < EARLIEST_YEAR:
            raise NotATime(f"{utc.year} is no year of a contact. Years begin with {EARLIEST_YEAR}.")
        return utc.strftime("%Y-%m-%d %H:%M:%S"), moment.astimezone(self.home).date().isoformat()

    @property
    def remarks(self) -> list[str]:
        """Sentences about what was resolved."""
        name = self.source_zone.key
        sentences = {
            "moved": f"in an hour that clocks in {name} skip: read as an hour later.",
            "doubled": f"in the hour that comes twice in {name} when clocks go back: read as the first of the two.",
        }
        return [f"{counted(self.said[kind], 'time')} {what}" for kind, what in sentences.items() if self.said[kind]]

    def _read_anew(self, text: str, head: str, tail: str) -> Instant:
        clock = self._tails.get(tail)
        if clock is not None and (head, clock[1]) in self._uneven:
            shift, before, after = self._uneven[head, clock[1]]
            minute = int(clock[0][1:3]) + shift
            hour, day = before if minute < MINUTES_AN_HOUR else after
            return f"{hour}:{minute % MINUTES_AN_HOUR:02d}{clock[0][3:]}", day
        moment, remark = self._moment(text)
        instant = self.of_moment(moment)
        if remark:
            self.said[remark] += 1
        elif found := _TAIL.fullmatch(tail):
            self._remember(head, tail, found[1], found[2] or "00", found[3])
        return instant

    def _moment(self, text: str) -> tuple[datetime, str]:
        """The moment, and what had to be resolved."""
        parts = written(text, self.order)
        try:
            if parts.offset is not None:
                return (parts.wall - parts.offset).replace(tzinfo=UTC), ""
            zone = self.source_zone if parts.has_clock else self.home
            moment = parts.wall.replace(tzinfo=zone).astimezone(UTC)
            if not parts.has_clock:
                return moment, ""
            if moment.astimezone(zone).replace(tzinfo=None) != parts.wall:
                return moment, "moved"
            is_double = parts.wall.replace(tzinfo=zone, fold=1).astimezone(UTC) != moment
            return moment, "doubled" if is_double else ""
        except OverflowError as error:
            raise NotATime(f"“{text}” lies outside the calendar.") from error

    def _remember(self, head: str, tail: str, minute: str, second: str, suffix: str) -> None:
        """Keep what all times of this hour have in common, where no clock is changed in it."""
        if len(self._tails) >= MOST_CACHED:
            self._tails.clear()
        self._tails[tail] = (f":{minute}:{second}", suffix)
        if (head, suffix) in self._hours:
            return
        try:
            first, remark = self._moment(f"{head}:00:00{suffix}")
            last, other = self._moment(f"{head}:59:59{suffix}")
            start, end = self.of_moment(first), self.of_moment(last)
        except NotATime:
            return
        if remark or other or last - first != LAST_SECOND:
            return
        if len(self._hours) + len(self._uneven) >= MOST_CACHED:
            self._hours.clear()
            self._uneven.clear()
        if first.minute:
            # In zones like India's an hour on the clock lies in two hours of UTC.
            if self.of_moment(last.replace(minute=0, second=0))[1] == end[1]:
                before, after = (start[0][:13], start[1]), (end[0][:13], end[1])
                if self.of_moment(last.replace(minute=0, second=0) - timedelta(seconds=1))[1] == start[1]:
                    self._uneven[head, suffix] = (first.minute, before, after)
        elif start[1] == end[1]:
            self._hours[head, suffix] = (start[0][:13], start[1])


def is_numeric(text: str) -> bool:
    """Whether the text begins with a date of numbers alone that does not begin with its year."""
    found = _DATE_NUMERIC.match(text)
    return found is not None and len(found[1]) != _YEAR_DIGITS


def order_of(numbered_texts: Iterable[tuple[int, str]], *, usual: str = "") -> str | None:
    """Whether dates of numbers are day first or month first, decided over all of them; None where none needs it.

    `usual` is how the system is known to write. Raises Refused with the question where nothing decides it, or where
    dates contradict each other.
    """
    proof: dict[str, tuple[int, str]] = {}
    example = ""
    seen: set[str] = set()
    for line, text in numbered_texts:
        date_text = text[:10]
        if date_text in seen:
            continue
        if len(seen) >= MOST_CACHED:
            seen.clear()
        seen.add(date_text)
        found = _DATE_NUMERIC.match(text)
        if found is None or len(found[1]) == _YEAR_DIGITS:
            continue
        first, second = int(found[1]), int(found[3])
        if first > NOON:
            proof.setdefault("dmy", (line, text))
        elif second > NOON:
            proof.setdefault("mdy", (line, text))
        elif first != second and not example:
            example = found[0]
        elif not example:
            proof.setdefault("same", (line, text))
    return _decided(proof, example, usual)


def _decided(proof: dict[str, tuple[int, str]], example: str, usual: str) -> str | None:
    if "dmy" in proof and "mdy" in proof:
        (day_line, day_text), (month_line, month_text) = proof["dmy"], proof["mdy"]
        raise Refused(
            f"Line {day_line:,} ({day_text}) can only be day first, line {month_line:,} ({month_text}) only "
            "month first. Which order do the dates have? Choose day-month-year or month-day-year. Nothing was taken in."
        )
    for order in ("dmy", "mdy"):
        if order in proof:
            return order
    if example and usual:
        return usual
    if example:
        raise Refused(
            f"Every date of this file, like {example}, can be read day first or month first. "
            "Which is it? Choose day-month-year or month-day-year. Nothing was taken in."
        )
    return "mdy" if "same" in proof else None


def latest_moment(now: datetime) -> datetime:
    """Contacts of up to a day ahead are taken, since clocks differ; later ones lie in the future."""
    return now + timedelta(days=1)


def day_of(text: str) -> date:
    """The day of an instant."""
    return date.fromisoformat(text)
