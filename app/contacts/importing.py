"""Import batches: a file is received, looked through without saving, confirmed, and taken in by chunks.

A batch is never held by a lock: each chunk is a short transaction of its own that moves the batch's position from
where this process left it. Whoever finds the position elsewhere stops and says so, and a killed run is simply run again.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

from app.config import Settings
from app.contacts.rules import Choices, Preview
from app.db import Database
from app.people.rules import Actor

Progress = Callable[[int, int], None]


def receive(  # noqa: PLR0913
    database: Database,
    settings: Settings,
    stream: BinaryIO,
    file_name: str,
    choices: Choices,
    *,
    by: Actor,
    at: datetime,
) -> int:
    """Keep an uploaded file and make its batch (state uploaded); returns the batch's id.

    The head of the file is looked at: what can never be taken in is refused here with a sentence and not kept.
    """


def choose(session: Session, batch_id: int, choices: Choices, *, at: datetime) -> None:
    """Change what was decided about a file that is not running yet; the batch is uploaded again, without preview."""


def preview(
    database: Database, settings: Settings, batch_id: int, *, at: datetime, progress: Progress | None = None
) -> Preview:
    """Read the whole file without saving a contact, and keep what was found with the batch (state previewed).

    What makes the file as a whole impossible (ambiguous dates, an unknown layout) raises Refused and is kept as the
    batch's trouble. `progress` is told (bytes read, bytes in all). Commits by itself, since reading takes long.
    """


def confirm(session: Session, batch_id: int, *, by: Actor, at: datetime) -> bool:
    """Let a previewed batch run; False where it runs or ran already, so that a double click is harmless."""


def run(
    database: Database, settings: Settings, batch_id: int, *, by: Actor, progress: Progress | None = None
) -> None:
    """Take in a confirmed batch, or what is left of it after a kill; does nothing where it is done.

    Commits chunk by chunk, so that nobody waits for it. Afterwards the caller has the touched days recounted.
    Raises Refused where another process works on the same batch, and where the file cannot be read on: then the
    batch is failed, keeps what was taken in, and its trouble says so.
    """


def import_file(  # noqa: PLR0913
    database: Database,
    settings: Settings,
    path: Path,
    choices: Choices,
    *,
    by: Actor,
    at: datetime,
    progress: Progress | None = None,
) -> int:
    """Take in a file where it lies, without preview; a killed run of the same file is resumed. Returns the batch's id."""
