"""Imports that are killed at any moment: run again they end as if nothing had happened."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.config import Settings
from app.db import Database
from app.people import trail
from tests.intake_builders import contents, import_path, make_file, make_line, make_settings

ROOT = Path(__file__).resolve().parents[2]
ROWS = int(os.environ.get("TRACKER_TEST_KILLED_ROWS", "20000"))
KILLS = int(os.environ.get("TRACKER_TEST_KILLS", "4"))
# The command as people run it, with chunks so small that a kill falls between and into many of them, and read by a
# second process as a longer file would be.
PROGRAM = """
import sys
from app.contacts import apart, batches
apart.WORTH_BYTES = 0
batches.ROWS_AT_ONCE = 500
from wsgi import app
sys.exit(app.test_cli_runner().invoke(args=sys.argv[1:]).exit_code)
"""


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """The settings of an installation on the database of this test."""
    return make_settings(database, tmp_path)


@pytest.fixture(scope="module")
def rows() -> list[list[str]]:
    """Numbered rows, twins without a number, and some that are rejected."""
    rows = [make_line(number) for number in range(ROWS)]
    for number in range(0, ROWS, 7):
        rows[number][0] = ""
        rows[number][1] = f"2026-08-{1 + number % 28:02d}T10:00:00Z"
    for number in range(0, ROWS, 501):
        rows[number][1] = "never"
    return rows


def command(settings: Settings, *words: str) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "TRACKER_INSTANCE": str(settings.instance),
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": "tests",
    }
    return subprocess.Popen([sys.executable, "-c", PROGRAM, *words], cwd=ROOT, env=environment)


def progress_of(database: Database) -> Iterator[int]:
    """How many rows the newest batch has read, as often as one asks."""
    while True:
        with database.reading() as session:
            yield session.scalar(text("select read from import_batch order by id desc limit 1")) or 0


def kill_somewhere(database: Database, settings: Settings, words: tuple[str, ...], wait_for: int) -> int:
    """Start the command and kill it once it has read so many rows, at a random moment after."""
    process = command(settings, *words)
    for read in progress_of(database):
        if read >= wait_for or process.poll() is not None:
            break
        time.sleep(0.002)
    time.sleep(random.random() * 0.05)
    process.send_signal(signal.SIGKILL)
    return process.wait()


def told(database: Database) -> Mapping[str, Any]:
    """Contacts, totals and rejections, without what names the batch or the hour."""
    held = contents(database)
    with database.reading() as session:
        rejects = session.execute(text('select line, "column", value, sentence from import_reject order by line'))
        counts = session.execute(
            text("select read, new, updated, unchanged, rejected, ignored, untagged, state from import_batch")
        )
        return {**held, "rejects": list(map(tuple, rejects)), "batches": list(map(tuple, counts))}


@pytest.mark.timeout(600)
@pytest.mark.slow
def test_an_import_that_is_killed_again_and_again_ends_as_one_that_was_not(
    database: Database, settings: Settings, rows: list[list[str]], tmp_path: Path, sqlite_template: Path
) -> None:
    path = make_file(tmp_path, rows)
    calm = Database(f"sqlite:///{tmp_path / 'calm.db'}")
    (tmp_path / "calm.db").write_bytes(sqlite_template.read_bytes())
    batch = import_path(calm, make_settings(calm, tmp_path), path)
    assert batch.counts.rejected > 0

    words = ("contacts", "import", str(path), "--source", batch.source)
    codes = [kill_somewhere(database, settings, words, ROWS * kill // (KILLS + 2)) for kill in range(1, KILLS + 1)]
    assert -signal.SIGKILL in codes, "at least one kill came in time"
    assert command(settings, *words).wait() == 0
    ours, theirs = told(database), told(calm)
    for table in ("rejects", "batches"):
        assert ours[table] == theirs[table]
    assert [comparable(row) for row in ours["contact"]] == [comparable(row) for row in theirs["contact"]]
    assert [tuple(map(str, row.values())) for row in ours["daily_total"]] == [
        tuple(map(str, row.values())) for row in theirs["daily_total"]
    ]
    assert ours["touched_day"] == []
    with database.reading() as session:
        assert list(trail.breaks(session)) == []
    calm.close()


@pytest.mark.timeout(600)
@pytest.mark.slow
def test_an_undo_that_is_killed_goes_on_and_leaves_nothing(
    database: Database, settings: Settings, rows: list[list[str]], tmp_path: Path
) -> None:
    import_path(database, settings, make_file(tmp_path, rows[:100], name="first.csv"))
    before = contents(database)
    batch = import_path(database, settings, make_file(tmp_path, rows))
    for _ in range(3):
        process = command(settings, "contacts", "undo", str(batch.id))
        while process.poll() is None and len(state_of(database, batch.id)) == len("done"):
            time.sleep(0.01)
        time.sleep(random.random() * 0.3)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert command(settings, "contacts", "undo", str(batch.id)).wait() == 0
    assert state_of(database, batch.id) == "undone"
    assert contents(database) == before


def state_of(database: Database, batch_id: int) -> str:
    with database.reading() as session:
        return str(session.scalar(text(f"select state from import_batch where id = {batch_id}")))


def comparable(row: Mapping[str, Any]) -> tuple[str, ...]:
    """A contact in words that both engines share."""
    identity = row["id"].hex() if isinstance(row["id"], bytes) else row["id"].hex
    names = ("external_id", "day", "channel", "direction", "handle_seconds", "note", "reason_id", "raw_reason_id")
    return (identity, bytes(row["content"]).hex(), *(str(row[name]) for name in names))
