"""Reasons as they read, their history, and what files call them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, not_, or_, select
from sqlalchemy.orm import Session

from app.reasons import rules
from app.reasons.rules import Fact, Node, Tree
from app.reasons.tables import EarlierMeaning, RawReason, ReasonFact
from app.values.errors import Missing

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

# With what each meant before, a row for each such time; few ever change their meaning.
MEANING = (
    select(
        RawReason.value,
        RawReason.id,
        RawReason.reason_id,
        RawReason.is_no_reason,
        EarlierMeaning.until,
        EarlierMeaning.reason_id.label("earlier_reason_id"),
    )
    .outerjoin(EarlierMeaning, EarlierMeaning.raw_id == RawReason.id)
    .order_by(RawReason.id, EarlierMeaning.until)
)
# Made once: they are asked with every contact that a program sends.
_NAMED = MEANING.where(
    RawReason.source == bindparam("source"), RawReason.value.in_(bindparam("values", expanding=True))
)
_OF_SOURCE = MEANING.where(RawReason.source == bindparam("source"))
_HELD = MEANING.where(RawReason.id.in_(bindparam("ids", expanding=True))).with_for_update(read=True, of=RawReason)


@dataclass(frozen=True, slots=True)
class RawMeaning:
    """A value of a source, and the reason that it means; none while nobody has said, or where it is no reason.

    `earlier` holds what it meant before, each with the day that it ended on, oldest first.
    """

    id: int
    reason_id: int | None
    is_no_reason: bool = False
    earlier: tuple[tuple[str, int | None], ...] = ()

    @property
    def waits(self) -> bool:
        """Whether nobody has said what it means."""
        return self.reason_id is None and not self.is_no_reason

    def on(self, day: str) -> int | None:
        """The reason that it means for a contact of a day."""
        for until, reason_id in self.earlier:
            if day < until:
                return reason_id
        return self.reason_id


@dataclass(frozen=True, slots=True)
class RawValue:
    """A value as a source writes it, with what it means and what it meant before (until which day)."""

    id: int
    source: str
    value: str
    reason_id: int | None
    is_no_reason: bool = False
    earlier: tuple[tuple[str, int | None], ...] = ()


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
    return _meanings(session, _OF_SOURCE, {"source": source})


def raw_values_named(session: Session, source: str, values: Collection[str]) -> dict[str, RawMeaning]:
    """Those of some values that a source has used before, with their meanings."""
    return _meanings(session, _NAMED, {"source": source, "values": list(values)})


def held_raw_values(session: Session, raw_ids: Collection[int]) -> dict[str, RawMeaning]:
    """Some values with their meanings, which nobody else gives them until this unit of work is done."""
    if not raw_ids:
        return {}
    return _meanings(session, _HELD, {"ids": sorted(raw_ids)})


def _meanings(session: Session, query: Select[*tuple[Any, ...]], asked: Mapping[str, Any]) -> dict[str, RawMeaning]:
    found: dict[str, RawMeaning] = {}
    for value, raw_id, reason_id, is_no_reason, until, earlier_id in session.connection().execute(query, asked):
        before = () if value not in found else found[value].earlier
        earlier = before if until is None else (*before, (until.isoformat(), earlier_id))
        found[value] = RawMeaning(raw_id, reason_id, is_no_reason, earlier)
    return found


def _earlier(session: Session) -> dict[int, tuple[tuple[str, int | None], ...]]:
    """What values meant before; few ever change their meaning."""
    found: dict[int, tuple[tuple[str, int | None], ...]] = {}
    columns = (EarlierMeaning.raw_id, EarlierMeaning.until, EarlierMeaning.reason_id)
    for raw_id, until, reason_id in session.execute(select(*columns).order_by(*columns[:2])):
        found[raw_id] = (*found.get(raw_id, ()), (until.isoformat(), reason_id))
    return found


def retired_meanings(session: Session, source: str) -> dict[str, str]:
    """The values of a source that mean a reason that is retired, with its path."""
    current = tree(session)
    in_use = {node.id for node in current.in_use()}
    return {
        value: current.text(meaning.reason_id)
        for value, meaning in raw_values(session, source).items()
        if meaning.reason_id is not None and current.resolve(meaning.reason_id) not in in_use
    }


def raw_values_of(session: Session, reason_ids: Collection[int]) -> list[RawValue]:
    """The values of all sources that mean one of these reasons, by source and value."""
    return _raw_values(session, RawReason.reason_id.in_(reason_ids))


def unmapped_raw_values(session: Session) -> list[RawValue]:
    """The values that nobody has given a meaning yet, by source and value."""
    return _raw_values(session, and_(RawReason.reason_id.is_(None), not_(RawReason.is_no_reason)))


def mapped_raw_values(session: Session, source: str | None, words: str, limit: int) -> list[RawValue]:
    """Values that have a meaning, or are no reason, by source and value; those of one source, those with some words."""
    said = [or_(RawReason.reason_id.is_not(None), RawReason.is_no_reason)]
    if source:
        said.append(RawReason.source == source)
    if words:
        said.append(RawReason.value.icontains(words, autoescape=True))
    return _raw_values(session, and_(*said), limit)


def raw_value(session: Session, raw_id: int) -> RawValue:
    """One value; raises Missing."""
    found = _raw_values(session, RawReason.id == raw_id)
    if not found:
        raise Missing("That value is not there any more. Load the page again.")
    return found[0]


def sources_of_raw_values(session: Session) -> list[str]:
    """The sources that have used values."""
    return list(session.scalars(select(RawReason.source).distinct().order_by(RawReason.source)))


def _raw_values(session: Session, condition: ColumnElement[bool], limit: int | None = None) -> list[RawValue]:
    rows = session.execute(
        select(RawReason.id, RawReason.source, RawReason.value, RawReason.reason_id, RawReason.is_no_reason)
        .where(condition)
        .order_by(RawReason.source, RawReason.value)
        .limit(limit)
    ).all()
    earlier = _earlier(session)
    return [RawValue(*row, earlier.get(row.id, ())) for row in rows]


def _fact(number: int, valid_from: date, *node: Any) -> Fact:  # noqa: ANN401  (the columns of a node, in its order)
    return Fact(number, valid_from, Node(*node))
