"""Contacts as rows and as CSV: those of a list, whole, in its order; taken in again they change nothing."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.contacts import listing
from app.contacts.listing import ContactRow, Filter
from app.contacts.returning import guarded
from app.reasons.rules import Tree
from app.values import csv_text

CHUNK = 2000
Cell = str | int | None
BETWEEN_REASONS = "; "
HEADERS = (
    "external_id",
    "occurred_at",
    "channel",
    "reason",
    "further_reasons",
    "queue",
    "handle_seconds",
    "direction",
    "abandoned",
    "note",
    "source",
    "attributes",
    "tracker_id",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """How reasons and times are written: by the tree that was asked for, in the installation's zone."""

    tree: Tree
    timezone: ZoneInfo


def header() -> str:
    """The first line."""
    return csv_text.line(HEADERS)


def stand_still(session: Session) -> None:
    """Let everything that this session reads be as it is now, so that a count and the rows agree; asked for first."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def lines(session: Session, chosen: Filter, reading: Reading) -> Iterator[str]:
    """A line a contact."""
    return map(csv_text.line, rows(session, chosen, reading))


def rows(session: Session, chosen: Filter, reading: Reading) -> Iterator[list[Cell]]:
    """A row a contact, under HEADERS, read in chunks, so that memory does not grow with their number.

    No text runs in a spreadsheet: one that would gets an apostrophe before it, as in a line of CSV.
    """
    place = None
    while found := listing.page(session, chosen, place, limit=CHUNK):
        further = listing.further_reasons(session, [row.id for row in found])
        texts = {
            contact_id: BETWEEN_REASONS.join(reading.tree.text(reason) for reason in reasons)
            for contact_id, reasons in further.items()
        }
        yield from ([csv_text.safe(cell) for cell in _cells(row, texts.get(row.id), reading)] for row in found)
        place = found[-1].place


def _cells(row: ContactRow, further: str | None, reading: Reading) -> list[Cell]:
    return [
        guarded(row.external_id),
        row.occurred_at.astimezone(reading.timezone).isoformat(),
        row.channel,
        None if row.reason_id is None else guarded(reading.tree.text(row.reason_id)),
        guarded(further),
        guarded(row.queue),
        row.handle_seconds,
        row.direction,
        "yes" if row.is_abandoned else "no",
        guarded(row.note),
        row.source,
        _attributes(row.attributes),
        str(row.id),
    ]


def _attributes(attributes: Mapping[str, object] | None) -> str | None:
    return json.dumps(attributes, ensure_ascii=False) if attributes else None
