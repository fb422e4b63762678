from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pytest
from werkzeug.datastructures import MultiDict

from app.contacts.queries import SourceName
from app.costing.rules import Rate, RateBook
from app.counting.rules import Total
from app.ranking import rules
from app.ranking.rules import Question, Ranking
from app.reasons.rules import Node, Tree
from app.values.money import Money
from app.values.periods import Period
from app.web.everyone import ranking_chart, ranking_question, ranking_skyline, ranking_words
from app.web.everyone.ranking_question import Asked

WEEKS = Period(date(2026, 9, 7), date(2026, 9, 21))
DAYS = (date(2026, 1, 1), date(2026, 9, 16))
TREE = Tree({1: Node(1, "Delivery"), 2: Node(2, "Late", parent_id=1)})
NO_RATES = RateBook(())
PHONE_RATE = RateBook((Rate("phone", date(2026, 1, 1), "contact", Money(600, "USD"), "Finance"),))


def make_ranking(
    counts: Mapping[str, int], *, book: RateBook = NO_RATES, untagged: int = 0, **question: str
) -> Ranking:
    """One reason for each name, all by phone; a name that starts with Other is flagged."""
    nodes = {number: Node(number, name, is_other=name.startswith("Other")) for number, name in enumerate(counts, 1)}
    totals = [
        Total(WEEKS.start, number, "phone", handled, 0, 0, 0, 0)
        for number, handled in enumerate([untagged, *counts.values()])
    ]
    asked = Question(WEEKS, by=question.get("by", "contacts"), others_last=True)
    return rules.rank(totals, Tree(nodes), book, asked, is_before_covered=False)


def said(ranking: Ranking) -> tuple[str, str]:
    found = rules.find(ranking)
    sentence = ranking_words.finding(ranking, found)
    return sentence.before + sentence.figure + sentence.after, ranking_words.lede(ranking, found)


def test_few_reasons_that_make_half_are_counted_in_words() -> None:
    headline, lede = said(make_ranking({"Late": 27, "Lost": 15, "Label": 10, "Bill": 24, "Other": 24}, untagged=9))
    assert headline == "Two reasons make 51\u00a0% of contacts."
    assert lede == "“Late” and “Bill” brought 51 of 100\u00a0tagged contacts in two weeks."


def test_one_reason_that_makes_half_and_one_that_makes_all() -> None:
    assert said(make_ranking({"Late": 60, "Lost": 40}))[0] == "One reason makes 60\u00a0% of contacts."
    assert said(make_ranking({"Late": 60}))[0] == "One reason makes all of contacts."


def test_their_yearly_cost_is_said_where_every_rate_is_known() -> None:
    lede = said(make_ranking({"Late": 60, "Lost": 40}, book=PHONE_RATE))[1]
    assert lede.endswith(f"It costs ${round(Fraction(60 * 6 * 365, 14)):,} a year.")


def test_more_than_four_names_are_shortened() -> None:
    ranking = make_ranking({f"Reason {number}": 10 for number in range(10)})
    headline, lede = said(ranking)
    assert headline == "Five reasons make 50\u00a0% of contacts."
    assert lede.startswith("“Reason 0”, “Reason 1”, “Reason 2” and two more brought 50 of 100")


def test_where_nothing_stands_out_the_largest_are_told() -> None:
    assert said(make_ranking({f"Reason {number:02}": 10 for number in range(40)}))[0] == (
        "The five largest reasons make 12\u00a0% of contacts."
    )


def test_empty_untagged_and_unpriced_rankings_say_so() -> None:
    assert said(make_ranking({}))[0] == "No contacts came in two weeks."
    assert said(make_ranking({}, untagged=5))[0] == "None of these contacts has a reason that is asked for."
    assert said(make_ranking({"Late": 5}, by="cost"))[0] == "Nothing is known yet of the cost of these contacts."


@pytest.mark.parametrize(
    ("start", "end", "length", "name"),
    [
        (date(2026, 9, 7), date(2026, 9, 14), "one week", "2026-W37"),
        (date(2026, 9, 7), date(2026, 9, 28), "three weeks", "2026-W37 to 2026-W39"),
        (date(2026, 9, 8), date(2026, 9, 15), "7\u00a0days", ""),
        (date(2026, 9, 8), date(2026, 9, 9), "one day", ""),
        (date(2025, 12, 29), date(2026, 12, 28), "52 weeks", "2026-W01 to 2026-W52"),
    ],
)
def test_periods_are_named_as_people_do(start: date, end: date, length: str, name: str) -> None:
    assert (ranking_words.length(Period(start, end)), ranking_words.name(Period(start, end))) == (length, name)


def test_growth_is_written_with_its_sign() -> None:
    assert [ranking_words.change(one) for one in (0.123, -0.05, 0.001, None)] == [
        "+12\u00a0%",
        "\u22125\u00a0%",
        "0\u00a0%",
        "",
    ]


def bars(ranking: Ranking) -> list[tuple[str, str, bool, bool]]:
    chart = ranking_chart.pareto(ranking, rules.find(ranking), lambda row: f"/{row.reason_id}", "#table")
    return [(bar.name, bar.value_text, bar.is_subject, bar.is_rest) for bar in chart.bars]


def test_the_pareto_draws_twelve_bars_at_most_and_never_other() -> None:
    drawn = bars(make_ranking({f"Reason {number:02}": 30 - number for number in range(15)} | {"Other": 99}))
    assert len(drawn) == 12
    assert drawn[0] == ("Reason 00", "30", True, False)
    assert drawn[-1] == ("4 smaller reasons", str(19 + 18 + 17 + 16), False, True)
    assert "Other" not in {name for name, *_ in drawn}


def test_many_small_reasons_that_outweigh_the_largest_are_said_to_be_cut() -> None:
    many, few = ({f"Reason {number:02}": 30 - number for number in range(count)} for count in (15, 13))
    for counts, is_cut in ((many, True), (few, True), ({**few, "Reason 00": 90}, False)):
        ranking = make_ranking(counts)
        chart = ranking_chart.pareto(ranking, rules.find(ranking), lambda row: f"/{row.reason_id}", "#table")
        assert ranking_chart.is_cut(chart) is is_cut


def test_reasons_of_the_same_name_are_drawn_with_their_path() -> None:
    tree = Tree({1: Node(1, "Bins"), 2: Node(2, "Roads"), 3: Node(3, "Late", 1), 4: Node(4, "Late", 2)})
    totals = [Total(WEEKS.start, number, "phone", number, 0, 0, 0, 0) for number in (3, 4)]
    ranking = rules.rank(totals, tree, RateBook(()), Question(WEEKS), is_before_covered=False)
    assert [name for name, *_ in bars(ranking)] == ["Roads > Late", "Bins > Late"]


def test_a_cost_pareto_shows_the_yearly_cost() -> None:
    drawn = bars(make_ranking({"Late": 14}, book=PHONE_RATE, by="cost"))
    assert drawn == [("Late", "$2,190", True, False)]


def read(**given: str) -> Asked:
    sources = [SourceName(5, "City", "UTC")]
    return ranking_question.read(
        MultiDict({name.strip("_"): text for name, text in given.items()}), TREE, sources, DAYS
    )


def test_the_usual_question_is_the_last_thirteen_whole_weeks_that_hold_data() -> None:
    asked = read()
    assert asked.question.period == Period(date(2026, 6, 15), date(2026, 9, 14))
    assert (asked.question.by, asked.weeks, asked.wrong) == ("contacts", "13", {})


def test_a_question_is_read_from_its_address_and_written_back() -> None:
    asked = read(from_="2026-W10", to="2026-W11", by="cost", level="2", parent="1", channel="email", source="City")
    assert asked.question == Question(
        Period(date(2026, 3, 2), date(2026, 3, 16)), "cost", 2, 1, "email", 5, None, others_last=True
    )
    assert asked.address(by=None) == {
        "from": "2026-W10", "to": "2026-W11", "level": "2", "parent": "1", "channel": "email", "source": "City",
    }  # fmt: skip
    assert asked.over_weeks("52")["weeks"] == "52"
    assert "from" not in asked.over_weeks("13")


def test_one_end_alone_takes_the_other_from_the_data() -> None:
    assert read(from_="2026-09-01").question.period == Period(date(2026, 9, 1), date(2026, 9, 17))
    assert read(to="2026-02-01").question.period == Period(date(2026, 1, 1), date(2026, 2, 1))
    assert read(from_="2027-01-01").question.period == Period(date(2027, 1, 1), date(2027, 1, 2))
    assert read(weeks="all").question.period == Period(date(2026, 1, 1), date(2026, 9, 17))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"from_": "tomorrow"}, "from"),
        ({"from_": "2026-W99"}, "from"),
        ({"from_": "0001-01-01"}, "from"),
        ({"from_": "2026-02-01", "to": "2026-01-01"}, "to"),
        ({"level": "4"}, "level"),
        ({"by": "magic"}, "by"),
        ({"parent": "99"}, "parent"),
        ({"channel": "fax"}, "channel"),
        ({"source": "Nowhere"}, "source"),
        ({"weeks": "1000"}, "weeks"),
    ],
)
def test_what_cannot_be_asked_is_told_and_left_out(given: dict[str, str], field: str) -> None:
    asked = read(**given)
    assert list(asked.wrong) == [field]
    assert asked.question.period == Period(date(2026, 6, 15), date(2026, 9, 14))


def test_the_skyline_ends_with_the_last_whole_week_and_says_what_lies_outside_routine() -> None:
    weeks = ranking_skyline.mondays(Period(date(2026, 6, 15), date(2026, 9, 14)), *DAYS)
    assert (weeks[0], weeks[-1], len(weeks)) == (date(2026, 6, 8), date(2026, 9, 7), 14)
    ranking = make_ranking({"Late": 30, "Lost": 20, "Bill": 10, "Other": 50})
    steady = [100, 102] * 6 + [100]
    weekly = {1: [*steady, 140], 2: [*steady, 101], 3: [*steady, 40], 4: [*steady, 400]}
    small = ranking_skyline.small_charts(ranking.rows, weekly, weeks)
    assert [(one.ranked.name, one.last, one.words) for one in small] == [
        ("Late", 140, "above routine"),
        ("Lost", 101, "within routine"),
        ("Bill", 40, "below routine"),
    ]


def test_with_fewer_than_seven_weeks_there_is_no_skyline() -> None:
    weeks = ranking_skyline.mondays(WEEKS, date(2026, 8, 12), date(2026, 9, 16))
    assert weeks[0] == date(2026, 8, 17)
    assert ranking_skyline.small_charts(make_ranking({"Late": 1}).rows, {}, weeks) == []
