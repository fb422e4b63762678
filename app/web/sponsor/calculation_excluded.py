"""The days of a calculation that count on neither side, because another change on its reasons was approved in time.

Clause E3 of docs/methods.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from app.charts import Stretch, Words
from app.ledger.calculations import Calculation
from app.measurement.plan_queries import Change
from app.values.periods import Period


@dataclass(frozen=True)
class Excluded:
    """One approved change with the days of the baseline and of the report that it takes out."""

    change: Change
    baseline_days: frozenset[date]
    reported_days: frozenset[date]

    @property
    def days(self) -> Period:
        """Its days, also those that nothing was measured on."""
        return Period(self.change.start, self.change.end)

    @property
    def href(self) -> str:
        """Its row in the register."""
        return row_of(self.change)


def row_of(change: Change) -> str:
    """Where a change stands in the register; one that waits for a decision stands above it."""
    place = "open" if change.state == "proposed" else "change"
    return url_for("team.changes", _anchor=f"{place}-{change.id}")


def excluded(found: Calculation, changes: Sequence[Change]) -> tuple[Excluded, ...]:
    """What was approved when the look was made, as far as it lies in the baseline or the report, the earliest first."""
    kept = found.look.figures["baseline"]
    baseline = Period(date.fromisoformat(kept["start"]), date.fromisoformat(kept["end"])) if kept["start"] else None
    known = (one for one in changes if one.decided_at is not None and one.decided_at <= found.look.measured_at)
    weighed = (
        Excluded(one, _shared(one, baseline), _shared(one, found.reporting)) for one in known if one.state == "approved"
    )
    return tuple(one for one in weighed if one.baseline_days or one.reported_days)


def counts(those: Sequence[Excluded]) -> tuple[int, int]:
    """How many days of the report and of the baseline are left out, each once."""
    reported = frozenset[date]().union(*(one.reported_days for one in those))
    return len(reported), len(frozenset[date]().union(*(one.baseline_days for one in those)))


def of_periods(those: Sequence[Excluded], periods: Sequence[Period]) -> Mapping[date, tuple[Excluded, ...]]:
    """What takes days out of each period, by its first day."""
    return {one.start: tuple(each for each in those if _meet(each.days, one)) for one in periods}


def drawn(those: Sequence[Excluded], periods: Sequence[Period]) -> tuple[Stretch, ...]:
    """Where they lie among the periods of a chart; what lies outside is not drawn."""
    found = []
    for one in those:
        places = [place for place, period in enumerate(periods) if _meet(one.days, period)]
        if places:
            found.append(Stretch(places[0], places[-1], Words(f"left out: {one.change.name}")))
    return tuple(found)


def _meet(one: Period, other: Period) -> bool:
    return one.start < other.end and other.start < one.end


def _shared(change: Change, period: Period | None) -> frozenset[date]:
    return frozenset() if period is None else frozenset(one for one in period if change.start <= one < change.end)
