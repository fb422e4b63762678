"""Contacts, where they came from, and the batches that brought them."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.contacts.rules import CHANNELS, DIRECTIONS
from app.db import Base, Identifier, Json, Moment

# What is known of a contact and may change when it is delivered again.
FACTS = (
    "occurred_at",
    "day",
    "channel",
    "direction",
    "is_abandoned",
    "reason_id",
    "raw_reason_id",
    "queue",
    "customer_key",
    "handle_seconds",
    "is_duration_odd",
    "note",
    "attributes",
    "content",
)


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({listed})", name=f"known_{column}")


class Source(Base):
    """A system that contacts come from, with the time zone and order of dates that its files use."""

    __tablename__ = "source"
    __table_args__ = {"info": {"distribution": "reference"}}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    timezone: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Moment)


class SavedMapping(Base):
    """Which column becomes which field, kept under a name."""

    __tablename__ = "saved_mapping"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(Json)


class ImportBatch(Base):
    """One file taken in: what was decided about it, how far it got, what it brought.

    Taking in goes on behind the rows that were `read`; `position` is where they end in the file of `byte_count` bytes.
    """

    __tablename__ = "import_batch"
    __table_args__ = (
        Index("ix_import_batch_source_id_sha256", "source_id", "sha256"),
        {"info": {"distribution": "local"}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    file_name: Mapped[str] = mapped_column(String(255))
    byte_count: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    format: Mapped[str] = mapped_column(String(40))
    decided: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(12), index=True)
    position: Mapped[int] = mapped_column(BigInteger, default=0)
    read: Mapped[int] = mapped_column(BigInteger, default=0)
    new: Mapped[int] = mapped_column(BigInteger, default=0)
    updated: Mapped[int] = mapped_column(BigInteger, default=0)
    unchanged: Mapped[int] = mapped_column(BigInteger, default=0)
    rejected: Mapped[int] = mapped_column(BigInteger, default=0)
    ignored: Mapped[int] = mapped_column(BigInteger, default=0)
    untagged: Mapped[int] = mapped_column(BigInteger, default=0)
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    trouble: Mapped[str | None] = mapped_column(Text)
    header: Mapped[list[str]] = mapped_column(Json, default=list)
    remarks: Mapped[list[str]] = mapped_column(Json, default=list)
    preview: Mapped[dict[str, Any] | None] = mapped_column(Json)
    made_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime] = mapped_column(Moment)
    moved_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class ImportReject(Base):
    """A row that could not be taken in: where it stood, what is wrong, and the row itself."""

    __tablename__ = "import_reject"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"), primary_key=True)
    line: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    column: Mapped[str] = mapped_column(String(200))
    value: Mapped[str] = mapped_column(Text)
    sentence: Mapped[str] = mapped_column(Text)
    row: Mapped[list[str]] = mapped_column(Json)


class Contact(Base):
    """One call, e-mail or chat; its id is made from source and external id, so a second delivery is the same row."""

    __tablename__ = "contact"
    __table_args__ = (
        _one_of("channel", CHANNELS),
        _one_of("direction", DIRECTIONS),
        Index("ix_contact_day_occurred_at", "day", "occurred_at"),
        Index("ix_contact_reason_id_day_occurred_at", "reason_id", "day", "occurred_at"),
        Index("ix_contact_batch_id", "batch_id"),
        Index(
            "ix_contact_customer_key_occurred_at",
            "customer_key",
            "occurred_at",
            sqlite_where=text("customer_key IS NOT NULL"),
            postgresql_where=text("customer_key IS NOT NULL"),
        ),
        Index(
            "ix_contact_untagged",
            "reason_id",
            "occurred_at",
            "id",
            sqlite_where=text("reason_id IS NULL AND direction = 'inbound' AND is_abandoned = 0"),
            postgresql_where=text("reason_id IS NULL AND direction = 'inbound' AND NOT is_abandoned"),
        ),
        {"info": {"distribution": "id"}},
    )

    id: Mapped[uuid.UUID] = mapped_column(Identifier, primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    external_id: Mapped[str | None] = mapped_column(String(200))
    occurred_at: Mapped[datetime] = mapped_column(Moment)
    day: Mapped[date]
    channel: Mapped[str] = mapped_column(String(8))
    direction: Mapped[str] = mapped_column(String(8))
    is_abandoned: Mapped[bool]
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("reason.id"))
    raw_reason_id: Mapped[int | None] = mapped_column(ForeignKey("raw_reason.id"))
    queue: Mapped[str | None] = mapped_column(String(200))
    customer_key: Mapped[bytes | None]
    handle_seconds: Mapped[int | None]
    is_duration_odd: Mapped[bool]
    note: Mapped[str | None] = mapped_column(Text)
    attributes: Mapped[dict[str, Any] | None] = mapped_column(Json)
    batch_id: Mapped[int | None]
    content: Mapped[bytes]


class ContactReason(Base):
    """A further reason of a contact, beside its main one."""

    __tablename__ = "contact_reason"
    __table_args__ = {"info": {"distribution": "contact_id"}}  # noqa: RUF012

    contact_id: Mapped[uuid.UUID] = mapped_column(Identifier, ForeignKey("contact.id"), primary_key=True)
    reason_id: Mapped[int] = mapped_column(ForeignKey("reason.id"), primary_key=True)


class ContactChange(Base):
    """What a contact was before it changed: by whom or by which batch; the source of every undo."""

    __tablename__ = "contact_change"
    __table_args__ = (Index("ix_contact_change_batch_id", "batch_id"), {"info": {"distribution": "contact_id"}})

    contact_id: Mapped[uuid.UUID] = mapped_column(Identifier, ForeignKey("contact.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Moment)
    by_name: Mapped[str] = mapped_column(String(120))
    batch_id: Mapped[int | None]
    before: Mapped[dict[str, Any]] = mapped_column(Json)


class TouchedDay(Base):
    """A day whose contacts changed since it was last counted."""

    __tablename__ = "touched_day"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    day: Mapped[date] = mapped_column(primary_key=True)
    marks: Mapped[int] = mapped_column(default=1)


class TotalledDay(Base):
    """A day for which a source gave totals in place of contacts: it has one or the other, never both."""

    __tablename__ = "totalled_day"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
