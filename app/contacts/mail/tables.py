"""Which contact each mail belongs to."""

import uuid

from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Identifier


class MailTrace(Base):
    """A mail that came, or one that a customer's mail names; both lead to the contact of their thread.

    The id is a hash: of the source and the Message-ID, for what is only named also of the customer's key. It outlives
    the contact, so that a mail whose contact was erased does not come in again.
    """

    __tablename__ = "mail_trace"
    __table_args__ = {"info": {"distribution": "id"}}  # noqa: RUF012

    id: Mapped[uuid.UUID] = mapped_column(Identifier, primary_key=True)
    contact_id: Mapped[uuid.UUID] = mapped_column(Identifier)
    batch_id: Mapped[int] = mapped_column(index=True)
