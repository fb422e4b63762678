"""The ledger as `flask check` looks at it: one currency, an unbroken chain, every document as it was handed in."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.costing.tables import CostRate
from app.initiatives.tables import Projection
from app.ledger import attachments, chain
from app.ledger.tables import CashAct, Goal, LedgerEntry
from app.measurement.tables import InitiativeCost, Measurement
from app.values.errors import Refused

KEPT = (
    ("Cost rates are", CostRate.currency),
    ("The goal is", Goal.currency),
    ("Projections are", Projection.currency),
    ("Costs of initiatives are", InitiativeCost.currency),
    ("Measurements are", Measurement.currency),
    ("Acts that released cash are", CashAct.currency),
    ("The ledger is", LedgerEntry.currency),
)


def differences(session: Session, currency: str) -> Iterator[str]:
    """A sentence for each kind of amount that is kept in a currency which the installation no longer names."""
    for words, column in KEPT:
        others = session.scalars(select(column).where(column != currency).distinct().order_by(column)).all()
        if others:
            yield (
                f"{words} kept in {' and '.join(others)}, and TRACKER_CURRENCY says {currency}. Amounts of different "
                f"currencies are never added: set TRACKER_CURRENCY to {others[0]} and start again."
            )


def require_currency(session: Session, currency: str) -> None:
    """Refuse to work where the currency was changed after amounts had been kept."""
    for sentence in differences(session, currency):
        raise Refused(sentence)


def damage(session: Session, folder: Path) -> Iterator[str]:
    """A sentence for each entry that breaks the chain, and for each document that is gone or altered."""
    yield from chain.breaks(session)
    yield from attachments.differences(session, folder)
