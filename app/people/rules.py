"""Roles, and what the trail says of a change."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

ROLES = ("agent", "lead", "team", "sponsor", "finance", "admin")
ROLE_NAMES = {
    "agent": "call-centre agent",
    "lead": "call-centre lead",
    "team": "SWAT team",
    "sponsor": "sponsor",
    "finance": "finance",
    "admin": "administrator",
}
FIRST_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever does something: a person, or a program with a name and no id."""

    id: int | None
    name: str


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
    return hashlib.sha256(json.dumps(words, sort_keys=True, ensure_ascii=True).encode("ascii")).hexdigest()
