"""Plans, and contacts of two years to try them on."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.measurement.plans import Boundary, PlanTerms
from app.reasons.tables import Reason
from tests.builders import make_reason
from tests.initiative_builders import make_initiative, make_totals

FIRST = date(2024, 9, 2)
DAYS = 730
WEEK = (1.25, 1.1, 1.0, 0.98, 0.95, 0.45, 0.35)
GO_LIVE = date(2026, 10, 1)
TODAY = FIRST + timedelta(days=DAYS)


@dataclass(frozen=True)
class Place:
    """An initiative on one reason, with a sink and other reasons beside it."""

    initiative_id: int
    target: Reason
    sink: Reason
    others: tuple[Reason, ...]


def uneven(a_day: int, wave: int = 0) -> dict[date, int]:
    """Contacts of two years: a week's shape, and a slow wave that another `wave` moves."""
    days = (FIRST + timedelta(days=number) for number in range(DAYS))
    return {
        day: round(a_day * WEEK[day.weekday()] * (1 + 0.05 * math.sin((number + 11 * wave) / 9)))
        for number, day in enumerate(days)
    }


def make_place(session: Session, *, others: int = 9, **fields: Any) -> Place:
    """Two years of 40 contacts a day on the target, 20 on the sink, 30 on each other reason."""
    target, sink = make_reason(session, "Where is my label?"), make_reason(session, "Other", is_other=True)
    beside = tuple(make_reason(session, f"Beside {number}") for number in range(others))
    make_totals(session, target.id, uneven(40))
    make_totals(session, sink.id, uneven(20, 1))
    for number, one in enumerate(beside, 2):
        make_totals(session, one.id, uneven(30, number))
    initiative = make_initiative(session, reasons=(target,), **fields)
    return Place(initiative.id, target, sink, beside)


def terms_of(place: Place, **changes: Any) -> PlanTerms:
    """A plan on the target with its sink, live on 1 October 2026."""
    sinks: Iterable[int] = changes.pop("sinks", (place.sink.id,))
    values: dict[str, Any] = {
        "boundary": Boundary(frozenset({place.target.id}), frozenset(sinks)),
        "go_live_on": GO_LIVE,
    }
    return PlanTerms(**{**values, **changes})
