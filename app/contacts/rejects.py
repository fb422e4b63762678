"""Rejected rows as a file: the columns of the original with the reason beside them, to be corrected and sent again."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.contacts import batches, queries
from app.contacts.formats import REJECT_COLUMNS
from app.values import csv_text


def rejects_csv(session: Session, batch_id: int) -> Iterator[str]:
    """The lines of the file, header first; the two columns of ours are passed over when it is imported."""
    header = batches.row(session, batch_id).header
    yield csv_text.line([*header, *REJECT_COLUMNS])
    for one in queries.rejections(session, batch_id):
        cells = [*one.row, *[""] * (len(header) - len(one.row))]
        why = f"{one.column}: {one.sentence}" if one.column else one.sentence
        yield csv_text.line([*cells, one.line, why])
