"""Entries that are chained by hash: each carries the seal of the one before, so that an altered one is seen."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

FIRST_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """One kept entry: `sealed` is its hash worked out anew from what it says, `what` names it in a sentence."""

    number: int
    what: str
    previous_hash: str
    hash: str
    sealed: str


def seal(words: Sequence[Any]) -> str:
    """SHA-256 over plain JSON values, in one fixed spelling."""
    return hashlib.sha256(json.dumps(words, sort_keys=True, ensure_ascii=True).encode("ascii")).hexdigest()


def breaks(chain: str, links: Iterable[Link], last: int, last_hash: str) -> Iterator[str]:
    """A sentence for each place where `chain`, like "the audit trail", was altered up to its end, entry `last`."""
    number, previous = 0, FIRST_HASH
    for link in links:
        if link.number != number + 1:
            missing = _entries(number + 1, link.number - 1)
            yield f"{_capital(chain)} misses {missing}: entry {link.number} follows."
            previous = link.previous_hash
        if link.sealed != link.hash:
            yield f"Entry {link.number} of {chain} ({link.what}) was altered after it was written."
        elif link.previous_hash != previous:
            yield f"Entry {link.number} of {chain} ({link.what}) was not written after entry {number}."
        number, previous = link.number, link.hash
    if number != last:
        yield f"{_capital(chain)} misses {_entries(number + 1, last)} at its end."
    elif previous != last_hash:
        yield f"Entry {last} of {chain}, its last, is another one than was written."


def plain(value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    """The value in the one form that both engines give back unchanged, so that its hash stays true."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(plain(one) for one in value)
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return _plain_scalar(value)


def _plain_scalar(value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.isoformat() if isinstance(value, date) else value


def _entries(first: int, last: int) -> str:
    return f"entry {first}" if first == last else f"entries {first} to {last}"


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
