"""Writers wait for each other and lose nothing; readers never wait."""

import sqlite3
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError
from sqlalchemy.orm import Session

from app.db import Database
from app.people.tables import Department
from app.reasons.tables import Reason
from tests.builders import AT, make_department


def test_four_writers_who_read_before_they_write_lose_no_update(database: Database) -> None:
    identity = database.write(lambda session: make_department(session, "0").id)

    def count_up(session: Session) -> None:
        row = session.scalars(select(Department).where(Department.id == identity).with_for_update()).one()
        row.name = str(int(row.name) + 1)

    def work() -> None:
        for _ in range(25):
            database.write(count_up)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert session.get_one(Department, identity).name == "100"


def test_a_reader_sees_the_last_committed_state_while_somebody_writes(database: Database) -> None:
    database.write(lambda session: make_department(session, "Billing"))
    with Session(database.engine) as writer:
        make_department(writer, "Claims")
        with database.reading() as reader:
            assert list(reader.scalars(select(Department.name))) == ["Billing"]
        writer.rollback()


def test_a_reading_session_is_refused_every_change_and_a_writing_one_is_not(database: Database) -> None:
    with database.reading() as reader, pytest.raises(DBAPIError, match=r"readonly|read-only"):
        make_department(reader, "Billing")
    database.write(lambda session: make_department(session, "Claims"))
    with database.reading() as reader:
        assert list(reader.scalars(select(Department.name))) == ["Claims"]


def test_a_failed_unit_of_work_leaves_nothing_behind(database: Database) -> None:
    def half_done(session: Session) -> None:
        make_department(session, "Billing")
        message = "the power fails"
        raise RuntimeError(message)

    with pytest.raises(RuntimeError):
        database.write(half_done)
    with database.reading() as session:
        assert list(session.scalars(select(Department.name))) == []


def test_a_unit_of_work_is_repeated_when_the_engine_was_busy(sqlite_database: Database) -> None:
    tries = []

    def busy_at_first(session: Session) -> str:
        tries.append(session)
        if len(tries) < 3:
            raise OperationalError("update", {}, sqlite3.OperationalError("database is locked"))
        return "done"

    assert sqlite_database.write(busy_at_first) == "done"
    assert len(tries) == 3


def test_times_come_back_in_utc_whatever_zone_they_were_given_in(session: Session) -> None:
    berlin = timezone(timedelta(hours=2))
    reason = Reason(made_at=datetime(2026, 7, 1, 0, 30, tzinfo=berlin))
    session.add(reason)
    session.flush()
    session.expire(reason)
    assert reason.made_at == datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert reason.made_at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(session: Session) -> None:
    session.add(Reason(made_at=AT.replace(tzinfo=None)))
    with pytest.raises(StatementError, match="no time zone"):
        session.flush()
    session.rollback()
