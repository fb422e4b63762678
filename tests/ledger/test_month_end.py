"""The month-end run on a centre where every day is like the other, so that each figure can be worked out by hand.

100 contacts a day until go-live on 1 June 2026, 70 a day after it, ten untouched reasons of 50 a day, $6.00 a contact.
Nothing varies, so the error is the drift alone: SE = 0.05 x (H / 90) ^ 1/4 from day 90 on, and 0.05 before; Student's t
with 25 degrees of freedom (730 / 28 = 26 blocks, less one) is 1.708141.
"""

from datetime import date
from math import exp

import pytest
from sqlalchemy.orm import Session

from app.db import Database
from app.initiatives.tables import Initiative
from app.ledger import entry_queries, month_end
from app.ledger.month_end import Done
from app.measurement import plan_queries
from app.measurement.plan_queries import Measured
from app.measurement.tables import OtherChange
from tests.builders import AT, TESTER, make_reason
from tests.even_centre import GO_LIVE, TODAY, make_even_centre
from tests.initiative_builders import make_initiative

QUANTILE = 1.708141
JUNE, JULY, AUGUST, SEPTEMBER = (date(2026, month, 1) for month in (6, 7, 8, 9))


def low_of(days: int) -> float:
    """The low end of what was avoided in so many days."""
    error = 0.05 * max(1.0, days / 90) ** 0.25
    return 100 * days * exp(-QUANTILE * error) - 70 * days


@pytest.fixture
def initiative_id(database: Database) -> int:
    return database.write(make_even_centre)


def run(database: Database, as_of: date = TODAY) -> list[Done]:
    return month_end.run(database, as_of, by=TESTER, at=AT)


def kept(database: Database, initiative_id: int) -> list[Measured]:
    with database.reading() as session:
        return plan_queries.measurements(session, initiative_id)


def realised(database: Database, initiative_id: int) -> dict[date, int]:
    with database.reading() as session:
        entries = entry_queries.standing(session, {initiative_id})
    return {one.facts.month: one.facts.amount.amount_minor for one in entries if one.facts.kind == "realised"}


def test_what_is_saved_is_verified_at_the_second_month_end_in_a_row(database: Database, initiative_id: int) -> None:
    assert [(one.month, one.sentence) for one in run(database)] == [(JUNE, ""), (JULY, ""), (AUGUST, "")]
    june, july, august = kept(database, initiative_id)
    assert [one.state for one in (june, july, august)] == ["measuring", "verified", "verified"]
    assert [one.avoided for one in (june, july, august)] == [900, 1830, 2760]
    assert [one.booked_minor for one in (june, july)] == [0, round(600 * low_of(61))]
    assert august.booked_minor == pytest.approx(600 * low_of(92), abs=1)
    # 61 days: 6,100 x exp(-1.708141 x .05) - 4,270 = 1,330.6 contacts, $7,983.80
    assert july.booked_minor == pytest.approx(798_380, abs=100)


def test_a_month_is_booked_as_the_difference_of_the_cumulative_low_ends(database: Database, initiative_id: int) -> None:
    run(database)
    *_, july, august = kept(database, initiative_id)
    found = realised(database, initiative_id)
    assert found == {JUNE: 0, JULY: july.booked_minor, AUGUST: august.booked_minor - july.booked_minor}
    assert sum(found.values()) == august.booked_minor


def test_running_it_again_measures_and_books_nothing(database: Database, initiative_id: int) -> None:
    run(database)
    before = realised(database, initiative_id)
    assert run(database) == []
    assert (realised(database, initiative_id), len(kept(database, initiative_id))) == (before, 3)


def test_a_look_keeps_which_days_were_left_out_when_it_was_made(database: Database, initiative_id: int) -> None:
    def approve(session: Session) -> int:
        days = {"start": date(2026, 7, 6), "end": date(2026, 7, 8)}
        asked = {"proposed_by": "Mara", "proposed_at": AT, "evidence": "Ticket", "form_key": "x", "note": ""}
        decided = {"state": "approved", "decided_by": "Dora", "decided_at": AT}
        row = OtherChange(kind="outage", name="Line down", **days, **asked, **decided)
        session.add(row)
        session.flush()
        return row.id

    change_id = database.write(approve)
    run(database)
    kept = {"id": change_id, "name": "Line down", "start": "2026-07-06", "end": "2026-07-08"}
    with database.reading() as session:
        looks = plan_queries.measurements(session, initiative_id)
    assert [one.figures["excluded"] for one in looks] == [[kept]] * 3


def test_a_month_whose_contacts_are_not_all_there_waits(database: Database, initiative_id: int) -> None:
    # contacts reach to 30 September; on 15 July only June is over
    assert [one.month for one in run(database, date(2026, 7, 15))] == [JUNE]
    assert [one.month for one in run(database, date(2026, 12, 1))] == [JULY, AUGUST, SEPTEMBER]
    assert len(kept(database, initiative_id)) == 4


def test_the_calculation_that_was_kept_says_where_every_cent_comes_from(database: Database, initiative_id: int) -> None:
    run(database)
    july = kept(database, initiative_id)[1]
    figures = july.figures
    assert (figures["observed"], round(figures["counterfactual"]), figures["untouched"]) == (4270, 6100, 10)
    assert figures["quantile"] == pytest.approx(QUANTILE, abs=1e-5)
    assert figures["last_year"]["relative"] == pytest.approx(0.3)
    lines = {line["step"]: line["minor"] for line in figures["netting"]["lines"]}
    assert lines["headline"] == pytest.approx(600 * 1830, abs=1)
    assert sum(lines.values()) == figures["netting"]["net_minor"] == july.net_minor


def test_an_initiative_without_a_frozen_plan_is_left_alone(database: Database, initiative_id: int) -> None:
    def make(session: Session) -> int:
        other = make_initiative(session, reasons=(make_reason(session),), stage="live", go_live_on=GO_LIVE)
        return other.id

    unplanned = database.write(make)
    run(database)
    assert kept(database, unplanned) == []


def test_an_initiative_that_is_not_live_is_not_measured(database: Database, initiative_id: int) -> None:
    def take_back(session: Session) -> None:
        row = session.get(Initiative, initiative_id)
        assert row is not None
        row.stage = "progress"

    database.write(take_back)
    assert run(database) == []
