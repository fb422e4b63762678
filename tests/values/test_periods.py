"""Ranges of days are half-open; weeks are those of ISO 8601."""

from datetime import date

import pytest

from app.values.errors import Refused
from app.values.periods import Period, first_whole_week, month_of, next_month, week_name, week_named, week_of


def test_the_end_is_not_part_of_a_period() -> None:
    january = Period(date(2026, 1, 1), date(2026, 2, 1))
    assert january.days == 31
    assert date(2026, 1, 31) in january
    assert date(2026, 2, 1) not in january
    assert january.last_day == date(2026, 1, 31)
    assert len(list(january)) == 31


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(Refused, match="Choose a later end"):
        Period(date(2026, 2, 1), date(2026, 2, 1))


def test_the_period_before_is_as_long_and_touches() -> None:
    assert Period(date(2026, 3, 10), date(2026, 3, 17)).before() == Period(date(2026, 3, 3), date(2026, 3, 10))


def test_months_are_cut_at_the_ends_of_the_period() -> None:
    months = Period(date(2025, 12, 30), date(2026, 2, 2)).months()
    assert [(month.start, month.end) for month in months] == [
        (date(2025, 12, 30), date(2026, 1, 1)),
        (date(2026, 1, 1), date(2026, 2, 1)),
        (date(2026, 2, 1), date(2026, 2, 2)),
    ]


def test_the_month_after_december_is_january() -> None:
    assert next_month(date(2026, 12, 31)) == date(2027, 1, 1)
    assert month_of(date(2024, 2, 29)) == Period(date(2024, 2, 1), date(2024, 3, 1))


def test_the_first_days_of_a_year_may_belong_to_the_last_week_of_the_one_before() -> None:
    assert week_name(date(2027, 1, 1)) == "2026-W53"
    assert week_named("2026-W53") == Period(date(2026, 12, 28), date(2027, 1, 4))
    assert week_of(date(2026, 9, 14)) == week_named("2026-W38")


@pytest.mark.parametrize(("day", "week"), [(14, "2026-W38"), (15, "2026-W39"), (20, "2026-W39"), (21, "2026-W39")])
def test_the_first_whole_week_begins_on_a_monday_that_is_there(day: int, week: str) -> None:
    assert first_whole_week(date(2026, 9, day)) == week_named(week)


@pytest.mark.parametrize("nonsense", ["2026-W54", "2026-37", "W37", "2025-W53", "", "9999999-W01"])
def test_nonsense_is_no_week(nonsense: str) -> None:
    with pytest.raises(Refused, match="is no week"):
        week_named(nonsense)
