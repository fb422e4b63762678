"""Initiatives as they stand, their history and their projections."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.initiatives import projection, rules
from app.initiatives.projection import Base, Month, Projected, Terms
from app.initiatives.rules import Plan
from app.initiatives.tables import (
    Initiative,
    InitiativeChannel,
    InitiativeMember,
    InitiativeReason,
    InitiativeStage,
    Projection,
)
from app.people import queries as people
from app.people.queries import Person
from app.values.errors import Missing
from app.values.money import Money
from app.values.periods import Period


@dataclass(frozen=True)
class Version:
    """One projection as it was written down, with the volume, cost and rates that it used."""

    number: int
    terms: Terms
    base: Base
    rates: tuple[dict[str, Any], ...]
    made_at: datetime
    made_by: str
    frozen_at: datetime | None
    frozen_by: str | None

    @cached_property
    def figures(self) -> Projected:
        """What it comes to."""
        return projection.work_out(self.terms, self.base)

    @cached_property
    def months(self) -> list[Month]:
        """The likely share month by month for two years."""
        return projection.months(self.terms, self.base)

    def likely_in(self, period: Period) -> tuple[Fraction, Fraction | None]:
        """Contacts and minor units that the likely share was to save in a period by the calendar."""
        first, end = ((day - self.terms.starts_on).days for day in (period.start, period.end))
        return projection.likely_within(self.terms, self.base, first, end)

    def likely_after(self, days: int) -> tuple[Fraction, Fraction | None]:
        """Contacts and minor units that the likely share was to save in so many days after its start."""
        return projection.likely_within(self.terms, self.base, 0, days)


@dataclass(frozen=True)
class Known:
    """One initiative with its people by name and its projections, oldest first."""

    id: int
    stage: str
    version: int
    plan: Plan
    made_at: datetime
    moved_at: datetime
    owner: Person | None
    sponsor: Person | None
    members: tuple[Person, ...]
    versions: tuple[Version, ...]

    @property
    def code(self) -> str:
        """INI-07."""
        return rules.code(self.id)

    @property
    def frozen(self) -> Version | None:
        """What was promised at the last approval."""
        return next((version for version in reversed(self.versions) if version.frozen_at), None)

    @property
    def latest(self) -> Version | None:
        """What is expected now."""
        return self.versions[-1] if self.versions else None

    @property
    def promised(self) -> Version | None:
        """What counts as its projection: the frozen one, else the latest."""
        return self.frozen or self.latest

    @property
    def forecast(self) -> Version | None:
        """A projection that was written down after the frozen one."""
        return None if self.frozen is None or self.latest is self.frozen else self.latest

    @property
    def saving_year(self) -> Money | None:
        """The likely saving a year that it stands for."""
        return None if self.promised is None else self.promised.figures.likely.saving_year

    @property
    def standing(self) -> rules.Standing:
        """What its stages ask about."""
        return rules.Standing(
            stage=self.stage,
            owner_id=self.plan.owner_id,
            sponsor_id=self.plan.sponsor_id,
            reason_count=len(self.plan.reason_ids),
            has_projection=bool(self.versions),
            has_frozen_projection=self.frozen is not None,
            go_live_on=self.plan.go_live_on,
            sponsor_name=self.sponsor.name if self.sponsor else None,
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One stage that an initiative went through."""

    stage: str
    at: datetime
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Settled:
    """When an initiative was validated or closed, whichever came first, and when it was closed, if it is."""

    at: datetime
    closed_at: datetime | None


def initiatives(session: Session) -> list[Known]:
    """All initiatives, the oldest first."""
    return _gathered(session, select(Initiative).order_by(Initiative.id))


def initiative(session: Session, initiative_id: int) -> Known:
    """One initiative; raises Missing."""
    found = _gathered(session, select(Initiative).where(Initiative.id == initiative_id))
    if not found:
        message = f"There is no initiative {rules.code(initiative_id)}. The list shows all that there are."
        raise Missing(message)
    return found[0]


def history(session: Session, initiative_id: int) -> list[Step]:
    """The stages it went through, oldest first."""
    rows = session.execute(
        select(InitiativeStage.stage, InitiativeStage.at, InitiativeStage.by_name, InitiativeStage.note)
        .where(InitiativeStage.initiative_id == initiative_id)
        .order_by(InitiativeStage.number)
    )
    return [Step(*row) for row in rows]


def settled(session: Session, initiative_ids: Iterable[int]) -> dict[int, Settled]:
    """Since when each of these is validated or closed; one that went live again is not."""
    rows = session.execute(
        select(InitiativeStage.initiative_id, InitiativeStage.stage, InitiativeStage.at)
        .where(InitiativeStage.initiative_id.in_(list(initiative_ids)))
        .order_by(InitiativeStage.initiative_id, InitiativeStage.number)
    )
    found: dict[int, Settled] = {}
    for initiative_id, stage, at in rows:
        before = found.get(initiative_id)
        if stage in rules.SETTLED:
            closed_at = at if stage == "closed" else None
            found[initiative_id] = Settled(before.at if before else at, closed_at)
        elif before:
            del found[initiative_id]
    return found


def _gathered(session: Session, query: Select[Initiative]) -> list[Known]:
    rows = list(session.scalars(query))
    ids = [row.id for row in rows]
    reasons = _by_initiative(session, select(InitiativeReason.initiative_id, InitiativeReason.reason_id), ids)
    channels = _by_initiative(session, select(InitiativeChannel.initiative_id, InitiativeChannel.channel), ids)
    members = _by_initiative(session, select(InitiativeMember.initiative_id, InitiativeMember.user_id), ids)
    versions: dict[int, list[Version]] = defaultdict(list)
    for row in session.scalars(
        select(Projection)
        .where(Projection.initiative_id.in_(ids))
        .order_by(Projection.initiative_id, Projection.number)
    ):
        versions[row.initiative_id].append(_version(row))
    everybody = {person.id: person for person in people.people(session, with_disabled=True)} if rows else {}
    return [
        Known(
            id=row.id,
            stage=row.stage,
            version=row.version,
            plan=_plan(row, reasons[row.id], channels[row.id], members[row.id]),
            made_at=row.made_at,
            moved_at=row.moved_at,
            owner=everybody.get(row.owner_id or 0),
            sponsor=everybody.get(row.sponsor_id or 0),
            members=tuple(sorted((everybody[one] for one in members[row.id]), key=lambda person: person.name)),
            versions=tuple(versions[row.id]),
        )
        for row in rows
    ]


def _by_initiative(session: Session, query: Select[int, Any], ids: Iterable[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    key = query.selected_columns[0]
    for initiative_id, value in session.execute(query.where(key.in_(list(ids)))):
        found[initiative_id].append(value)
    return found


def _plan(row: Initiative, reasons: list[int], channels: list[str], members: list[int]) -> Plan:
    return Plan(
        name=row.name,
        description=row.description,
        touchpoint=row.touchpoint,
        reason_ids=frozenset(reasons),
        channels=frozenset(channels),
        owner_id=row.owner_id,
        sponsor_id=row.sponsor_id,
        member_ids=frozenset(members),
        due_on=row.due_on,
        announced_on=row.announced_on,
        go_live_on=row.go_live_on,
        full_go_live_on=row.full_go_live_on,
    )


def _version(row: Projection) -> Version:
    return Version(
        number=row.number,
        terms=Terms(
            share_low_bp=row.share_low_bp,
            share_likely_bp=row.share_likely_bp,
            share_high_bp=row.share_high_bp,
            starts_on=row.starts_on,
            ramp_days=row.ramp_days,
            cost_to_do_minor=row.cost_to_do_minor,
            running_cost_year_minor=row.running_cost_year_minor,
            currency=row.currency,
        ),
        base=Base(Period(row.base_start, row.base_end), row.base_contacts, row.base_cost_minor),
        rates=tuple(row.rates),
        made_at=row.made_at,
        made_by=row.made_by,
        frozen_at=row.frozen_at,
        frozen_by=row.frozen_by,
    )
