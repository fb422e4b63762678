"""flask totals: contacts that come as totals by the day, the week or the month."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app import clock
from app.cli import saying
from app.contacts.rules import DATE_ORDERS
from app.counting.rules import GRAINS
from app.values.figures import counted

COUNTED = ("read", "new", "updated", "unchanged", "rejected", "ignored", "untagged")


@click.group("totals", help="Take in contacts that come as totals: by the day, the week or the month.")
def commands() -> None:
    """Group of the commands about totals."""


@commands.command("import", help="Take in the totals of FILE; the same file again brings nothing new.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", required=True, metavar="NAME", help="The system that the file comes from.")
@click.option("--every", "grain", required=True, type=click.Choice(GRAINS), help="How long each of its periods is.")
@click.option("--date-order", type=click.Choice(DATE_ORDERS), help="How dates of numbers alone are read.")
@click.option("--no-new-reasons", is_flag=True, help="Unknown reasons wait as unmapped, they are not created.")
@click.option("--strict", is_flag=True, help="End with status 1 where a row was rejected.")
@saying.json_option
@saying.plainly
def import_(  # noqa: PLR0913
    *,
    file: Path,
    source: str,
    grain: str,
    date_order: str | None,
    no_new_reasons: bool,
    strict: bool,
    as_json: bool,
) -> None:
    """Take in a file of totals."""
    from app.contacts.files import File
    from app.counting import total_imports
    from app.counting.everything import count_everything
    from app.counting.period_rows import read_totals

    begun, database = time.monotonic(), saying.database()
    rows = read_totals(File(file, file.name), date_order)
    zone = saying.settings().timezone.key
    choices = total_imports.TotalChoices(source, grain, zone, creates_reasons=not no_new_reasons)
    take_in = partial(total_imports.take_in, file=rows, choices=choices, by=saying.COMMAND_LINE, at=clock.now())
    file_id = database.write(take_in)
    count_everything(database)
    answer(file_id, total_imports.KIND, begun, strict=strict, as_json=as_json)


@commands.command("undo", help="Take the totals file FILE_ID back; what it had replaced holds again.")
@click.argument("file_id", type=int)
@saying.json_option
@saying.plainly
def undo(*, file_id: int, as_json: bool) -> None:
    """Take a file of totals back."""
    from app.counting import total_imports
    from app.counting.everything import count_everything

    take_back(file_id, total_imports.remove, as_json=as_json)
    count_everything(saying.database())


def take_back(file_id: int, remove: Callable[..., int], *, as_json: bool) -> None:
    """Take a file back and say how many figures went."""
    gone = saying.database().write(lambda session: remove(session, file_id, by=saying.COMMAND_LINE, at=clock.now()))
    saying.answer({"batch": file_id, "removed": gone}, as_json=as_json)


def answer(file_id: int, kind: str, begun: float, *, strict: bool, as_json: bool) -> None:
    """Say what became of a file's rows; with `strict` end with status 1 where one was rejected."""
    from app.counting import period_files

    with saying.database().reading() as session:
        file = period_files.brought(session, file_id, kind)
        rejects_file = _rejects_file(session, kind, file_id) if file.counts.rejected else None
    facts: dict[str, Any] = {
        "batch": file.id,
        "source": file.source,
        "format": kind,
        **{name: getattr(file.counts, name) for name in COUNTED},
        "rejects_file": None if rejects_file is None else str(rejects_file),
        "first_day": file.first_day,
        "last_day": file.last_day,
        "remarks": list(file.remarks) if as_json else " ".join(file.remarks),
        "seconds": round(time.monotonic() - begun, 3),
    }
    saying.answer(facts, as_json=as_json)
    if strict and file.counts.rejected:
        saying.fail(f"Rejected: {counted(file.counts.rejected, 'row')}. The rest was kept.")


def _rejects_file(session: Session, kind: str, file_id: int) -> Path:
    """The rejected rows as a file beside the database, to be corrected and taken in again."""
    from app.counting.period_files import rejects_csv

    folder = saying.settings().instance / "rejects"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{kind}-{file_id}.csv"
    with path.open("w", encoding="utf-8", newline="") as written:
        written.writelines(rejects_csv(session, file_id))
    return path
