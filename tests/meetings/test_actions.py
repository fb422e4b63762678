"""What a meeting writes down, on both engines."""

import threading
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import Database
from app.meetings import actions, queries
from app.meetings.rules import Owner, TakenOn
from app.meetings.tables import Decision, MeetingAction
from app.people.tables import AuditEntry
from app.values.errors import Missing, Refused
from app.values.periods import week_named
from tests.builders import TESTER, make_user

AT = datetime(2026, 11, 17, 10, 5, tzinfo=UTC)
TUESDAY = AT.date()
THIS_WEEK, LAST_WEEK = week_named("2026-W47"), week_named("2026-W46")


def make_action(
    session: Session, key: str, *, on: date = TUESDAY, words: str = "Call Northline", **fields: date
) -> int:
    taken = TakenOn(words, Owner(None, "Tom Okafor"), fields.get("due_on", date(2026, 11, 20)))
    return actions.add_action(session, on, taken, key=key, by=TESTER, at=AT)


def entries(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(AuditEntry.action, AuditEntry.subject).order_by(AuditEntry.number))
    return [(action, subject) for action, subject in rows]


def test_an_action_is_kept_under_its_week_and_recorded(session: Session) -> None:
    user = make_user(session, name="Marta Lindqvist")
    taken = TakenOn("Labels for the packing lines", Owner(user.id, user.name), date(2026, 11, 24))
    number = actions.add_action(session, TUESDAY, taken, key="k", by=TESTER, at=AT)
    assert queries.actions(session, THIS_WEEK) == [
        queries.ActionKept(
            number, date(2026, 11, 16), "Labels for the packing lines", "Marta Lindqvist", date(2026, 11, 24), None
        )
    ]
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject) == ("action.added", f"action:{number}")
    assert entry.after == {
        "week": "2026-W47",
        "words": "Labels for the packing lines",
        "owner": "Marta Lindqvist",
        "due_on": "2026-11-24",
    }


def test_a_form_sent_twice_makes_one_action_and_one_entry(session: Session) -> None:
    assert make_action(session, "same") == make_action(session, "same", words="Call Northline")
    assert len(queries.actions(session, THIS_WEEK)) == 1
    assert len(entries(session)) == 1


def test_a_form_sent_twice_makes_one_decision(session: Session) -> None:
    first = actions.add_decision(session, TUESDAY, "Stop the paper notice", key="same", by=TESTER, at=AT)
    second = actions.add_decision(session, TUESDAY, "Stop the paper notice", key="same", by=TESTER, at=AT)
    assert first == second
    assert [kept.words for kept in queries.decisions(session, THIS_WEEK)] == ["Stop the paper notice"]


def test_an_empty_decision_is_refused(session: Session) -> None:
    with pytest.raises(Refused, match="The decision has no words yet"):
        actions.add_decision(session, TUESDAY, " ", key="k", by=TESTER, at=AT)


def test_ticking_off_twice_is_recorded_once_and_can_be_taken_back(session: Session) -> None:
    number = make_action(session, "k")
    actions.set_done(session, number, TUESDAY, by=TESTER, at=AT)
    actions.set_done(session, number, date(2026, 11, 18), by=TESTER, at=AT)
    assert queries.actions(session, THIS_WEEK)[0].done_on == TUESDAY
    actions.set_done(session, number, None, by=TESTER, at=AT)
    assert queries.actions(session, THIS_WEEK)[0].done_on is None
    assert [action for action, _ in entries(session)] == ["action.added", "action.done", "action.opened_again"]


def test_ticking_off_what_is_not_there_is_refused(session: Session) -> None:
    with pytest.raises(Missing, match="not kept any more"):
        actions.set_done(session, 4711, TUESDAY, by=TESTER, at=AT)


def test_actions_of_earlier_weeks_are_carried_until_the_week_after_they_were_done(session: Session) -> None:
    late = make_action(session, "late", on=LAST_WEEK.start, words="Late", due_on=date(2026, 11, 18))
    later = make_action(session, "open", on=LAST_WEEK.start, words="Open", due_on=date(2026, 12, 24))
    done_before = make_action(session, "before", on=LAST_WEEK.start, words="Done before")
    done_now = make_action(session, "now", on=LAST_WEEK.start, words="Done now", due_on=date(2026, 11, 19))
    make_action(session, "own", words="Of this week")
    actions.set_done(session, done_before, date(2026, 11, 15), by=TESTER, at=AT)
    actions.set_done(session, done_now, date(2026, 11, 16), by=TESTER, at=AT)
    assert [action.id for action in queries.carried_into(session, THIS_WEEK)] == [late, done_now, later]
    assert [action.id for action in queries.carried_into(session, week_named("2026-W48"))][:1] == [late]
    assert done_now not in [action.id for action in queries.carried_into(session, week_named("2026-W48"))]
    assert queries.carried_into(session, LAST_WEEK) == []


def test_weeks_are_listed_with_what_is_open_the_latest_first(session: Session) -> None:
    done = make_action(session, "1", on=LAST_WEEK.start)
    make_action(session, "2", on=LAST_WEEK.start)
    actions.set_done(session, done, TUESDAY, by=TESTER, at=AT)
    actions.add_decision(session, TUESDAY, "Stop the paper notice", key="d", by=TESTER, at=AT)
    assert queries.weeks(session) == [
        queries.WeekKept(date(2026, 11, 16), decisions=1, actions=0, open_actions=0),
        queries.WeekKept(date(2026, 11, 9), decisions=0, actions=2, open_actions=1),
    ]


def test_a_form_that_arrives_twice_at_the_same_time_makes_one_action_and_one_decision(database: Database) -> None:
    together = threading.Barrier(4)
    found: list[tuple[int, int]] = []

    def send() -> None:
        together.wait()
        number = database.write(lambda session: make_action(session, "same"))
        decided = database.write(
            lambda session: actions.add_decision(session, TUESDAY, "Stop it", key="same", by=TESTER, at=AT)
        )
        found.append((number, decided))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(MeetingAction)) == 1
        assert session.scalar(select(func.count()).select_from(Decision)) == 1
        assert len(entries(session)) == 2
