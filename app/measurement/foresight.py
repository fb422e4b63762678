"""What effect could be seen with a plan: its boundary measured with a made-up go-live in the past, ahead of any cost.

Clause B5 of docs/methods.md.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.initiatives import queries as initiatives
from app.initiatives.rules import GONE_LIVE
from app.measurement import boundary, plan_queries
from app.measurement.outcome import Outcome, measure
from app.measurement.plans import CREDITING_MONTHS, STEP, PlanTerms
from app.measurement.series import MONTH, PERIOD_DAYS
from app.measurement.verdict import INSUFFICIENT, SHORTEST, Finding
from app.reasons import queries as reasons
from app.values.errors import Refused
from app.values.figures import counted
from app.values.periods import ONE_DAY, Period, month_of

TRIED_DAYS = 90
REMARKS = ("spikes", "zeros")
OF_LENGTH = ("short", "unseen")
LACKING = ("missing", "few", "blind")


@dataclass(frozen=True)
class Foresight:
    """A made-up go-live on a plan's boundary; `untouched_reasons` tell what moved by itself.

    `days_by_go_live` are those of the baseline that the plan itself will have: the trial has 90 fewer.
    """

    outcome: Outcome
    untouched_reasons: int
    days_by_go_live: int

    @property
    def minimum_detectable(self) -> float:
        """The share of these contacts below which an effect of 90 days could not be told from noise."""
        return self.outcome.range.minimum_detectable

    @property
    def lacking(self) -> tuple[Finding, ...]:
        """Why the baseline does not carry a measurement; nothing where it does."""
        told = self.outcome.verdict
        if told.state != INSUFFICIENT:
            return ()
        found = tuple(one for one in told.findings if one.code in LACKING)
        return (*self._too_short(), *found)

    @property
    def is_rough(self) -> bool:
        """Whether the trial had too few days before it, though the plan will have enough."""
        return self.outcome.verdict.state == INSUFFICIENT and not self._too_short() and self._trial_is_short

    @property
    def _trial_is_short(self) -> bool:
        return any(one.code in OF_LENGTH for one in self.outcome.verdict.findings)

    def _too_short(self) -> tuple[Finding, ...]:
        least = SHORTEST[self.outcome.grain]
        periods = int(self.days_by_go_live / PERIOD_DAYS[self.outcome.grain])
        if periods >= least:
            return ()
        sentence = (
            f"By its go-live the baseline has {counted(periods, self.outcome.grain)}; {least} are the least. "
            "A shorter one mistakes the season for an effect."
        )
        return (Finding("short", sentence),)

    @property
    def remarks(self) -> tuple[Finding, ...]:
        """Days of the baseline that somebody should look at."""
        return tuple(one for one in self.outcome.verdict.findings if one.code in REMARKS)

    @property
    def baseline(self) -> Period:
        """The days that the expectation is made from."""
        return self.outcome.estimate.span

    @property
    def missing(self) -> int:
        """Periods of the baseline that are not known, closed days aside."""
        found = self.outcome.estimate
        return found.span_periods - found.closed_periods - len(found.baseline_starts)

    @property
    def contacts_a_period(self) -> float:
        """Contacts of the boundary in an average day, week or month of the baseline."""
        found = self.outcome.estimate
        came = sum(sum(fitted.baseline_observed) for fitted in found.carried_on.values())
        return came / len(found.baseline_starts)


def foresee(session: Session, terms: PlanTerms, today: date) -> Foresight:
    """Measure a boundary as if it had gone live 90 days before contacts end, or before its effect could begin (B5).

    Reads only. Raises Refused where there is nothing to measure.
    """
    known = boundary.counted_days(session, terms.grain)
    if known is None:
        raise Refused("No contacts are counted yet, so nobody can say what effect could be seen. Import some first.")
    baseline_end = min(terms.go_live_on, terms.announced_on or terms.go_live_on)
    until = min(known[1] + ONE_DAY, today, baseline_end)
    go_live_on = until - timedelta(days=TRIED_DAYS)
    trial = replace(
        terms,
        go_live_on=month_of(go_live_on).start if terms.grain == MONTH else go_live_on,
        full_on=None,
        announced_on=None,
        shape=STEP,
        phases=(),
        crediting_months=CREDITING_MONTHS,
        first_year_only=False,
    )
    untouched = terms.untouched_ids or untouched_now(session, trial, today)
    found = boundary.read(session, replace(trial, untouched_ids=untouched), until)
    days = min(baseline_end - known[0], boundary.read_back(terms.grain)).days
    return Foresight(measure(found.series, found.frame), len(untouched), days)


def untouched_now(session: Session, terms: PlanTerms, today: date) -> tuple[int, ...]:
    """The reasons that no initiative touches today, neither as target nor as sink, the largest first."""
    touched = set(terms.boundary.reason_ids | terms.boundary.sink_ids | terms.control_ids)
    for known in initiatives.initiatives(session):
        if known.stage in GONE_LIVE:
            touched |= known.plan.reason_ids
    for plan in plan_queries.frozen_plans(session).values():
        touched |= plan.terms.boundary.reason_ids | plan.terms.boundary.sink_ids
    days = boundary.days_of(session, terms, today)
    return boundary.untouched(session, reasons.tree(session), touched, days.stretch)
