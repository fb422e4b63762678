"""The benefits register: one row an initiative and month, of all amounts of the ledger that stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from app.initiatives import queries as initiatives
from app.initiatives.rules import STAGE_NAMES
from app.ledger import entry_queries
from app.ledger.entries import Recorded
from app.ledger.rules import CAPACITY, CASH, KINDS

# What the register holds of each month: every kind in capacity, and of cash what was done and what finance signed.
AMOUNTS = (*((kind, CAPACITY) for kind in KINDS), ("realised", CASH), ("validated", CASH))


@dataclass(frozen=True)
class RegisterRow:
    """One initiative and month; `minor` has the amounts that stand, by kind and column."""

    code: str
    name: str
    stage: str
    month: date
    currency: str
    minor: Mapping[tuple[str, str], int]
    contacts: int | None
    entries: tuple[int, ...] = field(default=())


def register(session: Session) -> list[RegisterRow]:
    """All rows, by initiative and then by month; an amount that was never booked is left out of its row."""
    known = {one.id: one for one in initiatives.initiatives(session)}
    found = []
    for (initiative_id, month, currency), entries in _grouped(entry_queries.standing(session)).items():
        one = known[initiative_id]
        minor: dict[tuple[str, str], int] = {}
        for entry in entries:
            key = (entry.facts.kind, entry.facts.column)
            minor[key] = minor.get(key, 0) + entry.facts.amount.amount_minor
        contacts = [
            entry.facts.contacts
            for entry in entries
            if (entry.facts.kind, entry.facts.column) == ("realised", CAPACITY)
        ]
        numbers = tuple(entry.number for entry in entries)
        name, stage = one.plan.name, STAGE_NAMES.get(one.stage, one.stage)
        fewer = sum(contacts) if contacts else None
        found.append(RegisterRow(one.code, name, stage, month, currency, minor, fewer, numbers))
    return found


def _grouped(entries: Iterable[Recorded]) -> dict[tuple[int, date, str], list[Recorded]]:
    found: dict[tuple[int, date, str], list[Recorded]] = {}
    for entry in entries:
        facts = entry.facts
        found.setdefault((facts.initiative_id, facts.month, facts.amount.currency), []).append(entry)
    return {key: found[key] for key in sorted(found)}
