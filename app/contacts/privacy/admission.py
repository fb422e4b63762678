"""What is kept of contacts on their way in: masked as was decided, and without those customers who were erased.

It is asked of the database with every delivery, so what was decided holds at once for every door. What a contact is
told apart by was made before: a switch that is turned changes nothing of what a file brings again.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contacts.identity import digest
from app.contacts.privacy.tables import ONLY, ErasedCustomer, Privacy
from app.contacts.redaction import Masks

if TYPE_CHECKING:
    from app.contacts.arrivals import Arrival

# The content of a contact whose customer was erased: no delivery changes such a contact any more.
ERASED = b"erased"
# Made once: it is asked with every delivery, and many bring one contact.
_DECIDED = select(Privacy.masks_phones, Privacy.masks_emails, Privacy.phone_region, Privacy.has_erased).where(
    Privacy.id == ONLY
)


def admitted(session: Session, arrivals: Sequence["Arrival"]) -> Sequence["Arrival"]:
    """The arrivals as they may be kept."""
    row = session.connection().execute(_DECIDED).one_or_none()
    if row is None:
        return arrivals
    if row.has_erased:
        erased = frozenset(session.scalars(select(ErasedCustomer.digest)))
        arrivals = [
            _nobodys(one) if one.customer_key and hashed(one.customer_key) in erased else one for one in arrivals
        ]
    masks = Masks(row.masks_phones, row.masks_emails, row.phone_region)
    return [_masked(one, masks) for one in arrivals] if masks.any else arrivals


def masks(session: Session) -> Masks:
    """What is masked now."""
    columns = (Privacy.masks_phones, Privacy.masks_emails, Privacy.phone_region)
    row = session.execute(select(*columns).where(Privacy.id == ONLY)).one_or_none()
    return Masks() if row is None else Masks(*row)


def hashed(customer_key: bytes) -> bytes:
    """What stays of the key of an erased customer; nobody can come from it to the key."""
    return digest(f"erased customer {customer_key.hex()}")


def _nobodys(arrival: "Arrival") -> "Arrival":
    return _changed(arrival, customer_key=None, note=None, attributes=None, content=ERASED)


def _masked(arrival: "Arrival", masks: Masks) -> "Arrival":
    note, attributes = arrival.note, arrival.attributes
    if note:
        note = masks.text(note)
    if attributes:
        told = json.loads(attributes)
        kept = {name: masks.attribute(name, value) if isinstance(value, str) else value for name, value in told.items()}
        attributes = attributes if kept == told else json.dumps(kept, ensure_ascii=False)
    if note == arrival.note and attributes == arrival.attributes:
        return arrival
    return _changed(arrival, note=note, attributes=attributes)


def _changed(arrival: "Arrival", **facts: Any) -> "Arrival":  # noqa: ANN401  (facts of any kind)
    """The arrival with other facts; what its kind says besides stays."""
    changed = arrival._replace(**facts)
    if besides := getattr(arrival, "__dict__", None):
        changed.__dict__.update(besides)
    return changed
