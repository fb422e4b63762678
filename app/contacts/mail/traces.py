"""What an import of mails leaves behind when it is taken back: nothing."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.contacts.mail.tables import MailTrace


def forget(session: Session, batch_id: int) -> None:
    """Let the mails that a batch brought come in again."""
    session.execute(delete(MailTrace).where(MailTrace.batch_id == batch_id))
