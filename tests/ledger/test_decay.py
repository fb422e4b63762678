"""A fix that is closed is watched: its effect before and now, and what the last month took back."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from app.db import Database
from app.initiatives import queries as initiatives
from app.initiatives.tables import Initiative, InitiativeStage
from app.ledger import actions, decay, month_end
from app.ledger.decay import Decay
from app.measurement import plan_queries
from tests.builders import AT, TESTER, make_reason
from tests.calculation_builders import make_figures, make_measurement, make_plan
from tests.even_centre import GO_LIVE, make_even_centre
from tests.initiative_builders import every_day, make_initiative
from tests.ledger_builders import STAMP, make_booking

UTC_ZONE = ZoneInfo("UTC")
JULY, OCTOBER = date(2026, 7, 1), date(2026, 10, 1)


def kept(observed: Mapping[date, float | None], every: str = "day") -> dict[str, Any]:
    """What is kept of a look at which 100 contacts were expected in each period."""
    return {
        "every": every,
        "series": {
            "starts": [start.isoformat() for start in observed],
            "observed": list(observed.values()),
            "expected": [100.0] * len(observed),
        },
    }


def days(start: date, until: date, observed: float) -> dict[date, float | None]:
    return {start + timedelta(days=number): observed for number in range((until - start).days)}


BEFORE = days(date(2026, 4, 1), JULY, 70)


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (98.0, (0.3, 0.02)),
        (85.5, (0.3, 0.145)),
        (85.0, None),  # exactly half is left
        (70.0, None),
        (110.0, (0.3, -0.1)),
    ],
)
def test_less_than_half_of_the_share_is_a_loss(now: float, found: tuple[float, float] | None) -> None:
    figures = kept(BEFORE | days(JULY, OCTOBER, now))
    left = decay.shares_left(figures, JULY, date(2026, 9, 1))
    assert left == (None if found is None else pytest.approx(found))


def test_three_whole_months_have_to_pass_and_each_side_needs_four_weeks() -> None:
    figures = kept(BEFORE | days(JULY, OCTOBER, 98))
    assert decay.shares_left(figures, JULY, date(2026, 8, 1)) is None, "June is not after it"
    short = kept(days(date(2026, 6, 4), JULY, 70) | days(JULY, OCTOBER, 98))
    assert decay.shares_left(short, JULY, date(2026, 9, 1)) is None, "27 days before"
    missing: dict[date, float | None] = dict.fromkeys(days(JULY, OCTOBER, 0))
    assert decay.shares_left(kept(BEFORE | missing), JULY, date(2026, 9, 1)) is None
    no_effect = kept(days(date(2026, 4, 1), JULY, 101) | days(JULY, OCTOBER, 120))
    assert decay.shares_left(no_effect, JULY, date(2026, 9, 1)) is None, "nothing was there to lose"


def test_months_and_weeks_are_compared_as_days_are() -> None:
    months: dict[date, float | None] = {date(2026, month, 1): 70 if month < 7 else 98 for month in range(4, 10)}
    assert decay.shares_left(kept(months, "month"), JULY, date(2026, 9, 1)) == pytest.approx((0.3, 0.02))
    weeks: dict[date, float | None] = {
        date(2026, 4, 1) + timedelta(weeks=number): 70 if number < 13 else 98 for number in range(26)
    }
    assert decay.shares_left(kept(weeks, "week"), JULY, date(2026, 9, 1)) == pytest.approx((0.3, 0.02))


def closed(session: Session, initiative_id: int, at: datetime, *, validated_at: datetime | None = None) -> None:
    session.get_one(Initiative, initiative_id).stage = "closed"
    steps = [("validated", validated_at)] if validated_at else []
    for number, (stage, day) in enumerate([*steps, ("closed", at)], start=2):
        values = {"stage": stage, "at": day, "by_name": "Dana", "note": ""}
        session.add(InitiativeStage(initiative_id=initiative_id, number=number, **values))
    session.flush()


def found(session: Session) -> list[Decay]:
    return decay.decays(session, initiatives.initiatives(session), plan_queries.latest(session), UTC_ZONE)


def measured(database: Database, as_of: date) -> list[Decay]:
    month_end.run(database, as_of, by=TESTER, at=AT)
    with database.reading() as session:
        return found(session)


def test_a_closed_fix_that_wears_off_is_found_from_its_contacts_on(database: Database) -> None:
    """70 a day of 100 from June to August, closed in September, 98 a day from September to November."""
    after = every_day(GO_LIVE, 92, 70) | every_day(date(2026, 9, 1), 91, 98)
    one = database.write(lambda session: make_even_centre(session, after))
    database.write(lambda session: closed(session, one, datetime(2026, 9, 10, 9, tzinfo=UTC)))
    assert measured(database, date(2026, 9, 2)) == [], "nothing is lost by the end of August"
    (lost,) = measured(database, date(2026, 12, 2))
    assert (lost.known.id, lost.month) == (one, date(2026, 11, 1))
    assert [lost.share_before, lost.share_now] == pytest.approx([0.3, 0.02])
    assert lost.taken_back is not None
    assert lost.taken_back.amount_minor > 0, "a lower low end of more days takes something back"


def make(session: Session, amount: int, state: str = "verified") -> int:
    """An initiative that was measured for August, closed in July a year before at the earliest."""
    reason = make_reason(session)
    row = make_initiative(session, reasons=(reason,), stage="live", go_live_on=JULY)
    make_measurement(session, make_plan(session, row, frozenset({reason.id})), state=state, figures=make_figures(62))
    actions.book(session, [make_booking(row.id, amount=amount)], **STAMP)
    return row.id


def test_a_month_that_takes_something_back_is_a_loss_unless_the_effect_is_not_why(session: Session) -> None:
    at = datetime(2026, 8, 20, tzinfo=UTC)
    looked = ((-300, "verified"), (300, "verified"), (-300, "disputed"), (-300, "expired"))
    those = [make(session, amount, state) for amount, state in looked]
    for one in those:
        closed(session, one, at)
    (only,) = found(session)
    assert (only.known.id, only.share_now) == (those[0], None)
    assert only.taken_back is not None
    assert only.taken_back.amount_minor == 30_000


def test_the_watch_ends_twelve_months_after_the_close_and_begins_with_it(session: Session) -> None:
    live = make(session, -300)
    assert found(session) == [], "live, it is measured and not watched"
    closed(session, live, datetime(2025, 7, 31, tzinfo=UTC))
    assert found(session) == [], "August 2026 is the thirteenth month"
    within = make(session, -300)
    closed(session, within, datetime(2025, 8, 1, tzinfo=UTC), validated_at=datetime(2025, 7, 2, tzinfo=UTC))
    assert [one.known.id for one in found(session)] == [within]


def test_who_went_live_again_is_settled_anew(session: Session) -> None:
    row = make_initiative(session, stage="live")
    days_of = [("validated", 2), ("live", 3), ("validated", 4), ("closed", 5)]
    for number, (stage, day) in enumerate(days_of, start=2):
        at = datetime(2026, 9, day, tzinfo=UTC)
        session.add(InitiativeStage(initiative_id=row.id, number=number, stage=stage, at=at, by_name="Dana", note=""))
    session.flush()
    settled = initiatives.settled(session, [row.id])[row.id]
    assert (settled.at.day, settled.closed_at and settled.closed_at.day) == (4, 5)
