from datetime import datetime, timedelta
from typing import Any

import pytest

from app.contacts.progress import Begun
from app.contacts.queries import Batch
from app.contacts.rules import Choices, Counts, Preview
from app.web.lead import import_words
from tests.builders import AT


def make_batch(state: str, counts: Counts = Counts(), **fields: Any) -> Batch:  # noqa: B008  (it is frozen)
    preview = Preview("ours", "UTF-8", "comma", counts, None, None, (), (), (), 0, ())
    values: dict[str, Any] = {
        "id": 1,
        "source_id": 1,
        "source": "Zendesk",
        "file_name": "week.csv",
        "byte_count": 1000,
        "format": "ours",
        "choices": Choices("Zendesk"),
        "state": state,
        "position": 0,
        "counts": Counts() if state == "previewed" else counts,
        "first_day": None,
        "last_day": None,
        "trouble": None,
        "remarks": (),
        "preview": preview if state == "previewed" else None,
        "made_by": "Jonas Feld",
        "made_at": AT,
        "moved_at": AT,
        "finished_at": None,
    }
    return Batch(**{**values, **fields})


@pytest.mark.parametrize(
    ("state", "counts", "finding"),
    [
        ("uploaded", Counts(), "week.csv is being read."),
        (
            "previewed",
            Counts(new=4306, updated=212, rejected=38),
            "4,306 new contacts are ready, and 212 change. 38 rows need a look.",
        ),
        ("previewed", Counts(new=1, rejected=1), "1 new contact is ready. 1 row needs a look."),
        ("previewed", Counts(new=2), "2 new contacts are ready."),
        ("previewed", Counts(unchanged=9, ignored=1), "Nothing in this file is new."),
        ("previewed", Counts(updated=644, unchanged=87), "644 contacts change, none is new."),
        ("previewed", Counts(updated=1, rejected=1), "1 contact changes, none is new. 1 row needs a look."),
        ("previewed", Counts(unchanged=9, rejected=2), "Nothing in this file is new. 2 rows need a look."),
        ("previewed", Counts(rejected=2, ignored=1), "No row of this file can be taken in."),
        ("done", Counts(rejected=2), "No row of this file could be taken in."),
        ("done", Counts(unchanged=1, rejected=2), "Nothing in this file was new."),
        ("previewed", Counts(), "This file holds no rows."),
        ("running", Counts(new=5), "week.csv is being taken in."),
        ("done", Counts(new=4306, updated=212), "4,306 new contacts were taken in."),
        ("done", Counts(updated=1), "1 contact was updated."),
        ("done", Counts(unchanged=3), "Nothing in this file was new."),
        ("failed", Counts(new=20, ignored=2), "It stopped after 22 rows."),
        ("undoing", Counts(new=5), "week.csv is being taken back."),
        ("undone", Counts(new=5), "This import was undone."),
    ],
)
def test_an_import_opens_with_what_became_of_it(state: str, counts: Counts, finding: str) -> None:
    assert import_words.finding(make_batch(state, counts)).replace("\u00a0", " ") == finding


def test_a_file_that_needs_an_answer_says_what_is_asked() -> None:
    batch = make_batch("uploaded", trouble="Which is it?")
    assert import_words.finding(batch) == "This file cannot be taken in as it is."
    assert import_words.lede(batch) == "Which is it?"
    assert import_words.state(batch) == ("Needs an answer", "state-care")
    assert not import_words.is_moving(batch)


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        (Counts(new=4306, untagged=916), "Of the new ones 3,390 carry a reason and 916 will wait in the inbox."),
        (Counts(new=3), "All of the new ones carry a reason."),
        (Counts(new=3, untagged=3), "None of the new ones carries a reason; they will wait in the inbox."),
        (Counts(updated=3), ""),
    ],
)
def test_how_many_carry_a_reason_is_said(counts: Counts, sentence: str) -> None:
    assert import_words.tagging(counts) == sentence


def test_what_was_taken_in_says_what_is_left_to_do() -> None:
    said = import_words.lede(make_batch("done", Counts(new=10, updated=2, untagged=4, rejected=1)))
    assert said.replace("\u00a0", " ") == (
        "4 of them have no reason and wait in the inbox. 2 contacts updated. 1 row needs a look."
    )
    assert import_words.lede(make_batch("done", Counts(new=10))) == "Every row was understood."


def test_only_what_the_worker_has_to_do_is_moving() -> None:
    moving = [state for state in import_words.STATES if import_words.is_moving(make_batch(state))]
    assert moving == ["uploaded", "running", "undoing"]


def seconds_later(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("batch", "words"),
    [
        (make_batch("uploaded"), "is being read"),
        (make_batch("uploaded", position=400), "is being read, 40 % of the file"),
        (make_batch("running", Counts(new=1200), position=500), "1,200 rows so far, 50 % of the file"),
        # 1,000 rows and 400 bytes in 40 seconds, with 500 bytes left: 25 rows a second, 50 seconds.
        (
            make_batch(
                "running", Counts(new=1200), position=500, begun=Begun(AT, 200, 100), moved_at=seconds_later(40)
            ),
            "1,200 rows so far, 50 % of the file, 25 rows a second, less than a minute left",
        ),
        # 100 bytes in 40 seconds, with 900 left: six minutes.
        (
            make_batch("running", Counts(new=400), position=100, begun=Begun(AT, 0, 0), moved_at=seconds_later(40)),
            "400 rows so far, 10 % of the file, 10 rows a second, about 6 minutes left",
        ),
        (make_batch("undoing"), "is being taken back"),
        (make_batch("undoing", taken_back=1200, to_take_back=3000), "1,200 of 3,000 contacts taken back"),
    ],
)
def test_how_far_an_import_is_stands_in_rows_speed_and_time_left(batch: Batch, words: str) -> None:
    assert import_words.how_far(batch).replace("\u00a0", " ") == words


@pytest.mark.parametrize("begun", [Begun(AT, 0, 0), Begun(AT, 1200, 100)])
def test_of_a_start_nobody_says_how_fast_it_goes(begun: Begun) -> None:
    batch = make_batch("running", Counts(new=1200), position=500, begun=begun, moved_at=seconds_later(1))
    assert batch.speed is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (19, ""),
        (20, "It waits for the worker."),
        (179, "It waits for the worker."),
        (185, "Nothing has moved for 3 minutes: the worker does not seem to run."),
    ],
)
@pytest.mark.parametrize("state", ["uploaded", "running", "undoing"])
def test_an_import_that_stands_still_says_so_and_what_to_do(state: str, seconds: int, words: str) -> None:
    batch = make_batch(state)
    said = import_words.standstill(batch, seconds_later(seconds), [batch]).replace("\u00a0", " ")
    assert said.startswith(words)
    assert bool(said) == bool(words)
    if seconds > 180:
        assert "flask worker" in said
        assert "Nothing is lost" in said


def test_an_import_behind_another_one_waits_for_that() -> None:
    batch, other = make_batch("running"), make_batch("running", id=2, moved_at=seconds_later(300))
    said = import_words.standstill(batch, seconds_later(305), [batch, other])
    assert said == "It waits until another import is through."
    assert import_words.standstill(other, seconds_later(305), [batch, other]) == ""


@pytest.mark.parametrize("batch", [make_batch("done"), make_batch("uploaded", trouble="Which is it?")])
def test_what_is_over_or_asks_something_does_not_stand_still(batch: Batch) -> None:
    assert import_words.standstill(batch, seconds_later(9999), []) == ""


def test_a_page_asks_often_at_first_then_less_and_seldom_where_nothing_moves() -> None:
    batch = make_batch("running", begun=Begun(AT, 0, 0), moved_at=seconds_later(40))
    looks = [import_words.seconds_to_next_look(batch, seconds_later(seconds)) for seconds in (5, 45, 100)]
    assert looks == [1, 3, 15]


def test_an_undo_that_stopped_says_why_and_moves_no_more() -> None:
    batch = make_batch("undoing", trouble="The disk is full. What is left can be taken back later.")
    assert not import_words.is_moving(batch)
    assert import_words.state(batch) == ("Undo stopped", "state-bad")
    assert import_words.finding(batch) == "Taking week.csv back has stopped."
    assert import_words.lede(batch) == "The disk is full. What is left can be taken back later."
