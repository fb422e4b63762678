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


@dataclass(frozen=True)
class Excluded:
    """One approved change with the days of the baseline and of the report that it takes out."""

    change: Change
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
    """What was approved when the look was made, as far as it lies in the baseline or the report, the earliest first."""
    kept = found.look.figures["baseline"]
    baseline = Period(date.fromisoformat(kept["start"]), date.fromisoformat(kept["end"])) if kept["start"] else None
    known = (one for one in changes if one.decided_at is not None and one.decided_at <= found.look.measured_at)
    weighed = (
        Excluded(one, _shared(one, baseline), _shared(one, found.reporting)) for one in known if one.leaves_days_out
    )
    return tuple(one for one in weighed if one.baseline_days or one.reported_days)


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


def _shared(change: Change, period: Period | None) -> frozenset[date]:
    return frozenset() if period is None else frozenset(one for one in period if change.start <= one < change.end)
