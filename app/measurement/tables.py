"""Measurement plans, the register of other changes, what initiatives cost, and what was measured."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Json, Moment


class MeasurementPlan(Base):
    """One version of a plan; once `frozen_at` is set the row never changes, and `hash` is that of its `facts`.

    `minimum_detectable` is the smallest effect, as a share, that could have been seen when it was last looked at.
    """

    __tablename__ = "measurement_plan"
    __table_args__ = (UniqueConstraint("initiative_id", "number"), {"info": {"distribution": "local"}})

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"))
    number: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    minimum_detectable: Mapped[float | None]
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(120))
    frozen_at: Mapped[datetime | None] = mapped_column(Moment)
    frozen_by: Mapped[str | None] = mapped_column(String(120))
    hash: Mapped[str | None] = mapped_column(String(64))


class OtherChange(Base):
    """Something else that moved contacts on `start` <= day < `end`: proposed by one person, decided by another.

    Without reasons (`other_change_reason`) it touched all of them. A relabelling excludes no day.
    """

    __tablename__ = "other_change"
    __table_args__ = (
        CheckConstraint(
            "kind in ('outage', 'campaign', 'price', 'closure', 'relabelling', 'other')", name="known_kind"
        ),
        CheckConstraint("state in ('proposed', 'approved', 'rejected')", name="known_state"),
        CheckConstraint('start < "end"', name="has_days"),
        {"info": {"distribution": "local"}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(200))
    start: Mapped[date]
    end: Mapped[date]
    evidence: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    form_key: Mapped[str] = mapped_column(String(36), unique=True)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    proposed_by: Mapped[str] = mapped_column(String(120))
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[str | None] = mapped_column(String(120))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(Text, default="")


class OtherChangeReason(Base):
    """A reason that another change touched."""

    __tablename__ = "other_change_reason"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    change_id: Mapped[int] = mapped_column(ForeignKey("other_change.id"), primary_key=True)
    reason_id: Mapped[int] = mapped_column(ForeignKey("reason.id"), primary_key=True)


class InitiativeCost(Base):
    """What an initiative cost on a day, or over `start` <= day < `end`: never edited, taken back by an entry of minus.

    `hours` are the team's own, and `amount_minor` what they are worth.
    """

    __tablename__ = "initiative_cost"
    __table_args__ = (
        CheckConstraint("kind in ('one_off', 'running', 'disbenefit', 'hours')", name="known_kind"),
        {"info": {"distribution": "local"}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    start: Mapped[date]
    end: Mapped[date]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    hours: Mapped[float | None]
    note: Mapped[str] = mapped_column(String(300))
    form_key: Mapped[str] = mapped_column(String(36), unique=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(120))


class Measurement(Base):
    """What was measured at a month-end with one version of a plan; never edited, a later look is a new number.

    `figures` are what the calculation page shows. The cumulative amounts are in minor units since go-live: the net
    estimate with its ends, and what may be booked of it.
    """

    __tablename__ = "measurement"
    __table_args__ = (
        UniqueConstraint("initiative_id", "month", "number"),
        {"info": {"distribution": "local"}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"))
    month: Mapped[date]
    number: Mapped[int]
    plan_id: Mapped[int] = mapped_column(ForeignKey("measurement_plan.id"))
    measured_at: Mapped[datetime] = mapped_column(Moment)
    measured_by: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(40))
    method_version: Mapped[str] = mapped_column(String(12))
    currency: Mapped[str] = mapped_column(String(3))
    avoided: Mapped[int] = mapped_column(BigInteger)
    net_minor: Mapped[int | None] = mapped_column(BigInteger)
    low_minor: Mapped[int | None] = mapped_column(BigInteger)
    high_minor: Mapped[int | None] = mapped_column(BigInteger)
    booked_minor: Mapped[int] = mapped_column(BigInteger)
    figures: Mapped[dict[str, Any]] = mapped_column(Json)


class Placebo(Base):
    """Fake go-lives on untouched reasons, worked out on a day; `figures` hold each of them."""

    __tablename__ = "placebo"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    until: Mapped[date]
    worked_out_at: Mapped[datetime] = mapped_column(Moment)
    figures: Mapped[dict[str, Any]] = mapped_column(Json)
