"""The days of a calculation that count on neither side, because another change on its reasons was approved in time.

Clause E3 of docs/methods.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.charts import Stretch, Words
from app.ledger.calculations import Calculation
from app.measurement.plan_queries import Change
from app.values.figures import period as period_text
from app.values.periods import Period


@dataclass(frozen=True, slots=True)
class Left:
    """An approved change as it was when the look was made."""

    id: int
    name: str
    start: date
    end: date


@dataclass(frozen=True)
class Excluded:
    """One approved change with the days of the baseline and of the report that it takes out."""

    change: Left
    baseline_days: frozenset[date]
    reported_days: frozenset[date]

    @property
    def words(self) -> str:
        """Its name and all its days."""
        return f"{self.change.name}, {period_text(self.change.start, self.change.end)}"

    def touches(self, period: Period) -> bool:
        """Whether it takes a day out of a period."""
        return self.change.start < period.end and period.start < self.change.end


def excluded(found: Calculation, changes: Sequence[Change]) -> tuple[Excluded, ...]:
    """What was left out of a look, as far as it lies in the baseline or the report, the earliest first.

    It is kept with the look's figures; for one without, it is what had been approved of `changes` when it was made.
    """
    kept = found.look.figures["baseline"]
    baseline = Period(date.fromisoformat(kept["start"]), date.fromisoformat(kept["end"])) if kept["start"] else None
    those = (Excluded(one, _shared(one, baseline), _shared(one, found.reporting)) for one in _known(found, changes))
    return tuple(one for one in those if one.baseline_days or one.reported_days)


def _known(found: Calculation, changes: Sequence[Change]) -> list[Left]:
    kept = found.look.figures.get("excluded")
    if kept is not None:
        return [
            Left(one["id"], one["name"], date.fromisoformat(one["start"]), date.fromisoformat(one["end"]))
            for one in kept
        ]
    return [
        Left(one.id, one.name, one.start, one.end)
        for one in changes
        if one.leaves_days_out and one.decided_at is not None and one.decided_at <= found.look.measured_at
    ]


def counts(those: Sequence[Excluded]) -> tuple[int, int]:
    """How many days of the report and of the baseline are left out, each once."""
    reported = frozenset[date]().union(*(one.reported_days for one in those))
    return len(reported), len(frozenset[date]().union(*(one.baseline_days for one in those)))


def stretches(those: Sequence[Excluded], periods: Sequence[Period]) -> tuple[Stretch, ...]:
    """Where they lie among the periods of a chart; what lies outside is not drawn."""
    found = []
    for one in those:
        places = [place for place, period in enumerate(periods) if one.touches(period)]
        if places:
            found.append(Stretch(places[0], places[-1], Words(f"left out: {one.change.name}")))
    return tuple(found)


def _shared(change: Left, period: Period | None) -> frozenset[date]:
    return frozenset() if period is None else frozenset(one for one in period if change.start <= one < change.end)
