"""Daily totals against counts made another way, on contacts drawn at random."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.contacts import days
from app.contacts.tables import Contact, TouchedDay
from app.counting import actions, checking, everything, queries
from app.counting.tables import DailyTotal
from app.db import Database
from app.reasons.tables import Reason
from app.web import work
from tests.builders import make_contact, make_reason, make_source

FIRST = date(2026, 1, 1)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def make_random_contacts(session: Session, how_many: int, over_days: int, seed: int = 7) -> list[Contact]:
    draw = random.Random(seed)
    reasons = [None, *(make_reason(session) for _ in range(3))]
    sources = [make_source(session), make_source(session)]
    made = [
        make_contact(
            session,
            occurred_at=noon(FIRST + timedelta(days=draw.randrange(over_days))),
            reason=draw.choice(reasons),
            source=draw.choice(sources),
            channel=draw.choice(("phone", "email")),
            direction=draw.choice(("inbound", "inbound", "outbound")),
            is_abandoned=draw.random() < 0.2,
            handle_seconds=draw.choice((None, 0, 240, 3600)),
            is_duration_odd=draw.random() < 0.1,
        )
        for _ in range(how_many)
    ]
    days.touch(session, {contact.day for contact in made})
    return made


def naive_totals(contacts: list[Contact]) -> dict[tuple[Any, ...], list[int]]:
    found: dict[tuple[Any, ...], list[int]] = {}
    for one in contacts:
        key = (one.day, one.reason_id or 0, one.channel, one.source_id)
        sums = found.setdefault(key, [0, 0, 0, 0, 0])
        if one.direction == "outbound":
            sums[2] += 1
        elif one.is_abandoned:
            sums[1] += 1
        else:
            sums[0] += 1
            if one.handle_seconds is not None and not one.is_duration_odd:
                sums[3] += 1
                sums[4] += one.handle_seconds
    return found


def kept_totals(session: Session) -> dict[tuple[Any, ...], list[int]]:
    return {
        (row.day, row.reason_id, row.channel, row.source_id): [
            row.handled,
            row.abandoned,
            row.outbound,
            row.timed,
            row.handle_seconds,
        ]
        for row in session.scalars(select(DailyTotal).execution_options(populate_existing=True))
    }


def count_all(session: Session) -> None:
    while actions.recount_touched(session):
        pass


def test_totals_are_what_a_count_contact_by_contact_makes(session: Session) -> None:
    contacts = make_random_contacts(session, 400, over_days=40)
    count_all(session)
    assert kept_totals(session) == naive_totals(contacts)


def test_a_run_counts_the_oldest_days_up_to_its_limit(session: Session) -> None:
    for number in range(5):
        make_contact(session, occurred_at=noon(FIRST + timedelta(days=number)))
    days.touch(session, [FIRST + timedelta(days=number) for number in range(5)])
    assert actions.recount_touched(session, limit=2) == 2
    assert queries.first_and_last_day(session) == (FIRST, FIRST + timedelta(days=1))
    assert actions.recount_touched(session, limit=9) == 3
    assert actions.recount_touched(session) == 0


def test_a_contact_that_moves_or_goes_leaves_no_total_behind(session: Session) -> None:
    contact = make_contact(session, occurred_at=noon(FIRST), reason=make_reason(session))
    days.touch(session, [FIRST])
    count_all(session)
    session.execute(delete(Contact).where(Contact.id == contact.id))
    days.touch(session, [FIRST])
    count_all(session)
    assert kept_totals(session) == {}
    assert queries.first_and_last_day(session) is None


def test_only_the_days_asked_for_are_counted(session: Session) -> None:
    later = FIRST + timedelta(days=1)
    make_contact(session, occurred_at=noon(FIRST))
    make_contact(session, occurred_at=noon(later))
    days.touch(session, [FIRST, later])
    assert actions.recount_touched(session, only=[later]) == 1
    assert everything.marks(session) == {FIRST: 1}


def test_a_planted_difference_is_found_and_its_day_is_named(session: Session) -> None:
    contacts = make_random_contacts(session, 120, over_days=40)
    count_all(session)
    assert list(checking.differences(session)) == []
    spoiled = contacts[0].day
    more = sum(one.day == spoiled for one in contacts)
    row = session.scalars(select(DailyTotal).where(DailyTotal.day == spoiled)).first()
    assert row is not None
    row.handled += 5
    session.flush()
    assert list(checking.differences(session)) == [
        f"The daily totals of {spoiled.day} {spoiled:%b} 2026 hold {more + 5} contacts, but {more} are there."
    ]
    days.touch(session, [spoiled])
    assert list(checking.differences(session)) == []
    count_all(session)
    assert list(checking.differences(session)) == []


def test_totals_of_a_day_without_contacts_and_totals_wrongly_divided_are_found(session: Session) -> None:
    source = make_source(session)
    contact = make_contact(session, occurred_at=noon(FIRST), source=source)
    days.touch(session, [FIRST])
    count_all(session)
    session.execute(update(DailyTotal).values(timed=0))
    session.add(
        DailyTotal(
            day=date(2026, 5, 1), reason_id=0, channel="phone", source_id=source.id,
            handled=2, abandoned=0, outbound=0, timed=0, handle_seconds=0,
        )
    )  # fmt: skip
    session.flush()
    assert contact.handle_seconds == 300
    assert list(checking.differences(session)) == [
        "The daily totals of 1 Jan 2026 divide its 1 contacts wrongly.",
        "The daily totals of 1 May 2026 hold 2 contacts, but 0 are there.",
    ]


def test_everything_is_counted_in_short_transactions(database: Database) -> None:
    contacts = database.write(lambda session: make_random_contacts(session, 150, over_days=100))
    touched = len({contact.day for contact in contacts})
    assert touched > 2 * actions.DAYS_AT_ONCE
    assert everything.count_everything(database) == touched
    with database.reading() as session:
        assert kept_totals(session) == naive_totals(contacts)
        assert everything.marks(session) == {}


def tag_at_random(database: Database, contacts: list[Contact], reasons: list[int], seed: int) -> Callable[[], None]:
    def run() -> None:
        draw = random.Random(seed)
        for _ in range(25):
            contact, reason_id = draw.choice(contacts), draw.choice(reasons)

            def tag(session: Session, contact: Contact = contact, reason_id: int = reason_id) -> None:
                session.execute(update(Contact).where(Contact.id == contact.id).values(reason_id=reason_id))
                days.touch(session, [contact.day])

            database.write(tag)

    return run


def test_counting_while_others_tag_ends_with_the_right_totals(database: Database) -> None:
    contacts = database.write(lambda session: make_random_contacts(session, 60, over_days=4))
    reasons = database.write(lambda session: [make_reason(session).id for _ in range(3)])
    done = threading.Event()

    def keep_counting() -> None:
        while not done.is_set():
            everything.count_everything(database)

    with ThreadPoolExecutor(6) as pool:
        counters = [pool.submit(keep_counting) for _ in range(2)]
        taggers = [pool.submit(tag_at_random(database, contacts, reasons, seed)) for seed in range(4)]
        for tagger in taggers:
            tagger.result(timeout=90)
        done.set()
        for counter in counters:
            counter.result(timeout=90)
    everything.count_everything(database)
    with database.reading() as session:
        now = list(session.scalars(select(Contact)))
        assert kept_totals(session) == naive_totals(now)
        assert list(checking.differences(session)) == []


def test_a_page_that_changes_contacts_counts_the_days_that_it_touched_and_no_others(app: Flask) -> None:
    database: Database = app.extensions["database"]
    later = FIRST + timedelta(days=1)

    def prepare(session: Session) -> tuple[Contact, Reason]:
        contact = make_contact(session, occurred_at=noon(FIRST))
        make_contact(session, occurred_at=noon(later))
        days.touch(session, [later])
        return contact, make_reason(session)

    contact, reason = database.write(prepare)

    def tag(session: Session) -> str:
        session.execute(update(Contact).where(Contact.id == contact.id).values(reason_id=reason.id))
        days.touch(session, [FIRST])
        return "done"

    with app.test_request_context():
        assert work.write_and_count(tag) == "done"
    with database.reading() as session:
        assert Counter({row.reason_id: row.handled for row in session.scalars(select(DailyTotal))}) == {reason.id: 1}
        assert list(session.scalars(select(TouchedDay.day))) == [later]


def test_a_day_that_a_running_import_touches_again_and_again_is_counted_once_and_keeps_nobody_waiting(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.write(lambda session: days.touch(session, [FIRST]))
    counted: list[int] = []

    def counted_and_touched(session: Session, **which: Any) -> int:
        assert len(counted) < 2, "It waits for the import to end."
        counted.append(actions.recount_touched(session, **which))
        days.touch(session, [FIRST])
        return counted[-1]

    monkeypatch.setattr(everything, "recount_touched", counted_and_touched)
    assert everything.count_everything(database, only={FIRST}) == 1
    assert everything.count_everything(database) == 1
    with database.reading() as session:
        assert everything.marks(session) == {FIRST: 1}
