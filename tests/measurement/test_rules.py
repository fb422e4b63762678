"""The one-sentence method, each figure worked out by hand beside it."""

import random
from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

import pytest

from app.costing.rules import Rate, RateBook
from app.measurement import rules
from app.measurement.rules import Offered
from app.values.money import Money
from app.values.periods import Period

GO_LIVE = date(2025, 3, 3)  # a Monday; 364 days before lies Monday 4 March 2024
TWO_WEEKS = Period(GO_LIVE, date(2025, 3, 17))


SIX_DOLLARS: rules.Prices = {"phone": [(date(2000, 1, 1), Fraction(600))]}


def plain(*figures: Fraction | int | None) -> list[object]:
    return list(figures)


def days_from(start: date, figures: Iterable[int | None]) -> dict[date, int]:
    """A figure a day from a day on; None where nobody made contact at all."""
    days = {start + timedelta(days=number): figure for number, figure in enumerate(figures)}
    return {day: figure for day, figure in days.items() if figure is not None}


def make_offered(
    *series: dict[date, int], others: dict[date, int] | None = None, channel: str = "phone", each_day: int = 100
) -> Offered:
    """What one channel took on these days; beside it `each_day` other contacts on every one of them."""
    target = {day: figure for one in series for day, figure in one.items()}
    beside = dict.fromkeys(target, each_day) | (others or {})
    return Offered({channel: target}, beside, frozenset(target))


# Two weeks from Monday on; nobody calls on Saturdays and Sundays.
THEN = [*(100, 100, 80, 80, 60, None, None), *(100, 100, None, 80, 60, None, None)]
NOW = [*(80, 70, 60, 50, 40, None, None), *(75, None, 60, 50, 45, None, None)]


def two_weeks() -> Offered:
    """Eight days are there on both sides; others rose from 100 to 110 a day, and wildly where a side is missing."""
    then, now = days_from(date(2024, 3, 4), THEN), days_from(GO_LIVE, NOW)
    others = dict.fromkeys(then, 100) | dict.fromkeys(now, 110)
    others |= {date(2024, 3, 12): 9_000, date(2025, 3, 12): 9_000}
    return Offered({"phone": then | now}, others, frozenset(then | now))


def test_two_weeks_by_hand_with_missing_days() -> None:
    found = rules.last_year(two_weeks(), TWO_WEEKS, SIX_DOLLARS)
    # used: Mon - Fri of week 1; Mon, Thu, Fri of week 2. Then 420 + 240 = 660, now 300 + 170 = 470.
    assert (found.days_used, found.days_dropped) == (8, 6)
    assert (found.before, found.others_now, found.others_before) == (660, 880, 800)
    assert found.ratio == Fraction(11, 10)
    assert found.whole is not None
    assert plain(found.whole.observed, found.whole.expected, found.whole.avoided) == [470, 726, 256]
    assert found.relative == Fraction(256, 726)
    assert found.whole.saving_minor == 256 * 600


def test_a_missing_day_is_missing_and_a_day_without_this_reason_is_zero() -> None:
    then = days_from(date(2024, 3, 4), [10, 10, 10])
    now = days_from(GO_LIVE, [0, None, 5])
    found = rules.last_year(make_offered(then, now), Period(GO_LIVE, date(2025, 3, 6)), SIX_DOLLARS)
    assert [pair.observed for pair in found.pairs] == [0, None, 5]
    assert found.whole is not None
    assert plain(found.whole.expected, found.whole.observed) == [20, 5]


@pytest.mark.parametrize(
    ("days_after", "weeks_before"), [(0, 52), (1, 52), (363, 52), (364, 104), (727, 104), (728, 156)]
)
def test_a_day_is_compared_with_the_last_same_weekday_of_a_year_that_lies_before_go_live(
    days_after: int, weeks_before: int
) -> None:
    day = GO_LIVE + timedelta(days=days_after)
    other = rules.compared_with(day, GO_LIVE)
    assert other == day - timedelta(weeks=weeks_before)
    assert other < GO_LIVE
    assert other.weekday() == day.weekday()


def test_after_a_year_both_years_are_compared_with_the_one_before_go_live() -> None:
    # k = 1 for 3 and 4 March 2025, k = 2 for 2 and 3 March 2026: all of them against 4 and 5 March 2024.
    then = days_from(date(2024, 3, 4), [50, 40])
    first, second = days_from(GO_LIVE, [45, 36]), days_from(date(2026, 3, 2), [30, 24])
    found = rules.last_year(make_offered(then, first, second), Period(GO_LIVE, date(2026, 3, 4)), SIX_DOLLARS)
    used = [pair for pair in found.pairs if pair.is_used]
    assert [pair.compared_with for pair in used] == [date(2024, 3, 4), date(2024, 3, 5)] * 2
    assert found.whole is not None
    assert plain(found.whole.observed, found.whole.expected) == [135, 180]


def test_months_and_days_add_up_to_the_whole() -> None:
    start = date(2025, 3, 24)
    then = days_from(start - timedelta(days=364), [10] * 14)
    now = days_from(start, [9] * 14)
    offered = make_offered(then, now, others=dict.fromkeys(now, 130))
    found = rules.last_year(offered, Period(start, start + timedelta(days=14)), SIX_DOLLARS)
    march, april = found.months
    assert (march.period, april.period) == (
        Period(start, date(2025, 4, 1)),
        Period(date(2025, 4, 1), date(2025, 4, 7)),
    )
    assert plain(march.expected, march.observed, april.expected, april.observed) == [104, 72, 78, 54]
    assert found.whole is not None
    assert march.avoided + april.avoided == found.whole.avoided == 182 - 126


def test_calls_that_become_e_mails_are_taken_off_in_money() -> None:
    # 20 calls at $6 did not come, 15 e-mails at $4 came instead: 120 - 60 = 60 dollars.
    then, now = days_from(date(2024, 3, 4), [100]), days_from(GO_LIVE, [80])
    mails = {date(2024, 3, 4): 10, GO_LIVE: 25}
    others = dict.fromkeys(mails, 100)
    offered = Offered({"phone": then | now, "email": mails}, others, frozenset(mails))
    prices = {**SIX_DOLLARS, "email": [(date(2000, 1, 1), Fraction(400))]}
    found = rules.last_year(offered, Period(GO_LIVE, date(2025, 3, 4)), prices)
    assert found.whole is not None
    assert plain(found.whole.avoided, found.whole.saving_minor) == [5, 6_000]


def test_each_day_is_paid_at_its_own_rate() -> None:
    then, now = days_from(date(2024, 3, 4), [10, 10]), days_from(GO_LIVE, [8, 7])
    dearer = {"phone": [(date(2000, 1, 1), Fraction(600)), (date(2025, 3, 4), Fraction(660))]}
    found = rules.last_year(make_offered(then, now), Period(GO_LIVE, date(2025, 3, 5)), dearer)
    assert found.whole is not None
    assert found.whole.saving_minor == 2 * 600 + 3 * 660


def test_without_a_rate_contacts_are_counted_and_money_is_unknown() -> None:
    found = rules.last_year(two_weeks(), TWO_WEEKS, {})
    assert found.whole is not None
    assert plain(found.whole.avoided, found.whole.saving_minor) == [256, None]


def test_a_channel_without_a_rate_that_nobody_used_does_not_hide_the_money() -> None:
    offered = two_weeks()
    with_letters = Offered({**offered.in_scope, "letter": {}}, offered.others, offered.present)
    found = rules.last_year(with_letters, TWO_WEEKS, SIX_DOLLARS)
    assert found.whole is not None
    assert found.whole.saving_minor == 256 * 600


def test_more_contacts_than_expected_are_a_negative_saving() -> None:
    then, now = days_from(date(2024, 3, 4), [10]), days_from(GO_LIVE, [13])
    found = rules.last_year(make_offered(then, now), Period(GO_LIVE, date(2025, 3, 4)), SIX_DOLLARS)
    assert found.whole is not None
    assert plain(found.whole.avoided, found.whole.saving_minor, found.relative) == [-3, -1_800, Fraction(-3, 10)]


def test_without_a_year_before_nothing_is_claimed() -> None:
    found = rules.last_year(make_offered(days_from(GO_LIVE, [5] * 14)), TWO_WEEKS, SIX_DOLLARS)
    assert (found.whole, found.ratio, found.level, found.relative) == (None, None, None, None)
    assert (found.days_used, found.days_dropped) == (0, 14)


def test_without_any_other_reason_there_is_no_ratio_and_nothing_is_claimed() -> None:
    then, now = days_from(date(2024, 3, 4), [10]), days_from(GO_LIVE, [5])
    found = rules.last_year(make_offered(then, now, each_day=0), Period(GO_LIVE, date(2025, 3, 4)), SIX_DOLLARS)
    assert (found.whole, found.days_used) == (None, 1)


def five_weeks(missing: int | None = None) -> Offered:
    """Ten contacts fewer each day for 35 days, closed on Sundays; one day may be missing in the new year."""
    week_then, week_now = [100] * 6 + [None], [90] * 6 + [None]
    then, now = days_from(date(2024, 3, 4), week_then * 5), days_from(GO_LIVE, week_now * 5)
    if missing is not None:
        del now[GO_LIVE + timedelta(days=missing)]
    return make_offered(then, now)


@pytest.mark.parametrize("missing", [None, 8])
def test_the_level_a_year_leaves_closed_days_out_and_fills_missing_ones(missing: int | None) -> None:
    # 10 a day on 30 of 35 days: 300 / 35 x 365, whether or not one of the 30 was imported.
    found = rules.last_year(five_weeks(missing), Period(GO_LIVE, date(2025, 4, 7)), SIX_DOLLARS)
    assert found.level is not None
    assert found.level.contacts_year == Fraction(300 * 365, 35)
    assert found.level.saving_year_minor == Fraction(300 * 365 * 600, 35)


def test_the_level_is_that_of_the_last_thirteen_weeks() -> None:
    # 9 weeks without an effect, then 13 weeks with 20 fewer a day: the level is 20 x 365.
    then = days_from(date(2024, 3, 4), [100] * 154)
    now = days_from(GO_LIVE, [100] * 63 + [80] * 91)
    found = rules.last_year(make_offered(then, now), Period(GO_LIVE, GO_LIVE + timedelta(days=154)), SIX_DOLLARS)
    assert found.level is not None
    assert found.level.window == Period(GO_LIVE + timedelta(days=63), GO_LIVE + timedelta(days=154))
    assert found.level.contacts_year == 20 * 365
    assert found.whole is not None
    assert found.whole.avoided == 20 * 91


@pytest.mark.parametrize(("days", "is_enough"), [(27, False), (28, True)])
def test_under_twenty_eight_days_it_is_too_early_for_a_level(days: int, is_enough: bool) -> None:
    then, now = days_from(date(2024, 3, 4), [10] * days), days_from(GO_LIVE, [8] * days)
    found = rules.last_year(make_offered(then, now), Period(GO_LIVE, GO_LIVE + timedelta(days=days)), SIX_DOLLARS)
    assert found.whole is not None
    assert (found.level is not None) is is_enough


def test_prices_follow_the_rates_and_a_minute_needs_a_handle_time() -> None:
    since, later = date(2025, 1, 1), date(2025, 6, 1)
    book = RateBook(
        (
            Rate("phone", later, "contact", Money(600, "USD"), "Finance"),
            Rate("phone", since, "minute", Money(90, "USD"), "Finance"),
            Rate("chat", since, "minute", Money(90, "USD"), "Finance"),
        )
    )
    prices = rules.prices_of(book, {"phone": Fraction(200)})
    assert rules.price(prices, "phone", date(2024, 12, 31)) is None
    assert rules.price(prices, "phone", date(2025, 5, 31)) == 300
    assert rules.price(prices, "phone", later) == 600
    assert rules.price(prices, "chat", later) is None
    assert rules.price(prices, "email", later) is None


def naive(
    calls: dict[date, int], mails: dict[date, int], others: dict[date, int], since: Period
) -> tuple[float, float]:
    """The method said once more, as plainly as it can be written: contacts avoided, and their cost at $6 and $4."""
    used, day = [], since.start
    while day < since.end:
        before = day
        while before >= since.start:
            before -= timedelta(days=364)
        if day in others and before in others:
            used.append((day, before))
        day += timedelta(days=1)
    ratio = sum(others[now] for now, _ in used) / sum(others[then] for _, then in used)
    fewer_calls = sum(ratio * calls.get(then, 0) - calls.get(now, 0) for now, then in used)
    fewer_mails = sum(ratio * mails.get(then, 0) - mails.get(now, 0) for now, then in used)
    return fewer_calls + fewer_mails, fewer_calls * 6 + fewer_mails * 4


@pytest.mark.parametrize("seed", range(5))
def test_the_method_agrees_with_its_plainest_telling_on_made_up_years(seed: int) -> None:
    draw = random.Random(seed)
    days = [GO_LIVE + timedelta(days=number) for number in range(-500, 400)]
    present = [day for day in days if draw.random() > 0.1]
    others = {day: draw.randint(1, 200) for day in present}
    calls, mails = ({day: draw.randint(0, 30) for day in present if draw.random() > 0.2} for _ in range(2))
    since = Period(GO_LIVE, GO_LIVE + timedelta(days=draw.randint(30, 400)))
    prices = {**SIX_DOLLARS, "email": [(date(2000, 1, 1), Fraction(400))]}
    found = rules.last_year(Offered({"phone": calls, "email": mails}, others, frozenset(present)), since, prices).whole
    assert found is not None
    assert found.saving_minor is not None
    avoided, saved = naive(calls, mails, others, since)
    assert float(found.avoided) == pytest.approx(avoided)
    assert float(found.saving_minor) == pytest.approx(saved * 100)
