from datetime import date

from app.counting.rules import Opening

MONDAY, SATURDAY, SUNDAY = date(2026, 9, 14), date(2026, 9, 19), date(2026, 9, 20)


def test_the_centre_is_open_every_day_until_somebody_says_otherwise() -> None:
    opening = Opening(frozenset(), {})
    assert [opening.is_open(day) for day in (MONDAY, SATURDAY, SUNDAY)] == [True, True, True]


def test_closed_weekdays_and_single_closed_days_are_closed() -> None:
    opening = Opening(frozenset({5, 6}), {MONDAY: "Stocktaking"})
    assert [opening.is_open(day) for day in (MONDAY, SATURDAY, SUNDAY)] == [False, False, False]
    assert opening.is_open(date(2026, 9, 15))
