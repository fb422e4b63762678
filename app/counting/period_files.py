"""What is kept of a file of totals or drivers: its counts, its rejected rows, and when it was taken back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session

from app.contacts.formats import REJECT_COLUMNS
from app.contacts.rules import Counts, Rejection
from app.contacts.tables import Source
from app.counting.period_rows import Item, PeriodRows
from app.counting.tables import PeriodFile, PeriodReject
from app.people.rules import Actor
from app.values import csv_text
from app.values.errors import Missing

SHOWN_FILES = 50
COUNTED = ("new", "updated", "unchanged", "rejected", "ignored", "untagged")


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that was taken in; `removed_at` is when somebody took it back."""

    id: int
    kind: str
    source: str | None
    name: str
    grain: str
    counts: Counts
    first_day: date | None
    last_day: date | None
    remarks: tuple[str, ...]
    made_by: str
    made_at: datetime
    removed_at: datetime | None


def begun(  # noqa: PLR0913
    session: Session, kind: str, file: PeriodRows[Item], *, source_id: int | None, grain: str, by: Actor, at: datetime
) -> PeriodFile:
    """A new file without counts, which carries the figures that are about to be kept."""
    kept = PeriodFile(
        kind=kind,
        source_id=source_id,
        name=file.name,
        grain=grain,
        sha256=file.sha256,
        header=list(file.header),
        remarks=list(file.remarks),
        made_by=by.name,
        made_at=at,
        **dict.fromkeys(COUNTED, 0),
    )
    session.add(kept)
    session.flush()
    return kept


def close(
    session: Session, kept: PeriodFile, counts: Counts, rejections: Sequence[Rejection], days: Sequence[date]
) -> None:
    """Keep what became of the rows, those that were rejected, and the days from the first to the last taken in."""
    for name in COUNTED:
        setattr(kept, name, getattr(counts, name))
    kept.first_day, kept.last_day = (min(days), max(days)) if days else (None, None)
    rows = [
        {
            "file_id": kept.id,
            "line": one.line,
            "column": one.column[:200],
            "value": one.value,
            "sentence": one.sentence,
            "row": list(one.row),
        }
        for one in rejections
    ]
    if rows:
        session.execute(insert(PeriodReject), rows)


def summary(kept: PeriodFile) -> dict[str, Any]:
    """What the trail keeps of a file."""
    return {name: getattr(kept, name) for name in ("name", "sha256", "grain", *COUNTED)}


def held(session: Session, file_id: int, kind: str) -> PeriodFile:
    """The file, kept from others until this unit of work is done; raises Missing."""
    kept = session.get(PeriodFile, file_id, with_for_update=True, populate_existing=True)
    if kept is None or kept.kind != kind:
        raise _missing(file_id)
    return kept


def brought(session: Session, file_id: int, kind: str) -> Brought:
    """One file; raises Missing."""
    row = session.execute(_files(kind).where(PeriodFile.id == file_id)).one_or_none()
    if row is None:
        raise _missing(file_id)
    return _brought(*row)


def all_brought(session: Session, kind: str, limit: int = SHOWN_FILES) -> list[Brought]:
    """The newest files of a kind, those that were taken back included."""
    rows = session.execute(_files(kind).order_by(PeriodFile.id.desc()).limit(limit))
    return [_brought(*row) for row in rows]


def rejections(session: Session, file_id: int, limit: int | None = None) -> Iterator[Rejection]:
    """What a file rejected, by line."""
    query = select(PeriodReject).where(PeriodReject.file_id == file_id).order_by(PeriodReject.line)
    for one in session.scalars(query.limit(limit).execution_options(yield_per=1000)):
        yield Rejection(one.line, one.column, one.value, one.sentence, tuple(one.row))


def rejects_csv(session: Session, file_id: int) -> Iterator[str]:
    """The rejected rows as a file, header first, to be corrected and taken in again."""
    header = session.get_one(PeriodFile, file_id).header
    yield csv_text.line([*header, *REJECT_COLUMNS])
    for one in rejections(session, file_id):
        cells = [*one.row, *[""] * (len(header) - len(one.row))]
        yield csv_text.line([*cells, one.line, f"{one.column}: {one.sentence}" if one.column else one.sentence])


def _files(kind: str) -> Select[PeriodFile, str | None]:
    query = select(PeriodFile, Source.name).outerjoin(Source, Source.id == PeriodFile.source_id)
    return query.where(PeriodFile.kind == kind)


def _missing(file_id: int) -> Missing:
    return Missing(f"There is no file of figures {file_id}. Look at the list of files.")


def _brought(kept: PeriodFile, source: str | None) -> Brought:
    return Brought(
        id=kept.id,
        kind=kept.kind,
        source=source,
        name=kept.name,
        grain=kept.grain,
        counts=Counts(**{name: getattr(kept, name) for name in COUNTED}),
        first_day=kept.first_day,
        last_day=kept.last_day,
        remarks=tuple(kept.remarks),
        made_by=kept.made_by,
        made_at=kept.made_at,
        removed_at=kept.removed_at,
    )
