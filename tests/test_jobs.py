"""The worker's tasks, done by a real queue on both engines; a worker process that is asked to stop or killed."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import clock
from app.config import Settings, read_settings
from app.contacts import batches, importing, queries, undoing
from app.contacts.days import touch
from app.contacts.queries import Batch
from app.contacts.rules import Choices, Counts
from app.contacts.tables import ImportBatch
from app.counting import everything
from app.counting import queries as totals
from app.db import Base, Database
from app.jobs import UNEXPECTED, UNEXPECTED_IN_UNDO, Jobs
from app.measurement import placebo_runs, plan_queries
from app.measurement.tables import Placebo
from app.people.rules import Actor
from tests.builders import make_contact
from tests.even_centre import make_even_centre

ANA = Actor(None, "Ana Sol")
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def installation(database: Database, tmp_path: Path) -> Settings:
    return read_settings({"TRACKER_INSTANCE": str(tmp_path), "DATABASE_URL": database.url, "SECRET_KEY": "for tests"})


@pytest.fixture
def jobs(installation: Settings, database: Database) -> Iterator[Jobs]:
    jobs = Jobs(installation, database)
    yield jobs
    jobs.close()


def rows(number: int) -> bytes:
    lines = [f"{one},2026-11-{one % 20 + 1:02d}T08:00:00Z,Delivery" for one in range(number)]
    return "\n".join(["external_id,occurred_at,reason", *lines]).encode()


def receive(jobs: Jobs, content: bytes) -> int:
    stream, choices = io.BytesIO(content), Choices("Zendesk")
    return importing.receive(jobs.database, jobs.settings, stream, "week.csv", choices, by=ANA, at=clock.now())


def confirm(jobs: Jobs, batch_id: int) -> None:
    importing.preview(jobs.database, jobs.settings, batch_id, at=clock.now())
    jobs.database.write(lambda session: importing.confirm(session, batch_id, at=clock.now()))


def work_off(jobs: Jobs) -> int:
    """Do what is in the queue, as a worker does; how many tasks it was."""
    done = 0
    assert jobs.tasks
    while (task := jobs.huey.dequeue()) is not None:
        jobs.huey.execute(task)
        done += 1
    return done


def batch_of(jobs: Jobs, batch_id: int) -> Batch:
    with jobs.database.reading() as session:
        return queries.batch(session, batch_id)


def set_back(jobs: Jobs, batch_id: int, by: timedelta, **fields: object) -> None:
    def work(session: object) -> None:
        batch = session.get_one(ImportBatch, batch_id)  # type: ignore[attr-defined]
        for name, value in {**fields, "moved_at": clock.now() - by}.items():
            setattr(batch, name, value)

    jobs.database.write(work)


def test_a_file_goes_through_the_queue_and_is_counted_at_its_end(jobs: Jobs) -> None:
    batch_id = receive(jobs, rows(30))
    jobs.preview_batch(batch_id)
    assert batch_of(jobs, batch_id).state == "uploaded"
    assert work_off(jobs) == 1
    assert batch_of(jobs, batch_id).state == "previewed"
    jobs.database.write(lambda session: importing.confirm(session, batch_id, at=clock.now()))
    jobs.run_batch(batch_id, ANA)
    work_off(jobs)
    batch = batch_of(jobs, batch_id)
    assert (batch.state, batch.counts) == ("done", Counts(new=30))
    with jobs.database.reading() as session:
        assert everything.marks(session) == {}
        assert totals.untagged_by_channel(session) == {}
        assert totals.first_and_last_day(session) == (batch.first_day, batch.last_day)
    jobs.undo_batch(batch_id, ANA)
    work_off(jobs)
    assert batch_of(jobs, batch_id).state == "undone"
    with jobs.database.reading() as session:
        assert totals.first_and_last_day(session) is None


def test_a_task_put_twice_into_the_queue_is_done_once(jobs: Jobs) -> None:
    batch_id = receive(jobs, rows(30))
    confirm(jobs, batch_id)
    for _ in range(2):
        jobs.run_batch(batch_id, ANA)
    assert work_off(jobs) == 2
    assert batch_of(jobs, batch_id).counts == Counts(new=30)


def test_asked_to_stop_a_long_import_ends_behind_its_chunk_and_goes_on_with_the_next_worker(jobs: Jobs) -> None:
    batch_id = receive(jobs, rows(6000))
    confirm(jobs, batch_id)
    jobs.run_batch(batch_id, ANA)
    jobs.stopping.set()
    task = jobs.huey.dequeue()
    jobs.huey.execute(task)
    half = batch_of(jobs, batch_id)
    assert half.state == "running"
    assert 0 < half.counts.read < 6000
    assert half.trouble is None
    jobs.stopping.clear()
    assert work_off(jobs) == 1
    assert batch_of(jobs, batch_id).counts == Counts(new=6000)


def test_what_stops_a_task_unexpectedly_is_said_on_the_import(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    batch_id = receive(jobs, rows(30))
    confirm(jobs, batch_id)

    def broken(*_: object, **__: object) -> None:
        message = "a defect"
        raise ValueError(message)

    monkeypatch.setattr(importing, "run", broken)
    jobs.run_batch(batch_id, ANA)
    work_off(jobs)
    batch = batch_of(jobs, batch_id)
    assert (batch.state, batch.trouble) == ("failed", UNEXPECTED)


def test_a_file_that_was_removed_meanwhile_stops_nothing(jobs: Jobs) -> None:
    batch_id = receive(jobs, rows(30))
    jobs.preview_batch(batch_id)
    jobs.database.write(lambda session: batches.forget(session, jobs.settings, batch_id, by=ANA, at=clock.now()))
    assert work_off(jobs) == 1
    with jobs.database.reading() as session:
        assert queries.batches(session) == []


def test_a_file_that_vanished_is_said_on_the_import(jobs: Jobs) -> None:
    batch_id = receive(jobs, rows(30))
    confirm(jobs, batch_id)
    for path in jobs.settings.uploads.iterdir():
        path.unlink()
    jobs.run_batch(batch_id, ANA)
    work_off(jobs)
    batch = batch_of(jobs, batch_id)
    assert batch.state == "failed"
    assert batch.trouble is not None
    assert "week.csv" in batch.trouble


def test_an_import_that_a_killed_worker_left_is_picked_up_after_a_minute(jobs: Jobs) -> None:
    batch_id = receive(jobs, rows(30))
    confirm(jobs, batch_id)
    jobs.pick_up()
    assert batch_of(jobs, batch_id).state == "running"
    set_back(jobs, batch_id, timedelta(minutes=2))
    jobs.pick_up()
    batch = batch_of(jobs, batch_id)
    assert (batch.state, batch.counts) == ("done", Counts(new=30))


def test_an_import_that_was_left_is_picked_up_however_many_came_after_it(jobs: Jobs) -> None:
    left = receive(jobs, rows(30))
    confirm(jobs, left)
    for number in range(60):
        importing.import_file(
            jobs.database,
            jobs.settings,
            _file(jobs, number),
            Choices(source="another source"),
            by=ANA,
            at=clock.now(),
        )
    set_back(jobs, left, timedelta(minutes=2))
    jobs.pick_up()
    assert batch_of(jobs, left).state == "done"


def _file(jobs: Jobs, number: int) -> Path:
    path = jobs.settings.instance / f"{number}.csv"
    path.write_text(f"occurred_at\n2026-03-01T10:{number:02d}:00Z\n", encoding="utf-8")
    return path


def test_a_preview_and_an_undo_that_were_left_are_picked_up_too(jobs: Jobs) -> None:
    first, second = receive(jobs, rows(30)), receive(jobs, rows(40))
    confirm(jobs, second)
    importing.run(jobs.database, jobs.settings, second, by=ANA)
    set_back(jobs, first, timedelta(minutes=2))
    set_back(jobs, second, timedelta(minutes=2), state="undoing", decided=_undoing(jobs, second))
    jobs.pick_up()
    assert batch_of(jobs, first).state == "previewed"
    assert batch_of(jobs, second).state == "undone"


def test_an_undo_that_fails_says_so_is_not_tried_without_end_and_goes_on_when_asked(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id = receive(jobs, rows(20))
    confirm(jobs, batch_id)
    jobs.run_batch(batch_id, ANA)
    work_off(jobs)
    tries: list[int] = []

    def broken(_session: object, number: int) -> bool:
        tries.append(number)
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(undoing, "_remove_some", broken)
        jobs.undo_batch(batch_id, ANA)
        work_off(jobs)
        assert (batch_of(jobs, batch_id).state, batch_of(jobs, batch_id).trouble) == ("undoing", UNEXPECTED_IN_UNDO)
        set_back(jobs, batch_id, timedelta(minutes=2))
        jobs.pick_up()
        assert tries == [batch_id]
    asked = jobs.database.write(lambda session: undoing.begin(session, batch_id, at=clock.now()))
    assert asked is not None
    assert batch_of(jobs, batch_id).trouble is None
    jobs.undo_batch(batch_id, ANA)
    work_off(jobs)
    assert (batch_of(jobs, batch_id).state, batch_of(jobs, batch_id).trouble) == ("undone", None)


def _undoing(jobs: Jobs, batch_id: int) -> dict[str, object]:
    with jobs.database.reading() as session:
        decided = session.get_one(ImportBatch, batch_id).decided
    return {**decided, "undone": {"removed": 0, "restored": 0}}


def test_a_file_that_waits_for_an_answer_is_left_alone(jobs: Jobs) -> None:
    batch_id = receive(jobs, b"Opened,Why\n2026-11-16,Delivery\n")
    jobs.preview_batch(batch_id)
    work_off(jobs)
    trouble = batch_of(jobs, batch_id).trouble
    assert trouble is not None
    set_back(jobs, batch_id, timedelta(minutes=2))
    before = batch_of(jobs, batch_id).moved_at
    jobs.pick_up()
    assert batch_of(jobs, batch_id).moved_at == before


def test_days_that_were_left_uncounted_are_counted(jobs: Jobs) -> None:
    def fill(session: object) -> None:
        contact = make_contact(session)  # type: ignore[arg-type]
        touch(session, [contact.day])  # type: ignore[arg-type]

    jobs.database.write(fill)
    jobs.pick_up()
    with jobs.database.reading() as session:
        assert totals.untagged_by_channel(session) == {"phone": 1}


def test_jobs_in_process_are_done_before_the_call_returns(installation: Settings, database: Database) -> None:
    jobs = Jobs(replace(installation, jobs_in_process=True), database)
    batch_id = receive(jobs, rows(5))
    jobs.preview_batch(batch_id)
    assert batch_of(jobs, batch_id).state == "previewed"


def test_undo_of_a_running_import_stops_it(jobs: Jobs) -> None:
    batch_id = receive(jobs, rows(30))
    confirm(jobs, batch_id)
    undoing.undo(jobs.database, batch_id, by=ANA, at=clock.now())
    jobs.run_batch(batch_id, ANA)
    work_off(jobs)
    batch = batch_of(jobs, batch_id)
    assert (batch.state, batch.trouble) == ("undone", None)


def start_worker(settings: Settings) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "TRACKER_INSTANCE": str(settings.instance),
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(jobs: Jobs, batch_id: int, state: str) -> Batch:
    for _ in range(600):
        if (batch := batch_of(jobs, batch_id)).state == state:
            return batch
        time.sleep(0.05)
    batch = batch_of(jobs, batch_id)
    pytest.fail(f"The import is {batch.state}, not {state}: {batch.trouble}")


def test_a_worker_process_does_what_is_queued_and_ends_in_peace_when_asked(jobs: Jobs) -> None:
    batch_id = receive(jobs, rows(300))
    confirm(jobs, batch_id)
    with start_worker(jobs.settings) as worker:
        try:
            jobs.run_batch(batch_id, ANA)
            assert wait_for(jobs, batch_id, "done").counts == Counts(new=300)
            worker.send_signal(signal.SIGTERM)
            _, said = worker.communicate(timeout=20)
        finally:
            worker.kill()
    assert worker.returncode == 0
    assert "Traceback" not in said


def test_a_worker_that_is_killed_in_the_middle_loses_and_doubles_nothing(jobs: Jobs) -> None:
    batch_id = receive(jobs, rows(40_000))
    confirm(jobs, batch_id)
    jobs.run_batch(batch_id, ANA)
    with start_worker(jobs.settings) as worker:
        try:
            while batch_of(jobs, batch_id).counts.read == 0 and worker.poll() is None:
                time.sleep(0.02)
        finally:
            worker.kill()
            worker.communicate()
    left = batch_of(jobs, batch_id)
    assert left.state == "running"
    assert left.counts.read < 40_000
    set_back(jobs, batch_id, timedelta(minutes=2))
    jobs.pick_up()
    assert batch_of(jobs, batch_id).counts == Counts(new=40_000)


def test_month_ends_are_measured_and_the_method_is_tried_once_a_month(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    initiative_id = jobs.database.write(make_even_centre)
    monkeypatch.setattr("app.clock.now", lambda: datetime(2026, 9, 14, 9, tzinfo=UTC))
    for _ in range(2):
        jobs.measure()
    with jobs.database.reading() as session:
        months = [one.month for one in plan_queries.measurements(session, initiative_id)]
        placebo = placebo_runs.last(session)
    assert months == [date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)]
    # ten even reasons of 852 days: never a saving where there was none
    assert placebo is not None
    assert (placebo.reliability.reasons, placebo.reliability.false_saving) == (10, 0)
    assert session_count(jobs, Placebo) == 1


def test_without_a_frozen_plan_nothing_is_measured_or_tried(jobs: Jobs) -> None:
    jobs.measure()
    assert session_count(jobs, Placebo) == 0


def session_count(jobs: Jobs, table: type[Base]) -> int:
    with jobs.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
