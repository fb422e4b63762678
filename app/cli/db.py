"""flask db: thin commands around Alembic."""

import click

from app import schema
from app.cli import saying
from app.ledger import checking as ledger_checking


@click.group("db", help="Bring the database's schema up or down.")
def commands() -> None:
    """Group of the schema commands."""


@commands.command("upgrade", help="Bring the schema up to what this program needs.")
@saying.json_option
@saying.plainly
def upgrade(*, as_json: bool) -> None:
    """Bring the schema up to head; refuses to go on where the settings name another currency than the amounts."""
    schema.upgrade(saying.database_as_it_is())
    with saying.database().reading() as session:
        ledger_checking.require_currency(session, saying.settings().currency)
    saying.answer({"revision": schema.current(saying.database_as_it_is())}, as_json=as_json)


@commands.command("downgrade", help="Bring the schema down to REVISION (base: empty).")
@click.argument("revision")
@saying.json_option
@saying.plainly
def downgrade(revision: str, *, as_json: bool) -> None:
    """Bring the schema down."""
    schema.downgrade(saying.database_as_it_is(), revision)
    saying.answer({"revision": schema.current(saying.database_as_it_is())}, as_json=as_json)


@commands.command("current", help="Say where the schema stands.")
@saying.json_option
@saying.plainly
def current(*, as_json: bool) -> None:
    """Say where the schema stands."""
    found, needed = schema.current(saying.database_as_it_is()), schema.pinned_head()
    saying.answer({"revision": found, "needed": needed, "up_to_date": found == needed}, as_json=as_json)
