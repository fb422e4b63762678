"""Projections, each figure worked out by hand beside it.

100 contacts a day at $6.00; 20 % of them are 20 contacts and $120 a day. A year has 365 days.
"""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from app.initiatives import projection
from app.initiatives.projection import Base, Terms
from app.values.money import Money
from app.values.periods import Period

YEAR = Period(date(2025, 1, 1), date(2026, 1, 1))
BASE = Base(YEAR, 36_500, 21_900_000)
TERMS = Terms(1000, 2000, 3000, date(2026, 3, 1), 0, 0, 0, "USD")


def within(terms: Terms, base: Base, first: int, end: int) -> tuple[object, object]:
    return projection.likely_within(terms, base, first, end)


def dollars(amount: int) -> Money:
    return Money(amount * 100, "USD")


def test_low_likely_and_high_shares_of_a_year_without_a_ramp() -> None:
    found = projection.work_out(TERMS, BASE)
    assert [one.contacts_year for one in (found.low, found.likely, found.high)] == [3_650, 7_300, 10_950]
    assert [one.saving_year for one in (found.low, found.likely, found.high)] == [
        dollars(21_900),
        dollars(43_800),
        dollars(65_700),
    ]
    assert found.likely.contacts_first_year == 7_300


def test_the_first_month_begins_with_the_start_and_months_have_their_own_length() -> None:
    months = projection.months(replace(TERMS, starts_on=date(2026, 3, 16)), BASE)
    assert len(months) == 24
    assert months[0].period == Period(date(2026, 3, 16), date(2026, 4, 1))
    assert [month.contacts for month in months[:3]] == [16 * 20, 30 * 20, 31 * 20]
    assert months[1].saving == dollars(30 * 120)
    assert months[-1].period == Period(date(2028, 2, 1), date(2028, 3, 1))


def test_a_ramp_of_thirty_days_costs_fifteen_days_of_effect() -> None:
    terms = replace(TERMS, ramp_days=30)
    found, months = projection.work_out(terms, BASE), projection.months(terms, BASE)
    assert found.likely.contacts_year == 7_300, "the run-rate is the level after the ramp"
    assert found.likely.contacts_first_year == 350 * 20
    assert found.likely.saving_first_year == dollars(350 * 120)
    assert months[0].contacts == 16 * 20, "March: 30 days of ramp are worth 15, and one full day"
    assert months[1].contacts == 600


@pytest.mark.parametrize(("days", "worth"), [(-3, 0), (0, 0), (10, Fraction(5, 3)), (30, 15), (40, 25)])
def test_the_ramp_rises_evenly(days: int, worth: Fraction) -> None:
    assert projection.full_days(days, 30) == worth


def test_a_base_of_half_a_year_is_scaled_to_a_year() -> None:
    half = Base(Period(date(2026, 1, 1), date(2026, 3, 15)), 7_300, None)
    assert half.period.days == 73
    assert projection.work_out(TERMS, half).likely.contacts_year == 7_300


def test_costs_are_taken_off_the_net_and_not_off_the_saving() -> None:
    terms = replace(TERMS, ramp_days=30, cost_to_do_minor=300_000, running_cost_year_minor=365_000)
    found, months = projection.work_out(terms, BASE), projection.months(terms, BASE)
    assert found.likely.saving_year == dollars(43_800)
    assert found.likely.net_year == dollars(43_800 - 3_650)
    assert found.likely.net_first_year == dollars(42_000 - 3_650 - 3_000)
    assert months[0].running_cost == dollars(310)
    assert months[0].net == dollars(16 * 120 - 310)


PAYBACK: list[tuple[dict[str, Any], int | None]] = [
    # (3,000 + 120 x 15) / (120 - 10) = 43.6 days = 1.43 months
    ({"ramp_days": 30, "cost_to_do_minor": 300_000, "running_cost_year_minor": 365_000}, 2),
    # 120 a day, no ramp: 3,650 are back after 30.42 days, which is one month to the day
    ({"cost_to_do_minor": 365_000}, 1),
    ({"cost_to_do_minor": 365_001}, 2),
    # inside a ramp of 100 days: 0.6 t^2 = 1,000 after 40.8 days = 1.34 months
    ({"ramp_days": 100, "cost_to_do_minor": 100_000}, 2),
    # nothing to do, but it runs at 10 a day: in the ramp of 100 days 0.6 t^2 = 10 t after 16.7 days
    ({"ramp_days": 100, "running_cost_year_minor": 365_000}, 1),
    ({"running_cost_year_minor": 365_000}, 0),
    ({}, 0),
    # 43,800 a year to run it eat up all that it saves
    ({"running_cost_year_minor": 4_380_000}, None),
    ({"running_cost_year_minor": 4_380_000, "cost_to_do_minor": 1}, None),
    ({"share_likely_bp": 0, "share_low_bp": 0, "cost_to_do_minor": 1}, None),
]


@pytest.mark.parametrize(("terms", "months"), PAYBACK)
def test_payback_counts_whole_months(terms: dict[str, Any], months: int | None) -> None:
    assert projection.work_out(replace(TERMS, **terms), BASE).likely.payback_months == months


def test_without_a_rate_contacts_are_projected_and_money_is_unknown() -> None:
    found = projection.work_out(replace(TERMS, cost_to_do_minor=100), replace(BASE, cost_minor=None))
    assert found.likely.contacts_year == 7_300
    assert (found.likely.saving_year, found.likely.net_year, found.likely.payback_months) == (None, None, None)
    assert projection.months(TERMS, replace(BASE, cost_minor=None))[0].saving is None
    assert within(TERMS, replace(BASE, cost_minor=None), 0, 10) == (200, None)


def test_months_add_up_to_what_is_rounded_once() -> None:
    # 7 contacts and $1.01 in 365 days, all removed: every month by itself would round to 1 contact or none
    tiny = Base(YEAR, 7, 101)
    months = projection.months(replace(TERMS, share_likely_bp=10_000, share_high_bp=10_000), tiny)
    year = [month for month in months if month.period.end <= date(2027, 3, 1)]
    assert sum(month.contacts for month in year) == 7
    assert sum(month.saving.amount_minor for month in year if month.saving) == 101


def test_a_part_of_the_time_holds_its_part_of_the_contacts_and_the_saving() -> None:
    terms = replace(TERMS, ramp_days=30)
    assert within(terms, BASE, -28, 0) == (0, 0)
    assert within(terms, BASE, 0, 31) == (320, 16 * 12_000)
    assert within(terms, BASE, 31, 61) == (600, 30 * 12_000)


FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"share_high_bp": 10_001}, "share_high_bp", "between 0 and 100"),
    ({"share_low_bp": -1}, "share_low_bp", "between 0 and 100"),
    ({"share_low_bp": 2001}, "share_low_bp", "above the likely one"),
    ({"share_high_bp": 1999}, "share_high_bp", "below the likely one"),
    ({"ramp_days": -1}, "ramp_days", "between 0 and 730 days"),
    ({"ramp_days": 731}, "ramp_days", "between 0 and 730 days"),
    ({"cost_to_do_minor": -1}, "cost_to_do_minor", "without a minus sign"),
    ({"running_cost_year_minor": -1}, "running_cost_year_minor", "without a minus sign"),
]


@pytest.mark.parametrize(("terms", "field", "words"), FAULTS)
def test_wrong_terms_are_named_field_by_field(terms: dict[str, Any], field: str, words: str) -> None:
    faults = projection.faults(replace(TERMS, **terms))
    assert list(faults) == [field]
    assert words in faults[field]


def test_terms_at_the_edge_are_right() -> None:
    assert projection.faults(replace(TERMS, share_low_bp=0, share_likely_bp=0, share_high_bp=10_000)) == {}
