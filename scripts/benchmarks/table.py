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


def median_seconds(work: Callable[[], object], times: int = 15, warm_ups: int = 3) -> float:
    """The median of several runs of something that was warmed up."""
    for _ in range(warm_ups):
        work()
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)
