"""Contacts that come more than once: delivered again with a later state, or in legs that are one contact together."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from app.contacts.arrivals import Arrival, is_odd
from app.contacts.identity import digest

# Under which name a contact keeps when its source last changed it, in UTC.
LAST_UPDATED = "last updated"
KEY_BYTES = 8


class Delivery(Arrival):
    """A delivery of a contact: the state of `version` (a time in UTC, or nothing), of the `leg` with this number."""

    version: str = ""
    leg: str = ""
    is_first: bool = True

    def _replace(self, **facts: Any) -> "Delivery":  # noqa: ANN401  (as named tuples have it)
        made = Delivery(*super()._replace(**facts))
        made.version, made.leg, made.is_first = self.version, self.leg, self.is_first
        return made


def delivered(arrival: Delivery, *, version: str, leg: str, is_first: bool) -> Delivery:
    """The arrival as a delivery; what its state is becomes a part of what it says, where it is the first leg."""
    if version and is_first:
        pairs = {**json.loads(arrival.attributes or "{}"), LAST_UPDATED: version}
        stored = json.dumps(pairs, ensure_ascii=False)
        arrival = arrival._replace(attributes=stored, content=digest(f"{arrival.content.hex()}{version}"))
    arrival.version, arrival.leg, arrival.is_first = version, leg, is_first
    return arrival


def is_stale(arrival: Arrival, attributes: Any) -> bool:  # noqa: ANN401  (as the database keeps them)
    """Whether the contact that is here already, with these attributes, is at least as far as this delivery."""
    if not isinstance(arrival, Delivery):
        return False
    known = (attributes or {}).get(LAST_UPDATED, "")
    return not arrival.is_first or bool(arrival.version and arrival.version < known)


@dataclass(frozen=True, slots=True)
class _Leg:
    leg: int
    version: str
    is_first: bool
    started: str
    reason: str | None
    seconds: int | None


class Deliveries:
    """All deliveries of one file, kept on disk, so memory stays flat: read through once before any counts."""

    def __init__(self) -> None:
        self._memory = sqlite3.connect("", isolation_level=None)
        self._memory.execute("pragma journal_mode=off")
        self._memory.execute(
            "create table leg (contact integer, leg integer, version text, is_first integer, started text, "
            "reason text, seconds integer, primary key (contact, leg)) without rowid"
        )

    def close(self) -> None:
        """Give the disk back."""
        self._memory.close()

    def note(self, arrivals: Iterable[Arrival]) -> None:
        """Remember the newest state of each leg."""
        rows = [
            (*_keys(one), one.version, one.is_first, one.occurred_at, one.raw_reason, one.handle_seconds)
            for one in arrivals
            if isinstance(one, Delivery)
        ]
        self._memory.executemany(
            "insert into leg values (?, ?, ?, ?, ?, ?, ?) on conflict (contact, leg) do update set "
            "version = excluded.version, is_first = excluded.is_first, started = excluded.started, "
            "reason = excluded.reason, seconds = excluded.seconds where excluded.version > leg.version",
            rows,
        )

    def counting(self, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """Of some arrivals those that count: of each contact the newest state of its first leg, with what all say."""
        known = self._legs({_keys(one)[0] for one in arrivals if isinstance(one, Delivery)})
        kept: list[Arrival] = []
        for one in arrivals:
            if not isinstance(one, Delivery):
                kept.append(one)
                continue
            contact, leg = _keys(one)
            legs = known[contact]
            if (legs[0].leg, legs[0].version) == (leg, one.version):
                kept.append(_together(one, legs) if len(legs) > 1 else one)
        return kept

    def _legs(self, contacts: Iterable[int]) -> dict[int, list[_Leg]]:
        """The legs of contacts, the one that counts first."""
        found: dict[int, list[_Leg]] = defaultdict(list)
        question = (
            "select contact, leg, version, is_first, started, reason, seconds from leg "
            "where contact in (select value from json_each(?)) order by contact, is_first desc, started, leg"
        )
        for contact, *facts in self._memory.execute(question, (json.dumps(list(contacts)),)):
            found[contact].append(_Leg(*facts))
        return found


def _together(arrival: Delivery, legs: Sequence[_Leg]) -> Delivery:
    """The contact with the time of all its legs, and the last reason that one of them names where it has none."""
    in_order = sorted(legs, key=lambda one: (one.started, one.leg))
    reason = arrival.raw_reason or next((one.reason for one in reversed(in_order) if one.reason), None)
    timed = [one.seconds for one in legs if one.seconds is not None]
    seconds = sum(timed) if timed else None
    content = digest(f"{arrival.content.hex()}{reason}\x1f{seconds}")
    return arrival._replace(raw_reason=reason, handle_seconds=seconds, is_duration_odd=is_odd(seconds), content=content)


def _keys(arrival: Delivery) -> tuple[int, int]:
    leg = blake2b(arrival.leg.encode(), digest_size=KEY_BYTES).digest()
    return int.from_bytes(arrival.id[8:], "big", signed=True), int.from_bytes(leg, "big", signed=True)
