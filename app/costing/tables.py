"""Cost per contact, per channel, from a day on."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Moment


class CostRate(Base):
    """What one contact, or one handled minute, costs on a channel from a day on, and who says so."""

    __tablename__ = "cost_rate"
    __table_args__ = (
        CheckConstraint("basis in ('contact', 'minute')", name="known_basis"),
        CheckConstraint("amount_minor > 0", name="above_zero"),
        {"info": {"distribution": "reference"}},
    )

    channel: Mapped[str] = mapped_column(String(8), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    basis: Mapped[str] = mapped_column(String(8))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    stated_by: Mapped[str] = mapped_column(String(300))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
