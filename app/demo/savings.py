"""How Harbour & Vale's savings were planned, measured, claimed and signed, through the actions that everybody uses."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.demo.actions import World
from app.demo.company import AUGUSTA, BEA, DORA, GRETA
from app.demo.story import OTHER_REASON, OUTAGE_DAYS_AGO, InitiativePlan, planned_go_live
from app.ledger import claim_queries, claiming
from app.measurement import change_actions, plan_actions
from app.measurement.change_actions import Proposal
from app.measurement.plans import RAMP, STEP, Boundary, PlanTerms
from app.values.money import Money
from app.values.periods import Period


def freeze_plan(session: Session, world: World, plan: InitiativePlan, *, at: datetime, today: date) -> None:
    """The plan of an initiative, frozen by its owner before the go-live that was agreed on."""
    go_live_on = planned_go_live(plan, world.calendar)
    if go_live_on is None:
        return
    by, initiative_id = world.people[plan.owner or BEA], world.initiatives[plan.name]
    terms = PlanTerms(
        boundary=Boundary(frozenset({world.reasons[plan.reason]}), frozenset({world.reasons[OTHER_REASON]})),
        go_live_on=go_live_on,
        full_on=go_live_on + timedelta(days=plan.ramp_days) if plan.ramp_days else None,
        shape=RAMP if plan.ramp_days else STEP,
    )
    number = plan_actions.write_plan(session, initiative_id, terms, by=by, at=at)
    plan_actions.freeze(session, initiative_id, number, by=by, at=at, today=today)


def claim_savings(session: Session, world: World, plan: InitiativePlan, *, at: datetime) -> None:
    """The owner claims every realised amount that nobody has claimed yet."""
    initiative_id = world.initiatives[plan.name]
    for entry in claim_queries.claimable(session):
        if entry.facts.initiative_id == initiative_id and entry.facts.amount.amount_minor > 0:
            claiming.claim(session, entry.number, by=world.people[plan.owner or BEA], at=at)


def sign_savings(session: Session, world: World, *, at: datetime, today: date) -> None:
    """Finance takes the oldest claim: the first as it is, of the second a tenth less."""
    dora = world.people[DORA]
    waiting = claim_queries.queue(session)
    if not waiting:
        return
    oldest = waiting[0]
    if not claim_queries.decided(session):
        claiming.approve(session, oldest.id, "Recomputed from the workbook.", by=dora, at=at, today=today)
        return
    realised = oldest.entry.facts.amount
    lower = Money(realised.amount_minor * 9 // 10, realised.currency)
    note = "A tenth less: the carrier's own notices began in this month too."
    claiming.approve_lower(session, oldest.id, lower, note, by=dora, at=at, today=today)


def report_outage(session: Session, world: World, *, at: datetime) -> None:
    """A day on which the line was down, put into the register by one person and approved by another."""
    day = world.calendar.ago(OUTAGE_DAYS_AGO)
    proposal = Proposal(
        "outage",
        "Telephone line down in the morning",
        Period(day, day + timedelta(days=1)),
        "Fault report 2207 of the telephone company; calls came again from eleven on.",
    )
    change_id = change_actions.propose(session, proposal, form_key="demo-outage", by=world.people[GRETA], at=at)
    note = "The telephone company confirmed it."
    change_actions.decide(session, change_id, is_approved=True, note=note, by=world.people[AUGUSTA], at=at)
