"""What was entered as the cost of an initiative."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.measurement.cost_actions import TAKES_BACK
from app.measurement.tables import InitiativeCost
from app.values.money import Money
from app.values.periods import Period


@dataclass(frozen=True)
class CostLine:
    """One entry; `is_undone` where another one takes it back, `takes_back` where it does so itself."""

    id: int
    kind: str
    days: Period
    amount: Money
    hours: float | None
    note: str
    made_at: datetime
    made_by: str
    is_undone: bool
    takes_back: bool


def costs(session: Session, initiative_id: int) -> list[CostLine]:
    """Every entry of an initiative, the newest first."""
    query = select(InitiativeCost).where(InitiativeCost.initiative_id == initiative_id)
    rows = list(session.scalars(query.order_by(InitiativeCost.id.desc())))
    undone = {row.form_key.removeprefix(TAKES_BACK) for row in rows if row.form_key.startswith(TAKES_BACK)}
    return [
        CostLine(
            row.id,
            row.kind,
            Period(row.start, row.end),
            Money(row.amount_minor, row.currency),
            row.hours,
            row.note,
            row.made_at,
            row.made_by,
            is_undone=str(row.id) in undone,
            takes_back=row.form_key.startswith(TAKES_BACK),
        )
        for row in rows
    ]


def by_kind(lines: Sequence[CostLine]) -> dict[str, Money]:
    """What is entered of each kind; kinds of which nothing was ever entered are left out."""
    found: dict[str, int] = {}
    for line in lines:
        found[line.kind] = found.get(line.kind, 0) + line.amount.amount_minor
    return {kind: Money(minor, lines[0].amount.currency) for kind, minor in found.items()}
