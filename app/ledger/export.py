"""Entries of the ledger as the facts that pages, commands and files print."""

from typing import Any

from app.initiatives.rules import code
from app.ledger.entries import Recorded

COLUMNS = (
    "number", "initiative", "initiative_id", "month", "kind", "column", "contacts", "amount_minor", "currency",
    "method", "method_version", "plan_number", "plan_hash", "rates_hash", "result_id", "act_id", "reverses", "about",
    "note", "at_utc", "by",
)  # fmt: skip


def facts(entry: Recorded) -> dict[str, Any]:
    """One entry by the names of the columns; the month is its first day, the amount in minor units."""
    of = entry.facts
    return {
        "number": entry.number,
        "initiative": code(of.initiative_id),
        "initiative_id": of.initiative_id,
        "month": of.month.isoformat(),
        "kind": of.kind,
        "column": of.column,
        "contacts": of.contacts,
        "amount_minor": of.amount.amount_minor,
        "currency": of.amount.currency,
        "method": of.method,
        "method_version": of.method_version,
        "plan_number": of.plan_number or None,
        "plan_hash": of.plan_hash or None,
        "rates_hash": of.rates_hash or None,
        "result_id": of.result_id,
        "act_id": of.act_id,
        "reverses": entry.reverses,
        "about": entry.about,
        "note": entry.note or None,
        "at_utc": entry.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "by": entry.by.name,
    }


def full_facts(entry: Recorded) -> dict[str, Any]:
    """The same with what the amount was made from."""
    return {**facts(entry), "basis": dict(entry.facts.basis)}
