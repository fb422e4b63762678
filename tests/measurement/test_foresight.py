"""What effect could be seen with a plan, on contacts that were made up; and when nobody can say."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app.measurement import foresight
from app.measurement.plans import Boundary, PlanTerms
from app.values.errors import Refused
from tests.builders import make_reason
from tests.initiative_builders import every_day, make_totals
from tests.measurement.plan_builders import DAYS, FIRST, GO_LIVE, TODAY, make_place, terms_of


def plan_on(reason_id: int) -> PlanTerms:
    return PlanTerms(Boundary(frozenset({reason_id})), GO_LIVE)


def test_a_steady_reason_lets_a_small_effect_be_seen(session: Session) -> None:
    place = make_place(session)
    seen = foresight.foresee(session, terms_of(place), TODAY)
    assert seen.lacking == ()
    assert not seen.is_rough
    # The trial goes live 90 days before the contacts end; all days before it are its baseline.
    assert (seen.baseline.start, seen.baseline.end) == (FIRST, TODAY - timedelta(days=90))
    assert seen.outcome.reporting.days == 90
    assert (seen.missing, seen.untouched_reasons) == (0, 9)
    # 40 a day times a week's average of 0.869 is 34.7.
    assert seen.contacts_a_period == pytest.approx(34.7, abs=0.3)
    # A drift of 5 % alone, at a t of about 1.7, hides 8 %; the wave of 5 % adds to that.
    assert 0.08 < seen.minimum_detectable < 0.2


def test_a_plan_that_is_live_is_tried_on_the_days_before_it(session: Session) -> None:
    place = make_place(session)
    terms = terms_of(place, go_live_on=date(2026, 7, 1), announced_on=date(2026, 6, 15))
    seen = foresight.foresee(session, terms, TODAY)
    assert seen.outcome.reporting.end == date(2026, 6, 15)
    assert seen.baseline.end == date(2026, 3, 17)


def test_a_baseline_that_will_be_long_enough_by_go_live_is_not_called_too_short(session: Session) -> None:
    target = make_reason(session)
    make_totals(session, target.id, every_day(TODAY - timedelta(days=400), 400, 20))
    terms = plan_on(target.id)
    seen = foresight.foresee(session, terms, TODAY)
    assert seen.is_rough
    assert seen.lacking == ()
    # 400 days are there, and 29 more come until 1 October.
    assert seen.days_by_go_live == 400 + (terms.go_live_on - TODAY).days


def test_a_short_baseline_is_said_with_the_days_that_the_plan_itself_will_have(session: Session) -> None:
    target = make_reason(session)
    make_totals(session, target.id, every_day(TODAY - timedelta(days=200), 200, 20))
    seen = foresight.foresee(session, plan_on(target.id), TODAY)
    (short,) = seen.lacking
    assert short.sentence.startswith(f"By its go-live the baseline has {200 + 29}\u00a0days; 330 are the least.")


def test_a_reason_with_too_few_contacts_and_missing_days_is_said(session: Session) -> None:
    few = make_reason(session)
    days = every_day(FIRST, DAYS, 1)
    make_totals(session, few.id, {day: count for day, count in days.items() if day.day > 6})
    codes = {one.code for one in foresight.foresee(session, plan_on(few.id), TODAY).lacking}
    assert {"few", "missing"} <= codes


def test_days_far_above_the_others_are_shown_to_be_looked_at(session: Session) -> None:
    place = make_place(session)
    make_totals(session, place.target.id, {date(2026, 3, 2): 200}, channel="email")
    seen = foresight.foresee(session, terms_of(place), TODAY)
    assert any("2026-03-02" in one.sentence for one in seen.remarks)


@pytest.mark.parametrize(("grain", "reported"), [("week", 12), ("month", 3)])
def test_weeks_and_months_can_be_tried_too(session: Session, grain: str, reported: int) -> None:
    place = make_place(session)
    seen = foresight.foresee(session, terms_of(place, grain=grain, method="1"), TODAY)
    assert len(seen.outcome.estimate.starts) >= reported - 1
    assert 0 < seen.minimum_detectable < 1


def test_where_nothing_is_counted_it_says_what_to_do(session: Session) -> None:
    reason = make_reason(session)
    with pytest.raises(Refused, match="No contacts are counted yet"):
        foresight.foresee(session, plan_on(reason.id), TODAY)
    make_totals(session, make_reason(session).id, every_day(FIRST, DAYS, 5))
    with pytest.raises(Refused, match="Not one contact with these reasons"):
        foresight.foresee(session, plan_on(reason.id), TODAY)


def test_a_few_days_of_contacts_are_a_sentence_and_no_crash(session: Session) -> None:
    reason = make_reason(session)
    make_totals(session, reason.id, every_day(TODAY - timedelta(days=20), 20, 5))
    with pytest.raises(Refused, match=r"in the days that this plan looks at|nothing to fit"):
        foresight.foresee(session, plan_on(reason.id), TODAY)
