"""Which reason a person gave to which contact, lately and before."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Identifier, Moment


class Tag(Base):
    """One choice of a person: what undo takes back, and what their favourites are made from.

    `number` is the contact's change that it made. Nothing local points at contacts, so `contact_id` is a plain value.
    """

    __tablename__ = "tag"
    __table_args__ = (
        Index("ix_tag_by_id_at", "by_id", "at"),
        Index("ix_tag_at", "at"),
        {"info": {"distribution": "local"}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    contact_id: Mapped[uuid.UUID] = mapped_column(Identifier)
    number: Mapped[int]
    reason_id: Mapped[int] = mapped_column(ForeignKey("reason.id"))
