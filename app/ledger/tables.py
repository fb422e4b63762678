"""The goal that savings are held against."""

from datetime import date, datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Moment


class Goal(Base):
    """So many fewer contacts a year at so much each, from a day on."""

    __tablename__ = "goal"
    __table_args__ = {"info": {"distribution": "local"}}  # noqa: RUF012

    valid_from: Mapped[date] = mapped_column(primary_key=True)
    contacts: Mapped[int] = mapped_column(BigInteger)
    cost_per_contact_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    recorded_by: Mapped[str] = mapped_column(String(120))
