"""Giving contacts their reasons, and taking the last one back."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.contacts.days import touch
from app.contacts.tables import Contact, ContactChange, ContactReason
from app.people import trail
from app.people.rules import Actor
from app.reasons import queries as reasons
from app.reasons.rules import Tree
from app.tagging import queries
from app.tagging.rules import UNDO_WITHIN
from app.tagging.tables import Tag
from app.values.errors import Missing, Refused, Stale


@dataclass(frozen=True, slots=True)
class Tagged:
    """A contact, and the reason that it carries now."""

    contact_id: uuid.UUID
    reason_id: int | None


def tag(
    session: Session,
    contact_id: uuid.UUID,
    reason_id: int,
    *,
    by: Actor,
    at: datetime,
    instead_of: int | None = None,
) -> Tagged:
    """Give a contact its main reason; what it had before stays in its history.

    `instead_of` is the reason that the giver saw. Raises Stale where somebody else gave another one meanwhile; the
    same one given twice changes nothing.
    """
    contact = _held(session, contact_id)
    tree = reasons.tree(session)
    given = _usable(tree, reason_id)
    before = contact.reason_id
    if before is not None and tree.resolve(before) == given:
        return Tagged(contact_id, before)
    if before != instead_of:
        raise Stale(_meanwhile(session, contact, tree))
    number = _keep(session, contact, by=by, at=at)
    contact.reason_id = given
    if by.id is not None:
        session.add(Tag(by_id=by.id, at=at, contact_id=contact_id, number=number, reason_id=given))
    _leave_word(session, "contact.tagged", contact, tree, before, by=by, at=at)
    return Tagged(contact_id, given)


def undo_last(session: Session, *, by: Actor, at: datetime) -> Tagged:
    """Take back the person's newest tag of the last ten minutes; pressed again, the one before it."""
    choice = None if by.id is None else queries.last_choice(session, by.id, at - UNDO_WITHIN)
    if choice is None:
        raise Refused("There is nothing to undo: you tagged no contact in the last ten minutes.")
    contact = _held(session, choice.contact_id)
    tree = reasons.tree(session)
    if choice.number != _newest_change(session, contact.id):
        raise Stale(f"It cannot be undone. {_meanwhile(session, contact, tree)}")
    change = session.get_one(ContactChange, (contact.id, choice.number))
    undone, contact.reason_id = contact.reason_id, change.before["reason_id"]
    session.delete(change)
    session.execute(delete(Tag).where(Tag.id == choice.id))
    _leave_word(session, "contact.tag_undone", contact, tree, undone, by=by, at=at)
    return Tagged(contact.id, contact.reason_id)


def add_further(session: Session, contact_id: uuid.UUID, reason_id: int, *, by: Actor, at: datetime) -> None:
    """Give a contact one more reason beside its main one; given already, nothing changes."""
    contact = _held(session, contact_id)
    tree = reasons.tree(session)
    given = _usable(tree, reason_id)
    if contact.reason_id is not None and tree.resolve(contact.reason_id) == given:
        raise Refused(f"“{tree.text(given)}” is the contact's main reason already.")
    if session.get(ContactReason, (contact_id, given)) is None:
        session.add(ContactReason(contact_id=contact_id, reason_id=given))
        after = {"reason": tree.text(given)}
        trail.record(session, "contact.further_reason_added", f"contact:{contact_id}", by=by, at=at, after=after)


def remove_further(session: Session, contact_id: uuid.UUID, reason_id: int, *, by: Actor, at: datetime) -> None:
    """Take a further reason away; gone already, nothing changes."""
    found = session.get(ContactReason, (contact_id, reason_id))
    if found is not None:
        session.delete(found)
        before = {"reason": reasons.tree(session).text(reason_id)}
        trail.record(session, "contact.further_reason_removed", f"contact:{contact_id}", by=by, at=at, before=before)


def _held(session: Session, contact_id: uuid.UUID) -> Contact:
    """The contact, kept from others until this unit of work is done."""
    contact = session.get(Contact, contact_id, with_for_update=True, populate_existing=True)
    if contact is None:
        raise Missing("This contact is gone. The import that brought it may have been undone.")
    return contact


def _usable(tree: Tree, reason_id: int) -> int:
    """The reason as it reads today; raises Refused where it may not be given any more."""
    given = tree.resolve(reason_id)
    if all(node.id != given for node in tree.in_use()):
        raise Refused(f"“{tree.text(given)}” is retired and can no longer be given. Choose another reason.")
    return given


def _keep(session: Session, contact: Contact, *, by: Actor, at: datetime) -> int:
    """Write down what the contact was; returns the number of the change."""
    number = (_newest_change(session, contact.id) or 0) + 1
    before = {"reason_id": contact.reason_id}
    session.add(
        ContactChange(contact_id=contact.id, number=number, at=at, by_name=by.name, batch_id=None, before=before)
    )
    return number


def _newest_change(session: Session, contact_id: uuid.UUID) -> int | None:
    return session.scalar(select(func.max(ContactChange.number)).where(ContactChange.contact_id == contact_id))


def _leave_word(  # noqa: PLR0913
    session: Session, action: str, contact: Contact, tree: Tree, before: int | None, *, by: Actor, at: datetime
) -> None:
    """The day is to be counted again, and the trail says what changed."""
    touch(session, [contact.day])
    trail.record(
        session,
        action,
        f"contact:{contact.id}",
        by=by,
        at=at,
        before={"reason": None if before is None else tree.text(before)},
        after={"reason": None if contact.reason_id is None else tree.text(contact.reason_id)},
    )


def _meanwhile(session: Session, contact: Contact, tree: Tree) -> str:
    newest = select(ContactChange.by_name).where(ContactChange.contact_id == contact.id)
    who = session.scalar(newest.order_by(ContactChange.number.desc()).limit(1)) or "Somebody else"
    if contact.reason_id is None:
        return f"{who} took the reason of this contact back meanwhile. Nothing of yours was changed; look at it again."
    kept = tree.text(contact.reason_id)
    return f"{who} tagged this contact “{kept}” meanwhile, and that was kept. Open it to change the reason."
