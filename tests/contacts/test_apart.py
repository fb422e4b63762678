"""A long file is read by a second process: it tells the same, and its end is no secret."""

import gzip
import os
import pickle
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.config import Settings, read_settings
from app.contacts import apart, opening
from app.contacts.files import File
from app.contacts.opening import OpenFile
from app.contacts.rules import Choices
from app.db import Database
from app.values.errors import Refused
from tests.intake_builders import NOW, contents, import_path, make_file, make_line, make_settings

ROWS_AT_ONCE = 100
# In place of what reads: says that there is much to come, and ends.
BREAKS_OFF = "import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write(bytes([0, 0, 0, 0, 0, 0, 9, 9, 1]))"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of an installation whose database is not asked."""
    return read_settings({"TRACKER_INSTANCE": str(tmp_path / "instance"), "SECRET_KEY": "tests"})


@pytest.fixture(autouse=True)
def _every_file_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "WORTH_BYTES", 0)


def odd_rows() -> list[list[str]]:
    """Rows of every fate: new, without a number, twice the same number, not to be read, blank."""
    rows = [make_line(number, note="see card 4111 1111 1111 1111") for number in range(450)]
    rows += [make_line(900, external_id="", note="a twin")] * 2
    rows += [make_line(1), make_line(2, occurred_at="never"), make_line(3, channel="pigeon"), [""] * 7]
    return rows


def opened(settings: Settings, path: Path) -> OpenFile:
    choices = Choices(source="Switch", timezone="America/Toronto")
    return opening.look(File(path, path.name), choices, settings, at=NOW)


def test_a_second_process_tells_the_same_as_the_first(settings: Settings, tmp_path: Path) -> None:
    path = make_file(tmp_path, odd_rows())
    here, there = opened(settings, path), opened(settings, path)

    told_here = list(here.portions(ROWS_AT_ONCE))
    told_there = list(apart.portions(there, ROWS_AT_ONCE))

    assert told_there == told_here
    assert len(told_there) == 5
    assert (there.superseded, there.ignored, there.remarks) == (here.superseded, here.ignored, here.remarks)
    assert (there.superseded, there.ignored) == (1, 1)


def test_times_that_had_to_be_resolved_are_told_from_there_too(settings: Settings, tmp_path: Path) -> None:
    path = make_file(
        tmp_path, [make_line(1, occurred_at="2026-03-08 02:30"), make_line(2, occurred_at="2026-03-09 1:00")]
    )
    there = opened(settings, path)

    list(apart.portions(there, ROWS_AT_ONCE))

    assert there.remarks == ["1\u00a0time in an hour that clocks in America/Toronto skip: read as an hour later."]


def test_why_a_file_cannot_be_read_on_is_told(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv.gz"
    path.write_bytes(gzip.compress(make_file(tmp_path, odd_rows()).read_bytes()))
    there = opened(settings, path)
    path.write_bytes(path.read_bytes()[:-100])

    with pytest.raises(OSError, match=r"Compressed file ended"):
        list(apart.portions(there, ROWS_AT_ONCE))


def test_a_full_disk_is_told_in_words(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The second process may keep two pages of what it has seen.
    monkeypatch.setattr(
        apart,
        "PROGRAM",
        f"""
import sys; sys.path.insert(0, {str(apart.ROOT)!r})
from app.contacts import apart, seen
make = seen.Seen.__init__
def small(self, identities):
    make(self, identities)
    self._memory.execute("pragma max_page_count=4")
seen.Seen.__init__ = small
apart.serve()
""",
    )
    there = opened(settings, make_file(tmp_path, odd_rows() * 4))

    with pytest.raises(OSError, match="database or disk is full"):
        list(apart.portions(there, ROWS_AT_ONCE))


def test_a_process_that_dies_stops_the_import_and_it_goes_on_when_run_again(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(database, tmp_path)
    path = make_file(tmp_path, odd_rows())
    with monkeypatch.context() as broken:
        broken.setattr(apart, "PROGRAM", BREAKS_OFF)
        with pytest.raises(
            Refused, match=r"stopped after 0 rows: the process that reads the file ended\. .*Run it again"
        ):
            import_path(database, settings, path)

    batch = import_path(database, settings, path)

    assert (batch.state, batch.counts.read) == ("done", 456)


def test_what_is_taken_in_is_the_same_whoever_reads(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(database, tmp_path)
    path = make_file(tmp_path, odd_rows())
    apart_batch = import_path(database, settings, path, source="Apart")
    monkeypatch.setattr(apart, "WORTH_BYTES", 1 << 40)
    here_batch = import_path(database, settings, path, source="Here")

    assert apart_batch.counts == here_batch.counts
    assert len(contents(database)["contact"]) == 2 * 452


def test_no_process_is_left_where_nobody_listens_any_more(settings: Settings, tmp_path: Path) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Watched(subprocess.Popen[bytes]):
        def __init__(self, *arguments: object, **more: object) -> None:
            super().__init__(*arguments, **more)  # type: ignore[call-overload]
            started.append(self)

    path = make_file(tmp_path, odd_rows())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "Popen", Watched)
        portions = apart.portions(opened(settings, path), ROWS_AT_ONCE)
        next(portions)
        portions.close()

    assert [process.poll() is not None for process in started] == [True]


def test_the_reading_process_ends_by_itself_when_the_importing_one_was_killed(
    settings: Settings, tmp_path: Path
) -> None:
    path = make_file(tmp_path, odd_rows() * 20)
    # Exits without a word in the middle of the file, as a killed process does, and names the process that it started.
    program = f"""
import os, pickle, subprocess, sys
sys.path.insert(0, {str(apart.ROOT)!r})
from app.contacts import apart
apart.WORTH_BYTES = 0
class Told(subprocess.Popen):
    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        print(self.pid, flush=True)
apart.subprocess.Popen = Told
file = pickle.load(sys.stdin.buffer)
portions = apart.portions(file, {ROWS_AT_ONCE})
next(portions)
os._exit(0)
"""
    found = subprocess.run(
        (sys.executable, "-c", program), input=pickle.dumps(opened(settings, path)), capture_output=True, check=True
    )

    assert ended(int(found.stdout))


def ended(pid: int) -> bool:
    """Whether a process that nobody waits for is over within some seconds."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.1)
    return False
