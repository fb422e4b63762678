"""What is said of an import: its finding, what stands below it, and the word for where it is."""

from collections.abc import Collection
from datetime import datetime, timedelta

from app.contacts.queries import Batch
from app.contacts.rules import Counts
from app.values.figures import counted, number, share

# The word, and the shape that goes with it.
STATES = {
    "uploaded": ("Being read", "state-sizing"),
    "previewed": ("Waits for your word", "state-approved"),
    "running": ("Being taken in", "state-progress"),
    "done": ("Taken in", "state-good"),
    "failed": ("Stopped", "state-bad"),
    "undoing": ("Being taken back", "state-progress"),
    "undone": ("Undone", "state-dropped"),
}
FINDINGS = {
    "uploaded": "{name} is being read.",
    "running": "{name} is being taken in.",
    "failed": "It stopped after {rows}.",
    "undoing": "{name} is being taken back.",
    "undone": "This import was undone.",
}
LEDES = {
    "uploaded": "Nothing has been saved yet.",
    "running": "Everybody can go on working meanwhile.",
    "failed": "What was taken in is kept.",
    "undoing": "Everybody can go on working meanwhile.",
    "undone": "Its contacts are gone, and what it had updated is as it was before. Reasons that it brought stay.",
}
SECONDS_A_MINUTE = 60
# What moves says so every few seconds. A worker that was killed and started again goes on within two minutes.
STILL = timedelta(seconds=20)
LOST = timedelta(minutes=3)
# How often a page asks: soon at first, since most files are short, and seldom where nothing moves.
LIVELY = timedelta(seconds=30)
SECONDS_LIVELY, SECONDS_USUAL, SECONDS_STILL = 1, 3, 15


def is_moving(batch: Batch) -> bool:
    """Whether the worker has something to do with it."""
    return batch.state == "running" or (batch.state in {"uploaded", "undoing"} and batch.trouble is None)


def is_undo_stopped(batch: Batch) -> bool:
    """Whether taking it back could not go on, and waits for somebody to try again."""
    return batch.state == "undoing" and batch.trouble is not None


def state(batch: Batch) -> tuple[str, str]:
    """The word for where it is, and the shape that goes with it."""
    if batch.state == "uploaded" and batch.trouble is not None:
        return ("Needs an answer", "state-care")
    if is_undo_stopped(batch):
        return ("Undo stopped", "state-bad")
    return STATES[batch.state]


def how_far(batch: Batch) -> str:
    """Where the work stands: rows so far, how fast, and what is left."""
    done = share(batch.position / batch.byte_count if batch.byte_count else 0)
    if batch.state == "undoing":
        if not batch.to_take_back:
            return "is being taken back"
        return f"{number(batch.taken_back)} of {counted(batch.to_take_back, 'contact')} taken back"
    if batch.state == "uploaded":
        return f"is being read, {done} of the file" if batch.position else "is being read"
    said = [f"{counted(batch.counts.read, 'row')} so far", f"{done} of the file"]
    if batch.speed is not None:
        said += [f"{counted(round(batch.speed.rows_a_second), 'row')} a second", _left(batch.speed.seconds_left)]
    return ", ".join(said)


def _left(seconds: float) -> str:
    if seconds < SECONDS_A_MINUTE:
        return "less than a minute left"
    return f"about {counted(round(seconds / SECONDS_A_MINUTE), 'minute')} left"


def standstill(batch: Batch, at: datetime, under_way: Collection[Batch]) -> str:
    """Why nothing moves and what to do about it; empty where it moves."""
    if not is_moving(batch) or at - batch.moved_at < STILL:
        return ""
    if any(one.id != batch.id and at - one.moved_at < STILL for one in under_way):
        return "It waits until another import is through."
    if at - batch.moved_at < LOST:
        return "It waits for the worker."
    minutes = int((at - batch.moved_at).total_seconds() // SECONDS_A_MINUTE)
    return (
        f"Nothing has moved for {counted(minutes, 'minute')}: the worker does not seem to run. Ask whoever runs the "
        "tracker to start it with flask worker. Nothing is lost, and the import then goes on by itself."
    )


def seconds_to_next_look(batch: Batch, at: datetime) -> int:
    """After how many seconds a page asks again."""
    if at - batch.moved_at >= STILL:
        return SECONDS_STILL
    began = batch.begun.at if batch.begun is not None else batch.made_at
    return SECONDS_LIVELY if at - began < LIVELY else SECONDS_USUAL


def taken(counts: Counts) -> int:
    """The rows that change something when they are taken in."""
    return counts.new + counts.updated


def finding(batch: Batch) -> str:
    """The sentence that the page opens with."""
    if batch.state == "uploaded" and batch.trouble is not None:
        return "This file cannot be taken in as it is."
    if is_undo_stopped(batch):
        return f"Taking {batch.file_name} back has stopped."
    if batch.state == "previewed":
        return _ready(batch.preview.counts if batch.preview else batch.counts)
    if batch.state == "done":
        return _came(batch.counts)
    return FINDINGS[batch.state].format(name=batch.file_name, rows=counted(batch.counts.read, "row"))


def _ready(counts: Counts) -> str:
    if counts.read == 0:
        return "This file holds no rows."
    if is_all_rejected(counts):
        return "No row of this file can be taken in."
    return f"{_bringing(counts)} {_look(counts)}".strip()


def _bringing(counts: Counts) -> str:
    """What will happen to contacts."""
    change = "changes" if counts.updated == 1 else "change"
    if counts.new:
        ready = f"{counted(counts.new, 'new contact')} {'is' if counts.new == 1 else 'are'} ready"
        return f"{ready}, and {number(counts.updated)} {change}." if counts.updated else f"{ready}."
    if counts.updated:
        return f"{counted(counts.updated, 'contact')} {change}, none is new."
    return "Nothing in this file is new."


def is_all_rejected(counts: Counts) -> bool:
    """Whether no row of the file can be understood."""
    return bool(counts.rejected) and not (taken(counts) or counts.unchanged)


def _look(counts: Counts) -> str:
    if counts.rejected == 0:
        return ""
    return f"{counted(counts.rejected, 'row')} {'needs' if counts.rejected == 1 else 'need'} a look."


def _came(counts: Counts) -> str:
    if is_all_rejected(counts):
        return "No row of this file could be taken in."
    if taken(counts) == 0:
        return "Nothing in this file was new."
    if counts.new == 0:
        return f"{counted(counts.updated, 'contact')} {'was' if counts.updated == 1 else 'were'} updated."
    return f"{counted(counts.new, 'new contact')} {'was' if counts.new == 1 else 'were'} taken in."


def lede(batch: Batch) -> str:
    """What is to be known beside the finding."""
    if batch.state in {"uploaded", "failed", "undoing"} and batch.trouble is not None:
        return batch.trouble
    if batch.state == "previewed":
        return _before(batch.preview.counts if batch.preview else batch.counts)
    return _rest(batch.counts) if batch.state == "done" else LEDES[batch.state]


def _before(counts: Counts) -> str:
    if taken(counts):
        return "Nothing has been saved yet. You can undo the whole batch afterwards."
    if is_all_rejected(counts):
        return "Nothing has been saved. Below stands what is wrong; perhaps a column became the wrong field."
    return "Nothing has been saved, and nothing needs to be."


def _rest(counts: Counts) -> str:
    said = [
        f"{number(counts.untagged)} of them have no reason and wait in the inbox." if counts.untagged else "",
        f"{counted(counts.updated, 'contact')} updated." if counts.updated and counts.new else "",
        f"{_look(counts)}",
    ]
    return " ".join(words for words in said if words) or "Every row was understood."


def tagging(counts: Counts) -> str:
    """How many of the new ones carry a reason."""
    if counts.new == 0:
        return ""
    tagged = counts.new - counts.untagged
    if counts.untagged == 0:
        return "All of the new ones carry a reason."
    if tagged == 0:
        return "None of the new ones carries a reason; they will wait in the inbox."
    return f"Of the new ones {number(tagged)} carry a reason and {number(counts.untagged)} will wait in the inbox."
