from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from app.costing.rules import Rate, RateBook
from app.counting.rules import Total
from app.ranking import rules
from app.ranking.rules import Question, Ranking
from app.reasons.rules import Node, Tree
from app.values.money import Money
from app.values.periods import Period

PERIOD = Period(date(2026, 9, 7), date(2026, 9, 21))
START, BEFORE = PERIOD.start, date(2026, 8, 24)
DELIVERY, LATE, LOST, VAN, BILLING, OTHER, OLD = 1, 2, 3, 4, 5, 6, 7
TREE = Tree(
    {
        node.id: node
        for node in (
            Node(DELIVERY, "Delivery", department_id=70),
            Node(LATE, "Late", parent_id=DELIVERY),
            Node(LOST, "Lost", parent_id=DELIVERY, department_id=71),
            Node(VAN, "Van", parent_id=LATE),
            Node(BILLING, "Billing"),
            Node(OTHER, "Other", is_other=True),
            Node(OLD, "Invoice", merged_into_id=BILLING),
        )
    }
)
NO_RATES = RateBook(())


def make_total(reason_id: int, handled: int, *, channel: str = "phone", since: date = START, **more: int) -> Total:
    figures = {"abandoned": 0, "outbound": 0, "timed": 0, "handle_seconds": 0, **more}
    return Total(since, reason_id, channel, handled, **figures)


# 100 contacts: 10 untagged; of 90 tagged 30 late (10 of them van), 15 lost, 27 billing (7 as invoice), 18 other
TOTALS = (
    make_total(0, 10),
    make_total(LATE, 20),
    make_total(VAN, 10),
    make_total(LOST, 15),
    make_total(BILLING, 20),
    make_total(OLD, 7),
    make_total(OTHER, 18),
)


def make_ranking(*totals: Total, book: RateBook = NO_RATES, is_before_covered: bool = True, **question: Any) -> Ranking:
    return rules.rank(totals or TOTALS, TREE, book, Question(PERIOD, **question), is_before_covered=is_before_covered)


def names(ranking: Ranking) -> list[tuple[str, int]]:
    return [(" > ".join(row.path), row.contacts) for row in ranking.rows]


def test_reasons_rank_as_they_were_given_and_ties_are_broken_by_path() -> None:
    assert names(make_ranking()) == [
        ("Billing", 27),
        ("Delivery > Late", 20),
        ("Other", 18),
        ("Delivery > Lost", 15),
        ("Delivery > Late > Van", 10),
    ]
    assert names(make_ranking(make_total(LOST, 5), make_total(LATE, 5), make_total(BILLING, 5))) == [
        ("Billing", 5),
        ("Delivery > Late", 5),
        ("Delivery > Lost", 5),
    ]


def test_shares_are_of_tagged_contacts_and_add_up_to_one() -> None:
    ranking = make_ranking()
    assert (ranking.contacts, ranking.tagged, ranking.coverage) == (100, 90, 0.9)
    assert [row.share for row in ranking.rows] == [0.3, 20 / 90, 0.2, 15 / 90, 10 / 90]
    assert [row.cumulative_share for row in ranking.rows] == [0.3, 47 / 90, 65 / 90, 80 / 90, 1.0]
    assert ranking.other_share == 0.2


def test_a_level_takes_in_what_lies_below_and_shallower_reasons_stand_under_their_own_path() -> None:
    assert names(make_ranking(level=1)) == [("Delivery", 45), ("Billing", 27), ("Other", 18)]
    assert names(make_ranking(level=2)) == [
        ("Delivery > Late", 30),
        ("Billing", 27),
        ("Other", 18),
        ("Delivery > Lost", 15),
    ]
    on_the_way = (*TOTALS, make_total(DELIVERY, 4))
    assert ("Delivery", 4) in names(make_ranking(*on_the_way, level=2))


def test_a_parent_narrows_the_rows_and_their_shares_but_not_the_coverage() -> None:
    ranking = make_ranking(parent_id=DELIVERY, level=2)
    assert names(ranking) == [("Delivery > Late", 30), ("Delivery > Lost", 15)]
    assert [row.share for row in ranking.rows] == [30 / 45, 15 / 45]
    assert (ranking.contacts, ranking.tagged, ranking.total.contacts) == (100, 90, 45)


def test_a_merged_parent_narrows_to_the_one_that_it_went_into() -> None:
    assert names(make_ranking(parent_id=OLD)) == [("Billing", 27)]


def test_the_owner_of_a_reason_is_its_own_or_that_of_the_nearest_above() -> None:
    owners = {row.name: row.owner_id for row in make_ranking().rows}
    assert owners == {"Billing": None, "Late": 70, "Van": 70, "Lost": 71, "Other": None}


def test_others_can_end_the_list() -> None:
    ranking = make_ranking(others_last=True)
    assert [row.name for row in ranking.rows] == ["Billing", "Late", "Lost", "Van", "Other"]
    assert ranking.rows[3].cumulative_share == 72 / 90


def test_abandoned_and_outgoing_contacts_are_left_out_and_told() -> None:
    ranking = make_ranking(make_total(LATE, 3, abandoned=4, outbound=2), make_total(LOST, 0, abandoned=5))
    assert names(ranking) == [("Delivery > Late", 3)]
    assert (ranking.contacts, ranking.left_out) == (3, 11)


def test_growth_is_on_the_period_before_and_unknown_where_that_has_no_data() -> None:
    totals = (
        *TOTALS,
        make_total(LATE, 16, since=BEFORE),
        make_total(OLD, 30, since=BEFORE),
        make_total(0, 4, since=BEFORE),
    )
    ranking = make_ranking(*totals)
    change = {row.name: ranking.change_of(row) for row in ranking.rows}
    assert change == {"Billing": -0.1, "Late": 0.25, "Other": None, "Lost": None, "Van": None}
    assert ranking.change == 1.0
    unknown = make_ranking(*totals, is_before_covered=False)
    assert unknown.change is None
    assert {unknown.change_of(row) for row in unknown.rows} == {None}


def make_book(*rates: tuple[str, date, str, int]) -> RateBook:
    return RateBook(
        tuple(Rate(channel, day, basis, Money(minor, "USD"), "Finance") for channel, day, basis, minor in rates)
    )


def test_the_yearly_cost_is_that_of_the_period_times_a_year_over_its_days() -> None:
    ranking = make_ranking(book=make_book(("phone", date(2026, 1, 1), "contact", 600)))
    billing = ranking.rows[0].figures
    assert ranking.cost_of(billing) == Money(27 * 600, "USD")
    assert ranking.yearly_cost_of(billing) == Money(round(Fraction(27 * 600 * 365, 14)), "USD")
    assert ranking.yearly_cost_of(ranking.total) == Money(1_407_857, "USD")


def test_where_a_rate_is_missing_the_cost_is_unknown_and_the_channel_is_named() -> None:
    book = make_book(("phone", date(2026, 1, 1), "contact", 600))
    ranking = make_ranking(make_total(LATE, 5), make_total(LOST, 3, channel="chat"), book=book, by="cost")
    assert [(row.name, ranking.cost_of(row.figures)) for row in ranking.rows] == [
        ("Late", Money(3000, "USD")),
        ("Lost", None),
    ]
    assert [row.share for row in ranking.rows] == [1.0, None]
    assert ranking.cost_of(ranking.total) is None
    assert ranking.total.cost.unpriced == {"chat": 3}
    assert make_ranking().currency is None


def test_a_rate_that_changes_inside_the_period_prices_each_part() -> None:
    later = date(2026, 9, 14)
    book = make_book(("phone", date(2026, 1, 1), "contact", 600), ("phone", later, "contact", 700))
    ranking = make_ranking(make_total(LATE, 5), make_total(LATE, 2, since=later), book=book)
    assert ranking.cost_of(ranking.total) == Money(5 * 600 + 2 * 700, "USD")


def test_by_minutes_reasons_without_any_handle_time_come_last() -> None:
    lost = make_total(LOST, 5, timed=4, handle_seconds=1200)
    billing = make_total(BILLING, 9, timed=9, handle_seconds=400)
    ranking = make_ranking(make_total(LATE, 50), lost, billing, by="minutes")
    assert [(row.name, row.figures.known_seconds, row.share) for row in ranking.rows] == [
        ("Lost", 1200, 0.75),
        ("Billing", 400, 0.25),
        ("Late", None, None),
    ]
    assert ranking.rows[0].figures.average_seconds == 300


def test_nothing_counted_gives_an_empty_ranking_without_shares() -> None:
    ranking = rules.rank([], TREE, NO_RATES, Question(PERIOD), is_before_covered=False)
    assert (ranking.rows, ranking.contacts, ranking.coverage, ranking.other_share) == ((), 0, None, None)
    assert rules.find(ranking) == rules.Finding((), None, reaches_half=False)


def test_the_finding_is_the_fewest_reasons_that_make_half() -> None:
    finding = rules.find(make_ranking(others_last=True))
    assert [row.name for row in finding.rows] == ["Billing", "Late"]
    assert (finding.share, finding.reaches_half) == (47 / 90, True)


def test_where_no_few_reasons_make_half_the_five_largest_are_told() -> None:
    nodes = {number: Node(number, f"Reason {number:02}") for number in range(1, 41)}
    totals = [make_total(number, 10) for number in nodes]
    ranking = rules.rank(totals, Tree(nodes), NO_RATES, Question(PERIOD), is_before_covered=False)
    finding = rules.find(ranking)
    assert (len(finding.rows), finding.share, finding.reaches_half) == (5, 0.125, False)


@pytest.mark.parametrize(
    ("first", "last", "start", "end"),
    [
        (date(2013, 1, 1), date(2013, 12, 31), date(2013, 9, 30), date(2013, 12, 30)),
        (date(2013, 1, 1), date(2013, 12, 29), date(2013, 9, 30), date(2013, 12, 30)),
        (date(2013, 12, 18), date(2013, 12, 31), date(2013, 12, 23), date(2013, 12, 30)),
        (date(2013, 12, 16), date(2013, 12, 31), date(2013, 12, 16), date(2013, 12, 30)),
        (date(2013, 12, 24), date(2013, 12, 31), date(2013, 12, 24), date(2014, 1, 1)),
        (date(2013, 12, 30), date(2013, 12, 31), date(2013, 12, 30), date(2014, 1, 1)),
        (date(2013, 12, 30), date(2013, 12, 30), date(2013, 12, 30), date(2013, 12, 31)),
    ],
)
def test_the_usual_period_is_the_last_whole_weeks_that_hold_data(
    first: date, last: date, start: date, end: date
) -> None:
    assert rules.usual_period(first, last, weeks=13) == Period(start, end)
