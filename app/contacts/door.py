"""The door of one delivery: where its contacts come from, and what its reasons mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.reasons.queries import RawMeaning


@dataclass(frozen=True, slots=True)
class Door:
    """From which source contacts come in, in which batch, through whom, and the reasons behind the source's values.

    Where `comes_again` one batch may bring a contact more than once, as the mails of a thread do.
    """

    source_id: int
    batch_id: int | None
    by_name: str
    at: datetime
    meanings: Mapping[str, RawMeaning]
    comes_again: bool = False
