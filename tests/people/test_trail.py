from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.db import Database
from app.people import trail
from app.people.rules import Actor, chain_hash
from app.people.tables import AuditEntry, AuditHead
from app.values.sealing import FIRST_HASH
from tests.builders import AT, TESTER, make_user
from tests.crowd import at_once


def record(session: Session, *names: str) -> None:
    for name in names:
        trail.record(session, "reason.added", f"reason:{name}", by=TESTER, at=AT, after={"name": name})


def found(session: Session) -> list[str]:
    session.flush()
    session.expire_all()
    return list(trail.breaks(session))


def forge(session: Session, number: int, previous_hash: str) -> str:
    """Write entry `number` anew with another name and a hash that fits."""
    entry = session.get_one(AuditEntry, number)
    entry.after, entry.previous_hash = {"name": "forged"}, previous_hash
    entry.hash = chain_hash(trail.as_change(entry), previous_hash)
    session.flush()
    return entry.hash


def test_entries_are_numbered_and_each_carries_the_hash_of_the_one_before(session: Session) -> None:
    record(session, "one", "two", "three")
    rows = session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
    assert [row.number for row in rows] == [1, 2, 3]
    assert [row.previous_hash for row in rows] == [FIRST_HASH, rows[0].hash, rows[1].hash]
    assert found(session) == []


def test_an_empty_trail_is_whole(session: Session) -> None:
    assert found(session) == []


def test_what_was_recorded_is_read_back_as_it_was(session: Session) -> None:
    user = make_user(session, name="Dana")
    facts = {
        "share": 0.1,
        "whole": 5.0,
        "huge": 1e22,
        "tiny": 1.5e-7,
        "day": date(2026, 9, 14),
        "roles": {"team", "lead"},
        "words": "naïve 🙂 \x00 “quoted”",
        "none": None,
        "nested": {"b": [1, {"a": True}], "a": 2},
    }
    trail.record(session, "test.done", "test:1", by=Actor(user.id, "Dana"), at=AT, before=facts, after=None)
    session.expire_all()
    entry = session.scalars(select(AuditEntry)).one()
    assert entry.before == {
        "share": 0.1,
        "whole": 5,
        "huge": 10**22,
        "tiny": 1.5e-7,
        "day": "2026-09-14",
        "roles": ["lead", "team"],
        "words": "naïve 🙂  “quoted”",
        "none": None,
        "nested": {"b": [1, {"a": True}], "a": 2},
    }
    assert (entry.after, entry.at, entry.by_id) == (None, AT, user.id)
    assert found(session) == []


@pytest.mark.parametrize(
    "change",
    [
        {"after": {"name": "other"}},
        {"before": {"name": "before"}},
        {"by_name": "somebody else"},
        {"subject": "reason:9"},
        {"action": "reason.retired"},
        {"at": datetime(2026, 9, 14, 9, 31, tzinfo=UTC)},
    ],
)
def test_an_altered_entry_is_named(session: Session, change: dict[str, object]) -> None:
    record(session, "one", "two", "three")
    session.execute(update(AuditEntry).where(AuditEntry.number == 2).values(change))
    assert [sentence.split(" (")[0] for sentence in found(session)] == ["Entry 2 of the audit trail"]
    assert "was altered after it was written" in found(session)[0]


def test_an_entry_that_was_written_anew_with_a_fitting_hash_breaks_the_chain_behind_it(session: Session) -> None:
    record(session, "one", "two", "three")
    forge(session, 2, session.get_one(AuditEntry, 1).hash)
    assert found(session) == ["Entry 3 of the audit trail (reason.added) was not written after entry 2."]


def test_an_end_that_was_written_anew_does_not_fit_the_head(session: Session) -> None:
    record(session, "one", "two", "three")
    forge(session, 3, forge(session, 2, session.get_one(AuditEntry, 1).hash))
    assert found(session) == ["Entry 3 of the audit trail, its last, is another one than was written."]


def test_deleted_entries_are_named(session: Session) -> None:
    record(session, "one", "two", "three", "four", "five")
    session.execute(delete(AuditEntry).where(AuditEntry.number.in_([1, 3, 4])))
    assert found(session) == [
        "The audit trail misses entry 1: entry 2 follows.",
        "The audit trail misses entries 3 to 4: entry 5 follows.",
    ]


def test_an_end_that_was_cut_off_is_named(session: Session) -> None:
    record(session, "one", "two", "three")
    session.execute(delete(AuditEntry).where(AuditEntry.number > 1))
    assert found(session) == ["The audit trail misses entries 2 to 3 at its end."]


def test_an_entry_that_was_put_behind_the_end_is_named(session: Session) -> None:
    record(session, "one")
    first = session.get_one(AuditEntry, 1)
    forged = AuditEntry(
        number=2, at=AT, by_id=None, by_name="x", action="a", subject="b", previous_hash=first.hash, hash="0" * 64
    )
    session.add(forged)
    forged.hash = chain_hash(trail.as_change(forged), first.hash)
    assert found(session) == ["Entry 2 was added to the audit trail behind its end."]


def test_an_entry_that_was_slipped_in_between_is_named(session: Session) -> None:
    record(session, "one", "two")
    second = session.get_one(AuditEntry, 2)
    session.execute(update(AuditEntry).where(AuditEntry.number == 2).values(number=3))
    session.expunge(second)
    slipped = AuditEntry(
        number=2,
        at=AT,
        by_id=None,
        by_name="x",
        action="a",
        subject="b",
        previous_hash=second.previous_hash,
        hash="0" * 64,
    )
    session.add(slipped)
    slipped.hash = chain_hash(trail.as_change(slipped), slipped.previous_hash)
    session.execute(update(AuditHead).values(number=3))
    assert found(session) == ["Entry 3 of the audit trail (reason.added) was altered after it was written."]


def test_a_lost_head_is_named(session: Session) -> None:
    record(session, "one")
    session.execute(delete(AuditHead))
    assert found(session) == ["The audit trail has lost its head, so its end cannot be checked."]


def test_an_entry_whose_transaction_fails_leaves_no_gap(database: Database) -> None:
    def fail(session: Session) -> None:
        record(session, "lost")
        raise ZeroDivisionError

    database.write(lambda session: record(session, "one"))
    with pytest.raises(ZeroDivisionError):
        database.write(fail)
    database.write(lambda session: record(session, "two"))
    with database.reading() as session:
        assert list(trail.breaks(session)) == []
        assert session.scalar(select(func.max(AuditEntry.number))) == 2


def test_many_writers_at_once_keep_one_chain(database: Database) -> None:
    def write(writer: int) -> Callable[[], int]:
        own_connection = Database(database.url)

        def act() -> int:
            for number in range(8):
                own_connection.write(lambda session, number=number: record(session, f"{writer}-{number}"))  # type: ignore[misc]
            own_connection.close()
            return writer

        return act

    assert at_once(*(write(writer) for writer in range(5))) == [0, 1, 2, 3, 4]
    with database.reading() as session:
        assert list(trail.breaks(session)) == []
        subjects = session.scalars(select(AuditEntry.subject).order_by(AuditEntry.number)).all()
    assert len(subjects) == len(set(subjects)) == 40


def test_a_long_session_goes_on_behind_what_others_wrote_meanwhile(database: Database) -> None:
    with Session(database.engine, expire_on_commit=False) as long:
        record(long, "one")
        assert trail.hold(long).number == 1
        long.commit()
        database.write(lambda session: record(session, "two"))
        record(long, "three")
        long.commit()
        assert trail.hold(long).number == 3
    with database.reading() as session:
        assert list(trail.breaks(session)) == []
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 3


def test_a_check_made_while_somebody_writes_raises_no_alarm(database: Database) -> None:
    database.write(lambda session: record(session, "one"))
    with database.reading() as reader:
        sentences = trail.breaks(reader)
        database.write(lambda session: record(session, "two"))
        assert list(sentences) == []
