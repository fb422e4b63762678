"""A plan's boundary read from daily totals: what is in it, what is missing, what is left out."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.counting.tables import ClosedDay
from app.measurement import boundary, change_actions
from app.measurement.change_actions import Proposal
from app.measurement.plans import Boundary, PlanTerms
from app.reasons import queries as reasons
from app.reasons.tables import Reason, ReasonFact
from app.values.errors import Refused
from app.values.periods import Period
from tests.builders import AT, TESTER, make_reason
from tests.initiative_builders import every_day, make_totals

START, LIVE, END = date(2025, 9, 1), date(2026, 9, 1), date(2026, 9, 11)
DAYS = (END - START).days


def plan(*targets: Reason, **changes: Any) -> PlanTerms:
    sinks = frozenset(one.id for one in changes.pop("sinks", ()))
    channels = frozenset(changes.pop("channels", ()))
    ids = frozenset(one.id for one in targets)
    return PlanTerms(Boundary(ids, sinks, channels), changes.pop("go_live_on", LIVE), **changes)


def approved(session: Session, days: Period, *touched: Reason, state: str = "approved") -> None:
    proposal = Proposal("outage", f"Outage {days.start}", days, "Ticket", frozenset(one.id for one in touched))
    number = change_actions.propose(session, proposal, form_key=str(days.start), by=TESTER, at=AT)
    if state != "proposed":
        is_approved = state == "approved"
        change_actions.decide(session, number, is_approved=is_approved, note="Seen", by=TESTER, at=AT)


def test_a_parent_brings_what_lies_below_it_and_each_channel_stays_by_itself(session: Session) -> None:
    parent = make_reason(session)
    child, other = make_reason(session, parent=parent), make_reason(session)
    make_totals(session, parent.id, every_day(START, DAYS, 3))
    make_totals(session, child.id, every_day(START, DAYS, 4))
    make_totals(session, child.id, every_day(START, DAYS, 5), channel="email")
    make_totals(session, other.id, every_day(START, DAYS, 100), channel="chat")
    found = boundary.read(session, plan(parent), END)
    assert {name: set(figures) for name, figures in found.series.channels.items()} == {"phone": {7.0}, "email": {5.0}}
    assert (found.series.starts[0], found.series.end, len(found.series.starts)) == (START, END, DAYS)
    only = boundary.read(session, plan(parent, channels=("email",)), END)
    assert list(only.series.channels) == ["email"]


def test_abandoned_contacts_count_and_outbound_ones_do_not(session: Session) -> None:
    reason = make_reason(session)
    make_totals(session, reason.id, every_day(START, DAYS, 3), abandoned=2, outbound=50)
    assert set(boundary.read(session, plan(reason), END).series.channels["phone"]) == {5.0}


def test_sinks_are_in_it_only_where_they_are_asked_for(session: Session) -> None:
    target, sink = make_reason(session), make_reason(session)
    make_totals(session, target.id, every_day(START, DAYS, 3))
    make_totals(session, sink.id, every_day(START, DAYS, 4))
    terms = plan(target, sinks=(sink,))
    assert set(boundary.read(session, terms, END).series.channels["phone"]) == {3.0}
    wider = boundary.read(session, terms, END).with_sinks
    assert wider is not None
    assert set(wider.channels["phone"]) == {7.0}


def test_a_day_with_other_contacts_is_nothing_and_one_without_any_is_missing(session: Session) -> None:
    target, other = make_reason(session), make_reason(session)
    gone, quiet = START + timedelta(days=3), START + timedelta(days=5)
    whole = every_day(START, DAYS, 3)
    make_totals(session, target.id, {day: count for day, count in whole.items() if day not in {gone, quiet}})
    make_totals(session, other.id, {day: count for day, count in whole.items() if day != gone})
    figures = boundary.read(session, plan(target), END).series.channels["phone"]
    assert (figures[3], figures[4], figures[5]) == (None, 3.0, 0.0)


def test_a_closed_day_is_no_missing_one_and_one_with_contacts_is_a_holiday(session: Session) -> None:
    target = make_reason(session)
    closed, busy = START + timedelta(days=3), START + timedelta(days=4)
    make_totals(session, target.id, {day: 3 for day in every_day(START, DAYS, 3) if day != closed})
    session.add_all(ClosedDay(day=day, name="Holiday") for day in (closed, busy))
    session.flush()
    found = boundary.read(session, plan(target), END)
    assert found.series.closed == {closed}
    assert found.frame.holidays == {busy}


def test_it_looks_back_two_years_from_the_announcement_and_no_further(session: Session) -> None:
    target = make_reason(session)
    make_totals(session, target.id, every_day(date(2023, 1, 1), 1400, 3))
    terms = plan(target, announced_on=date(2026, 8, 1))
    found = boundary.read(session, terms, END)
    assert found.series.starts[0] == date(2026, 8, 1) - timedelta(days=730)
    assert found.frame.baseline_end == date(2026, 8, 1)


def test_a_baseline_of_months_reaches_back_three_years(session: Session) -> None:
    target = make_reason(session)
    make_totals(session, target.id, every_day(date(2022, 1, 1), 1715, 3))
    found = boundary.read(session, plan(target, go_live_on=date(2026, 8, 15), grain="month", method="1"), END)
    assert found.series.starts[0] == date(2023, 9, 1)


def test_approved_changes_on_the_line_of_a_reason_are_left_out_and_no_others(session: Session) -> None:
    parent = make_reason(session)
    target, beside = make_reason(session, parent=parent), make_reason(session, parent=parent)
    elsewhere = make_reason(session)
    child = make_reason(session, parent=target)
    make_totals(session, target.id, every_day(START, DAYS, 3))
    days = [Period(START + timedelta(days=n), START + timedelta(days=n + 2)) for n in range(10, 100, 10)]
    approved(session, days[0])
    approved(session, days[1], target)
    approved(session, days[2], parent)
    approved(session, days[3], child)
    approved(session, days[4], target, child)
    approved(session, days[5], beside)
    approved(session, days[6], elsewhere)
    approved(session, days[7], target, state="proposed")
    approved(session, days[8], target, state="rejected")
    assert boundary.read(session, plan(target), END).frame.excluded == tuple(days[:5])
    tree = reasons.tree(session)
    assert boundary.open_events(session, {target.id}, tree) == (f"Outage {days[7].start}",)
    assert boundary.open_events(session, {elsewhere.id}, tree) == ()


def test_a_change_on_a_reason_that_went_into_another_is_still_left_out(session: Session) -> None:
    old_parent, parent = make_reason(session), make_reason(session)
    target = make_reason(session, parent=old_parent)
    make_totals(session, target.id, every_day(START, DAYS, 3))
    days = Period(START, START + timedelta(days=2))
    approved(session, days, old_parent)
    fact = {"valid_from": date(2026, 1, 1), "department_id": None, "is_other": False, "is_retired": False}
    who = {"recorded_at": AT, "recorded_by": TESTER.name}
    session.add(
        ReasonFact(reason_id=old_parent.id, name="Old", parent_id=None, merged_into_id=parent.id, **fact, **who)
    )
    session.flush()
    assert boundary.read(session, plan(target), END).frame.excluded == (days,)


def test_contacts_of_a_merged_reason_stay_inside(session: Session) -> None:
    old, target = make_reason(session), make_reason(session)
    make_totals(session, old.id, every_day(START, 100, 3))
    make_totals(session, target.id, every_day(START + timedelta(days=100), DAYS - 100, 3))
    fact = {"valid_from": date(2025, 12, 1), "department_id": None, "is_other": False, "is_retired": False}
    who = {"recorded_at": AT, "recorded_by": TESTER.name}
    session.add(ReasonFact(reason_id=old.id, name="Old", parent_id=None, merged_into_id=target.id, **fact, **who))
    session.flush()
    for one in (target, old):
        assert set(boundary.read(session, plan(one), END).series.channels["phone"]) == {3.0}


def test_untouched_reasons_are_leaves_with_two_a_day_the_largest_first(session: Session) -> None:
    parent = make_reason(session)
    child, target, few, large = make_reason(session, parent=parent), *(make_reason(session) for _ in range(3))
    for reason, count in ((child, 5), (target, 50), (few, 1), (large, 9), (parent, 30)):
        make_totals(session, reason.id, every_day(START, DAYS, count))
    found = boundary.untouched(session, reasons.tree(session), {target.id}, Period(START, END))
    assert found == (large.id, child.id)
    assert boundary.untouched(session, reasons.tree(session), {target.id, parent.id}, Period(START, END)) == (large.id,)


def test_controls_and_untouched_reasons_stand_beside_the_channels(session: Session) -> None:
    target, control, other = make_reason(session), make_reason(session), make_reason(session)
    for reason, count in ((target, 3), (control, 4), (other, 5)):
        make_totals(session, reason.id, every_day(START, DAYS, count))
    terms = plan(target, control_ids=frozenset({control.id}), untouched_ids=(other.id,))
    series = boundary.read(session, terms, END).series
    assert series.control is not None
    assert set(series.control) == {4.0}
    assert {name: set(figures) for name, figures in series.others.items()} == {str(other.id): {5.0}}


def test_a_boundary_without_contacts_is_a_sentence(session: Session) -> None:
    reason = make_reason(session)
    with pytest.raises(Refused, match="No contacts are counted yet"):
        boundary.read(session, plan(reason), END)
    make_totals(session, make_reason(session).id, every_day(START, DAYS, 3))
    with pytest.raises(Refused, match="Not one contact with these reasons"):
        boundary.read(session, plan(reason), END)
    with pytest.raises(Refused, match="in the days that this plan looks at"):
        boundary.read(session, plan(reason, go_live_on=date(2030, 1, 1)), END)
    with pytest.raises(Refused, match="in the days that this plan looks at"):
        boundary.read(session, plan(reason), START)


def test_weeks_are_counted_from_go_live(session: Session) -> None:
    target = make_reason(session)
    make_totals(session, target.id, every_day(START, DAYS, 3))
    found = boundary.read(session, plan(target, grain="week", method="1"), END)
    assert LIVE in found.series.starts
    assert set(found.series.channels["phone"]) == {21.0}
