"""Ranges: Student's t against a printed table, and every sum of an interval by hand on figures that are easy to add."""

from datetime import date, timedelta
from math import exp, log, sqrt

import pytest

from app.measurement.estimates import Departure, Estimate, Fitted, Sums, departure_of
from app.measurement.interval import LARGEST_SPREAD, freedom, range_of, t_quantile
from app.values.periods import Period

GO_LIVE = date(2026, 1, 5)

# The printed table of every textbook: degrees of freedom, then the .90, .95, .975 and .995 quantiles.
PRINTED = """
1 3.078 6.314 12.706 63.657
2 1.886 2.920 4.303 9.925
3 1.638 2.353 3.182 5.841
4 1.533 2.132 2.776 4.604
5 1.476 2.015 2.571 4.032
10 1.372 1.812 2.228 3.169
12 1.356 1.782 2.179 3.055
25 1.316 1.708 2.060 2.787
30 1.310 1.697 2.042 2.750
60 1.296 1.671 2.000 2.660
120 1.289 1.658 1.980 2.617
"""
ROWS = [line.split() for line in PRINTED.split("\n") if line]


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]} degrees" for row in ROWS])
def test_students_t_is_the_printed_one(row: list[str]) -> None:
    found = [t_quantile(probability, int(row[0])) for probability in (0.90, 0.95, 0.975, 0.995)]
    assert [f"{figure:.3f}" for figure in found] == row[1:]


def test_students_t_of_one_and_two_degrees_is_the_formula() -> None:
    assert t_quantile(0.75, 1) == pytest.approx(1.0, abs=1e-11)
    # Two degrees: (2 p - 1) / sqrt(2 p (1 - p)).
    assert t_quantile(0.95, 2) == pytest.approx(0.9 / sqrt(2 * 0.95 * 0.05), abs=1e-11)


def make_fitted(observed: float, expected: float, **fields: object) -> Fitted:
    """Days of even figures; two blocks were left out, of which one was expected too high and one too low."""
    plain: dict[str, object] = {
        "observed": (observed,) * 100,
        "expected": (expected,) * 100,
        "baseline_observed": (expected,) * 365,
        "baseline_fitted": (expected,) * 365,
        "blocks": (Sums(109.5, 99.5), Sums(99.5, 109.5)),
        "last": Sums(99.5, 99.5),
        "dispersion": 2.0,
        "correlation": 0.0,
    }
    return Fitted(**plain | fields)  # type: ignore[arg-type]


def make_estimate(*, fades: bool, departure: Departure | None = None, **channels: Fitted) -> Estimate:
    return Estimate(
        grain="day",
        span=Period(GO_LIVE - timedelta(days=365), GO_LIVE),
        span_periods=365,
        closed_periods=0,
        baseline_starts=tuple(GO_LIVE - timedelta(days=number) for number in range(365, 0, -1)),
        starts=tuple(GO_LIVE + timedelta(days=number) for number in range(100)),
        carried_on=channels,
        others={},
        departure=departure or Departure(),
        fades=fades,
    )


def test_method_one_by_hand() -> None:
    found = range_of(make_estimate(fades=False, phone=make_fitted(8, 10)), 0.9)
    # Both blocks are off by ln 1.1; the chance is 2 / 1000; drift .05. 365 days are 13 blocks, so 12 degrees.
    error = sqrt(log(1.1) ** 2 + 2 / 1000 + 0.05**2)
    assert (found.observed, found.expected, found.avoided, found.relative) == (800, 1000, 200, 0.2)
    assert found.error == pytest.approx(error)
    assert found.quantile == pytest.approx(1.782288, abs=1e-6)
    assert found.low == pytest.approx(1000 * exp(-1.782288 * error) - 800, abs=1e-3)
    assert found.high == pytest.approx(1000 * exp(1.782288 * error) - 800, abs=1e-3)
    assert found.minimum_detectable == pytest.approx(1 - exp(-1.782288 * error), abs=1e-6)
    assert found.shortfall == 0


def test_method_two_by_hand() -> None:
    found = range_of(make_estimate(fades=True, phone=make_fitted(8, 10)), 0.9)
    # 100 days: the block error shrinks by (28 / 100) ^ .3 in its square, the drift grows by (100 / 90) ^ .5.
    assert found.error == pytest.approx(sqrt(log(1.1) ** 2 * 0.28**0.3 + 0.05**2 * sqrt(100 / 90)))
    assert found.shortfall == 0


def test_half_of_a_shortfall_before_go_live_comes_off_the_low_end_and_nothing_else() -> None:
    plain = range_of(make_estimate(fades=True, phone=make_fitted(8, 10)), 0.9)
    short = range_of(make_estimate(fades=True, phone=make_fitted(8, 10, last=Sums(79.5, 99.5))), 0.9)
    above = range_of(make_estimate(fades=True, phone=make_fitted(8, 10, last=Sums(119.5, 99.5))), 0.9)
    # 80 of 100 expected: the logarithm of 1.25, halved.
    assert short.shortfall == pytest.approx(log(1.25) / 2)
    assert (short.avoided, short.high) == (plain.avoided, plain.high)
    assert short.low == pytest.approx((plain.low + 800) / sqrt(1.25) - 800)
    assert short.minimum_detectable > plain.minimum_detectable
    assert above == plain


def test_a_shortfall_that_all_other_reasons_shared_is_half_forgiven() -> None:
    departure = Departure(reporting=(0.0,) * 8, last=(log(0.9),) * 8)
    short = make_fitted(8, 10, last=Sums(79.5, 99.5))
    found = range_of(make_estimate(fades=True, departure=departure, phone=short), 0.9)
    assert found.shortfall == pytest.approx((log(1.25) - log(1 / 0.9) / 2) / 2)


def test_half_of_what_eight_untouched_reasons_did_together_is_taken_out() -> None:
    others = [make_fitted(12, 10, last=Sums(1, 1))] * 7 + [make_fitted(30, 10, last=Sums(1, 1))]
    seven, eight = departure_of(others[:7]), departure_of(others)
    assert (seven.is_used, seven.passed_on) == (False, 0.0)
    # The median of eight is that of the seven alike: 1200.5 / 1000.5; the one that trebled does not count.
    assert eight.passed_on == pytest.approx(log(1200.5 / 1000.5) / 2)
    raised = make_estimate(fades=True, departure=eight, phone=make_fitted(8, 10))
    assert range_of(raised, 0.9).expected == pytest.approx(1000 * sqrt(1200.5 / 1000.5))


def test_channels_that_err_together_are_less_certain_than_the_sum_of_their_contacts_and_opposite_ones_more() -> None:
    up, down = (Sums(109.5, 99.5), Sums(99.5, 109.5)), (Sums(99.5, 109.5), Sums(109.5, 99.5))
    together = make_estimate(fades=True, phone=make_fitted(8, 10, blocks=up), email=make_fitted(8, 10, blocks=up))
    against = make_estimate(fades=True, phone=make_fitted(8, 10, blocks=up), email=make_fitted(8, 10, blocks=down))
    alone = range_of(make_estimate(fades=True, phone=make_fitted(8, 10)), 0.9)
    assert range_of(together, 0.9).error == pytest.approx(alone.error, rel=0.01)
    # 209 on both sides: only the drift is left.
    assert range_of(against, 0.9).error == pytest.approx(0.05 * (100 / 90) ** 0.25)


def test_each_contact_has_the_weight_of_its_channel() -> None:
    both = make_estimate(fades=True, phone=make_fitted(8, 10), email=make_fitted(6, 5))
    found = range_of(both, 0.9, {"phone": 6.0, "email": 4.0})
    assert (found.observed, found.expected) == (8 * 600 + 6 * 400, 10 * 600 + 5 * 400)
    assert range_of(both, 0.9, {"phone": 0.0, "email": 1.0}).avoided == -100


def test_a_higher_confidence_is_a_wider_range_around_the_same_estimate() -> None:
    found = [range_of(make_estimate(fades=True, phone=make_fitted(8, 10)), level) for level in (0.8, 0.9, 0.95)]
    assert [one.avoided for one in found] == [200, 200, 200]
    assert found[0].low > found[1].low > found[2].low
    assert found[0].high < found[1].high < found[2].high


def test_even_a_hopeless_range_is_a_number() -> None:
    wild = make_fitted(8, 10, blocks=(Sums(1e9, 1),))
    estimate = make_estimate(fades=True, phone=wild)
    found = range_of(estimate, 0.999)
    assert found.spread == LARGEST_SPREAD
    assert found.low == pytest.approx(-800)
    assert found.minimum_detectable == pytest.approx(1)


@pytest.mark.parametrize(("span", "expected"), [(730, 25), (365, 12), (364, 12), (363, 11), (28, 1), (3, 1)])
def test_degrees_of_freedom_are_the_whole_blocks_less_one(span: int, expected: int) -> None:
    estimate = make_estimate(fades=True, phone=make_fitted(8, 10))
    object.__setattr__(estimate, "span_periods", span)
    assert freedom(estimate) == expected
