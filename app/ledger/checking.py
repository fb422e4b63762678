"""One installation keeps one currency: what was kept in another one than the settings name."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.costing.tables import CostRate
from app.initiatives.tables import Projection
from app.ledger.tables import Goal
from app.values.errors import Refused

KEPT = (("Cost rates are", CostRate.currency), ("The goal is", Goal.currency), ("Projections are", Projection.currency))


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
