"""What is said of an import: its finding, what stands below it, and the word for where it is."""

from app.contacts.queries import Batch
from app.contacts.rules import Counts
from app.values.figures import counted, number

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
    "previewed": "Nothing has been saved yet. You can undo the whole batch afterwards.",
    "running": "Everybody can go on working meanwhile.",
    "failed": "What was taken in is kept.",
    "undoing": "Everybody can go on working meanwhile.",
    "undone": "Its contacts are gone, and what it had updated is as it was before. Reasons that it brought stay.",
}
MOVING = frozenset({"running", "undoing"})


def is_moving(batch: Batch) -> bool:
    """Whether the worker has something to do with it."""
    return batch.state in MOVING or (batch.state == "uploaded" and batch.trouble is None)


def state(batch: Batch) -> tuple[str, str]:
    """The word for where it is, and the shape that goes with it."""
    if batch.state == "uploaded" and batch.trouble is not None:
        return ("Needs an answer", "state-care")
    return STATES[batch.state]


def taken(counts: Counts) -> int:
    """The rows that change something when they are taken in."""
    return counts.new + counts.updated


def finding(batch: Batch) -> str:
    """The sentence that the page opens with."""
    if batch.state == "uploaded" and batch.trouble is not None:
        return "This file cannot be taken in as it is."
    if batch.state == "previewed":
        return _ready(batch.preview.counts if batch.preview else batch.counts)
    if batch.state == "done":
        return _came(batch.counts)
    return FINDINGS[batch.state].format(name=batch.file_name, rows=counted(batch.counts.read, "row"))


def _ready(counts: Counts) -> str:
    if counts.read == 0:
        return "This file holds no rows."
    if taken(counts) == 0 and counts.rejected == 0:
        return "Nothing in this file is new."
    ready = f"{counted(counts.new, 'new contact')} {'is' if counts.new == 1 else 'are'} ready."
    return f"{ready} {_look(counts)}".strip()


def _look(counts: Counts) -> str:
    if counts.rejected == 0:
        return ""
    return f"{counted(counts.rejected, 'row')} {'needs' if counts.rejected == 1 else 'need'} a look."


def _came(counts: Counts) -> str:
    if taken(counts) == 0:
        return "Nothing in this file was new."
    if counts.new == 0:
        return f"{counted(counts.updated, 'contact')} {'was' if counts.updated == 1 else 'were'} updated."
    return f"{counted(counts.new, 'new contact')} {'was' if counts.new == 1 else 'were'} taken in."


def lede(batch: Batch) -> str:
    """What is to be known beside the finding."""
    if batch.state in {"uploaded", "failed"} and batch.trouble is not None:
        return batch.trouble
    return _rest(batch.counts) if batch.state == "done" else LEDES[batch.state]


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
