"""flask customers: what concerns one customer."""

import click

from app import clock
from app.cli import saying


@click.group("customers", help="What concerns one customer.")
def commands() -> None:
    """Group of the commands about customers."""


@commands.command("erase", help="Make the contacts of CUSTOMER nobody's; they stay counted with their reasons.")
@click.argument("customer")
@click.option("--dry-run", is_flag=True, help="Say how many contacts it concerns, and change nothing.")
@saying.json_option
@saying.plainly
def erase(*, customer: str, dry_run: bool, as_json: bool) -> None:
    """Erase a customer, given by phone number or e-mail address as the files have it."""
    from app.contacts.privacy import erasing

    database, settings = saying.database(), saying.settings()
    if dry_run:
        with database.reading() as session:
            found = erasing.extent(session, settings, customer)
    else:
        found = erasing.erase(database, settings, customer, by=saying.COMMAND_LINE, at=clock.now())
    waiting = list(found.waiting) if as_json else ", ".join(map(str, found.waiting))
    facts = {
        "contacts": found.contacts,
        "rejected_rows": found.rejected_rows,
        "waiting_imports": waiting,
        "dry_run": dry_run,
    }
    saying.answer(facts, as_json=as_json)
