"""Acts that released cash: recorded with their evidence, ended, and booked month by month."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.initiatives import queries as initiatives
from app.initiatives.rules import GONE_LIVE
from app.ledger import actions, attachments, cash_queries, cash_rules, chain, entry_queries
from app.ledger.actions import Booked
from app.ledger.attachments import Document
from app.ledger.cash_rules import Act
from app.ledger.entries import REALISED
from app.ledger.rules import CASH, ONCE, Booking
from app.ledger.tables import CashAct
from app.measurement import plan_queries
from app.people import trail
from app.people.rules import Actor
from app.values.errors import Refused
from app.values.figures import day
from app.values.money import Money


class UnfitAct(Refused):
    """Some fields hold what cannot be; `faults` has a sentence for each."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


def record_cash_act(  # noqa: PLR0913
    session: Session,
    initiative_id: int,
    act: Act,
    document: Document,
    *,
    form_key: str,
    by: Actor,
    at: datetime,
    today: date,
) -> int:
    """Keep an act with its evidence and book its months (L11); its id. The same form sent again makes no second."""
    known = initiatives.initiative(session, initiative_id)
    chain.hold(session)
    if (there := _sent_before(session, form_key)) is not None:
        return there
    if known.stage not in GONE_LIVE:
        raise Refused(f"{known.code} is not live: cash is released by what was done, and nothing was done yet.")
    plan = plan_queries.frozen_plans(session).get(initiative_id)
    dates = known.plan if plan is None else plan.terms
    if faults := cash_rules.faults(act, cash_rules.begins_on(dates.announced_on, dates.go_live_on), today):
        raise UnfitAct(faults)
    attachment_id = attachments.add(session, document, by=by, at=at)
    row = CashAct(initiative_id=initiative_id, form_key=form_key, attachment_id=attachment_id, ends_id=None)
    _fill(row, act, by, at)
    session.add(row)
    session.flush()
    book_cash(session, [initiative_id], by=by, at=at, today=today)
    after = {"act": row.id, "kind": act.kind, "day": act.day, "amount_minor": act.amount.amount_minor}
    after |= {"currency": act.amount.currency, "every": act.every, "evidence_sha256": document.sha256}
    trail.record(session, "cash.recorded", f"initiative:{initiative_id}", by=by, at=at, after=after)
    return row.id


def end_cash_act(  # noqa: PLR0913
    session: Session, act_id: int, on: date, description: str, *, by: Actor, at: datetime, today: date
) -> None:
    """From a day on the act no longer saves; months that were booked beyond it are booked anew."""
    chain.hold(session)
    dated = cash_queries.act(session, act_id)
    act = dated.act
    if dated.ended_on == on:
        return
    if dated.ended_on is not None:
        raise Refused(f"This act was ended on {day(dated.ended_on)} already.")
    if act.every == ONCE:
        raise Refused("A single amount has no end.")
    if not act.day < on <= today:
        raise Refused(f"The end lies after {day(act.day)}, the day of the act, and not in the future.")
    if not description.strip():
        raise Refused("Say why it ended, so that finance can follow.")
    ending = Act(act.kind, on, act.amount, act.every, description)
    row = CashAct(initiative_id=dated.initiative_id, form_key=f"end-{act_id}", attachment_id=None, ends_id=act_id)
    _fill(row, ending, by, at)
    session.add(row)
    session.flush()
    book_cash(session, [dated.initiative_id], by=by, at=at, today=today)
    after = {"act": act_id, "ended_on": on, "note": description.strip()}
    trail.record(session, "cash.ended", f"initiative:{dated.initiative_id}", by=by, at=at, after=after)


def book_cash(
    session: Session, initiative_ids: Iterable[int] | None = None, *, by: Actor, at: datetime, today: date
) -> Booked:
    """Book the months of every act that are over; again it adds only what is new."""
    only = None if initiative_ids is None else frozenset(initiative_ids)
    plans = plan_queries.frozen_plans(session)
    bookings: list[Booking] = []
    for dated in cash_queries.acts(session, only):
        plan = plans.get(dated.initiative_id)
        expires_on = None if plan is None else plan.terms.expires_on
        bookings += cash_rules.months(dated, today, expires_on)
    return actions.book(session, [*bookings, *_gone(session, bookings, only)], by=by, at=at)


def _gone(session: Session, bookings: list[Booking], only: frozenset[int] | None) -> Iterator[Booking]:
    """Months that were booked and count no more, since their act was ended before them: nothing is left of them."""
    keys = {booking.key for booking in bookings}
    for entry in entry_queries.standing(session, only, REALISED):
        facts = entry.facts
        if facts.column == CASH and facts.key not in keys:
            yield replace(facts, amount=Money(0, facts.amount.currency))


def _sent_before(session: Session, form_key: str) -> int | None:
    return session.scalar(select(CashAct.id).where(CashAct.form_key == form_key))


def _fill(row: CashAct, act: Act, by: Actor, at: datetime) -> None:
    row.kind, row.day, row.every, row.description = act.kind, act.day, act.every, act.description.strip()
    row.amount_minor, row.currency = act.amount.amount_minor, act.amount.currency
    row.made_at, row.made_by_id, row.made_by = at, by.id, by.name
