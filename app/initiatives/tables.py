"""Initiatives, their people and scope, their stages and projections."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Json, Moment


class Initiative(Base):
    """A named fix for one or more reasons; `version` rises with every change, so that two editors notice each other.

    `form_key` is that of the form which made it, so that a form sent twice makes one.
    """

    __tablename__ = "initiative"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    touchpoint: Mapped[str] = mapped_column(String(60))
    stage: Mapped[str] = mapped_column(String(12), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    sponsor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    due_on: Mapped[date | None]
    announced_on: Mapped[date | None]
    go_live_on: Mapped[date | None]
    full_go_live_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    form_key: Mapped[str | None] = mapped_column(String(36), unique=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    moved_at: Mapped[datetime] = mapped_column(Moment)


class InitiativeStage(Base):
    """One step of an initiative's history; never edited."""

    __tablename__ = "initiative_stage"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stage: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(Moment)
    by_name: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(Text)


class InitiativeMember(Base):
    """A person lent by a department."""

    __tablename__ = "initiative_member"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


class InitiativeReason(Base):
    """A reason in scope."""

    __tablename__ = "initiative_reason"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), primary_key=True)
    reason_id: Mapped[int] = mapped_column(ForeignKey("reason.id"), primary_key=True)


class InitiativeChannel(Base):
    """A channel in scope; none means all."""

    __tablename__ = "initiative_channel"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(8), primary_key=True)


class Projection(Base):
    """What was promised: the inputs, and the volume and cost that were used, in the row that used them.

    Shares are in basis points of the reasons' own volume. `base_contacts` and `base_cost_minor` are those of
    `base_start` <= day < `base_end`. Once `frozen_at` is set the row never changes.
    """

    __tablename__ = "projection"
    __table_args__ = (UniqueConstraint("initiative_id", "number"), {"info": {"distribution": "local"}})

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"))
    number: Mapped[int]
    share_low_bp: Mapped[int]
    share_likely_bp: Mapped[int]
    share_high_bp: Mapped[int]
    starts_on: Mapped[date]
    ramp_days: Mapped[int]
    base_start: Mapped[date]
    base_end: Mapped[date]
    base_contacts: Mapped[int] = mapped_column(BigInteger)
    base_cost_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    cost_to_do_minor: Mapped[int] = mapped_column(BigInteger)
    running_cost_year_minor: Mapped[int] = mapped_column(BigInteger)
    rates: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(120))
    frozen_at: Mapped[datetime | None] = mapped_column(Moment)
    frozen_by: Mapped[str | None] = mapped_column(String(120))
