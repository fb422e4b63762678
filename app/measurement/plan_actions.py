"""What is done before and beside measuring: a plan is written and frozen, another change is proposed and decided."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.costing import queries as costing
from app.initiatives import queries as initiatives
from app.initiatives.actions import Unfit
from app.initiatives.rules import GONE_LIVE
from app.measurement import boundary, plan_queries, plans, pricing, sharing
from app.measurement.plans import PlanTerms
from app.measurement.tables import InitiativeCost, MeasurementPlan, OtherChange, OtherChangeReason
from app.people import trail
from app.people.rules import Actor
from app.reasons import queries as reasons
from app.values.errors import Missing, Refused
from app.values.money import Money
from app.values.periods import Period

KINDS: Mapping[str, str] = {
    "outage": "Outage",
    "campaign": "Campaign",
    "price": "Price change",
    "closure": "Closure",
    "other": "Something else",
}
COST_KINDS: Mapping[str, str] = {
    "one_off": "One-off cost",
    "running": "Running cost",
    "disbenefit": "Dis-benefit",
    "hours": "The team's own hours",
}
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Proposal:
    """Another change as somebody proposes it; without reasons it touched all of them."""

    kind: str
    name: str
    days: Period
    evidence: str
    reason_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class CostEntry:
    """What an initiative cost in some days; `hours` are given where it is the team's own time."""

    kind: str
    days: Period
    amount: Money
    note: str
    hours: float | None = None


def write_plan(session: Session, initiative_id: int, terms: PlanTerms, *, by: Actor, at: datetime) -> int:
    """Keep a plan as the initiative's draft, which replaces an earlier draft; returns its number.

    A frozen version is never changed: after it a new number begins. Raises Unfit with a sentence a field.
    """
    initiatives.initiative(session, initiative_id)
    if found := plans.faults(terms):
        raise Unfit(found)
    last, facts, before = _last(session, initiative_id), plans.facts(terms), None
    if last is not None and last.frozen_at is None:
        draft, before = last, dict(last.facts)
    else:
        draft = MeasurementPlan(initiative_id=initiative_id, number=1 if last is None else last.number + 1)
        session.add(draft)
    draft.facts, draft.made_at, draft.made_by, draft.minimum_detectable = facts, at, by.name, None
    session.flush()
    trail.record(session, "plan.written", f"initiative:{initiative_id}", by=by, at=at, before=before, after=facts)
    return draft.number


def keep_detectable(session: Session, initiative_id: int, number: int, share: float) -> None:
    """Keep beside a draft what effect could be seen with it."""
    row = _row(session, initiative_id, number)
    if row.frozen_at is None:
        row.minimum_detectable = share


def freeze(session: Session, initiative_id: int, number: int, *, by: Actor, at: datetime) -> str:
    """Freeze a draft with the rates and the untouched reasons of this day; returns its hash.

    Raises Refused where it is frozen already, where there is no rate yet, or where shares of overlapping plans come to
    more than the whole.
    """
    row = _row(session, initiative_id, number)
    if row.frozen_at is not None:
        raise Refused(f"Version {number} of this plan is frozen since {row.frozen_at:%Y-%m-%d}. Write a new version.")
    terms = plans.of_facts(row.facts)
    book = costing.rates(session)
    if not book.rates:
        raise Refused("No cost per contact is set, so nothing could be claimed in money. Set a rate first.")
    _check_shares(session, initiative_id, terms)
    terms = replace(terms, rates=pricing.kept(book), untouched_ids=_untouched(session, terms, at.date()))
    row.facts = plans.facts(terms)
    row.hash = plans.fingerprint(row.facts)
    row.frozen_at, row.frozen_by = at, by.name
    after = {"number": number, "hash": row.hash, "facts": row.facts}
    trail.record(session, "plan.frozen", f"initiative:{initiative_id}", by=by, at=at, after=after)
    return row.hash


def propose(session: Session, proposal: Proposal, *, form_key: str, by: Actor, at: datetime) -> int:
    """Put another change into the register, to be decided by somebody else; a form sent twice makes one."""
    known = session.scalar(select(OtherChange.id).where(OtherChange.form_key == form_key))
    if known is not None:
        return known
    _check_proposal(proposal)
    row = OtherChange(
        kind=proposal.kind,
        name=proposal.name.strip(),
        start=proposal.days.start,
        end=proposal.days.end,
        evidence=proposal.evidence.strip(),
        state="proposed",
        form_key=form_key,
        proposed_by_id=by.id,
        proposed_by=by.name,
        proposed_at=at,
        note="",
    )
    session.add(row)
    session.flush()
    session.add_all(OtherChangeReason(change_id=row.id, reason_id=one) for one in sorted(proposal.reason_ids))
    session.flush()
    after = {"name": row.name, "kind": row.kind, "start": str(row.start), "end": str(row.end)}
    trail.record(session, "change.proposed", f"change:{row.id}", by=by, at=at, after=after)
    return row.id


def decide(session: Session, change_id: int, *, is_approved: bool, note: str, by: Actor, at: datetime) -> None:
    """Approve or reject another change; raises Refused for its proposer, and where it was decided already."""
    row = session.get(OtherChange, change_id, with_for_update=True)
    if row is None:
        raise Missing("This entry of the register is not there.")
    if row.state != "proposed":
        raise Refused(f"{row.decided_by} has decided this already: it is {row.state}.")
    if by.id is not None and by.id == row.proposed_by_id:
        raise Refused("Who proposes a change does not approve it. Ask somebody else to decide.")
    row.state, row.note = ("approved" if is_approved else "rejected"), note.strip()
    row.decided_by, row.decided_at = by.name, at
    after = {"name": row.name, "note": row.note}
    trail.record(session, f"change.{row.state}", f"change:{change_id}", by=by, at=at, after=after)


def enter_cost(
    session: Session, initiative_id: int, entry: CostEntry, *, form_key: str, by: Actor, at: datetime
) -> None:
    """Enter what an initiative cost; an entry is taken back by another one of minus, never changed."""
    initiatives.initiative(session, initiative_id)
    if session.scalar(select(InitiativeCost.id).where(InitiativeCost.form_key == form_key)) is not None:
        return
    if entry.kind not in COST_KINDS:
        raise Refused("Choose what kind of cost it is.")
    if not entry.note.strip():
        raise Refused("Say what it was for, like “Return labels, invoice 4711”.")
    facts: dict[str, Any] = {
        "kind": entry.kind,
        "start": entry.days.start,
        "end": entry.days.end,
        "amount_minor": entry.amount.amount_minor,
        "currency": entry.amount.currency,
        "hours": entry.hours,
        "note": entry.note.strip()[:300],
    }
    session.add(InitiativeCost(initiative_id=initiative_id, form_key=form_key, made_at=at, made_by=by.name, **facts))
    session.flush()
    after = {**facts, "start": str(entry.days.start), "end": str(entry.days.end)}
    trail.record(session, "cost.entered", f"initiative:{initiative_id}", by=by, at=at, after=after)


def _last(session: Session, initiative_id: int) -> MeasurementPlan | None:
    numbers = select(func.max(MeasurementPlan.number)).where(MeasurementPlan.initiative_id == initiative_id)
    query = select(MeasurementPlan).where(MeasurementPlan.initiative_id == initiative_id)
    return session.scalar(query.where(MeasurementPlan.number == numbers.scalar_subquery()).with_for_update())


def _row(session: Session, initiative_id: int, number: int) -> MeasurementPlan:
    query = select(MeasurementPlan).where(
        MeasurementPlan.initiative_id == initiative_id, MeasurementPlan.number == number
    )
    row = session.scalar(query.with_for_update())
    if row is None:
        raise Missing("This version of the plan is not there.")
    return row


def _untouched(session: Session, terms: PlanTerms, today: date) -> tuple[int, ...]:
    """The reasons that no initiative touches, neither as target nor as sink."""
    touched = set(terms.boundary.reason_ids | terms.boundary.sink_ids | terms.control_ids)
    for known in initiatives.initiatives(session):
        if known.stage in GONE_LIVE:
            touched |= known.plan.reason_ids
    for plan in plan_queries.frozen_plans(session).values():
        touched |= plan.terms.boundary.sink_ids
    days = boundary.days_of(session, terms, today)
    return boundary.untouched(session, reasons.tree(session), touched, days.stretch)


def _check_shares(session: Session, initiative_id: int, terms: PlanTerms) -> None:
    """Agreed shares of plans on the same reasons come to the whole at most."""
    tree = reasons.tree(session)

    def members(one: PlanTerms) -> frozenset[int]:
        return frozenset[int]().union(*(tree.below(reason_id) for reason_id in one.boundary.reason_ids))

    mine = members(terms)
    agreed = {initiative_id: terms.agreed_share_bp or 0}
    for other_id, plan in plan_queries.frozen_plans(session).items():
        if other_id != initiative_id and not mine.isdisjoint(members(plan.terms)):
            agreed[other_id] = plan.terms.agreed_share_bp or 0
    sharing.check_agreed(agreed)


def _check_proposal(proposal: Proposal) -> None:
    if proposal.kind not in KINDS:
        raise Refused("Choose what kind of change it was.")
    if not proposal.name.strip() or len(proposal.name) > LONGEST_NAME:
        raise Refused(f"Name it in 1 to {LONGEST_NAME} letters, like “Phone line down in the north”.")
    if not proposal.evidence.strip():
        raise Refused("Say how this is known: a ticket, a mail, a bill. Without evidence nobody can approve it.")
