from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.people import actions, links
from app.people.tables import AuditEntry, SigninLink, User
from app.values.errors import Missing, Refused
from tests.builders import AT, TESTER, make_user
from tests.crowd import at_once

LATER = AT + timedelta(hours=1)


def test_a_link_lets_its_holder_set_a_password_once(session: Session) -> None:
    user = make_user(session, email="dana@example.test")
    link = links.make(session, user.id, by=TESTER, at=AT)
    assert links.holder(session, link.token, LATER).email == "dana@example.test"
    person = links.use(session, link.token, password_hash="her hash", at=LATER)
    assert (person.id, person.has_password, person.session_version) == (user.id, True, 2)
    assert session.get_one(User, user.id).password_hash == "her hash"
    with pytest.raises(Refused, match="used already"):
        links.use(session, link.token, password_hash="another hash", at=LATER)
    assert session.get_one(User, user.id).password_hash == "her hash"


def test_only_a_hash_of_the_link_is_kept(session: Session) -> None:
    link = links.make(session, make_user(session).id, by=TESTER, at=AT)
    kept = session.scalars(select(SigninLink)).one()
    assert link.token not in kept.token_hash
    assert len(kept.token_hash) == 64
    trail = session.scalars(select(AuditEntry)).one()
    assert (trail.action, link.token in str(trail.after)) == ("person.link_made", False)


def test_looking_at_a_link_does_not_spend_it(session: Session) -> None:
    link = links.make(session, make_user(session).id, by=TESTER, at=AT)
    for _ in range(3):
        links.holder(session, link.token, LATER)
    assert links.use(session, link.token, password_hash="her hash", at=LATER).has_password


def test_a_link_works_for_three_days_and_not_a_second_longer(session: Session) -> None:
    link = links.make(session, make_user(session).id, by=TESTER, at=AT)
    assert link.expires_at == AT + timedelta(days=3)
    assert links.holder(session, link.token, AT + timedelta(days=3, seconds=-1)).id
    with pytest.raises(Refused, match="older than three days"):
        links.use(session, link.token, password_hash="her hash", at=AT + timedelta(days=3))


def test_a_newer_link_replaces_the_ones_before(session: Session) -> None:
    user = make_user(session)
    first, second = (links.make(session, user.id, by=TESTER, at=AT) for _ in range(2))
    with pytest.raises(Refused, match="a newer one replaced it"):
        links.holder(session, first.token, LATER)
    assert links.holder(session, second.token, LATER).id == user.id


def test_a_made_up_link_lets_nobody_in(session: Session) -> None:
    links.make(session, make_user(session).id, by=TESTER, at=AT)
    with pytest.raises(Refused, match="not known here"):
        links.holder(session, "made-up", LATER)


def test_a_disabled_person_gets_no_link_and_an_open_one_stops_working(session: Session) -> None:
    make_user(session, roles=["admin"])
    user = make_user(session, name="Dana")
    link = links.make(session, user.id, by=TESTER, at=AT)
    actions.disable_person(session, user.id, by=TESTER, at=LATER)
    with pytest.raises(Refused, match="not known here"):
        links.use(session, link.token, password_hash="her hash", at=LATER)
    with pytest.raises(Refused, match="Dana is disabled"):
        links.make(session, user.id, by=TESTER, at=LATER)


def test_a_password_set_otherwise_ends_the_open_link(session: Session) -> None:
    user = make_user(session)
    link = links.make(session, user.id, by=TESTER, at=AT)
    actions.set_password(session, user.id, password_hash="her hash", by=TESTER, at=LATER)
    with pytest.raises(Refused, match="not known here"):
        links.holder(session, link.token, LATER)


def test_a_link_for_nobody_is_refused(session: Session) -> None:
    with pytest.raises(Missing, match="not here"):
        links.make(session, 987654, by=TESTER, at=AT)


def test_of_two_who_use_a_link_at_once_one_is_refused(database: Database) -> None:
    user = database.write(make_user)
    link = database.write(lambda session: links.make(session, user.id, by=TESTER, at=AT))

    def use(password_hash: str) -> Callable[[], str]:
        def act() -> str:
            database.write(lambda session: links.use(session, link.token, password_hash=password_hash, at=LATER))
            return password_hash

        return act

    answers = at_once(use("hash of one"), use("hash of the other"))
    won = [answer for answer in answers if answer.startswith("hash of")]
    assert len(won) == 1
    assert any("used already" in answer for answer in answers)
    with database.reading() as session:
        assert session.get_one(User, user.id).password_hash == won[0]
