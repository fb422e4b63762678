"""Batches, what they rejected, and sources."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.contacts import kept
from app.contacts.progress import Begun, Speed, speed
from app.contacts.rules import Choices, Counts, Preview, Rejection, missing_import
from app.contacts.tables import ImportBatch, ImportReject, SavedMapping, Source
from app.values.errors import Missing


@dataclass(frozen=True, slots=True)
class SourceName:
    """A source to choose."""

    id: int
    name: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Batch:
    """An import: the file, what was decided, how far it got (`position` of `byte_count`), what it brought.

    `taken_back` of `to_take_back` contacts are removed or restored where it is being undone.
    """

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
    begun: Begun | None = None
    taken_back: int = 0
    to_take_back: int = 0

    @property
    def speed(self) -> Speed | None:
        """How fast it was taken in when it moved last."""
        if self.begun is None:
            return None
        return speed(
            self.begun, at=self.moved_at, read=self.counts.read, position=self.position, byte_count=self.byte_count
        )


def sources(session: Session) -> list[SourceName]:
    """All sources, by name."""
    rows = session.execute(select(Source.id, Source.name, Source.timezone).order_by(Source.name))
    return [SourceName(*row) for row in rows]


def source(session: Session, name: str) -> SourceName | None:
    """The source with this name."""
    row = session.execute(select(Source.id, Source.name, Source.timezone).where(Source.name == name)).one_or_none()
    return None if row is None else SourceName(*row)


def batch(session: Session, batch_id: int) -> Batch:
    """One batch; raises Missing, also where its file was removed."""
    row = session.execute(_batches().where(ImportBatch.id == batch_id)).one_or_none()
    if row is None or row[0].state == "removed":
        raise missing_import(batch_id, was_removed=row is not None)
    return _batch(*row)


def batches(session: Session, limit: int = 50) -> list[Batch]:
    """The latest batches, newest first, without those whose file was removed."""
    rows = session.execute(
        _batches().where(ImportBatch.state != "removed").order_by(ImportBatch.id.desc()).limit(limit)
    )
    return [_batch(*row) for row in rows]


def unfinished(session: Session) -> list[Batch]:
    """Every batch that something is still to be done for, however old, oldest first."""
    states = ("uploaded", "running", "undoing")
    rows = session.execute(_batches().where(ImportBatch.state.in_(states)).order_by(ImportBatch.id))
    return [_batch(*row) for row in rows]


def rejections(session: Session, batch_id: int, limit: int | None = None) -> Iterator[Rejection]:
    """What a batch rejected, by line."""
    query = select(ImportReject).where(ImportReject.batch_id == batch_id).order_by(ImportReject.line)
    for one in session.scalars(query.limit(limit).execution_options(yield_per=1000)):
        yield Rejection(one.line, one.column, one.value, one.sentence, tuple(one.row))


def saved_mappings(session: Session) -> list[str]:
    """The names under which mappings are kept."""
    return list(session.scalars(select(SavedMapping.name).order_by(SavedMapping.name)))


def saved_mapping(session: Session, name: str) -> dict[str, Any]:
    """The mapping that is kept under a name; raises Missing and lists what there is."""
    found = session.get(SavedMapping, name)
    if found is None:
        names = ", ".join(saved_mappings(session)) or "none yet"
        raise Missing(f"There is no mapping “{name}”, neither as a file nor among those that are kept ({names}).")
    return found.content


def _batches() -> Select[ImportBatch, str]:
    return select(ImportBatch, Source.name).join(Source, Source.id == ImportBatch.source_id)


def _batch(row: ImportBatch, source_name: str) -> Batch:
    begun, undone = row.decided.get("begun"), row.decided.get("undone", {})
    return Batch(
        id=row.id,
        source_id=row.source_id,
        source=source_name,
        file_name=row.file_name,
        byte_count=row.byte_count,
        format=row.format,
        choices=kept.choices(row.decided, source_name),
        state=row.state,
        position=row.position,
        counts=Counts(row.new, row.updated, row.unchanged, row.rejected, row.ignored, row.untagged),
        first_day=row.first_day,
        last_day=row.last_day,
        trouble=row.trouble,
        remarks=tuple(row.remarks),
        preview=None if row.preview is None else kept.preview(row.preview),
        made_by=row.made_by,
        made_at=row.made_at,
        moved_at=row.moved_at,
        finished_at=row.finished_at,
        begun=None if begun is None else kept.begun(begun),
        taken_back=undone.get("removed", 0) + undone.get("restored", 0),
        to_take_back=undone.get("of", 0),
    )
