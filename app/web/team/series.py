"""The days that an initiative's measured figures were made from."""

from collections.abc import Iterator

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from app import charts
from app.initiatives.queries import Known
from app.ledger import queries
from app.ledger.queries import Line
from app.measurement.queries import Measured
from app.values import csv_text
from app.values.errors import Missing
from app.values.periods import ONE_DAY
from app.web import work
from app.web.access import SUPERVISORS, allow
from app.web.team import initiative_charts
from app.web.team.blueprint import pages

CSV_COLUMNS = ("day", "compared_with", "contacts_then", "ratio", "expected", "observed", "fewer", "used")


@pages.get("/initiatives/<int:initiative_id>/series")
@allow(*SUPERVISORS)
def initiative_series(initiative_id: int) -> ResponseReturnValue:
    """Every day since go-live beside the day that it is compared with."""
    line, measured = _measured(initiative_id)
    return render_template(
        "team/initiative_series.html",
        line=line,
        known=line.known,
        measured=measured,
        figures=measured.figures,
        chart=charts.observed_expected(initiative_charts.daily(measured, line.known.plan.full_go_live_on)),
        one_reason=_one_reason(line.known),
        one_day=ONE_DAY,
    )


@pages.get("/initiatives/<int:initiative_id>/series.csv")
@allow(*SUPERVISORS)
def initiative_series_csv(initiative_id: int) -> ResponseReturnValue:
    """The same days as CSV."""
    line, measured = _measured(initiative_id)
    headers = {"Content-Disposition": f'attachment; filename="{line.known.code}-days.csv"'}
    return Response(_csv(measured), mimetype="text/csv", headers=headers)


def _one_reason(known: Known) -> int | None:
    """The reason whose contacts a day leads to; none where several stand in scope, or not all channels."""
    return next(iter(known.plan.reason_ids)) if len(known.plan.reason_ids) == 1 and not known.plan.channels else None


def _measured(initiative_id: int) -> tuple[Line, Measured]:
    line = queries.line(work.reading(), initiative_id, work.today())
    if line.measured is None:
        message = (
            f"{line.known.code} has no measured days: contacts do not reach beyond its go-live, or it is not live."
        )
        raise Missing(message)
    return line, line.measured


def _csv(measured: Measured) -> Iterator[str]:
    yield csv_text.line(CSV_COLUMNS)
    ratio = measured.figures.ratio
    for pair in measured.figures.pairs:
        expected = pair.expected(ratio)
        fewer = None if expected is None or pair.observed is None else expected - pair.observed
        yield csv_text.line(
            (
                pair.day,
                pair.compared_with,
                pair.before,
                None if ratio is None else f"{float(ratio):.6f}",
                None if expected is None else f"{float(expected):.4f}",
                pair.observed,
                None if fewer is None else f"{float(fewer):.4f}",
                "yes" if pair.is_used else "no",
            )
        )
