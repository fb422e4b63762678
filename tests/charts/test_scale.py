import math

import pytest

from app.charts.scale import Scale, axis, ticks


def test_a_scale_is_a_straight_line_and_may_run_upwards() -> None:
    up = Scale(low=0, high=200, start=300, end=100)
    assert [up(0), up(50), up(200)] == [300, 250, 100]


@pytest.mark.parametrize(
    ("high", "expected"),
    [
        (1_121, [0, 200, 400, 600, 800, 1_000]),
        (62_400_000, [0, 20_000_000, 40_000_000, 60_000_000]),
        (3.1, [0, 1, 2, 3]),
        (0.4, [0]),
    ],
)
def test_ticks_are_round_and_whole(high: float, expected: list[int]) -> None:
    assert ticks(0, high) == expected


def test_every_axis_has_a_handful_of_ticks_with_zero_among_them() -> None:
    for exponent in range(1, 9):
        for tenth in range(10, 100):
            found = ticks(0, tenth * 10.0 ** (exponent - 1))
            assert found[0] == 0
            assert 3 <= len(found) - 1 <= 6, (exponent, tenth)


def test_an_axis_holds_zero_and_every_value() -> None:
    held = axis([None, 300, -100], str)
    assert held.low < -100
    assert held.high > 300
    assert (0, "0") in held.ticks


def test_an_axis_of_nothing_marks_zero_alone() -> None:
    assert axis([None], str).ticks == ((0, "0"),)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_figure_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="must be a finite number"):
        axis([1, value], str)
