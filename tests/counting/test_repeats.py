"""Repeat contacts, held against a count that looks at every pair."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.contacts.tables import Contact
from app.counting.repeats import Returned, returned
from app.values.periods import Period
from tests.builders import make_contact, make_reason

START = datetime(2026, 1, 1, tzinfo=UTC)
ANA, BO = b"ana", b"bo"


def at(day: int, hour: int = 9, second: int = 0) -> datetime:
    return START + timedelta(days=day - 1, hours=hour, seconds=second)


def test_a_contact_came_back_when_its_customer_called_about_something_else_within_the_window(session: Session) -> None:
    late, bill = make_reason(session), make_reason(session)
    make_contact(session, reason=late, customer_key=ANA, occurred_at=at(1))
    make_contact(session, reason=late, customer_key=ANA, occurred_at=at(2))  # about the same: looked past
    make_contact(session, reason=bill, customer_key=ANA, occurred_at=at(8), channel="email")  # 7 days to the second
    make_contact(session, reason=late, customer_key=BO, occurred_at=at(1))
    make_contact(session, reason=bill, customer_key=BO, occurred_at=at(8, second=1))  # a second too late
    make_contact(session, reason=late, occurred_at=at(3))  # nobody knows who
    make_contact(session, reason=bill, occurred_at=at(4))
    make_contact(session, reason=bill, customer_key=ANA, occurred_at=at(40), direction="outbound")
    period = Period(date(2026, 1, 1), date(2026, 2, 1))
    assert returned(session, period, [late.id]) == Returned(4, 3, 2, date(2026, 2, 1))
    assert returned(session, period, [late.id], window_days=8).returned == 3
    assert returned(session, period, [late.id, bill.id]).returned == 0


def test_the_last_window_of_the_data_is_left_out(session: Session) -> None:
    late, bill = make_reason(session), make_reason(session)
    for day in (1, 3, 4):
        make_contact(session, reason=late, customer_key=ANA, occurred_at=at(day))
    make_contact(session, reason=bill, customer_key=ANA, occurred_at=at(10))
    period = Period(date(2026, 1, 1), date(2026, 2, 1))
    assert returned(session, period, [late.id]) == Returned(2, 2, 1, date(2026, 1, 4))
    assert returned(session, period, [late.id], window_days=30) == Returned(0, 0, 0, date(2026, 1, 1))
    assert returned(session, period, []).contacts == 0


def brute_force(contacts: Sequence[Contact], period: Period, ids: set[int], window: timedelta) -> tuple[int, int, int]:
    asked = [one for one in contacts if one.direction == "inbound" and one.reason_id in ids and one.day in period]
    known = [one for one in asked if one.customer_key is not None]
    back = [
        one
        for one in known
        if any(
            other.customer_key == one.customer_key
            and other.direction == "inbound"
            and other.reason_id is not None
            and other.reason_id not in ids
            and one.occurred_at < other.occurred_at <= one.occurred_at + window
            for other in contacts
        )
    ]
    return len(asked), len(known), len(back)


@pytest.mark.parametrize("seed", range(6))
def test_a_count_of_every_pair_finds_the_same(session: Session, seed: int) -> None:
    drawn = random.Random(seed)
    reasons = [make_reason(session) for _ in range(4)]
    contacts = [
        make_contact(
            session,
            reason=drawn.choice([*reasons, None]),
            customer_key=drawn.choice([None, *(bytes([number]) for number in range(25))]),
            occurred_at=START + timedelta(hours=drawn.randrange(24 * 40)),
            channel=drawn.choice(["phone", "email", "chat"]),
            direction=drawn.choice(["inbound", "inbound", "inbound", "outbound"]),
            is_abandoned=drawn.random() < 0.1,
        )
        for _ in range(300)
    ]
    make_contact(session, occurred_at=START + timedelta(days=60))
    ids = {reasons[0].id, reasons[1].id}
    period = Period(date(2026, 1, 4), date(2026, 2, 1))
    window = drawn.choice([1, 7, 14])
    found = returned(session, period, ids, window_days=window)
    expected = brute_force(contacts, period, ids, timedelta(days=window))
    assert (found.contacts, found.known, found.returned) == expected
    assert 0 < expected[2] < expected[1] < expected[0]
