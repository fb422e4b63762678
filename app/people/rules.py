"""Roles, e-mails, passwords, how fast somebody may guess, and what the trail says of a change."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.values.errors import Refused
from app.values.lines import one_line
from app.values.sealing import seal

ROLES = ("agent", "lead", "team", "sponsor", "finance", "admin")
ROLE_NAMES = {
    "agent": "call-centre agent",
    "lead": "call-centre lead",
    "team": "SWAT team",
    "sponsor": "sponsor",
    "finance": "finance",
    "admin": "administrator",
}

AN_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*")
LONGEST_EMAIL = 254
LONGEST_NAME = 120
LEAST_CHARACTERS = 12
COMMONEST = frozenset(
    {
        "000000000000",
        "111111111111",
        "123123123123",
        "123456123456",
        "123456654321",
        "123456789012",
        "1234567890123",
        "1234567891011",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "abcd12345678",
        "abcdefghijkl",
        "aaaaaaaaaaaa",
        "administrator",
        "changemechangeme",
        "iloveyouiloveyou",
        "letmeinletmein",
        "password1234",
        "password12345",
        "password123456",
        "passwordpassword",
        "q1w2e3r4t5y6",
        "qwerty123456",
        "qwertyqwerty",
        "qwertyuiop12",
        "qwertyuiop123",
        "qwertyuiopasdf",
        "welcomewelcome",
    }
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever does something: a person, or a program with a name and no id."""

    id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What an administrator decides about a person; without an e-mail the present one stays."""

    name: str
    roles: frozenset[str]
    department_id: int | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """How many sign-ins may fail within a time before the next one has to wait."""

    failures: int
    within: timedelta


FOR_AN_EMAIL = Limit(10, timedelta(minutes=15))
FOR_AN_ADDRESS = Limit(60, timedelta(minutes=15))


@dataclass(frozen=True, slots=True)
class Change:
    """One change as the trail keeps it."""

    number: int
    at: datetime
    by: Actor
    action: str
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact of a change: what it was and what it became, as text; none where there was nothing."""

    fact: str
    before: str | None
    after: str | None


def written_alike(email: str) -> str:
    """The address in small letters without space round it, an accented letter always as one character."""
    return unicodedata.normalize("NFC", email.strip()).lower()


def tidy_email(text: str) -> str:
    """The address as it is kept; raises Refused for what is none."""
    tidied = written_alike(text)
    if not AN_EMAIL.fullmatch(tidied) or len(tidied) > LONGEST_EMAIL or not tidied.isprintable():
        raise Refused(f"“{text.strip()}” is no e-mail address. Write it like dana@example.com.")
    return tidied


def refuse_weak_password(password: str, email: str) -> None:
    """A password needs length; it may not be what everybody tries first."""
    if len(password) < LEAST_CHARACTERS:
        raise Refused(f"The password is shorter than {LEAST_CHARACTERS} characters. A short sentence works well.")
    if password.lower() in {email.lower(), email.lower().partition("@")[0]}:
        raise Refused("The password is your e-mail address. Choose something that nobody can look up.")
    if password.lower() in COMMONEST:
        raise Refused("That password is one of the first that anybody tries. Choose another; a short sentence works.")


def refuse_profile(profile: Profile) -> None:
    """A person needs a name and at least one role that exists."""
    name = one_line(profile.name)
    if not name:
        raise Refused("The name is empty. Write the name that colleagues know.")
    if len(name) > LONGEST_NAME:
        raise Refused(f"The name is longer than {LONGEST_NAME} characters. Shorten it.")
    unknown = sorted(profile.roles - set(ROLES))
    if unknown:
        raise Refused(f"There is no role “{unknown[0]}”. Roles are {', '.join(ROLES)}.")
    if not profile.roles:
        raise Refused("No role is chosen. Choose at least one: it decides what the person sees.")


def opens_at(failures: Sequence[datetime], limit: Limit) -> datetime | None:
    """When the next attempt is allowed, given the times of the failed ones in order; none: right now."""
    return failures[-limit.failures] + limit.within if len(failures) >= limit.failures else None


def wait_in_words(seconds: float) -> str:
    """Like 40 seconds or 12 minutes, rounded up so that coming back then works."""
    whole = max(1, -int(-seconds // 1))
    if whole < 60:  # noqa: PLR2004
        return f"{whole}\u00a0second{'' if whole == 1 else 's'}"
    minutes = -(-whole // 60)
    return f"{minutes}\u00a0minute{'' if minutes == 1 else 's'}"


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Difference]:
    """What differs between two states, fact by fact."""
    old, new = before or {}, after or {}
    facts = [*old, *(fact for fact in new if fact not in old)]
    told = (Difference(fact.replace("_", " "), _in_words(old.get(fact)), _in_words(new.get(fact))) for fact in facts)
    return [one for one in told if one.before != one.after]


def _in_words(value: Any) -> str | None:  # noqa: ANN401  (any JSON value)
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(_in_words(one) or "nothing" for one in value) or None
    return json.dumps(value, ensure_ascii=False)


def chain_hash(change: Change, previous_hash: str) -> str:
    """SHA-256 over the entry and the hash before it, so that an altered entry breaks the chain visibly."""
    words = [
        change.number,
        change.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        change.by.id,
        change.by.name,
        change.action,
        change.subject,
        change.before,
        change.after,
        previous_hash,
    ]
    return seal(words)
