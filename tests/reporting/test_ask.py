"""The ask is made by the team, names directors, and gets one yes."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.ledger import actions as ledger
from app.people.tables import AuditEntry
from app.reporting import actions, queries
from app.reporting.rules import Director
from app.values.errors import Refused, Stale
from app.values.money import Money
from app.values.periods import Period
from tests.builders import AT, TESTER, make_department, make_reason
from tests.crowd import at_once
from tests.initiative_builders import make_rate, make_totals

TODAY = date(2026, 9, 14)
STAMP: dict[str, Any] = {"by": TESTER, "at": AT}
LEA = Director("Lea Brandt", "Marketing", 2)


def make_year(session: Session, counts: Sequence[int] = (5, 9)) -> list[int]:
    """So many contacts of each reason on one day a year ago and on the last day; untagged ones beside them."""
    reasons = [make_reason(session, f"Reason {number:02d}").id for number, _ in enumerate(counts)]
    for reason, count in zip(reasons, counts, strict=True):
        make_totals(session, reason, {date(2025, 9, 15): count, date(2026, 9, 13): count})
    make_totals(session, 0, {date(2026, 9, 13): 100})
    return reasons


def make_ask(session: Session, today: date = TODAY) -> int:
    return actions.make_ask(session, "USD", today=today, **STAMP)


def the_ask(session: Session) -> queries.Asked:
    found = queries.latest_ask(session)
    assert found is not None
    return found


def test_the_ten_largest_reasons_are_named_with_cost_and_owner(session: Session) -> None:
    counts = list(range(1, 13))
    make_year(session, counts)
    owner = make_department(session, "Logistics")
    other = make_reason(session, "Other", is_other=True)
    late = make_reason(session, "Late", department_id=owner.id)
    make_totals(session, other.id, {date(2026, 9, 13): 500})
    make_totals(session, late.id, {date(2026, 9, 13): 40})
    make_rate(session)
    found = queries.figures(session, Period(date(2025, 9, 14), TODAY), queries.goal_now(session, "USD", TODAY))
    # late 40; then twice 12, 11, ... 4, which are nine reasons with 144 contacts
    assert [one.contacts for one in found.top] == [40, 24, 22, 20, 18, 16, 14, 12, 10, 8]
    assert (found.top[0].text, found.top[0].owner) == ("Late", "Logistics")
    assert (found.contacts, found.cost) == (184, Money(184 * 600, "USD"))
    assert found.part.contacts_year == 184


def test_without_a_rate_the_sum_is_unknown(session: Session) -> None:
    make_year(session)
    found = queries.figures(session, Period(date(2025, 9, 14), TODAY), queries.goal_now(session, "USD", TODAY))
    assert found.cost is None


def test_an_ask_keeps_its_period_and_goal(session: Session) -> None:
    make_year(session)
    make_ask(session)
    ledger.set_goal(session, TODAY, 5, Money(100, "USD"), **STAMP)
    found = the_ask(session)
    assert found.period == Period(date(2025, 9, 15), TODAY)
    assert (found.goal.contacts, found.goal.cost_per_contact) == (100_000, Money(600, "USD"))


def test_made_again_before_the_yes_it_is_brought_up_to_date(session: Session) -> None:
    make_year(session)
    first = make_ask(session)
    actions.name_director(session, first, LEA, **STAMP)
    ledger.set_goal(session, TODAY, 5, Money(100, "USD"), **STAMP)
    assert [make_ask(session), make_ask(session)] == [first, first]
    found = the_ask(session)
    assert (found.goal.contacts, found.directors) == (5, (LEA,))
    made = session.scalars(select(AuditEntry).where(AuditEntry.action == "ask.made")).all()
    assert len(made) == 2


def test_without_contacts_there_is_nothing_to_ask(session: Session) -> None:
    with pytest.raises(Refused, match="no contacts yet"):
        make_ask(session)
    assert queries.latest_ask(session) is None


def test_directors_are_named_changed_and_removed_once(session: Session) -> None:
    make_year(session)
    ask_id = make_ask(session)
    for hours in (2, 2, 3):
        actions.name_director(session, ask_id, Director(" Lea  Brandt", "Marketing", hours), **STAMP)
    assert the_ask(session).directors == (Director("Lea Brandt", "Marketing", 3),)
    for _ in range(2):
        actions.remove_director(session, ask_id, "Lea Brandt", **STAMP)
    assert the_ask(session).directors == ()
    said = session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)).all()
    assert said == ["ask.made", "ask.director_named", "ask.director_named", "ask.director_removed"]


def test_the_yes_has_a_name_and_a_date_and_a_second_one_changes_nothing(session: Session) -> None:
    make_year(session)
    ask_id = make_ask(session)
    actions.name_director(session, ask_id, LEA, **STAMP)
    actions.agree(session, ask_id, today=TODAY, **STAMP)
    actions.agree(session, ask_id, today=TODAY + timedelta(days=9), **STAMP)
    found = the_ask(session)
    assert (found.agreed_on, found.agreed_by) == (TODAY, TESTER.name)
    assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "ask.agreed")).all()) == 1


def test_nobody_says_yes_to_an_ask_that_names_nobody(session: Session) -> None:
    make_year(session)
    with pytest.raises(Refused, match="No director is named yet"):
        actions.agree(session, make_ask(session), today=TODAY, **STAMP)


def test_after_the_yes_nothing_of_it_changes_and_a_new_ask_takes_the_directors_over(session: Session) -> None:
    make_year(session)
    first = make_ask(session)
    actions.name_director(session, first, LEA, **STAMP)
    actions.agree(session, first, today=TODAY, **STAMP)
    with pytest.raises(Stale, match="was agreed to"):
        actions.remove_director(session, first, LEA.name, **STAMP)
    second = make_ask(session)
    assert second != first
    assert (the_ask(session).directors, the_ask(session).agreed_on) == ((LEA,), None)
    with pytest.raises(Stale, match="Another ask was made meanwhile"):
        actions.agree(session, first, today=TODAY, **STAMP)


def test_made_by_two_at_the_same_time_there_is_one_ask(database: Database) -> None:
    database.write(make_year)
    ids = at_once(*[lambda: database.write(make_ask)] * 4)
    assert len(set(ids)) == 1
