"""flask check: holds everything that is kept against what it was made from."""

from collections.abc import Iterator

import click
from sqlalchemy.orm import Session

from app import clock, schema
from app.cli import saying
from app.config import Settings
from app.contacts import checking as contacts_checking
from app.contacts.days import touch
from app.counting import checking as counting_checking
from app.counting.everything import count_everything
from app.db import Database
from app.ledger import checking as ledger_checking
from app.people import trail
from app.values.figures import counted


@click.command("check", help="Recount every day, verify trail, ledger, references and imports; name each difference.")
@click.option("--repair", is_flag=True, help="Recount the days whose totals differ.")
@saying.json_option
@saying.plainly
def check(*, repair: bool, as_json: bool) -> None:
    """Look through everything; exit 1 where something differs."""
    database = saying.database()
    repaired = _repair(database) if repair else 0
    with database.reading() as session:
        found = list(differences(session, saying.settings()))
    for sentence in found:
        click.echo(sentence, err=True)
    if as_json:
        facts = {"differences": found, "repaired_days": repaired, "checked_at": clock.now().isoformat()}
        saying.answer(facts, as_json=True)
    else:
        click.echo(counted(len(found), "difference") + "." if found else "Nothing differs.")
    if found:
        raise SystemExit(1)


def differences(session: Session, settings: Settings) -> Iterator[str]:
    """A sentence for each thing that is not as it should be."""
    yield from schema.damage(session)
    yield from schema.dangling(session)
    yield from trail.breaks(session)
    yield from contacts_checking.differences(session)
    yield from counting_checking.differences(session)
    yield from ledger_checking.damage(session, settings.attachments)
    yield from ledger_checking.differences(session, settings.currency)


def _repair(database: Database) -> int:
    with database.reading() as session:
        days = [difference.day for difference in counting_checking.differing_days(session)]
    if days:
        database.write(lambda session: touch(session, days))
    return len(days) and count_everything(database)
