"""Figures are written as people read them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from app.values import figures


def test_numbers_shares_and_points() -> None:
    assert figures.number(12480) == "12,480"
    assert figures.share(0.5201) == "52\u00a0%"
    assert figures.share(0.0274, 1) == "2.7\u00a0%"
    assert figures.points(0.032) == "+3.2\u00a0pts"
    assert figures.counted(1, "contact") == "1\u00a0contact"
    assert figures.counted(12480, "contact") == "12,480\u00a0contacts"
    assert figures.counted(2, "day of data", "days of data") == "2\u00a0days of data"


def test_a_negative_figure_has_a_true_minus_sign_and_nothing_has_none() -> None:
    assert figures.number(-12480) == "\u221212,480"
    assert figures.number(-0.4) == "0"
    assert figures.number(-1.25, 1) == "\u22121.2"
    assert figures.share(-0.031, 1) == "\u22123.1\u00a0%"
    assert figures.points(-0.032) == "\u22123.2\u00a0pts"
    assert figures.points(-0.0001) == "0.0\u00a0pts"
    assert figures.counted(-3, "contact") == "\u22123\u00a0contacts"


def test_a_figure_that_was_copied_from_a_page_is_read_again() -> None:
    assert figures.from_text(figures.number(-12480)) == -12480


def test_durations() -> None:
    assert figures.minutes_and_seconds(352) == "5:52"
    assert figures.minutes_and_seconds(3730) == "1:02:10"
    assert figures.minutes_and_seconds(0.4) == "0:00"


def test_days_and_moments_are_those_of_the_installation() -> None:
    assert figures.day(date(2026, 11, 9)) == "9 Nov 2026"
    assert figures.period(date(2026, 9, 28), date(2026, 11, 16)) == "28 Sep - 15 Nov 2026"
    assert figures.period(date(2025, 12, 29), date(2026, 1, 5)) == "29 Dec 2025 - 4 Jan 2026"
    assert figures.period(date(2026, 1, 5), date(2026, 1, 6)) == "5 Jan 2026"
    late = datetime(2026, 11, 9, 23, 30, tzinfo=UTC)
    assert figures.moment(late, ZoneInfo("Europe/Berlin")) == "Tue 10 Nov 2026, 00:30"


def test_sizes() -> None:
    assert figures.size(1_900_000) == "1.9\u00a0MB"
    assert figures.size(40) == "0.1\u00a0kB"
