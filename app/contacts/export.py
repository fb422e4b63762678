"""Contacts as CSV: the rows of a list, whole, in the list's order; taken in again they change nothing."""

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


def lines(session: Session, chosen: Filter, reading: Reading) -> Iterator[str]:
    """A line a contact, read in chunks, so that memory does not grow with their number."""
    place = None
    while rows := listing.page(session, chosen, place, limit=CHUNK):
        further = listing.further_reasons(session, [row.id for row in rows])
        texts = {
            contact_id: BETWEEN_REASONS.join(reading.tree.text(reason) for reason in reasons)
            for contact_id, reasons in further.items()
        }
        yield from (_line(row, texts.get(row.id), reading) for row in rows)
        place = rows[-1].place


def _line(row: ContactRow, further: str | None, reading: Reading) -> str:
    return csv_text.line(
        [
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
    )


def _attributes(attributes: Mapping[str, object] | None) -> str | None:
    return json.dumps(attributes, ensure_ascii=False) if attributes else None
