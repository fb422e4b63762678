"""One-time links: whoever holds one sets a password and is signed in. Only a hash of the link is kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, update
from sqlalchemy.orm import Session

from app.people import actions, queries, trail
from app.people.queries import Person
from app.people.rules import Actor
from app.people.tables import SigninLink
from app.values.errors import Missing, Refused

VALID = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Link:
    """A link that was just made; its token is known here and nowhere else."""

    token: str
    expires_at: datetime


def make(session: Session, user_id: int, *, by: Actor, at: datetime) -> Link:
    """A new link for a person; links made before stop working."""
    person = queries.person(session, user_id)
    if person is None:
        raise Missing("That person is not here. Nothing was made.")
    if person.is_disabled:
        raise Refused(f"{person.name} is disabled. Enable the account first; no link was made.")
    session.execute(delete(SigninLink).where(SigninLink.user_id == user_id, SigninLink.used_at.is_(None)))
    link = Link(secrets.token_urlsafe(32), at + VALID)
    session.add(
        SigninLink(token_hash=_hash(link.token), user_id=user_id, made_at=at, expires_at=link.expires_at, used_at=None)
    )
    trail.record(session, "person.link_made", f"person:{user_id}", by=by, at=at, after={"name": person.name})
    return link


def holder(session: Session, token: str, at: datetime) -> Person:
    """Whose link it is; raises Refused where it does not work any more."""
    link = session.get(SigninLink, _hash(token))
    if link is None:
        raise Refused("This link is not known here, or a newer one replaced it. Ask an administrator for a new link.")
    if link.used_at is not None:
        raise Refused("This link was used already. Sign in with your password, or ask an administrator for a new link.")
    if link.expires_at <= at:
        raise Refused("This link is older than three days. Ask an administrator for a new one.")
    person = queries.person(session, link.user_id)
    if person is None or person.is_disabled:
        raise Refused("This account is disabled. An administrator can enable it again.")
    return person


def use(session: Session, token: str, *, password_hash: str, at: datetime) -> Person:
    """Spend the link: its holder gets the password; of two who use it at once the second is refused."""
    person = holder(session, token, at)
    spent: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        update(SigninLink)
        .where(SigninLink.token_hash == _hash(token), SigninLink.used_at.is_(None))
        .values(used_at=at)
        .execution_options(synchronize_session=False)
    )
    if spent.rowcount != 1:
        raise Refused("This link was used already. Sign in with your password, or ask an administrator for a new link.")
    by = Actor(person.id, person.name)
    return actions.set_password(session, person.id, password_hash=password_hash, by=by, at=at)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
