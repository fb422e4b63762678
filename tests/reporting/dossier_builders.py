"""A calculation worked out by hand, as the month-end keeps it, without a database.

1,000 calls were expected and 800 came at 6.00 each (frozen 5.00 a call of any reason); 90 e-mails expected and 100
came at 4.00. The rate of calls rose to 6.60 half way, when 80 of the 200 calls were avoided.
"""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import exp
from typing import Any

from app.initiatives.queries import Known
from app.initiatives.rules import Plan
from app.ledger.entries import Recorded
from app.ledger.rules import Booking
from app.measurement import plans
from app.measurement.interval import Range
from app.measurement.monthly import _netting
from app.measurement.netting import Claim, Costs, Dated, Netting, PricedChannel, Returned, net
from app.measurement.plan_queries import Measured, PlanVersion
from app.measurement.plans import Boundary, PlanTerms
from app.people.rules import Actor
from app.reporting.dossier import Dossier
from app.values.money import Money

AT = datetime(2026, 10, 2, 6, 0, tzinfo=UTC)
SEPTEMBER = date(2026, 9, 1)
CALLS = PricedChannel(
    Fraction(200),
    Fraction(500),
    Fraction(600),
    Fraction(120 * 600 + 80 * 660),
    (Dated(date(2026, 8, 1), Fraction(600), Fraction(120)), Dated(date(2026, 9, 1), Fraction(660), Fraction(80))),
)
MAILS = PricedChannel(
    Fraction(-10), Fraction(400), Fraction(400), Fraction(-4000), (Dated(SEPTEMBER, Fraction(400), Fraction(-10)),)
)
TERMS = PlanTerms(
    Boundary(frozenset({1}), frozenset({2})),
    go_live_on=date(2026, 8, 1),
    rates=(
        {
            "channel": "phone",
            "valid_from": "2025-01-01",
            "basis": "contact",
            "amount_minor": 600,
            "currency": "CAD",
            "stated_by": "Finance",
        },
    ),
)


def make_claim(**fields: Any) -> Claim:
    usual: dict[str, Any] = {
        "channels": {"phone": CALLS, "email": MAILS},
        "with_sinks": Fraction(110_000),
        "returned": Returned(900, Fraction(5, 100), Fraction(6, 100), Fraction(600), 800),
        "share": Fraction(3, 4),
        "share_note": "measured",
        "costs": Costs(Fraction(1_000), Fraction(2_000, 3), Fraction(3_000), Fraction(2_001, 2)),
    }
    return Claim(**{**usual, **fields})


def make_worth() -> Range:
    """Calls at 6.00 and e-mails at 4.00."""
    return Range(800 * 600 + 100 * 400, 1000 * 600 + 90 * 400, 1.7 * 0.05, 0.01, 0.05, 1.7)


def make_netting(claim: Claim | None = None) -> Netting:
    whole = make_worth()
    return net(claim or make_claim(), Fraction(whole.avoided - whole.low), Fraction(whole.high - whole.avoided))


def make_figures(**fields: Any) -> dict[str, Any]:
    starts = [date(2026, 8, 1) + timedelta(days=number) for number in range(61)]
    observed: list[float | None] = [15.0] * 60
    expected: list[float | None] = [1090 / 60] * 60
    whole = Range(900, 1090, 1.7 * 0.05, 0.01, 0.05, 1.7)
    worth = make_worth()
    usual: dict[str, Any] = {
        "method": "2",
        "method_version": "2.0",
        "verdict": "verified",
        "findings": [{"code": "verified", "sentence": "The low end is above 0 at two month-ends."}],
        "every": "day",
        "baseline": {"start": "2024-08-01", "end": "2026-08-01", "periods": 730},
        "reporting": {"start": "2026-08-01", "end": "2026-10-01", "periods": 60},
        "observed": 900.0,
        "counterfactual": 1090.0,
        "avoided": 190.0,
        "avoided_low": whole.low,
        "avoided_high": whole.high,
        "confidence": 0.9,
        "relative": whole.relative,
        "relative_low": whole.low / 1090,
        "relative_high": whole.high / 1090,
        "minimum_detectable": 1 - exp(-0.095),
        "last_year": {"counterfactual": 1080.0, "avoided": 180.0, "relative": 180 / 1080},
        "credited": "target",
        "series": {
            "starts": [str(start) for start in starts],
            "observed": [*observed[:9], None, *observed[9:]],
            "expected": [*expected[:9], None, *expected[9:]],
        },
        "spread": 1.7 * 0.05,
        "shortfall": 0.01,
        "quantile": 1.7,
        "error": 0.05,
        "channels": {
            "phone": {"observed": 800, "expected": 1000.0},
            "email": {"observed": 100, "expected": 90.0},
        },
        "common_departure": 0.0,
        "untouched": 3,
        "share": 0.75,
        "is_share_measured": True,
        "netting": _netting(make_netting()),
        "worth": {
            name: getattr(worth, name) for name in ("observed", "expected", "spread", "shortfall", "error", "quantile")
        },
        "prices_minor": {"phone": 600.0, "email": 400.0},
        "booked_contacts": round(whole.low * 0.75),
    }
    return {**usual, **fields}


def make_known(name: str = "Return label in every parcel") -> Known:
    return Known(7, "live", 1, Plan(name), AT, AT, None, None, (), ())


def make_plan(**fields: Any) -> PlanVersion:
    usual: dict[str, Any] = {
        "id": 3,
        "initiative_id": 7,
        "number": 2,
        "terms": TERMS,
        "minimum_detectable": 0.08,
        "made_at": AT,
        "made_by": "Ana Owner",
        "frozen_at": AT,
        "frozen_by": "Bo Sponsor",
        "hash": plans.fingerprint(plans.facts(TERMS)),
        "mark": "",
    }
    return PlanVersion(**{**usual, **fields})


def make_measured(**fields: Any) -> Measured:
    found = make_netting()
    usual: dict[str, Any] = {
        "id": 11,
        "initiative_id": 7,
        "month": SEPTEMBER,
        "number": 1,
        "plan_id": 3,
        "measured_at": AT,
        "measured_by": "month-end",
        "state": "verified",
        "method_version": "2.0",
        "currency": "CAD",
        "avoided": round(190 * 0.75),
        "net_minor": round(found.net),
        "low_minor": round(found.low),
        "high_minor": round(found.high),
        "booked_minor": max(0, round(found.low)),
        "figures": make_figures(),
    }
    return Measured(**{**usual, **fields})


def make_entry(number: int, month: date, minor: int, kind: str = "realised", **fields: Any) -> Recorded:
    facts = Booking(7, month, kind, "capacity", 20, Money(minor, "CAD"), "2", "2.0", 2, "a" * 64, "b" * 64, 11, {})
    return Recorded(number, facts, None, None, "", AT, Actor(None, "month-end"), **fields)


def make_dossier(**fields: Any) -> Dossier:
    look = fields.pop("look", None) or make_measured()
    usual: dict[str, Any] = {
        "known": make_known(),
        "look": look,
        "looks": (look,),
        "months": (SEPTEMBER,),
        "before": None,
        "plan": make_plan(),
        "realised": None,
        "validated": None,
        "taken_back": None,
        "claimed": None,
        "targets": ("Delivery > Where is my order?",),
        "sinks": ("Other",),
    }
    return Dossier(**{**usual, **fields})
