"""Totals that came as figures, as they hold now: of several for one period those of the newest file."""

from sqlalchemy import ColumnElement, Subquery, func, select

from app.counting.tables import ImportedTotal


def current(*conditions: ColumnElement[bool]) -> Subquery:
    """The totals that hold, of those that fulfil the conditions."""
    key = (
        ImportedTotal.source_id,
        ImportedTotal.grain,
        ImportedTotal.start,
        ImportedTotal.raw_reason_id,
        ImportedTotal.channel,
    )
    place = func.row_number().over(partition_by=key, order_by=ImportedTotal.file_id.desc())
    versions = (
        select(
            *key,
            ImportedTotal.end,
            ImportedTotal.reason_id,
            ImportedTotal.contacts,
            ImportedTotal.handle_seconds,
            place.label("place"),
        )
        .where(*conditions)
        .subquery()
    )
    return select(versions).where(versions.c.place == 1).subquery()
