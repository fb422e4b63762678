"""Mails written by hand, and what taking them in left."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.config import Settings
from app.contacts import queries
from app.contacts.mail import delivering
from app.contacts.queries import Batch
from app.contacts.rules import Choices
from app.contacts.tables import Contact
from app.db import Database
from tests.intake_builders import LEAD, NOW

MAILBOX = "Support mail"


def make_mail(body: str = "Where is my parcel?", **fields: str) -> bytes:
    """A mail; `message_id="..."` and the like replace a header field, an empty text leaves it out."""
    named = {
        "from": "Dana Roe <dana@customer.example>",
        "to": "support@centre.example",
        "date": "Mon, 14 Sep 2026 08:30:00 +0200",
        "message_id": "<one@customer.example>",
        "subject": "Parcel",
        **fields,
    }
    head = "".join(f"{name.replace('_', '-').title()}: {value}\n" for name, value in named.items() if value)
    return f"{head}\n{body}\n".encode()


def make_folder(folder: Path, mails: dict[str, bytes]) -> Path:
    """A folder of .eml files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, raw in mails.items():
        (folder / name).write_bytes(raw)
    return folder


def import_mail(database: Database, settings: Settings, path: Path, source: str = MAILBOX, **more: Any) -> Batch:
    """Take mails in, and say what became of them."""
    batch_id = delivering.import_mail(database, settings, path, Choices(source), by=LEAD, at=NOW, **more)
    with database.reading() as session:
        return queries.batch(session, batch_id)


def contacts(database: Database) -> list[Contact]:
    """All contacts, by time."""
    with database.reading() as session:
        return list(session.scalars(select(Contact).order_by(Contact.occurred_at, Contact.external_id)))


def counted(batch: Batch) -> tuple[int, int, int, int, int, int]:
    """Read, new, updated, unchanged, rejected, ignored."""
    found = batch.counts
    return found.read, found.new, found.updated, found.unchanged, found.rejected, found.ignored
