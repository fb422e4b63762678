"""Contacts that come back in the tracker's own export: told by their id here, and changed only where a fact differs.

The export writes what is known by now: the reason that a contact carries, also where a person gave it, and no customer.
So what a row says is held against the contact itself, not against what the source delivered once.
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.contacts.arrivals import Arrival, ArrivalReader, Unfit
from app.contacts.binding import Binding
from app.contacts.customers import CustomerKeys
from app.contacts.identity import Identities, digest
from app.contacts.listing import further_reasons
from app.contacts.redaction import without_card_numbers_in_words
from app.contacts.tables import Contact
from app.contacts.times import TimeReader
from app.reasons import queries as reasons
from app.reasons.rules import BETWEEN_LEVELS, Tree, split_path
from app.values.csv_text import STARTS_A_FORMULA

ID_FIELD, ATTRIBUTES_FIELD = "tracker_id", "attributes"
BETWEEN_REASONS = ";"
FACTS = (
    Contact.id,
    Contact.content,
    Contact.reason_id,
    Contact.customer_key,
    Contact.occurred_at,
    Contact.channel,
    Contact.direction,
    Contact.is_abandoned,
    Contact.queue,
    Contact.handle_seconds,
    Contact.note,
    Contact.attributes,
)


class Returned(Arrival):
    """A contact as the export wrote it, perhaps corrected since."""


def guarded(text: str | None) -> str | None:
    """A text with one apostrophe more where taking off the one of a harmless formula would take off its own."""
    return f"'{text}" if text and text[0] == "'" and _is_formula(text) else text


def plain(cell: str) -> str:
    """A cell of the export without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if cell[:1] == "'" and _is_formula(cell) else cell


def _is_formula(text: str) -> bool:
    return text.lstrip("'").startswith(STARTS_A_FORMULA)


class ReturningReader(ArrivalReader):
    """Reads a row of the export; one that somebody added below, without an id of the tracker, is read as any other."""

    def __init__(
        self,
        binding: Binding,
        times: TimeReader,
        identities: Identities,
        customers: CustomerKeys,
        totalled_days: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(binding, times, identities, customers.key, totalled_days)
        self._id_place = binding.places.get(ID_FIELD, (None,))[0]
        self._attributes_place = binding.places.get(ATTRIBUTES_FIELD, (None,))[0]

    def read(self, row: list[str]) -> Arrival:
        """The arrival in a row; raises what every reader does."""
        if self._id_place is None:
            cells, identity = list(row), None
        else:
            cells = [plain(cell) for cell in row]
            identity = _identity(cells[self._id_place].strip())
        own = {} if self._attributes_place is None else _attributes(cells[self._attributes_place].strip())
        arrival = super().read(cells)
        if own:
            stored = json.dumps({**own, **json.loads(arrival.attributes or "{}")}, ensure_ascii=False)
            content = digest(f"{arrival.content.hex()}{stored}")
            arrival = arrival._replace(attributes=stored, content=content)
            if arrival.external_id is None:
                arrival = arrival._replace(id=self._identities.of_content(content, 1))
        return arrival if identity is None else Returned._make(arrival._replace(id=identity))


def _identity(text: str) -> bytes | None:
    if not text:
        return None
    try:
        return uuid.UUID(text).bytes
    except ValueError:
        sentence = f"“{text[:60]}” is no number of the tracker. Leave it as it was, or empty for a new contact."
        raise Unfit(ID_FIELD, text, sentence) from None


def _attributes(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        sentence = "These attributes are not written as they were exported, like {“area”: “Orléans”}."
        raise Unfit(ATTRIBUTES_FIELD, text, sentence)
    return {
        name: without_card_numbers_in_words(value) if isinstance(value, str) else value for name, value in found.items()
    }


def recognised(session: Session, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """The arrivals, where those that came back say only what differs from what is known.

    One that says nothing else has the content of the contact; one that names the same reasons names none; a customer,
    whom the export leaves out, stays. What is not here, and what did not come back, is as it was.
    """
    ids = [uuid.UUID(bytes=arrival.id) for arrival in arrivals if isinstance(arrival, Returned)]
    rows = {row.id.bytes: row for row in session.execute(select(*FACTS).where(Contact.id.in_(ids)))} if ids else {}
    if not rows:
        return list(arrivals)
    tree = reasons.tree(session)
    further = further_reasons(session, ids)
    return [
        _held_against(arrival, row, tree, further.get(row.id, ()))
        if isinstance(arrival, Returned) and (row := rows.get(arrival.id)) is not None
        else arrival
        for arrival in arrivals
    ]


def _held_against(arrival: Returned, row: Row[Any], tree: Tree, further: Iterable[int]) -> Arrival:
    if row.reason_id is not None and _told(tree.text(row.reason_id)) == _told(arrival.raw_reason or ""):
        arrival = arrival._replace(raw_reason=None)
    known = {_told(part) for reason in further for part in tree.text(reason).split(BETWEEN_REASONS)}
    if {_told(raw) for raw in arrival.further} <= known:
        arrival = arrival._replace(further=())
    if arrival.customer_key is None:
        arrival = arrival._replace(customer_key=row.customer_key)
    says_nothing_else = arrival.raw_reason is None and not arrival.further and _facts(arrival) == tuple(row)[3:]
    return arrival._replace(content=row.content) if says_nothing_else else arrival


def _facts(arrival: Arrival) -> tuple[Any, ...]:
    """What a contact is, in the order of FACTS from the customer on."""
    return (
        arrival.customer_key,
        datetime.fromisoformat(arrival.occurred_at).replace(tzinfo=UTC),
        arrival.channel,
        arrival.direction,
        arrival.is_abandoned,
        arrival.queue,
        arrival.handle_seconds,
        arrival.note,
        None if arrival.attributes is None else json.loads(arrival.attributes),
    )


def _told(path: str) -> str:
    """A reason as it is told apart, however its path is written."""
    return BETWEEN_LEVELS.join(split_path(path)).casefold()
