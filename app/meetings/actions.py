"""Writing down what a meeting decided and who does what, and ticking it off."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.meetings.rules import TakenOn, worded
from app.meetings.tables import Decision, MeetingAction
from app.people import trail
from app.people.rules import Actor
from app.values.errors import Missing
from app.values.periods import week_name, week_of

Row = TypeVar("Row", Decision, MeetingAction)


def add_decision(session: Session, meeting_day: date, words: str, *, key: str, by: Actor, at: datetime) -> int:
    """Write down a decision of the week that holds `meeting_day`; the same key again adds nothing."""
    week_start = week_of(meeting_day).start
    row = Decision(
        form_key=key, week_start=week_start, words=worded(words, "The decision"), made_at=at, made_by=by.name
    )
    return _once(session, row, lambda added: _record_added(session, added, "decision", by))


def add_action(session: Session, meeting_day: date, taken: TakenOn, *, key: str, by: Actor, at: datetime) -> int:
    """Write down an action of the week that holds `meeting_day`; the same key again adds nothing."""
    row = MeetingAction(
        form_key=key,
        week_start=week_of(meeting_day).start,
        words=taken.words,
        owner_id=taken.owner.id,
        owner_name=taken.owner.name,
        due_on=taken.due_on,
        made_at=at,
        made_by=by.name,
        done_on=None,
    )
    return _once(session, row, lambda added: _record_added(session, added, "action", by))


def set_done(session: Session, action_id: int, done_on: date | None, *, by: Actor, at: datetime) -> None:
    """Tick an action off, or open it again; saying the same again changes nothing and is not recorded."""
    row = session.get(MeetingAction, action_id, with_for_update=True)
    if row is None:
        raise Missing("This action is not kept any more. Nothing was changed; open the meeting again to see what is.")
    if (row.done_on is None) == (done_on is None):
        return
    row.done_on = done_on
    trail.record(
        session,
        "action.done" if done_on else "action.opened_again",
        f"action:{row.id}",
        by=by,
        at=at,
        after={"words": row.words, "done_on": done_on.isoformat() if done_on else None},
    )


def _once(session: Session, row: Row, then: Callable[[Row], None]) -> int:
    """Add the row unless its form was sent before, also where both arrive at the same time."""
    table = type(row)
    same = select(table.id).where(table.form_key == row.form_key)
    there = session.scalar(same)
    if there is not None:
        return there
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        there = session.scalar(same)
        if there is None:
            raise
        return there
    then(row)
    return row.id


def _record_added(session: Session, row: Decision | MeetingAction, what: str, by: Actor) -> None:
    facts = {"week": week_name(row.week_start), "words": row.words}
    if isinstance(row, MeetingAction):
        facts |= {"owner": row.owner_name, "due_on": row.due_on.isoformat()}
    trail.record(session, f"{what}.added", f"{what}:{row.id}", by=by, at=row.made_at, after=facts)
