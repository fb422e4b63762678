"""How long contacts are kept and what of them, the totals of those that were dropped, customers who were erased."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Json, Moment

ONLY = 1


class Privacy(Base):
    """What this installation decided, in one row; there is none while nothing was decided.

    Contacts before `dropped_before` are gone or about to go; `run` counts what the run that is under way has dropped.
    """

    __tablename__ = "privacy"
    __table_args__ = (CheckConstraint(f"id = {ONLY}", name="one_row"), {"info": {"distribution": "reference"}})

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    masks_phones: Mapped[bool] = mapped_column(default=False)
    masks_emails: Mapped[bool] = mapped_column(default=False)
    phone_region: Mapped[str | None] = mapped_column(String(2))
    kept_months: Mapped[int | None]
    dropped_before: Mapped[date | None]
    run: Mapped[dict[str, Any] | None] = mapped_column(Json)
    has_erased: Mapped[bool] = mapped_column(default=False)


class DroppedTotal(Base):
    """Contacts that were dropped, by day, reason (0: untagged), channel and source; they stay in the daily totals."""

    __tablename__ = "dropped_total"
    __table_args__ = {"info": {"distribution": "local"}, "sqlite_with_rowid": False}  # noqa: RUF012

    day: Mapped[date] = mapped_column(primary_key=True)
    reason_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel: Mapped[str] = mapped_column(String(8), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), primary_key=True)
    handled: Mapped[int] = mapped_column(BigInteger)
    abandoned: Mapped[int] = mapped_column(BigInteger)
    outbound: Mapped[int] = mapped_column(BigInteger)
    timed: Mapped[int] = mapped_column(BigInteger)
    handle_seconds: Mapped[int] = mapped_column(BigInteger)


class ErasedCustomer(Base):
    """A customer whose contacts were made nobody's; contacts that still come with the same key come in without it.

    Of the key only a digest stays. The key itself is `pending` until all contacts have lost it.
    """

    __tablename__ = "erased_customer"
    __table_args__ = {"info": {"distribution": "reference"}}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    pending: Mapped[bytes | None]
    contacts: Mapped[int] = mapped_column(BigInteger)
    rejected_rows: Mapped[int] = mapped_column(BigInteger)
    erased_by: Mapped[str] = mapped_column(String(120))
    erased_at: Mapped[datetime] = mapped_column(Moment)
    told_at: Mapped[datetime | None] = mapped_column(Moment)
