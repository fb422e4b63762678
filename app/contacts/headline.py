"""What a contact is called in lists: the first line of its note, or what is known of the call."""

from app.contacts.rules import CHANNEL_NAMES
from app.values.figures import minutes_and_seconds

LONGEST = 80
NOUNS = {**CHANNEL_NAMES, "phone": "call"}


def headline(note: str | None, channel: str, handle_seconds: int | None, queue: str | None) -> str:
    """One line: “Parcel says delivered, not here”, or “Call, 6:12, Orders queue”."""
    first = (note or "").strip().partition("\n")[0].strip()
    if first:
        return shortened(first)
    known = [NOUNS[channel].capitalize()]
    if handle_seconds is not None:
        known.append(minutes_and_seconds(handle_seconds))
    if queue:
        known.append(queue if "queue" in queue.lower() else f"{queue} queue")
    return ", ".join(known)


def paragraphs(note: str | None) -> list[str]:
    """The note without the line that became its headline, a string a paragraph; whole where that line was cut."""
    lines = [line.strip() for line in (note or "").strip().splitlines()]
    if lines and shortened(lines[0]) == lines[0]:
        lines = lines[1:]
    return [line for line in lines if line]


def shortened(line: str) -> str:
    """The line, cut at a space where it is too long for a headline."""
    if len(line) <= LONGEST:
        return line
    kept = line[:LONGEST].rpartition(" ")[0] or line[:LONGEST]
    return kept.rstrip(" ,;:-") + "…"
