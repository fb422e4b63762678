"""A file measured by itself: its columns read into a series, with no database (`flask measurement try`)."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from app.contacts.times import NotATime, written
from app.measurement.series import DAY, GRAINS, MONTH, WEEK, Series, end_of, summed
from app.values.errors import Refused
from app.values.figures import from_text

LONGEST_FILE_BYTES = 50_000_000
MOST_PERIODS = 20_000
MOST_CONTACTS = 10**12  # in one period; more is a phone number in the wrong column
LAST_YEAR = 9000  # far enough from the calendar's end to add to
LIKE_THIS = "Write it like 2026-09-14."


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what; several controls are added up, others are untouched reasons."""

    date: str
    value: str
    driver: str | None = None
    controls: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    is_per_day: bool = False


def read_series(path: Path, columns: Columns) -> Series:
    """The series of a file at the file's own grain; an absent row or a blank is missing, 0 is 0.

    Raises Refused with the line and the column of what cannot be read.
    """
    rows = _rows(path, columns)
    days = sorted(rows)
    grain = _grain(days)
    starts = _every(grain, days[0], days[-1])
    if off := sorted(set(days) - set(starts)):
        raise Refused(f"{off[0]} does not fit into a file by {grain} that begins on {days[0]}. Correct the date.")

    def column(name: str) -> list[float | None]:
        return [rows[start].get(name) if start in rows else None for start in starts]

    values = column(columns.value)
    if columns.is_per_day:
        lengths = [(end_of(grain, start) - start).days for start in starts]
        values = [None if one is None else one * length for one, length in zip(values, lengths, strict=True)]
    return Series(
        grain,
        tuple(starts),
        {columns.value: values},
        driver=None if columns.driver is None else _above_zero(column(columns.driver), starts, columns.driver),
        control=_added([column(name) for name in columns.controls]),
        others={name: column(name) for name in columns.others},
    )


def regrouped(series: Series, grain: str | None, go_live_on: date) -> Series:
    """The series at the grain that is asked for, its own where none is."""
    if grain is not None and grain not in GRAINS:
        raise Refused(f"“{grain}” is none of day, week and month.")
    return series if grain is None else summed(series, grain, go_live_on)


def _rows(path: Path, columns: Columns) -> dict[date, Mapping[str, float | None]]:
    wanted = [columns.value, *columns.controls, *columns.others, *([columns.driver] if columns.driver else [])]
    found: dict[date, Mapping[str, float | None]] = {}
    try:
        if path.stat().st_size > LONGEST_FILE_BYTES:
            raise Refused(
                f"{path.name} is larger than {LONGEST_FILE_BYTES // 1_000_000} MB. Give daily sums, not contacts."
            )
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, dialect=_dialect(file.readline(), path))
            file.seek(0)
            _check_header(reader.fieldnames or (), (columns.date, *wanted), path)
            for row in reader:
                day = _day(row[columns.date], reader.line_num)
                if day in found:
                    raise Refused(f"Line {reader.line_num}: {day} stands in the file twice. Keep one of the rows.")
                found[day] = {name: _figure(row[name], name, reader.line_num) for name in wanted}
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refused(f"{path.name} is no text with columns in UTF-8. Save it as CSV UTF-8.") from error
    if not found:
        raise Refused(f"{path.name} has no row under its header.")
    return found


def _dialect(header: str, path: Path) -> type[csv.Dialect]:
    if "\0" in header:
        raise Refused(f"{path.name} is no text file. Save it as CSV UTF-8.")
    separator = max(",;\t|", key=header.count)

    class Plain(csv.excel):
        delimiter = separator

    return Plain


def _check_header(header: Iterable[str], wanted: Sequence[str], path: Path) -> None:
    names = list(header)
    for name in wanted:
        if names.count(name) != 1:
            what = "has no column" if name not in names else "has two columns"
            raise Refused(f"{path.name} {what} “{name}”. It has: {', '.join(names)}.")


def _day(text: str | None, line: int) -> date:
    cleaned = (text or "").strip()
    try:
        day = written(cleaned, None).wall.date()
    except NotATime as error:
        raise Refused(f"Line {line}: “{cleaned[:60]}” is no day, or can be read in two ways. {LIKE_THIS}") from error
    if day.year > LAST_YEAR:
        raise Refused(f"Line {line}: nobody knows what comes on {day}. {LIKE_THIS}")
    return day


def _figure(text: str | None, name: str, line: int) -> float | None:
    cleaned = (text or "").strip()
    if not cleaned:
        return None
    found = from_text(cleaned)
    if found is None or not 0 <= found <= MOST_CONTACTS:
        shown = cleaned[:60]
        raise Refused(f"Line {line}, column “{name}”: “{shown}” is no count. Write 0 or more, or leave it blank.")
    return float(found)


def _grain(days: Sequence[date]) -> str:
    gaps = {(after - before).days for before, after in pairwise(days)}
    if not gaps:
        raise Refused("The file has one row. A measurement needs a year of them.")
    shortest = min(gaps)
    if shortest >= 28 and all(day.day == 1 for day in days):  # noqa: PLR2004  (February)
        return MONTH
    if all(gap % 7 == 0 for gap in gaps):
        return WEEK
    if shortest == 1:
        return DAY
    raise Refused(
        "The rows are neither days, nor weeks that begin on one weekday, nor months that begin on their first."
    )


def _every(grain: str, first: date, last: date) -> list[date]:
    found = [first]
    while (start := end_of(grain, found[-1])) <= last:
        found.append(start)
        if len(found) > MOST_PERIODS:
            raise Refused(f"The file reaches from {first} to {last}; {MOST_PERIODS:,} periods are the most.")
    return found


def _above_zero(figures: list[float | None], starts: Sequence[date], name: str) -> list[float | None]:
    for figure, start in zip(figures, starts, strict=True):
        if figure == 0:
            raise Refused(f"The driver “{name}” is 0 on {start}. A driver is above 0; leave the day blank if unknown.")
    return figures


def _added(controls: Sequence[list[float | None]]) -> list[float | None] | None:
    if not controls:
        return None
    return [
        None if any(value is None for value in values) else sum(value for value in values if value is not None)
        for values in zip(*controls, strict=True)
    ]
