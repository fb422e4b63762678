"""flask backup and flask restore."""

from pathlib import Path

import click

from app import safekeeping
from app.cli import saying


@click.command("backup", help="Write database, uploads and keys to FILE, while people work.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@saying.json_option
@saying.plainly
def backup(file: Path, *, as_json: bool) -> None:
    """Write the archive."""
    counts = safekeeping.backup(saying.database(), saying.settings().instance, file)
    facts = {"file": str(file), "rows": sum(counts.values()), "sha256": safekeeping.digest(file)}
    saying.answer(facts, as_json=as_json)


@click.command("restore", help="Fill an empty installation from the backup FILE.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@saying.json_option
@saying.plainly
def restore(file: Path, *, as_json: bool) -> None:
    """Read the archive."""
    counts = safekeeping.restore(saying.database_as_it_is(), saying.settings().instance, file)
    saying.answer({"file": str(file), "rows": sum(counts.values())}, as_json=as_json)
