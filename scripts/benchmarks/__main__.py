"""Runs the parts that are asked for, or all, and prints one table; ends with 1 where a goal is missed."""

import importlib
import sys

from scripts.benchmarks.table import Row, printed

PARTS = ("start", "pages", "importing", "programs", "measuring")


def main(wanted: list[str]) -> int:
    """Measure and print."""
    unknown = set(wanted) - set(PARTS)
    if unknown:
        sys.stderr.write(f"There is no part called {', '.join(sorted(unknown))}. There are: {', '.join(PARTS)}.\n")
        return 2
    rows: list[Row] = []
    for part in wanted or PARTS:
        sys.stderr.write(f"Measuring {part} ...\n")
        rows += importlib.import_module(f"scripts.benchmarks.{part}").rows()
    sys.stdout.write(printed(rows))
    return 0 if all(row.is_met for row in rows) else 1


sys.exit(main(sys.argv[1:]))
