"""Signing in with a password: slowed where somebody guesses, and as slow for people who are not here."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.db import Database
from app.people import passwords, queries
from app.people.queries import Person
from app.people.rules import (
    FOR_AN_ADDRESS,
    FOR_AN_EMAIL,
    LONGEST_EMAIL,
    Limit,
    opens_at,
    wait_in_words,
    written_alike,
)
from app.people.tables import SigninAttempt, User
from app.values.errors import Refused

FORGOTTEN_AFTER = max(FOR_AN_EMAIL.within, FOR_AN_ADDRESS.within)
NO_MATCH = "E-mail and password do not match. Check both; an administrator can make you a sign-in link."


class TooManyAttempts(Refused):
    """So many sign-ins failed that the next one has to wait; the sentence says how long."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt under way: whose, and the rows that it left."""

    email: str
    row_ids: tuple[int, ...]


def sign_in(database: Database, email: str, password: str, *, address: str, at: datetime) -> Person:
    """The person with this e-mail and password; raises Refused with the one sentence that gives nothing away.

    Takes the database and not a session: the password is compared between two short transactions, not inside one.
    """
    tidied = written_alike(email)[:LONGEST_EMAIL]
    attempt = database.write(lambda session: begin(session, tidied, address=address, at=at))
    with database.reading() as session:
        kept = session.scalar(select(User.password_hash).where(User.email == tidied))
    if not passwords.matches(kept, password) or kept is None:
        raise Refused(NO_MATCH)
    new_hash = passwords.renewed(kept, password)
    return database.write(lambda session: succeed(session, attempt, kept, new_hash))


def begin(session: Session, email: str, *, address: str, at: datetime) -> Attempt:
    """Count an attempt before its password is looked at, so that many at once cannot slip through."""
    session.execute(select(User.id).where(User.email == email).with_for_update(key_share=True))
    session.execute(delete(SigninAttempt).where(SigninAttempt.at < at - FORGOTTEN_AFTER))
    keys = {f"email:{email}": FOR_AN_EMAIL, f"address:{address}": FOR_AN_ADDRESS}
    for key, limit in keys.items():
        _refuse_while_closed(session, key, limit, at)
    rows = [SigninAttempt(key=key, at=at) for key in keys]
    session.add_all(rows)
    session.flush()
    return Attempt(email, tuple(row.id for row in rows))


def succeed(session: Session, attempt: Attempt, kept_hash: str, new_hash: str | None) -> Person:
    """Let the person in: what failed before is forgiven, and a hash of an older cost is replaced."""
    user = session.scalars(select(User).where(User.email == attempt.email)).one_or_none()
    if user is None or user.password_hash != kept_hash:
        raise Refused(NO_MATCH)
    if user.disabled_at is not None:
        raise Refused("This account is disabled. An administrator can enable it again.")
    session.execute(delete(SigninAttempt).where(SigninAttempt.key == f"email:{attempt.email}"))
    session.execute(delete(SigninAttempt).where(SigninAttempt.id.in_(attempt.row_ids)))
    user.password_hash = new_hash or user.password_hash
    session.flush()
    found = queries.person(session, user.id)
    if found is None:
        raise Refused(NO_MATCH)
    return found


def _refuse_while_closed(session: Session, key: str, limit: Limit, at: datetime) -> None:
    failures = session.scalars(
        select(SigninAttempt.at)
        .where(SigninAttempt.key == key, SigninAttempt.at > at - limit.within)
        .order_by(SigninAttempt.at)
    ).all()
    opens = opens_at(failures, limit)
    if opens is not None and opens > at:
        whose = "for this e-mail" if limit is FOR_AN_EMAIL else "from this address"
        wait = wait_in_words((opens - at).total_seconds())
        raise TooManyAttempts(
            f"Too many sign-ins failed {whose}. Try again in {wait}; an administrator's sign-in link works at once."
        )
