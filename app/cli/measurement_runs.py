"""flask measurement run and placebo: what the installation has, measured and booked."""

from datetime import datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from app import clock
from app.cli import saying
from app.ledger import month_end
from app.ledger.month_end import Done
from app.measurement import placebo_runs, plan_queries
from app.values.figures import counted, share

A_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("run", help="Measure each live initiative at every month-end that is due, and book what was found.")
@click.option("--initiative", type=int, metavar="ID", help="Only this one.")
@click.option("--as-of", type=A_DAY, metavar="D", help="Month-ends before this day; today unless told.")
@saying.json_option
@saying.plainly
def run(*, initiative: int | None, as_of: datetime | None, as_json: bool) -> None:
    """Do the month-end run and print what was measured."""
    database, now = saying.database(), clock.now()
    today = now.astimezone(saying.settings().timezone).date()
    until = min(as_of.date(), today) if as_of else today
    done = month_end.run(database, until, by=saying.COMMAND_LINE, at=now, initiative_id=initiative)
    with database.reading() as session:
        found = [_facts(session, one) for one in done]
    if as_json:
        saying.answer({"measurements": found}, as_json=True)
        return
    for one in found:
        click.echo(f"INI-{one['initiative']:02d} {one['month']}: {one['verdict'] or one['sentence']}")
    click.echo(counted(sum(one.measurement_id is not None for one in done), "month-end") + " measured.")


@click.command("placebo", help="Measure go-lives that never were on untouched reasons: how often is it wrong here?")
@saying.json_option
@saying.plainly
def placebo(*, as_json: bool) -> None:
    """Work the placebo out, keep it, and print it."""
    database, now = saying.database(), clock.now()
    until = now.astimezone(saying.settings().timezone).date()
    with database.reading() as session:
        found = placebo_runs.work_out(session, until)
    database.write(lambda session: placebo_runs.keep(session, found, until, by=saying.COMMAND_LINE, at=now))
    facts = placebo_runs.summary(found)
    if as_json:
        saying.answer(facts, as_json=True)
    elif not found.tests:
        click.echo("No untouched reason has a year of two contacts a day yet, so nothing can be said.")
    else:
        click.echo(f"{counted(found.tests, 'fake go-live')} on {counted(found.reasons, 'reason')}.")
        click.echo(f"Cover {share(found.cover or 0)}, promised 90 %.")
        click.echo(f"False savings {share(found.false_saving or 0)}, promised 5 %.")
        click.echo(f"Typical half width {share(found.typical_half_width or 0)} of what was expected.")


def _facts(session: Session, done: Done) -> dict[str, Any]:
    rows = plan_queries.measurements(session, done.initiative_id)
    row = next((one for one in rows if one.id == done.measurement_id), None)
    facts = {"initiative": done.initiative_id, "month": done.month.isoformat(), "sentence": done.sentence or None}
    if row is None:
        return {**facts, "verdict": None}
    figures = dict(row.figures)
    points = figures.pop("series")
    return {
        **facts,
        **figures,
        "currency": row.currency,
        "booked_minor": row.booked_minor,
        "series": [
            {"start": start, "observed": observed, "expected": expected}
            for start, observed, expected in zip(points["starts"], points["observed"], points["expected"], strict=True)
        ],
    }
