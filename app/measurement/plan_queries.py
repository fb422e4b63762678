"""Plans as they are kept, what was measured with them, and the register of other changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.measurement import plans
from app.measurement.change_actions import RELABELLING
from app.measurement.plans import PlanTerms
from app.measurement.tables import Measurement, MeasurementPlan, OtherChange, OtherChangeReason
from app.values.errors import Missing

MARK_LETTERS = 16


@dataclass(frozen=True)
class PlanVersion:
    """One version of a plan; frozen once it has a hash. `mark` tells what a person saw from what is there now."""

    id: int
    initiative_id: int
    number: int
    terms: PlanTerms
    minimum_detectable: float | None
    made_at: datetime
    made_by: str
    frozen_at: datetime | None
    frozen_by: str | None
    hash: str | None
    mark: str


@dataclass(frozen=True)
class Measured:
    """What was measured at a month-end; amounts are cumulative minor units since go-live."""

    id: int
    initiative_id: int
    month: date
    number: int
    plan_id: int
    measured_at: datetime
    measured_by: str
    state: str
    method_version: str
    currency: str
    avoided: int
    net_minor: int | None
    low_minor: int | None
    high_minor: int | None
    booked_minor: int
    figures: Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """Another change that moved contacts, as the register has it."""

    id: int
    kind: str
    name: str
    start: date
    end: date
    evidence: str
    state: str
    reason_ids: frozenset[int]
    proposed_by_id: int | None
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    note: str

    @property
    def leaves_days_out(self) -> bool:
        """Whether its days count on neither side (E3): approved, and no relabelling, which only confirms (E4)."""
        return self.state == "approved" and self.kind != RELABELLING


def versions(session: Session, initiative_id: int) -> list[PlanVersion]:
    """Every version of an initiative's plan, the oldest first."""
    query = select(MeasurementPlan).where(MeasurementPlan.initiative_id == initiative_id)
    return [version(row) for row in session.scalars(query.order_by(MeasurementPlan.number))]


def frozen_plans(session: Session) -> dict[int, PlanVersion]:
    """The plan that holds for each initiative: its last frozen version."""
    query = select(MeasurementPlan).where(MeasurementPlan.frozen_at.is_not(None)).order_by(MeasurementPlan.number)
    return {row.initiative_id: version(row) for row in session.scalars(query)}


def measurements(session: Session, initiative_id: int) -> list[Measured]:
    """Everything that was measured of an initiative, by month and then by look, the oldest first."""
    query = select(Measurement).where(Measurement.initiative_id == initiative_id)
    return [_measured(row) for row in session.scalars(query.order_by(Measurement.month, Measurement.number))]


def latest(session: Session, until: date | None = None) -> dict[int, Measured]:
    """The last look at the last month of each initiative, as far as a day."""
    later = aliased(Measurement)
    is_later = or_(
        later.month > Measurement.month, and_(later.month == Measurement.month, later.number > Measurement.number)
    )
    beside = [later.initiative_id == Measurement.initiative_id, is_later]
    query = select(Measurement)
    if until is not None:
        query, beside = query.where(Measurement.month < until), [*beside, later.month < until]
    query = query.where(~select(later.id).where(*beside).exists())
    return {row.initiative_id: _measured(row) for row in session.scalars(query)}


def measured_ids(session: Session) -> frozenset[int]:
    """The initiatives that were measured by a frozen plan."""
    return frozenset(session.scalars(select(Measurement.initiative_id).distinct()))


def last_number(session: Session, initiative_id: int, month: date) -> int:
    """How often the month-end was looked at."""
    query = select(func.max(Measurement.number)).where(
        Measurement.initiative_id == initiative_id, Measurement.month == month
    )
    return session.scalar(query) or 0


def changes(session: Session) -> list[Change]:
    """The register, the latest days first."""
    touched: dict[int, set[int]] = {}
    for change_id, reason_id in session.execute(select(OtherChangeReason.change_id, OtherChangeReason.reason_id)):
        touched.setdefault(change_id, set()).add(reason_id)
    rows = session.scalars(select(OtherChange).order_by(OtherChange.start.desc(), OtherChange.id.desc()))
    return [_change(row, frozenset(touched.get(row.id, ()))) for row in rows]


def change(session: Session, change_id: int) -> Change:
    """One entry of the register; raises Missing."""
    found = next((one for one in changes(session) if one.id == change_id), None)
    if found is None:
        raise Missing("This entry of the register is not there.")
    return found


def version(row: MeasurementPlan) -> PlanVersion:
    """A row as it is read."""
    return PlanVersion(
        row.id,
        row.initiative_id,
        row.number,
        plans.of_facts(row.facts),
        row.minimum_detectable,
        row.made_at,
        row.made_by,
        row.frozen_at,
        row.frozen_by,
        row.hash,
        mark(row.facts),
    )


def mark(facts: Mapping[str, Any]) -> str:
    """A short form of the fingerprint of a plan's facts."""
    return plans.fingerprint(facts)[:MARK_LETTERS]


def _measured(row: Measurement) -> Measured:
    names = Measured.__dataclass_fields__
    return Measured(**{name: getattr(row, name) for name in names})


def _change(row: OtherChange, reason_ids: frozenset[int]) -> Change:
    names = set(Change.__dataclass_fields__) - {"reason_ids"}
    return Change(reason_ids=reason_ids, **{name: getattr(row, name) for name in names})
