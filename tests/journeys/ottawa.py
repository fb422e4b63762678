"""The Ottawa contacts, read a second time with the standard library alone, to hold the product against."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

FILES = ("2013-311-Data", *(f"{month}SR-2014" for month in ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug")))
ROWS = {
    "2013-311-Data": 190_898,
    "JanSR-2014": 16_780,
    "FebSR-2014": 13_462,
    "MarSR-2014": 12_804,
    "AprSR-2014": 15_301,
    "MaySR-2014": 16_383,
    "JunSR-2014": 17_984,
    "JulSR-2014": 17_694,
    "AugSR-2014": 16_780,
}
STYLES = ("%Y-%m-%dT%H:%M:%SZ", "%Y-%b-%d %H:%M:%S", "%m/%d/%Y %H:%M")
Row = tuple[datetime, tuple[str, ...], tuple[str, ...]]


def path_of(folder: Path, name: str) -> Path:
    """Where a file of the set lies."""
    return folder / "ottawa-311" / f"{name}.csv.gz"


def when(text: str) -> datetime:
    """A time in any of the three styles of the city's files."""
    for style in STYLES:
        try:
            return datetime.strptime(text, style)  # noqa: DTZ007  (the city's wall clock; the test takes it as UTC)
        except ValueError:
            continue
    raise ValueError(text)


def rows(path: Path) -> Iterator[Row]:
    """Each row as its time, its reason path and its other values."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            levels = tuple(name for key in ("call_type", "call_description") if (name := row[key].strip()))
            others = tuple(row[key].strip() for key in ("ward", "maintenance_yard", "priority_name"))
            yield when(row["creation_date"]), levels, others


def contacts(folder: Path) -> Counter[Row]:
    """Every contact once: true twins of one file stay two, a row that a later file repeats stays one."""
    found: Counter[Row] = Counter()
    for name in FILES:
        found |= Counter(rows(path_of(folder, name)))
    return found


def by_path(found: Counter[Row], start: date, end: date) -> dict[str, int]:
    """Contacts of each reason path in start <= day < end; a path is the same whatever its case."""
    counts: Counter[str] = Counter()
    for (moment, levels, _), count in found.items():
        if start <= moment.date() < end:
            counts[" > ".join(levels).casefold()] += count
    return dict(counts)


def daily(found: Counter[Row], levels: tuple[str, ...] | None = None) -> dict[date, int]:
    """Contacts by day: of one reason path, or of all."""
    counts: Counter[date] = Counter()
    for (moment, path, _), count in found.items():
        if levels in {None, path}:
            counts[moment.date()] += count
    return dict(counts)
