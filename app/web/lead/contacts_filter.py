"""What the list of contacts was asked for: read from the address, said back, and carried on in links."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from app.contacts import queries
from app.contacts.listing import KINDS, Filter, Place
from app.contacts.rules import CHANNEL_NAMES
from app.reasons.rules import Tree
from app.web import work
from app.web.fields import row_id

UNTAGGED = "untagged"
KIND_NAMES = {"handled": "came in and was handled", "abandoned": "abandoned", "outbound": "outbound"}
NAMES = ("from", "to", "channel", "reason", "alone", "kind", "source", "batch", "queue", "q")
LONGEST = 200


@dataclass(slots=True)
class Asked:
    """The filter of an address, what was typed into each field, and a sentence for each that cannot be used."""

    typed: dict[str, str]
    chosen: Filter = field(default_factory=Filter)
    reason_id: int | None = None
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was asked for at all."""
        return bool(self.typed)


def read(given: Mapping[str, str], tree: Tree) -> Asked:
    """The filter that an address asks for."""
    asked = Asked({name: text for name in NAMES if (text := given.get(name, "").strip()[:LONGEST])})
    start, end = _day(asked, "from"), _day(asked, "to")
    if start is not None and end is not None and end <= start:
        asked.wrong["to"] = f"This day is not after {start}, so the period would hold no day. Choose a later one."
    if asked.typed.get("reason") not in {None, UNTAGGED}:
        asked.reason_id = _number(asked, "reason", "This reason is not known.")
        if asked.reason_id is not None and asked.reason_id not in tree.nodes:
            asked.wrong["reason"] = "This reason is not known. Choose one from the list."
    values: dict[str, Any] = {
        "start": start,
        "end": end,
        "channel": _one_of(asked, "channel", CHANNEL_NAMES, "This channel is not known. Choose one from the list."),
        "is_untagged": asked.typed.get("reason") == UNTAGGED,
        "kind": _one_of(asked, "kind", KINDS, "This is no kind of contact. Choose one from the list."),
        "source_id": _source(asked),
        "batch_id": _number(asked, "batch", "An import has a number, like 12."),
        "queue": asked.typed.get("queue"),
        "words": asked.typed.get("q", ""),
    }
    if not asked.wrong:
        asked.chosen = Filter(**values, reason_ids=_reason_ids(asked, tree))
    return asked


def _reason_ids(asked: Asked, tree: Tree) -> frozenset[int] | None:
    """Everything that reads as the reason that was asked for; what lies below it only where it is not `alone`."""
    if asked.reason_id is None:
        return None
    return tree.reading_as(asked.reason_id) if "alone" in asked.typed else tree.below(asked.reason_id)


def place(text: str | None) -> Place | None:
    """A place in the list as an address carries it; none where it is no place."""
    parts = (text or "").split("_")
    try:
        day, moment, identity = parts
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            return None
        return date.fromisoformat(day), at.astimezone(UTC), uuid.UUID(identity)
    except (ValueError, OverflowError):
        return None


def place_text(found: Place) -> str:
    """The place, to be carried in an address."""
    return f"{found[0]}_{found[1]:%Y-%m-%dT%H:%M:%SZ}_{found[2]}"


def _day(asked: Asked, name: str) -> date | None:
    text = asked.typed.get(name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        asked.wrong[name] = f"“{text}” is no day. Write it like 2026-09-14."
        return None


def _number(asked: Asked, name: str, sentence: str) -> int | None:
    text = asked.typed.get(name)
    if text is None:
        return None
    found = row_id(text)
    if found is None:
        asked.wrong[name] = sentence
    return found


def _one_of(asked: Asked, name: str, known: Any, sentence: str) -> str | None:  # noqa: ANN401  (anything with names in it)
    text = asked.typed.get(name)
    if text is not None and text not in known:
        asked.wrong[name] = sentence
    return text


def _source(asked: Asked) -> int | None:
    """The id of the source that was asked for by name."""
    name = asked.typed.get("source")
    if name is None:
        return None
    found = {source.name: source.id for source in queries.sources(work.reading())}
    if name not in found:
        asked.wrong["source"] = "This source is not known. Choose one from the list."
    return found.get(name)
