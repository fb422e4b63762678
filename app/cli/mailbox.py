"""flask mailbox: contacts from mail, out of files or a mailbox on a server."""

import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from app import clock
from app.cli import contacts, saying
from app.contacts.rules import Choices, Counts
from app.contacts.scheduled import rules
from app.contacts.scheduled.rules import Mailbox, Wanted
from app.values.errors import Refused
from app.values.figures import counted

PASSWORD = "TRACKER_MAILBOX_PASSWORD"  # noqa: S105  (the name of a variable)


@click.group("mailbox", help="Take contacts in from mail: files, or mailboxes on a server.")
def commands() -> None:
    """Group of the commands about mail."""


@commands.command("import", help="Take in the mails of PLACE: an mbox, an .eml, or a folder of .eml files.")
@click.argument("place", type=click.Path(path_type=Path))
@click.option("--source", required=True, metavar="NAME", help="The system that the mails come from.")
@click.option("--timezone", metavar="TZ", help="The time zone of dates that do not say it, like Europe/Berlin.")
@click.option("--strict", is_flag=True, help="End with status 1 where a mail was kept aside.")
@saying.json_option
@saying.plainly
def import_(*, place: Path, source: str, timezone: str | None, strict: bool, as_json: bool) -> None:
    """Take in mails from files."""
    from app.contacts.mail import delivering
    from app.counting.everything import count_everything

    begun, database, settings = time.monotonic(), saying.database(), saying.settings()
    choices, by, at = Choices(source, timezone=timezone), saying.COMMAND_LINE, clock.now()
    try:
        with contacts.progress_bar("Importing", "mail") as progress:
            batch_id = delivering.import_mail(database, settings, place, choices, by=by, at=at, progress=progress)
    finally:
        count_everything(database)
    _answer(contacts.facts_of(batch_id), begun, strict=strict, as_json=as_json)


@commands.command("poll", help="Take in what waits in every mailbox that is set up, or in that of one source.")
@click.option("--source", metavar="NAME", help="Only the mailbox of this source.")
@click.option("--strict", is_flag=True, help="End with status 1 where a mail was kept aside.")
@saying.json_option
@saying.plainly
def poll(*, source: str | None, strict: bool, as_json: bool) -> None:
    """Poll mailboxes now, whenever they are due; ends with status 1 where one of them failed."""
    from app.contacts.scheduled import queries, running
    from app.counting.everything import count_everything

    begun, database, settings = time.monotonic(), saying.database(), saying.settings()
    with database.reading() as session:
        boxes = [one for one in queries.all_scheduled(session, rules.MAILBOX) if source in {None, one.wanted.source}]
    if not boxes:
        raise Refused("No such mailbox is set up. Add one at /imports/sources, or with flask mailbox add.")
    found, troubles = [], []
    try:
        for one in boxes:
            with contacts.progress_bar(one.wanted.source, "mail") as progress:
                outcome = running.run(
                    database, settings, one.id, by=saying.COMMAND_LINE, now=clock.now, progress=progress
                )
            found += [contacts.facts_of(batch_id) for batch_id in outcome.batches] or [_nothing(one.wanted.source)]
            troubles += [f"{one.wanted.source}: {sentence}" for sentence in outcome.troubles]
    finally:
        count_everything(database)
    _answer(_together(found), begun, strict=strict, as_json=as_json)
    if troubles:
        saying.fail(" ".join(troubles))


@commands.command("add", help="Have the mailbox of SOURCE polled; its password is read from the environment or asked.")
@click.argument("source")
@click.option("--host", required=True, help="The mail server, like imap.example.com.")
@click.option("--user", required=True, help="Who signs in.")
@click.option("--port", type=int, help="Its port; 993, or 143 without TLS from the start.")
@click.option("--security", type=click.Choice(rules.SECURITY), default=rules.TLS, show_default=True)
@click.option("--folder", default="INBOX", show_default=True, help="The folder that mails are read from.")
@click.option("--search", default="", help="Which mails, in the words of IMAP; else the unread ones.")
@click.option("--move-to", default="", metavar="FOLDER", help="Move mails there; else they are marked as read.")
@click.option("--hour", type=click.IntRange(0, 23), help="The hour of the day; else every hour.")
@saying.json_option
@saying.plainly
def add(  # noqa: PLR0913
    *,
    source: str,
    host: str,
    user: str,
    port: int | None,
    security: str,
    folder: str,
    search: str,
    move_to: str,
    hour: int | None,
    as_json: bool,
) -> None:
    """Set up a mailbox."""
    from app.contacts.mail import passwords
    from app.contacts.scheduled import actions

    database, settings, at = saying.database(), saying.settings(), clock.now()
    afterwards = rules.MOVE if move_to else rules.SEEN
    port = port or rules.USUAL_PORTS[security]
    wanted = Wanted(source, hour, mailbox=Mailbox(host, user, port, security, folder, search, afterwards, move_to))
    password = os.environ.get(PASSWORD) or click.prompt("Password", hide_input=True, err=True)
    by, zone = saying.COMMAND_LINE, settings.timezone
    scheduled_id = database.write(lambda session: actions.add(session, wanted, zone, by=by, at=at))
    passwords.keep(settings, scheduled_id, password)
    saying.answer({"id": scheduled_id, "source": source}, as_json=as_json)


def _answer(facts: dict[str, Any], begun: float, *, strict: bool, as_json: bool) -> None:
    remarks = facts["remarks"] if as_json else " ".join(facts["remarks"])
    shown = {**facts, "remarks": remarks, "seconds": round(time.monotonic() - begun, 3)}
    saying.answer(shown, as_json=as_json)
    if strict and facts["rejected"]:
        saying.fail(f"Kept aside: {counted(facts['rejected'], 'mail')}. The rest was kept.")


def _nothing(source: str) -> dict[str, Any]:
    """The facts of a poll that found no mail."""
    named = {"batch": None, "source": source, "format": "mail"}
    return {**named, **contacts.counts_of(Counts()), "rejects_file": None, "first_day": None, "last_day": None,
            "remarks": []}  # fmt: skip


def _together(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The facts of one mailbox, or the sums of several with each below them."""
    if len(found) == 1:
        return found[0]
    sums = asdict(sum((Counts(**{name: one[name] for name in asdict(Counts())}) for one in found), Counts()))
    days = [[one[name] for one in found if one[name]] for name in ("first_day", "last_day")]
    return {
        **_nothing(""),
        **sums,
        "source": None,
        "read": sum(one["read"] for one in found),
        "first_day": min(days[0], default=None),
        "last_day": max(days[1], default=None),
        "remarks": [remark for one in found for remark in one["remarks"]],
        "mailboxes": found,
    }
