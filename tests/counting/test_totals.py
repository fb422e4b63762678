"""Totals that come as figures: beside what is counted, in their own length, and never beside contacts of the source."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.contacts import actions as contact_actions
from app.contacts import days
from app.contacts.files import File
from app.contacts.rules import Counts
from app.contacts.tables import ImportBatch
from app.counting import actions, checking, period_files, queries, total_imports, totals
from app.counting.period_rows import read_totals
from app.counting.total_imports import TotalChoices
from app.db import Database
from app.ranking import queries as ranking
from app.ranking.rules import Question
from app.reasons import actions as reasons
from app.reasons import queries as reason_queries
from app.values.errors import Refused
from app.values.periods import Period
from tests.builders import TESTER, make_contact, make_reason, make_source
from tests.intake_builders import counts, import_rows, make_line, make_settings

AT = datetime(2026, 9, 14, 9, 30, tzinfo=UTC)
HEADER = "period_start,reason,channel,contacts,handle_seconds\n"
JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))
QUARTER = Period(date(2026, 1, 1), date(2026, 4, 1))


def take_in(session: Session, folder: Path, rows: str, grain: str = "day", **more: Any) -> period_files.Brought:
    path = folder / "totals.csv"
    path.write_text(more.pop("header", HEADER) + rows, encoding="utf-8")
    choices = TotalChoices(more.pop("source", "Switch"), grain, "UTC", **more)
    file_id = total_imports.take_in(session, read_totals(File(path, path.name)), choices, by=TESTER, at=AT)
    actions.recount_touched(session, limit=1000)
    return period_files.brought(session, file_id, "totals")


def reason_id(session: Session, text: str) -> int:
    tree = reason_queries.tree(session)
    return next(node.id for node in tree.walk() if tree.text(node.id) == text)


def said(session: Session, file: period_files.Brought) -> dict[int, str]:
    return {one.line: one.sentence for one in period_files.rejections(session, file.id)}


def test_daily_totals_stand_beside_counted_contacts_and_survive_a_recount(session: Session, tmp_path: Path) -> None:
    late = make_reason(session, "Late")
    make_contact(session, reason=late, occurred_at=datetime(2026, 1, 2, 9, tzinfo=UTC))
    days.touch(session, [date(2026, 1, 2)])
    second = "2026-01-02,Late,phone,40,8000\n2026-01-02,Late,e-mail,5,\n"
    third = "2026-01-03,,phone,7,\n2026-01-03,Billing > Refund,chat,0,\n"
    file = take_in(session, tmp_path, second + third)
    assert file.counts == Counts(new=4, untagged=1)
    by_day = queries.by_day(session, JANUARY)
    assert {day: total.handled for day, total in by_day.items()} == {date(2026, 1, 2): 46, date(2026, 1, 3): 7}
    assert (by_day[date(2026, 1, 2)].timed, by_day[date(2026, 1, 2)].handle_seconds) == (41, 8300)
    assert list(checking.differences(session)) == []
    days.touch(session, [date(2026, 1, 2), date(2026, 1, 3)])
    actions.recount_touched(session)
    assert queries.by_day(session, JANUARY) == by_day
    ids = [reason_id(session, "Billing > Refund")]
    assert queries.by_reason_channel_and_day(session, JANUARY, ids) == {(ids[0], "chat"): {date(2026, 1, 3): 0}}


def test_the_same_file_again_brings_nothing_and_a_newer_one_is_taken_back_exactly(
    session: Session, tmp_path: Path
) -> None:
    rows = "2026-01-02,Late,phone,40,8000\n2026-01-03,Late,phone,30,\n"
    take_in(session, tmp_path, rows)
    assert take_in(session, tmp_path, rows).counts == Counts(unchanged=2)
    newer = take_in(session, tmp_path, "2026-01-02,Late,phone,45,8000\n2026-01-04,Late,phone,1,\n")
    assert newer.counts == Counts(new=1, updated=1)
    handled = {day: total.handled for day, total in queries.by_day(session, JANUARY).items()}
    assert handled == {date(2026, 1, 2): 45, date(2026, 1, 3): 30, date(2026, 1, 4): 1}
    assert total_imports.remove(session, newer.id, by=TESTER, at=AT) == 2
    actions.recount_touched(session)
    handled = {day: total.handled for day, total in queries.by_day(session, JANUARY).items()}
    assert handled == {date(2026, 1, 2): 40, date(2026, 1, 3): 30}
    assert list(checking.differences(session)) == []


def test_days_of_which_every_total_is_0_are_named_and_count_as_missing(session: Session, tmp_path: Path) -> None:
    days = [f"2026-01-0{number},Delivery > Late,phone,{count},\n" for number, count in enumerate((5, 0, 0, 4), 1)]
    file = take_in(session, tmp_path, "".join(days) + "2026-01-02,Bills,email,0,\n2026-01-03,Bills,email,7,\n")
    # On the 3rd “Late” has no call, but somebody wrote about a bill: that 0 is one.
    (said_of_it,) = [one for one in file.remarks if "is 0" in one]
    assert said_of_it.startswith("Every total from 2 Jan 2026 is 0. Such a period counts as missing")
    known = queries.known_by_day(session, JANUARY, [()])[0]
    assert known == {date(2026, 1, 1): 5, date(2026, 1, 3): 7, date(2026, 1, 4): 4}
    days_of_january = totals.known_periods(session, "day", Period(date(2026, 1, 1), date(2026, 1, 5)), lambda _: True)
    assert sorted(one.day for one in days_of_january) == [1, 3, 4]


def test_wrong_rows_are_rejected_one_by_one(session: Session, tmp_path: Path) -> None:
    rows = (
        "2026-01-02,Late,pigeon,1,\n2026-01-02,A > B > C > D,phone,1,\n2026-01-02,Late,phone,-1,\n"
        "2026-01-02,Late,phone,1.5,\n2026-01-02,Late,phone,ten,\n2026-01-02,Late,phone,3,\n2026-01-02,Late,phone,3,\n"
        "2026-01-02,Late,phone,4,\n2026-12-02,Late,phone,4,\n2026-01-05,Late,phone,1,99999\nTotal,,,400,\n"
    )
    file = take_in(session, tmp_path, rows)
    assert file.counts == Counts(new=2, rejected=7, ignored=2)
    found = said(session, file)
    assert "“pigeon” is no channel" in found[2]
    assert "levels" in found[3]
    assert "below 0" in found[4]
    assert "whole number" in found[5]
    assert "no number" in found[6]
    assert found[9].startswith("Line 7 says another total of this reason and channel for 2 Jan 2026.")
    assert "future" in found[10]
    assert file.remarks == ("1\u00a0row had more than 8 hours a contact: that time was left out.",)


def test_weeks_begin_on_the_weekday_of_the_file_and_months_on_the_first(session: Session, tmp_path: Path) -> None:
    weekly = take_in(
        session, tmp_path, "2026-01-07,Late,phone,5,\n2026-01-14,Late,phone,5,\n2026-01-20,Late,phone,5,\n", "week"
    )
    assert said(session, weekly) == {
        4: "20 Jan 2026 is a Tuesday, and the weeks of these figures begin on a Wednesday."
    }
    monthly = take_in(
        session, tmp_path, "2026-01-01,Late,phone,5,\n2026-02-02,Late,phone,5,\n", "month", source="Other"
    )
    assert list(said(session, monthly)) == [3]
    partly = take_in(session, tmp_path, "2026-01-20,Late,phone,5,\n", "day")
    assert "weekly totals that hold 20 Jan 2026" in said(session, partly)[2]


def test_a_source_with_contacts_on_a_day_gets_no_total_for_it(session: Session, tmp_path: Path) -> None:
    source = make_source(session, "Switch")
    make_contact(session, source=source, occurred_at=datetime(2026, 1, 2, 9, tzinfo=UTC))
    days.touch(session, [date(2026, 1, 2)])
    for counted in (False, True):
        if counted:
            actions.recount_touched(session)
        rows = f"2026-01-02,Late,phone,4,\n2026-01-0{3 + counted},Late,phone,4,\n"
        file = take_in(session, tmp_path, rows)
        assert file.counts == Counts(new=1, rejected=1)
        assert said(session, file)[2].startswith("The source has contacts on 2 Jan 2026, and a source has contacts or")
    month = take_in(session, tmp_path, "2026-01-01,Late,phone,4,\n", "month", source="Switch")
    assert month.counts.rejected == 1


def test_a_source_with_totals_for_a_day_gets_no_contacts_for_it(database: Database, tmp_path: Path) -> None:
    settings = make_settings(database, tmp_path)
    settings.instance.mkdir(parents=True, exist_ok=True)
    file = database.write(lambda session: take_in(session, tmp_path, "2026-08-01,Late,phone,400,\n", "month"))
    lines = [
        make_line(1, occurred_at="2026-08-31T10:00:00Z"),
        make_line(2, occurred_at="2026-09-01T10:00:00Z"),
    ]
    batch = import_rows(database, settings, lines, source="Switch")
    assert counts(batch) == {"read": 2, "new": 1, "rejected": 1}
    assert counts(import_rows(database, settings, lines, source="Elsewhere")) == {"read": 2, "new": 2}
    with database.reading() as session:
        from app.contacts.queries import rejections

        (one,) = rejections(session, batch.id)
        assert one.sentence.startswith(
            "The source gave totals for 31 Aug 2026. A source has contacts or totals for a day"
        )
    database.write(lambda session: total_imports.remove(session, file.id, by=TESTER, at=AT))
    assert counts(import_rows(database, settings, lines, source="Switch")) == {"read": 2, "new": 1, "unchanged": 1}


def test_totals_wait_for_an_import_of_contacts_of_their_source(session: Session, tmp_path: Path) -> None:
    source = make_source(session, "Switch")
    session.add(
        ImportBatch(
            source_id=source.id, file_name="x", byte_count=1, sha256="x", format="", decided={}, state="running",
            made_by="x", made_at=AT, moved_at=AT,
        )
    )  # fmt: skip
    session.flush()
    with pytest.raises(Refused, match="brings contacts of the same source"):
        take_in(session, tmp_path, "2026-01-02,Late,phone,4,\n")
    with pytest.raises(Refused, match="people log"):
        take_in(session, tmp_path, "2026-01-02,Late,phone,4,\n", source=contact_actions.BY_HAND)


def test_values_without_a_meaning_wait_and_follow_it(session: Session, tmp_path: Path) -> None:
    file = take_in(
        session, tmp_path, "2026-01-02,Late,phone,4,\n2026-01-02,late delivery,phone,3,\n", creates_reasons=False
    )
    assert file.counts == Counts(new=2, untagged=2)
    late = make_reason(session, "Delivery late")
    for raw in reason_queries.unmapped_raw_values(session):
        reasons.map_raw(session, raw.id, late.id, by=TESTER, at=AT)
        total_imports.follow(session, raw.id)
    actions.recount_touched(session)
    found = queries.by_reason_channel_and_day(session, JANUARY, [late.id])
    assert found == {(late.id, "phone"): {date(2026, 1, 2): 7}}
    assert list(checking.differences(session)) == []


def test_months_add_up_days_and_whole_months_and_refuse_what_cuts_them(session: Session, tmp_path: Path) -> None:
    take_in(session, tmp_path, "2026-01-30,Late,phone,4,\n2026-02-02,Late,phone,3,\n")
    take_in(session, tmp_path, "2026-01-01,Late,phone,100,\n2026-02-01,Late,e-mail,50,\n", "month", source="Old switch")
    late = reason_id(session, "Late")
    assert totals.by_reason_and_period(session, "month", QUARTER, [late]) == {
        (late, "phone"): {date(2026, 1, 1): 104, date(2026, 2, 1): 3},
        (late, "email"): {date(2026, 2, 1): 50},
    }
    known = totals.known_periods(session, "month", QUARTER, lambda _day: True)
    assert known == {date(2026, 1, 1), date(2026, 2, 1)}
    with pytest.raises(Refused, match="not made of whole months: it would have to end on 28 Feb 2026"):
        totals.by_reason_and_period(session, "month", Period(date(2026, 1, 1), date(2026, 2, 10)), [late])
    with pytest.raises(Refused, match="Old switch gave monthly totals"):
        totals.by_reason_and_period(session, "week", Period(date(2026, 1, 5), date(2026, 1, 19)), [late])
    only = Period(date(2026, 3, 2), date(2026, 3, 16))
    assert totals.by_reason_and_period(session, "week", only, [late]) == {}


def test_weeks_are_counted_from_the_first_day_and_must_meet_the_sources_own(session: Session, tmp_path: Path) -> None:
    take_in(session, tmp_path, "2026-01-05,Late,phone,10,\n2026-01-12,Late,phone,20,\n", "week")
    late = reason_id(session, "Late")
    weeks = Period(date(2026, 1, 5), date(2026, 1, 19))
    found = totals.by_reason_and_period(session, "week", weeks, [late])
    assert found == {(late, "phone"): {date(2026, 1, 5): 10, date(2026, 1, 12): 20}}
    shifted = Period(weeks.start + timedelta(days=1), weeks.end + timedelta(days=1))
    with pytest.raises(Refused, match="Switch gave weekly totals"):
        totals.by_reason_and_period(session, "week", shifted, [late])


def test_the_ranking_counts_whole_months_and_names_those_that_it_leaves_out(session: Session, tmp_path: Path) -> None:
    take_in(session, tmp_path, "2026-01-30,Lost,phone,4,\n")
    take_in(session, tmp_path, "2026-01-01,Late,phone,100,20000\n", "month", source="Old switch")
    found = ranking.ranking(session, Question(JANUARY))
    assert [(row.name, row.contacts) for row in found.rows] == [("Late", 100), ("Lost", 4)]
    assert found.rows[0].figures.handle_seconds == 20000
    assert ranking.left_out(session, Question(JANUARY)) == []
    a_part = Question(Period(date(2026, 1, 10), date(2026, 2, 10)))
    assert [row.name for row in ranking.ranking(session, a_part).rows] == ["Lost"]
    (cut,) = ranking.left_out(session, a_part)
    assert (cut.source, cut.grain, cut.period) == ("Old switch", "month", JANUARY)
    (given,) = [one for one in totals.given(session, lambda _day: True) if one.grain == "month"]
    assert (given.source, given.contacts, given.periods, given.covers) == ("Old switch", 100, 1, JANUARY)
