"""How often a program may ask: so many requests a minute, at once or spread."""

import time
from collections.abc import Callable
from threading import Lock

A_MINUTE_SECONDS = 60.0


class Pace:
    """Counts down what each token may still ask, and up again with time.

    In the process and not in the database, since a row a request would cost more than most requests; where several
    processes serve, each allows so many.
    """

    def __init__(self, requests_a_minute: int, seconds: Callable[[], float] = time.monotonic) -> None:
        self.most = float(requests_a_minute)
        self._left: dict[int, tuple[float, float]] = {}
        self._seconds = seconds
        self._lock = Lock()

    def wait_seconds(self, token_id: int) -> float:
        """0 where the request may be answered, and is counted; else the seconds until one may."""
        now = self._seconds()
        a_second = self.most / A_MINUTE_SECONDS
        with self._lock:
            left, then = self._left.get(token_id, (self.most, now))
            left = min(self.most, left + (now - then) * a_second)
            is_allowed = left >= 1
            self._left[token_id] = (left - 1 if is_allowed else left, now)
        return 0.0 if is_allowed else (1 - left) / a_second
