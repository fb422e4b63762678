"""The week's figures from daily totals, on both engines."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app.counting.rules import UNTAGGED
from app.counting.tables import ClosedDay, DailyTotal, OpenWeekday
from app.meetings import figures
from app.reasons.tables import Reason
from app.values.periods import Period, week_named
from tests.builders import make_reason, make_source

WEEK = week_named("2026-W46")
TODAY = date(2026, 11, 17)


class Totals:
    """Writes daily totals as counting would."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.source_id = make_source(session).id

    def put(self, day: date, reason: Reason | None, handled: int, **fields: int) -> None:
        values = {"abandoned": 0, "outbound": 0, "timed": handled, "handle_seconds": handled * 300, **fields}
        self.session.merge(
            DailyTotal(
                day=day,
                reason_id=reason.id if reason else UNTAGGED,
                channel="phone",
                source_id=self.source_id,
                handled=handled,
                **values,
            )
        )
        self.session.flush()

    def weeks(self, reason: Reason, counts: list[int]) -> None:
        """One total on the Monday of each week; the last is that of WEEK."""
        for back, handled in enumerate(reversed(counts)):
            self.put(WEEK.start + timedelta(days=-7 * back), reason, handled)


@pytest.fixture
def totals(session: Session) -> Totals:
    made = Totals(session)
    session.add_all(OpenWeekday(weekday=number, is_open=number == 0) for number in range(7))
    return made


def test_without_contacts_there_are_no_figures(session: Session) -> None:
    assert figures.of_week(session, WEEK, TODAY) is None


def test_a_week_before_or_after_all_contacts_has_no_figures(session: Session, totals: Totals) -> None:
    totals.weeks(make_reason(session), [10])
    assert figures.of_week(session, week_named("2026-W40"), TODAY) is None
    assert figures.of_week(session, week_named("2026-W47"), TODAY) is None
    assert figures.of_week(session, week_named("1980-W01"), TODAY) is None


def test_contacts_shares_coverage_and_other_are_those_of_handled_contacts(session: Session, totals: Totals) -> None:
    parcel = make_reason(session, "Where is my order?", parent=make_reason(session, "Delivery"))
    other = make_reason(session, "Other", is_other=True)
    totals.put(WEEK.start, parcel, 60, abandoned=7, outbound=9)
    totals.put(WEEK.start, other, 20)
    totals.put(WEEK.last_day, None, 20)
    found = figures.of_week(session, WEEK, TODAY)
    assert found is not None
    assert (found.contacts, found.coverage, found.other_share) == (100, 0.8, 0.25)
    assert [(reason.path, reason.contacts, reason.share) for reason in found.reasons] == [
        (("Delivery", "Where is my order?"), 60, 0.75),
        (("Other",), 20, 0.25),
    ]


def test_a_reason_outside_its_limits_is_a_mover_and_others_are_not(session: Session, totals: Totals) -> None:
    rising, falling, steady = make_reason(session), make_reason(session), make_reason(session)
    # Mean 100, moving range 10: the limits are 73.4 and 126.6.
    routine = [95, 105, 95, 105, 95, 105, 95, 105]
    totals.weeks(rising, [*routine, 127])
    totals.weeks(falling, [*routine, 73])
    totals.weeks(steady, [*routine, 126])
    found = figures.of_week(session, WEEK, TODAY)
    assert found is not None
    assert {reason.id: reason.direction for reason in found.reasons} == {
        rising.id: "up",
        falling.id: "down",
        steady.id: "",
    }
    assert [reason.id for reason in found.movers] == [rising.id, falling.id]
    usual = found.movers[0].usual
    assert usual is not None
    assert (usual.mean, usual.weeks) == (100, 8)
    assert usual.low == pytest.approx(73.4)
    assert usual.high == pytest.approx(126.6)


def test_weeks_before_the_first_contact_are_unknown_and_not_nothing(session: Session, totals: Totals) -> None:
    reason = make_reason(session)
    totals.weeks(reason, [100] * 6 + [500])
    found = figures.of_week(session, WEEK, TODAY)
    assert found is not None
    assert found.usual is None
    assert found.movers == ()


def test_a_reason_that_was_quiet_counts_as_nothing_in_those_weeks(session: Session, totals: Totals) -> None:
    always, new = make_reason(session), make_reason(session)
    totals.weeks(always, [50] * 9)
    totals.weeks(new, [4])
    found = figures.of_week(session, WEEK, TODAY)
    assert found is not None
    assert [(reason.id, reason.direction) for reason in found.movers] == [(new.id, "up")]


def test_a_week_that_is_not_in_to_its_end_is_held_against_nothing(session: Session, totals: Totals) -> None:
    reason = make_reason(session)
    totals.weeks(reason, [50] * 9)
    session.merge(OpenWeekday(weekday=4, is_open=True))
    session.flush()
    found = figures.of_week(session, WEEK, TODAY)
    assert found is not None
    assert found.missing_from == date(2026, 11, 13)
    assert (found.usual, found.movers) == (None, ())
    session.add(ClosedDay(day=date(2026, 11, 13), name="Stocktaking"))
    session.flush()
    found = figures.of_week(session, WEEK, TODAY)
    assert found is not None
    assert found.missing_from is None
    assert found.usual is not None


def test_a_merged_reason_counts_for_the_one_that_it_went_into(session: Session, totals: Totals) -> None:
    kept = make_reason(session)
    gone = make_reason(session, merged_into_id=kept.id)
    totals.put(WEEK.start, kept, 30)
    totals.put(WEEK.start, gone, 12)
    found = figures.of_week(session, WEEK, TODAY)
    assert found is not None
    assert [(reason.id, reason.contacts) for reason in found.reasons] == [(kept.id, 42)]


def test_figures_are_those_of_the_week_that_is_asked_for(session: Session, totals: Totals) -> None:
    totals.weeks(make_reason(session), [10, 20, 30])
    found = figures.of_week(session, week_named("2026-W45"), TODAY)
    assert found is not None
    assert (found.week, found.contacts) == (Period(date(2026, 11, 2), date(2026, 11, 9)), 20)


def test_a_week_that_is_missing_does_not_widen_what_is_routine(session: Session, totals: Totals) -> None:
    reason = make_reason(session, "Late")
    totals.weeks(reason, [70] * 8)
    totals.put(WEEK.start - timedelta(days=7 * 10), reason, 70)
    totals.put(WEEK.start, reason, 84)
    # W36 and W39 to W45 hold 70 each, W37 and W38 nothing: eight weeks before, all alike.
    found = figures.of_week(session, WEEK, TODAY)
    assert found is not None
    assert found.usual is not None
    assert (found.usual.mean, found.usual.low, found.usual.high, found.usual.weeks) == (70, 70, 70, 8)
    assert [mover.direction for mover in found.movers] == ["up"]


def test_a_call_of_today_does_not_hide_that_last_week_is_not_in_to_its_end(session: Session, totals: Totals) -> None:
    reason = make_reason(session)
    totals.weeks(reason, [50] * 9)
    session.merge(OpenWeekday(weekday=4, is_open=True))
    totals.put(TODAY, reason, 1)
    found = figures.of_week(session, WEEK, TODAY)
    assert found is not None
    assert found.missing_from == date(2026, 11, 13)
