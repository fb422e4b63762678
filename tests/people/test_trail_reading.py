from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.people import trail, trail_reading
from app.people.rules import Actor
from app.people.tables import User
from app.people.trail_reading import TrailFilter
from tests.builders import AT, TESTER, make_user

IMPORTER = Actor(None, "command line")


def make_entries(session: Session) -> User:
    """Six entries, an hour apart: of Dana, of the command line and of a test."""
    dana = make_user(session, name="Dana")
    by = Actor(dana.id, "Dana")
    what = [
        ("reason.added", "reason:1", by),
        ("reason.added", "reason:12", IMPORTER),
        ("reason.renamed", "reason:1", by),
        ("person.added", "person:1", TESTER),
        ("import.confirmed", "batch:1", IMPORTER),
        ("reason.renamed", "reason:1", by),
    ]
    for hour, (action, subject, who) in enumerate(what):
        trail.record(session, action, subject, by=who, at=AT + timedelta(hours=hour), after={"hour": hour})
    return dana


def numbers(session: Session, wanted: TrailFilter) -> list[int]:
    found = [change.number for change in trail_reading.changes(session, wanted, before=None, limit=100)]
    assert [change.number for change in trail_reading.all_changes(session, wanted)] == found
    return found


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (TrailFilter(), [6, 5, 4, 3, 2, 1]),
        (TrailFilter(who="command line"), [5, 2]),
        (TrailFilter(who="Dana"), []),
        (TrailFilter(subject="reason"), [6, 3, 2, 1]),
        (TrailFilter(subject="reason:1"), [6, 3, 1]),
        (TrailFilter(subject="reas"), []),
        (TrailFilter(subject="%"), []),
        (TrailFilter(action="reason.renamed"), [6, 3]),
        (TrailFilter(start=AT + timedelta(hours=2), end=AT + timedelta(hours=4)), [4, 3]),
        (TrailFilter(subject="reason:1", action="reason.added", who="command line"), []),
    ],
)
def test_a_filter_lets_through_what_it_says(session: Session, wanted: TrailFilter, expected: list[int]) -> None:
    make_entries(session)
    assert numbers(session, wanted) == expected


def test_a_person_is_asked_for_by_id_and_shown_by_the_present_name(session: Session) -> None:
    dana = make_entries(session)
    assert numbers(session, TrailFilter(who=str(dana.id))) == [6, 3, 1]
    dana.name = "Dana Whitlock"
    session.flush()
    assert set(trail_reading.actors_known(session)) == {Actor(dana.id, "Dana Whitlock"), TESTER, IMPORTER}
    assert trail_reading.changes(session, TrailFilter(), before=None, limit=1)[0].by == Actor(dana.id, "Dana")


def test_pages_follow_one_another_by_number_whatever_is_added_meanwhile(session: Session) -> None:
    make_entries(session)
    first = trail_reading.changes(session, TrailFilter(), before=None, limit=4)
    trail.record(session, "reason.added", "reason:99", by=TESTER, at=AT)
    second = trail_reading.changes(session, TrailFilter(), before=first[-1].number, limit=4)
    assert [change.number for change in (*first, *second)] == [6, 5, 4, 3, 2, 1]


def test_a_change_is_read_back_with_everything_it_holds(session: Session) -> None:
    make_entries(session)
    change = trail_reading.changes(session, TrailFilter(), before=2, limit=1)[0]
    assert (change.number, change.at, change.action, change.subject) == (1, AT, "reason.added", "reason:1")
    assert (change.before, change.after) == (None, {"hour": 0})


def test_every_action_is_known_once(session: Session) -> None:
    make_entries(session)
    assert trail_reading.actions_known(session) == [
        "import.confirmed",
        "person.added",
        "reason.added",
        "reason.renamed",
    ]


def test_on_an_empty_trail_nothing_and_nobody_is_known(session: Session) -> None:
    make_user(session)
    assert (trail_reading.actions_known(session), trail_reading.actors_known(session)) == ([], [])


def test_the_names_in_the_filters_are_found_without_reading_every_entry(session: Session) -> None:
    make_entries(session)
    statements: list[str] = []

    @event.listens_for(session.get_bind(), "before_cursor_execute")
    def keep(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    trail_reading.actions_known(session)
    trail_reading.actors_known(session)
    event.remove(session.get_bind(), "before_cursor_execute", keep)
    assert len(statements) == 3
    assert not [one for one in statements if "DISTINCT" in one.upper()]
