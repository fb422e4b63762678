"""How often the method is wrong here: go-lives that never were, measured on untouched reasons."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from app.measurement import placebo_runs
from app.measurement.placebo import REPORT_DAYS, STEP_DAYS, Fake, Reliability
from app.web import work
from app.web.access import SUPERVISORS, allow
from app.web.sponsor.blueprint import pages

PROMISED_COVER, PROMISED_FALSE = 0.90, 0.05


@dataclass(frozen=True, slots=True)
class Row:
    """One untouched reason with what its fake go-lives found."""

    reason: str
    found: Reliability


@pages.get("/placebo")
@allow(*SUPERVISORS)
def placebo() -> ResponseReturnValue:
    """The last placebo that was worked out, reason by reason."""
    last = placebo_runs.last(work.reading())
    return render_template(
        "sponsor/placebo.html",
        last=last,
        found=last.reliability if last else None,
        rows=by_reason(last.reliability.fakes) if last else [],
        promised_cover=PROMISED_COVER,
        promised_false=PROMISED_FALSE,
        step_days=STEP_DAYS,
        report_days=REPORT_DAYS,
    )


def by_reason(fakes: Sequence[Fake]) -> list[Row]:
    """Each reason by itself: those with most false savings first, then by name."""
    found: dict[str, list[Fake]] = {}
    for fake in fakes:
        found.setdefault(fake.reason, []).append(fake)
    rows = [Row(reason, Reliability(tuple(those))) for reason, those in found.items()]
    return sorted(rows, key=lambda row: (-(row.found.false_saving or 0), row.reason))
