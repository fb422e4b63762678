"""What goes wrong in real figures, from the database through the month-end run to what is kept, one case at a time.

Every day of the centre is like the other, so each figure is a product of days: 30 contacts a day are avoided from
1 June 2026 on, 900 in June, 1,830 up to August and 2,760 up to September.
"""

from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.db import Database
from app.initiatives import queries as initiatives
from app.initiatives.tables import Projection
from app.measurement import change_actions, cost_actions, cost_queries, plan_actions, queries
from app.measurement.change_actions import Proposal
from app.measurement.cost_actions import CostEntry
from app.measurement.plan_queries import Measured
from app.measurement.plans import Boundary, PlanTerms
from app.reasons.tables import Reason
from app.values.money import Money
from app.values.periods import Period
from tests.builders import AT, TESTER, make_reason
from tests.initiative_builders import every_day, make_initiative, make_totals
from tests.measurement.centre import (
    END,
    FIRST,
    GO_LIVE,
    TODAY,
    Centre,
    codes,
    even_days,
    gone,
    looks,
    make_centre,
    replaced,
    stretch,
    told,
)

JUNE, JULY, AUGUST, SEPTEMBER = (date(2026, month, 1) for month in (6, 7, 8, 9))
WHOLE = 852  # days of the centre, 730 before and 122 after go-live


def last(database: Database, centre: Centre, as_of: date = TODAY) -> Measured:
    return list(looks(database, centre.initiative_id, as_of).values())[-1]


def excluded(session: Session, days: Period, *reason_ids: int, state: str = "approved") -> None:
    proposal = Proposal("outage", f"Outage {days.start}", days, "Ticket", frozenset(reason_ids))
    number = change_actions.propose(session, proposal, form_key=str(days.start), by=TESTER, at=AT)
    if state != "proposed":
        change_actions.decide(session, number, is_approved=state == "approved", note="Seen", by=TESTER, at=AT)


def test_a_plan_on_the_parent_sees_no_effect_where_its_reason_is_split(database: Database) -> None:
    def make(session: Session) -> Centre:
        centre = make_centre(session, after=60)
        parent = session.get(Reason, centre.target)
        child = make_reason(session, "Label lost in the post", parent=parent, valid_from=GO_LIVE)
        make_totals(session, child.id, every_day(GO_LIVE, 122, 40))
        return centre

    look = last(database, database.write(make))
    assert (look.avoided, look.booked_minor, look.state) == (0, 0, "not distinguishable from noise")
    assert "split" not in codes(look)


def test_a_reason_that_came_beside_the_target_is_named_and_one_elsewhere_or_before_is_not(database: Database) -> None:
    def make(session: Session) -> Centre:
        above, elsewhere = make_reason(session, "Labels"), make_reason(session, "Bills")
        centre = make_centre(session, parent=above)
        make_reason(session, "Label torn", parent=above, valid_from=date(2026, 6, 10))
        make_reason(session, "Label wet", parent=above, valid_from=date(2026, 5, 31))
        make_reason(session, "Bill wet", parent=elsewhere, valid_from=date(2026, 6, 10))
        return centre

    look = last(database, database.write(make))
    assert look.state == "verified"
    assert told(look, "split").startswith(
        "Reasons that came beside those of the plan since its baseline ended: “Labels > Label torn” (10 Jun 2026). If"
    )


def with_a_leak(session: Session, to_other: int, *, is_named: bool) -> Centre:
    """20 contacts a day under “Other” until go-live, so many after it."""
    other = make_reason(session, "Other", is_other=True)
    make_totals(session, other.id, every_day(FIRST, 730, 20) | every_day(GO_LIVE, 122, to_other))
    return make_centre(session, sinks=(other.id,) if is_named else ())


def test_what_only_moved_to_a_sink_is_not_credited(database: Database) -> None:
    look = last(database, database.write(lambda session: with_a_leak(session, 50, is_named=True)))
    assert look.figures["credited"] == "target with sinks"
    assert (look.avoided, look.booked_minor) == (0, 0)


def test_a_sink_that_fell_too_adds_nothing(database: Database) -> None:
    look = last(database, database.write(lambda session: with_a_leak(session, 10, is_named=True)))
    assert look.figures["credited"] == "target"
    assert look.avoided == 2760


@pytest.mark.parametrize("is_named", [False, True])
def test_an_other_share_that_moved_two_points_is_an_alarm(database: Database, is_named: bool) -> None:
    look = last(database, database.write(lambda session: with_a_leak(session, 50, is_named=is_named)))
    # 20 / (100 + 20 + 500) = 3.2 %; 50 / (70 + 50 + 500) = 8.1 %
    assert told(look, "other share").startswith(
        "Reasons flagged as “Other” have 8.1% of all contacts since go-live, and had 3.2% in as many days before: 4.8 "
        "points more."
    )


@pytest.mark.parametrize(("to_other", "is_told"), [(31, False), (32, True)])
def test_under_two_points_there_is_no_alarm(database: Database, to_other: int, is_told: bool) -> None:
    # 31 / 601 = 5.158 % is 1.93 points above 3.226 %, 32 / 602 = 5.316 % is 2.09
    look = last(database, database.write(lambda session: with_a_leak(session, to_other, is_named=False)))
    assert ("other share" in codes(look)) is is_told


@pytest.mark.parametrize(("days", "is_told"), [(3, False), (4, True)])
def test_a_month_with_more_than_a_tenth_missing_is_incomplete(
    database: Database,
    days: int,
    is_told: bool,
) -> None:
    def make(session: Session) -> Centre:
        centre = make_centre(session)
        gone(session, stretch(date(2026, 8, 5), days))
        return centre

    kept = looks(database, database.write(make).initiative_id)
    assert ("incomplete" in codes(kept[AUGUST])) is is_told
    assert "incomplete" not in codes(kept[JULY])
    assert (kept[AUGUST].state, kept[AUGUST].avoided) == ("verified", 30 * (92 - days))
    if is_told:
        assert told(kept[AUGUST], "incomplete").startswith("August 2026 is incomplete: 4 of its 31\u00a0open days are")


def test_days_that_an_approved_change_left_out_make_no_month_incomplete(database: Database) -> None:
    def make(session: Session) -> Centre:
        centre = make_centre(session)
        excluded(session, stretch(date(2026, 8, 5), 10), centre.target)
        return centre

    look = last(database, database.write(make))
    assert "incomplete" not in codes(look)
    assert look.avoided == 30 * 82


def test_whoever_hangs_up_has_called(database: Database) -> None:
    def make(session: Session) -> Centre:
        centre = make_centre(session)
        # The line is closed at noon: 40 calls are taken, 60 are given up.
        replaced(session, centre.target, every_day(GO_LIVE, 122, 40), abandoned=60)
        return centre

    look = last(database, database.write(make))
    assert (look.figures["observed"], look.avoided, look.booked_minor) == (9200, 0, 0)


def test_days_of_which_only_zeros_were_given_are_missing(database: Database) -> None:
    def make(session: Session) -> Centre:
        centre = make_centre(session)
        for one in (centre.target, *centre.untouched):
            replaced(session, one, every_day(date(2026, 8, 5), 5, 0))
        return centre

    look = last(database, database.write(make))
    assert (look.avoided, look.figures["reporting"]["periods"]) == (30 * 87, 87)
    assert "incomplete" in codes(look)


OUTAGES = [
    # days of the outage, of the baseline, of the report, and pairs of the one-sentence method
    (stretch(date(2026, 4, 6), 4), 726, 92, 92),
    (stretch(date(2026, 7, 6), 4), 730, 88, 88),
    (stretch(date(2025, 7, 7), 4), 726, 92, 88),
]


@pytest.mark.parametrize(("days", "baseline", "report", "pairs"), OUTAGES)
def test_only_an_approved_outage_is_left_out_and_on_both_sides_of_both_methods(
    database: Database, days: Period, baseline: int, report: int, pairs: int
) -> None:
    def make(session: Session) -> Centre:
        centre = make_centre(session)
        replaced(session, centre.target, every_day(days.start, days.days, 400))
        excluded(session, days, centre.target, state="proposed")
        return centre

    centre = database.write(make)
    july = looks(database, centre.initiative_id, date(2026, 8, 5))[JULY]
    assert july.state == "disputed"
    assert f"“Outage {days.start}” is in the register and not decided yet" in told(july, "open event")
    assert july.figures["baseline"]["periods"] == 730
    database.write(lambda session: change_actions.decide(session, 1, is_approved=True, note="Seen", by=TESTER, at=AT))
    august = looks(database, centre.initiative_id)[AUGUST]
    assert (august.state, august.avoided) == ("verified", 30 * report)
    assert august.figures["baseline"]["periods"] == baseline
    assert august.figures["reporting"]["periods"] == report
    assert august.figures["last_year"]["avoided"] == pytest.approx(30 * pairs)
    assert august.figures["last_year"]["relative"] == pytest.approx(0.3)


def test_the_indicative_figures_leave_an_approved_outage_out_too(database: Database) -> None:
    def make(session: Session) -> Centre:
        centre = make_centre(session)
        replaced(session, centre.target, every_day(date(2026, 7, 6), 4, 400))
        excluded(session, stretch(date(2026, 7, 6), 4), centre.target)
        return centre

    centre = database.write(make)
    with database.reading() as session:
        found = queries.measured(session, initiatives.initiatives(session), TODAY)[centre.initiative_id]
    # 1 June to 13 September: 105 days, four of them left out
    assert (found.figures.days_used, found.avoided) == (101, 30 * 101)


@pytest.mark.parametrize("is_approved", [False, True])
def test_what_was_left_out_is_not_missing_from_the_baseline(
    database: Database,
    is_approved: bool,
) -> None:
    days = stretch(date(2025, 2, 1), 80)  # 11 % of 730

    def make(session: Session) -> Centre:
        centre = make_centre(session)
        if is_approved:
            excluded(session, days, centre.target)
        else:
            gone(session, days)
        return centre

    look = last(database, database.write(make))
    assert look.state == ("verified" if is_approved else "baseline insufficient")
    assert look.figures["baseline"]["periods"] == 650


@pytest.mark.parametrize(
    ("untouched", "falling", "rank", "state"),
    [(10, 1, 0.1, "verified"), (10, 2, 0.2, "measuring"), (9, 2, None, "verified")],
)
def test_untouched_reasons_that_fall_as_far_keep_it_from_being_verified(
    database: Database, untouched: int, falling: int, rank: float | None, state: str
) -> None:
    def make(session: Session) -> Centre:
        centre = make_centre(session, untouched=untouched)
        for one in centre.untouched[:falling]:
            replaced(session, one, every_day(GO_LIVE, 122, 30))
        return centre

    look = last(database, database.write(make))
    assert (look.figures["placebo_rank"], look.state) == (rank, state)
    assert ("placebo" in codes(look)) is (state == "measuring")
    assert (look.booked_minor > 0) is (state == "verified")


MID_JUNE = date(2026, 6, 15)


def test_a_go_live_in_the_middle_of_a_month_counts_from_its_day_on(database: Database) -> None:
    centre = database.write(lambda session: make_centre(session, days=even_days(70, MID_JUNE), go_live_on=MID_JUNE))
    kept = looks(database, centre.initiative_id)
    assert [(month, one.avoided, one.state) for month, one in kept.items()] == [
        (JUNE, 30 * 16, "measuring"),
        (JULY, 30 * 47, "verified"),
        (AUGUST, 30 * 78, "verified"),
    ]


def test_the_report_ends_with_the_credit_and_its_last_days_are_booked(database: Database) -> None:
    def make(session: Session) -> Centre:
        return make_centre(session, days=even_days(70, MID_JUNE), go_live_on=MID_JUNE, crediting_months=2)

    kept = looks(database, database.write(make).initiative_id, END)
    # 15 June to 14 August: 61 days; September is over, and nothing of it counts.
    assert [(month, one.avoided, one.state) for month, one in kept.items()] == [
        (JUNE, 480, "measuring"),
        (JULY, 1410, "verified"),
        (AUGUST, 1830, "verified"),
        (SEPTEMBER, 1830, "expired"),
    ]
    assert kept[AUGUST].booked_minor > kept[JULY].booked_minor > 0
    assert kept[SEPTEMBER].booked_minor == kept[AUGUST].booked_minor
    assert kept[SEPTEMBER].figures["reporting"]["end"] == "2026-08-15"


def test_of_two_on_the_same_reasons_each_report_ends_with_its_own_credit(database: Database) -> None:
    days = every_day(FIRST, WHOLE, 100) | every_day(date(2026, 2, 1), 120, 80) | every_day(GO_LIVE, 122, 50)

    def make(session: Session) -> tuple[int, int]:
        centre = make_centre(session, days=days, go_live_on=date(2026, 2, 1), crediting_months=2)
        target = session.get(Reason, centre.target)
        assert target is not None
        row = make_initiative(session, reasons=(target,), stage="live", go_live_on=GO_LIVE, name="Second")
        terms = PlanTerms(Boundary(frozenset({centre.target})), GO_LIVE)
        number = plan_actions.write_plan(session, row.id, terms, by=TESTER, at=AT)
        plan_actions.freeze(session, row.id, number, by=TESTER, at=AT, today=TODAY)
        return centre.initiative_id, row.id

    first, second = database.write(make)
    early, late = looks(database, first), looks(database, second)
    assert early[AUGUST].state == "expired"
    assert early[AUGUST].figures["reporting"]["end"] == "2026-04-01"
    # February and March: 59 days of 20; the second is not live yet and takes no part of them.
    assert early[AUGUST].avoided == 59 * 20
    assert late[AUGUST].figures["reporting"]["end"] == "2026-09-01"


def test_a_cost_that_was_taken_back_is_none_and_the_projected_one_stays_away(database: Database) -> None:
    def make(session: Session) -> Centre:
        centre = make_centre(session)
        session.execute(update(Projection).values(cost_to_do_minor=500_000, running_cost_year_minor=365_000))
        return centre

    def enter_and_take_back(session: Session) -> None:
        entry = CostEntry("one_off", Period(JUNE, JUNE + timedelta(days=1)), Money(100, "USD"), "Labels")
        cost_actions.enter_cost(session, centre.initiative_id, entry, form_key="k", by=TESTER, at=AT)
        (line,) = cost_queries.costs(session, centre.initiative_id)
        cost_actions.take_back(session, centre.initiative_id, line.id, by=TESTER, at=AT)

    centre = database.write(make)
    june = looks(database, centre.initiative_id, JULY + timedelta(days=5))[JUNE]
    database.write(enter_and_take_back)
    july = looks(database, centre.initiative_id, AUGUST + timedelta(days=5))[JULY]
    costs = [{line["step"]: line["minor"] for line in one.figures["netting"]["lines"]} for one in (june, july)]
    # Running cost, of which nobody ever entered anything, is projected still: 30 and 61 days of 1,000.
    assert [(one["one_off"], one["running"]) for one in costs] == [(-500_000, -30_000), (0, -61_000)]
