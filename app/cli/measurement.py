"""flask measurement: the calculation alone on any file, and on what the installation has."""

import time
from collections.abc import Mapping
from datetime import date, datetime
from math import isnan
from pathlib import Path
from typing import Any

import click

from app.cli import measurement_runs, saying
from app.counting.public_holidays import holidays_of
from app.measurement import export, trying
from app.measurement.outcome import METHOD_VERSIONS, Outcome, measure
from app.measurement.series import DAY, GRAINS, Frame, NothingToFit, Series
from app.measurement.trying import Columns
from app.values.errors import Refused
from app.values.figures import number, share
from app.values.periods import Period


class Confidence(click.FloatRange):
    """A share in its range; click lets not-a-number through, which lies in none."""

    def convert(self, value: float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The share, or a wrong call."""
        found: float = super().convert(value, param, ctx)
        return self.fail(f"{value!r} is no number.", param, ctx) if isnan(found) else found


A_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("measurement", help="Measure what an initiative really saved.")
def commands() -> None:
    """Group of the measurement commands."""


commands.add_command(measurement_runs.run)
commands.add_command(measurement_runs.placebo)


@commands.command("try", help="Measure the sums in FILE, with no database. Every --...-column names a column of it.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--date-column", required=True, metavar="C", help="The first day of each row's period.")
@click.option("--value-column", required=True, metavar="C", help="Contacts in the period.")
@click.option("--go-live", type=A_DAY, required=True, metavar="D", help="The first day of the effect.")
@click.option("--start", type=A_DAY, metavar="D", help="Where the baseline begins; as early as allowed unless told.")
@click.option("--ramp-end", type=A_DAY, metavar="D", help="The first day of the full effect.")
@click.option("--announced", type=A_DAY, metavar="D", help="Where the baseline ends, if before go-live.")
@click.option(
    "--end", type=A_DAY, metavar="D", help="The day after the last one reported; after the last row unless told."
)
@click.option("--driver-column", metavar="C", help="Business volume, like orders.")
@click.option("--control-column", "controls", multiple=True, metavar="C", help="Contacts that move alike; added up.")
@click.option("--other-column", "others", multiple=True, metavar="C", help="An untouched reason, for the common move.")
@click.option("--every", type=click.Choice(GRAINS), help="Measure by day, week or month; as the file is unless told.")
@click.option(
    "--method", type=click.Choice(sorted(METHOD_VERSIONS)), help="2 for days unless told; weeks and months keep 1."
)
@click.option(
    "--exclude", multiple=True, metavar="D..D", help="Days to leave out on both sides, like 2025-03-01..2025-03-04."
)
@click.option("--holidays", metavar="CC[-REGION]", help="Public holidays, like CA-ON.")
@click.option("--confidence", type=Confidence(0.5, 0.999), default=0.9, show_default=True)
@click.option("--per-day", is_flag=True, help="The column holds a daily average.")
@saying.json_option
@saying.plainly
def try_file(  # noqa: PLR0913
    *,
    file: Path,
    date_column: str,
    value_column: str,
    go_live: datetime,
    start: datetime | None,
    ramp_end: datetime | None,
    announced: datetime | None,
    end: datetime | None,
    driver_column: str | None,
    controls: tuple[str, ...],
    others: tuple[str, ...],
    every: str | None,
    method: str | None,
    exclude: tuple[str, ...],
    holidays: str | None,
    confidence: float,
    per_day: bool,
    as_json: bool,
) -> None:
    """Print the measurement of a file."""
    began = time.perf_counter()
    columns = Columns(date_column, value_column, driver_column, controls, others, per_day)
    series = trying.regrouped(trying.read_series(file, columns), every, go_live.date())
    frame = Frame(
        go_live_on=go_live.date(),
        end=end.date() if end else series.end,
        start=_day(start),
        full_on=_day(ramp_end),
        announced_on=_day(announced),
        excluded=tuple(_period(text) for text in exclude),
        holidays=_holidays(holidays, series),
        method=method or ("2" if series.grain == DAY else "1"),
        confidence=confidence,
    )
    found, facts = _measured(series, frame)
    if as_json:
        saying.answer({**facts, "seconds": round(time.perf_counter() - began, 3)}, as_json=True)
    elif found:
        _print(found)
    else:
        _print_without_baseline(facts)


def _measured(series: Series, frame: Frame) -> tuple[Outcome | None, dict[str, Any]]:
    """The outcome with its facts; facts alone where there is no baseline."""
    try:
        found = measure(series, frame)
    except NothingToFit as reason:
        return None, export.facts_without_baseline(series, frame, reason)
    return found, export.facts(found)


def _print_without_baseline(facts: Mapping[str, Any]) -> None:
    click.echo(f"{facts['verdict'].capitalize()} (method {facts['method']}, version {facts['method_version']}).")
    click.echo(f"Came {number(facts['observed'])}.")
    for finding in facts["findings"]:
        click.echo(f"- {finding['sentence']}")


def _print(found: Outcome) -> None:
    whole = found.range
    click.echo(f"{found.verdict.state.capitalize()} (method {found.method}, version {found.method_version}).")
    click.echo(f"Came {number(whole.observed)}, expected {number(whole.expected)}.")
    avoided = f"Avoided {number(whole.avoided)} ({number(whole.low)} to {number(whole.high)})"
    click.echo(f"{avoided}, {share(whole.relative, 1)} of what was expected.")
    click.echo(f"An effect below {share(whole.minimum_detectable, 1)} could not have been seen.")
    compared = found.last_year
    if compared is not None and compared.relative is not None:
        click.echo(f"The same weeks last year: avoided {number(compared.avoided)}, {share(compared.relative, 1)}.")
    for finding in found.verdict.findings:
        click.echo(f"- {finding.sentence}")


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def _period(text: str) -> Period:
    first, _, last = text.partition("..")
    try:
        return Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError as error:
        raise Refused(
            f"“{text}” are no days to leave out. Write them like 2025-03-01..2025-03-04, the last not included."
        ) from error


def _holidays(place: str | None, series: Series) -> frozenset[date]:
    if place is None:
        return frozenset()
    country, _, region = place.upper().partition("-")
    years = range(series.starts[0].year, series.starts[-1].year + 1)
    return frozenset(day for year in years for day in holidays_of(country, region or None, year))
