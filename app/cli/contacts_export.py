"""flask contacts export: the rows of a list of contacts as CSV or as a workbook."""

import contextlib
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from app import clock
from app.cli import saying
from app.contacts import export, listing
from app.contacts.listing import Filter
from app.contacts.rules import CHANNELS
from app.reasons import queries as reasons
from app.reasons.rules import Tree, split_path
from app.values import csv_text
from app.values.errors import Refused
from app.values.periods import Period

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command(
    "export", help="Write contacts as CSV or XLSX, newest first, the same rows as the page of contacts shows."
)
@click.option("--from", "start", type=DAY, metavar="D", help="The first day, like 2026-09-14.")
@click.option("--to", "end", type=DAY, metavar="D", help="The day after the last one.")
@click.option("--reason", metavar="PATH", help="This reason and all below it, like “Delivery > Late”.")
@click.option("--channel", type=click.Choice(CHANNELS), help="Only this channel.")
@click.option("--query", metavar="TEXT", help="Only contacts with these words in note, queue, number or attributes.")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE", help="The file: .csv or .xlsx.")
@saying.json_option
@saying.plainly
def command(  # noqa: PLR0913
    *,
    start: datetime | None,
    end: datetime | None,
    reason: str | None,
    channel: str | None,
    query: str | None,
    out: Path,
    as_json: bool,
) -> None:
    """Write the contacts that were asked for."""
    if out.suffix.lower() in {".xls", ".ods"}:
        raise Refused(f"{out.name} is of a kind that is not written. Name a file that ends in .csv or .xlsx.")
    with saying.database().reading() as session:
        export.stand_still(session)
        tree = reasons.tree(session)
        chosen = Filter(
            start=_day(start),
            end=_day(end),
            channel=channel,
            reason_ids=None if reason is None else _reason(tree, reason),
            words=(query or "").strip(),
        )
        if chosen.start is not None and chosen.end is not None:
            Period(chosen.start, chosen.end)
        found = _watched(session, chosen, export.Reading(tree, saying.settings().timezone))
        with _written(out) as part:
            rows = (_write_workbook if out.suffix.lower() == ".xlsx" else _write_csv)(part, found)
    saying.answer({"rows": rows, "file": str(out)}, as_json=as_json)


def _day(given: datetime | None) -> date | None:
    return None if given is None else given.date()


def _reason(tree: Tree, text: str) -> frozenset[int]:
    """Everything that reads as the reason with this path."""
    wanted = [name.casefold() for name in split_path(text)]
    for node in tree.walk():
        if [name.casefold() for name in tree.path(node.id)] == wanted:
            return tree.below(node.id)
    raise Refused(f"There is no reason “{text}”. Write its whole path, like “Delivery > Late”. Nothing was written.")


@contextlib.contextmanager
def _written(path: Path) -> Iterator[Path]:
    """Where a file is written that takes its name when it is complete; one of that name stays whole until then."""
    part = path.with_name(path.name + ".part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}. Nothing of it was kept.") from error
    finally:
        part.unlink(missing_ok=True)


def _watched(session: Session, chosen: Filter, reading: export.Reading) -> Iterator[list[export.Cell]]:
    """The rows, while a bar says how far they are."""
    expected = listing.counted(session, chosen, most=listing.ALL)
    with click.progressbar(length=expected, label="Contacts", file=sys.stderr) as bar:
        for number, row in enumerate(export.rows(session, chosen, reading), start=1):
            yield row
            if number % export.CHUNK == 0:
                bar.update(export.CHUNK)


def _write_csv(part: Path, found: Iterator[list[export.Cell]]) -> int:
    rows = 0
    with part.open("w", encoding="utf-8", newline="") as file:
        file.write(export.header())
        for row in found:
            file.write(csv_text.line(row))
            rows += 1
    return rows


def _asked_for() -> str:
    """The filter in words."""
    given = click.get_current_context().params
    told = [f"{name} {given[name]:%Y-%m-%d}" for name in ("start", "end") if given[name] is not None]
    told += [f"{name} {given[name]}" for name in ("reason", "channel", "query") if given[name]]
    return ", ".join(told) or "all contacts"


def _write_workbook(part: Path, found: Iterator[list[export.Cell]]) -> int:
    from app.reporting import contacts_workbook

    settings, now = saying.settings(), clock.now()
    about = {
        "Written": now.astimezone(settings.timezone).strftime("%Y-%m-%d %H:%M"),
        "Time zone": settings.timezone.key,
        "Asked for": _asked_for(),
    }
    return contacts_workbook.write(part, export.HEADERS, found, about, now).rows
