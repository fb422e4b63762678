"""Whether the effect of a fix that is validated or closed wears off: watched for twelve months after it is closed.

Clause L14 of docs/methods.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.initiatives import queries as initiatives
from app.initiatives.queries import Known, Settled
from app.initiatives.rules import SETTLED
from app.ledger import entry_queries
from app.ledger.entries import REALISED, Recorded
from app.ledger.rules import CAPACITY
from app.measurement.monthly import WATCHED_MONTHS
from app.measurement.plan_queries import Measured
from app.measurement.plans import months_after
from app.measurement.verdict import INCREASED, MEASURING, NOISE, VERIFIED
from app.values.money import Money
from app.values.periods import Period, month_of, next_month

COMPARED_MONTHS = 3
LEFT = 0.5
# Disputed or expired, the effect is not what lowers a sum; and without a baseline nobody knows.
TELLING = frozenset({VERIFIED, MEASURING, NOISE, INCREASED})
ENOUGH: Mapping[str, int] = {"day": 28, "week": 4, "month": 1}


@dataclass(frozen=True)
class Decay:
    """What was lost, as it was found at the last month-end.

    `share_before` and `share_now` are of the expected contacts, three months each, where less than half is left;
    `taken_back` is what the last month lowered the cumulative sum by, from `entry_number` of the ledger.
    """

    known: Known
    month: date
    share_before: float | None
    share_now: float | None
    taken_back: Money | None
    entry_number: int | None

    @property
    def now(self) -> Period:
        """The last three months."""
        return Period(months_after(self.month, 1 - COMPARED_MONTHS), next_month(self.month))


def decays(
    session: Session,
    those: Iterable[Known],
    looks: Mapping[int, Measured],
    timezone: ZoneInfo,
) -> list[Decay]:
    """The initiatives that are validated or closed and lose their effect (L14), the oldest first."""
    watched = {one.id: one for one in those if one.stage in SETTLED and one.id in looks}
    if not watched:
        return []
    settled = initiatives.settled(session, watched)
    booked = {
        (one.facts.initiative_id, one.facts.month): one
        for one in entry_queries.standing(session, watched, REALISED)
        if one.facts.column == CAPACITY
    }
    found = [
        _decay(known, looks[one], settled[one], booked.get((one, looks[one].month)), timezone)
        for one, known in watched.items()
        if one in settled
    ]
    return [one for one in found if one is not None]


def _decay(known: Known, look: Measured, settled: Settled, entry: Recorded | None, timezone: ZoneInfo) -> Decay | None:
    closed = settled.closed_at and month_of(settled.closed_at.astimezone(timezone).date()).start
    if look.state not in TELLING or (closed and look.month > months_after(closed, WATCHED_MONTHS)):
        return None
    shares = shares_left(look.figures, month_of(settled.at.astimezone(timezone).date()).start, look.month)
    lowered = entry is not None and entry.facts.amount.amount_minor < 0
    if shares is None and not lowered:
        return None
    before, now = shares or (None, None)
    back = (-entry.facts.amount, entry.number) if entry is not None and lowered else (None, None)
    return Decay(known, look.month, before, now, *back)


def shares_left(figures: Mapping[str, Any], settled: date, month: date) -> tuple[float, float] | None:
    """The share that stayed away in the three months before `settled`, a month, and in those that end with `month`.

    None where more than half is left, where three whole months have not passed since, or where one side has under four
    weeks. Both are of one look, so they stand on one baseline.
    """
    first_now = months_after(month, 1 - COMPARED_MONTHS)
    if first_now < settled:
        return None
    before = _share(figures, Period(months_after(settled, -COMPARED_MONTHS), settled))
    now = _share(figures, Period(first_now, next_month(month)))
    if before is None or now is None or before <= 0 or now >= before * LEFT:
        return None
    return before, now


def _share(figures: Mapping[str, Any], period: Period) -> float | None:
    """The share of the expected contacts of these days that did not come; None under four weeks of them."""
    series = figures["series"]
    points = zip(map(date.fromisoformat, series["starts"]), series["observed"], series["expected"], strict=True)
    pairs = [(came, should) for start, came, should in points if start in period and None not in {came, should}]
    expected = _whole([should for _, should in pairs])
    if len(pairs) < ENOUGH[figures["every"]] or not expected:
        return None
    return (expected - _whole([came for came, _ in pairs])) / expected


def _whole(figures: Sequence[float]) -> float:
    return float(sum(figures))
