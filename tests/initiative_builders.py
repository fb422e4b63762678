"""Made-up initiatives, projections and daily totals for the tests, put straight into their tables."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.contacts.tables import Source
from app.costing.tables import CostRate
from app.counting.tables import DailyTotal
from app.initiatives.tables import Initiative, InitiativeChannel, InitiativeReason, InitiativeStage, Projection
from app.reasons.tables import Reason
from tests.builders import AT, TESTER, make_source


def make_initiative(
    session: Session, *, reasons: tuple[Reason, ...] = (), channels: tuple[str, ...] = (), **fields: Any
) -> Initiative:
    """An initiative, an idea unless `stage` says otherwise."""
    values: dict[str, Any] = {
        "name": "Return label in every parcel",
        "description": "",
        "touchpoint": "packaging",
        "stage": "idea",
        "owner_id": None,
        "sponsor_id": None,
        "due_on": None,
        "announced_on": None,
        "go_live_on": None,
        "full_go_live_on": None,
        "version": 1,
        "form_key": None,
        "made_at": AT,
        "moved_at": AT,
    }
    row = Initiative(**{**values, **fields})
    session.add(row)
    session.flush()
    session.add_all(InitiativeReason(initiative_id=row.id, reason_id=reason.id) for reason in reasons)
    session.add_all(InitiativeChannel(initiative_id=row.id, channel=channel) for channel in channels)
    step = {"number": 1, "stage": row.stage, "at": AT, "by_name": TESTER.name, "note": ""}
    session.add(InitiativeStage(initiative_id=row.id, **step))
    session.flush()
    return row


def make_projection(session: Session, initiative: Initiative, **fields: Any) -> Projection:
    """A projection on 36,500 contacts at $6.00 in a year: 20 % are 20 contacts and $120 a day."""
    values: dict[str, Any] = {
        "number": 1,
        "share_low_bp": 1000,
        "share_likely_bp": 2000,
        "share_high_bp": 3000,
        "starts_on": date(2026, 1, 1),
        "ramp_days": 0,
        "base_start": date(2025, 1, 1),
        "base_end": date(2026, 1, 1),
        "base_contacts": 36_500,
        "base_cost_minor": 21_900_000,
        "currency": "USD",
        "cost_to_do_minor": 0,
        "running_cost_year_minor": 0,
        "rates": [],
        "made_at": AT,
        "made_by": TESTER.name,
        "frozen_at": None,
        "frozen_by": None,
    }
    row = Projection(initiative_id=initiative.id, **{**values, **fields})
    session.add(row)
    session.flush()
    return row


def make_totals(
    session: Session,
    reason_id: int,
    days: Mapping[date, int],
    *,
    channel: str = "phone",
    handle_seconds: int = 300,
    **counts: int,
) -> None:
    """Daily totals of one reason and channel: so many handled contacts a day, each of the same length."""
    source = session.scalar(select(Source).where(Source.name == "Totals")) or make_source(session, "Totals")
    rows = [
        {
            "day": day,
            "reason_id": reason_id,
            "channel": channel,
            "source_id": source.id,
            "handled": handled,
            "abandoned": 0,
            "outbound": 0,
            "timed": handled,
            "handle_seconds": handled * handle_seconds,
            **counts,
        }
        for day, handled in days.items()
    ]
    session.execute(insert(DailyTotal), rows)


def make_rate(session: Session, channel: str = "phone", amount_minor: int = 600, **fields: Any) -> None:
    """What a contact costs on a channel since long ago."""
    values: dict[str, Any] = {
        "valid_from": date(2000, 1, 1),
        "basis": "contact",
        "currency": "USD",
        "stated_by": "Finance, budget 2026",
        "recorded_at": AT,
    }
    session.add(CostRate(channel=channel, amount_minor=amount_minor, **{**values, **fields}))
    session.flush()


def every_day(start: date, days: int, figure: int) -> dict[date, int]:
    """The same figure on each of so many days."""
    return {start + timedelta(days=number): figure for number in range(days)}
