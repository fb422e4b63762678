"""Taking back a contact that was logged by mistake."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from app.contacts.days import touch
from app.contacts.tables import Contact, ContactChange, ContactReason
from app.people import trail
from app.people.rules import Actor
from app.people.tables import AuditEntry
from app.values.errors import Refused, Stale

WITHIN = timedelta(minutes=10)


def take_back(session: Session, contact_id: uuid.UUID, *, by: Actor, at: datetime) -> None:
    """Remove a contact that the same person logged in the last ten minutes; removed already, nothing changes.

    Raises Refused where somebody else logged it or it is too late, and Stale where it was changed since.
    """
    contact = session.get(Contact, contact_id, with_for_update=True, populate_existing=True)
    if contact is None:
        return
    logged = select(AuditEntry.at).where(
        AuditEntry.subject == f"contact:{contact_id}",
        AuditEntry.action == "contact.logged",
        AuditEntry.by_id == by.id,
        AuditEntry.at >= at - WITHIN,
    )
    if session.scalar(logged) is None:
        raise Refused("Only who logged a contact can take it back, and only for ten minutes. It was kept.")
    if session.scalar(select(exists().where(ContactChange.contact_id == contact_id))):
        raise Stale("This contact was changed since you logged it, so it was kept. Open it to see by whom.")
    session.execute(delete(ContactReason).where(ContactReason.contact_id == contact_id))
    touch(session, [contact.day])
    before = {"channel": contact.channel, "day": contact.day.isoformat(), "reason_id": contact.reason_id}
    session.delete(contact)
    trail.record(session, "contact.taken_back", f"contact:{contact_id}", by=by, at=at, before=before)
