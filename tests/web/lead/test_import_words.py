from typing import Any

import pytest

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
        ("previewed", Counts(new=4306, updated=212, rejected=38), "4,306 new contacts are ready. 38 rows need a look."),
        ("previewed", Counts(new=1, rejected=1), "1 new contact is ready. 1 row needs a look."),
        ("previewed", Counts(new=2), "2 new contacts are ready."),
        ("previewed", Counts(unchanged=9, ignored=1), "Nothing in this file is new."),
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
