"""Periods: which are usable, how days add up to weeks and months, and what an excluded day does."""

from datetime import date, timedelta

import pytest

from app.measurement.counterfactual import estimate
from app.measurement.design import Design
from app.measurement.series import DAY, MONTH, WEEK, Figures, Frame, Series, end_of, masked, summed
from app.values.errors import Refused
from app.values.periods import Period

MONDAY = date(2024, 1, 1)


def make_days(figures: Figures, first: date = MONDAY, **fields: Figures) -> Series:
    starts = tuple(first + timedelta(days=number) for number in range(len(figures)))
    return Series(DAY, starts, {"phone": figures}, **fields)  # type: ignore[arg-type]


def test_a_period_is_usable_when_every_channel_the_driver_and_the_control_are_known() -> None:
    channels = {"phone": [1.0, None, 1.0, 1.0, 0.0], "email": [1.0, 1.0, None, 1.0, 0.0]}
    starts = tuple(MONDAY + timedelta(days=number) for number in range(5))
    series = Series(DAY, starts, channels, driver=[9.0, 9.0, 9.0, None, 9.0], control=[3.0] * 5)
    assert series.usable() == [True, False, False, False, True]
    assert series.total() == [2.0, None, None, 2.0, 0.0]


def test_a_day_that_another_reason_lacks_is_still_usable() -> None:
    starts = (MONDAY, MONDAY + timedelta(days=1))
    series = Series(DAY, starts, {"phone": [1.0, 2.0]}, others={"other": [None, 5.0]})
    assert series.usable() == [True, True]


def test_weeks_are_counted_from_go_live_in_both_directions() -> None:
    # Twenty days from Monday the 1st; go-live on Thursday the 11th: weeks from the 4th, the 11th; three days are left
    # over at the beginning and three at the end.
    series = summed(make_days([float(number) for number in range(1, 21)]), WEEK, date(2024, 1, 11))
    assert series.starts == (date(2024, 1, 4), date(2024, 1, 11))
    assert series.channels["phone"] == [4 + 5 + 6 + 7 + 8 + 9 + 10, 11 + 12 + 13 + 14 + 15 + 16 + 17]


@pytest.mark.parametrize("go_live", [date(2023, 12, 30), date(2024, 1, 6), date(2024, 2, 3)])
def test_weeks_keep_their_weekday_when_go_live_lies_outside_the_days(go_live: date) -> None:
    series = summed(make_days([1.0] * 20), WEEK, go_live)
    assert series.starts == (date(2024, 1, 6), date(2024, 1, 13))


def test_a_day_without_a_figure_makes_its_week_missing_and_a_zero_does_not() -> None:
    days: list[float | None] = [1.0] * 21
    days[3], days[10] = None, 0.0
    series = summed(make_days(days), WEEK, MONDAY)
    assert series.channels["phone"] == [None, 6.0, 7.0]
    assert series.usable() == [False, True, True]


def test_driver_control_and_other_reasons_are_added_up_alike() -> None:
    days = [1.0] * 7
    with_gap: list[float | None] = [2.0] * 6 + [None]
    starts = make_days(days).starts
    series = Series(DAY, starts, {"phone": days}, driver=[10.0] * 7, control=with_gap, others={"other": with_gap})
    week = summed(series, WEEK, MONDAY)
    assert (week.driver, week.control, week.others) == ([70.0], [None], {"other": [None]})


def test_months_are_whole_calendar_months_whatever_their_length() -> None:
    series = summed(make_days([1.0] * 80, first=date(2024, 1, 15)), MONTH, date(2024, 2, 20))
    # Half of January is no month; April's first three days are none either.
    assert series.starts == (date(2024, 2, 1), date(2024, 3, 1))
    assert series.channels["phone"] == [29, 31]


def test_days_that_fill_no_period_are_refused() -> None:
    with pytest.raises(Refused, match="do not fill a single week"):
        summed(make_days([1.0] * 6), WEEK, MONDAY)
    with pytest.raises(Refused, match="by week; they can be measured by week only"):
        summed(summed(make_days([1.0] * 14), WEEK, MONDAY), MONTH, MONDAY)


def test_a_month_that_go_live_splits_is_in_neither_part() -> None:
    starts = tuple(date(2021 + number // 12, number % 12 + 1, 1) for number in range(40))
    series = Series(MONTH, starts, {"phone": [300.0] * 40})
    found = estimate(series, Frame(date(2024, 1, 15), series.end))
    assert found.baseline_starts[-1] == date(2023, 12, 1)
    assert found.starts == (date(2024, 2, 1), date(2024, 3, 1), date(2024, 4, 1))


def test_a_week_of_a_weekly_file_that_go_live_splits_is_in_neither_part() -> None:
    starts = tuple(MONDAY + timedelta(weeks=number) for number in range(60))
    series = Series(WEEK, starts, {"phone": [300.0] * 60})
    found = estimate(series, Frame(starts[50] + timedelta(days=2), series.end))
    assert found.baseline_starts[-1] == starts[49]
    assert found.starts == starts[51:]


def test_days_from_the_announcement_to_go_live_are_in_neither_part() -> None:
    series = make_days([20.0] * 400)
    frame = Frame(MONDAY + timedelta(days=370), series.end, announced_on=MONDAY + timedelta(days=350))
    found = estimate(series, frame)
    assert found.baseline_starts[-1] == MONDAY + timedelta(days=349)
    assert found.starts[0] == MONDAY + timedelta(days=370)


def test_excluded_days_are_missing_on_both_sides_and_only_they() -> None:
    series = make_days([float(number) for number in range(10)])
    out = (Period(date(2024, 1, 2), date(2024, 1, 4)), Period(date(2024, 1, 9), date(2024, 1, 10)))
    clean = masked(series, Frame(date(2024, 1, 6), series.end, excluded=out))
    assert clean.channels["phone"] == [0.0, None, None, 3.0, 4.0, 5.0, 6.0, 7.0, None, 9.0]
    assert masked(series, Frame(date(2024, 1, 6), series.end)) is series


def test_a_week_that_an_excluded_day_touches_is_left_out() -> None:
    week = summed(make_days([1.0] * 28), WEEK, MONDAY)
    out = (Period(date(2024, 1, 14), date(2024, 1, 15)),)
    clean = masked(week, Frame(date(2024, 1, 22), week.end, excluded=out))
    assert clean.channels["phone"] == [7, None, 7, 7]


@pytest.mark.parametrize(
    ("grain", "start", "end"),
    [
        (DAY, date(2024, 2, 29), date(2024, 3, 1)),
        (WEEK, date(2024, 2, 26), date(2024, 3, 4)),
        (MONTH, date(2023, 12, 1), date(2024, 1, 1)),
    ],
)
def test_a_period_ends_where_the_next_one_begins(grain: str, start: date, end: date) -> None:
    assert end_of(grain, start) == end


@pytest.mark.parametrize(
    ("grain", "periods", "told", "expected"),
    [
        (DAY, 900, None, 730),
        (DAY, 900, 400, 400),
        (DAY, 900, 880, 730),
        (WEEK, 150, None, 104),
        (WEEK, 150, 60, 60),
        (WEEK, 150, 140, 104),
        (MONTH, 80, None, 36),
        (MONTH, 80, 50, 50),
        (MONTH, 80, 70, 60),
    ],
)
def test_a_baseline_is_as_long_as_its_method_allows_and_no_longer(
    grain: str, periods: int, told: int | None, expected: int
) -> None:
    starts = [date(2015, 1, 1)]
    while len(starts) < periods:
        starts.append(end_of(grain, starts[-1]))
    series = Series(grain, tuple(starts), {"phone": [300.0] * periods})
    live = periods - 3
    frame = Frame(starts[live], series.end, start=None if told is None else starts[live - told])
    assert len(estimate(series, frame).baseline_starts) == expected


def test_days_older_than_a_year_fade_by_half_every_90_days() -> None:
    series = make_days([20.0] * 740)
    design = Design.of(series, Frame(MONDAY + timedelta(days=730), series.end))
    age = {(design.span.end - start).days: weight for start, weight in zip(series.starts, design.weights, strict=False)}
    assert (age[1], age[365], age[455], age[545]) == (1.0, 1.0, 0.5, 0.25)
    assert age[730] == pytest.approx(0.5 ** (365 / 90))
