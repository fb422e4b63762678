"""What a file has brought so far, so that copies inside it are told apart; kept on disk, so memory stays flat."""

import sqlite3
from collections import Counter
from collections.abc import Sequence

from app.contacts.arrivals import Arrival
from app.contacts.identity import Identities

MARKS_AT_ONCE = 500


class Seen:
    """The identities of one file. Of a number that comes twice the first delivery counts, later ones are superseded.

    Rows without a number that are alike are so many contacts: the second, third ... get identities of their own.
    """

    def __init__(self, identities: Identities) -> None:
        self._identities = identities
        self._portions = 0
        # A private database that SQLite keeps in a temporary file and removes by itself.
        self._memory = sqlite3.connect("", isolation_level=None)
        self._memory.execute("pragma journal_mode=off")
        self._memory.execute("create table seen (id blob primary key, portion integer) without rowid")
        self._memory.execute("create table again (id blob primary key, times integer) without rowid")

    def close(self) -> None:
        """Give the disk back."""
        self._memory.close()

    def told_apart(self, arrivals: list[Arrival]) -> tuple[list[Arrival], int]:
        """The arrivals that count, and how many are superseded."""
        self._portions += 1
        before = self._memory.total_changes
        self._memory.execute("begin")
        self._memory.executemany(
            "insert or ignore into seen values (?, ?)", [(arrival.id, self._portions) for arrival in arrivals]
        )
        self._memory.execute("commit")
        if self._memory.total_changes - before == len(arrivals):
            return arrivals, 0
        return self._sorted(arrivals)

    def _sorted(self, arrivals: list[Arrival]) -> tuple[list[Arrival], int]:
        times = self._times_before([arrival.id for arrival in arrivals])
        kept = []
        superseded = 0
        for arrival in arrivals:
            times[arrival.id] += 1
            if times[arrival.id] == 1:
                kept.append(arrival)
            elif arrival.external_id is not None:
                superseded += 1
            else:
                identity = self._identities.of_content(arrival.content, times[arrival.id])
                kept.append(arrival._replace(id=identity))
        self._memory.executemany(
            "insert or replace into again values (?, ?)", [(key, number) for key, number in times.items() if number > 1]
        )
        return kept, superseded

    def _times_before(self, ids: Sequence[bytes]) -> Counter[bytes]:
        """How often each came in earlier portions."""
        times: Counter[bytes] = Counter()
        for start in range(0, len(ids), MARKS_AT_ONCE):
            some = ids[start : start + MARKS_AT_ONCE]
            marks = ", ".join("?" * len(some))
            question = (
                "select seen.id, coalesce(again.times, 1) from seen "  # noqa: S608  (marks only)
                f"left join again on again.id = seen.id where seen.portion < ? and seen.id in ({marks})"
            )
            rows = self._memory.execute(question, (self._portions, *some))
            times.update(dict(rows))
        return times
