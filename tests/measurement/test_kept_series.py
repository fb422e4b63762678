from datetime import date

from sqlalchemy.orm import Session

from app.measurement.kept_series import by_weeks, earlier, grains, spells
from app.measurement.plans import Boundary, PlanTerms
from app.values.periods import Period
from tests.builders import make_reason
from tests.calculation_builders import GO_LIVE, make_figures
from tests.initiative_builders import every_day, make_totals


def test_days_add_up_to_weeks_and_months_and_to_the_report() -> None:
    figures = make_figures()
    for every, count in (("day", 62), ("week", 9), ("month", 2)):
        found = spells(figures, every)
        assert len(found) == count
        assert round(sum(one.observed or 0 for one in found), 6) == 4340
        assert round(sum(one.low or 0 for one in found), 6) == 5580  # 90 % of 6,200
        assert round(sum(one.avoided or 0 for one in found), 6) == 1860


def test_a_week_counts_from_go_live_and_the_last_one_ends_with_the_report() -> None:
    found = spells(make_figures(10), "week")
    assert [one.period for one in found] == [
        Period(GO_LIVE, date(2026, 7, 8)),
        Period(date(2026, 7, 8), date(2026, 7, 11)),
    ]


def test_a_missing_day_counts_on_neither_side() -> None:
    figures = make_figures(7)
    figures["series"]["observed"][2] = figures["series"]["expected"][2] = None
    assert spells(figures, "day")[2].expected is None
    week = spells(figures, "week")[0]
    assert (week.observed, week.expected) == (420, 600)


def test_weeks_are_shown_as_they_were_measured() -> None:
    figures = make_figures(14, every="week")
    figures["series"] = {"starts": ["2026-07-01", "2026-07-08"], "observed": [1, 2], "expected": [3, 4]}
    assert grains(figures) == ("week",)
    assert [one.period.days for one in spells(figures, "week")] == [7, 7]


def test_what_came_before_go_live_is_counted_today(session: Session) -> None:
    reason = make_reason(session)
    make_totals(session, reason.id, every_day(date(2026, 6, 24), 5, 100))
    make_totals(session, reason.id, every_day(date(2026, 6, 24), 5, 10), channel="email")
    terms = PlanTerms(Boundary(frozenset({reason.id}), channels=frozenset({"phone"})), GO_LIVE)
    found = earlier(session, terms, make_figures())
    assert len(found) == 91
    assert (found[date(2026, 6, 24)], found[date(2026, 6, 30)]) == (100, None)
    assert by_weeks(found)[date(2026, 6, 24)] == 500
    assert by_weeks(found)[date(2026, 6, 17)] is None


def test_several_initiatives_together_have_no_time_before(session: Session) -> None:
    terms = PlanTerms(Boundary(frozenset({make_reason(session).id})), GO_LIVE)
    assert earlier(session, terms, make_figures(share=0.4)) == {}
