"""A large installation for measurements: many contacts, ten live initiatives, a person with every role."""

import random
from bisect import bisect
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app import schema
from app.contacts.days import touch
from app.contacts.tables import Contact, Source
from app.costing.actions import set_rate
from app.costing.rules import Rate
from app.counting.everything import count_everything
from app.db import Database, bulk_insert
from app.initiatives import actions as initiatives
from app.initiatives.projection import Terms
from app.initiatives.rules import Plan
from app.people.rules import ROLES, Actor
from app.people.tables import User, UserRole
from app.reasons.actions import ensure_path
from app.values.money import Money

DAYS = 550
REASONS = 40
LAST_DAY = date(2026, 9, 15)
FIRST_DAY = LAST_DAY - timedelta(days=DAYS - 1)
AT = datetime(2026, 9, 16, 9, tzinfo=UTC)
CHANNELS = ("phone", "phone", "phone", "email", "chat")
UNTAGGED_EACH = 50
INITIATIVES = 10
ROWS_AT_ONCE = 20_000
COLUMNS = (
    "id",
    "source_id",
    "external_id",
    "occurred_at",
    "day",
    "channel",
    "direction",
    "is_abandoned",
    "reason_id",
    "queue",
    "customer_key",
    "handle_seconds",
    "is_duration_odd",
    "content",
)


def built(path: Path, contacts: int) -> Database:
    """A SQLite installation with so many counted contacts."""
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    person = database.write(_people)
    reasons = database.write(lambda session: _reasons(session, person))
    _fill(database, contacts, reasons)
    count_everything(database)
    database.write(lambda session: _initiatives(session, reasons, person))
    with database.engine.connect() as connection:
        connection.exec_driver_sql("analyze")
    return database


def _people(session: Session) -> Actor:
    user = User(email="bench@example.test", name="Bench", session_version=1, made_at=AT)
    sponsor = User(email="sponsor@example.test", name="Sponsor", session_version=1, made_at=AT)
    session.add_all([user, sponsor])
    session.flush()
    session.add_all(UserRole(user_id=user.id, role=role) for role in ROLES)
    session.add(UserRole(user_id=sponsor.id, role="sponsor"))
    session.add(Source(name="bench", timezone="UTC", made_at=AT))
    return Actor(user.id, user.name)


def _reasons(session: Session, by: Actor) -> list[int]:
    for channel, amount in (("phone", 600), ("email", 400), ("chat", 300)):
        rate = Rate(channel, date(2020, 1, 1), "contact", Money(amount, "USD"), "benchmark")
        set_rate(session, rate, by=by, at=AT)
    paths = [(f"Area {number % 7}", f"Reason {number}") for number in range(REASONS)]
    return [ensure_path(session, path, by=by, at=AT, valid_from=FIRST_DAY) for path in paths]


def _fill(database: Database, contacts: int, reasons: list[int]) -> None:
    """Without the indexes, which are quicker made from what is there than kept up while rows come in no order."""
    table: Any = Contact.__table__
    rows = _rows(contacts, reasons)
    for index in table.indexes:
        index.drop(database.engine)
    with database.loading() as write:
        while batch := list(islice(rows, ROWS_AT_ONCE)):
            write(partial(_insert, batch))
    for index in table.indexes:
        index.create(database.engine)
    database.write(lambda session: touch(session, [FIRST_DAY + timedelta(days=number) for number in range(DAYS)]))


def _insert(rows: list[tuple[Any, ...]], session: Session) -> None:
    table: Any = Contact.__table__
    bulk_insert(session.connection(), table, COLUMNS, rows)


def _rows(contacts: int, reasons: list[int]) -> Iterator[tuple[Any, ...]]:
    drawn = random.Random(7)
    weights = list(accumulate(1 / (place + 1) for place in range(len(reasons))))
    days = [(FIRST_DAY + timedelta(days=number)).isoformat() for number in range(DAYS)]
    times = [f"{minute // 60:02}:{minute % 60:02}:00" for minute in range(8 * 60, 20 * 60)]
    for number in range(contacts):
        day = days[number * DAYS // contacts]
        is_untagged = number % (contacts // UNTAGGED_EACH) == 0
        yield (
            drawn.randbytes(16),
            1,
            str(number),
            f"{day} {times[int(drawn.random() * len(times))]}",
            day,
            CHANNELS[int(drawn.random() * len(CHANNELS))],
            "inbound",
            0,
            None if is_untagged else reasons[bisect(weights, drawn.random() * weights[-1])],
            "general",
            drawn.randbytes(16),
            60 + int(drawn.random() * 840),
            0,
            b"",
        )


def _initiatives(session: Session, reasons: list[int], by: Actor) -> None:
    sponsor = Actor(2, "Sponsor")
    started = LAST_DAY - timedelta(days=150)
    for place in range(INITIATIVES):
        plan = Plan(f"Initiative {place}", reason_ids=frozenset({reasons[place]}), owner_id=by.id, sponsor_id=2)
        identity = initiatives.start(session, plan, by=by, at=AT, today=started)
        terms = Terms(1000, 2000, 3000, started, 28, 500_000, 100_000, "USD")
        initiatives.project(session, identity, terms, by=by, at=AT, today=started)
        initiatives.move(session, identity, "approved", by=sponsor, at=AT, today=started)
        initiatives.move(session, identity, "progress", by=by, at=AT, today=started)
        initiatives.move(session, identity, "live", by=by, at=AT, today=LAST_DAY, go_live_on=started)
