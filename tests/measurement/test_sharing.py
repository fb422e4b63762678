"""One total shared among initiatives on the same reasons."""

from datetime import timedelta
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.measurement.counterfactual import estimate
from app.measurement.series import DAY, Frame, Series
from app.measurement.sharing import Sharer, check_agreed, share
from app.values.errors import Refused
from tests.measurement.generators import DAYS, FIRST_DAY, overlap

FIRST, SECOND = 1, 2


def test_two_steps_without_noise_are_shared_as_they_were_made() -> None:
    # 100 a day expected; the first takes a fifth from day 0 on, the second a further half from day 56 on
    expected = [100.0] * 112
    observed = [80.0] * 56 + [40.0] * 56
    sharers = {FIRST: Sharer([1.0] * 112, 1), SECOND: Sharer([0.0] * 56 + [1.0] * 56, 1)}
    found = share(observed, expected, sharers)
    assert found.is_measured
    # ln(1 / .8) = .2231 and ln(1 / .5) = .6931: of the 60 a day that are missing at the end the first has .2435
    assert sum(found.avoided[FIRST]) == pytest.approx(56 * 20 + 56 * 60 * 0.24353, rel=1e-3)
    assert sum(found.avoided[SECOND]) == pytest.approx(56 * 60 * 0.75647, rel=1e-3)
    assert sum(map(sum, found.avoided.values())) == pytest.approx(56 * 20 + 56 * 60)


def test_go_lives_less_than_four_weeks_apart_are_shared_as_agreed() -> None:
    sharers = {FIRST: Sharer([1.0] * 90, 30), SECOND: Sharer([0.0] * 27 + [1.0] * 63, 10)}
    found = share([50.0] * 90, [100.0] * 90, sharers)
    assert found.why_agreed == "they went live less than 28 days apart"
    # alone for 27 days, then three quarters and one quarter
    assert sum(found.avoided[FIRST]) == pytest.approx(50 * (27 + 63 * 0.75))
    assert sum(found.avoided[SECOND]) == pytest.approx(50 * 63 * 0.25)


def test_an_effect_in_the_other_direction_is_not_measured_but_agreed() -> None:
    sharers = {FIRST: Sharer([1.0] * 112, 1), SECOND: Sharer([0.0] * 56 + [1.0] * 56, 1)}
    found = share([60.0] * 56 + [80.0] * 56, [100.0] * 112, sharers)
    assert not found.is_measured
    assert "other direction" in found.why_agreed


def test_covers_that_move_alike_are_not_told_apart() -> None:
    rising = [min(1.0, day / 84) for day in range(112)]
    sharers = {FIRST: Sharer([1.0] * 28 + rising[28:], 1), SECOND: Sharer([0.0] * 28 + rising[28:], 1)}
    late = {FIRST: Sharer(rising, 1), SECOND: Sharer([0.0] * 29 + rising[29:], 1)}
    assert share([50.0] * 112, [100.0] * 112, late).why_agreed == "they cover the same reasons at nearly the same time"
    assert share([50.0] * 112, [100.0] * 112, sharers).avoided.keys() == {FIRST, SECOND}


@given(
    st.lists(st.tuples(st.floats(0, 1e5), st.floats(0.1, 1e5)), min_size=1, max_size=60),
    st.lists(st.floats(0.01, 1), min_size=2, max_size=4),
)
def test_parts_add_up_to_what_was_avoided_on_every_day(days: list[tuple[float, float]], covers: list[float]) -> None:
    observed, expected = [list(side) for side in zip(*days, strict=True)]
    sharers = {number: Sharer([cover] * len(days), 1 + number) for number, cover in enumerate(covers)}
    found = share(observed, expected, sharers)
    for day, (came, should) in enumerate(days):
        assert sum(parts[day] for parts in found.avoided.values()) == pytest.approx(should - came, abs=1e-6)


def test_the_order_of_the_initiatives_changes_nothing() -> None:
    observed, expected = [80.0] * 56 + [40.0] * 56, [100.0] * 112
    first, second = Sharer([1.0] * 112, 1), Sharer([0.0] * 56 + [1.0] * 56, 1)
    one = share(observed, expected, {FIRST: first, SECOND: second})
    other = share(observed, expected, {SECOND: second, FIRST: first})
    assert sum(one.avoided[FIRST]) == pytest.approx(sum(other.avoided[FIRST]))


def test_agreed_shares_of_more_than_the_whole_are_refused() -> None:
    check_agreed({FIRST: 6000, SECOND: 4000})
    with pytest.raises(Refused, match=r"The shares come to 100\.01 %"):
        check_agreed({FIRST: 6000, SECOND: 4001})


@pytest.mark.slow
def test_overlapping_initiatives_get_what_each_of_them_took() -> None:
    # sixty runs: -15 % from day 500 and -10 % from day 610; true 14,920 and 4,460; expected 15,258 and 4,252
    first, second, alone = [], [], []
    for seed in range(60):
        made = overlap(seed)
        starts = tuple(FIRST_DAY + timedelta(days=number) for number in range(DAYS))
        end = FIRST_DAY + timedelta(days=DAYS)
        series = Series(DAY, starts, {"phone": made.contacts.tolist()}, driver=made.orders.tolist())
        found = estimate(series, Frame(starts[500], end, method="1")).channels["phone"]
        days = len(found.observed)
        sharers = {FIRST: Sharer([1.0] * days, 1), SECOND: Sharer([0.0] * 110 + [1.0] * (days - 110), 1)}
        shared = share(found.observed, found.expected, sharers)
        assert shared.is_measured
        parts = [sum(shared.avoided[one]) for one in (FIRST, SECOND)]
        assert sum(parts) == pytest.approx(found.sums.expected - found.sums.observed)
        first.append(parts[0])
        second.append(parts[1])
        wrong = estimate(series, Frame(starts[610], end, method="1")).channels["phone"].sums
        alone.append(wrong.expected - wrong.observed)
    total = mean(first) + mean(second)
    assert mean(first) == pytest.approx(15_258, abs=0.05 * total)
    assert mean(second) == pytest.approx(4_252, abs=0.05 * total)
    # what a baseline of its own, with the first effect already in it, would let the second one claim
    assert mean(alone) == pytest.approx(7_647, abs=0.05 * total)
