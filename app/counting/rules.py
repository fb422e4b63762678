"""On which days the centre takes contacts, and what a daily total says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

UNTAGGED = 0
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Opening:
    """The weekdays (Monday is 0) and the single days on which the centre is closed."""

    closed_weekdays: frozenset[int]
    closed_days: Mapping[date, str]

    def is_open(self, day: date) -> bool:
        """Whether the centre takes contacts on that day."""
        return day.weekday() not in self.closed_weekdays and day not in self.closed_days


@dataclass(frozen=True, slots=True)
class Total:
    """Contacts of one reason and channel over the days from `since` on; reason 0 is untagged.

    `handled` and `abandoned` came in, `outbound` went out. `handle_seconds` belong to the `timed` handled ones.
    """

    since: date
    reason_id: int
    channel: str
    handled: int
    abandoned: int
    outbound: int
    timed: int
    handle_seconds: int

    @property
    def offered(self) -> int:
        """Contacts that customers tried to make: handled and abandoned."""
        return self.handled + self.abandoned

    def __add__(self, other: "Total") -> "Total":
        """Two totals of one reason and channel together."""
        return Total(
            min(self.since, other.since),
            self.reason_id,
            self.channel,
            self.handled + other.handled,
            self.abandoned + other.abandoned,
            self.outbound + other.outbound,
            self.timed + other.timed,
            self.handle_seconds + other.handle_seconds,
        )
