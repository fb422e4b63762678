"""Made-up people, reasons and contacts for the tests; every field can be given."""

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.people.rules import Actor
from app.people.tables import Department, User, UserRole

AT = datetime(2026, 9, 14, 9, 30, tzinfo=UTC)
TESTER = Actor(None, "a test")
_numbers = itertools.count(1)


def make_department(session: Session, name: str | None = None) -> Department:
    """A department with a name of its own."""
    department = Department(name=name or f"Department {next(_numbers)}", retired_at=None)
    session.add(department)
    session.flush()
    return department


def make_user(session: Session, *, roles: Iterable[str] = ("team",), **fields: Any) -> User:
    """A person who may sign in, with roles."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "email": f"person{number}@example.test",
        "name": f"Person {number}",
        "password_hash": None,
        "department_id": None,
        "session_version": 1,
        "made_at": AT,
        "disabled_at": None,
    }
    user = User(**{**values, **fields})
    session.add(user)
    session.flush()
    session.add_all(UserRole(user_id=user.id, role=role) for role in roles)
    session.flush()
    return user
