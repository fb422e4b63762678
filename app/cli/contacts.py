"""flask contacts: contacts from files, and back out of the database."""

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app import clock
from app.cli import contacts_expire, contacts_export, saying
from app.contacts.rules import AUTO, DATE_ORDERS, Choices, Counts
from app.values.errors import Missing, Refused
from app.values.figures import counted, number

COUNTED = ("read", "new", "updated", "unchanged", "rejected", "ignored", "untagged")
SHOWN_AFTER_SECONDS = 1.0


@click.group("contacts", help="Take contacts in from files, take them back, write them out.")
def commands() -> None:
    """Group of the commands about contacts."""


commands.add_command(contacts_export.command)
commands.add_command(contacts_expire.command)


@commands.command("import", help="Take in the contacts of FILE; the same file again brings nothing new.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", required=True, metavar="NAME", help="The system that the file comes from.")
@click.option("--format", "format_name", default=AUTO, show_default=True, help="Its format; auto goes by the headers.")
@click.option("--mapping", metavar="NAME or FILE", help="Which column is what: a kept mapping, or a JSON file.")
@click.option("--timezone", metavar="TZ", help="The time zone of times that do not say it, like Europe/Berlin.")
@click.option("--date-order", type=click.Choice(DATE_ORDERS), help="How dates of numbers alone are read.")
@click.option("--no-new-reasons", is_flag=True, help="Unknown reasons wait as unmapped, they are not created.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and save nothing.")
@click.option("--strict", is_flag=True, help="End with status 1 where a row was rejected.")
@saying.json_option
@saying.plainly
def import_(  # noqa: PLR0913
    *,
    file: Path,
    source: str,
    format_name: str,
    mapping: str | None,
    timezone: str | None,
    date_order: str | None,
    no_new_reasons: bool,
    dry_run: bool,
    strict: bool,
    as_json: bool,
) -> None:
    """Take in a file, or say what that would do."""
    content = None if mapping is None else _mapping(mapping)
    choices = Choices(source, format_name, content, timezone, date_order, creates_reasons=not no_new_reasons)
    start = time.monotonic()
    facts = _dry_run(file, choices) if dry_run else _import(file, choices)
    remarks = facts["remarks"] if as_json else " ".join(facts["remarks"])
    seconds = round(time.monotonic() - start, 3)
    saying.answer({**facts, "remarks": remarks, "seconds": seconds}, as_json=as_json)
    if strict and facts["rejected"]:
        saying.fail(f"Rejected: {counted(facts['rejected'], 'row')}. The rest was kept.")


@commands.command("undo", help="Take import BATCH back: its new contacts go, what it updated is as it was before.")
@click.argument("batch", type=int)
@saying.json_option
@saying.plainly
def undo(*, batch: int, as_json: bool) -> None:
    """Take an import back."""
    from app.contacts import undoing
    from app.counting.everything import count_everything

    with progress_bar("Undoing", "contact") as progress:
        extent = undoing.undo(saying.database(), batch, by=saying.COMMAND_LINE, at=clock.now(), progress=progress)
    count_everything(saying.database())
    saying.answer({"batch": batch, "removed": extent.removed, "restored": extent.restored}, as_json=as_json)


def _dry_run(file: Path, choices: Choices) -> dict[str, Any]:
    from app.contacts import importing

    with progress_bar("Reading") as progress:
        found = importing.preview_file(
            saying.database(), saying.settings(), file, choices, at=clock.now(), progress=progress
        )
    return {
        "batch": None,
        "source": choices.source,
        "format": found.format,
        **counts_of(found.counts),
        "rejects_file": None,
        "first_day": found.first_day,
        "last_day": found.last_day,
        "remarks": list(found.remarks),
    }


def _import(file: Path, choices: Choices) -> dict[str, Any]:
    from app.contacts import importing
    from app.counting.everything import count_everything

    try:
        with progress_bar("Importing") as progress:
            batch_id = importing.import_file(
                saying.database(),
                saying.settings(),
                file,
                choices,
                by=saying.COMMAND_LINE,
                at=clock.now(),
                progress=progress,
            )
    finally:
        count_everything(saying.database())
    return facts_of(batch_id)


def facts_of(batch_id: int) -> dict[str, Any]:
    """What became of an import; its rejected rows are written beside the database."""
    from app.contacts import queries

    with saying.database().reading() as session:
        batch = queries.batch(session, batch_id)
        rejects_file = _rejects_file(session, batch_id) if batch.counts.rejected else None
    return {
        "batch": batch.id,
        "source": batch.source,
        "format": batch.format,
        **counts_of(batch.counts),
        "rejects_file": None if rejects_file is None else str(rejects_file),
        "first_day": batch.first_day,
        "last_day": batch.last_day,
        "remarks": list(batch.remarks),
    }


def counts_of(counts: Counts) -> dict[str, int]:
    """The counts, the rows that were read first."""
    return {name: getattr(counts, name) for name in COUNTED}


def _rejects_file(session: Session, batch_id: int) -> Path:
    """The rejected rows as a file beside the database, to be corrected and imported again."""
    from app.contacts.rejects import rejects_csv

    folder = saying.settings().instance / "rejects"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"import-{batch_id}.csv"
    with path.open("w", encoding="utf-8", newline="") as written:
        written.writelines(rejects_csv(session, batch_id))
    return path


def _mapping(name_or_file: str) -> Mapping[str, Any]:
    """A mapping from a JSON file, or one that is kept under this name."""
    from app.contacts import queries

    path = Path(name_or_file)
    if not path.is_file():
        with saying.database().reading() as session:
            try:
                return queries.saved_mapping(session, name_or_file)
            except Missing as error:
                raise Refused(f"{error.sentence} Nothing was taken in.") from error
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Refused(f"{path.name} is no mapping in JSON: {error}. Nothing was taken in.") from error
    if not isinstance(content, Mapping):
        raise Refused(f'{path.name} is no mapping: it must begin with {{"columns": ...}}. Nothing was taken in.')
    return content


@contextmanager
def progress_bar(label: str, noun: str = "row") -> Iterator[Any]:
    """What is told how far it is: a bar on a terminal, once it lasts over a second; nothing elsewhere."""
    stream = sys.stderr
    if not stream.isatty():
        yield None
        return
    start = time.monotonic()
    bar: Any = None  # click gives its bar no public type

    def told(done: int, in_all: int, rows: int) -> None:
        nonlocal bar
        seconds = time.monotonic() - start
        if bar is None:
            if seconds < SHOWN_AFTER_SECONDS:
                return
            bar = click.progressbar(length=in_all, label=label, file=stream, item_show_func=str)
        bar.update(done - bar.pos, f"{counted(rows, noun)}, {number(rows / seconds)} a second")

    yield told
    if bar is not None:
        bar.render_finish()
