"""Entries of the ledger, newest first, page by page."""

from flask import Response

from app.ledger import entry_queries, export
from app.ledger.entries import Recorded
from app.ledger.entry_queries import Wanted
from app.web import work
from app.web.programs import answers, asked
from app.web.programs.asked import AskedLedger
from app.web.programs.told import EntryTold, Ledger, Money


def answer() -> Response:
    """A page of entries."""
    given = asked.read(AskedLedger)
    if given.start is not None and given.end is not None:
        asked.period(given.start, given.end)
    wanted = Wanted(initiative_id=given.initiative, start=given.start, end=given.end)
    rows = entry_queries.page(work.reading(), wanted, before=given.cursor, limit=given.limit + 1)
    shown = rows[: given.limit]
    page = Ledger(entries=[_told(one) for one in shown], next=shown[-1].number if len(rows) > given.limit else None)
    return answers.read(page.model_dump_json())


def _told(entry: Recorded) -> EntryTold:
    facts = export.full_facts(entry)
    minor, currency = facts.pop("amount_minor"), facts.pop("currency")
    del facts["at_utc"]
    return EntryTold.model_validate({**facts, "at": entry.at, "amount": Money(amount_minor=minor, currency=currency)})
