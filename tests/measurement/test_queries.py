"""What the method is given from the daily totals, and what comes out, worked out by hand."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.initiatives import queries as initiatives
from app.initiatives.tables import Initiative
from app.measurement import queries
from app.measurement.queries import Measured
from app.values.money import Money
from app.values.periods import Period
from tests.builders import make_reason
from tests.initiative_builders import every_day, make_initiative, make_projection, make_rate, make_totals

GO_LIVE = date(2026, 8, 3)
TODAY = date(2026, 9, 14)  # six weeks after go-live
DAYS = 42
YEAR_BEFORE = date(2025, 8, 4)


def measure(session: Session, *rows: Initiative, today: date = TODAY) -> dict[int, Measured]:
    known = [initiatives.initiative(session, row.id) for row in rows]
    return queries.measured(session, known, today)


def make_live(session: Session, *reasons: Any, **fields: Any) -> Initiative:
    row = make_initiative(session, reasons=reasons, **{"stage": "live", "go_live_on": GO_LIVE, **fields})
    make_projection(session, row, frozen_at=row.made_at)
    return row


def make_both_years(session: Session, reason_id: int, then: int, now: int, **fields: Any) -> None:
    make_totals(session, reason_id, every_day(YEAR_BEFORE, DAYS, then) | every_day(GO_LIVE, DAYS, now), **fields)


def test_an_initiative_is_measured_on_its_reasons_and_all_below_them(session: Session) -> None:
    parent = make_reason(session, "Returns")
    child, other = make_reason(session, "Label", parent=parent), make_reason(session, "Bills")
    merged = make_reason(session, "Labels", merged_into_id=child.id)
    make_rate(session)
    make_both_years(session, child.id, 60, 40)
    make_both_years(session, merged.id, 40, 30)
    make_both_years(session, other.id, 100, 110)
    row = make_live(session, parent)
    found = measure(session, row)[row.id]
    # 100 a day then, 70 now, the rest rose by a tenth: 110 - 70 = 40 a day
    assert found.since == Period(GO_LIVE, TODAY)
    assert found.figures.ratio == Fraction(11, 10)
    assert (found.avoided, found.saving) == (40 * DAYS, Money(40 * DAYS * 600, "USD"))
    assert (found.contacts_year, found.saving_year) == (40 * 365, Money(40 * 365 * 600, "USD"))


def test_abandoned_contacts_count_outbound_and_untagged_ones_do_not(session: Session) -> None:
    reason, other = make_reason(session), make_reason(session)
    make_both_years(session, reason.id, 10, 5, abandoned=2, outbound=7)
    make_both_years(session, other.id, 20, 20, outbound=7)
    make_both_years(session, 0, 100, 900)
    row = make_live(session, reason)
    found = measure(session, row)[row.id].figures
    assert found.whole is not None
    assert (found.before, found.whole.observed) == (12 * DAYS, 7 * DAYS)
    assert found.ratio == 1


def test_only_the_channels_in_scope_are_looked_at_also_for_the_others(session: Session) -> None:
    reason, other = make_reason(session), make_reason(session)
    make_both_years(session, reason.id, 10, 6)
    make_both_years(session, other.id, 50, 50)
    make_both_years(session, reason.id, 10, 90, channel="email")
    make_both_years(session, other.id, 50, 500, channel="email")
    row = make_live(session, reason, channels=("phone",))
    found = measure(session, row)[row.id]
    assert found.figures.ratio == 1
    assert found.avoided == 4 * DAYS


def test_a_day_with_only_untagged_contacts_is_there_and_one_with_none_is_missing(session: Session) -> None:
    reason, other = make_reason(session), make_reason(session)
    make_totals(session, reason.id, every_day(YEAR_BEFORE, 3, 10) | {GO_LIVE: 4})
    make_totals(session, other.id, every_day(YEAR_BEFORE, 3, 10) | {GO_LIVE: 10, date(2026, 8, 5): 10})
    make_totals(session, 0, {date(2026, 8, 4): 1})
    row = make_live(session, reason)
    found = measure(session, row, today=date(2026, 8, 7))[row.id].figures
    assert [pair.observed for pair in found.pairs] == [4, 0, 0]
    assert found.days_dropped == 0
    assert found.others_now == 20


def test_days_before_go_live_are_kept_beside_it_for_the_picture(session: Session) -> None:
    reason = make_reason(session)
    make_totals(session, reason.id, {date(2026, 8, 1): 9, GO_LIVE: 4})
    row = make_live(session, reason)
    earlier = measure(session, row)[row.id].earlier
    assert len(earlier) == 91
    assert (earlier[date(2026, 8, 1)], earlier[date(2026, 8, 2)]) == (9, None)


@pytest.mark.parametrize(
    ("fields", "is_measured"),
    [
        ({"stage": "live"}, True),
        ({"stage": "closed"}, True),
        ({"stage": "progress"}, False),
        ({"stage": "dropped"}, False),
        ({"go_live_on": None}, False),
        ({"go_live_on": TODAY}, False),
    ],
)
def test_only_what_went_live_before_the_last_contacts_is_measured(
    session: Session, fields: dict[str, Any], is_measured: bool
) -> None:
    reason = make_reason(session)
    make_both_years(session, reason.id, 10, 6)
    row = make_live(session, reason, **fields)
    assert (row.id in measure(session, row)) is is_measured


def test_today_is_not_over_and_does_not_count(session: Session) -> None:
    reason = make_reason(session)
    make_both_years(session, reason.id, 10, 6)
    make_totals(session, reason.id, {TODAY: 1})
    row = make_live(session, reason)
    assert measure(session, row)[row.id].since.end == TODAY


def test_two_initiatives_are_measured_each_from_its_own_go_live(session: Session) -> None:
    one, two, other = make_reason(session), make_reason(session), make_reason(session)
    make_both_years(session, one.id, 10, 6)
    make_both_years(session, two.id, 20, 15)
    make_both_years(session, other.id, 100, 100)
    first = make_live(session, one)
    second = make_live(session, two, go_live_on=date(2026, 9, 7))
    found = measure(session, first, second)
    # Others of the first: 100 + 20, then 100 + 15. 10 x 115 / 120 - 6 a day.
    assert found[first.id].figures.ratio == Fraction(115, 120)
    assert found[second.id].since == Period(date(2026, 9, 7), TODAY)
    assert found[second.id].figures.days_used == 7


def test_minutes_are_priced_at_the_reasons_own_handle_time(session: Session) -> None:
    reason, other = make_reason(session), make_reason(session)
    make_rate(session, basis="minute", amount_minor=90)
    make_both_years(session, reason.id, 10, 6, handle_seconds=120)
    make_both_years(session, other.id, 100, 100, handle_seconds=900)
    row = make_live(session, reason)
    # four a day, two minutes each, at 0.90
    assert measure(session, row)[row.id].saving == Money(4 * DAYS * 2 * 90, "USD")


def test_each_of_several_has_the_handle_time_of_its_own_year(session: Session) -> None:
    one, two, other = make_reason(session), make_reason(session), make_reason(session)
    make_rate(session, basis="minute", amount_minor=88)
    make_totals(session, one.id, every_day(YEAR_BEFORE, DAYS, 10), handle_seconds=240)
    make_totals(session, one.id, every_day(GO_LIVE, DAYS, 6), handle_seconds=120)
    make_totals(session, two.id, every_day(YEAR_BEFORE, DAYS, 20), handle_seconds=600)
    make_totals(session, two.id, every_day(GO_LIVE, DAYS, 15), handle_seconds=300)
    make_both_years(session, other.id, 100, 100)
    early, late = make_live(session, one), make_live(session, two, go_live_on=date(2026, 9, 7))
    found = measure(session, early, late)
    first, second = found[early.id].figures.whole, found[late.id].figures.whole
    assert first is not None
    assert second is not None
    # 420 contacts of four minutes and 252 of two: 3.25 minutes each, at 0.88
    assert first.saving_minor == first.avoided * Fraction(13, 4) * 88
    # Its year begins five weeks later: 140 contacts of ten minutes and 630 of five, 65 / 11 minutes each
    assert second.saving_minor == second.avoided * Fraction(65, 11) * 88
    assert first.avoided > second.avoided > 0


def test_without_contacts_nothing_is_measured(session: Session) -> None:
    row = make_live(session, make_reason(session))
    assert measure(session, row) == {}


def test_initiatives_that_count_the_same_contacts_know_of_each_other(session: Session) -> None:
    parent = make_reason(session)
    child, other = make_reason(session, parent=parent), make_reason(session)
    above, below = make_live(session, parent), make_live(session, child)
    by_mail, by_phone = (make_live(session, other, channels=(channel,)) for channel in ("email", "phone"))
    make_initiative(session, reasons=(child,), stage="approved")
    known = initiatives.initiatives(session)
    found = queries.overlaps(session, known)
    assert {one: [other.id for other in others] for one, others in found.items()} == {
        above.id: [below.id],
        below.id: [above.id],
    }
    assert by_mail.id not in found
    assert by_phone.id not in found
