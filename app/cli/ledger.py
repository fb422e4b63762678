"""flask ledger: what was booked, month by month."""

from datetime import datetime

import click

from app.cli import saying
from app.ledger import entry_queries, export
from app.ledger.entries import Recorded
from app.ledger.entry_queries import Sum, Wanted
from app.values import csv_text
from app.values.errors import Refused
from app.values.figures import number
from app.values.money import money_in_brackets

A_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("ledger", help="Read the ledger.")
def commands() -> None:
    """Group of the ledger's commands."""


@commands.command("show", help="Print the entries, the newest first, and what they come to.")
@click.option("--initiative", type=int, metavar="ID", help="Only this one.")
@click.option("--from", "start", type=A_DAY, metavar="D", help="Months that begin on this day or later.")
@click.option("--to", "end", type=A_DAY, metavar="D", help="Months that begin before this day.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the entries as CSV.")
@saying.json_option
@saying.plainly
def show(*, initiative: int | None, start: datetime | None, end: datetime | None, as_csv: bool, as_json: bool) -> None:
    """Print the entries."""
    if as_csv and as_json:
        raise click.UsageError("Choose --json or --csv, not both.")
    if start and end and end <= start:
        raise Refused("The range ends before it begins: --to is a day after --from.")
    wanted = Wanted(initiative_id=initiative, start=start.date() if start else None, end=end.date() if end else None)
    with saying.database().reading() as session:
        if as_json:
            entries = [export.full_facts(entry) for entry in entry_queries.every(session, wanted)]
            sums = [_sum(one) for one in entry_queries.sums(session, wanted)]
            saying.answer({"entries": entries, "sums": sums}, as_json=True)
        elif as_csv:
            click.echo(csv_text.line(export.COLUMNS), nl=False)
            for entry in entry_queries.every(session, wanted):
                click.echo(csv_text.line(export.facts(entry).values()), nl=False)
        else:
            for entry in entry_queries.every(session, wanted):
                click.echo(_line(entry))
            for one in entry_queries.sums(session, wanted):
                amount = money_in_brackets(one.amount, cents=True)
                click.echo(f"{one.kind}, {one.column}: {amount} in {number(one.entries)} entries")


def _sum(one: Sum) -> dict[str, object]:
    return {
        "kind": one.kind,
        "column": one.column,
        "entries": one.entries,
        "contacts": one.contacts,
        "amount_minor": one.amount.amount_minor,
        "currency": one.amount.currency,
    }


def _line(entry: Recorded) -> str:
    of = entry.facts
    taken_back = f"  takes back {entry.reverses}" if entry.reverses else ""
    amount = money_in_brackets(of.amount, cents=True)
    return (
        f"{entry.number:>6}  INI-{of.initiative_id:02d}  {of.month:%Y-%m}  {of.kind:<9}  {of.column:<8}  "
        f"{amount:>16}  {number(of.contacts):>9} contacts{taken_back}"
    )
