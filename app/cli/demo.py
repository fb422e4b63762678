"""flask demo: the fictional company."""

import sys
import time
from datetime import datetime
from typing import Any

import click

from app import clock
from app.cli import saying
from app.values.figures import NO_BREAK, day, number

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("demo", help="Try the tracker with a company that does not exist.")
def commands() -> None:
    """Group of the demo commands."""


@commands.command("load", help="Make 18 months of Harbour & Vale, a homeware mail-order house that does not exist.")
@click.option("--as-of", type=DAY, metavar="D", help="The day after its last contact, like 2026-09-16; else today.")
@saying.json_option
@saying.plainly
def load(*, as_of: datetime | None, as_json: bool) -> None:
    """Load the demo into an empty database; where it is here already its sign-ins are printed once more."""
    from app.demo import company, loading, standing

    database, settings = saying.database(), saying.settings()
    began = time.monotonic()
    with click.progressbar(
        length=100, label=f"Making {company.NAME}", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:

        def progress(done: int, in_all: int) -> None:
            bar.update(100 * done // in_all - bar.pos)

        is_new = loading.load(database, settings, as_of.date() if as_of else clock.today(settings.timezone), progress)
    with database.reading() as session:
        made, people = standing.made(session), standing.sign_ins(session)
    facts: dict[str, Any] = {
        "loaded": is_new,
        **{name: getattr(made, name) for name in made.__slots__},
        "seconds": round(time.monotonic() - began, 1),
        "sign_ins": [{"email": one.email, "role": ", ".join(one.roles), "name": one.name} for one in people],
        "password": company.PASSWORD,
    }
    if as_json:
        saying.answer(facts, as_json=True)
        return
    happened = "is ready" if is_new else "was here already; nothing was changed"
    click.echo(f"{company.NAME} {happened}: {number(made.contacts)} contacts from {day(made.first_day)} to")
    click.echo(
        f"{day(made.last_day)}, {made.reasons} reasons, {made.initiatives} initiatives, {made.meetings} meetings."
    )
    click.echo(f"\nEverybody signs in with the password{NO_BREAK}{company.PASSWORD}:")
    for one in people:
        click.echo(f"  {one.email:<40} {', '.join(one.roles):<11} {one.name}")
