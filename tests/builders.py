"""Made-up people, reasons and contacts for the tests; every field can be given."""

import itertools
import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contacts.tables import Contact, Source
from app.people.rules import Actor
from app.people.tables import Department, User, UserRole
from app.reasons.tables import Reason, ReasonFact

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


def make_reason(session: Session, name: str | None = None, *, parent: Reason | None = None, **fact: Any) -> Reason:
    """A reason that holds since long ago; under a parent where one is given."""
    reason = Reason(made_at=AT)
    session.add(reason)
    session.flush()
    values: dict[str, Any] = {
        "valid_from": date(2000, 1, 1),
        "name": name or f"Reason {next(_numbers)}",
        "parent_id": parent.id if parent else None,
        "department_id": None,
        "is_other": False,
        "is_retired": False,
        "merged_into_id": None,
        "recorded_at": AT,
        "recorded_by": TESTER.name,
    }
    session.add(ReasonFact(reason_id=reason.id, **{**values, **fact}))
    session.flush()
    return reason


def make_source(session: Session, name: str | None = None, **fields: Any) -> Source:
    """A system that contacts come from."""
    values: dict[str, Any] = {"timezone": "UTC", "made_at": AT}
    source = Source(name=name or f"Source {next(_numbers)}", **{**values, **fields})
    session.add(source)
    session.flush()
    return source


def make_contact(
    session: Session, *, reason: Reason | None = None, source: Source | None = None, **fields: Any
) -> Contact:
    """An inbound call, put straight into the table: its day is neither marked nor counted.

    `day` follows `occurred_at` in UTC; without a source all contacts share one.
    """
    if source is None:
        source = session.scalar(select(Source).where(Source.name == "Test source")) or make_source(
            session, "Test source"
        )
    occurred_at: datetime = fields.get("occurred_at", AT)
    values: dict[str, Any] = {
        "id": uuid.uuid4(),
        "source_id": source.id,
        "external_id": f"test-{next(_numbers)}",
        "occurred_at": occurred_at,
        "day": occurred_at.astimezone(UTC).date(),
        "channel": "phone",
        "direction": "inbound",
        "is_abandoned": False,
        "reason_id": reason.id if reason else None,
        "raw_reason_id": None,
        "queue": None,
        "customer_key": None,
        "handle_seconds": 300,
        "is_duration_odd": False,
        "note": None,
        "attributes": None,
        "batch_id": None,
        "content": b"",
    }
    contact = Contact(**{**values, **fields})
    session.add(contact)
    session.flush()
    return contact
