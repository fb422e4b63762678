"""The rows of an initiative: locked, written, and each change put on the trail."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.initiatives import rules
from app.initiatives.basis import Basis
from app.initiatives.projection import Terms
from app.initiatives.rules import Plan
from app.initiatives.tables import (
    Initiative,
    InitiativeChannel,
    InitiativeMember,
    InitiativeReason,
    InitiativeStage,
    Projection,
)
from app.people import trail, trail_reading
from app.people.rules import Actor
from app.people.trail_reading import TrailFilter
from app.values.errors import Missing

IN_TABLES_OF_THEIR_OWN = frozenset({"reason_ids", "channels", "member_ids"})
CHANGES_READ = 50


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does something, when, and which day that is at the installation."""

    by: Actor
    at: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Since:
    """What somebody changed since a form was opened."""

    by: str
    at: datetime
    fields: tuple[str, ...]


def locked(session: Session, initiative_id: int) -> Initiative:
    """The row, held until the transaction ends; raises Missing."""
    row = session.get(Initiative, initiative_id, with_for_update=True, populate_existing=True)
    if row is None:
        message = f"There is no initiative {rules.code(initiative_id)}. Nothing was changed."
        raise Missing(message)
    return row


def scalars(plan: Plan) -> dict[str, Any]:
    """The fields that stand in the initiative's own row."""
    return {name: value for name, value in facts(plan).items() if name not in IN_TABLES_OF_THEIR_OWN}


def facts(plan: Plan) -> dict[str, Any]:
    """All fields."""
    return {field.name: getattr(plan, field.name) for field in fields(Plan)}


def overwrite(session: Session, row: Initiative, plan: Plan, at: datetime) -> None:
    """Write a plan over the one that is there, as the next version."""
    for name, value in scalars(plan).items():
        setattr(row, name, value)
    row.version += 1
    row.moved_at = at
    for table in (InitiativeReason, InitiativeChannel, InitiativeMember):
        session.execute(delete(table).where(table.initiative_id == row.id))
    write_sets(session, row.id, plan)


def write_sets(session: Session, initiative_id: int, plan: Plan) -> None:
    """Reasons, channels and members."""
    session.add_all(InitiativeReason(initiative_id=initiative_id, reason_id=one) for one in sorted(plan.reason_ids))
    session.add_all(InitiativeChannel(initiative_id=initiative_id, channel=one) for one in sorted(plan.channels))
    session.add_all(InitiativeMember(initiative_id=initiative_id, user_id=one) for one in sorted(plan.member_ids))
    session.flush()


def add_projection(session: Session, row: Initiative, terms: Terms, basis: Basis, doing: Doing) -> None:
    """The next projection; those before stay as they are."""
    number = 1 + (session.scalar(select(func.max(Projection.number)).where(Projection.initiative_id == row.id)) or 0)
    promised = {field.name: getattr(terms, field.name) for field in fields(Terms)}
    base = {"base_contacts": basis.base.contacts, "base_cost_minor": basis.base.cost_minor}
    session.add(
        Projection(
            initiative_id=row.id,
            number=number,
            **promised,
            **base,
            base_start=basis.base.period.start,
            base_end=basis.base.period.end,
            rates=list(basis.rates),
            made_at=doing.at,
            made_by=doing.by.name,
            frozen_at=None,
            frozen_by=None,
        )
    )
    row.moved_at = doing.at
    session.flush()
    after = {"number": number, **promised, **base}
    trail.record(session, "initiative.projected", subject(row.id), by=doing.by, at=doing.at, after=after)


def freeze_latest_projection(session: Session, initiative_id: int, doing: Doing) -> None:
    """Freeze the last projection; one that was frozen before keeps its date (P7)."""
    latest = session.scalars(
        select(Projection).where(Projection.initiative_id == initiative_id).order_by(Projection.number.desc()).limit(1)
    ).one()
    if latest.frozen_at is None:
        latest.frozen_at, latest.frozen_by = doing.at, doing.by.name


def enter(session: Session, row: Initiative, stage: str, doing: Doing, note: str) -> None:
    """Put the initiative into a stage, with a line of history and an entry on the trail."""
    before, row.stage, row.moved_at = row.stage, stage, doing.at
    add_step(session, row.id, stage, doing, note)
    trail.record(
        session,
        "initiative.moved",
        subject(row.id),
        by=doing.by,
        at=doing.at,
        before={"stage": before},
        after={"stage": stage, "note": note},
    )


def add_step(session: Session, initiative_id: int, stage: str, doing: Doing, note: str) -> None:
    """A line of history."""
    last = session.scalar(
        select(func.max(InitiativeStage.number)).where(InitiativeStage.initiative_id == initiative_id)
    )
    session.add(
        InitiativeStage(
            initiative_id=initiative_id,
            number=(last or 0) + 1,
            stage=stage,
            at=doing.at,
            by_name=doing.by.name,
            note=note,
        )
    )
    session.flush()


def changes_since(session: Session, initiative_id: int, seen: int) -> tuple[Since, ...]:
    """Who changed which fields after version `seen`, oldest first."""
    wanted = TrailFilter(subject=subject(initiative_id), action="initiative.changed")
    newest_first = trail_reading.changes(session, wanted, before=None, limit=CHANGES_READ)
    return tuple(
        Since(change.by.name, change.at, tuple(name for name in change.after if name != "version"))
        for change in reversed(newest_first)
        if change.after and int(change.after["version"]) > seen
    )


def subject(initiative_id: int) -> str:
    """How the trail calls it."""
    return f"initiative:{initiative_id}"
