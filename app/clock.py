"""The only place that asks what time it is; everything else is told."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment in UTC, to the second, as the database keeps it."""
    return datetime.now(UTC).replace(microsecond=0)


def today(timezone: ZoneInfo) -> date:
    """The calendar day at the installation."""
    return now().astimezone(timezone).date()
