"""The chain of the ledger: entries are added at its end, one after the other, and never change."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger.entries import Recorded, sealed
from app.ledger.entry_queries import recorded
from app.ledger.rules import Booking
from app.ledger.tables import LedgerEntry, LedgerHead
from app.people.rules import Actor
from app.values import sealing
from app.values.sealing import Link, plain

HEAD = 1
NAME = "the ledger"


def hold(session: Session) -> LedgerHead:
    """Take the ledger's lock until the transaction ends: whoever decides by what stands decides one at a time.

    It is taken before an initiative and before the audit trail, so that nobody waits in a circle.
    """
    locked = select(LedgerHead).where(LedgerHead.id == HEAD).with_for_update()
    return session.scalars(locked.execution_options(populate_existing=True)).one()


def append(  # noqa: PLR0913
    session: Session,
    facts: Booking,
    *,
    by: Actor,
    at: datetime,
    reverses: int | None = None,
    about: int | None = None,
    note: str = "",
) -> int:
    """Add one entry at the end; returns its number."""
    head = hold(session)
    entry = Recorded(head.number + 1, facts, reverses, about, note.replace("\x00", ""), at, by)
    digest = sealed(entry, head.hash)
    session.add(
        LedgerEntry(
            number=entry.number,
            initiative_id=facts.initiative_id,
            month=facts.month,
            kind=facts.kind,
            column=facts.column,
            contacts=facts.contacts,
            amount_minor=facts.amount.amount_minor,
            currency=facts.amount.currency,
            method=facts.method,
            method_version=facts.method_version,
            plan_number=facts.plan_number,
            plan_hash=facts.plan_hash,
            rates_hash=facts.rates_hash,
            result_id=facts.result_id,
            act_id=facts.act_id,
            basis=plain(facts.basis),
            reverses=reverses,
            about=about,
            note=entry.note,
            at=at,
            by_id=by.id,
            by_name=by.name,
            previous_hash=head.hash,
            hash=digest,
        )
    )
    head.number, head.hash = entry.number, digest
    session.flush()
    return entry.number


def breaks(session: Session) -> Iterator[str]:
    """A sentence for each place where the ledger was altered behind the application's back."""
    found = session.execute(select(LedgerHead.number, LedgerHead.hash).where(LedgerHead.id == HEAD)).one_or_none()
    if found is None:
        yield "The ledger has lost its head, so its end cannot be checked."
        return
    last, last_hash = found
    rows = select(LedgerEntry).where(LedgerEntry.number <= last).order_by(LedgerEntry.number)
    entries = session.scalars(rows.execution_options(yield_per=1000))
    yield from sealing.breaks(NAME, map(_link, entries), last, last_hash)
    beyond = select(LedgerEntry.number).join(LedgerHead, LedgerEntry.number > LedgerHead.number)
    for number in session.scalars(beyond.order_by(LedgerEntry.number)):
        yield f"Entry {number} was added to the ledger behind its end."


def _link(row: LedgerEntry) -> Link:
    what = f"{row.kind} of {row.month:%B %Y}"
    return Link(row.number, what, row.previous_hash, row.hash, sealed(recorded(row), row.previous_hash))
