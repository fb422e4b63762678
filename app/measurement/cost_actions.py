"""What an initiative costs, entered by hand: no entry is ever changed, one that was wrong is taken back by its minus.

Clause B4 of docs/methods.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.initiatives import records
from app.initiatives.actions import Unfit
from app.measurement.tables import InitiativeCost
from app.people import trail
from app.people.rules import Actor
from app.values.errors import Missing, Refused
from app.values.lines import one_line
from app.values.money import Money
from app.values.periods import Period

ONE_OFF, RUNNING, DISBENEFIT, HOURS = "one_off", "running", "disbenefit", "hours"
COST_KINDS: Mapping[str, str] = {
    ONE_OFF: "One-off cost",
    RUNNING: "Running cost",
    DISBENEFIT: "Dis-benefit",
    HOURS: "The team's own hours",
}
LONGEST_NOTE = 300
MOST_HOURS = 100_000
TAKES_BACK = "back-"


@dataclass(frozen=True, slots=True)
class CostEntry:
    """What an initiative cost in some days; `hours` are given where it is the team's own time."""

    kind: str
    days: Period
    amount: Money
    note: str
    hours: float | None = None


def enter_cost(
    session: Session, initiative_id: int, entry: CostEntry, *, form_key: str, by: Actor, at: datetime
) -> None:
    """Enter what an initiative cost (B4); a form sent twice makes one entry. Raises Unfit with a sentence a field."""
    records.locked(session, initiative_id)
    if form_key.startswith(TAKES_BACK):
        raise Refused("This form was changed on its way. Load the page again and send it once more.")
    if found := _faults(entry):
        raise Unfit(found)
    row = InitiativeCost(
        initiative_id=initiative_id,
        kind=entry.kind,
        start=entry.days.start,
        end=entry.days.end,
        amount_minor=entry.amount.amount_minor,
        currency=entry.amount.currency,
        hours=entry.hours,
        note=one_line(entry.note),
        form_key=form_key,
    )
    _add(session, row, "cost.entered", by, at)


def take_back(session: Session, initiative_id: int, cost_id: int, *, by: Actor, at: datetime) -> None:
    """Take an entry back by one of minus; pressed twice it is taken back once. Raises Missing and Refused."""
    records.locked(session, initiative_id)
    entry = session.get(InitiativeCost, cost_id)
    if entry is None or entry.initiative_id != initiative_id:
        raise Missing("This cost is not there. The page of the costs shows all that there are.")
    if entry.form_key.startswith(TAKES_BACK):
        raise Refused("This entry takes another one back; enter the cost again instead.")
    row = InitiativeCost(
        initiative_id=initiative_id,
        kind=entry.kind,
        start=entry.start,
        end=entry.end,
        amount_minor=-entry.amount_minor,
        currency=entry.currency,
        hours=None if entry.hours is None else -entry.hours,
        note=f"Taken back: {entry.note}"[:LONGEST_NOTE],
        form_key=f"{TAKES_BACK}{cost_id}",
    )
    _add(session, row, "cost.taken_back", by, at)


def _add(session: Session, row: InitiativeCost, action: str, by: Actor, at: datetime) -> None:
    """Add a row unless its form was sent before."""
    sent_before = select(InitiativeCost.id).where(InitiativeCost.form_key == row.form_key)
    if session.scalar(sent_before) is not None:
        return
    row.made_at, row.made_by = at, by.name
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        if session.scalar(sent_before) is not None:
            return
        raise
    names = ("kind", "start", "end", "amount_minor", "currency", "hours", "note")
    after = {name: getattr(row, name) for name in names}
    trail.record(session, action, records.subject(row.initiative_id), by=by, at=at, after=after)


def _faults(entry: CostEntry) -> dict[str, str]:
    found: dict[str, str] = {}
    if entry.kind not in COST_KINDS:
        found["kind"] = "Choose what kind of cost it is."
    if entry.amount.amount_minor <= 0:
        found["amount"] = "Write what it cost, above 0. To take an entry back, press “Take back” beside it."
    if entry.kind == HOURS and not 0 < (entry.hours or 0) <= MOST_HOURS:
        found["hours"] = f"Write the hours, above 0 and at most {MOST_HOURS:,}."
    if not 0 < len(one_line(entry.note)) <= LONGEST_NOTE:
        found["note"] = f"Say in 1 to {LONGEST_NOTE} letters what it was for, like “Return labels, invoice 4711”."
    return found
