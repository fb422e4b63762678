"""What meetings kept."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from app.meetings.tables import Decision, MeetingAction
from app.values.periods import Period


@dataclass(frozen=True, slots=True)
class DecisionKept:
    """A decision as it was written down."""

    id: int
    words: str
    made_by: str


@dataclass(frozen=True, slots=True)
class ActionKept:
    """An action with the week that it comes from."""

    id: int
    week_start: date
    words: str
    owner: str
    due_on: date
    done_on: date | None


@dataclass(frozen=True, slots=True)
class WeekKept:
    """How much a week's meeting wrote down, and how many of its actions are open still."""

    start: date
    decisions: int
    actions: int
    open_actions: int


def decisions(session: Session, week: Period) -> list[DecisionKept]:
    """Decisions of a week, in the order in which they were made."""
    rows = session.execute(
        select(Decision.id, Decision.words, Decision.made_by)
        .where(Decision.week_start == week.start)
        .order_by(Decision.id)
    )
    return [DecisionKept(*row) for row in rows]


def actions(session: Session, week: Period) -> list[ActionKept]:
    """Actions of a week, in the order in which they were made."""
    return _actions(session, MeetingAction.week_start == week.start)


def carried_into(session: Session, week: Period) -> list[ActionKept]:
    """Actions of earlier weeks that were open when the week began, the longest due first."""
    was_open = or_(MeetingAction.done_on.is_(None), MeetingAction.done_on >= week.start)
    return sorted(_actions(session, MeetingAction.week_start < week.start, was_open), key=lambda action: action.due_on)


def open_actions(session: Session) -> list[ActionKept]:
    """Every action that is not done, the longest due first."""
    return sorted(_actions(session, MeetingAction.done_on.is_(None)), key=lambda action: action.due_on)


def weeks(session: Session) -> list[WeekKept]:
    """The weeks in which something was written down, the latest first."""
    decided = dict(session.execute(select(Decision.week_start, func.count()).group_by(Decision.week_start)).all())
    still_open = func.sum(case((MeetingAction.done_on.is_(None), 1), else_=0))
    taken = {
        start: (how_many, is_open)
        for start, how_many, is_open in session.execute(
            select(MeetingAction.week_start, func.count(), still_open).group_by(MeetingAction.week_start)
        )
    }
    return [
        WeekKept(start, decided.get(start, 0), *taken.get(start, (0, 0)))
        for start in sorted({*decided, *taken}, reverse=True)
    ]


def _actions(session: Session, *conditions: ColumnElement[bool]) -> list[ActionKept]:
    rows = session.execute(
        select(
            MeetingAction.id,
            MeetingAction.week_start,
            MeetingAction.words,
            MeetingAction.owner_name,
            MeetingAction.due_on,
            MeetingAction.done_on,
        )
        .where(*conditions)
        .order_by(MeetingAction.id)
    )
    return [ActionKept(*row) for row in rows]
