"""Real series with a published effect: ours beside another answer, which is stored or worked out by another method."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.measurement.outcome import Outcome, measure
from app.measurement.series import DAY, Frame, Series
from app.measurement.verdict import INCREASED, VERIFIED

FIRST_DAY = date(2024, 1, 1)  # of a series that names no days
both_methods = pytest.mark.parametrize("method", ["1", "2"])


def table(path: Path, delimiter: str = ",") -> list[Mapping[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def column(rows: Sequence[Mapping[str, str]], name: str) -> list[float]:
    return [float(row[name]) for row in rows]


def test_california_smoked_less_than_the_other_states_by_27_packs_a_head(data_sets: Path) -> None:
    rows = table(data_sets / "california-prop99" / "california_prop99_synthdid.csv", ";")
    packs: dict[tuple[bool, bool], list[Decimal]] = {}
    for row in rows:
        side = (row["State"] == "California", int(row["Year"]) >= 1989)
        packs.setdefault(side, []).append(Decimal(row["PacksPerCapita"]))
    level = {side: sum(figures, Decimal(0)) / len(figures) for side, figures in packs.items()}
    assert [len(packs[side]) for side in ((True, False), (True, True), (False, True))] == [19, 12, 38 * 12]
    difference = (level[True, True] - level[True, False]) - (level[False, True] - level[False, False])
    assert round(difference, 2) == Decimal("-27.35")


def measured_arma(folder: Path, method: str) -> Outcome:
    rows = table(folder / "causalimpact-reference" / "arma_data.csv")
    starts = tuple(FIRST_DAY + timedelta(days=number) for number in range(100))
    series = Series(DAY, starts, {"y": column(rows, "y")}, control=column(rows, "X"))
    return measure(series, Frame(starts[70], starts[99] + timedelta(days=1), method=method))


@both_methods
def test_a_planted_rise_lies_within_the_interval_of_the_bayesian_method(data_sets: Path, method: str) -> None:
    found = measured_arma(data_sets, method)
    # The stored summary: 3637 came, 26.67 more than predicted, 95 % from 7.99 to 44.4.
    assert found.range.observed == pytest.approx(3637, abs=0.5)
    assert -44.4 <= found.range.avoided <= -7.99


@both_methods
def test_a_change_without_effect_is_none_and_lies_within_the_interval_of_the_bayesian_method(
    data_sets: Path, method: str
) -> None:
    rows = table(data_sets / "causalimpact-reference" / "comparison_data.csv")
    starts = tuple(date.fromisoformat(row["DATE"]) for row in rows)
    controls = [column(rows, f"NOT_CHANGED_{number}") for number in (1, 2, 3)]
    series = Series(
        DAY, starts, {"changed": column(rows, "CHANGED")}, control=[sum(day) for day in zip(*controls, strict=True)]
    )
    found = measure(series, Frame(date(2019, 7, 15), date(2019, 8, 2), method=method))
    # The stored summary: 1414340 came, 11831 fewer than predicted, 95 % from 37371 fewer to 14971 more; p = 0.2.
    assert found.range.observed == pytest.approx(1_414_340, abs=0.5)
    assert -14_971 <= found.range.avoided <= 37_371
    assert found.range.low < 0 < found.range.high
    assert found.verdict.state not in {VERIFIED, INCREASED}


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_the_charge_for_directory_assistance_by_a_seasonal_random_walk_with_a_step(data_sets: Path) -> None:
    """A cross-check by another's method on the same months; ours is tested through the command."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    rows = table(data_sets / "cincinnati" / "cincinnati_directory_assistance.csv")
    step = [float(row["month"] >= "1974-03-01") for row in rows]
    model = SARIMAX(column(rows, "calls_per_day_hundreds"), exog=step, order=(0, 1, 0), seasonal_order=(0, 1, 1, 12))
    # The default errors are wrong by a factor of 15 here; the observed information gives the right ones.
    fitted = model.fit(disp=False, cov_type="oim")
    low, high = fitted.conf_int()[0]
    assert fitted.params[0] == pytest.approx(-399.5, abs=0.5)
    assert (low, high) == (pytest.approx(-442, abs=0.5), pytest.approx(-357, abs=0.5))
