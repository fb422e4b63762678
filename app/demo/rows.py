"""Single contacts made from daily volumes, as rows of a file in the tracker's own format."""

import csv
import math
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from random import Random
from typing import TextIO
from zoneinfo import ZoneInfo

from app.demo import company
from app.demo.rules import ReasonPlan, Volume

COLUMNS = (
    "external_id", "occurred_at", "channel", "reason", "queue", "customer", "handle_seconds", "direction", "abandoned",
    "note",
)  # fmt: skip
MEAN_SECONDS = {"phone": 330, "email": 400, "chat": 470}
SPREAD = 0.45
ABANDONED = {"phone": 0.06, "email": 0.0, "chat": 0.03}
OUTBOUND = 0.03
KNOWN_CUSTOMER = 0.88
REPEATED = 0.018
REPEAT_DAYS = 6
CUSTOMERS = 400_000
NOTED = {"phone": 0.2, "email": 1.0, "chat": 1.0}
UNTAGGED_OF_YESTERDAY = 0.2
UNTAGGED_LATELY = 0.03
LATELY_DAYS = 28
QUEUES = {"Delivery": "Orders", "Ordering": "Orders", "Returns": "After sales", "Products": "After sales"}
OPENING = {"phone": (8, 20, 10.5), "email": (6, 23, 13), "chat": (8, 20, 15)}

Row = tuple[str, ...]


@dataclass
class Desk:
    """The contact desk: writes down one contact after the other, and remembers who called lately."""

    as_of: date
    timezone: ZoneInfo
    random: Random
    plans: Mapping[tuple[str, ...], ReasonPlan]
    sentences: Mapping[str, tuple[str, ...]] = field(default_factory=company.sentences)
    written: int = 0
    lately: dict[tuple[str, ...], deque[tuple[date, str]]] = field(default_factory=dict)
    offsets: dict[date, str] = field(default_factory=dict)

    @cached_property
    def written_by_customers(self) -> dict[str, list[str]]:
        """What stands in mails and chats."""
        return {
            reason: [line for line in lines if not company.is_noted_by_agent(line)]
            for reason, lines in self.sentences.items()
        }

    def days(self, volumes: Iterable[Volume]) -> Iterator[tuple[date, list[Row]]]:
        """Each day with its rows, in the order in which the contacts came."""
        for day, of_day in groupby(volumes, key=attrgetter("day")):
            found: list[tuple[int, Row]] = []
            for volume in of_day:
                for _ in range(volume.contacts):
                    found.append(self._contact(volume, is_outbound=False))
                    if self.random.random() < OUTBOUND:
                        found.append(self._contact(volume, is_outbound=True))
            found.sort()
            yield day, [self._numbered(day, second, row) for second, row in found]

    def _contact(self, volume: Volume, *, is_outbound: bool) -> tuple[int, Row]:
        """The second of the day, and the row without its number and time."""
        random, channel, path = self.random, volume.channel, volume.path
        opens, closes, peak = OPENING[channel]
        second = int(random.triangular(opens * 3600, closes * 3600 - 1, peak * 3600))
        is_abandoned = not is_outbound and random.random() < ABANDONED[channel]
        is_untagged = not is_abandoned and not is_outbound and random.random() < self._untagged_share(volume.day)
        has_note = not is_abandoned and (is_untagged or random.random() < NOTED[channel])
        return second, (
            channel,
            "" if is_untagged else " > ".join(path),
            QUEUES.get(path[0], "General"),
            self._customer(volume) if random.random() < KNOWN_CUSTOMER else "",
            "" if is_abandoned else str(self._seconds(channel, self.plans[path].length)),
            "outbound" if is_outbound else "inbound",
            "yes" if is_abandoned else "no",
            self._note(path[-1], channel) if has_note else "",
        )

    def _numbered(self, day: date, second: int, row: Row) -> Row:
        self.written += 1
        minute, hour = second // 60 % 60, second // 3600
        return (f"HV-{self.written:07d}", f"{day}T{hour:02d}:{minute:02d}:{second % 60:02d}{self._offset(day)}", *row)

    def _offset(self, day: date) -> str:
        """Like +01:00: clocks change at night, so what holds at noon holds while customers write."""
        if day not in self.offsets:
            self.offsets[day] = datetime.combine(day, time(12), self.timezone).isoformat()[-6:]
        return self.offsets[day]

    def _untagged_share(self, day: date) -> float:
        """Yesterday's contacts are being tagged still; older ones were hard to tag; the oldest are done."""
        age_days = (self.as_of - day).days
        if age_days > LATELY_DAYS:
            return 0.0
        return UNTAGGED_OF_YESTERDAY if age_days == 1 else UNTAGGED_LATELY

    def _seconds(self, channel: str, length: float) -> int:
        """Handle time: log-normal, so that a few contacts are very long."""
        mean = MEAN_SECONDS[channel] * length
        return max(15, round(self.random.lognormvariate(math.log(mean) - SPREAD * SPREAD / 2, SPREAD)))

    def _customer(self, volume: Volume) -> str:
        """Now and then somebody who asked the same some days ago, else anybody."""
        known = self.lately.setdefault(volume.path, deque())
        while known and (volume.day - known[0][0]).days > REPEAT_DAYS:
            known.popleft()
        if known and known[0][0] < volume.day and self.random.random() < REPEATED * 1.1:
            return known[0][1]
        customer = f"customer{int(self.random.random() * CUSTOMERS):06d}@mail.example"
        known.append((volume.day, customer))
        return customer

    def _note(self, reason: str, channel: str) -> str:
        random = self.random
        lines = self.sentences[reason] if channel == "phone" else self.written_by_customers[reason]
        return _one(lines, random).format(
            order=f"HV{200_000 + int(random.random() * 700_000)}",
            item=_one(company.ITEMS, random),
            furniture=_one(company.FURNITURE, random),
            china=_one(company.CHINA, random),
            days=3 + int(random.random() * 12),
            weekday=_one(company.WEEKDAYS, random),
        )


def _one(values: Sequence[str], random: Random) -> str:
    return values[int(random.random() * len(values))]


def write_file(file: TextIO, rows: Iterable[Row]) -> None:
    """A file in the tracker's own format."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
