"""What is done to departments: added, renamed, retired, used again."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.people import trail
from app.people.rules import LONGEST_NAME, Actor
from app.people.tables import Department
from app.values.errors import Missing, Refused, Stale
from app.values.lines import one_line


def add_department(session: Session, name: str, *, by: Actor, at: datetime) -> int:
    """A new department; one that has the name already is refused."""
    trail.hold(session)
    tidied = _tidy(session, name, besides=None)
    department = Department(name=tidied, retired_at=None)
    session.add(department)
    session.flush()
    _tell(session, "department.added", department, by=by, at=at, before=None)
    return department.id


def rename_department(
    session: Session, department_id: int, name: str, *, by: Actor, at: datetime, seen: str | None = None
) -> None:
    """Another name, everywhere, also for the past: it is the same department.

    `seen` is the name that the caller decided about; raises Stale where it is another one by now.
    """
    trail.hold(session)
    department = _found(session, department_id)
    if seen is not None and seen != department.name:
        raise Stale(
            f"Somebody renamed this department to “{department.name}” since you opened it. What you typed is still "
            "here: look at it once more, then press Rename again. Nothing was changed."
        )
    before, department.name = department.name, _tidy(session, name, besides=department_id)
    if department.name != before:
        session.flush()
        _tell(session, "department.renamed", department, by=by, at=at, before=before)


def retire_department(session: Session, department_id: int, *, by: Actor, at: datetime) -> None:
    """Nobody can choose it any more; what it owns and who belongs to it stays."""
    trail.hold(session)
    department = _found(session, department_id)
    if department.retired_at is None:
        department.retired_at = at
        session.flush()
        _tell(session, "department.retired", department, by=by, at=at, before=None)


def use_department_again(session: Session, department_id: int, *, by: Actor, at: datetime) -> None:
    """A retired department can be chosen again."""
    trail.hold(session)
    department = _found(session, department_id)
    if department.retired_at is not None:
        department.retired_at = None
        session.flush()
        _tell(session, "department.used_again", department, by=by, at=at, before=None)


def _found(session: Session, department_id: int) -> Department:
    department = session.get(Department, department_id)
    if department is None:
        raise Missing("That department is not here. Nothing was changed.")
    return department


def _tidy(session: Session, name: str, *, besides: int | None) -> str:
    tidied = one_line(name)
    if not tidied:
        raise Refused("The name is empty. Write the department's name.")
    if len(tidied) > LONGEST_NAME:
        raise Refused(f"The name is longer than {LONGEST_NAME} characters. Shorten it.")
    same = select(Department.id, Department.name, Department.retired_at).where(
        func.lower(Department.name) == tidied.lower()
    )
    for identity, found, retired_at in session.execute(same):
        if identity != besides:
            rest = " It is retired; use it again instead." if retired_at else ""
            raise Refused(f"There is a department “{found}” already.{rest}")
    return tidied


def _tell(
    session: Session, action: str, department: Department, *, by: Actor, at: datetime, before: str | None
) -> None:
    trail.record(
        session,
        action,
        f"department:{department.id}",
        by=by,
        at=at,
        before=None if before is None else {"name": before},
        after={"name": department.name},
    )
