"""What goes wrong in real figures, and the answer that each case has to get."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
import pytest

from app.measurement import export
from app.measurement.outcome import Beside, Outcome, expiry, measure, month_ends
from app.measurement.series import MONTH, WEEK, NothingToFit, Series, summed
from app.measurement.verdict import DISPUTED, EXPIRED, INSUFFICIENT, MEASURING, NOISE, VERIFIED
from app.values.errors import Refused
from app.values.periods import Period
from tests.measurement.generators import Figures, Made, Recipe, make

ROOT = Path(__file__).resolve().parents[2]
SEEDS = range(12)
both_methods = pytest.mark.parametrize("method", ["1", "2"])


def measured(made: Made, method: str = "2", **fields: Any) -> Outcome:
    return measure(made.series(), made.frame(method, **fields))


def codes(found: Outcome) -> list[str]:
    return [code for code, _ in found.verdict.findings]


def changed(made: Made, days: Sequence[int], factor: float) -> Made:
    """The same run with the contacts of some days multiplied."""
    contacts: Figures = made.contacts.copy()
    contacts[list(days)] *= factor
    return made.with_contacts(contacts)


@both_methods
def test_growing_orders_are_no_effect_and_without_them_look_like_a_rise(method: str) -> None:
    runs = [make(seed, Recipe(effect=0.0, growth=0.0011)) for seed in SEEDS]
    told = [measured(made, method).range.relative for made in runs]
    untold = [measure(made.series(with_driver=False), made.frame(method)).range.relative for made in runs]
    assert mean(told) == pytest.approx(0, abs=0.02)
    assert abs(mean(untold)) > abs(mean(told))


def test_contacts_may_rise_while_contacts_are_saved() -> None:
    made = make(1, Recipe(effect=-0.2, growth=0.003))
    found = measured(made)
    before = float(made.contacts[made.go_live - 364 : made.go_live - 274].sum())
    assert found.range.observed > before
    assert found.range.low > 0


def test_a_go_live_in_the_middle_of_a_month_counts_from_its_day_on() -> None:
    made = make(4)
    assert made.go_live_on.day == 3
    found = measured(made)
    assert (found.points[0].start, len(found.points)) == (made.go_live_on, 90)
    months = measure(summed(made.series(), MONTH, made.go_live_on), made.frame())
    assert [point.start for point in months.points] == [date(2024, 11, 1), date(2024, 12, 1)]


@both_methods
def test_missing_days_are_left_out_on_both_sides_and_shown_as_unknown(method: str) -> None:
    made = make(2)
    contacts = made.contacts.copy()
    gaps = [made.go_live + 3, made.go_live + 40]
    contacts[[*gaps, 100]] = np.nan
    found = measured(made.with_contacts(contacts), method)
    known = [value for number, value in enumerate(made.contacts) if number >= made.go_live and number not in gaps]
    assert found.range.observed == sum(known)
    assert len(found.estimate.starts) == 88
    blank = [point for point in found.points if point.observed is None]
    assert [point.start for point in blank] == [made.starts[gap] for gap in gaps]
    assert {(point.expected, point.low, point.high) for point in blank} == {(None, None, None)}
    assert found.range.expected == pytest.approx(sum(point.expected or 0 for point in found.points))


def test_zeros_instead_of_missing_days_are_flagged_by_their_days() -> None:
    made = make(0, Recipe(effect=0.0))
    days = [made.go_live + 10, made.go_live + 30, made.go_live + 31, 50, 51]
    zeros, blank = changed(made, days, 0), changed(made, days, np.nan)
    plain, tampered = measured(made), measured(zeros)
    assert "zeros" not in codes(plain)
    assert "zeros" not in codes(measured(blank))
    finding = next(finding for finding in tampered.verdict.findings if finding.code == "zeros")
    assert all(str(made.starts[day]) in finding.sentence for day in days)
    assert tampered.range.relative > plain.range.relative
    assert measured(blank).range.relative == pytest.approx(plain.range.relative, abs=0.015)


def test_five_zeros_in_ninety_days_fake_six_points_and_are_flagged_every_time() -> None:
    fakes = []
    for seed in SEEDS:
        made = make(seed, Recipe(effect=0.0))
        days = made.go_live + np.random.default_rng(5).choice(90, 5, replace=False)
        tampered = measured(changed(made, days.tolist(), 0))
        fakes.append(tampered.range.relative - measured(made).range.relative)
        assert "zeros" in codes(tampered)
    assert mean(fakes) == pytest.approx(0.06, abs=0.01)


def test_a_quiet_reason_may_have_days_without_a_contact() -> None:
    made = make(3, Recipe(level=5, effect=0.0))
    assert 0 in made.contacts
    assert "zeros" not in codes(measured(made))


@both_methods
def test_an_outage_before_go_live_is_pointed_out_and_marked_does_no_harm(method: str) -> None:
    made = make(5)
    days = list(range(made.go_live - 60, made.go_live - 56))
    spiked = changed(made, days, 4)
    out = Period(made.starts[days[0]], made.starts[days[-1] + 1])
    plain, unmarked = measured(made, method), measured(spiked, method)
    marked = measured(spiked, method, excluded=(out,))
    assert "spikes" in codes(unmarked)
    assert str(made.starts[days[0]]) in next(one.sentence for one in unmarked.verdict.findings if one.code == "spikes")
    assert "spikes" not in codes(marked)
    assert unmarked.range.minimum_detectable > plain.range.minimum_detectable + 0.04
    assert marked.range.relative == pytest.approx(plain.range.relative, abs=0.01)
    assert marked.range.minimum_detectable == pytest.approx(plain.range.minimum_detectable, abs=0.01)


@both_methods
def test_an_outage_after_go_live_is_excluded_on_both_sides(method: str) -> None:
    made = make(6)
    days = list(range(made.go_live + 20, made.go_live + 24))
    spiked = changed(made, days, 5)
    out = Period(made.starts[days[0]], made.starts[days[-1] + 1])
    marked = measured(spiked, method, excluded=(out,))
    # Whatever happened on excluded days, the result is the same: that of days that are missing.
    assert marked.range == measured(made, method, excluded=(out,)).range
    assert marked.range == measured(changed(made, days, np.nan), method).range
    assert len(marked.estimate.starts) == 86
    assert measured(spiked, method).range.avoided < marked.range.avoided - 1000


def test_an_effect_that_began_at_the_announcement_is_only_seen_from_a_baseline_that_ends_there() -> None:
    """Callers stop when they hear of the charge, two months before it is raised."""
    late = [make(seed, Recipe(effect=-0.3, go_live=580)) for seed in SEEDS]
    go_live_on = late[0].starts[640]
    naive = [measured(made, go_live_on=go_live_on).range.relative for made in late]
    right = [measured(made, go_live_on=go_live_on, announced_on=made.go_live_on).range.relative for made in late]
    assert mean(right) == pytest.approx(0.3, abs=0.03)
    assert mean(naive) < mean(right) - 0.04


def test_half_of_what_was_missing_before_go_live_already_is_not_credited() -> None:
    made = make(7, Recipe(effect=-0.2, go_live=590))
    found = measured(made, go_live_on=made.starts[640])
    assert found.range.shortfall > 0.05
    assert measured(make(7)).range.shortfall < found.range.shortfall


def test_month_ends_are_those_since_go_live_that_the_figures_reach() -> None:
    assert month_ends(date(2026, 1, 15), date(2026, 3, 31)) == [date(2026, 2, 1), date(2026, 3, 1)]
    assert month_ends(date(2026, 1, 1), date(2026, 2, 1)) == [date(2026, 2, 1)]
    assert month_ends(date(2026, 1, 1), date(2026, 1, 31)) == []


def test_looking_every_day_does_not_verify_before_the_second_month_end() -> None:
    made = make(0, Recipe(effect=-0.5))  # go-live on 3 October 2024
    ends = [date(2024, 10, 25), date(2024, 11, 1), date(2024, 11, 30), date(2024, 12, 1), date(2024, 12, 24)]
    states = {end: measured(made, end=end).verdict.state for end in ends}
    assert list(states.values()) == [MEASURING, MEASURING, MEASURING, VERIFIED, VERIFIED]


def test_the_same_figures_seen_at_two_month_ends_are_one_look() -> None:
    """The file ends in October; a report told to end in January has seen nothing since."""
    made = make(0, Recipe(effect=-0.5)).cut(29)
    found = measured(made, end=date(2025, 1, 15))
    assert found.verdict.state == MEASURING
    assert "month-ends" in codes(found)


def test_a_month_without_a_figure_is_no_look() -> None:
    made = make(0, Recipe(effect=-0.5)).cut(75)
    november = [number for number, day in enumerate(made.starts) if (day.year, day.month) == (2024, 11)]
    assert measured(made).verdict.state == VERIFIED
    assert measured(changed(made, november, np.nan)).verdict.state == MEASURING


def test_a_week_that_a_month_end_cuts_was_not_known_at_it() -> None:
    made = make(0).cut(70)
    found = measure(summed(made.series(), WEEK, made.go_live_on), made.frame())
    # Weeks begin on Thursday the 3rd, 10th, 17th, 24th and 31st of October.
    assert found.estimate.until(date(2024, 11, 1)).starts[-1] == date(2024, 10, 24)
    assert found.estimate.until(date(2024, 10, 31)).starts[-1] == date(2024, 10, 24)
    assert found.estimate.until(date(2024, 10, 30)).starts[-1] == date(2024, 10, 17)


def test_what_was_agreed_on_ends_the_credit_else_two_years_do() -> None:
    made = make(0)
    beside = Beside(expires_on=made.go_live_on + timedelta(days=60))
    assert measure(made.series(), made.frame(), beside).verdict.state == EXPIRED
    assert measured(made).verdict.state == VERIFIED
    assert [expiry(day) for day in (date(2024, 2, 29), date(2024, 2, 28), date(9998, 1, 1))] == [
        date(2026, 3, 1),
        date(2026, 2, 28),
        date(9999, 1, 1),
    ]


def test_what_nobody_decided_yet_disputes_the_figures() -> None:
    made = make(0)
    found = measure(made.series(), made.frame(), Beside(open_events=("Outage",)))
    assert found.verdict.state == DISPUTED
    assert found.range == measured(made).range


def test_a_season_that_the_baseline_never_saw_is_named() -> None:
    made = make(0)
    found = measured(made, start=made.go_live_on - timedelta(days=180))
    assert found.verdict.state == INSUFFICIENT
    assert codes(found)[:2] == ["short", "unseen"]


@both_methods
@pytest.mark.parametrize("days", [1, 2, 3, 27, 28, 29, 55, 56, 57, 84, 180, 329])
def test_a_tiny_baseline_is_insufficient_and_still_has_figures(method: str, days: int) -> None:
    made = make(0)
    found = measured(made, method, start=made.go_live_on - timedelta(days=days))
    assert found.verdict.state == INSUFFICIENT
    assert found.range.expected > 0
    json.dumps(export.facts(found), allow_nan=False)


@both_methods
@pytest.mark.parametrize("level", [0.0, 1.0, 1e12])
def test_figures_of_any_size_are_measured_as_numbers(method: str, level: float) -> None:
    made = make(0)
    sized = made.with_contacts(np.floor(made.contacts * level / 1000) if level > 1 else made.contacts * level)
    found = measured(sized, method)
    facts = json.dumps(export.facts(found), allow_nan=False)
    assert json.loads(facts)["observed"] == sized.contacts[made.go_live :].sum()
    if level:
        assert found.range.relative == pytest.approx(measured(made, method).range.relative, abs=0.03)
    else:
        assert found.verdict.state == INSUFFICIENT


@both_methods
def test_a_level_line_shows_no_effect(method: str) -> None:
    made = make(0)
    flat = made.with_contacts(np.full(730, 400.0))
    found = measure(flat.series(with_driver=False), flat.frame(method))
    assert found.range.avoided == pytest.approx(0, abs=1)
    assert found.verdict.state == NOISE


def test_no_day_before_go_live_is_nothing_to_fit_and_none_after_it_nothing_to_report() -> None:
    made = make(0)
    with pytest.raises(NothingToFit):
        measured(made, go_live_on=made.starts[0])
    with pytest.raises(Refused, match="nothing to report"):
        measured(made, go_live_on=made.end, end=made.end + timedelta(days=9))
    with pytest.raises(Refused, match="before it begins"):
        measured(made, end=made.go_live_on)


def test_the_end_of_the_calendar_is_no_trap() -> None:
    found = measured(make(0), end=date.max, full_on=date(9999, 1, 1))
    assert found.range.observed == make(0).contacts[640:].sum()


@both_methods
def test_the_same_input_gives_the_same_bytes(method: str) -> None:
    made = make(9)
    others = {f"other {number}": make(number).contacts.tolist() for number in range(8)}
    series = replace(made.series(), others=others, control=made.control.tolist())
    first, second = (json.dumps(export.facts(measure(series, made.frame(method)))) for _ in range(2))
    assert first == second


def test_the_order_of_the_other_reasons_does_not_matter() -> None:
    made = make(9)
    others = {f"other {number}": make(number).contacts.tolist() for number in range(8)}
    turned = dict(reversed(others.items()))
    results = [measure(replace(made.series(), others=one), made.frame()).range for one in (others, turned)]
    assert results[0] == results[1]
    assert results[0] != measured(made).range


def test_rules_are_told_without_loading_what_calculates() -> None:
    code = "import sys; import app.measurement.outcome; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_series_is_left_as_it_was() -> None:
    made = make(0)
    series: Series = made.series()
    before = [list(series.channels["phone"]), list(series.driver or [])]
    measure(series, made.frame(excluded=(Period(made.starts[10], made.starts[20]),)))
    assert [list(series.channels["phone"]), list(series.driver or [])] == before
