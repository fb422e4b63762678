"""Contacts, newest first, page by page."""

from flask import Response
from sqlalchemy.orm import Session

from app.contacts import listing, queries
from app.contacts.listing import ContactRow, Filter
from app.reasons import queries as reason_queries
from app.reasons.rules import Tree, split_path
from app.web import work
from app.web.lead import contacts_filter
from app.web.programs import answers, asked
from app.web.programs.asked import AskedContacts
from app.web.programs.told import Contacts, ContactTold


def answer() -> Response:
    """A page of contacts."""
    given = asked.read(AskedContacts)
    session = work.reading()
    tree = reason_queries.tree(session)
    chosen = Filter(
        start=given.start,
        end=given.end,
        channel=given.channel,
        source_id=source_id(session, given.source),
        reason_ids=_reason_ids(tree, given.reason),
    )
    place = contacts_filter.place(given.cursor)
    if given.cursor is not None and place is None:
        raise asked.wrong("cursor", "This is no place in the list. Take “next” of the page before as it is.")
    if given.start is not None and given.end is not None:
        asked.period(given.start, given.end)
    rows = listing.page(session, chosen, place, limit=given.limit + 1)
    shown = rows[: given.limit]
    further = listing.further_reasons(session, [row.id for row in shown])
    page = Contacts(
        contacts=[_told(row, tree, further.get(row.id, [])) for row in shown],
        next=contacts_filter.place_text(shown[-1].place) if len(rows) > given.limit else None,
    )
    return answers.read(page.model_dump_json())


def source_id(session: Session, name: str | None) -> int | None:
    """The id of a source; raises WrongAddress where there is none of that name."""
    if name is None:
        return None
    found = queries.source(session, name)
    if found is None:
        raise asked.wrong("source", "There is no source of this name.")
    return found.id


def _reason_ids(tree: Tree, path: str | None) -> frozenset[int] | None:
    """All that reads as the reason of a path, or as one below it."""
    if path is None:
        return None
    found: int | None = None
    for name in split_path(path):
        found = tree.named(found, name)
        if found is None:
            break
        found = tree.resolve(found)
    if found is None:
        raise asked.wrong("reason", "There is no reason of this path.")
    return tree.below(found)


def _told(row: ContactRow, tree: Tree, further: list[int]) -> ContactTold:
    return ContactTold(
        id=row.id,
        source=row.source,
        external_id=row.external_id,
        occurred_at=row.occurred_at,
        day=row.day,
        channel=row.channel,  # type: ignore[arg-type]
        direction=row.direction,  # type: ignore[arg-type]
        abandoned=row.is_abandoned,
        reason=None if row.reason_id is None else tree.text(row.reason_id),
        further_reasons=[tree.text(one) for one in further],
        raw_reason=row.raw_reason,
        queue=row.queue,
        handle_seconds=row.handle_seconds,
        note=row.note,
        attributes=row.attributes or {},
    )
