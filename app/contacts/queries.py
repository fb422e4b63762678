"""Batches, what they rejected, and sources."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.contacts.rules import Choices, Counts, Preview, Rejection


@dataclass(frozen=True, slots=True)
class SourceName:
    """A source to choose."""

    id: int
    name: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Batch:
    """An import: the file, what was decided, how far it got (`position` of `byte_count`), what it brought."""

    id: int
    source_id: int
    source: str
    file_name: str
    byte_count: int
    format: str
    choices: Choices
    state: str
    position: int
    counts: Counts
    first_day: date | None
    last_day: date | None
    trouble: str | None
    remarks: tuple[str, ...]
    preview: Preview | None
    made_by: str
    made_at: datetime
    moved_at: datetime
    finished_at: datetime | None


def sources(session: Session) -> list[SourceName]:
    """All sources, by name."""


def batch(session: Session, batch_id: int) -> Batch:
    """One batch; raises Missing."""


def batches(session: Session, limit: int = 50) -> list[Batch]:
    """The latest batches, newest first."""


def rejections(session: Session, batch_id: int, limit: int | None = None) -> Iterator[Rejection]:
    """What a batch rejected, by line."""


def saved_mappings(session: Session) -> list[str]:
    """The names under which mappings are kept."""
