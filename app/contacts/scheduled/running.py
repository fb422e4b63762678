"""A run of a scheduled source: what waits in its folder or its mailbox is taken in, and what came of it is kept."""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from app.config import Settings
from app.contacts import importing
from app.contacts import queries as contacts
from app.contacts.mail import passwords
from app.contacts.progress import Progress
from app.contacts.rules import Choices
from app.contacts.running import Overtaken
from app.contacts.scheduled import alarm, drop_folders, queries
from app.contacts.scheduled.actions import Outcome, keep_run
from app.contacts.scheduled.drop_folders import DONE, FAILED, Found
from app.contacts.scheduled.queries import Scheduled
from app.contacts.scheduled.rules import FAILURES_BEFORE_MAIL
from app.db import Database
from app.people.rules import Actor
from app.values.errors import Refused

MAILS = (".eml", ".mbox")
UNEXPECTED = "Something went wrong on our side, and the log holds the details. What was taken in is kept."
log = logging.getLogger(__name__)


def run(
    database: Database,
    settings: Settings,
    scheduled_id: int,
    *,
    by: Actor,
    now: Callable[[], datetime],
    progress: Progress | None = None,
) -> Outcome:
    """Look into a source once, keep what came of it, and mail the leads where it failed for the third time in a row.

    Commits by itself, file by file and portion by portion. Afterwards the caller has the touched days recounted.
    """
    with database.reading() as session:
        one = queries.scheduled(session, scheduled_id)
    outcome = Outcome()
    take = _take_files if one.wanted.mailbox is None else _take_mails
    try:
        take(database, settings, one, outcome, by=by, now=now, progress=progress)
    except Refused as error:
        outcome.troubles.append(error.sentence)
    except (OSError, DBAPIError):
        log.exception("Source %s stopped", one.wanted.source)
        outcome.troubles.append(UNEXPECTED)
    _keep(database, settings, one, outcome, at=now())
    return outcome


def give_up(database: Database, settings: Settings, scheduled_id: int, *, at: datetime) -> None:
    """Keep that a run stopped for a reason that only the log holds, so that it is not tried every minute."""
    with database.reading() as session:
        one = queries.scheduled(session, scheduled_id)
    _keep(database, settings, one, Outcome(troubles=[UNEXPECTED]), at=at)


def _keep(database: Database, settings: Settings, one: Scheduled, outcome: Outcome, *, at: datetime) -> None:
    failures = database.write(lambda session: keep_run(session, one.id, outcome, settings.timezone, at=at))
    if failures == FAILURES_BEFORE_MAIL:
        alarm.tell_leads(database, settings, one.wanted.source, " ".join(outcome.troubles))


def _take_mails(  # noqa: PLR0913
    database: Database,
    settings: Settings,
    one: Scheduled,
    outcome: Outcome,
    *,
    by: Actor,
    now: Callable[[], datetime],
    progress: Progress | None,
) -> None:
    from app.contacts.mail.polling import poll

    wanted = one.wanted
    if wanted.mailbox is None:
        raise AssertionError  # the caller looked
    password = passwords.read(settings, one.id)
    batch_id = poll(database, settings, wanted.source, wanted.mailbox, password, by=by, now=now, progress=progress)
    if batch_id is not None:
        _count(database, outcome, batch_id)


def _take_files(  # noqa: PLR0913
    database: Database,
    settings: Settings,
    one: Scheduled,
    outcome: Outcome,
    *,
    by: Actor,
    now: Callable[[], datetime],
    progress: Progress | None,
) -> None:
    """Take in each file that is whole; one that cannot be read is put into failed and does not stop the others."""
    files, outcome.waiting = drop_folders.look(drop_folders.folder_of(settings, one.wanted.folder), now())
    outcome.was_empty = not files
    choices = Choices(one.wanted.source)
    if one.wanted.mapping:
        with database.reading() as session:
            choices = Choices(one.wanted.source, mapping=contacts.saved_mapping(session, one.wanted.mapping))
    for found in files:
        try:
            batch_id = _import(database, settings, found, choices, by=by, now=now, progress=progress)
        except Refused as error:
            outcome.troubles.append(error.sentence)
            if not _may_go_on(error):
                drop_folders.put_away(found, FAILED, now())
        else:
            _count(database, outcome, batch_id)
            if not drop_folders.put_away(found, DONE, now()):
                outcome.waiting += 1


def _import(  # noqa: PLR0913
    database: Database,
    settings: Settings,
    found: Found,
    choices: Choices,
    *,
    by: Actor,
    now: Callable[[], datetime],
    progress: Progress | None,
) -> int:
    if found.path.suffix.lower() in MAILS:
        from app.contacts.mail.delivering import import_mail

        return import_mail(database, settings, found.path, choices, by=by, at=now(), now=now, progress=progress)
    return importing.import_file(database, settings, found.path, choices, by=by, at=now(), now=now, progress=progress)


def _may_go_on(error: Refused) -> bool:
    """Whether the next run may do better: the disk was full, or another process takes the same file in."""
    return isinstance(error, Overtaken) or isinstance(error.__cause__, OSError | DBAPIError)


def _count(database: Database, outcome: Outcome, batch_id: int) -> None:
    with database.reading() as session:
        outcome.counts += contacts.batch(session, batch_id).counts
    outcome.batches.append(batch_id)
