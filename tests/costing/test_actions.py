from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contacts import days
from app.costing import actions, queries
from app.costing.rules import Cost, Rate
from app.counting.actions import recount_touched
from app.db import Database
from app.people.tables import AuditEntry
from app.values.errors import Refused
from app.values.money import Money
from app.values.periods import Period
from tests.builders import AT, TESTER, make_contact, make_reason

STAMP: dict[str, Any] = {"by": TESTER, "at": AT}
JANUARY, JUNE = date(2026, 1, 1), date(2026, 6, 1)


def make_rate(channel: str = "phone", valid_from: date = JANUARY, basis: str = "contact", minor: int = 600) -> Rate:
    return Rate(channel, valid_from, basis, Money(minor, "USD"), "Finance, budget 2026")


def entries(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def test_a_rate_is_kept_with_its_source_and_told_to_the_trail(session: Session) -> None:
    actions.set_rate(session, make_rate(), **STAMP)
    assert queries.rates(session).rates == (make_rate(),)
    assert entries(session) == 1


def test_the_same_rate_sent_twice_changes_nothing(session: Session) -> None:
    actions.set_rate(session, make_rate(), **STAMP)
    actions.set_rate(session, make_rate(), **STAMP)
    assert entries(session) == 1


def test_another_rate_for_the_same_day_replaces_only_after_somebody_said_so(session: Session) -> None:
    actions.set_rate(session, make_rate(), **STAMP)
    with pytest.raises(actions.AlreadySet, match="Phone has a rate from 1 Jan 2026 already"):
        actions.set_rate(session, make_rate(minor=700), **STAMP)
    assert queries.rates(session).cost("phone", JUNE, 1, 0) == Money(600, "USD")
    actions.set_rate(session, make_rate(minor=700), replace=True, **STAMP)
    assert queries.rates(session).cost("phone", JUNE, 1, 0) == Money(700, "USD")
    assert entries(session) == 2


def test_an_unknown_channel_and_another_currency_are_refused(session: Session) -> None:
    with pytest.raises(Refused, match="no channel"):
        actions.set_rate(session, make_rate("fax"), **STAMP)
    actions.set_rate(session, make_rate(), **STAMP)
    euro = Rate("email", JANUARY, "contact", Money(600, "EUR"), "Finance")
    with pytest.raises(Refused, match="kept in USD"):
        actions.set_rate(session, euro, **STAMP)


def test_a_period_in_which_the_rate_changes_costs_each_day_its_own_rate(session: Session) -> None:
    late, lost = make_reason(session), make_reason(session)
    for month, reason in ((5, late), (5, late), (6, late), (6, lost), (6, None)):
        contact = make_contact(session, reason=reason, occurred_at=datetime(2026, month, 15, 9, tzinfo=UTC))
        days.touch(session, [contact.day])
    recount_touched(session)
    actions.set_rate(session, make_rate(), **STAMP)
    actions.set_rate(session, make_rate(valid_from=JUNE, minor=650), **STAMP)
    year = Period(JANUARY, date(2027, 1, 1))
    assert queries.cost_of(session, year).minor == 2 * 600 + 3 * 650
    assert queries.cost_of(session, year, [late.id]).minor == 2 * 600 + 650
    assert queries.cost_of(session, year, [late.id], ["email"]) == Cost(Fraction(0))


def test_of_two_who_set_the_same_day_at_once_one_is_told(database: Database) -> None:
    def set_to(minor: int) -> str:
        try:
            database.write(lambda session: actions.set_rate(session, make_rate(minor=minor), **STAMP))
        except actions.AlreadySet:
            return "told"
        return "set"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(set_to, (600, 700, 800))) == ["set", "told", "told"]
    with database.reading() as session:
        assert len(queries.rates(session).rates) == 1
