"""Taking a batch back, whole: its new contacts go, what it updated is as it was before."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.contacts.importing import Progress
from app.db import Database
from app.people.rules import Actor


@dataclass(frozen=True, slots=True)
class Extent:
    """What taking a batch back changes: contacts removed, of them tagged by a person since, and contacts restored."""

    removed: int
    tagged_since: int
    restored: int


def extent(session: Session, batch_id: int) -> Extent:
    """What undo would do now; to be said before anybody confirms."""


def undo(database: Database, batch_id: int, *, by: Actor, at: datetime, progress: Progress | None = None) -> Extent:
    """Take a batch back (done, failed, or stopped while running); undone already, it does nothing.

    Commits chunk by chunk; after a kill the same call goes on. Reasons that the batch brought stay. Afterwards the
    caller has the touched days recounted.
    """
