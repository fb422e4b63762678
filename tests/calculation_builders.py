"""A measured month-end with its plan, put straight into the tables: every figure worked out by hand.

62 days of 100 expected and 70 observed contacts: 1,860 did not come, 1,240 at the low end of a range of 10 %.
"""

from datetime import date, timedelta
from math import log
from typing import Any

from sqlalchemy.orm import Session

from app.initiatives.tables import Initiative
from app.measurement import plans
from app.measurement.plans import Boundary, PlanTerms
from app.measurement.tables import Measurement, MeasurementPlan
from tests.builders import AT, TESTER

GO_LIVE = date(2026, 7, 1)
JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)
RATE = {
    "channel": "phone",
    "valid_from": "2000-01-01",
    "basis": "contact",
    "amount_minor": 600,
    "currency": "USD",
    "stated_by": "Finance, budget 2026",
}
# Cents: 1,860 x 6.00, of which 1,000 went to another channel and 160 was spent: 10,000 net.
LINES = {
    "headline": 1_116_000,
    "shift": -100_000,
    "minutes": 0,
    "rates": 0,
    "relabelled": 0,
    "repeats": 0,
    "overlap": 0,
    "disbenefits": 0,
    "running": 0,
    "one_off": -16_000,
    "hours": 0,
}


def make_plan(session: Session, initiative: Initiative, reason_ids: frozenset[int], **fields: Any) -> MeasurementPlan:
    """A frozen plan of these reasons on all channels."""
    terms = PlanTerms(Boundary(reason_ids), GO_LIVE, rates=(RATE,), **fields.pop("terms", {}))
    facts = plans.facts(terms)
    values: dict[str, Any] = {
        "number": 1,
        "facts": facts,
        "minimum_detectable": 0.1,
        "made_at": AT,
        "made_by": TESTER.name,
        "frozen_at": AT,
        "frozen_by": "Augusta",
        "hash": plans.fingerprint(facts),
    }
    row = MeasurementPlan(initiative_id=initiative.id, **{**values, **fields})
    session.add(row)
    session.flush()
    return row


def make_figures(days: int = 62, **figures: Any) -> dict[str, Any]:
    """What is kept of so many days; the range is 10 % below and a ninth above what was expected."""
    observed, expected = 70.0 * days, 100.0 * days
    end = GO_LIVE + timedelta(days=days)
    made: dict[str, Any] = {
        "method": "2",
        "method_version": "2.0",
        "verdict": "verified",
        "findings": [{"code": "verified", "sentence": "The low end lay above 0 at two month-ends in a row."}],
        "every": "day",
        "baseline": {"start": "2025-07-01", "end": "2026-07-01", "periods": 365},
        "reporting": {"start": GO_LIVE.isoformat(), "end": end.isoformat(), "periods": days},
        "observed": observed,
        "counterfactual": expected,
        "avoided": expected - observed,
        "avoided_low": 0.9 * expected - observed,
        "avoided_high": expected / 0.9 - observed,
        "confidence": 0.9,
        "relative": 0.3,
        "relative_low": 1 - 70 / 90,
        "relative_high": 1 - 0.7 * 0.9,
        "minimum_detectable": 0.1,
        "last_year": {"counterfactual": 95.0 * days, "avoided": 25.0 * days, "relative": 25 / 95},
        "credited": "target",
        "series": {
            "starts": [(GO_LIVE + timedelta(days=one)).isoformat() for one in range(days)],
            "observed": [70.0] * days,
            "expected": [100.0] * days,
        },
        "spread": -log(0.9),
        "shortfall": 0.0,
        "quantile": 1.782,
        "error": -log(0.9) / 1.782,
        "channels": {"phone": {"observed": observed, "expected": expected}},
        "common_departure": 0.0,
        "untouched": 12,
        "placebo_rank": 0.0,
        "share": 1.0,
        "is_share_measured": True,
        "booked_contacts": round(0.9 * expected - observed),
        "netting": {
            "lines": [
                {"step": step, "minor": minor, "note": "", "inputs": INPUTS.get(step, [])}
                for step, minor in LINES.items()
            ],
            "net_minor": 1_000_000,
            "low_minor": 600_000,
            "high_minor": 1_400_000,
        },
    }
    return {**made, **figures}


INPUTS = {
    "headline": [
        {"name": "avoided by phone", "figure": 1860.0, "unit": "contacts", "source": ""},
        {"name": "a contact by phone", "figure": 600.0, "unit": "minor", "source": ""},
    ]
}


def make_measurement(session: Session, plan: MeasurementPlan, **fields: Any) -> Measurement:
    """August as it was found: verified, 10,000 net, of which the low end of 6,000 may be booked."""
    figures = fields.pop("figures", None) or make_figures()
    values: dict[str, Any] = {
        "month": AUGUST,
        "number": 1,
        "measured_at": AT,
        "measured_by": "The worker",
        "state": "verified",
        "method_version": "2.0",
        "currency": "USD",
        "avoided": 1860,
        "net_minor": 1_000_000,
        "low_minor": 600_000,
        "high_minor": 1_400_000,
        "booked_minor": 600_000,
        "figures": figures,
    }
    row = Measurement(initiative_id=plan.initiative_id, plan_id=plan.id, **{**values, **fields})
    session.add(row)
    session.flush()
    return row
