"""Tokens: what a program shows in place of a sign-in. Only a hash is kept; each says what it may do, and until when."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.people import trail
from app.people.rules import Actor
from app.people.tables import ApiToken
from app.values.errors import Missing, Refused
from app.values.lines import one_line

SEND, READ, FIGURES = "contacts:write", "contacts:read", "figures:read"
SCOPES = {
    SEND: "send contacts",
    READ: "read contacts, with their notes",
    FIGURES: "read reasons, rankings, initiatives, measurements, the ledger and the scorecard",
}
PREFIX = "tracker_"  # so that whoever finds one in a log or a repository knows what it is
BYTES = 32
LONGEST_NAME = 100
USUAL_DAYS, MOST_DAYS = 365, 1826
NOTED_EVERY = timedelta(minutes=1)
VALID, EXPIRED, REVOKED = "valid", "expired", "revoked"
_COLUMNS = select(
    ApiToken.id,
    ApiToken.name,
    ApiToken.scopes,
    ApiToken.made_by,
    ApiToken.made_at,
    ApiToken.expires_at,
    ApiToken.last_used_at,
    ApiToken.revoked_at,
)
# Made once: it is asked with every request of a program.
_SHOWN = _COLUMNS.where(ApiToken.token_hash == bindparam("token_hash"))


@dataclass(frozen=True, slots=True)
class Made:
    """A token that was just made; its text is known here and nowhere else."""

    id: int
    text: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token."""

    id: int
    name: str
    scopes: tuple[str, ...]
    made_by: str
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    @property
    def holder(self) -> Actor:
        """Whoever holds it, as the trail names them."""
        return Actor(None, f"token {self.name}")

    def state(self, at: datetime) -> str:
        """One of VALID, EXPIRED and REVOKED."""
        if self.revoked_at is not None:
            return REVOKED
        return VALID if at < self.expires_at else EXPIRED


def make(session: Session, name: str, scopes: Collection[str], days: int, *, by: Actor, at: datetime) -> Made:
    """A new token for some days; raises Refused where its name is taken, or a scope is unknown."""
    trail.hold(session)
    name = one_line(name)
    _check(session, name, scopes, days, at)
    text = PREFIX + secrets.token_urlsafe(BYTES)
    token = ApiToken(
        name=name,
        token_hash=_hash(text),
        scopes=[scope for scope in SCOPES if scope in scopes],
        made_by=by.name,
        made_at=at,
        expires_at=at + timedelta(days=days),
        last_used_at=None,
        revoked_at=None,
    )
    session.add(token)
    session.flush()
    after = {"name": name, "scopes": token.scopes, "expires_at": token.expires_at.isoformat()}
    trail.record(session, "token.made", f"token:{token.id}", by=by, at=at, after=after)
    return Made(token.id, text, token.expires_at)


def revoke(session: Session, token_id: int, *, by: Actor, at: datetime) -> str:
    """Let a token open nothing any more, at once, and return its name; one that is revoked already stays so."""
    token = session.get(ApiToken, token_id, with_for_update=True, populate_existing=True)
    if token is None:
        raise Missing("That token is not here.")
    if token.revoked_at is None:
        token.revoked_at = at
        session.flush()
        trail.record(session, "token.revoked", f"token:{token_id}", by=by, at=at, before={"name": token.name})
    return token.name


def note_use(session: Session, token_id: int, *, at: datetime) -> None:
    """Keep when a token was used last, to the minute: more would be a write for every reading."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=at))


def is_to_be_noted(token: Token, at: datetime) -> bool:
    """Whether the last use that is kept lies back far enough."""
    return token.last_used_at is None or at - token.last_used_at >= NOTED_EVERY


def shown(session: Session, text: str) -> Token | None:
    """The token that a program shows, valid or not; nothing where none was made with this text."""
    row = session.connection().execute(_SHOWN, {"token_hash": _hash(text)}).one_or_none()
    return None if row is None else _token(tuple(row))


def tokens(session: Session) -> list[Token]:
    """All tokens, the newest first."""
    return [_token(tuple(row)) for row in session.execute(_COLUMNS.order_by(ApiToken.id.desc()))]


def _token(facts: tuple[Any, ...]) -> Token:
    number, name, scopes, *rest = facts
    return Token(number, name, tuple(scopes), *rest)


def _check(session: Session, name: str, scopes: Collection[str], days: int, at: datetime) -> None:
    if not name or len(name) > LONGEST_NAME:
        raise Refused(f"Name the program that gets the token, in 1 to {LONGEST_NAME} letters.")
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        said = f"“{unknown[0]}” is no scope." if unknown else "No scope is chosen, so the token could do nothing."
        raise Refused(f"{said} Scopes are: {', '.join(SCOPES)}.")
    if not 1 <= days <= MOST_DAYS:
        raise Refused(f"A token is valid for 1 to {MOST_DAYS} days. Choose a number between them.")
    if any(one.name == name and one.state(at) == VALID for one in tokens(session)):
        raise Refused(f"There is a valid token “{name}” already. Revoke it first, or choose another name.")


def _hash(text: str) -> str:
    """Of 32 random bytes nobody guesses one, so a quick hash keeps them as safe as a slow one."""
    return hashlib.sha256(text.encode()).hexdigest()
