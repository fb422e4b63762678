"""Making the ask, naming its directors, and the sponsor's yes."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.people import trail
from app.people.rules import Actor
from app.reporting import queries, rules
from app.reporting.rules import Director
from app.reporting.tables import Ask, AskDirector
from app.values.errors import Refused, Stale


def make_ask(session: Session, currency: str, *, by: Actor, at: datetime, today: date) -> int:
    """The ask of today's period and goal; while one waits for its yes that one is brought up to date.

    After a yes a new one is made, with the same directors. Raises Refused while there are no contacts.
    """
    trail.hold(session)
    period, goal = queries.period_now(session, today), queries.goal_now(session, currency, today)
    if period is None:
        message = "There are no contacts yet to ask about. Take a file of contacts in first."
        raise Refused(message)
    row = _latest(session)
    before = None if row is None else _facts(row)
    directors: tuple[Director, ...] = ()
    if row is None or row.agreed_on:
        earlier = queries.latest_ask(session)
        directors = earlier.directors if earlier else ()
        row, before = Ask(agreed_on=None, agreed_by=None, made_at=at, made_by=by.name), None
        session.add(row)
    row.start, row.end, row.contacts = period.start, period.end, goal.contacts
    row.cost_per_contact_minor, row.currency = goal.cost_per_contact.amount_minor, goal.cost_per_contact.currency
    if before == _facts(row):
        return row.id
    row.made_at, row.made_by = at, by.name
    session.flush()
    session.add_all(_row(row.id, one) for one in directors)
    trail.record(session, "ask.made", f"ask:{row.id}", by=by, at=at, before=before, after=_facts(row))
    return row.id


def name_director(session: Session, ask_id: int, director: Director, *, by: Actor, at: datetime) -> None:
    """Name somebody; named again the department and hours are replaced, and the same again changes nothing."""
    row = _open(session, ask_id)
    director = rules.director(director.name, director.department, director.hours_a_week)
    there = session.get(AskDirector, (row.id, director.name), populate_existing=True)
    before = None if there is None else Director(there.name, there.department, there.hours_a_week)
    if before == director:
        return
    if there is None:
        session.add(_row(row.id, director))
    else:
        there.department, there.hours_a_week = director.department, director.hours_a_week
    session.flush()
    trail.record(
        session,
        "ask.director_named",
        f"ask:{row.id}",
        by=by,
        at=at,
        before=None if before is None else _named(before),
        after=_named(director),
    )


def remove_director(session: Session, ask_id: int, name: str, *, by: Actor, at: datetime) -> None:
    """Take a director off the ask; one who is not on it is left alone."""
    row = _open(session, ask_id)
    there = session.get(AskDirector, (row.id, name), populate_existing=True)
    if there is None:
        return
    before = _named(Director(there.name, there.department, there.hours_a_week))
    session.delete(there)
    session.flush()
    trail.record(session, "ask.director_removed", f"ask:{row.id}", by=by, at=at, before=before)


def agree(session: Session, ask_id: int, *, by: Actor, at: datetime, today: date, seen: str | None = None) -> None:
    """The sponsor's yes, once; a second one changes nothing.

    `seen` is the fingerprint of what the sponsor read; raises Stale where that, or the ask itself, changed meanwhile.
    """
    trail.hold(session)
    row = _latest(session)
    if row is None or row.id != ask_id:
        message = "Another ask was made meanwhile. Nothing was recorded; read the new one, then say yes to it."
        raise Stale(message)
    if row.agreed_on:
        return
    asked = queries.latest_ask(session)
    if asked is None or not asked.directors:
        message = "No director is named yet. Nothing was recorded; the team names them first."
        raise Refused(message)
    if seen not in {None, asked.fingerprint}:
        message = "The ask was changed while you read it. Nothing was recorded; read it again, then say yes to it."
        raise Stale(message)
    row.agreed_on, row.agreed_by = today, by.name
    session.flush()
    after = {"agreed_on": today, "agreed_by": by.name, **_facts(row)}
    trail.record(session, "ask.agreed", f"ask:{row.id}", by=by, at=at, after=after)


def _latest(session: Session) -> Ask | None:
    newest = select(Ask).order_by(Ask.id.desc()).limit(1)
    return session.scalars(newest.execution_options(populate_existing=True)).first()


def _open(session: Session, ask_id: int) -> Ask:
    trail.hold(session)
    row = _latest(session)
    if row is None or row.id != ask_id or row.agreed_on:
        message = "This ask was agreed to, or another was made meanwhile. Nothing was changed; look at it again."
        raise Stale(message)
    return row


def _row(ask_id: int, director: Director) -> AskDirector:
    return AskDirector(
        ask_id=ask_id, name=director.name, department=director.department, hours_a_week=director.hours_a_week
    )


def _named(director: Director) -> dict[str, str | int]:
    return {"name": director.name, "department": director.department, "hours_a_week": director.hours_a_week}


def _facts(row: Ask) -> dict[str, str | int]:
    return {
        "start": row.start.isoformat(),
        "end": row.end.isoformat(),
        "contacts": row.contacts,
        "cost_per_contact_minor": row.cost_per_contact_minor,
        "currency": row.currency,
    }
