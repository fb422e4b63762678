"""Setting the goal."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.ledger import rules
from app.ledger.tables import Goal
from app.people import trail
from app.people.rules import Actor
from app.values.errors import Refused
from app.values.money import Money


class UnfitGoal(Refused):
    """Some fields hold what cannot be; `faults` has a sentence for each."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


def set_goal(
    session: Session, valid_from: date, contacts: int, cost_per_contact: Money, *, by: Actor, at: datetime
) -> None:
    """The goal from a day on; set again for the same day it replaces that one, and the same again changes nothing."""
    if faults := rules.faults(contacts, cost_per_contact):
        raise UnfitGoal(faults)
    trail.hold(session)
    row = session.get(Goal, valid_from, populate_existing=True)
    before = None if row is None else _facts(row)
    if row is None:
        row = Goal(valid_from=valid_from)
        session.add(row)
    row.contacts, row.cost_per_contact_minor = contacts, cost_per_contact.amount_minor
    row.currency = cost_per_contact.currency
    after = _facts(row)
    if before == after:
        return
    row.recorded_at, row.recorded_by = at, by.name
    session.flush()
    trail.record(session, "goal.set", f"goal:{valid_from}", by=by, at=at, before=before, after=after)


def _facts(row: Goal) -> dict[str, int | str]:
    return {
        "contacts": row.contacts,
        "cost_per_contact_minor": row.cost_per_contact_minor,
        "currency": row.currency,
    }
