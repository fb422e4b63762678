import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import Database
from app.people import passwords, signin
from app.people.queries import Person
from app.people.rules import FOR_AN_ADDRESS, FOR_AN_EMAIL
from app.people.signin import NO_MATCH, TooManyAttempts
from app.people.tables import SigninAttempt, User
from app.values.errors import Refused
from tests.builders import AT, make_user
from tests.crowd import at_once

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "a sentence of hers"


pytestmark = pytest.mark.usefixtures("cheap_passwords")


def make_dana(database: Database, **fields: object) -> User:
    kept = CHEAP.hash(PASSWORD)
    return database.write(
        lambda session: make_user(session, email="dana@example.test", password_hash=kept, **fields)  # type: ignore[arg-type]
    )


def attempt(
    database: Database, password: str, *, at: datetime = AT, email: str = "dana@example.test", address: str = "10.0.0.1"
) -> Person:
    return signin.sign_in(database, email, password, address=address, at=at)


def kept_attempts(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(SigninAttempt.key).order_by(SigninAttempt.id)))


def test_the_right_password_lets_in_whatever_the_case_of_the_email(database: Database) -> None:
    dana = make_dana(database, roles=("lead", "team"))
    person = attempt(database, PASSWORD, email=" Dana@Example.TEST ")
    assert (person.id, sorted(person.roles)) == (dana.id, ["lead", "team"])
    assert kept_attempts(database) == []


def test_an_address_lets_in_however_its_accents_are_typed(database: Database) -> None:
    kept = CHEAP.hash(PASSWORD)
    zoe = database.write(lambda session: make_user(session, email="zo\u00eb@example.test", password_hash=kept))
    assert attempt(database, PASSWORD, email="Zoe\u0308@example.test").id == zoe.id
    assert attempt(database, PASSWORD, email="ZO\u00cb@example.test").id == zoe.id


@pytest.mark.parametrize(("email", "password"), [("dana@example.test", "wrong"), ("nobody@example.test", PASSWORD)])
def test_the_answer_does_not_tell_whether_somebody_is_here(database: Database, email: str, password: str) -> None:
    make_dana(database)
    with pytest.raises(Refused, match=f"^{re.escape(NO_MATCH)}$"):
        attempt(database, password, email=email)
    assert kept_attempts(database) == [f"email:{email}", "address:10.0.0.1"]


def test_a_password_is_compared_once_whoever_asks(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    make_dana(database)
    database.write(lambda session: make_user(session, email="invited@example.test"))
    compared: list[str | None] = []
    real = passwords.matches

    def counted(kept: str | None, password: str) -> bool:
        compared.append(kept)
        return real(kept, password)

    monkeypatch.setattr(passwords, "matches", counted)
    for email in ("dana@example.test", "nobody@example.test", "invited@example.test"):
        with pytest.raises(Refused, match="do not match"):
            attempt(database, "wrong", email=email)
    assert len(compared) == 3
    assert compared[1:] == [None, None]


def test_somebody_without_a_password_is_not_let_in(database: Database) -> None:
    database.write(lambda session: make_user(session, email="dana@example.test", password_hash=None))
    for password in ("", "nobody has this password"):
        with pytest.raises(Refused, match="do not match"):
            attempt(database, password)


def test_a_disabled_person_learns_it_from_the_right_password_only(database: Database) -> None:
    make_dana(database, disabled_at=AT)
    with pytest.raises(Refused, match="do not match"):
        attempt(database, "wrong")
    with pytest.raises(Refused, match="account is disabled"):
        attempt(database, PASSWORD)


def fail(database: Database, times: int, **where: str) -> None:
    for minute in range(times):
        with pytest.raises(Refused, match="do not match"):
            attempt(database, "wrong", at=AT + timedelta(seconds=30 * minute), **where)


def test_after_ten_failures_even_the_right_password_waits_and_the_sentence_says_how_long(database: Database) -> None:
    make_dana(database)
    fail(database, FOR_AN_EMAIL.failures)
    with pytest.raises(TooManyAttempts, match=r"for this e-mail\. Try again in 10\smin"):
        attempt(database, PASSWORD, at=AT + timedelta(minutes=5), address="10.9.9.9")
    with pytest.raises(TooManyAttempts, match="in 1\u00a0second;"):
        attempt(database, PASSWORD, at=AT + timedelta(minutes=14, seconds=59))
    assert attempt(database, PASSWORD, at=AT + timedelta(minutes=15)).email == "dana@example.test"


def test_a_refused_attempt_does_not_make_the_wait_longer(database: Database) -> None:
    make_dana(database)
    fail(database, FOR_AN_EMAIL.failures)
    before = len(kept_attempts(database))
    for _ in range(3):
        with pytest.raises(TooManyAttempts):
            attempt(database, PASSWORD, at=AT + timedelta(minutes=5))
    assert len(kept_attempts(database)) == before


def test_one_address_that_tries_many_emails_is_slowed_and_other_addresses_are_not(database: Database) -> None:
    make_dana(database)
    for number in range(FOR_AN_ADDRESS.failures):
        with pytest.raises(Refused, match="do not match"):
            attempt(database, "wrong", email=f"guess{number}@example.test", address="10.6.6.6")
    with pytest.raises(TooManyAttempts, match=r"from this address\. Try again in 15\smin"):
        attempt(database, PASSWORD, address="10.6.6.6")
    assert attempt(database, PASSWORD, address="10.0.0.1").email == "dana@example.test"


def test_signing_in_forgives_what_failed_for_the_email_and_keeps_what_failed_from_the_address(
    database: Database,
) -> None:
    make_dana(database)
    fail(database, 9)
    attempt(database, PASSWORD, at=AT + timedelta(minutes=6))
    assert kept_attempts(database) == ["address:10.0.0.1"] * 9
    fail(database, 9)


def test_attempts_are_cleaned_up_once_they_count_no_more(database: Database) -> None:
    make_dana(database)
    fail(database, 3)
    with pytest.raises(Refused, match="do not match"):
        attempt(database, "wrong", at=AT + timedelta(hours=1), email="other@example.test", address="10.0.0.2")
    assert kept_attempts(database) == ["email:other@example.test", "address:10.0.0.2"]


def test_guesses_made_at_once_in_many_processes_count_each(database: Database) -> None:
    make_dana(database)

    def guess(number: int) -> Callable[[], str]:
        own_connection = Database(database.url)

        def act() -> str:
            try:
                return attempt(own_connection, "wrong", address=f"10.0.1.{number}").email
            finally:
                own_connection.close()

        return act

    answers = at_once(*(guess(number) for number in range(14)))
    assert answers.count(NO_MATCH) == FOR_AN_EMAIL.failures
    assert sum("Too many" in str(answer) for answer in answers) == 4


def test_an_older_hash_is_replaced_when_its_owner_signs_in(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    dana = make_dana(database)
    dearer = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", lambda: dearer)
    assert attempt(database, PASSWORD).session_version == dana.session_version
    with database.reading() as session:
        kept = session.scalar(select(User.password_hash).where(User.id == dana.id))
    assert kept is not None
    assert not dearer.check_needs_rehash(kept)
    assert attempt(database, PASSWORD).id == dana.id


def test_a_password_changed_while_the_old_one_was_compared_lets_nobody_in(session: Session) -> None:
    make_user(session, email="dana@example.test", password_hash="the new hash")
    begun = signin.begin(session, "dana@example.test", address="10.0.0.1", at=AT)
    with pytest.raises(Refused, match="do not match"):
        signin.succeed(session, begun, "the old hash", None)
    assert session.scalar(select(func.count()).select_from(SigninAttempt)) == 2
