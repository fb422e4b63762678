"""Made-up contacts with a known effect, a hundred runs each: how far off the method is, and how often it is wrong.

Errors are shares of what would have come without the effect. The expected figures and their tolerances are the method's
published ones; the single runs scatter by some points, so the tolerance is that of the mean.
"""

from collections.abc import Callable, Sequence
from statistics import mean
from typing import Any, NamedTuple

import numpy as np
import pytest

from app.measurement.outcome import measure
from app.measurement.series import WEEK, summed
from app.measurement.verdict import INSUFFICIENT, NOISE
from app.values.periods import Period
from tests.measurement.generators import Made, Recipe, make

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
RUNS = 100
METHODS = ("1", "2")
both_methods = pytest.mark.parametrize("method", METHODS)


class Run(NamedTuple):
    """What one run was measured as."""

    error: float
    low: float
    high: float
    taken: float
    minimum_detectable: float
    state: str

    @property
    def is_covered(self) -> bool:
        return self.low <= self.taken <= self.high


Tampering = Callable[[Made], tuple[Made, dict[str, Any]]]


def nothing(made: Made) -> tuple[Made, dict[str, Any]]:
    return made, {}


def study(
    method: str, *, recipe: Recipe | None = None, tampering: Tampering = nothing, with_driver: bool = True
) -> Sequence[Run]:
    """A hundred runs of one recipe, each tampered with after it was drawn."""
    return [run(*tampering(make(seed, recipe)), method, with_driver=with_driver) for seed in range(RUNS)]


def run(made: Made, fields: dict[str, Any], method: str, *, with_driver: bool) -> Run:
    """One run measured; where days are missing, the estimate is stretched to all days."""
    found = measure(made.series(with_driver=with_driver), made.frame(method, **fields))
    whole = found.range
    stretched = whole.avoided * (len(made.contacts) - made.go_live) / len(found.estimate.starts)
    error = (stretched - made.taken) / made.untouched
    return Run(error, whole.low, whole.high, made.taken, whole.minimum_detectable, found.verdict.state)


def bias(runs: Sequence[Run]) -> float:
    return mean(one.error for one in runs)


def saved(runs: Sequence[Run]) -> int:
    """How many runs show a saving beyond what is noise."""
    return sum(one.low > 0 for one in runs)


@both_methods
def test_k1_a_fall_by_a_fifth_is_found_in_every_run(method: str) -> None:
    runs = study(method)
    assert bias(runs) == pytest.approx(0.004, abs=0.015)
    assert max(abs(one.error) for one in runs) < 0.10
    assert saved(runs) == RUNS


@both_methods
def test_k1c_without_the_driver_growing_orders_cost_less_than_a_point(method: str) -> None:
    assert bias(study(method, with_driver=False)) == pytest.approx(0.008, abs=0.02)


@both_methods
def test_k2_where_nothing_was_done_nothing_is_saved(method: str) -> None:
    runs = study(method, recipe=Recipe(effect=0.0))
    assert bias(runs) == pytest.approx(-0.001, abs=0.01)
    assert saved(runs) <= 5


@both_methods
def test_k2c_orders_that_grow_by_two_fifths_a_year_are_no_effect(method: str) -> None:
    runs = study(method, recipe=Recipe(effect=0.0, growth=0.0011))
    assert bias(runs) == pytest.approx(0.0, abs=0.01)
    assert saved(runs) <= 5


@both_methods
def test_k3_a_fall_by_a_twentieth_cannot_be_told_from_noise(method: str) -> None:
    runs = study(method, recipe=Recipe(effect=-0.05))
    assert sum(one.state == NOISE for one in runs) >= 95


@both_methods
def test_k4_a_fall_by_a_fifth_of_twelve_contacts_a_day_is_mostly_seen(method: str) -> None:
    assert saved(study(method, recipe=Recipe(level=12))) >= 70


@both_methods
def test_k4b_a_fall_by_half_of_twelve_contacts_a_day_is_seen(method: str) -> None:
    assert saved(study(method, recipe=Recipe(level=12, effect=-0.5))) >= 98


@both_methods
def test_k5_a_ramp_of_four_weeks_is_counted_as_far_as_it_went(method: str) -> None:
    assert bias(study(method, recipe=Recipe(ramp_days=28))) == pytest.approx(0.004, abs=0.015)


def spiked(made: Made) -> tuple[Made, dict[str, Any]]:
    """An outage brings four times the contacts for four days, two months before go-live."""
    contacts = made.contacts.copy()
    contacts[made.go_live - 60 : made.go_live - 56] *= 4
    return made.with_contacts(contacts), {}


def marked(made: Made) -> tuple[Made, dict[str, Any]]:
    changed, _ = spiked(made)
    days = made.starts[made.go_live - 60 : made.go_live - 55]
    return changed, {"excluded": (Period(days[0], days[-1]),)}


@both_methods
def test_k6_an_outage_in_the_baseline_that_nobody_marked_adds_two_points_and_widens_the_range(method: str) -> None:
    runs = study(method, tampering=spiked)
    assert bias(runs) == pytest.approx(0.023, abs=0.015)
    assert mean(one.minimum_detectable for one in runs) > mean(one.minimum_detectable for one in study(method)) + 0.03


@both_methods
def test_k6b_an_outage_that_was_marked_does_no_harm(method: str) -> None:
    assert bias(study(method, tampering=marked)) == pytest.approx(0.004, abs=0.015)


def gapped(made: Made) -> tuple[Made, dict[str, Any]]:
    """One day in twenty is missing, the same ones in every run."""
    contacts = made.contacts.copy()
    contacts[np.random.default_rng(5).choice(len(contacts), 37, replace=False)] = np.nan
    return made.with_contacts(contacts), {}


@both_methods
def test_k7_what_was_avoided_grows_with_the_days_that_are_known(method: str) -> None:
    assert bias(study(method, tampering=gapped)) == pytest.approx(0.004, abs=0.015)


def after(days: int) -> Tampering:
    """A baseline of so many days."""
    return lambda made: (made, {"start": made.starts[made.go_live - days]})


@both_methods
def test_k8_a_baseline_of_one_year_is_enough(method: str) -> None:
    runs = study(method, tampering=after(365))
    assert bias(runs) == pytest.approx(0.007, abs=0.015)
    assert not any(one.state == INSUFFICIENT for one in runs)


@both_methods
def test_k8b_half_a_year_mistakes_the_season_for_an_effect_and_is_refused(method: str) -> None:
    runs = study(method, tampering=after(180))
    assert bias(runs) == pytest.approx(0.198, abs=0.05)
    assert {one.state for one in runs} == {INSUFFICIENT}


@both_methods
def test_k9_the_range_covers_the_truth_where_the_level_wanders_off(method: str) -> None:
    runs = study(method, recipe=Recipe(effect=0.0, drift=0.005))
    assert sum(one.is_covered for one in runs) >= 85


def test_k1_by_weeks_is_as_right_as_by_days() -> None:
    errors = []
    for seed in range(RUNS):
        made = make(seed).cut(84)
        found = measure(summed(made.series(), WEEK, made.go_live_on), made.frame())
        assert (found.method, len(found.estimate.starts)) == ("1", 12)
        errors.append((found.range.avoided - made.taken) / made.untouched)
    assert mean(errors) == pytest.approx(0.005, abs=0.015)
