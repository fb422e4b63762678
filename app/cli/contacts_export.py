"""flask contacts export: the rows of a list of contacts as CSV."""

import contextlib
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

import click
from sqlalchemy.orm import Session

from app.cli import saying
from app.contacts import export, listing
from app.contacts.listing import Filter
from app.contacts.rules import CHANNELS
from app.reasons import queries as reasons
from app.reasons.rules import Tree, split_path
from app.values.errors import Refused
from app.values.periods import Period

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("export", help="Write contacts as CSV, newest first, the same rows as the page of contacts shows.")
@click.option("--from", "start", type=DAY, metavar="D", help="The first day, like 2026-09-14.")
@click.option("--to", "end", type=DAY, metavar="D", help="The day after the last one.")
@click.option("--reason", metavar="PATH", help="This reason and all below it, like “Delivery > Late”.")
@click.option("--channel", type=click.Choice(CHANNELS), help="Only this channel.")
@click.option("--query", metavar="TEXT", help="Only contacts with these words in note, queue, number or attributes.")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE.csv", help="The file to write.")
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
    if out.suffix.lower() in {".xlsx", ".xls"}:
        raise Refused(f"{out.name} would be a workbook, which is not offered yet. Name a file that ends in .csv.")
    with saying.database().reading() as session:
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
        with _written(out) as file:
            rows = _write(file, session, chosen, export.Reading(tree, saying.settings().timezone))
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
def _written(path: Path) -> Iterator[TextIO]:
    """A file that takes its name when it is complete; a file of that name stays whole until then."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}. Nothing of it was kept.") from error
    finally:
        part.unlink(missing_ok=True)


def _write(file: TextIO, session: Session, chosen: Filter, reading: export.Reading) -> int:
    file.write(export.header())
    rows = 0
    expected = listing.counted(session, chosen)
    with click.progressbar(length=expected, label="Contacts", file=sys.stderr) as bar:
        for line in export.lines(session, chosen, reading):
            file.write(line)
            rows += 1
            if rows % export.CHUNK == 0:
                bar.update(export.CHUNK)
    return rows
