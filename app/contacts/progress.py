"""How far something long has come, how fast it goes, and what is told of it meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

FEWEST_SECONDS = 2.0
# What is done, of how much in all (bytes of a file, contacts of an undo), and the rows that this is.
Progress = Callable[[int, int, int], None]


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the process that takes a file in began: the moment, and the rows and bytes that were read by then."""

    at: datetime
    read: int
    position: int


@dataclass(frozen=True, slots=True)
class Speed:
    """Rows a second since the process began, and the seconds that the rest of the file takes at that speed."""

    rows_a_second: float
    seconds_left: float


def speed(begun: Begun, *, at: datetime, read: int, position: int, byte_count: int) -> Speed | None:
    """How fast it goes; none in the first seconds, when nobody can say."""
    seconds = (at - begun.at).total_seconds()
    rows, read_bytes = read - begun.read, position - begun.position
    if seconds < FEWEST_SECONDS or rows <= 0 or read_bytes <= 0:
        return None
    return Speed(rows / seconds, seconds * (byte_count - position) / read_bytes)
