"""Weekly meetings, what was decided and who does what by when."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Moment


class Decision(Base):
    """Something that the meeting of a week decided; a form sent twice has the same `form_key`."""

    __tablename__ = "decision"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    form_key: Mapped[str] = mapped_column(String(64), unique=True)
    week_start: Mapped[date] = mapped_column(index=True)
    words: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(120))


class MeetingAction(Base):
    """Something that somebody took on, open until done; a form sent twice has the same `form_key`."""

    __tablename__ = "meeting_action"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    form_key: Mapped[str] = mapped_column(String(64), unique=True)
    week_start: Mapped[date] = mapped_column(index=True)
    words: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    owner_name: Mapped[str] = mapped_column(String(120))
    due_on: Mapped[date]
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(120))
    done_on: Mapped[date | None]
