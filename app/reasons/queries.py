"""Reasons as they read, their history, and what files call them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.reasons import rules
from app.reasons.rules import Fact, Node, Tree
from app.reasons.tables import RawReason, ReasonFact

# A fact's number and day, then the facts of its node in their order.
FACT_COLUMNS = (
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
    return [_fact(*row) for row in session.execute(select(*FACT_COLUMNS))]


def history(session: Session, reason_id: int) -> list[Recorded]:
    """The facts of one reason, oldest first, with whoever recorded them."""
    rows = session.execute(
        select(ReasonFact.recorded_at, ReasonFact.recorded_by, *FACT_COLUMNS)
        .where(ReasonFact.reason_id == reason_id)
        .order_by(ReasonFact.valid_from, ReasonFact.id)
    )
    return [Recorded(_fact(*columns), at, by) for at, by, *columns in rows]


def raw_values(session: Session, source: str) -> dict[str, RawMeaning]:
    """Every value that a source has used, with its meaning."""
    rows = session.execute(select(RawReason.value, RawReason.id, RawReason.reason_id).where(RawReason.source == source))
    return {value: RawMeaning(raw_id, reason_id) for value, raw_id, reason_id in rows}


def raw_values_named(session: Session, source: str, values: Collection[str]) -> dict[str, RawMeaning]:
    """Those of some values that a source has used before, with their meanings."""
    query = select(RawReason.value, RawReason.id, RawReason.reason_id)
    rows = session.execute(query.where(RawReason.source == source, RawReason.value.in_(values)))
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
    return _raw_values(session, RawReason.reason_id.in_(reason_ids))


def unmapped_raw_values(session: Session) -> list[RawValue]:
    """The values that nobody has given a meaning yet, by source and value."""
    return _raw_values(session, RawReason.reason_id.is_(None))


def _raw_values(session: Session, condition: ColumnElement[bool]) -> list[RawValue]:
    rows = session.execute(
        select(RawReason.id, RawReason.source, RawReason.value, RawReason.reason_id)
        .where(condition)
        .order_by(RawReason.source, RawReason.value)
    )
    return [RawValue(*row) for row in rows]


def _fact(number: int, valid_from: date, *node: Any) -> Fact:  # noqa: ANN401  (the columns of a node, in its order)
    return Fact(number, valid_from, Node(*node))
