"""The table of speeds: ours beside a reference of the same run."""

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One goal: two figures in the same unit, and how many times the reference ours may be at most."""

    name: str
    ours: float
    reference_name: str
    reference: float
    unit: str
    at_most: float

    @property
    def ratio(self) -> float:
        """Ours over the reference."""
        return self.ours / self.reference

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached."""
        return self.ratio <= self.at_most


def printed(rows: Iterable[Row]) -> str:
    """The rows as a table for a terminal."""
    lines = [("what", "ours", "reference", "", "ratio", "goal", "")]
    for row in rows:
        ours, reference = (f"{figure:,.3g} {row.unit}" for figure in (row.ours, row.reference))
        met = "met" if row.is_met else "MISSED"
        lines.append((row.name, ours, reference, row.reference_name, f"{row.ratio:.2f}", f"{row.at_most:g}", met))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )


def medians_seconds(*works: Callable[[], object], times: int = 15, warm_ups: int = 3) -> list[float]:
    """The median of several runs of each, warmed up and by turns: what else the machine does meets all of them."""
    for work in works * warm_ups:
        work()
    spent: list[list[float]] = [[] for _ in works]
    for _ in range(times):
        for work, seconds in zip(works, spent, strict=True):
            start = time.perf_counter()
            work()
            seconds.append(time.perf_counter() - start)
    return [statistics.median(seconds) for seconds in spent]
