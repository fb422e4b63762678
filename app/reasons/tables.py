"""Reasons, the dated facts about them, and the values that files use for them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Moment


class Reason(Base):
    """A contact reason's identity; what it is called and where it stands are facts with dates."""

    __tablename__ = "reason"
    __table_args__ = {"info": {"distribution": "reference"}}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(Moment)


class ReasonFact(Base):
    """What is true of a reason from a day on, until a later fact; of two with the same day the later id holds."""

    __tablename__ = "reason_fact"
    __table_args__ = (
        Index("ix_reason_fact_reason_id_valid_from", "reason_id", "valid_from"),
        {"info": {"distribution": "reference"}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reason_id: Mapped[int] = mapped_column(ForeignKey("reason.id"))
    valid_from: Mapped[date]
    name: Mapped[str] = mapped_column(String(200))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("reason.id"), index=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    is_other: Mapped[bool]
    is_retired: Mapped[bool]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("reason.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    recorded_by: Mapped[str] = mapped_column(String(120))


class RawReason(Base):
    """A value that a source uses, and the reason that it means now; none while nobody has said, or where it is none."""

    __tablename__ = "raw_reason"
    __table_args__ = (UniqueConstraint("source", "value"), {"info": {"distribution": "reference"}})

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(120))
    value: Mapped[str] = mapped_column(String(1000))
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("reason.id"), index=True)
    is_no_reason: Mapped[bool] = mapped_column(default=False, server_default=false())


class EarlierMeaning(Base):
    """What a value meant for contacts before a day."""

    __tablename__ = "earlier_meaning"
    __table_args__ = {"info": {"distribution": "reference"}}  # noqa: RUF012

    raw_id: Mapped[int] = mapped_column(ForeignKey("raw_reason.id"), primary_key=True)
    until: Mapped[date] = mapped_column(primary_key=True)
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("reason.id"), index=True)
