"""Passwords of mailboxes: each in a file beside the database that only its owner may read, never in the database."""

import os
import stat
import tempfile
from pathlib import Path

from app.config import Settings
from app.values.errors import Refused

FOLDER = "mailbox_passwords"


def keep(settings: Settings, scheduled_id: int, password: str) -> None:
    """Write the password of a mailbox; it replaces an older one in one step."""
    folder = settings.instance / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder)  # readable by its owner alone
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(password)
    Path(name).replace(folder / str(scheduled_id))


def read(settings: Settings, scheduled_id: int) -> str:
    """The password of a mailbox; raises Refused where it is missing, or others on the machine could read it."""
    path = settings.instance / FOLDER / str(scheduled_id)
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise Refused(f"Others on this machine may read {path}, which holds a password. Run: chmod 600 {path}.")
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except FileNotFoundError as error:
        raise Refused("No password of this mailbox is kept here. Enter it again on the page of the source.") from error


def forget(settings: Settings, scheduled_id: int) -> None:
    """Remove the password of a mailbox."""
    (settings.instance / FOLDER / str(scheduled_id)).unlink(missing_ok=True)
