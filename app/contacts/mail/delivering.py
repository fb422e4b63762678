"""A delivery of mails as an import: taken in by portions, each a short transaction that moves the batch on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import clock
from app.config import Settings
from app.contacts import batches, kept, totalled
from app.contacts.door import Door
from app.contacts.files import File
from app.contacts.mail import boxes, threads
from app.contacts.mail.arriving import HEADER, MailPortion, MailReader, RawMail
from app.contacts.mail.boxes import Box
from app.contacts.privacy.admission import masks
from app.contacts.progress import Begun, Progress
from app.contacts.rules import Choices, Counts
from app.contacts.running import Overtaken
from app.contacts.tables import ImportBatch, ImportReject
from app.contacts.times import TimeReader, day_of, latest_moment
from app.db import Database, Write, is_busy, is_duplicate
from app.people import trail
from app.people.rules import Actor
from app.values.errors import Refused
from app.values.figures import counted

FORMAT = "mail"
POLLED = "polled"
CUT_OFF = "This poll was cut off; mails that it had not marked came again with the next one."
MAILS_AT_ONCE = 100
BYTES_AT_ONCE = 16_000_000
TRIES = 3


@dataclass(slots=True)
class Delivery:
    """One process that takes in one batch of mails; behind the `done` that an earlier process took in."""

    write: Write
    batch_id: int
    source_id: int
    by: Actor
    now: Callable[[], datetime]
    reader: MailReader
    done: int = 0

    def take(self, mails: list[RawMail], position: int) -> None:
        """Take in some mails, in one transaction."""
        portion = self.reader.portion(mails)
        for attempt in range(1, TRIES + 1):
            try:
                self.write(partial(self._take_in, portion=portion, read=len(mails), position=position))
                break
            except Exception as error:
                # Another process brought one of these mails at the same moment: look again, and find it.
                if attempt == TRIES or not is_duplicate(error):
                    raise
        self.done += len(mails)

    def _take_in(self, session: Session, portion: MailPortion, read: int, position: int) -> None:
        batch = batches.held(session, self.batch_id)
        if (batch.state, batch.read) != ("running", self.done):
            raise Overtaken(
                f"Import {self.batch_id} is not where it was left: another process takes it in, or undoes it. "
                "What was taken in is kept, and nothing is doubled."
            )
        now = self.now()
        door = Door(self.source_id, self.batch_id, self.by.name, now, {})
        counts = threads.take_in_mails(session, door, portion.arrivals)
        counts += Counts(rejected=len(portion.rejections), ignored=portion.ignored)
        for name in ("new", "updated", "unchanged", "rejected", "ignored", "untagged"):
            setattr(batch, name, getattr(batch, name) + getattr(counts, name))
        batch.read += read
        days = [day_of(one.arrival.day) for one in portion.arrivals]
        batch.first_day = min([*days, *([batch.first_day] if batch.first_day else [])], default=None)
        batch.last_day = max([*days, *([batch.last_day] if batch.last_day else [])], default=None)
        batch.position, batch.moved_at = position, now
        rows = [
            {
                "batch_id": self.batch_id,
                "line": one.line,
                "column": one.column,
                "value": one.value,
                "sentence": one.sentence,
                "row": list(one.row),
            }
            for one in portion.rejections
        ]
        if rows:
            session.execute(insert(ImportReject), rows)

    def finish(self) -> None:
        """Close the batch, and tell the trail what it brought."""
        remarks = remarks_of(self.reader)
        self.write(lambda session: close(session, self.batch_id, remarks, by=self.by, at=self.now()))


def import_mail(  # noqa: PLR0913
    database: Database,
    settings: Settings,
    path: Path,
    choices: Choices,
    *,
    by: Actor,
    at: datetime,
    now: Callable[[], datetime] = clock.now,
    progress: Progress | None = None,
) -> int:
    """Take in an mbox, a mail, or a folder of .eml files where it lies; returns the batch's id.

    A killed run of the same files is resumed. Commits by portions, so that nobody waits for it.
    """
    choices = batches.checked(choices)
    with database.reading() as session:
        choices = batches.settled(session, settings, choices)
    box = boxes.look(path.resolve())

    def begin_(session: Session) -> int:
        known = _unfinished(session, box, choices, by=by, at=at)
        return begin(session, File(box.path, path.name), box, choices, known, by=by, at=at)

    batch_id = database.write(begin_)
    with database.loading() as write:
        delivery = delivery_of(database, settings, write, batch_id, by=by, now=now)
        try:
            _go(delivery, box, progress)
        except (OSError, DBAPIError) as error:
            if is_busy(error):
                raise
            what = str(getattr(error, "orig", error)).strip().partition("\n")[0]
            raise Refused(
                f"The import stopped after {counted(delivery.done, 'mail')}: {what}. What was taken in is kept. "
                "Run it again, and it goes on from there."
            ) from error
        delivery.finish()
    return batch_id


def go_on(
    database: Database, settings: Settings, batch_id: int, *, by: Actor, progress: Progress | None = None
) -> None:
    """Take in what a killed run of files left; raises Refused where they are gone. A killed poll is closed."""
    with database.reading() as session:
        batch = batches.row(session, batch_id)
        choices, where = batches.choices(session, batch), batch.decided
    if where.get(POLLED):
        database.write(lambda session: close(session, batch_id, [CUT_OFF], by=by, at=clock.now()))
        return
    path = Path(where["path"])
    import_mail(database, settings, path, choices, by=by, at=clock.now(), progress=progress)


def begin(  # noqa: PLR0913
    session: Session,
    file: File,
    box: Box | None,
    choices: Choices,
    known: int | None,
    *,
    by: Actor,
    at: datetime,
) -> int:
    """A running batch for mails: that of a killed run, or a new one."""
    batches.check_nothing_is_undone(session, batches.source_id(session, choices, at=at))
    batch_id = known or batches.make(
        session,
        file,
        choices,
        sha256="" if box is None else box.sha256,
        byte_count=0 if box is None else box.byte_count,
        state="running",
        by=by,
        at=at,
        path=None if box is None else box.path,
    )
    batch = batches.held(session, batch_id)
    batch.state, batch.trouble, batch.finished_at, batch.moved_at = "running", None, None, at
    batch.format, batch.header = FORMAT, list(HEADER)
    batch.decided = {**batch.decided, "begun": kept.of_begun(Begun(at, batch.read, batch.position))}
    return batch_id


def delivery_of(
    database: Database,
    settings: Settings,
    write: Write,
    batch_id: int,
    *,
    by: Actor,
    now: Callable[[], datetime],
) -> Delivery:
    """What takes in a batch that has begun."""
    with database.reading() as session:
        batch = batches.row(session, batch_id)
        choices = batches.choices(session, batch)
        closed_days, masked = totalled.days(session, choices.source), masks(session)
    zone = ZoneInfo(choices.timezone or "UTC")
    times = TimeReader(zone, settings.timezone, None, latest_moment(batch.made_at))
    reader = MailReader(settings, choices.source, times, totalled_days=closed_days, masks=masked, at=batch.made_at)
    return Delivery(write, batch_id, batch.source_id, by, now, reader)


def close(session: Session, batch_id: int, remarks: list[str], *, by: Actor, at: datetime) -> None:
    """Say that a batch of mails is through; once it is closed or taken back, nothing changes."""
    batch = batches.held(session, batch_id)
    if batch.state not in {"running", "failed"}:
        return
    batch.state, batch.trouble, batch.finished_at, batch.moved_at = "done", None, at, at
    batch.position, batch.remarks = batch.byte_count, remarks
    after = {"source": batches.choices(session, batch).source, **batches.summary(batch)}
    trail.record(session, "import.done", f"import:{batch_id}", by=by, at=at, after=after)


def remarks_of(reader: MailReader) -> list[str]:
    """Sentences about what was made the best of."""
    remarks = []
    if reader.untimed:
        remarks.append(
            f"{counted(reader.untimed, 'mail')} without a Date that can be: each says where its time is from."
        )
    if reader.unread:
        remarks.append(
            f"Of {counted(reader.unread, 'mail')} a part could not be read as it says: each says what it was."
        )
    return remarks


def _go(delivery: Delivery, box: Box, progress: Progress | None) -> None:
    """Read all mails, and take in those that are left."""
    for mails, position, is_left in _portions(box, delivery):
        if is_left:
            delivery.take(mails, position)
        else:
            delivery.reader.portion(mails)  # for the remarks
            delivery.done += len(mails)
        if progress is not None:
            progress(position, box.byte_count, delivery.done)


def _portions(box: Box, delivery: Delivery) -> Iterator[tuple[list[RawMail], int, bool]]:
    """The mails by portions, with how far they reach, and whether they are still to be taken in."""
    before = delivery.write(lambda session: batches.held(session, delivery.batch_id).read)
    some: list[RawMail] = []
    position = size = 0
    for mail, position in box.mails():
        some.append(mail)
        size += len(mail.raw)
        if len(some) >= MAILS_AT_ONCE or size >= BYTES_AT_ONCE or mail.number == before:
            yield some, position, mail.number > before
            some, size = [], 0
    if some:
        yield some, position, True


def _unfinished(session: Session, box: Box, choices: Choices, *, by: Actor, at: datetime) -> int | None:
    """The batch of the same files that was stopped.

    One of other files that lay in the same place is closed with what it brought: what is left of them comes now.
    """
    query = select(ImportBatch).where(ImportBatch.format == FORMAT, ImportBatch.state.in_(("running", "failed")))
    for batch in session.scalars(query.order_by(ImportBatch.id.desc())):
        if batch.decided.get("path") != str(box.path) or batches.choices(session, batch).source != choices.source:
            continue
        if batch.sha256 == box.sha256:
            return batch.id
        close(
            session,
            batch.id,
            ["The files changed before all was taken in; the next import has the rest."],
            by=by,
            at=at,
        )
    return None
