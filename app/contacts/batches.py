"""The life of a batch: made, chosen about, confirmed, given up; what is kept of it, and where its file lies."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app import clock
from app.config import Settings
from app.contacts import formats, kept, queries
from app.contacts.files import File
from app.contacts.opening import ROWS_AT_ONCE, OpenFile
from app.contacts.progress import Begun
from app.contacts.reading import clean
from app.contacts.rules import AUTO, DATE_ORDERS, Choices, Preview, missing_import
from app.contacts.tables import ImportBatch, SavedMapping, Source
from app.db import hold_still
from app.people import trail
from app.people.rules import Actor
from app.values.errors import Missing, Refused
from app.values.lines import one_line

LONGEST_SOURCE = 120
LONGEST_FILE_NAME = 255


def checked(choices: Choices) -> Choices:
    """The choices with a tidy source; raises Refused where one of them cannot be."""
    source = one_line(choices.source)
    if not source or len(source) > LONGEST_SOURCE:
        raise Refused(f"Name the system that the contacts come from, in 1 to {LONGEST_SOURCE} letters.")
    if ":" in source:
        raise Refused(f"“{source}” holds a colon, which stands between source and number. Leave it out.")
    if choices.date_order is not None and choices.date_order not in DATE_ORDERS:
        raise Refused(f"“{choices.date_order}” is no order of dates. Choose one of: {', '.join(DATE_ORDERS)}.")
    if choices.timezone is not None:
        _check_zone(choices.timezone)
    if choices.mapping is not None:
        formats.of_mapping(choices.mapping)
    elif choices.format != AUTO:
        formats.named(choices.format)
    return replace(choices, source=source)


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refused(f"“{name}” is no time zone that we know. Write it like Europe/Berlin.") from error


def settled(session: Session, settings: Settings, choices: Choices) -> Choices:
    """The choices with the time zone that holds: the one given, else the source's, else the installation's."""
    if choices.timezone is not None:
        return choices
    known = queries.source(session, choices.source)
    return replace(choices, timezone=settings.timezone.key if known is None else known.timezone)


def source_id(session: Session, choices: Choices, *, at: datetime) -> int:
    """The source of these choices, made on its first file; it keeps the time zone that was chosen last."""
    query = select(Source).where(Source.name == choices.source)
    source = session.scalar(query)
    if source is None:
        hold_still(session, cast("Table", Source.__table__))
        source = session.scalar(query)
    if source is None:
        source = Source(name=choices.source, timezone=choices.timezone, made_at=at)
        session.add(source)
        session.flush()
    elif choices.timezone is not None and source.timezone != choices.timezone:
        source.timezone = choices.timezone
    return source.id


def make(  # noqa: PLR0913
    session: Session,
    file: File,
    choices: Choices,
    *,
    sha256: str,
    byte_count: int,
    state: str,
    by: Actor,
    at: datetime,
    path: Path | None = None,
) -> int:
    """A new batch; `path` is where a file lies that was not uploaded."""
    batch = ImportBatch(
        source_id=source_id(session, choices, at=at),
        file_name=clean(file.name)[-LONGEST_FILE_NAME:],
        byte_count=byte_count,
        sha256=sha256,
        format="",
        decided={**kept.of_choices(choices), "rows_at_once": ROWS_AT_ONCE, "path": None if path is None else str(path)},
        state=state,
        made_by=by.name,
        made_at=at,
        moved_at=at,
    )
    session.add(batch)
    session.flush()
    return batch.id


def row(session: Session, batch_id: int) -> ImportBatch:
    """The batch as it is now; raises Missing, also where its file was removed."""
    batch = session.get(ImportBatch, batch_id)
    if batch is None or batch.state == "removed":
        raise missing_import(batch_id, was_removed=batch is not None)
    return batch


def choices(session: Session, batch: ImportBatch) -> Choices:
    """What was decided about the file of a batch."""
    return kept.choices(batch.decided, session.get_one(Source, batch.source_id).name)


def take_up(session: Session, batch_id: int, opened: OpenFile) -> None:
    """Let this process take in what is left; raises Refused where the source is being undone."""
    batch = held(session, batch_id)
    check_nothing_is_undone(session, batch.source_id)
    if batch.state == "done":
        raise Refused(
            f"Another process has just taken this file in, as import {batch_id}. What it brought is kept, and "
            "nothing is doubled."
        )
    if batch.state not in {"running", "failed"}:
        raise Refused("This file is not waiting to be taken in any more. Look at the list of imports.")
    now = clock.now()
    batch.state, batch.trouble, batch.finished_at, batch.moved_at = "running", None, None, now
    batch.decided = {**batch.decided, "begun": kept.of_begun(Begun(now, batch.read, batch.position))}
    batch.format, batch.header = opened.binding.format.name, list(opened.binding.layout.header)


def check_nothing_is_undone(session: Session, source_id: int) -> None:
    """Raises Refused while an import of the source is being undone: what it takes away would seem to be here."""
    _hold_source(session, source_id)
    undoing = select(ImportBatch.id).where(ImportBatch.source_id == source_id, ImportBatch.state == "undoing")
    unfinished = session.scalar(undoing.limit(1))
    if unfinished is not None:
        raise Refused(
            f"Import {unfinished} of the same source is being undone. Let that come to its end first, "
            f"or go on with it: flask contacts undo {unfinished}."
        )


def check_nothing_else_runs(session: Session, batch: ImportBatch) -> None:
    """Raises Refused while another import of the source runs: it would leave out what is about to be taken away."""
    _hold_source(session, batch.source_id)
    others = select(ImportBatch.id).where(
        ImportBatch.source_id == batch.source_id, ImportBatch.state == "running", ImportBatch.id != batch.id
    )
    running = session.scalar(others.limit(1))
    if running is not None:
        raise Refused(
            f"Import {running} of the same source is being taken in, and may hold the same contacts. "
            "Let it come to its end, or undo it first. Nothing was changed."
        )


def _hold_source(session: Session, source_id: int) -> None:
    """Let whoever begins to take in or to undo files of a source do so one after another; contacts still come in."""
    session.execute(select(Source.id).where(Source.id == source_id).with_for_update(key_share=True))


def held(session: Session, batch_id: int) -> ImportBatch:
    """The batch, kept from others until this unit of work is done; raises Missing."""
    session.get(ImportBatch, batch_id, with_for_update=True, populate_existing=True)
    return row(session, batch_id)


def choose(session: Session, batch_id: int, choices: Choices, *, at: datetime) -> None:
    """Change what was decided about a file that is not running yet; the batch is uploaded again, without preview."""
    batch = held(session, batch_id)
    if batch.state not in {"uploaded", "previewed"}:
        raise Refused("This file is being taken in already. Undo it first to read it another way.")
    choices = checked(choices)
    if choices.timezone is None:
        choices = replace(choices, timezone=batch.decided["timezone"])
    batch.source_id = source_id(session, choices, at=at)
    batch.decided = {**batch.decided, **kept.of_choices(choices)}
    batch.state, batch.trouble, batch.preview = "uploaded", None, None
    batch.position, batch.moved_at = 0, at


def confirm(session: Session, batch_id: int, *, at: datetime) -> bool:
    """Let a previewed batch run; False where it runs or ran already, so that a double click is harmless."""
    batch = held(session, batch_id)
    if batch.state == "uploaded":
        raise Refused(batch.trouble or "This file is still being looked through. Wait for its preview.")
    if batch.state != "previewed":
        return False
    batch.state, batch.position, batch.moved_at = "running", 0, at
    return True


def resume(session: Session, batch_id: int, *, at: datetime) -> bool:
    """Let a batch that stopped run again; False where it runs or is done already."""
    batch = held(session, batch_id)
    if batch.state != "failed":
        return False
    batch.state, batch.trouble, batch.finished_at, batch.moved_at = "running", None, None, at
    return True


def forget(session: Session, settings: Settings, batch_id: int, *, by: Actor, at: datetime) -> None:
    """Remove a file that was not taken in; gone already, nothing changes. Raises Refused where it was taken in.

    Of the batch its number stays: the trail names it, so no other import may ever have it.
    """
    try:
        batch = held(session, batch_id)
    except Missing:
        return
    if batch.state not in {"uploaded", "previewed"}:
        raise Refused("This file is being taken in already. Undo the import instead.")
    before = {"file_name": batch.file_name, "sha256": batch.sha256}
    batch.state, batch.trouble, batch.preview, batch.remarks = "removed", None, None, []
    batch.finished_at = batch.moved_at = at
    trail.record(session, "import.forgotten", f"import:{batch_id}", by=by, at=at, before=before)
    uploaded(settings, batch_id).unlink(missing_ok=True)


def keep_position(session: Session, batch_id: int, position: int, *, at: datetime) -> None:
    """Keep how far the dry run is, so that people see that it moves; nothing where it is over by now."""
    batch = held(session, batch_id)
    if batch.state == "uploaded":
        batch.position, batch.moved_at = position, at


def keep_preview(session: Session, batch_id: int, preview: Preview, seen: Mapping[str, Any], *, at: datetime) -> bool:
    """Keep what the dry run found; False where somebody decided anew, or confirmed, meanwhile."""
    batch = held(session, batch_id)
    if batch.state not in {"uploaded", "previewed"} or batch.decided != seen:
        return False
    batch.preview = kept.of_preview(preview)
    batch.remarks = list(preview.remarks)
    batch.format, batch.state, batch.trouble, batch.moved_at = preview.format, "previewed", None, at
    return True


def give_up(session: Session, batch_id: int, sentence: str, *, at: datetime) -> None:
    """Keep why a batch cannot go on: while it ran it is failed and keeps what it brought, before that it waits."""
    batch = held(session, batch_id)
    if batch.state in {"done", "undone"}:
        return
    batch.trouble, batch.moved_at = sentence, at
    if batch.state == "running":
        batch.state, batch.finished_at = "failed", at
        by = Actor(None, batch.made_by)
        after = {**summary(batch), "trouble": sentence}
        trail.record(session, "import.failed", f"import:{batch_id}", by=by, at=at, after=after)


def summary(batch: ImportBatch) -> dict[str, Any]:
    """What the trail keeps of a batch."""
    names = ("file_name", "sha256", "format", "read", "new", "updated", "unchanged", "rejected", "ignored", "untagged")
    return {name: getattr(batch, name) for name in names}


def save_mapping(session: Session, name: str, content: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """Keep a mapping under a name; said again with other columns the name stands for those."""
    cleaned = one_line(name)
    if not cleaned or len(cleaned) > LONGEST_SOURCE:
        raise Refused(f"Name the mapping in 1 to {LONGEST_SOURCE} letters.")
    formats.of_mapping(content)
    known = session.get(SavedMapping, cleaned)
    before = None if known is None else dict(known.content)
    if before == dict(content):
        return
    session.merge(SavedMapping(name=cleaned, content=dict(content)))
    trail.record(session, "mapping.saved", f"mapping:{cleaned}", by=by, at=at, before=before, after=dict(content))


def file_of(settings: Settings, batch: ImportBatch) -> File:
    """The file of a batch: where it was uploaded, or where it lay when a command took it in."""
    path = batch.decided.get("path")
    return File(uploaded(settings, batch.id) if path is None else Path(path), batch.file_name)


def uploaded(settings: Settings, batch_id: int) -> Path:
    """Where an uploaded file waits; it is removed once it was taken in, since it holds what we must not keep."""
    return settings.uploads / f"import-{batch_id}"
