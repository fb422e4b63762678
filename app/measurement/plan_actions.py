"""A measurement plan is written, looked at, and frozen with the rates and the untouched reasons of its day.

Clauses B1 and B3 of docs/methods.md.
"""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.costing import queries as costing
from app.initiatives import records
from app.initiatives.actions import Unfit
from app.measurement import foresight, plan_queries, plans, pricing, sharing
from app.measurement.plan_queries import PlanVersion
from app.measurement.plans import PlanTerms
from app.measurement.tables import MeasurementPlan
from app.people import trail
from app.people.rules import Actor
from app.reasons import queries as reasons
from app.values.errors import Missing, Refused, Stale
from app.values.figures import day


class PlanOvertaken(Stale):
    """Somebody wrote or froze the plan since it was opened; nothing was saved."""

    def __init__(self, now: PlanVersion) -> None:
        who = now.frozen_by if now.frozen_at else now.made_by
        did = "froze" if now.frozen_at else "wrote"
        super().__init__(f"{who} {did} this plan since you opened it. Nothing was saved yet, and nothing is lost.")
        self.now = now


def write_plan(
    session: Session, initiative_id: int, terms: PlanTerms, *, by: Actor, at: datetime, seen: str | None = None
) -> int:
    """Keep a plan as the initiative's draft, which replaces an earlier draft; returns its number.

    A frozen version is never changed: after it a new number begins. The same plan again changes nothing. `seen` is the
    mark of the version that the person saw, empty where there was none. Raises Unfit with a sentence a field, and
    PlanOvertaken.
    """
    records.locked(session, initiative_id)
    found = plans.faults(terms)
    if unknown := (_named(terms) | terms.control_ids) - reasons.tree(session).nodes.keys():
        found["reason_ids"] = f"Choose reasons from the list; {len(unknown)} of these do not exist."
    if found:
        raise Unfit(found)
    last, facts, before = _last(session, initiative_id), plans.facts(terms), None
    if last is not None and _as_typed(last) == terms:
        return last.number
    _refuse_overtaken(last, seen)
    if last is not None and last.frozen_at is None:
        draft, before = last, dict(last.facts)
    else:
        draft = MeasurementPlan(initiative_id=initiative_id, number=1 if last is None else last.number + 1)
        session.add(draft)
    draft.facts, draft.made_at, draft.made_by, draft.minimum_detectable = facts, at, by.name, None
    session.flush()
    trail.record(session, "plan.written", records.subject(initiative_id), by=by, at=at, before=before, after=facts)
    return draft.number


def keep_detectable(session: Session, initiative_id: int, number: int, share: float, *, seen: str) -> None:
    """Keep beside a draft what effect could be seen with it, where it still is the draft that was looked at."""
    row = _row(session, initiative_id, number)
    if row.frozen_at is None and plan_queries.mark(row.facts) == seen:
        row.minimum_detectable = share


def freeze(  # noqa: PLR0913
    session: Session, initiative_id: int, number: int, *, by: Actor, at: datetime, today: date, seen: str | None = None
) -> str:
    """Freeze a draft with the rates and the untouched reasons of this day; returns its hash.

    Frozen twice by the same press it stays as it is. Raises PlanOvertaken where the draft is no longer the one that was
    seen, and Refused where it is frozen already, where there is no rate yet, or where shares of overlapping plans come
    to more than the whole.
    """
    records.locked(session, initiative_id)
    row = _row(session, initiative_id, number)
    terms = _as_typed(row)
    is_as_seen = seen in {None, plan_queries.mark(plans.facts(terms))}
    if row.frozen_at is not None and row.hash is not None and seen is not None and is_as_seen:
        return row.hash
    if row.frozen_at is not None:
        raise Refused(
            f"{row.frozen_by} froze version {number} of this plan on {day(row.frozen_at.date())}. Write a new version."
        )
    if not is_as_seen:
        raise PlanOvertaken(plan_queries.version(row))
    book = costing.rates(session)
    if not book.rates:
        raise Refused("No cost per contact is set, so nothing could be claimed in money. Set a rate first.")
    _check_shares(session, initiative_id, terms)
    untouched = foresight.untouched_now(session, terms, today)
    row.facts = plans.facts(replace(terms, rates=pricing.kept(book), untouched_ids=untouched))
    row.hash = plans.fingerprint(row.facts)
    row.frozen_at, row.frozen_by = at, by.name
    session.flush()
    after = {"number": number, "hash": row.hash, **row.facts}
    trail.record(session, "plan.frozen", records.subject(initiative_id), by=by, at=at, after=after)
    return row.hash


def discard(session: Session, initiative_id: int, number: int, *, by: Actor, at: datetime, seen: str) -> None:
    """Throw a draft away; frozen versions stay, and pressed twice it goes once.

    Raises PlanOvertaken where the draft is no longer the one that was seen, and Refused where it is frozen.
    """
    records.locked(session, initiative_id)
    last = _last(session, initiative_id)
    if last is None or last.number < number:
        return
    row = _row(session, initiative_id, number)
    if row.frozen_at is not None:
        raise Refused(
            f"{row.frozen_by} froze version {number} of this plan on {day(row.frozen_at.date())}. It stays as it is."
        )
    _refuse_overtaken(row, seen)
    before = {"number": number, **row.facts}
    session.delete(row)
    session.flush()
    trail.record(session, "plan.discarded", records.subject(initiative_id), by=by, at=at, before=before)


def _named(terms: PlanTerms) -> frozenset[int]:
    return terms.boundary.reason_ids | terms.boundary.sink_ids


def _as_typed(row: MeasurementPlan) -> PlanTerms:
    """The plan without what freezing adds."""
    return replace(plans.of_facts(row.facts), rates=(), untouched_ids=())


def _refuse_overtaken(last: MeasurementPlan | None, seen: str | None) -> None:
    if seen is None or last is None:
        return
    now = plan_queries.version(last)
    if now.mark != seen:
        raise PlanOvertaken(now)


def _last(session: Session, initiative_id: int) -> MeasurementPlan | None:
    number = session.scalar(
        select(func.max(MeasurementPlan.number)).where(MeasurementPlan.initiative_id == initiative_id)
    )
    return None if number is None else _row(session, initiative_id, number)


def _row(session: Session, initiative_id: int, number: int) -> MeasurementPlan:
    query = select(MeasurementPlan).where(
        MeasurementPlan.initiative_id == initiative_id, MeasurementPlan.number == number
    )
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise Missing("This version of the plan is not there. The page of the plan shows all that there are.")
    return row


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
