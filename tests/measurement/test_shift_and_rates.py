"""Calls that turn into e-mails, rates that change and two initiatives on one reason: money on made-up contacts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from statistics import mean

import pytest

from app.measurement.counterfactual import estimate
from app.measurement.interval import Range, range_of
from app.measurement.series import DAY, Frame, Series
from tests.measurement.generators import DAYS, FIRST_DAY, GO_LIVE, Made, Shifted, known, make, shift

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
COST = {"phone": 6.0, "email": 4.0}
RUNS = 60


@dataclass(frozen=True)
class Shares:
    """One shifted run: what was estimated of each channel and of the money, and what is true."""

    made: Shifted
    phone: Range
    email: Range
    both: Range
    money: Range

    @property
    def true_money(self) -> float:
        return self.made.left_phone * COST["phone"] - self.made.became_email * COST["email"]


def measured(made: Shifted, method: str) -> Shares:
    whole: Made = make(0)
    channels = {"phone": known(made.phone), "email": known(made.email)}
    frame = Frame(whole.go_live_on, whole.end, method=method)

    def one(*names: str) -> Series:
        return Series(DAY, whole.starts, {name: channels[name] for name in names}, driver=made.orders.tolist())

    found = estimate(one("phone", "email"), frame)
    return Shares(
        made,
        range_of(estimate(one("phone"), frame), 0.9),
        range_of(estimate(one("email"), frame), 0.9),
        range_of(found, 0.9),
        range_of(found, 0.9, COST),
    )


@pytest.fixture(scope="module", params=["1", "2"])
def runs(request: pytest.FixtureRequest) -> list[Shares]:
    return [measured(shift(seed), request.param) for seed in range(RUNS)]


def mean_of(runs: list[Shares], figure: Callable[[Shares], float]) -> float:
    return mean(figure(one) for one in runs)


def test_calls_that_turn_into_emails_are_only_worth_the_difference(runs: list[Shares]) -> None:
    true = mean_of(runs, lambda one: one.true_money)
    assert true == pytest.approx(24_821, abs=1)
    assert mean_of(runs, lambda one: one.money.avoided) == pytest.approx(true, rel=0.05)
    assert mean_of(runs, lambda one: one.money.avoided) == pytest.approx(25_105, rel=0.05)
    assert mean_of(runs, lambda one: one.phone.avoided * COST["phone"]) == pytest.approx(44_672, rel=0.05)


def test_a_channel_that_gained_contacts_counts_against_the_one_that_lost_them(runs: list[Shares]) -> None:
    phone, email = mean_of(runs, lambda one: one.phone.avoided), mean_of(runs, lambda one: one.email.avoided)
    assert phone == pytest.approx(7_445, rel=0.05)
    assert email == pytest.approx(-4_963, rel=0.05)
    # 7,445 and -4,963 are 2,482; each figure was rounded by itself.
    assert mean_of(runs, lambda one: one.both.avoided) == pytest.approx(2_483, abs=0.05 * 7_445)


def test_the_estimate_of_both_channels_is_the_sum_and_the_range_is_not(runs: list[Shares]) -> None:
    for one in runs:
        assert one.both.avoided == pytest.approx(one.phone.avoided + one.email.avoided)
        assert one.money.avoided == pytest.approx(6 * one.phone.avoided + 4 * one.email.avoided)
        assert one.both.low != pytest.approx(one.phone.low + one.email.low, abs=1)


def test_a_rate_that_rises_half_way_is_told_apart_from_the_contacts_to_the_cent() -> None:
    made = make(3)
    found = estimate(made.series(), made.frame("1"))
    phone = found.channels["phone"]
    since = date(2024, 11, 15)
    days = [
        (start, Decimal(expected - observed))
        for start, expected, observed in zip(found.starts, phone.expected, phone.observed, strict=True)
    ]
    plan, raised = Decimal(6), Decimal("6.6")
    gross = sum((avoided * (raised if start >= since else plan) for start, avoided in days), Decimal(0))
    volume = sum((avoided * plan for _, avoided in days), Decimal(0))
    rate = sum((avoided * (raised - plan) for start, avoided in days if start >= since), Decimal(0))
    cents = [figure.quantize(Decimal("0.01"), ROUND_HALF_UP) for figure in (gross, volume, rate)]
    assert cents == [Decimal("36991.65"), Decimal("34990.66"), Decimal("2001.00")]
    assert abs(gross - volume - rate) < Decimal("1e-12")
    assert (found.starts[0] - FIRST_DAY).days == GO_LIVE
    assert len(found.starts) == DAYS - GO_LIVE
