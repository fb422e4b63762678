"""Sources that run by themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Json, Moment


class ScheduledSource(Base):
    """A drop folder or a mailbox that the worker looks into; `last_run` keeps what its last run brought.

    `failures` counts the runs in a row that failed. The password of a mailbox is in a file of its own.
    """

    __tablename__ = "scheduled_source"
    __table_args__ = (
        CheckConstraint("kind in ('folder', 'mailbox')", name="known_kind"),
        {"info": {"distribution": "local"}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(8))
    place: Mapped[dict[str, Any]] = mapped_column(Json)
    mapping: Mapped[str | None] = mapped_column(String(120))
    hour: Mapped[int | None]
    next_run_at: Mapped[datetime] = mapped_column(Moment)
    paused_at: Mapped[datetime | None] = mapped_column(Moment)
    last_run_at: Mapped[datetime | None] = mapped_column(Moment)
    last_run: Mapped[dict[str, Any] | None] = mapped_column(Json)
    failures: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str | None] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime] = mapped_column(Moment)
