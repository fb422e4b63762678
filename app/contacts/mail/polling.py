"""A mailbox on a server, polled by IMAP: mails are first taken in and committed, and only then marked or moved.

Killed in between, the next poll finds them again, knows them, and marks them. Nothing is deleted.
"""

import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from imaplib import IMAP4
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Settings
from app.contacts import batches
from app.contacts.files import File
from app.contacts.mail import delivering
from app.contacts.mail.arriving import RawMail
from app.contacts.mail.message import HEAD_BYTES
from app.contacts.progress import Progress
from app.contacts.reading import clean
from app.contacts.rules import Choices
from app.contacts.scheduled.rules import MOVE, STARTTLS, TLS, Mailbox
from app.contacts.tables import ImportBatch
from app.db import Database
from app.people.rules import Actor
from app.values.errors import Refused

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

MAILS_AT_ONCE = 20
TIMEOUT_SECONDS = 60
LONGEST_ANSWER = 200
_UID = re.compile(rb"UID (\d+)")
_DATE = re.compile(rb'INTERNALDATE "([^"]+)"')


def poll(  # noqa: PLR0913
    database: Database,
    settings: Settings,
    source: str,
    mailbox: Mailbox,
    password: str,
    *,
    by: Actor,
    now: Callable[[], datetime],
    progress: Progress | None = None,
) -> int | None:
    """Take in what waits in a mailbox; returns the batch's id, or nothing where no mail waits.

    Raises Refused with a sentence where the server does not let us in or goes away. Commits by portions.
    """
    choices = batches.checked(Choices(source))
    with database.reading() as session:
        choices = batches.settled(session, settings, choices)
    with _connected(mailbox, password) as box:
        uids = sorted(box.uids(mailbox.criteria, charset=None), key=int)
        _close_left_behind(database, choices.source, by=by, at=now())
        if not uids:
            return None
        name = File(Path(), f"{mailbox.folder} of {mailbox.user}")

        def begin(session: Session) -> int:
            batch_id = delivering.begin(session, name, None, choices, None, by=by, at=now())
            batch = batches.held(session, batch_id)
            batch.byte_count, batch.decided = len(uids), {**batch.decided, delivering.POLLED: True}
            return batch_id

        batch_id = database.write(begin)
        with database.loading() as write:
            delivery = delivering.delivery_of(database, settings, write, batch_id, by=by, now=now)
            for start in range(0, len(uids), MAILS_AT_ONCE):
                some = uids[start : start + MAILS_AT_ONCE]
                mails = _fetched(box, mailbox.folder, some, delivery.done)
                delivery.take(mails, delivery.done + len(mails))
                put_aside(box, mailbox, some)
                if progress is not None:
                    progress(delivery.done, len(uids), delivery.done)
            delivery.finish()
    return batch_id


def put_aside(box: "BaseMailBox", mailbox: Mailbox, uids: list[str]) -> None:
    """Mark mails as read, or move them, as the source has it; what was taken in is committed by now."""
    if mailbox.afterwards == MOVE:
        _move(box, mailbox.move_to, uids)
    else:
        _check(box.client.uid("STORE", ",".join(uids), "+FLAGS.SILENT", r"(\Seen)"))


def _move(box: "BaseMailBox", folder: str, uids: list[str]) -> None:
    """Move these mails and no other; on a server that only copies, the old ones stay, marked as read and deleted."""
    from imap_tools.utils import encode_folder

    if not box.folder.exists(folder):
        box.folder.create(folder)
    can, listed = _capabilities(box), ",".join(uids)
    if "MOVE" in can:
        _check(box.client.uid("MOVE", listed, encode_folder(folder).decode("ascii")))
        return
    box.copy(uids, folder)
    _check(box.client.uid("STORE", listed, "+FLAGS.SILENT", r"(\Seen \Deleted)"))
    if "UIDPLUS" in can:
        _check(box.client.uid("EXPUNGE", listed))


def _capabilities(box: "BaseMailBox") -> set[str]:
    """What the server can do for whoever has signed in; before that it says less."""
    return set(_check(box.client.capability())[-1].decode().upper().split())


def _fetched(box: "BaseMailBox", folder: str, uids: list[str], done: int) -> list[RawMail]:
    """The first bytes of some mails, unmarked; one that went meanwhile is left out."""
    parts = f"(UID INTERNALDATE BODY.PEEK[]<0.{HEAD_BYTES}>)"
    answer = _check(box.client.uid("FETCH", ",".join(uids), parts))
    found: dict[int, tuple[bytes, bytes]] = {}
    said, raw = b"", None
    for one in answer:
        if isinstance(one, tuple):
            said, raw = one
            continue
        said += one or b""
        told = _UID.search(said)
        if told and raw is not None:
            found[int(told[1])] = (said, raw)
        said, raw = b"", None
    return [
        RawMail(done + place, f"{folder}, UID {uid}", found[uid][1], _kept_at(found[uid][0]))
        for place, uid in enumerate(sorted(found), start=1)
    ]


def _kept_at(said: bytes) -> datetime | None:
    """When the server got a mail."""
    found = _DATE.search(said)
    try:
        return datetime.strptime(found[1].decode().strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC) if found else None
    except (ValueError, OverflowError):
        return None


def _close_left_behind(database: Database, source: str, *, by: Actor, at: datetime) -> None:
    """Close polls of the source that were killed, with what they brought: what they did not mark comes now."""

    def close(session: Session) -> None:
        query = select(ImportBatch).where(ImportBatch.format == delivering.FORMAT, ImportBatch.state == "running")
        for batch in session.scalars(query.order_by(ImportBatch.id)):
            if batch.decided.get(delivering.POLLED) and batches.choices(session, batch).source == source:
                delivering.close(session, batch.id, [delivering.CUT_OFF], by=by, at=at)

    database.write(close)


@contextmanager
def _connected(mailbox: Mailbox, password: str) -> Iterator["BaseMailBox"]:
    """The folder of the mailbox, opened; what the server says against it becomes a sentence."""
    from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted
    from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

    where = f"{mailbox.user} at {mailbox.host}"
    kept = "What was taken in is kept, and the rest comes with the next poll."
    try:
        secure = {"ssl_context": ssl.create_default_context()}
        if mailbox.security == TLS:
            made: BaseMailBox = MailBox(mailbox.host, mailbox.port, timeout=TIMEOUT_SECONDS, **secure)
        elif mailbox.security == STARTTLS:
            made = MailBoxStartTls(mailbox.host, mailbox.port, timeout=TIMEOUT_SECONDS, **secure)
        else:
            made = MailBoxUnencrypted(mailbox.host, mailbox.port, timeout=TIMEOUT_SECONDS)
        try:
            made.login(mailbox.user, password, initial_folder=None)
            made.folder.set(mailbox.folder)
            yield made
        finally:
            _leave(made)
    except MailboxLoginError as error:
        raise Refused(f"The mail server does not let {where} in. Check user and password.") from error
    except MailboxFolderSelectError as error:
        raise Refused(f"{where} has no folder “{mailbox.folder}”. Look how the server calls it.") from error
    except ssl.SSLError as error:
        raise Refused(f"The connection to {mailbox.host} cannot be trusted: {error.reason}. {kept}") from error
    except (ImapToolsError, IMAP4.error) as error:
        raise Refused(f"The mail server of {where} refused: {_plain(error)}. {kept}") from error
    except OSError as error:
        raise Refused(f"The mail server {mailbox.host} does not answer: {_plain(error)}. {kept}") from error


def _leave(box: "BaseMailBox") -> None:
    """Say goodbye where somebody listens, and hang up in any case."""
    with suppress(OSError, IMAP4.error):
        box.client.logout()
    with suppress(OSError):
        box.client.shutdown()


def _plain(error: Exception) -> str:
    return clean(" ".join(str(error).split()))[:LONGEST_ANSWER] or type(error).__name__


def _check(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise IMAP4.error(str(data))
    return data
