"""What a file has brought so far, so that copies inside it are told apart; kept on disk, so memory stays flat."""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection

from app.contacts.arrivals import Arrival
from app.contacts.identity import Identities

CACHE_KIBIBYTES = 16 * 1024


class Seen:
    """The identities of one file. Of a number that comes twice the first delivery counts, later ones are superseded.

    Rows without a number that are alike are so many contacts: the second, third ... get identities of their own.
    An identity is remembered by 64 of its 122 random bits: in a file of a million rows the odds that two of them are
    taken for one are below one in ten million.
    """

    def __init__(self, identities: Identities) -> None:
        self._identities = identities
        self._portions = 0
        # A private database that SQLite keeps in a temporary file and removes by itself.
        self._memory = sqlite3.connect("", isolation_level=None)
        self._memory.execute("pragma journal_mode=off")
        self._memory.execute(f"pragma cache_size=-{CACHE_KIBIBYTES}")
        self._memory.execute("create table seen (key integer primary key, portion integer)")
        self._memory.execute("create table again (key integer primary key, times integer)")

    def close(self) -> None:
        """Give the disk back."""
        self._memory.close()

    def told_apart(self, arrivals: list[Arrival]) -> tuple[list[Arrival], int]:
        """The arrivals that count, and how many are superseded; raises OSError where the disk is full."""
        try:
            return self._told_apart(arrivals)
        except sqlite3.Error as error:
            raise OSError(str(error)) from error

    def _told_apart(self, arrivals: list[Arrival]) -> tuple[list[Arrival], int]:
        self._portions += 1
        number = int.from_bytes
        keys = [number(arrival.id[8:], "big", signed=True) for arrival in arrivals]
        # In order, and in one statement: much faster than key by key.
        added = self._memory.execute(
            "insert or ignore into seen select value, ? from json_each(?)", (self._portions, json.dumps(sorted(keys)))
        ).rowcount
        if added == len(arrivals):
            return arrivals, 0
        return self._sorted(arrivals, keys)

    def _sorted(self, arrivals: list[Arrival], keys: list[int]) -> tuple[list[Arrival], int]:
        times = self._times_before(keys)
        kept = []
        superseded = 0
        for arrival, key in zip(arrivals, keys, strict=True):
            times[key] += 1
            if times[key] == 1:
                kept.append(arrival)
            elif arrival.external_id is not None:
                superseded += 1
            else:
                kept.append(arrival._replace(id=self._identities.of_content(arrival.content, times[key])))
        self._memory.executemany(
            "insert or replace into again values (?, ?)", [(key, number) for key, number in times.items() if number > 1]
        )
        return kept, superseded

    def _times_before(self, keys: Collection[int]) -> Counter[int]:
        """How often each came in earlier portions."""
        question = (
            "select seen.key, coalesce(again.times, 1) from json_each(?) as asked "
            "join seen on seen.key = asked.value left join again on again.key = seen.key where seen.portion < ?"
        )
        return Counter(dict(self._memory.execute(question, (json.dumps(list(keys)), self._portions))))
