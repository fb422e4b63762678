"""The audit trail as it is read: filtered, page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session

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
    return list(session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))


def actors_known(session: Session) -> list[Actor]:
    """Everybody who did something: people by their present name, and programs."""
    name = func.coalesce(User.name, AuditEntry.by_name).label("name")
    rows = select(AuditEntry.by_id, name).outerjoin(User, User.id == AuditEntry.by_id).distinct().order_by(name)
    return [Actor(identity, known_as) for identity, known_as in session.execute(rows)]


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
