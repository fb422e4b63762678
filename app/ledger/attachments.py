"""Documents on disk: each under its SHA-256, readable by its owner alone, written whole or not at all."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import documents
from app.ledger.tables import Attachment
from app.people.rules import Actor
from app.values.errors import Missing, Refused


@dataclass(frozen=True, slots=True)
class Document:
    """A document that lies in the folder but belongs to nothing yet."""

    sha256: str
    name: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Handed:
    """A document as it can be fetched."""

    document: Document
    path: Path


def store(folder: Path, name: str, content: bytes) -> Document:
    """Check a document and write it into the folder; the same bytes are there once. Raises Refused."""
    cleaned = documents.clean_name(name)
    kind = documents.media_type(cleaned, content)
    digest = hashlib.sha256(content).hexdigest()
    if not (folder / digest).exists():
        _write(folder, digest, content)
    return Document(digest, cleaned, kind, len(content))


def add(session: Session, document: Document, *, by: Actor, at: datetime) -> int:
    """Keep a stored document as an attachment; returns its id."""
    row = Attachment(
        sha256=document.sha256,
        name=document.name,
        media_type=document.media_type,
        size_bytes=document.size_bytes,
        added_at=at,
        added_by=by.name,
    )
    session.add(row)
    session.flush()
    return row.id


def attachment(session: Session, folder: Path, attachment_id: int) -> Handed:
    """One attachment with the place of its bytes; raises Missing where either is not there."""
    row = session.get(Attachment, attachment_id)
    path = None if row is None else folder / row.sha256
    if row is None or path is None or not path.is_file():
        raise Missing("This document is not there. A backup holds every document that was handed in.")
    return Handed(Document(row.sha256, row.name, row.media_type, row.size_bytes), path)


def differences(session: Session, folder: Path) -> Iterator[str]:
    """A sentence for each attachment whose bytes are gone or are others than were handed in."""
    for row in session.execute(select(Attachment.id, Attachment.name, Attachment.sha256).order_by(Attachment.id)):
        path = folder / row.sha256
        if not path.is_file():
            yield f"The document “{row.name}” (attachment {row.id}) is not in the folder of attachments any more."
        elif hashlib.sha256(path.read_bytes()).hexdigest() != row.sha256:
            yield f"The document “{row.name}” (attachment {row.id}) was altered after it was handed in."


def _write(folder: Path, digest: str, content: bytes) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(dir=folder, prefix=".")  # 0600 from the start
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            Path(unfinished).replace(folder / digest)
        except OSError:
            Path(unfinished).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Refused(f"The document could not be written: {error.strerror}. Nothing was kept.") from error
