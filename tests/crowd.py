"""Several people who do something at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from app.values.errors import Refused

Result = TypeVar("Result")


def at_once(*deeds: Callable[[], Result]) -> list[Result | str]:
    """What came of each deed, in order; a refusal comes back as its sentence."""
    start = Barrier(len(deeds))

    def act(deed: Callable[[], Result]) -> Result | str:
        start.wait(timeout=30)
        try:
            return deed()
        except Refused as error:
            return error.sentence

    with ThreadPoolExecutor(len(deeds)) as crowd:
        return list(crowd.map(act, deeds))
