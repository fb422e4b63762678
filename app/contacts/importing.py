"""Import batches: a file is received, looked through without saving, confirmed, and taken in by chunks.

A batch is never held by a lock: each chunk is a short transaction of its own that moves the batch on from where this
process left it. Whoever finds it elsewhere stops and says so, and a killed run is simply run again.
"""

import time
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import clock
from app.config import Settings
from app.contacts import batches, binding, files, totalled
from app.contacts.batches import choose, confirm, give_up, save_mapping
from app.contacts.files import File
from app.contacts.opening import OpenFile, look
from app.contacts.previewing import preview_of
from app.contacts.privacy.admission import masks
from app.contacts.progress import Progress
from app.contacts.queries import Batch
from app.contacts.rules import Choices, Column, Preview
from app.contacts.running import Overtaken, Run
from app.contacts.tables import ImportBatch
from app.db import Database, is_busy
from app.people.rules import Actor
from app.reasons import queries as reasons
from app.values.errors import Refused
from app.values.figures import size

A_DAY_SECONDS = 24 * 60 * 60
SECONDS_BETWEEN_SIGNS = 3.0
BLOCK_BYTES = 1 << 20

__all__ = [
    "Progress",
    "choose",
    "columns",
    "confirm",
    "give_up",
    "import_file",
    "preview",
    "preview_file",
    "receive",
    "run",
    "save_mapping",
]


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
    choices = batches.checked(choices)
    settings.uploads.mkdir(parents=True, exist_ok=True)
    _sweep(database, settings)
    waiting = File(settings.uploads / f"incoming-{uuid.uuid4()}", file_name)
    try:
        _keep(stream, waiting, settings.upload_limit_bytes)
        found = files.survey(waiting)

        def make(session: Session) -> int:
            settled = batches.settled(session, settings, choices)
            checksum, length = found.sha256, found.byte_count
            return batches.make(
                session, waiting, settled, sha256=checksum, byte_count=length, state="uploaded", by=by, at=at
            )

        batch_id = database.write(make)
        waiting.path.replace(batches.uploaded(settings, batch_id))
    finally:
        waiting.path.unlink(missing_ok=True)
    return batch_id


def columns(settings: Settings, batch: Batch) -> Sequence[Column]:
    """The columns of a batch's file with examples, also where no format is known for them."""
    file = File(batches.uploaded(settings, batch.id), batch.file_name)
    return binding.columns(file, files.survey(file), batch.choices)


def preview(
    database: Database, settings: Settings, batch_id: int, *, at: datetime, progress: Progress | None = None
) -> Preview:
    """Read the whole file without saving a contact, and keep what was found with the batch (state previewed).

    What makes the file as a whole impossible (ambiguous dates, an unknown layout) raises Refused and is kept as the
    batch's trouble. `progress` is told (bytes read, bytes in all, rows). Commits by itself, since reading takes long.
    """
    with database.reading() as session:
        batch = batches.row(session, batch_id)
        choices, seen = batches.choices(session, batch), dict(batch.decided)
        file, made_at = batches.file_of(settings, batch), batch.made_at
    heard = _also_kept(database, batch_id, progress)
    try:
        found = preview_of(database, look(file, choices, settings, at=made_at), choices, heard)
    except Refused as error:
        sentence = error.sentence
        database.write(lambda session: give_up(session, batch_id, sentence, at=at))
        raise
    database.write(lambda session: batches.keep_preview(session, batch_id, found, seen, at=at))
    return found


def _also_kept(database: Database, batch_id: int, progress: Progress | None) -> Progress:
    """The same progress, kept with the batch every few seconds, for whoever looks at its page."""
    last = time.monotonic()

    def told(done: int, in_all: int, rows: int) -> None:
        nonlocal last
        if time.monotonic() - last > SECONDS_BETWEEN_SIGNS:
            database.write(lambda session: batches.keep_position(session, batch_id, done, at=clock.now()))
            last = time.monotonic()
        if progress is not None:
            progress(done, in_all, rows)

    return told


def preview_file(
    database: Database,
    settings: Settings,
    path: Path,
    choices: Choices,
    *,
    at: datetime,
    progress: Progress | None = None,
) -> Preview:
    """What taking in a file where it lies would do; nothing is saved, not even a batch."""
    choices = batches.checked(choices)
    with database.reading() as session:
        choices = batches.settled(session, settings, choices)
    return preview_of(database, look(File(path, path.name), choices, settings, at=at), choices, progress)


def run(database: Database, settings: Settings, batch_id: int, *, by: Actor, progress: Progress | None = None) -> None:
    """Take in a confirmed batch, or what is left of it after a kill; does nothing where it is done.

    Commits chunk by chunk, so that nobody waits for it. Afterwards the caller has the touched days recounted.
    Raises Refused where another process works on the same batch, and where the file cannot be read on: then the
    batch is failed, keeps what was taken in, and its trouble says so.
    """
    with database.reading() as session:
        batch = batches.row(session, batch_id)
        choices = batches.choices(session, batch)
        state, file = batch.state, batches.file_of(settings, batch)
    if state in {"done", "undone"}:
        return
    if state not in {"running", "failed"}:
        raise Refused("This file is not confirmed. Look at its preview first; nothing was taken in.")
    opened = _opened_again(database, settings, batch_id, file, choices)
    _run(database, batch_id, opened, by=by, now=clock.now, progress=progress)
    batches.uploaded(settings, batch_id).unlink(missing_ok=True)


def import_file(  # noqa: PLR0913
    database: Database,
    settings: Settings,
    path: Path,
    choices: Choices,
    *,
    by: Actor,
    at: datetime,
    now: Callable[[], datetime] | None = None,
    progress: Progress | None = None,
) -> int:
    """Take in a file where it lies, without preview; returns the batch's id.

    A killed run of the same file, or one that failed, is resumed. What happens while it runs is recorded at `now()`,
    which is the clock unless a story of other days is told.
    """
    choices = batches.checked(choices)
    with database.reading() as session:
        choices = batches.settled(session, settings, choices)
    file = File(path.resolve(), path.name)
    opened = look(file, choices, settings, at=at)

    def begin(session: Session) -> int:
        batches.check_nothing_is_undone(session, batches.source_id(session, choices, at=at))
        return _unfinished(session, opened, choices) or batches.make(
            session,
            file,
            choices,
            sha256=opened.survey.sha256,
            byte_count=opened.survey.byte_count,
            state="running",
            by=by,
            at=at,
            path=file.path,
        )

    batch_id = database.write(begin)
    with database.reading() as session:
        first_at = batches.row(session, batch_id).made_at
    if first_at != at:
        opened = look(file, choices, settings, at=first_at)
    _run(database, batch_id, opened, by=by, now=now or clock.now, progress=progress)
    return batch_id


def _sweep(database: Database, settings: Settings) -> None:
    """Remove uploads that nothing will read any more; they hold what we must not keep."""
    with database.reading() as session:
        over = set(session.scalars(select(ImportBatch.id).where(ImportBatch.state.in_(("done", "undone", "removed")))))
    yesterday = clock.now().timestamp() - A_DAY_SECONDS
    for path in settings.uploads.iterdir():
        kind, _, number = path.name.partition("-")
        was_cut_off = kind == "incoming" and path.stat().st_mtime < yesterday
        if was_cut_off or (kind == "import" and number.isdecimal() and int(number) in over):
            path.unlink(missing_ok=True)


def _keep(stream: BinaryIO, file: File, most_bytes: int) -> None:
    with file.path.open("wb") as kept:
        written = 0
        while block := stream.read(BLOCK_BYTES):
            written += len(block)
            if written > most_bytes:
                raise Refused(
                    f"{file.name} is larger than {size(most_bytes)}. Nothing was kept. Send it in parts, "
                    "or have it imported on the server with flask contacts import."
                )
            kept.write(block)


def _unfinished(session: Session, opened: OpenFile, choices: Choices) -> int | None:
    """The batch of the same file that was stopped; raises Refused where it was read another way."""
    sha256 = opened.survey.sha256
    query = select(ImportBatch).where(ImportBatch.sha256 == sha256, ImportBatch.state.in_(("running", "failed")))
    for batch in session.scalars(query.order_by(ImportBatch.id.desc())):
        before = batches.choices(session, batch)
        if before == choices:
            batch.decided = {**batch.decided, "path": str(opened.file.path)}
            return batch.id
        if before.source == choices.source and batch.state == "running":
            raise Refused(
                f"This file was taken in half as import {batch.id}, with other choices. Run it again as before, "
                f"or undo that import first: flask contacts undo {batch.id}."
            )
    return None


def _opened_again(database: Database, settings: Settings, batch_id: int, file: File, choices: Choices) -> OpenFile:
    """The file as it was; raises Refused, and the batch is failed, where it cannot be read as before."""
    with database.reading() as session:
        batch = batches.row(session, batch_id)
    try:
        opened = look(file, choices, settings, at=batch.made_at)
        _check_same(opened, batch.sha256)
    except Refused as error:
        sentence = error.sentence
        database.write(lambda session: give_up(session, batch_id, sentence, at=clock.now()))
        raise
    return opened


def _check_same(opened: OpenFile, sha256: str) -> None:
    if opened.survey.sha256 != sha256:
        name = opened.file.name
        raise Refused(f"{name} is not the file that it was. What was taken in is kept; import it anew.")


def _run(
    database: Database,
    batch_id: int,
    opened: OpenFile,
    *,
    by: Actor,
    now: Callable[[], datetime],
    progress: Progress | None,
) -> None:
    database.write(lambda session: batches.take_up(session, batch_id, opened))
    with database.reading() as session:
        batch = batches.row(session, batch_id)
        choices = batches.choices(session, batch)
        meanings = reasons.raw_values(session, choices.source)
        opened.totalled_days, opened.masks = totalled.days(session, choices.source), masks(session)
        opened.retired = reasons.retired_meanings(session, choices.source)
    with database.loading() as write:
        work = Run(write, batch_id, batch.source_id, choices, by, now, batch.made_at, batch.read, meanings)
        try:
            work.go(opened, batch.decided["rows_at_once"], progress)
        except Refused as error:
            if not isinstance(error, Overtaken):
                sentence = f"{error.sentence} What was taken in is kept."
                write(lambda session: give_up(session, batch_id, sentence, at=clock.now()))
            raise
        except (OSError, EOFError, DBAPIError) as error:
            if is_busy(error):
                raise
            what = str(getattr(error, "orig", error)).strip().partition("\n")[0]
            raise Refused(
                f"The import stopped after {work.done:,} rows: {what}. What was taken in is kept. "
                "Run it again, and it goes on from there."
            ) from error
