"""What contacts were before: facts as JSON keeps them, and back again."""

import uuid
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contacts.tables import ContactChange

# Not what was before but what came: undo takes these away and leaves what people added.
FURTHER_ADDED = "further_reason_ids_added"
_BYTES = frozenset({"customer_key", "content"})


def stored(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a contact as plain JSON values."""
    return {name: _stored(value) for name, value in facts.items()}


def restored(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a contact as its columns hold them."""
    return {name: _restored(name, value) for name, value in facts.items()}


def newest_numbers(session: Session, contact_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The number of the newest change of each contact that has any."""
    query = select(ContactChange.contact_id, func.max(ContactChange.number)).group_by(ContactChange.contact_id)
    rows = session.execute(query.where(ContactChange.contact_id.in_(contact_ids)))
    return dict(rows.all())


def _stored(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, date):  # a moment is a date, too
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value


def _restored(name: str, value: Any) -> Any:  # noqa: ANN401
    if value is None:
        return None
    if name == "occurred_at":
        return datetime.fromisoformat(value)
    if name == "day":
        return date.fromisoformat(value)
    return bytes.fromhex(value) if name in _BYTES else value
