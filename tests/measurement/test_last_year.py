"""The one-sentence method on a series, each figure worked out by hand beside it."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from app.measurement.last_year import compared_with, last_year
from app.measurement.series import DAY, MONTH, WEEK, Figures, Frame, Series

GO_LIVE = date(2025, 3, 3)  # a Monday; 364 days before lies Monday 4 March 2024
YEAR = timedelta(days=364)


def make_days(known: Mapping[date, float], **fields: Mapping[date, float]) -> Series:
    """A series from the first known day to the last; what is not named is missing."""
    first, last = min(known), max(known)
    starts = tuple(first + timedelta(days=number) for number in range((last - first).days + 1))
    columns = {name: [figures.get(day) for day in starts] for name, figures in fields.items()}
    others = {"other": columns.pop("others")} if "others" in columns else {}
    return Series(DAY, starts, {"phone": [known.get(day) for day in starts]}, columns.get("driver"), None, others)


def days(first: date, *figures: float | None) -> dict[date, float]:
    return {first + timedelta(days=number): value for number, value in enumerate(figures) if value is not None}


THEN, NOW = days(GO_LIVE - YEAR, 100, 80, 60, 50), days(GO_LIVE, 70, 60, 50, 40)
FRAME = Frame(GO_LIVE, GO_LIVE + timedelta(days=4))


def test_four_days_by_hand_scaled_by_the_driver() -> None:
    orders = days(GO_LIVE - YEAR, 10, 10, 10, 10) | days(GO_LIVE, 12, 11, 10, 11)
    found = last_year(make_days(THEN | NOW, driver=orders), FRAME)
    assert found is not None
    # 290 contacts a year before; orders 44 over 40; 220 came.
    assert (found.observed, found.ratio, found.periods) == (220, 1.1, 4)
    assert found.expected == pytest.approx(319)
    assert found.avoided == pytest.approx(99)
    assert found.relative == pytest.approx(99 / 319)
    assert found.scaled_by == "driver"


def test_the_scale_is_a_ratio_of_sums_and_not_a_mean_of_ratios() -> None:
    orders = days(GO_LIVE - YEAR, 1, 1, 1, 97) | days(GO_LIVE, 2, 2, 2, 44)
    found = last_year(make_days(THEN | NOW, driver=orders), FRAME)
    assert found is not None
    assert found.expected == pytest.approx(290 * 50 / 100)


def test_without_a_driver_all_other_reasons_are_the_scale_and_without_both_nothing_is() -> None:
    others = days(GO_LIVE - YEAR, 50, 50, 50, 50) | days(GO_LIVE, 40, 40, 40, 40)
    scaled, plain = last_year(make_days(THEN | NOW, others=others), FRAME), last_year(make_days(THEN | NOW), FRAME)
    assert scaled is not None
    assert plain is not None
    assert scaled.expected == pytest.approx(232)
    assert scaled.scaled_by == "others"
    assert (plain.expected, plain.scaled_by) == (290, "")


@pytest.mark.parametrize("missing", [GO_LIVE + timedelta(days=1), GO_LIVE - YEAR + timedelta(days=1)])
def test_where_either_side_is_missing_both_are_dropped(missing: date) -> None:
    known = {day: figure for day, figure in (THEN | NOW).items() if day != missing}
    orders = days(GO_LIVE - YEAR, 10, 99, 10, 10) | days(GO_LIVE, 12, 99, 10, 11)
    found = last_year(make_days(known, driver=orders), FRAME)
    assert found is not None
    # 100 + 60 + 50, orders 33 over 30; the orders of the dropped day are dropped as well.
    assert (found.observed, found.periods) == (160, 3)
    assert found.expected == pytest.approx(231)
    del orders[missing]
    assert last_year(make_days(THEN | NOW, driver=orders), FRAME) == found


def test_a_zero_is_a_figure() -> None:
    found = last_year(make_days(THEN | days(GO_LIVE, 0, 0, 0, 0)), FRAME)
    assert found is not None
    assert (found.observed, found.relative) == (0, 1.0)


def test_go_live_more_than_a_year_ago_compares_with_two_years_before() -> None:
    # Day 364 after go-live has its weekday a year before on go-live itself: too late, so two years it is.
    known = days(GO_LIVE - YEAR, 100) | days(GO_LIVE, 70) | days(GO_LIVE + YEAR, 60)
    frame = Frame(GO_LIVE, GO_LIVE + YEAR + timedelta(days=1))
    found = last_year(make_days(known), frame)
    assert found is not None
    assert (found.observed, found.expected, found.periods) == (130, 200, 2)


@pytest.mark.parametrize(("after", "back"), [(0, 1), (363, 1), (364, 2), (727, 2), (728, 3)])
def test_a_day_is_compared_with_the_last_such_weekday_before_go_live(after: int, back: int) -> None:
    day = GO_LIVE + timedelta(days=after)
    assert compared_with(DAY, day, GO_LIVE) == day - back * YEAR


def test_a_week_has_to_end_before_go_live_to_be_compared_with() -> None:
    week = GO_LIVE + timedelta(days=357)
    assert compared_with(WEEK, week, GO_LIVE) == week - YEAR
    assert compared_with(WEEK, week + timedelta(days=7), GO_LIVE) == week + timedelta(days=7) - 2 * YEAR


def test_a_month_is_compared_with_the_same_month() -> None:
    assert compared_with(MONTH, date(2025, 3, 1), GO_LIVE) == date(2024, 3, 1)
    assert compared_with(MONTH, date(2026, 3, 1), GO_LIVE) == date(2024, 3, 1)
    assert compared_with(MONTH, date(2026, 2, 1), GO_LIVE) == date(2025, 2, 1)


def test_days_after_the_announcement_are_no_last_year() -> None:
    frame = Frame(GO_LIVE, GO_LIVE + YEAR, announced_on=GO_LIVE - timedelta(days=30))
    day = GO_LIVE + timedelta(days=340)
    assert compared_with(DAY, day, frame.baseline_end) == day - 2 * YEAR


def test_nothing_to_compare_with_is_said_by_nothing() -> None:
    assert last_year(make_days(NOW), FRAME) is None
    none: Figures = [None] * 4
    starts = tuple(NOW)
    assert last_year(Series(DAY, starts, {"phone": none}), FRAME) is None


def test_others_that_had_no_contact_a_year_before_scale_nothing() -> None:
    others = days(GO_LIVE - YEAR, 0, 0, 0, 0) | days(GO_LIVE, 40, 40, 40, 40)
    assert last_year(make_days(THEN | NOW, others=others), FRAME) is None
