"""The daily series that measuring is made from."""

from datetime import date

from sqlalchemy.orm import Session

from app.counting import queries
from app.values.periods import Period
from tests.builders import make_reason
from tests.initiative_builders import make_totals

FIRST, SECOND, THIRD = (date(2026, 1, day) for day in (1, 2, 3))
DAYS = Period(FIRST, date(2026, 1, 4))


def test_each_reason_and_channel_has_a_series_of_offered_contacts(session: Session) -> None:
    late, lost = make_reason(session), make_reason(session)
    make_totals(session, late.id, {FIRST: 3, SECOND: 4, date(2026, 1, 4): 9}, abandoned=1, outbound=5)
    make_totals(session, late.id, {SECOND: 2}, channel="email")
    make_totals(session, lost.id, {FIRST: 7})
    assert queries.by_reason_channel_and_day(session, DAYS, {late.id}) == {
        (late.id, "phone"): {FIRST: 4, SECOND: 5},
        (late.id, "email"): {SECOND: 2},
    }


def test_contacts_with_a_reason_are_summed_for_each_set_of_channels_on_every_day_with_any_contact(
    session: Session,
) -> None:
    late = make_reason(session)
    make_totals(session, late.id, {FIRST: 3})
    make_totals(session, late.id, {FIRST: 2, SECOND: 1}, channel="email")
    make_totals(session, 0, {SECOND: 50, THIRD: 8}, channel="chat")
    everything, phone = queries.known_by_day(session, DAYS, [frozenset(), {"phone"}])
    assert everything == {FIRST: 5, SECOND: 1, THIRD: 0}
    assert phone == {FIRST: 3, SECOND: 0, THIRD: 0}
