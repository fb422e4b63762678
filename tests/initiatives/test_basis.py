"""What a projection stands on, counted by hand from a few daily totals."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.initiatives.basis import basis
from app.initiatives.projection import Base
from app.values.errors import Refused
from app.values.periods import Period
from tests.builders import make_reason
from tests.initiative_builders import every_day, make_rate, make_totals

TODAY = date(2026, 9, 14)
YEAR = Period(date(2025, 9, 14), TODAY)


def test_the_last_365_days_of_a_reason_and_all_below_it_are_priced_day_by_day(session: Session) -> None:
    parent = make_reason(session, "Delivery")
    child, other = make_reason(session, "Late", parent=parent), make_reason(session, "Bills")
    make_rate(session, amount_minor=500)
    make_rate(session, amount_minor=600, valid_from=date(2026, 9, 12))
    make_totals(session, parent.id, every_day(date(2026, 9, 10), 4, 10))
    make_totals(session, child.id, every_day(date(2026, 9, 10), 4, 5), abandoned=2)
    make_totals(session, other.id, every_day(date(2024, 1, 1), 1, 99))
    found = basis(session, {parent.id}, (), "USD", TODAY)
    # 17 offered a day: two days at 5.00, two at 6.00
    assert found.base == Base(YEAR, 4 * 17, 2 * 17 * 500 + 2 * 17 * 600)
    assert [(rate["valid_from"], rate["amount_minor"]) for rate in found.rates] == [
        ("2000-01-01", 500),
        ("2026-09-12", 600),
    ]


def test_only_the_channels_in_scope_count_and_none_means_all(session: Session) -> None:
    reason = make_reason(session)
    make_rate(session)
    make_rate(session, "email", 400)
    make_totals(session, reason.id, {date(2026, 9, 1): 10})
    make_totals(session, reason.id, {date(2026, 9, 1): 5}, channel="email")
    assert basis(session, {reason.id}, {"email"}, "USD", TODAY).base.contacts == 5
    everything = basis(session, {reason.id}, (), "USD", TODAY)
    assert (everything.base.contacts, everything.base.cost_minor) == (15, 10 * 600 + 5 * 400)


def test_one_channel_without_a_rate_leaves_the_cost_unknown(session: Session) -> None:
    reason = make_reason(session)
    make_rate(session)
    make_totals(session, reason.id, {date(2026, 9, 1): 10})
    make_totals(session, reason.id, {date(2026, 9, 1): 1}, channel="letter")
    found = basis(session, {reason.id}, (), "USD", TODAY)
    assert (found.base.contacts, found.base.cost_minor) == (11, None)


def test_a_rate_per_minute_takes_the_reasons_own_average_handle_time(session: Session) -> None:
    reason, other = make_reason(session), make_reason(session)
    make_rate(session, basis="minute", amount_minor=90)
    make_totals(session, reason.id, {date(2026, 9, 1): 10}, handle_seconds=120, abandoned=2)
    make_totals(session, other.id, {date(2026, 9, 1): 100}, handle_seconds=900)
    # 12 offered contacts of two minutes each at 0.90
    assert basis(session, {reason.id}, (), "USD", TODAY).base.cost_minor == 12 * 2 * 90


def test_the_base_begins_with_the_first_contacts_and_ends_before_today(session: Session) -> None:
    reason = make_reason(session)
    make_totals(session, reason.id, every_day(date(2026, 9, 1), 20, 1))
    found = basis(session, {reason.id}, (), "USD", TODAY)
    assert found.base == Base(Period(date(2026, 9, 1), TODAY), 13, None)


def test_an_older_installation_takes_the_last_year_that_has_contacts(session: Session) -> None:
    reason = make_reason(session)
    make_totals(session, reason.id, {date(2020, 1, 1): 3, date(2023, 6, 30): 4})
    found = basis(session, {reason.id}, (), "USD", TODAY)
    assert found.base == Base(Period(date(2022, 7, 1), date(2023, 7, 1)), 4, None)


def test_without_contacts_there_is_nothing_to_project_from(session: Session) -> None:
    with pytest.raises(Refused, match="Take a file of contacts in first"):
        basis(session, {make_reason(session).id}, (), "USD", TODAY)


def test_rates_in_another_currency_are_not_mixed_in(session: Session) -> None:
    reason = make_reason(session)
    make_rate(session, currency="CAD")
    make_totals(session, reason.id, {date(2026, 9, 1): 1})
    with pytest.raises(Refused, match="kept in CAD, and this projection in USD"):
        basis(session, {reason.id}, (), "USD", TODAY)
