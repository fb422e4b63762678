"""Two processes at the same file, and two files with the same contacts at once."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from app.config import Settings
from app.contacts import importing, queries, undoing
from app.contacts.rules import Choices
from app.db import Database
from app.values.errors import Refused
from tests.intake_builders import LEAD, NOW, contacts, counts, import_path, make_file, make_line, make_settings

ROWS = 3000


@pytest.fixture
def settings(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of an installation on the database of this test, which takes in small chunks."""
    monkeypatch.setattr("app.contacts.batches.ROWS_AT_ONCE", 100)
    return make_settings(database, tmp_path)


def at_once(*works: Callable[[], object]) -> list[Exception | None]:
    """Do all works at the same time; what each ended with."""
    ends: list[Exception | None] = [None] * len(works)
    barrier = threading.Barrier(len(works))

    def do(place: int) -> None:
        barrier.wait()
        try:
            works[place]()
        except Exception as error:  # noqa: BLE001  (the test looks at it)
            ends[place] = error

    threads = [threading.Thread(target=do, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def test_two_processes_at_one_file_double_nothing_and_the_loser_says_so(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    path = make_file(tmp_path, [make_line(number) for number in range(ROWS)])

    def take() -> None:
        importing.import_file(database, settings, path, Choices("Switch"), by=LEAD, at=NOW)

    ends = at_once(take, take)
    for end in ends:
        assert end is None or (isinstance(end, Refused) and "nothing is doubled" in end.sentence), end
    last = import_path(database, settings, path)
    assert len(contacts(database)) == ROWS
    with database.reading() as session:
        batches = queries.batches(session)
    assert all(batch.state == "done" for batch in batches)
    assert sum(batch.counts.new for batch in batches) == ROWS
    assert counts(last)["read"] == ROWS


def test_two_files_with_the_same_contacts_at_once_make_them_once(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    rows = [make_line(number) for number in range(ROWS)]
    one = make_file(tmp_path, rows, name="one.csv")
    other = make_file(tmp_path, [*rows[ROWS // 2 :][::-1], make_line(ROWS + 1)], name="other.csv")

    def take(path: Path) -> Callable[[], int]:
        return lambda: importing.import_file(database, settings, path, Choices("Switch"), by=LEAD, at=NOW)

    assert at_once(take(one), take(other)) == [None, None]
    assert len(contacts(database)) == ROWS + 1
    with database.reading() as session:
        batches = queries.batches(session)
    assert sum(batch.counts.new for batch in batches) == ROWS + 1
    assert sum(batch.counts.unchanged for batch in batches) == ROWS // 2
    assert sum(batch.counts.updated for batch in batches) == 0


def test_undo_stops_a_run_and_leaves_nothing_of_it(database: Database, settings: Settings, tmp_path: Path) -> None:
    path = make_file(tmp_path, [make_line(number) for number in range(ROWS)])
    begun = threading.Event()

    def take() -> None:
        importing.import_file(
            database, settings, path, Choices("Switch"), by=LEAD, at=NOW, progress=lambda *_: begun.set()
        )

    def undo() -> None:
        begun.wait(timeout=60)
        undoing.undo(database, 1, by=LEAD, at=NOW)

    stopped, undone = at_once(take, undo)
    assert undone is None
    assert stopped is None or isinstance(stopped, Refused)
    assert contacts(database) == []
    with database.reading() as session:
        assert queries.batch(session, 1).state == "undone"


def test_two_undos_at_once_are_one(database: Database, settings: Settings, tmp_path: Path) -> None:
    batch = import_path(database, settings, make_file(tmp_path, [make_line(number) for number in range(ROWS)]))

    def undo() -> None:
        undoing.undo(database, batch.id, by=LEAD, at=NOW)

    assert at_once(undo, undo) == [None, None]
    assert contacts(database) == []
