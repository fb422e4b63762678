"""The ask: what the team wants from its sponsor, and the answer."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Moment


class Ask(Base):
    """One ask: the period it was made from, the goal, and the sponsor's yes."""

    __tablename__ = "ask"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[date]
    end: Mapped[date]
    contacts: Mapped[int] = mapped_column(BigInteger)
    cost_per_contact_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(120))
    agreed_on: Mapped[date | None]
    agreed_by: Mapped[str | None] = mapped_column(String(120))


class AskDirector(Base):
    """A director who gives hours a week."""

    __tablename__ = "ask_director"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    ask_id: Mapped[int] = mapped_column(ForeignKey("ask.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    department: Mapped[str] = mapped_column(String(120))
    hours_a_week: Mapped[int]
