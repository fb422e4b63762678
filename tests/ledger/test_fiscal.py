"""The fiscal year and the level of a year, each worked out by hand."""

from datetime import UTC, date, datetime

import pytest

from app.ledger import fiscal
from app.ledger.entries import Recorded
from app.ledger.positions import positions
from app.ledger.rules import Yearly
from app.people.rules import Actor
from app.values.periods import Period
from tests.ledger_builders import dollars, make_booking

AT = datetime(2026, 9, 14, tzinfo=UTC)


def entry(number: int, month: date, amount: int, kind: str = "realised", about: int | None = None) -> Recorded:
    facts = make_booking(7, month, amount, kind=kind)
    return Recorded(number, facts, None, about, "", AT, Actor(None, "a test"))


@pytest.mark.parametrize(
    ("day", "first_month", "start", "name"),
    [
        (date(2026, 9, 14), 1, date(2026, 1, 1), "2026"),
        (date(2026, 9, 14), 4, date(2026, 4, 1), "2026/27"),
        (date(2026, 3, 31), 4, date(2025, 4, 1), "2025/26"),
        (date(2026, 10, 1), 10, date(2026, 10, 1), "2026/27"),
        (date(2000, 1, 1), 12, date(1999, 12, 1), "1999/00"),
    ],
)
def test_the_fiscal_year_of_a_day(day: date, first_month: int, start: date, name: str) -> None:
    year = fiscal.fiscal_year(day, first_month)
    assert (year.start, year.end) == (start, start.replace(year=start.year + 1))
    assert day in year
    assert fiscal.fiscal_year_name(year) == name


def test_in_year_holds_the_months_of_this_fiscal_year_up_to_today() -> None:
    months = (date(2026, 3, 1), date(2026, 4, 1), date(2026, 9, 1), date(2026, 10, 1))
    entries = [entry(number, month, 10**number) for number, month in enumerate(months)]
    assert fiscal.in_year(entries, date(2026, 9, 14), 4, "USD") == dollars(110)
    assert fiscal.in_year(entries, date(2026, 9, 14), 1, "USD") == dollars(111)


def test_the_run_rate_is_what_came_in_the_measured_months_times_a_year() -> None:
    # July and August have 62 days: 620 in them are 10 a day
    assert fiscal.run_rate(dollars(620), date(2026, 7, 1), date(2026, 8, 1)) == dollars(3650)
    assert fiscal.yearly(62, date(2026, 7, 1), date(2026, 8, 1)) == 365


def test_a_position_is_measured_over_all_months_that_were_looked_at_and_signed_never_above_it() -> None:
    july, august = date(2026, 7, 1), date(2026, 8, 1)
    entries = [entry(1, july, 0), entry(2, august, 620)]
    found = positions(entries, date(2026, 9, 14), 1, "USD")[7]
    assert (found.measured, found.validated) == (Yearly(730, dollars(3650)), None)

    signed = positions([*entries, entry(3, august, 310, "validated", 2)], date(2026, 9, 14), 1, "USD")[7]
    assert signed.validated == Yearly(365, dollars(1825))
    assert (signed.signed.amount, signed.signed.in_year) == (dollars(310), dollars(310))

    september = date(2026, 9, 1)
    decayed = [*entries, entry(3, august, 620, "validated", 2), entry(4, september, -600)]
    fallen = positions(decayed, date(2026, 10, 14), 1, "USD")[7]
    assert fallen.measured == fallen.validated == Yearly(16, fiscal.run_rate(dollars(20), july, september))
    assert Period(july, date(2026, 10, 1)).days == 92


def test_what_was_taken_back_whole_is_not_measured() -> None:
    entries = [entry(1, date(2026, 7, 1), 100), entry(2, date(2026, 8, 1), -100)]
    found = positions(entries, date(2026, 9, 14), 1, "USD")[7]
    assert (found.measured, found.realised.amount) == (None, dollars(0))
