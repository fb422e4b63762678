"""The worker's tasks: long reading, taking in and undoing, and what a killed worker left behind.

The web process only puts tasks into the queue; a task calls actions that commit by themselves, chunk by chunk.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from app import clock
from app.config import Settings
from app.contacts import importing, queries, undoing
from app.contacts.privacy import dropping, erasing
from app.contacts.running import Overtaken
from app.contacts.scheduled import queries as scheduled
from app.counting.everything import count_everything
from app.db import Database, is_busy
from app.ledger import month_end
from app.measurement import placebo_runs, plan_queries
from app.people.rules import Actor
from app.tagging import waiting
from app.values.errors import Missing, Refused

if TYPE_CHECKING:
    from huey import Huey

QUEUE = "tracker"
LEFT_BEHIND = timedelta(minutes=1)
PLACEBO_EVERY = timedelta(days=30)
COUNT_AFTER_SECONDS = 3
UNEXPECTED = (
    "Something went wrong on our side, and the log holds the details. "
    "What was taken in is kept: take in the rest, or undo the import."
)
UNEXPECTED_IN_UNDO = (
    "Something went wrong on our side, and the log holds the details. "
    "What was taken back stays so: go on with the undo, it continues where it stopped."
)
SCHEDULE = Actor(None, "schedule")
log = logging.getLogger(__name__)


class Stopped(Exception):  # noqa: N818  (no error: the task goes on when the worker starts again)
    """The worker was asked to stop in the middle of a task."""


def make_huey(settings: Settings, *, immediate: bool) -> "Huey":
    """The queue: a file beside an embedded database, tables of its own in PostgreSQL."""
    from huey import PostgresHuey, SqliteHuey

    if settings.is_sqlite:
        filename = str(settings.instance / "queue.db")
        return SqliteHuey(QUEUE, results=False, immediate=immediate, filename=filename)
    address = settings.database_url.replace("+psycopg", "", 1)
    return PostgresHuey(QUEUE, results=False, immediate=immediate, dsn=address)


class Jobs:
    """The queue and its tasks; where jobs are done in process, a task is done before its call returns."""

    def __init__(self, settings: Settings, database: Database, *, for_worker: bool = False) -> None:
        self.settings = settings
        self.database = database
        self.in_process = settings.jobs_in_process and not for_worker
        self.stopping = threading.Event()
        self._counts_at = 0.0

    @cached_property
    def huey(self) -> "Huey":
        """The queue, opened on first use."""
        return make_huey(self.settings, immediate=self.in_process)

    @cached_property
    def tasks(self) -> dict[str, Any]:
        """What can be put into the queue."""
        works: dict[str, Callable[..., None]] = {
            "preview_batch": self._preview,
            "run_batch": self._run,
            "undo_batch": self._undo,
            "tag_waiting": self._tag_waiting,
            "run_source": self._run_source,
            "count": self._count,
        }
        return {name: self.huey.task(name=name)(work) for name, work in works.items()}

    def consumer(self) -> Any:  # noqa: ANN401  (huey carries no types)
        """Whoever does the tasks, one at a time; asked to stop, a long one ends behind its chunk and is queued anew."""
        from huey import crontab

        self.huey.periodic_task(crontab(minute="*"), name="pick_up")(self.pick_up)
        self.huey.periodic_task(crontab(minute="7"), name="measure")(self.measure)
        self.huey.periodic_task(crontab(minute="*/10"), name="forget")(self.forget)
        assert self.tasks  # noqa: S101  (naming them makes them known to the queue)
        consumer = self.huey.create_consumer(workers=1, max_delay=1.0, graceful_signal="TERM")
        self.stopping = consumer.stop_flag
        return consumer

    def close(self) -> None:
        """Give the queue's connection back."""
        if "huey" in self.__dict__:
            self.huey.storage.close()

    def preview_batch(self, batch_id: int) -> None:
        """Have a file looked through."""
        self.tasks["preview_batch"](batch_id)

    def run_batch(self, batch_id: int, by: Actor) -> None:
        """Have a confirmed file taken in."""
        self.tasks["run_batch"](batch_id, by)

    def undo_batch(self, batch_id: int, by: Actor) -> None:
        """Have what a file brought taken back."""
        self.tasks["undo_batch"](batch_id, by)

    def tag_waiting(self, raw_id: int, by: Actor) -> None:
        """Have the contacts that wait for the meaning of a value carry it."""
        self.tasks["tag_waiting"](raw_id, by)

    def run_source(self, scheduled_id: int, by: Actor) -> None:
        """Have a drop folder or a mailbox looked into now."""
        self.tasks["run_source"](scheduled_id, by)

    def count_soon(self) -> None:
        """Have touched days counted in a few seconds; what is touched until then is counted with them."""
        if self.in_process:
            self._count()
        elif (now := time.monotonic()) >= self._counts_at:
            self._counts_at = now + COUNT_AFTER_SECONDS
            self.tasks["count"].schedule(delay=COUNT_AFTER_SECONDS)

    def pick_up(self) -> None:
        """Count days that were left uncounted, and go on with what a killed worker left."""
        count_everything(self.database)
        with self.database.reading() as session:
            batches, following = queries.unfinished(session), waiting.following(session)
            due = scheduled.due(session, clock.now())
        for one in following:
            self._tag_waiting(one.raw_id, Actor(None, one.by_name))
        for batch in batches:
            if clock.now() - batch.moved_at < LEFT_BEHIND:
                continue
            by = Actor(None, batch.made_by)
            if batch.state == "running":
                self._run(batch.id, by)
            elif batch.state == "undoing" and batch.trouble is None:
                self._undo(batch.id, by)
            elif batch.state == "uploaded" and batch.trouble is None:
                self._preview(batch.id)
        for scheduled_id in due:
            self._run_source(scheduled_id, SCHEDULE)

    def forget(self) -> None:
        """Drop contacts that are past their time, and finish erasing whom a killed process left."""
        now = clock.now()
        with self.database.reading() as session:
            is_due = dropping.is_due(session, self.settings, at=now)
        try:
            erasing.go_on(self.database, self.settings, at=now)
            if is_due:
                by = Actor(None, "retention")
                dropping.drop(self.database, self.settings, by=by, at=now, told=self._check_whether_to_stop)
        except Stopped:
            log.info("Dropping contacts goes on when the worker starts again.")
        except Refused as error:
            log.info("Retention: %s", error.sentence)

    def measure(self) -> None:
        """Measure and book the month-ends that are due, and try the method on untouched reasons once a month.

        Asked every hour: a month-end is due when its contacts are all there, whenever that is.
        """
        now, by = clock.now(), Actor(None, "month-end run")
        today = now.astimezone(self.settings.timezone).date()
        for done in month_end.run(self.database, today, by=by, at=now):
            if done.sentence:
                log.warning("Month-end %s of initiative %s: %s", done.month, done.initiative_id, done.sentence)
        with self.database.reading() as session:
            last = placebo_runs.last(session)
            if not plan_queries.frozen_plans(session) or (last and now - last.worked_out_at < PLACEBO_EVERY):
                return
            found = placebo_runs.work_out(session, today)
        self.database.write(lambda session: placebo_runs.keep(session, found, today, by=by, at=now))

    def _preview(self, batch_id: int) -> None:
        def work() -> object:
            return importing.preview(
                self.database, self.settings, batch_id, at=clock.now(), progress=self._check_whether_to_stop
            )

        self._do(batch_id, work, lambda: self.preview_batch(batch_id))

    def _run(self, batch_id: int, by: Actor) -> None:
        def work() -> None:
            with self.database.reading() as session:
                is_mail = queries.batch(session, batch_id).format == "mail"
            if is_mail:
                from app.contacts.mail import delivering

                delivering.go_on(self.database, self.settings, batch_id, by=by, progress=self._check_whether_to_stop)
            else:
                importing.run(self.database, self.settings, batch_id, by=by, progress=self._check_whether_to_stop)

        self._do(batch_id, work, lambda: self.run_batch(batch_id, by))

    def _undo(self, batch_id: int, by: Actor) -> None:
        def work() -> object:
            return undoing.undo(self.database, batch_id, by=by, at=clock.now(), progress=self._check_whether_to_stop)

        self._do(batch_id, work, lambda: self.undo_batch(batch_id, by))

    def _run_source(self, scheduled_id: int, by: Actor) -> None:
        from app.contacts.scheduled import running

        try:
            running.run(
                self.database,
                self.settings,
                scheduled_id,
                by=by,
                now=clock.now,
                progress=self._check_whether_to_stop,
            )
        except Stopped:
            log.info("Source %s goes on when the worker starts again.", scheduled_id)
            return
        except Missing as error:
            log.info("Source %s: %s", scheduled_id, error.sentence)
        except Exception:
            log.exception("Source %s stopped", scheduled_id)
            running.give_up(self.database, self.settings, scheduled_id, at=clock.now())
        count_everything(self.database)

    def _count(self) -> None:
        count_everything(self.database)

    def _tag_waiting(self, raw_id: int, by: Actor) -> None:
        try:
            waiting.tag_all(self.database, raw_id, by=by, now=clock.now, told=self._check_whether_to_stop)
        except Stopped:
            log.info("The contacts of value %s follow when the worker starts again.", raw_id)
            self.tag_waiting(raw_id, by)
            return
        except Refused as error:
            log.warning("Value %s: %s", raw_id, error.sentence)
        # Once, behind the last of them: each thousand reaches into nearly every day.
        count_everything(self.database)

    def _do(self, batch_id: int, work: Callable[[], object], again: Callable[[], None]) -> None:
        """One task on a batch: what stops it is kept with the batch as a sentence, and touched days are counted."""
        try:
            work()
        except Stopped:
            log.info("Import %s goes on when the worker starts again.", batch_id)
            again()
            return
        except (Overtaken, Missing) as error:
            log.info("Import %s: %s", batch_id, error.sentence)
        except Refused as error:
            log.warning("Import %s: %s", batch_id, error.sentence)
            self._give_up(batch_id, error.sentence)
        except Exception as error:
            log.exception("Import %s stopped", batch_id)
            if not is_busy(error):
                self._give_up(batch_id, None)
        count_everything(self.database)

    def _give_up(self, batch_id: int, sentence: str | None) -> None:
        """Keep with the batch why it cannot go on, so that its page says it and nobody tries without end.

        Without a sentence the reason is in the log.
        """
        with self.database.reading() as session:
            batch = queries.batch(session, batch_id)
        if batch.state == "running" or (batch.state in {"uploaded", "undoing"} and batch.trouble is None):
            said = sentence or (UNEXPECTED_IN_UNDO if batch.state == "undoing" else UNEXPECTED)
            self.database.write(lambda session: importing.give_up(session, batch_id, said, at=clock.now()))

    def _check_whether_to_stop(self, *_how_far: int) -> None:
        if self.stopping.is_set():
            raise Stopped
