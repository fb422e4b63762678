"""The worker has contacts follow the meaning of their value; stopped or killed between, it goes on."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contacts.tables import Contact, ContactChange, TouchedDay
from app.db import Database
from app.jobs import Jobs, Stopped
from app.reasons import actions as reasons
from app.tagging import waiting
from tests.builders import AT, TESTER, make_contact, make_reason
from tests.intake_builders import make_settings


@pytest.fixture
def jobs(database: Database, tmp_path: Path) -> Jobs:
    return Jobs(make_settings(database, tmp_path, TRACKER_JOBS_IN_PROCESS="yes"), database)


@pytest.fixture
def raw_id(database: Database, monkeypatch: pytest.MonkeyPatch) -> int:
    """A value with a meaning that five contacts wait for, two of which are tagged at once."""

    def make(session: Session) -> int:
        known = reasons.learn_raw(session, "City", ["Pothole"], create=False, by=TESTER, at=AT, valid_from=AT.date())[
            "Pothole"
        ].id
        for _ in range(5):
            make_contact(session, raw_reason_id=known)
        reasons.map_raw(session, known, make_reason(session).id, by=TESTER, at=AT)
        return known

    monkeypatch.setattr(waiting.tag_some, "__kwdefaults__", {"limit": 2})
    return database.write(make)


def untagged(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Contact).where(Contact.reason_id.is_(None))) or 0


def test_all_follow_and_their_days_are_counted(jobs: Jobs, database: Database, raw_id: int) -> None:
    jobs.tag_waiting(raw_id, TESTER)
    assert untagged(database) == 0
    with database.reading() as session:
        assert session.scalars(select(TouchedDay)).all() == []


def test_killed_between_the_next_worker_goes_on_in_the_name_of_whoever_said_it(
    jobs: Jobs, database: Database, raw_id: int
) -> None:
    def kill(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        waiting.tag_all(database, raw_id, by=TESTER, now=lambda: AT, told=kill)
    assert untagged(database) == 3
    jobs.pick_up()
    assert untagged(database) == 0
    with database.reading() as session:
        assert set(session.scalars(select(ContactChange.by_name))) == {TESTER.name}
        assert waiting.following(session) == []


def test_asked_to_stop_it_ends_behind_its_chunk(jobs: Jobs, database: Database, raw_id: int) -> None:
    jobs.stopping.set()
    with pytest.raises(Stopped):
        waiting.tag_all(database, raw_id, by=TESTER, now=lambda: AT, told=jobs._check_whether_to_stop)
    assert untagged(database) == 3
    jobs.stopping.clear()
    jobs.pick_up()
    assert untagged(database) == 0
