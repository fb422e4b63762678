"""The audit trail as it is read: filtered, page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CTE, Select, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.people import trail
from app.people.rules import Actor, Change
from app.people.tables import AuditEntry, User

ROWS_AT_A_TIME = 500
LONGEST_ID = 9  # digits; every number of so many fits into the column


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What to show: a person's id or a program's name, a subject or a kind of subjects, an action, a range of time."""

    who: str = ""
    subject: str = ""
    action: str = ""
    start: datetime | None = None
    end: datetime | None = None


def changes(session: Session, wanted: TrailFilter, *, before: int | None, limit: int) -> list[Change]:
    """The newest changes, or those before an entry's number."""
    query = _filtered(wanted).order_by(AuditEntry.number.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEntry.number < before)
    return [trail.as_change(entry) for entry in session.scalars(query)]


def all_changes(session: Session, wanted: TrailFilter) -> Iterator[Change]:
    """Every change, the newest first, read a few hundred at a time."""
    query = _filtered(wanted).order_by(AuditEntry.number.desc()).execution_options(yield_per=ROWS_AT_A_TIME)
    return (trail.as_change(entry) for entry in session.scalars(query))


def actions_known(session: Session) -> list[str]:
    """Every action that the trail holds."""
    actions = _each_once(AuditEntry.action)
    known = select(actions.c.value).where(actions.c.value.is_not(None)).order_by(actions.c.value)
    return list(session.scalars(known))


def actors_known(session: Session) -> list[Actor]:
    """Everybody who did something: people by their present name, and programs."""
    did_something = select(AuditEntry.number).where(AuditEntry.by_id == User.id).exists()
    people = session.execute(select(User.id, User.name).where(did_something))
    actors = [Actor(identity, name) for identity, name in people]
    names = _each_once(AuditEntry.by_name)
    by_program = select(AuditEntry.number).where(AuditEntry.by_name == names.c.value, AuditEntry.by_id.is_(None))
    actors += [Actor(None, name) for name in session.scalars(select(names.c.value).where(by_program.exists()))]
    return sorted(actors, key=lambda actor: (actor.name.casefold(), actor.id or 0))


def _each_once(column: InstrumentedAttribute[str]) -> CTE:
    """The values of a column that leads an index, from each to the next larger: DISTINCT would read every entry.

    The last is NULL: there is no larger one.
    """
    first = select(func.min(column).label("value")).cte("each", recursive=True)
    following = select(func.min(column)).where(column > first.c.value).scalar_subquery()
    return first.union_all(select(following).where(first.c.value.is_not(None)))


def _filtered(wanted: TrailFilter) -> Select[AuditEntry]:
    query = select(AuditEntry)
    if wanted.who.isdecimal():
        is_small = len(wanted.who) <= LONGEST_ID
        query = query.where(AuditEntry.by_id == int(wanted.who) if is_small else false())
    elif wanted.who:
        query = query.where(AuditEntry.by_id.is_(None), AuditEntry.by_name == wanted.who)
    if wanted.subject:
        of_kind = AuditEntry.subject.startswith(f"{wanted.subject}:", autoescape=True)
        query = query.where(or_(AuditEntry.subject == wanted.subject, of_kind))
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.start is not None:
        query = query.where(AuditEntry.at >= wanted.start)
    if wanted.end is not None:
        query = query.where(AuditEntry.at < wanted.end)
    return query
