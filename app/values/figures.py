"""Figures as people read them: grouped numbers, shares, durations, days."""

import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

NO_BREAK = "\u00a0"
MINUS = "\u2212"  # on a screen; files and form fields write the hyphen of a keyboard
SECONDS_A_MINUTE = 60
MINUTES_AN_HOUR = 60
_WRITTEN = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+|(?=\.\d))(?:\.\d*)?", re.ASCII)


def from_text(text: str) -> Decimal | None:
    """A number as a person writes it, like 12,480 or 0.85; None for anything else, also for 6,00 (is it 6 or 600?)."""
    cleaned = text.replace(NO_BREAK, "").replace(MINUS, "-").strip()
    return Decimal(cleaned.replace(",", "")) if _WRITTEN.fullmatch(cleaned) else None


def number(value: float, digits: int = 0) -> str:
    """Like 12,480, below zero with a true minus sign; what rounds to nothing has no sign."""
    return _signed(f"{value:,.{digits}f}")


def share(value: float, digits: int = 0) -> str:
    """A share from 0 to 1, like 52 %."""
    return f"{_signed(f'{value * 100:.{digits}f}')}{NO_BREAK}%"


def points(value: float) -> str:
    """A difference of shares, like +3.2 pts, below zero with a true minus sign."""
    return f"{_signed(f'{value * 100:+.1f}')}{NO_BREAK}pts"


def counted(how_many: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 contact, 12,480 contacts."""
    return f"{number(how_many)}{NO_BREAK}{one if how_many == 1 else many or one + 's'}"


def minutes_and_seconds(seconds: float) -> str:
    """A duration like 5:52, or 1:02:10 from an hour on."""
    whole = round(seconds)
    minutes, rest = divmod(whole, SECONDS_A_MINUTE)
    if minutes < MINUTES_AN_HOUR:
        return f"{minutes}:{rest:02d}"
    hours, minutes = divmod(minutes, MINUTES_AN_HOUR)
    return f"{hours}:{minutes:02d}:{rest:02d}"


def day(value: date) -> str:
    """Like 9 Nov 2026."""
    return f"{value.day} {value:%b %Y}"


def day_short(value: date) -> str:
    """Like Mon 9 Nov."""
    return f"{value:%a} {value.day} {value:%b}"


def local_day(value: datetime, timezone: ZoneInfo) -> date:
    """The calendar day of a moment at the installation."""
    return value.astimezone(timezone).date()


def moment(value: datetime, timezone: ZoneInfo) -> str:
    """Like Mon 9 Nov 2026, 08:31 at the installation."""
    local = value.astimezone(timezone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"


def period(start: date, end: date) -> str:
    """A half-open range with its last day: 28 Sep - 15 Nov 2026."""
    last = date.fromordinal(end.toordinal() - 1)
    if start == last:
        return day(start)
    if start.year == last.year:
        return f"{start.day} {start:%b} - {day(last)}"
    return f"{day(start)} - {day(last)}"


def size(byte_count: int) -> str:
    """Like 1.9 MB."""
    if byte_count >= 1_000_000:  # noqa: PLR2004
        return f"{byte_count / 1_000_000:.1f}{NO_BREAK}MB"
    return f"{max(byte_count / 1000, 0.1):.1f}{NO_BREAK}kB"


def _signed(written: str) -> str:
    return written.replace("-", MINUS) if written.strip("+-0,.") else written.lstrip("+-")
