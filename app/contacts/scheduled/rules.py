"""What a scheduled source is, and when it runs."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.values.errors import Refused
from app.values.lines import one_line

FOLDER, MAILBOX = KINDS = ("folder", "mailbox")
SEEN, MOVE = AFTERWARDS = ("seen", "move")
TLS, STARTTLS, PLAIN = SECURITY = ("tls", "starttls", "none")
USUAL_PORTS = {TLS: 993, STARTTLS: 143, PLAIN: 143}
FAILURES_BEFORE_MAIL = 3
LONGEST = 120
HOURS = 24
HIGHEST_PORT = 65535
_FOLDER_NAME = re.compile(r"[\w][\w .-]*")
_HOST = re.compile(r"[A-Za-z0-9.:_-]+")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox on a server, without its password: which mails are asked for, and what is done with them afterwards.

    Without `search` all unread mails are asked for where they are marked as read, and all where they are moved.
    """

    host: str
    user: str
    port: int = USUAL_PORTS[TLS]
    security: str = TLS
    folder: str = "INBOX"
    search: str = ""
    afterwards: str = SEEN
    move_to: str = ""

    @property
    def criteria(self) -> str:
        """What the server is asked for."""
        return self.search or ("UNSEEN" if self.afterwards == SEEN else "UNDELETED")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody decided about a source; without an `hour` (0 to 23) it runs every hour.

    Exactly one of `folder`, the name of a drop folder, and `mailbox` says where its contacts come from.
    """

    source: str
    hour: int | None = None
    folder: str = ""
    mapping: str = ""
    mailbox: Mailbox | None = None

    @property
    def kind(self) -> str:
        """Which of the two it is."""
        return FOLDER if self.mailbox is None else MAILBOX

    @property
    def place(self) -> dict[str, Any]:
        """Where it looks, in plain JSON values."""
        return {"folder": self.folder} if self.mailbox is None else asdict(self.mailbox)


def checked(wanted: Wanted) -> Wanted:
    """The same, tidy; raises Refused where something cannot be."""
    source = one_line(wanted.source)
    if not source or len(source) > LONGEST or ":" in source:
        raise Refused(f"Name the system that the contacts come from, in 1 to {LONGEST} letters and without a colon.")
    if wanted.hour is not None and not 0 <= wanted.hour < HOURS:
        raise Refused(f"{wanted.hour} is no hour of the day. Write 0 to 23.")
    wanted = replace(wanted, source=source)
    if wanted.mailbox is not None:
        return replace(wanted, mailbox=_checked_mailbox(wanted.mailbox))
    folder = one_line(wanted.folder)
    if not _FOLDER_NAME.fullmatch(folder) or len(folder) > LONGEST:
        raise Refused(f"“{folder}” is no name of a drop folder. Use letters, digits, spaces, dots and hyphens.")
    return replace(wanted, folder=folder)


def _checked_mailbox(box: Mailbox) -> Mailbox:
    tidy = replace(
        box,
        host=one_line(box.host),
        user=one_line(box.user),
        folder=one_line(box.folder) or "INBOX",
        search=one_line(box.search),
        move_to=one_line(box.move_to),
    )
    if not _HOST.fullmatch(tidy.host) or len(tidy.host) > LONGEST:
        raise Refused("Name the mail server, like imap.example.com.")
    if not tidy.user or any(len(text) > LONGEST for text in (tidy.user, tidy.folder, tidy.move_to, tidy.search)):
        raise Refused(f"Name who signs in to the mailbox; no entry may be longer than {LONGEST} letters.")
    if not 1 <= tidy.port <= HIGHEST_PORT:
        raise Refused(f"{tidy.port} is no port. It is 993 nearly everywhere.")
    if tidy.security not in SECURITY or tidy.afterwards not in AFTERWARDS:
        raise Refused("Choose how the connection is secured, and what is done with the mails afterwards.")
    if not tidy.search.isascii():
        raise Refused(f"“{tidy.search}” is no search of a mail server. Write it like UNSEEN SINCE 1-Sep-2026.")
    if tidy.afterwards == MOVE and (not tidy.move_to or tidy.move_to == tidy.folder):
        raise Refused("Name the folder that mails are moved to; it must be another than the one they are read from.")
    return tidy


def wanted_of(source: str, hour: int | None, mapping: str | None, kind: str, place: Mapping[str, Any]) -> Wanted:
    """What was decided, out of what was kept."""
    if kind == MAILBOX:
        return Wanted(source, hour, mailbox=Mailbox(**place))
    return Wanted(source, hour, folder=place["folder"], mapping=mapping or "")


def next_run(after: datetime, hour: int | None, zone: ZoneInfo) -> datetime:
    """The next full hour, or the next time that clocks in `zone` show the hour."""
    if hour is None:
        return after.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    local = after.astimezone(zone)
    moment = local.replace(hour=hour, minute=0, second=0, microsecond=0, fold=0)
    while moment.astimezone(after.tzinfo) <= after:
        moment += timedelta(days=1)
    return moment.astimezone(after.tzinfo)
