"""Drivers come in, stay what they were, and are taken back."""

import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.contacts.files import File
from app.contacts.rules import Counts
from app.counting import driver_imports, drivers, period_files
from app.counting.driver_imports import DriverChoices
from app.counting.period_files import Brought
from app.counting.period_rows import read_drivers
from app.db import Database
from app.people.tables import AuditEntry
from app.values.errors import Missing, Refused
from app.values.periods import Period
from tests.builders import TESTER

AT = datetime(2026, 9, 14, 9, 30, tzinfo=UTC)
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))


def take_in(
    session: Session, folder: Path, text: str, *, driver: str = "orders", **choices: Any
) -> period_files.Brought:
    path = folder / "drivers.csv"
    path.write_text(text, encoding="utf-8")
    rows = read_drivers(File(path, path.name), choices.pop("date_order", None))
    file_id = driver_imports.take_in(session, rows, DriverChoices(driver, **choices), by=TESTER, at=AT)
    return period_files.brought(session, file_id, "drivers")


def sentences(session: Session, file: Brought) -> list[tuple[int, str]]:
    return [(one.line, one.sentence) for one in period_files.rejections(session, file.id)]


def test_daily_figures_come_in_and_are_read_by_day(session: Session, tmp_path: Path) -> None:
    file = take_in(session, tmp_path, "period_start,value\n2026-01-01,100\n2026-01-02,120.5\n2026-01-04,90\n")
    assert file.counts == Counts(new=3)
    assert drivers.grain_of(session, "orders") == "day"
    two_days = Period(date(2026, 1, 1), date(2026, 1, 3))
    assert drivers.figures(session, "orders", two_days) == {date(2026, 1, 1): 100.0, date(2026, 1, 2): 120.5}
    (known,) = drivers.known(session, lambda _day: True)
    assert (known.periods, known.missing) == (3, (Period(date(2026, 1, 3), date(2026, 1, 4)),))
    (known,) = drivers.known(session, lambda day: day != date(2026, 1, 3))
    assert known.missing == ()


def test_months_and_weeks_are_seen_from_the_dates(session: Session, tmp_path: Path) -> None:
    take_in(session, tmp_path, "period_start,value\n2026-01-01,100\n2026-02-01,120\n2026-04-01,90\n")
    take_in(session, tmp_path, "period_start,value\n2026-01-07,1\n2026-01-14,2\n2026-01-21,3\n", driver="customers")
    assert drivers.grain_of(session, "orders") == "month"
    assert drivers.grain_of(session, "customers") == "week"
    a_part = Period(date(2026, 1, 1), date(2026, 2, 15))
    assert drivers.figures(session, "orders", a_part) == {date(2026, 1, 1): 100.0}
    by_name = {one.name: one for one in drivers.known(session, lambda _day: True)}
    assert by_name["orders"].missing == (Period(date(2026, 3, 1), date(2026, 4, 1)),)
    assert by_name["customers"].missing == ()


def test_a_file_may_hold_several_drivers(session: Session, tmp_path: Path) -> None:
    orders, calls = "2026-01-01;orders;100\n2026-01-02;orders;101\n", "2026-01-01;calls;7\n2026-01-02;calls;8\n"
    text = f"Period start;Driver;Value\n{orders}{calls}"
    assert take_in(session, tmp_path, text, driver="").counts.new == 4
    assert drivers.names(session) == ["calls", "orders"]


def test_the_same_file_again_brings_nothing_and_another_figure_keeps_the_old_one_in_the_trail(
    session: Session, tmp_path: Path
) -> None:
    text = "period_start,value\n2026-01-01,100\n2026-01-02,120\n"
    take_in(session, tmp_path, text)
    assert take_in(session, tmp_path, text).counts == Counts(unchanged=2)
    changed = take_in(session, tmp_path, "period_start,value\n2026-01-01,100\n2026-01-02,125\n2026-01-03,7\n")
    assert changed.counts == Counts(new=1, updated=1, unchanged=1)
    assert drivers.figures(session, "orders", YEAR)[date(2026, 1, 2)] == 125
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).one()
    assert entry.before == {"figures": {"orders 2026-01-02": 120.0}}
    assert (entry.after or {})["figures"] == {"orders 2026-01-02": 125.0}
    assert driver_imports.remove(session, changed.id, by=TESTER, at=AT) == 2
    assert driver_imports.remove(session, changed.id, by=TESTER, at=AT) == 0
    assert drivers.figures(session, "orders", YEAR) == {date(2026, 1, 1): 100.0, date(2026, 1, 2): 120.0}


def test_every_row_is_counted_once_and_a_wrong_one_says_why(session: Session, tmp_path: Path) -> None:
    text = (
        "period_start,value\n2026-01-01,100\n2026-02-01,0\n2026-03-01,-5\n2026-04-01,many\n2026-05-02,5\n"
        "2026-06-01,\n2026-01-01,100\n2026-01-01,101\n,\n2026-09-01,12\n2026-07-01,3\nsoon,3\n"
    )
    file = take_in(session, tmp_path, text)
    assert file.counts == Counts(new=2, rejected=8, ignored=2)
    assert file.counts.read == 12
    said = dict(sentences(session, file))
    assert "above 0" in said[3]
    assert "below 0" in said[4]
    assert "“many” is no number" in said[5]
    assert "no first day of a month" in said[6]
    assert "missing" in said[7]
    assert said[9] == "Line 2 says another figure for 1 Jan 2026. Keep one of the two."
    assert "not over yet" in said[11]
    assert "no date" in said[13]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("period_start,value\n", "a header and no rows"),
        ("", "is empty"),
        ("day,value\n2026-01-01,1\n", "no column “period_start”"),
        ("period_start,value\n3/4/2026,1\n4/4/2026,2\n", "day first or month first"),
        ("period_start,value\n2026-01-01,5\n", "one period"),
        ("%PDF-1.4", "is a PDF"),
    ],
)
def test_a_file_that_cannot_be_taken_in_says_why(session: Session, tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        take_in(session, tmp_path, text)


def test_a_row_with_a_nul_byte_or_a_foreign_letter_is_rejected_alone(session: Session, tmp_path: Path) -> None:
    file = take_in(
        session, tmp_path, "period_start,value\n2026-01-01,1\n2026-01-02,2\0\n2026-01-03,\uff13\n2026-01-04,4\n"
    )
    assert file.counts == Counts(new=2, rejected=2)


def test_a_name_must_be_given_and_its_length_of_periods_kept(session: Session, tmp_path: Path) -> None:
    daily = "period_start,value\n2026-01-01,100\n2026-01-02,120\n"
    with pytest.raises(Refused, match="which driver"):
        take_in(session, tmp_path, daily, driver=" ")
    take_in(session, tmp_path, daily, unit="orders")
    with pytest.raises(Refused, match="are daily"):
        take_in(session, tmp_path, "period_start,value\n2026-01-01,5\n", grain="month")
    with pytest.raises(Missing, match=r"no driver “sales”\. Known are: orders"):
        drivers.figures(session, "sales", YEAR)


def test_two_people_at_once_keep_one_figure_each(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "drivers.csv"
    path.write_text("period_start,value\n" + "".join(f"2026-01-{day:02},{day}\n" for day in range(1, 31)))
    rows = read_drivers(File(path, path.name))
    barrier, ends = threading.Barrier(2), []

    def work() -> None:
        barrier.wait()
        ends.append(
            database.write(lambda session: driver_imports.take_in(session, rows, DriverChoices("o"), by=TESTER, at=AT))
        )

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        counts = sorted(period_files.brought(session, one, "drivers").counts.new for one in ends)
        assert len(drivers.figures(session, "o", YEAR)) == 30
    assert counts == [0, 30]
