"""The goal, the ladder and the months, each figure worked out by hand beside it."""

from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest

from app.ledger import rules
from app.ledger.rules import Entry, Goal, Month, Yearly
from app.values.money import Money
from app.values.periods import Period

SEPTEMBER = Period(date(2026, 9, 1), date(2026, 10, 1))


def dollars(amount: int) -> Money:
    return Money(amount * 100, "USD")


def make_entry(number: int, stage: str, projected: int | None = 100, realised: int | None = None) -> Entry:
    """So many dollars a year, at one dollar a contact."""
    figures = [None if amount is None else Yearly(amount, dollars(amount)) for amount in (projected, realised)]
    return Entry(number, stage, *figures)


def test_the_founding_goal_is_a_hundred_thousand_contacts_at_six() -> None:
    goal = rules.default_goal("USD")
    assert goal.money == dollars(600_000)
    assert goal.is_default
    assert not Goal(1, dollars(1), date(2026, 1, 1), "Finance").is_default


def test_each_rung_holds_only_what_reached_it() -> None:
    entries = [
        make_entry(1, "idea", None),
        make_entry(2, "idea", 1),
        make_entry(3, "sizing", 2),
        make_entry(4, "approved", 4),
        make_entry(5, "progress", 8),
        make_entry(6, "live", 16, 10),
        make_entry(7, "live", 32, None),
        make_entry(8, "validated", 64, 50),
        make_entry(9, "closed", 128, -5),
        make_entry(10, "dropped", 256, 100),
    ]
    ladder = rules.ladder(entries, "USD")
    assert [(rung.level, rung.initiative_ids, rung.money) for rung in ladder] == [
        ("identified", (2, 3, 4, 5, 6, 7, 8, 9), dollars(255)),
        ("approved", (4, 5, 6, 7, 8, 9), dollars(252)),
        ("live", (6, 7, 8, 9), dollars(240)),
        ("realised", (6, 8, 9), dollars(55)),
    ]
    assert [rung.contacts for rung in ladder] == [255, 252, 240, 55]
    for upper, lower in pairwise(ladder):
        assert set(lower.initiative_ids) <= set(upper.initiative_ids)


def test_contacts_without_a_rate_are_counted_and_named_but_not_valued() -> None:
    entries = [make_entry(1, "sizing", 10), Entry(2, "sizing", Yearly(7, None), None)]
    rung = rules.ladder(entries, "USD")[0]
    assert (rung.contacts, rung.money, rung.without_rate) == (17, dollars(10), 1)


@pytest.mark.parametrize(("amount", "share"), [(150, Fraction(1, 4)), (900, Fraction(3, 2)), (-100, Fraction(0))])
def test_a_rung_is_held_against_the_goal(amount: int, share: Fraction) -> None:
    rung = rules.ladder([make_entry(1, "idea", amount)], "USD")[0]
    assert rung.share_of(Goal(100, dollars(6))) == share


def test_no_initiatives_make_an_empty_ladder() -> None:
    assert [rung.money for rung in rules.ladder([], "USD")] == [dollars(0)] * 4


def test_a_month_adds_up_its_initiatives_and_is_rounded_once() -> None:
    third = Fraction(100, 3)
    found = rules.month(
        SEPTEMBER, [(third, third)] * 3, [(Fraction(-1, 2), Fraction(30)), (Fraction(3, 2), None)], "USD"
    )
    assert found == Month(SEPTEMBER, 100, Money(100, "USD"), 1, Money(30, "USD"))
    assert found.difference == Money(-70, "USD")
    assert found.year_of(found.projected) == Money(1217, "USD"), "100 in 30 days are 1,216.7 in 365"


def test_a_month_without_any_measured_day_says_nothing_about_what_came_true() -> None:
    found = rules.month(SEPTEMBER, [(Fraction(1), Fraction(2))], [], "USD")
    assert (found.realised_contacts, found.realised, found.difference) == (None, None, None)
    assert found.year_of(found.realised) is None


def test_months_run_from_the_first_saving_to_half_a_year_ahead_and_the_last_contacts_cut_one() -> None:
    months = rules.months_shown(date(2026, 7, 20), date(2026, 9, 14))
    assert months[0] == Period(date(2026, 7, 1), date(2026, 8, 1))
    assert months[2] == Period(date(2026, 9, 1), date(2026, 9, 14))
    assert months[3].start == date(2026, 10, 1)
    assert months[-1] == Period(date(2027, 3, 1), date(2027, 4, 1))
    assert len(months) == 9


def test_at_most_a_year_is_looked_back_on() -> None:
    months = rules.months_shown(date(2010, 1, 1), date(2014, 9, 1))
    assert months[0].start == date(2013, 9, 1)
    assert months[11] == Period(date(2014, 8, 1), date(2014, 9, 1)), "contacts end with August, which is whole"
    assert len(months) == 18


def test_savings_that_only_begin_later_are_shown_from_this_month_on() -> None:
    assert rules.months_shown(date(2027, 1, 1), date(2026, 9, 14))[0].start == date(2026, 9, 1)


def test_months_are_named_with_the_day_up_to_which_they_go() -> None:
    assert rules.month_name(SEPTEMBER) == "Sep 2026"
    assert rules.month_name(Period(date(2026, 9, 1), date(2026, 9, 14))) == "Sep 2026, to 13 Sep"


@pytest.mark.parametrize(
    ("contacts", "amount", "field"),
    [
        (0, 600, "contacts"),
        (-5, 600, "contacts"),
        (10**9 + 1, 1, "contacts"),
        (1, 0, "cost_per_contact"),
        (1, -600, "cost_per_contact"),
        (10**9, 10**7, "cost_per_contact"),
    ],
)
def test_a_goal_that_makes_no_sense_is_refused(contacts: int, amount: int, field: str) -> None:
    assert list(rules.faults(contacts, Money(amount, "USD"))) == [field]


def test_a_goal_that_makes_sense_has_no_faults() -> None:
    assert rules.faults(100_000, Money(600, "USD")) == {}
