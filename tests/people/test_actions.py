from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import Database
from app.people import actions, queries
from app.people.queries import Person
from app.people.rules import Actor, Profile
from app.people.tables import AuditEntry, User
from app.values.errors import Missing, Refused, Stale
from tests.builders import AT, TESTER, make_department, make_user
from tests.crowd import at_once

LATER = AT + timedelta(hours=1)
MARTA = Profile("Marta Lindqvist", frozenset({"admin", "lead"}))
DANA = Profile("Dana Whitlock", frozenset({"sponsor"}))


def last_entry(session: Session) -> AuditEntry:
    return session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first() or pytest.fail("no entry")


def entries(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def test_the_first_person_is_made_while_nobody_is_there_and_no_second_one(session: Session) -> None:
    person = actions.make_first_administrator(session, "Marta@Example.test", MARTA, password_hash="a hash", at=AT)
    assert (person.email, sorted(person.roles), person.has_password) == ("marta@example.test", ["admin", "lead"], True)
    entry = last_entry(session)
    assert (entry.action, entry.by_id, entry.by_name) == ("person.added", person.id, "Marta Lindqvist")
    with pytest.raises(Refused, match="made already"):
        actions.make_first_administrator(session, "dana@example.test", MARTA, password_hash="a hash", at=AT)
    assert len(queries.people(session)) == 1


def test_the_first_person_has_to_be_an_administrator(session: Session) -> None:
    with pytest.raises(Refused, match="has to be an administrator"):
        actions.make_first_administrator(session, "dana@example.test", DANA, password_hash="a hash", at=AT)
    assert queries.people(session) == []


def test_of_two_first_administrators_at_once_one_is_refused(database: Database) -> None:
    def set_up(name: str) -> Callable[[], str]:
        own_connection = Database(database.url)

        def act() -> str:
            profile = Profile(name, frozenset({"admin"}))
            try:
                return own_connection.write(
                    lambda session: actions.make_first_administrator(
                        session, f"{name}@example.test", profile, password_hash="a hash", at=AT
                    )
                ).name
            finally:
                own_connection.close()

        return act

    answers = at_once(set_up("marta"), set_up("dana"), set_up("amara"))
    assert sum("made already" in answer for answer in answers) == 2
    with database.reading() as session:
        assert [person.name for person in queries.people(session)] == [
            name for name in ("marta", "dana", "amara") if name in answers
        ]


def test_an_added_person_has_roles_and_department_and_no_password(session: Session) -> None:
    billing = make_department(session, "Billing")
    profile = Profile(" Dana Whitlock ", frozenset({"sponsor", "finance"}), billing.id)
    person = actions.add_person(session, " Dana@Example.test", profile, by=TESTER, at=AT)
    assert person == Person(
        id=person.id,
        name="Dana Whitlock",
        email="dana@example.test",
        roles=frozenset({"sponsor", "finance"}),
        department_id=billing.id,
        department="Billing",
        session_version=1,
        has_password=False,
        is_disabled=False,
    )
    assert last_entry(session).after == {
        "name": "Dana Whitlock",
        "email": "dana@example.test",
        "roles": ["finance", "sponsor"],
        "department": "Billing",
    }


@pytest.mark.parametrize(
    ("email", "profile", "part_of_the_sentence"),
    [
        ("DANA@example.test", DANA, "dana@example.test is here already"),
        ("dana", DANA, "is no e-mail address"),
        ("new@example.test", Profile("", frozenset({"lead"})), "name is empty"),
        ("new@example.test", Profile("New", frozenset()), "No role is chosen"),
        ("new@example.test", Profile("New", frozenset({"lead"}), 987654), "department is not here"),
    ],
)
def test_a_person_who_cannot_be_is_refused_and_nothing_is_written(
    session: Session, email: str, profile: Profile, part_of_the_sentence: str
) -> None:
    make_user(session, email="dana@example.test")
    with pytest.raises(Refused, match=part_of_the_sentence):
        actions.add_person(session, email, profile, by=TESTER, at=AT)
    assert (len(queries.people(session)), entries(session)) == (1, 0)


def test_the_same_person_added_twice_at_once_is_there_once(database: Database) -> None:
    def add() -> int:
        return database.write(
            lambda session: actions.add_person(session, "dana@example.test", DANA, by=TESTER, at=AT)
        ).id

    answers = at_once(add, add)
    assert sum("is here already" in str(answer) for answer in answers) == 1
    with database.reading() as session:
        assert len(queries.people(session)) == 1


def make_administrator(session: Session, **fields: Any) -> User:
    return make_user(session, roles=("admin",), **fields)


def test_roles_name_email_and_department_change_together_with_before_and_after(session: Session) -> None:
    make_administrator(session)
    user = make_user(session, name="Dana", email="dana@example.test", roles=("team",))
    profile = Profile("Dana Whitlock", frozenset({"sponsor"}), make_department(session, "Billing").id, "d@example.test")
    after = actions.change_person(session, user.id, profile, seen=None, by=Actor(user.id, "Dana"), at=LATER)
    assert (after.name, after.email, after.department, sorted(after.roles)) == (
        "Dana Whitlock",
        "d@example.test",
        "Billing",
        ["sponsor"],
    )
    entry = last_entry(session)
    assert (entry.action, entry.subject, entry.at) == ("person.changed", f"person:{user.id}", LATER)
    assert entry.before == {"name": "Dana", "email": "dana@example.test", "roles": ["team"], "department": None}
    assert entry.after == after.facts


def test_a_change_that_changes_nothing_leaves_no_entry(session: Session) -> None:
    make_administrator(session)
    user = make_user(session, name="Dana Whitlock", roles=("sponsor",))
    actions.change_person(session, user.id, DANA, seen=None, by=TESTER, at=AT)
    assert entries(session) == 0


def test_an_email_that_somebody_else_has_is_refused(session: Session) -> None:
    make_administrator(session, email="marta@example.test")
    user = make_user(session)
    taken = Profile("Dana", frozenset({"team"}), None, "Marta@example.test")
    with pytest.raises(Refused, match="is here already"):
        actions.change_person(session, user.id, taken, seen=None, by=TESTER, at=AT)


def test_of_two_who_change_the_same_person_the_second_is_told_what_is_new(session: Session) -> None:
    make_administrator(session)
    user = make_user(session, name="Dana Whitlock", roles=("team",))
    found = queries.person(session, user.id)
    assert found is not None
    seen = found.facts
    actions.change_person(session, user.id, DANA, seen=seen, by=TESTER, at=AT)
    with pytest.raises(Stale, match=r"changed by somebody else .*roles is now sponsor.* what you typed is kept"):
        actions.change_person(session, user.id, Profile("Dana W.", frozenset({"team"})), seen=seen, by=TESTER, at=LATER)


def test_somebody_who_is_not_here_cannot_be_changed(session: Session) -> None:
    for act in (actions.disable_person, actions.enable_person):
        with pytest.raises(Missing, match="not here"):
            act(session, 987654, by=TESTER, at=AT)
    with pytest.raises(Missing, match="not here"):
        actions.change_person(session, 987654, DANA, seen=None, by=TESTER, at=AT)
    with pytest.raises(Missing, match="not here"):
        actions.set_password(session, 987654, password_hash="a hash", by=TESTER, at=AT)


def test_disabling_ends_sessions_and_enabling_does_not_bring_them_back(session: Session) -> None:
    make_administrator(session)
    user = make_user(session, password_hash="her hash")
    for _ in range(2):
        actions.disable_person(session, user.id, by=TESTER, at=AT)
    disabled = queries.person(session, user.id)
    assert disabled is not None
    assert (disabled.is_disabled, disabled.session_version) == (True, 2)
    for _ in range(2):
        actions.enable_person(session, user.id, by=TESTER, at=LATER)
    enabled = queries.person(session, user.id)
    assert enabled is not None
    assert (enabled.is_disabled, enabled.session_version, enabled.has_password) == (False, 2, True)
    assert entries(session) == 2


def test_a_new_password_ends_every_session_and_the_trail_does_not_hold_it(session: Session) -> None:
    user = make_user(session)
    assert actions.set_password(session, user.id, password_hash="her hash", by=TESTER, at=AT).session_version == 2
    entry = last_entry(session)
    assert entry.action == "person.password_set"
    assert "her hash" not in str(entry.after)


def test_the_last_administrator_cannot_be_disabled_or_lose_the_role(session: Session) -> None:
    marta = make_administrator(session, name="Marta")
    make_administrator(session, name="Gone", disabled_at=AT)
    with pytest.raises(Refused, match="Marta is the last administrator"):
        actions.disable_person(session, marta.id, by=TESTER, at=AT)
    with pytest.raises(Refused, match="Marta is the last administrator"):
        actions.change_person(session, marta.id, DANA, seen=None, by=TESTER, at=AT)


def test_one_of_two_administrators_can_go(session: Session) -> None:
    marta, dana = make_administrator(session), make_administrator(session)
    actions.disable_person(session, marta.id, by=TESTER, at=AT)
    with pytest.raises(Refused, match="last administrator"):
        actions.disable_person(session, dana.id, by=TESTER, at=AT)


def test_two_administrators_who_disable_each_other_at_once_leave_one(database: Database) -> None:
    marta, dana = database.write(lambda session: (make_administrator(session), make_administrator(session)))

    def disable(user_id: int) -> Callable[[], str]:
        def act() -> str:
            database.write(lambda session: actions.disable_person(session, user_id, by=TESTER, at=AT))
            return "done"

        return act

    answers = at_once(disable(marta.id), disable(dana.id))
    assert sorted("last administrator" in answer for answer in answers) == [False, True]
    with database.reading() as session:
        assert len(queries.people(session, role="admin")) == 1
