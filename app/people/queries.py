"""Who is here."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from app.people.tables import Department, User, UserRole


@dataclass(frozen=True, slots=True)
class Person:
    """A person with roles and department."""

    id: int
    name: str
    email: str
    roles: frozenset[str]
    department_id: int | None
    department: str | None
    session_version: int
    has_password: bool
    is_disabled: bool

    @property
    def facts(self) -> dict[str, Any]:
        """What the trail keeps of a person, and what a form has seen."""
        return {
            "name": self.name,
            "email": self.email,
            "roles": sorted(self.roles),
            "department": self.department,
        }


@dataclass(frozen=True, slots=True)
class DepartmentName:
    """A department to choose."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department with the number of people in it who may sign in."""

    id: int
    name: str
    people: int
    is_retired: bool


def _people() -> Select[User, str, str]:
    return (
        select(User, Department.name, UserRole.role)
        .outerjoin(Department, Department.id == User.department_id)
        .outerjoin(UserRole, UserRole.user_id == User.id)
        .order_by(User.name, User.id)
    )


def _gathered(session: Session, query: Select[User, str, str]) -> list[Person]:
    found: dict[int, tuple[User, str | None, set[str]]] = {}
    for user, department, role in session.execute(query):
        _, _, roles = found.setdefault(user.id, (user, department, set()))
        if role is not None:
            roles.add(role)
    return [
        Person(
            id=user.id,
            name=user.name,
            email=user.email,
            roles=frozenset(roles),
            department_id=user.department_id,
            department=department,
            session_version=user.session_version,
            has_password=user.password_hash is not None,
            is_disabled=user.disabled_at is not None,
        )
        for user, department, roles in found.values()
    ]


def person(session: Session, user_id: int) -> Person | None:
    """One person by id."""
    return next(iter(_gathered(session, _people().where(User.id == user_id))), None)


def person_by_email(session: Session, email: str) -> Person | None:
    """One person by e-mail address, whatever its case."""
    return next(iter(_gathered(session, _people().where(User.email == email.strip().lower()))), None)


def people(session: Session, *, role: str | None = None, with_disabled: bool = False) -> list[Person]:
    """Everybody by name, or those who hold a role."""
    query = _people() if with_disabled else _people().where(User.disabled_at.is_(None))
    return [found for found in _gathered(session, query) if role is None or role in found.roles]


def is_anybody_here(session: Session) -> bool:
    """Whether the first administrator was made."""
    return bool(session.scalar(select(exists().where(User.id.is_not(None)))))


def departments(session: Session) -> list[DepartmentName]:
    """Departments in use, by name."""
    rows = session.execute(
        select(Department.id, Department.name).where(Department.retired_at.is_(None)).order_by(Department.name)
    )
    return [DepartmentName(identity, name) for identity, name in rows]


def all_departments(session: Session) -> list[DepartmentRow]:
    """Every department by name, retired ones last."""
    rows = session.execute(
        select(Department.id, Department.name, func.count(User.id), Department.retired_at)
        .outerjoin(User, (User.department_id == Department.id) & User.disabled_at.is_(None))
        .group_by(Department.id, Department.name, Department.retired_at)
        .order_by(Department.retired_at.is_not(None), Department.name)
    )
    return [DepartmentRow(identity, name, people, retired is not None) for identity, name, people, retired in rows]
