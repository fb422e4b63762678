"""Holding the counts of imports against themselves."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contacts.tables import ImportBatch


def differences(session: Session) -> Iterator[str]:
    """A sentence for each import whose five counts do not add up to the rows that were read."""
    parts = ImportBatch.new + ImportBatch.updated + ImportBatch.unchanged + ImportBatch.rejected + ImportBatch.ignored
    wrong = select(ImportBatch.id, ImportBatch.file_name, ImportBatch.read, parts).where(ImportBatch.read != parts)
    for identity, name, read, added in session.execute(wrong.order_by(ImportBatch.id)):
        yield f"Import {identity} ({name}) read {read:,} rows, but its counts add up to {added:,}."
