"""What is done to people: added, changed, disabled; their passwords set."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.people import queries, trail
from app.people.queries import Person
from app.people.rules import Actor, Profile, differences, refuse_profile, tidy_email
from app.people.tables import Department, SigninLink, User, UserRole
from app.values.errors import Missing, Refused, Stale
from app.values.lines import one_line


def make_first_administrator(
    session: Session, email: str, profile: Profile, *, password_hash: str, at: datetime
) -> Person:
    """The first person, while nobody is there; of two who try at once the second is refused."""
    trail.hold(session)
    if queries.is_anybody_here(session):
        raise Refused("The first administrator was made already. Sign in, or ask them for a link.")
    if "admin" not in profile.roles:
        raise Refused("The first person has to be an administrator: nobody else could add colleagues.")
    user = _add(session, email, profile, at)
    user.password_hash = password_hash
    session.flush()
    person = _found(session, user.id)
    _tell(session, "person.added", person, by=Actor(person.id, person.name), at=at, after=person.facts)
    return person


def add_person(session: Session, email: str, profile: Profile, *, by: Actor, at: datetime) -> Person:
    """A new person, who cannot sign in before a link was made or a password set."""
    trail.hold(session)
    person = _found(session, _add(session, email, profile, at).id)
    _tell(session, "person.added", person, by=by, at=at, after=person.facts)
    return person


def change_person(
    session: Session, user_id: int, profile: Profile, *, seen: Mapping[str, Any] | None, by: Actor, at: datetime
) -> Person:
    """Another name, roles or department; refused where somebody changed the person after `seen` was shown."""
    trail.hold(session)
    before = _found(session, user_id)
    refuse_profile(profile)
    if seen is not None and dict(seen) != before.facts:
        raise Stale(_changed_meanwhile(before, seen))
    user = session.get_one(User, user_id)
    _refuse_unknown_department(session, profile.department_id)
    user.name = one_line(profile.name)
    user.department_id = profile.department_id
    user.email = _free_email(session, profile.email or before.email, besides=user_id)
    session.execute(delete(UserRole).where(UserRole.user_id == user_id))
    session.add_all(UserRole(user_id=user_id, role=role) for role in sorted(profile.roles))
    session.flush()
    after = _found(session, user_id)
    if after.facts != before.facts:
        _refuse_without_administrator(session, before)
        _tell(session, "person.changed", after, by=by, at=at, before=before.facts, after=after.facts)
    return after


def disable_person(session: Session, user_id: int, *, by: Actor, at: datetime) -> None:
    """Keep a person out: sessions end at once and links stop working; what the person did stays."""
    trail.hold(session)
    person = _found(session, user_id)
    if person.is_disabled:
        return
    user = session.get_one(User, user_id)
    user.disabled_at = at
    user.session_version += 1
    _void_links(session, user_id)
    session.flush()
    _refuse_without_administrator(session, person)
    _tell(session, "person.disabled", person, by=by, at=at, before={"disabled": False}, after={"disabled": True})


def enable_person(session: Session, user_id: int, *, by: Actor, at: datetime) -> None:
    """Let a disabled person in again, with the password that was set before."""
    trail.hold(session)
    person = _found(session, user_id)
    if not person.is_disabled:
        return
    session.get_one(User, user_id).disabled_at = None
    session.flush()
    _tell(session, "person.enabled", person, by=by, at=at, before={"disabled": True}, after={"disabled": False})


def set_password(session: Session, user_id: int, *, password_hash: str, by: Actor, at: datetime) -> Person:
    """A new password: every session that was signed in before ends, and open links stop working."""
    person = _found(session, user_id)
    user = session.get_one(User, user_id)
    user.password_hash = password_hash
    user.session_version += 1
    _void_links(session, user_id)
    session.flush()
    _tell(session, "person.password_set", person, by=by, at=at, after={"name": person.name})
    return _found(session, user_id)


def _add(session: Session, email: str, profile: Profile, at: datetime) -> User:
    refuse_profile(profile)
    _refuse_unknown_department(session, profile.department_id)
    user = User(
        email=_free_email(session, email, besides=None),
        name=one_line(profile.name),
        password_hash=None,
        department_id=profile.department_id,
        session_version=1,
        made_at=at,
        disabled_at=None,
    )
    session.add(user)
    session.flush()
    session.add_all(UserRole(user_id=user.id, role=role) for role in sorted(profile.roles))
    session.flush()
    return user


def _free_email(session: Session, email: str, *, besides: int | None) -> str:
    tidied = tidy_email(email)
    holder = queries.person_by_email(session, tidied)
    if holder is not None and holder.id != besides:
        raise Refused(f"{tidied} is here already. Make a new link for that person, or change the roles there.")
    return tidied


def _changed_meanwhile(person: Person, seen: Mapping[str, Any]) -> str:
    news = "; ".join(f"{one.fact} is now {one.after or 'empty'}" for one in differences(seen, person.facts))
    return (
        f"{person.name} was changed by somebody else while this page was open ({news}). "
        "Nothing was saved and what you typed is kept; save again to put it in place."
    )


def _found(session: Session, user_id: int) -> Person:
    person = queries.person(session, user_id)
    if person is None:
        raise Missing("That person is not here. Nothing was changed.")
    return person


def _tell(session: Session, action: str, person: Person, **rest: Any) -> None:  # noqa: ANN401  (handed on to the trail)
    trail.record(session, action, f"person:{person.id}", **rest)


def _void_links(session: Session, user_id: int) -> None:
    session.execute(
        delete(SigninLink)
        .where(SigninLink.user_id == user_id, SigninLink.used_at.is_(None))
        .execution_options(synchronize_session=False)
    )


def _refuse_unknown_department(session: Session, department_id: int | None) -> None:
    if department_id is not None and session.get(Department, department_id) is None:
        raise Refused("That department is not here any more. Choose another.")


def _refuse_without_administrator(session: Session, person: Person) -> None:
    left = session.scalar(
        select(func.count())
        .select_from(UserRole)
        .join(User, User.id == UserRole.user_id)
        .where(UserRole.role == "admin", User.disabled_at.is_(None))
    )
    if not left:
        raise Refused(f"{person.name} is the last administrator. Make somebody else one first; nothing was changed.")
