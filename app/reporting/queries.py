"""The ask: what it is made from, whom it names, and what the sponsor said."""

import hashlib
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.counting import queries as counting
from app.ledger import queries as ledger
from app.ledger.rules import Goal
from app.people import queries as people
from app.ranking import queries as rankings
from app.ranking.rules import Question
from app.reasons.rules import BETWEEN_LEVELS
from app.reporting.rules import TOP_REASONS, Director, Part, Top, part_of
from app.reporting.tables import Ask, AskDirector
from app.values.money import Money
from app.values.periods import Period


@dataclass(frozen=True)
class Asked:
    """An ask as it was made."""

    id: int
    period: Period
    goal: Goal
    made_by: str
    directors: tuple[Director, ...]
    agreed_on: date | None
    agreed_by: str | None

    @property
    def fingerprint(self) -> str:
        """The same as long as everything that a sponsor says yes to is the same."""
        asked = (self.period, self.goal.contacts, self.goal.cost_per_contact, self.directors)
        return hashlib.sha256(repr(asked).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Figures:
    """The top reasons of a period with their sum, and the goal as a part of it."""

    period: Period
    top: tuple[Top, ...]
    contacts: int
    share: float
    cost: Money | None
    part: Part


def latest_ask(session: Session) -> Asked | None:
    """The newest ask; none before the first was made."""
    row = session.scalars(select(Ask).order_by(Ask.id.desc()).limit(1)).first()
    if row is None:
        return None
    directors = session.scalars(select(AskDirector).where(AskDirector.ask_id == row.id).order_by(AskDirector.name))
    return Asked(
        id=row.id,
        period=Period(row.start, row.end),
        goal=Goal(row.contacts, Money(row.cost_per_contact_minor, row.currency), row.made_at.date(), row.made_by),
        made_by=row.made_by,
        directors=tuple(Director(one.name, one.department, one.hours_a_week) for one in directors),
        agreed_on=row.agreed_on,
        agreed_by=row.agreed_by,
    )


def period_now(session: Session, today: date) -> Period | None:
    """The period of an ask made today: the last year that contacts reach into; none where there are no contacts."""
    return counting.last_year(session, today)


def goal_now(session: Session, currency: str, today: date) -> Goal:
    """The goal that an ask made today would carry."""
    return ledger.goal(session, currency, today)


def figures(session: Session, period: Period, goal: Goal) -> Figures:
    """The ten largest reasons of a period, without the ones flagged as “Other”."""
    ranking = rankings.ranking(session, Question(period=period))
    departments = {one.id: one.name for one in people.departments(session)}
    rows = [row for row in ranking.rows if not row.is_other][:TOP_REASONS]
    top = [
        Top(
            reason_id=row.reason_id,
            text=BETWEEN_LEVELS.join(row.path),
            contacts=row.contacts,
            share=row.share or 0.0,
            cost=ranking.cost_of(row.figures),
            owner=departments.get(row.owner_id or 0),
        )
        for row in rows
    ]
    costs = [one.cost for one in top]
    known = [cost for cost in costs if cost is not None]
    return Figures(
        period=period,
        top=tuple(top),
        contacts=sum(one.contacts for one in top),
        share=sum(one.share for one in top),
        cost=sum(known[1:], known[0]) if known and len(known) == len(costs) else None,
        part=part_of(goal.contacts, top, period.days),
    )
