"""Passwords: made into hashes and compared with them. Both are slow on purpose, so neither belongs in a transaction."""

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from app.people.rules import refuse_weak_password

if TYPE_CHECKING:
    from argon2 import PasswordHasher

# Compared with where there is no such person, so that asking takes as long as for one who is here.
NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$d83U6QGUwB1OOYEMTBWGgQ$zYCjXrx9q4rKecpYqLPqsbMYQAOH3zWx76kofHpukHA"


@cache
def hasher() -> "PasswordHasher":
    """The second recommended choice of RFC 9106, section 4: three passes over 64 MiB in four lanes."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)


def make_hash(password: str, email: str) -> str:
    """The hash to keep; raises Refused for a password that others would guess."""
    refuse_weak_password(_composed(password), email)
    return hasher().hash(_composed(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether the password made the hash; never true where there is no hash, and never faster either."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        hasher().verify(kept or NOBODYS, _composed(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def renewed(kept: str, password: str) -> str | None:
    """A hash of today's cost where the kept one was made with another; none where it is good as it is."""
    return hasher().hash(_composed(password)) if hasher().check_needs_rehash(kept) else None


def _composed(password: str) -> str:
    """Keyboards write the same letter in different ways."""
    return unicodedata.normalize("NFKC", password)
