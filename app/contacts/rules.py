"""What a contact may say of itself, and what is known of a file that brings contacts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.values.errors import Missing

CHANNELS = ("phone", "email", "chat", "web", "letter", "social", "other")
CHANNEL_NAMES = {
    "phone": "phone",
    "email": "e-mail",
    "chat": "chat",
    "web": "web form",
    "letter": "letter",
    "social": "social media",
    "other": "other",
}
DIRECTIONS = ("inbound", "outbound")
FIELDS = {
    "occurred_at": "when it came",
    "external_id": "their number",
    "channel": "channel",
    "reason": "reason",
    "further_reasons": "further reasons",
    "queue": "queue",
    "customer": "customer",
    "handle_seconds": "handle time",
    "direction": "direction",
    "abandoned": "abandoned",
    "note": "note",
    "attributes": "attributes, as the tracker exports them",
    "tracker_id": "its number in the tracker",
}
AUTO = "auto"
DATE_ORDERS = ("dmy", "mdy", "ymd")
# uploaded: the file is here; previewed: the dry run is done; running: being taken in, or killed while it was;
# failed: it stopped with a sentence and keeps what was taken in; undoing: being taken back, or killed while it was;
# removed: its file went before it was taken in, and its number, which the trail names, is never given again.
STATES = ("uploaded", "previewed", "running", "done", "failed", "undoing", "undone", "removed")


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody decided about a file; None leaves it to detection, to the source or to the installation.

    `mapping` is the content of a mapping file and beats `format`; `timezone` and `date_order` are for times that do
    not say it themselves; without `creates_reasons` unknown values wait as unmapped.
    """

    source: str
    format: str = AUTO
    mapping: Mapping[str, Any] | None = None
    timezone: str | None = None
    date_order: str | None = None
    creates_reasons: bool = True


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows of a file: read = new + updated + unchanged + rejected + ignored.

    `untagged` counts those of the new ones that have no reason.
    """

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    ignored: int = 0
    untagged: int = 0

    @property
    def read(self) -> int:
        """How many rows the file had."""
        return self.new + self.updated + self.unchanged + self.rejected + self.ignored

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.new + other.new,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.rejected + other.rejected,
            self.ignored + other.ignored,
            self.untagged + other.untagged,
        )


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that cannot be taken in: the line it begins on, the column and value at fault, a sentence, the row."""

    line: int
    column: str
    value: str
    sentence: str
    row: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: its header, the field it becomes ("attribute", "ignored" else), a few of its values."""

    header: str
    becomes: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What taking a file in would do; nothing was saved.

    `rejections` are the first few, `unknown_reasons` the values that no reason is known for (the first few, by how
    often they come) out of `unknown_reason_count`; `remarks` are sentences about what was resolved while reading;
    `unknown_words` are the first words of a field that nobody has explained, each with its field.
    """

    format: str
    encoding: str
    delimiter: str
    counts: Counts
    first_day: date | None
    last_day: date | None
    columns: tuple[Column, ...]
    rejections: tuple[Rejection, ...]
    unknown_reasons: tuple[tuple[str, int], ...]
    unknown_reason_count: int
    remarks: tuple[str, ...]
    unknown_words: tuple[tuple[str, str], ...] = ()


def missing_import(batch_id: int, *, was_removed: bool) -> Missing:
    """Why an import cannot be looked at."""
    if was_removed:
        return Missing(f"The file of import {batch_id} was removed before it was taken in.")
    return Missing(f"There is no import {batch_id}.")
