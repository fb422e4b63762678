"""Times of files, worked out by hand from the rules of the places that they name."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contacts.times import NotATime, TimeReader, latest_moment, order_of
from app.values.errors import Refused

NOW = datetime(2026, 9, 14, 9, 30, tzinfo=UTC)
TORONTO = ZoneInfo("America/Toronto")


def reader(source: str = "UTC", home: str = "UTC", order: str | None = None) -> TimeReader:
    return TimeReader(ZoneInfo(source), ZoneInfo(home), order, latest_moment(NOW))


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2013-10-01T00:05:40Z", "2013-10-01 00:05:40"),
        ("2013-10-01T00:05:40+02:00", "2013-09-30 22:05:40"),
        ("2013-10-01 00:05:40-0500", "2013-10-01 05:05:40"),
        ("2013-10-01T00:05:40.987Z", "2013-10-01 00:05:40"),
        ("2013-10-01 00:05", "2013-10-01 00:05:00"),
        ("2014-Aug-27 10:40:53", "2014-08-27 10:40:53"),
        ("27-Aug-2014 10:40", "2014-08-27 10:40:00"),
        ("27 August 2014 10:40", "2014-08-27 10:40:00"),
        ("Aug 27, 2014 10:40 PM", "2014-08-27 22:40:00"),
        ("2014/08/27 10:40", "2014-08-27 10:40:00"),
        ("2014-08-27 12:05 am", "2014-08-27 00:05:00"),
        ("2014-08-27", "2014-08-27 00:00:00"),
    ],
)
def test_a_time_is_read_in_any_form_that_leaves_no_doubt(text: str, utc: str) -> None:
    times = reader()
    assert times.read(text)[0] == utc
    assert times.read(text)[0] == utc, "remembered it is the same"


@pytest.mark.parametrize(
    ("order", "text", "utc"),
    [
        ("mdy", "4/15/2014 19:49", "2014-04-15 19:49:00"),
        ("dmy", "15/4/2014 19:49", "2014-04-15 19:49:00"),
        ("dmy", "05.04.14 19:49", "2014-04-05 19:49:00"),
        ("mdy", "4/5/14 7:49 PM", "2014-04-05 19:49:00"),
        ("ymd", "14/04/05 19:49", "2014-04-05 19:49:00"),
        ("mdy", "4/5/99 7:49", "1999-04-05 07:49:00"),
    ],
)
def test_dates_of_numbers_follow_the_order_of_the_file(order: str, text: str, utc: str) -> None:
    assert reader(order=order).read(text)[0] == utc


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is missing"),
        ("yesterday", "is no date"),
        ("2014-02-30 10:00", "no day of the calendar"),
        ("2014-08-27 25:00", "no day of the calendar, or no time on a clock"),
        ("2014-08-27 13:05 PM", "which no clock shows"),
        ("2014-08-27 10:40 or so", "is no date with a time"),
        ("2014-08-27 10:40+19:00", "no place does"),
        ("2014-Foo-27 10:40", "no month"),
        ("4/15/2014 19:49", "day first or month first"),
        ("1969-12-31 23:59", "1969 is no year of a contact"),
        ("0001-01-01 00:00", "no year of a contact"),
        ("9999-12-31 23:59", "in the future"),
        ("2026-09-15 09:31", "in the future"),
    ],
)
def test_what_is_no_time_of_a_contact_is_refused_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(NotATime, match=words):
        reader().read(text)


def test_clocks_differ_so_a_contact_of_up_to_a_day_ahead_is_taken() -> None:
    assert reader().read("2026-09-15 09:30")[0] == "2026-09-15 09:30:00"


def test_the_day_is_cut_at_the_midnight_of_the_installation() -> None:
    times = reader("UTC", "America/Toronto")
    # Toronto stands at UTC-4 in summer and UTC-5 in winter.
    assert times.read("2014-08-27 03:59:59") == ("2014-08-27 03:59:59", "2014-08-26")
    assert times.read("2014-08-27 04:00:00") == ("2014-08-27 04:00:00", "2014-08-27")
    assert times.read("2014-01-27 04:59:59")[1] == "2014-01-26"
    assert times.read("2014-01-27 05:00:00")[1] == "2014-01-27"


def test_a_date_without_a_time_stays_its_day_wherever_it_comes_from() -> None:
    assert reader("Asia/Tokyo", "America/Toronto").read("2014-08-27") == ("2014-08-27 04:00:00", "2014-08-27")


def test_a_time_that_clocks_skipped_moves_on_an_hour_and_that_is_said() -> None:
    times = reader("America/Toronto", "America/Toronto")
    # On 9 March 2014 clocks went from 2:00 to 3:00; 2:30 becomes 3:30 summer time, which is 7:30 in UTC.
    assert times.read("2014-03-09 02:30:00")[0] == "2014-03-09 07:30:00"
    assert times.read("2014-03-09 02:45:00")[0] == "2014-03-09 07:45:00"
    assert times.read("2014-03-09 03:30:00")[0] == "2014-03-09 07:30:00"
    assert times.remarks == ["2\u00a0times in an hour that clocks in America/Toronto skip: read as an hour later."]


def test_of_a_time_that_comes_twice_the_first_is_taken_and_that_is_said() -> None:
    times = reader("America/Toronto", "America/Toronto")
    # On 2 November 2014 clocks went from 2:00 back to 1:00; the first 1:30 is summer time, 5:30 in UTC.
    assert times.read("2014-11-02 01:30:00")[0] == "2014-11-02 05:30:00"
    assert times.read("2014-11-02 00:30:00")[0] == "2014-11-02 04:30:00"
    assert times.read("2014-11-02 02:30:00")[0] == "2014-11-02 07:30:00"
    (remark,) = times.remarks
    assert remark.startswith("1\u00a0time in the hour that comes twice in America/Toronto")
    assert times.read("2014-11-02T01:30:00-05:00")[0] == "2014-11-02 06:30:00"
    assert times.remarks == [remark], "a time with its own offset leaves nothing to resolve"


ZONES = ("UTC", "America/Toronto", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns")


@given(
    st.lists(st.integers(0, 3 * 366 * 24 * 60), min_size=1, max_size=40),
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
)
def test_what_is_remembered_of_an_hour_never_changes_a_time(minutes: list[int], source: str, home: str) -> None:
    remembering = reader(source, home)
    for minute in minutes:
        wall = datetime(2012, 12, 31) + timedelta(minutes=minute, seconds=minute % 60)  # noqa: DTZ001
        text = f"{wall:%Y-%m-%d %H:%M:%S}"
        utc = wall.replace(tzinfo=ZoneInfo(source)).astimezone(UTC)
        expected = (f"{utc:%Y-%m-%d %H:%M:%S}", f"{utc.astimezone(ZoneInfo(home)):%Y-%m-%d}")
        assert remembering.read(f"{wall:%Y-%m-%d %H}:00:00") == reader(source, home).read(f"{wall:%Y-%m-%d %H}:00:00")
        assert remembering.read(text) == expected


def numbered(*texts: str) -> list[tuple[int, str]]:
    return list(enumerate(texts, start=2))


def test_the_order_of_dates_is_decided_by_the_one_date_that_leaves_no_doubt() -> None:
    assert order_of(numbered("4/5/2014 10:00", "4/15/2014 10:00", "1/2/2014 10:00")) == "mdy"
    assert order_of(numbered("4/5/2014 10:00", "1/2/2014 10:00", "15/4/2014 10:00")) == "dmy"
    assert order_of(numbered("4/4/2014 10:00", "5/5/2014 10:00")) is not None
    assert order_of(numbered("2014-04-15 10:00")) is None


def test_a_file_that_stays_ambiguous_is_refused_with_the_question() -> None:
    with pytest.raises(Refused, match="like 4/5/2014, can be read day first or month first"):
        order_of(numbered("4/4/2014 10:00", "4/5/2014 10:00", "1/2/2014 10:00"))


def test_a_file_that_contradicts_itself_is_refused_with_both_lines() -> None:
    with pytest.raises(Refused, match=r"Line 2 \(15/4/2014 10:00\) .* line 3 \(4/15/2014 10:00\)"):
        order_of(numbered("15/4/2014 10:00", "4/15/2014 10:00"))
