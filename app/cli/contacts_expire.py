"""flask contacts expire: contacts past their time are dropped, their daily totals stay."""

import click

from app import clock
from app.cli import saying


@click.command("expire", help="Drop contacts older than they are kept (Settings, Privacy); their daily totals stay.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and drop nothing.")
@saying.json_option
@saying.plainly
def command(*, dry_run: bool, as_json: bool) -> None:
    """Drop what is past its time, or say what that would be."""
    from app.contacts.privacy import dropping

    database, settings, now = saying.database(), saying.settings(), clock.now()
    if dry_run:
        with database.reading() as session:
            found = dropping.extent(session, settings, at=now)
    else:
        found = dropping.drop(database, settings, by=saying.COMMAND_LINE, at=now)
    facts = {
        "before": found.before,
        "contacts": found.contacts,
        "changes": found.changes,
        "rejected_rows": found.rejected_rows,
        "files": found.files,
        "dry_run": dry_run,
    }
    saying.answer(facts, as_json=as_json)
