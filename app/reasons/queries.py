"""Reasons as they read, their history, and what files call them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.reasons import rules
from app.reasons.rules import Fact, Node, Tree
from app.reasons.tables import RawReason, ReasonFact


@dataclass(frozen=True, slots=True)
class RawMeaning:
    """A value of a source, and the reason that it means; none while nobody has said."""

    id: int
    reason_id: int | None


@dataclass(frozen=True, slots=True)
class RawValue:
    """A value as a source writes it."""

    id: int
    source: str
    value: str
    reason_id: int | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact with whoever recorded it."""

    fact: Fact
    at: datetime
    by: str


def tree(session: Session, on: date | None = None) -> Tree:
    """The tree as it stands on a day; without a day by the newest facts."""
    return rules.tree_of(facts(session), on)


def facts(session: Session) -> list[Fact]:
    """All facts of all reasons."""
    rows = session.execute(
        select(
            ReasonFact.id,
            ReasonFact.valid_from,
            ReasonFact.reason_id,
            ReasonFact.name,
            ReasonFact.parent_id,
            ReasonFact.department_id,
            ReasonFact.is_other,
            ReasonFact.is_retired,
            ReasonFact.merged_into_id,
        )
    )
    return [
        Fact(number, valid_from, Node(reason_id, name, parent_id, department_id, is_other, is_retired, merged_into_id))
        for number, valid_from, reason_id, name, parent_id, department_id, is_other, is_retired, merged_into_id in rows
    ]


def history(session: Session, reason_id: int) -> list[Recorded]:
    """The facts of one reason, oldest first, with whoever recorded them."""
    rows = session.scalars(
        select(ReasonFact).where(ReasonFact.reason_id == reason_id).order_by(ReasonFact.valid_from, ReasonFact.id)
    )
    return [Recorded(_fact(row), row.recorded_at, row.recorded_by) for row in rows]


def raw_values(session: Session, source: str) -> dict[str, RawMeaning]:
    """Every value that a source has used, with its meaning."""
    rows = session.execute(select(RawReason.value, RawReason.id, RawReason.reason_id).where(RawReason.source == source))
    return {value: RawMeaning(raw_id, reason_id) for value, raw_id, reason_id in rows}


def held_raw_values(session: Session, raw_ids: Collection[int]) -> dict[str, RawMeaning]:
    """Some values with their meanings, which nobody else gives them until this unit of work is done."""
    if not raw_ids:
        return {}
    rows = session.execute(
        select(RawReason.value, RawReason.id, RawReason.reason_id)
        .where(RawReason.id.in_(raw_ids))
        .order_by(RawReason.id)
        .with_for_update(read=True)
    )
    return {value: RawMeaning(raw_id, reason_id) for value, raw_id, reason_id in rows}


def raw_values_of(session: Session, reason_ids: Collection[int]) -> list[RawValue]:
    """The values of all sources that mean one of these reasons, by source and value."""
    rows = session.execute(
        select(RawReason.id, RawReason.source, RawReason.value, RawReason.reason_id)
        .where(RawReason.reason_id.in_(reason_ids))
        .order_by(RawReason.source, RawReason.value)
    )
    return [RawValue(*row) for row in rows]


def unmapped_raw_values(session: Session) -> list[RawValue]:
    """The values that nobody has given a meaning yet, by source and value."""
    rows = session.execute(
        select(RawReason.id, RawReason.source, RawReason.value, RawReason.reason_id)
        .where(RawReason.reason_id.is_(None))
        .order_by(RawReason.source, RawReason.value)
    )
    return [RawValue(*row) for row in rows]


def _fact(row: ReasonFact) -> Fact:
    node = Node(
        id=row.reason_id,
        name=row.name,
        parent_id=row.parent_id,
        department_id=row.department_id,
        is_other=row.is_other,
        is_retired=row.is_retired,
        merged_into_id=row.merged_into_id,
    )
    return Fact(row.id, row.valid_from, node)
