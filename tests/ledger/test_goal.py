"""The goal is dated, recorded and replaced in the open."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import actions, queries
from app.people.tables import AuditEntry
from app.values.errors import Refused
from app.values.money import Money
from tests.builders import AT, TESTER

STAMP: dict[str, Any] = {"by": TESTER, "at": AT}
TODAY = date(2026, 9, 14)
SIX = Money(600, "USD")


def test_until_somebody_sets_it_the_goal_is_the_founding_one(session: Session) -> None:
    goal = queries.goal(session, "CAD", TODAY)
    assert (goal.contacts, goal.cost_per_contact, goal.is_default) == (100_000, Money(600, "CAD"), True)


def test_the_goal_of_a_day_is_the_last_one_set_for_it_or_before(session: Session) -> None:
    actions.set_goal(session, date(2026, 1, 1), 50_000, SIX, **STAMP)
    actions.set_goal(session, date(2026, 9, 15), 80_000, SIX, **STAMP)
    assert queries.goal(session, "USD", date(2025, 12, 31)).is_default
    assert queries.goal(session, "USD", TODAY).contacts == 50_000
    assert queries.goal(session, "USD", date(2026, 9, 15)).contacts == 80_000
    assert [goal.contacts for goal in queries.goals(session)] == [80_000, 50_000]


def test_the_same_day_again_replaces_the_goal_and_the_trail_says_so(session: Session) -> None:
    for contacts in (50_000, 60_000, 60_000):
        actions.set_goal(session, TODAY, contacts, SIX, **STAMP)
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
    assert [entry.after and entry.after["contacts"] for entry in entries] == [50_000, 60_000]
    assert entries[1].before == {"contacts": 50_000, "cost_per_contact_minor": 600, "currency": "USD"}


def test_an_impossible_goal_is_refused_and_not_kept(session: Session) -> None:
    with pytest.raises(Refused, match="between 1 and"):
        actions.set_goal(session, TODAY, 0, SIX, **STAMP)
    assert queries.goals(session) == []
