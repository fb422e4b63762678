"""flask ranking: which reasons bring the contacts."""

from datetime import datetime

import click
from sqlalchemy.orm import Session

from app.cli import saying
from app.contacts import queries as contacts
from app.contacts.rules import CHANNELS
from app.counting.rules import said_of_cut
from app.ranking import export, queries
from app.ranking.rules import MEASURES, Question, Ranking
from app.reasons.rules import LEVELS
from app.values import csv_text
from app.values.errors import Refused
from app.values.figures import counted, number, share
from app.values.periods import Period

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("ranking", help="Rank the reasons by contacts, cost or minutes.")
def commands() -> None:
    """Group of the ranking commands."""


@commands.command("show", help="Rank the reasons of the days from --from up to, not including, --to.")
@click.option("--from", "start", type=DAY, required=True, metavar="D", help="The first day, like 2026-09-14.")
@click.option("--to", "end", type=DAY, required=True, metavar="D", help="The day after the last one.")
@click.option("--by", type=click.Choice(MEASURES), default="contacts", show_default=True, help="Shares are of it.")
@click.option("--level", type=click.IntRange(1, LEVELS), help="Reasons of this level, with all below.")
@click.option("--channel", type=click.Choice(CHANNELS), help="Only this channel.")
@click.option("--source", metavar="NAME", help="Only contacts from this source.")
@click.option("--tree-of", type=DAY, metavar="D", help="Read the reasons as they stood on this day.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the rows as CSV.")
@saying.json_option
@saying.plainly
def show(  # noqa: PLR0913
    *,
    start: datetime,
    end: datetime,
    by: str,
    level: int | None,
    channel: str | None,
    source: str | None,
    tree_of: datetime | None,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Print the ranking of a period."""
    if as_csv and as_json:
        raise click.UsageError("Choose --json or --csv, not both.")
    with saying.database().reading() as session:
        question = Question(
            period=Period(start.date(), end.date()),
            by=by,
            level=level,
            channel=channel,
            source_id=None if source is None else _source_id(session, source),
            tree_of=None if tree_of is None else tree_of.date(),
        )
        if sentence := said_of_cut(queries.left_out(session, question)):
            raise Refused(sentence)
        found = queries.ranking(session, question)
    if as_json:
        saying.answer(export.facts(found), as_json=True)
    elif as_csv:
        _print_csv(found)
    else:
        _print_lines(found)


def _source_id(session: Session, name: str) -> int:
    sources = contacts.sources(session)
    for source in sources:
        if source.name == name:
            return source.id
    known = f"Known are: {', '.join(source.name for source in sources)}." if sources else "Nothing was imported yet."
    message = f"There is no source “{name}”. {known}"
    raise Refused(message)


def _print_csv(ranking: Ranking) -> None:
    click.echo(csv_text.line(export.COLUMNS), nl=False)
    for row in ranking.rows:
        facts = export.reason(ranking, row)
        click.echo(csv_text.line(facts[name] for name in export.COLUMNS), nl=False)


def _print_lines(ranking: Ranking) -> None:
    known = "" if ranking.coverage is None else f", {share(ranking.coverage, 1)} of them with a reason"
    click.echo(f"{counted(ranking.contacts, 'contact')}{known}")
    for row in ranking.rows:
        facts = export.reason(ranking, row)
        shares = [" " * 7 if one is None else f"{one * 100:5.1f} %" for one in (row.share, row.cumulative_share)]
        click.echo(f"{number(row.contacts):>9}  {shares[0]}  {shares[1]}  {facts['path']}")
