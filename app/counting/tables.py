"""Daily totals and the days on which the centre is closed."""

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class DailyTotal(Base):
    """Contacts of one day, reason, channel and source; reason 0 stands for untagged, so it is no foreign key.

    `handled`, `abandoned` (both inbound) and `outbound` are contacts. `handle_seconds` are summed over the `timed`
    handled contacts whose duration is known and not odd.
    """

    __tablename__ = "daily_total"
    __table_args__ = (
        # Holds all that a daily series needs, so that measuring does not look each row up in the table.
        Index("ix_daily_total_reason_id_day", "reason_id", "day", "channel", "handled", "abandoned"),
        {"info": {"distribution": "local"}, "sqlite_with_rowid": False},  # rows lie in the order of their days
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    reason_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel: Mapped[str] = mapped_column(String(8), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), primary_key=True)
    handled: Mapped[int] = mapped_column(BigInteger)
    abandoned: Mapped[int] = mapped_column(BigInteger)
    outbound: Mapped[int] = mapped_column(BigInteger)
    timed: Mapped[int] = mapped_column(BigInteger)
    handle_seconds: Mapped[int] = mapped_column(BigInteger)


class OpenWeekday(Base):
    """Whether the centre takes contacts on a weekday; Monday is 0."""

    __tablename__ = "open_weekday"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_open: Mapped[bool]


class ClosedDay(Base):
    """A holiday or another day on which the centre is closed."""

    __tablename__ = "closed_day"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
