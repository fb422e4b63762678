from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.contacts import days
from app.counting import actions, queries
from app.counting.queries import Filter
from app.counting.rules import Total
from app.db import Database
from app.people.tables import AuditEntry
from app.values.errors import Refused
from app.values.periods import Period
from tests.builders import AT, TESTER, make_contact, make_reason
from tests.crowd import at_once

JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))
NEW_YEAR, SECOND, LAST = date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 31)
STAMP: dict[str, Any] = {"by": TESTER, "at": AT}


def contact_on(session: Session, day: date, **fields: Any) -> None:
    make_contact(session, occurred_at=datetime(day.year, day.month, day.day, 9, tzinfo=UTC), **fields)
    days.touch(session, [day])


def make_january(session: Session) -> tuple[int, int]:
    """Two reasons: late (3 handled, 1 abandoned, 1 outbound) and lost (1 handled by e-mail), 1 untagged, 1 outside."""
    late, lost = make_reason(session, "Late"), make_reason(session, "Lost")
    contact_on(session, NEW_YEAR, reason=late, handle_seconds=100)
    contact_on(session, SECOND, reason=late, handle_seconds=200)
    contact_on(session, LAST, reason=late, handle_seconds=None)
    contact_on(session, SECOND, reason=late, is_abandoned=True)
    contact_on(session, SECOND, reason=late, direction="outbound")
    contact_on(session, SECOND, reason=lost, channel="email")
    contact_on(session, SECOND)
    contact_on(session, date(2026, 2, 1), reason=late)
    actions.recount_touched(session)
    return late.id, lost.id


def test_totals_of_a_period_by_reason_and_channel(session: Session) -> None:
    late, lost = make_january(session)
    found = sorted(queries.by_reason_and_channel(session, JANUARY), key=lambda total: total.reason_id)
    assert found == [
        Total(NEW_YEAR, 0, "phone", handled=1, abandoned=0, outbound=0, timed=1, handle_seconds=300),
        Total(NEW_YEAR, late, "phone", handled=3, abandoned=1, outbound=1, timed=2, handle_seconds=300),
        Total(NEW_YEAR, lost, "email", handled=1, abandoned=0, outbound=0, timed=1, handle_seconds=300),
    ]


def test_cuts_divide_a_period_and_those_outside_it_do_nothing(session: Session) -> None:
    late, _ = make_january(session)
    cuts = [date(2025, 1, 1), SECOND, LAST, date(2026, 2, 1)]
    found = queries.by_reason_and_channel(session, JANUARY, channels=["phone"], cuts=cuts)
    assert sorted((total.since, total.handled) for total in found if total.reason_id == late) == [
        (NEW_YEAR, 1),
        (SECOND, 1),
        (LAST, 1),
    ]


def test_handled_contacts_by_part_leave_abandoned_ones_out(session: Session) -> None:
    late, lost = make_january(session)
    assert sorted(queries.handled_by_part(session, JANUARY, [SECOND, LAST])) == [
        (NEW_YEAR, late, 1),
        (SECOND, 0, 1),
        (SECOND, late, 1),
        (SECOND, lost, 1),
        (LAST, late, 1),
    ]


def test_totals_can_be_narrowed_to_a_source(session: Session) -> None:
    make_january(session)
    assert queries.by_reason_and_channel(session, JANUARY, source_ids=[-1]) == []


def test_totals_of_a_day_can_be_narrowed_to_reasons_and_channels(session: Session) -> None:
    late, lost = make_january(session)
    of_late = queries.by_day(session, JANUARY, Filter(reason_ids=[late]))
    assert {day: (total.handled, total.abandoned) for day, total in of_late.items()} == {
        NEW_YEAR: (1, 0),
        SECOND: (1, 1),
        LAST: (1, 0),
    }
    mailed = queries.by_day(session, JANUARY, Filter([late, lost], ["email"]))
    assert {day: total.handled for day, total in mailed.items()} == {SECOND: 1}


def test_weeks_without_contacts_are_zero(session: Session) -> None:
    late, _ = make_january(session)
    period = Period(date(2025, 12, 29), date(2026, 1, 26))
    assert queries.weekly_handled(session, period, [late]) == {
        date(2025, 12, 29): 2,
        date(2026, 1, 5): 0,
        date(2026, 1, 12): 0,
        date(2026, 1, 19): 0,
    }


def test_the_first_and_the_last_counted_day(session: Session) -> None:
    make_january(session)
    assert queries.first_and_last_day(session) == (NEW_YEAR, date(2026, 2, 1))


def test_a_day_that_is_not_over_is_no_finished_day(session: Session) -> None:
    make_january(session)
    assert queries.finished_days(session, date(2026, 2, 2)) == (NEW_YEAR, date(2026, 2, 1))
    assert queries.finished_days(session, date(2026, 2, 1)) == (NEW_YEAR, LAST)
    assert queries.finished_days(session, SECOND) == (NEW_YEAR, NEW_YEAR)
    assert queries.finished_days(session, NEW_YEAR) is None
    assert queries.last_year(session, SECOND) == Period(NEW_YEAR, SECOND)


def test_the_last_year_ends_with_the_contacts_or_before_the_day_and_begins_with_them(session: Session) -> None:
    assert queries.last_year(session, LAST) is None
    for day in (date(2024, 6, 1), SECOND, LAST):
        contact_on(session, day)
    actions.recount_touched(session)
    # 2025 has 365 days: from a day in January of one year to the same day of the next
    assert queries.last_year(session, date(2027, 1, 1)) == Period(date(2025, 2, 1), date(2026, 2, 1))
    assert queries.last_year(session, date(2024, 6, 11)) == Period(date(2024, 6, 1), date(2024, 6, 2))
    assert queries.last_year(session, date(2024, 6, 1)) is None


def last_entry(session: Session) -> tuple[str, Any, Any]:
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).one()
    return entry.action, entry.before, entry.after


def test_opening_weekdays_are_kept_and_the_trail_says_what_changed(session: Session) -> None:
    actions.set_open_weekdays(session, [0, 1, 2, 3, 4], **STAMP)
    assert queries.opening(session).closed_weekdays == {5, 6}
    assert last_entry(session) == ("opening_days.set", {"closed": []}, {"closed": ["Saturday", "Sunday"]})
    with pytest.raises(Refused, match="no weekday"):
        actions.set_open_weekdays(session, [], **STAMP)


def test_a_day_is_closed_renamed_and_opened_again(session: Session) -> None:
    actions.close_day(session, SECOND, " Stock  taking ", **STAMP)
    assert queries.opening(session).closed_days == {SECOND: "Stock taking"}
    actions.close_day(session, SECOND, "Moving house", **STAMP)
    assert last_entry(session) == ("day.closed", {"name": "Stock taking"}, {"name": "Moving house"})
    actions.open_day(session, SECOND, **STAMP)
    actions.open_day(session, SECOND, **STAMP)
    assert queries.opening(session).is_open(SECOND)
    with pytest.raises(Refused, match="Say why"):
        actions.close_day(session, SECOND, " ", **STAMP)


def test_public_holidays_of_a_region_are_closed_once_and_keep_names_given_by_hand(session: Session) -> None:
    actions.close_day(session, date(2014, 7, 1), "Street party", **STAMP)
    added = actions.close_public_holidays(session, "CA", "ON", 2014, **STAMP)
    closed = queries.opening(session).closed_days
    assert closed[date(2014, 12, 25)] == "Christmas Day"
    assert closed[date(2014, 2, 17)] == "Family Day"
    assert closed[date(2014, 7, 1)] == "Street party"
    assert added == len(closed) - 1
    assert actions.close_public_holidays(session, "CA", "ON", 2014, **STAMP) == 0


@pytest.mark.parametrize(
    ("country", "region", "year", "words"),
    [("XX", None, 2014, "no country"), ("CA", "ZZ", 2014, "no region of CA"), ("CA", None, 20140, "no year")],
)
def test_holidays_of_nowhere_are_refused(
    session: Session, country: str, region: str | None, year: int, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        actions.close_public_holidays(session, country, region, year, **STAMP)


def test_days_that_are_closed_twice_at_once_are_closed_once(database: Database) -> None:
    def close(session: Session) -> None:
        actions.close_day(session, NEW_YEAR, "New Year", **STAMP)
        actions.close_public_holidays(session, "CA", None, 2026, **STAMP)
        actions.set_open_weekdays(session, range(5), **STAMP)

    assert at_once(*[lambda: database.write(close) for _ in range(3)]) == [None] * 3
    with database.reading() as session:
        assert queries.opening(session).closed_days[NEW_YEAR] == "New Year"
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 3
