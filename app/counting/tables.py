"""Daily totals, totals and drivers that came as figures, and the days on which the centre is closed."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Double, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Json, Moment


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


class PeriodFile(Base):
    """A file of figures by day, week or month: `kind` says whether they are totals (of a source) or drivers.

    The figures that it brought carry its id, and of several for one period those of the newest file hold: so taking a
    file back brings what was there before to light again.
    """

    __tablename__ = "period_file"
    __table_args__ = (
        CheckConstraint("kind in ('totals', 'drivers')", name="known_kind"),
        {"info": {"distribution": "local"}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), index=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    grain: Mapped[str] = mapped_column(String(5))
    sha256: Mapped[str] = mapped_column(String(64))
    new: Mapped[int] = mapped_column(BigInteger)
    updated: Mapped[int] = mapped_column(BigInteger)
    unchanged: Mapped[int] = mapped_column(BigInteger)
    rejected: Mapped[int] = mapped_column(BigInteger)
    ignored: Mapped[int] = mapped_column(BigInteger)
    untagged: Mapped[int] = mapped_column(BigInteger)
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    header: Mapped[list[str]] = mapped_column(Json)
    remarks: Mapped[list[str]] = mapped_column(Json)
    made_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime] = mapped_column(Moment)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)


class PeriodReject(Base):
    """A row of such a file that could not be taken in."""

    __tablename__ = "period_reject"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    file_id: Mapped[int] = mapped_column(ForeignKey("period_file.id"), primary_key=True)
    line: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    column: Mapped[str] = mapped_column(String(200))
    value: Mapped[str] = mapped_column(Text)
    sentence: Mapped[str] = mapped_column(Text)
    row: Mapped[list[str]] = mapped_column(Json)


class Driver(Base):
    """What contacts grow with, like orders or customers; its figures come by the day, the week or the month."""

    __tablename__ = "driver"
    __table_args__ = (
        CheckConstraint("grain in ('day', 'week', 'month')", name="known_grain"),
        {"info": {"distribution": "local"}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    unit: Mapped[str] = mapped_column(String(60))
    grain: Mapped[str] = mapped_column(String(5))
    made_at: Mapped[datetime] = mapped_column(Moment)


class DriverValue(Base):
    """What a file says of a driver in the period that begins with `start`; the newest file holds."""

    __tablename__ = "driver_value"
    __table_args__ = (CheckConstraint("value > 0", name="above_zero"), {"info": {"distribution": "local"}})

    driver_id: Mapped[int] = mapped_column(ForeignKey("driver.id"), primary_key=True)
    start: Mapped[date] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("period_file.id"), primary_key=True, index=True)
    value: Mapped[float] = mapped_column(Double)


class ImportedTotal(Base):
    """Contacts of a source in the days from `start` to before `end`, as a file says them; the newest file holds.

    `raw_reason_id` is what the source calls the reason and `reason_id` what that means; 0 stands for none, so neither
    is a foreign key. `handle_seconds` are of all these contacts together.
    """

    __tablename__ = "imported_total"
    __table_args__ = (
        CheckConstraint("grain in ('day', 'week', 'month')", name="known_grain"),
        CheckConstraint("contacts >= 0", name="not_below_zero"),
        Index("ix_imported_total_grain_start", "grain", "start"),
        {"info": {"distribution": "local"}},
    )

    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), primary_key=True)
    grain: Mapped[str] = mapped_column(String(5), primary_key=True)
    start: Mapped[date] = mapped_column(primary_key=True)
    raw_reason_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel: Mapped[str] = mapped_column(String(8), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("period_file.id"), primary_key=True, index=True)
    end: Mapped[date]
    reason_id: Mapped[int]
    contacts: Mapped[int] = mapped_column(BigInteger)
    handle_seconds: Mapped[int | None] = mapped_column(BigInteger)
