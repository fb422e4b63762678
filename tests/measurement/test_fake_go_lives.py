"""How often the method is wrong on real contacts to which nothing was done, and how large an effect it needs."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.measurement.fake_go_lives import Place, Table, by_days, by_weeks, go_lives, ottawa_reasons, wales_reasons

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
Say = Callable[[str], None]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Print past pytest, so that the table is seen where the test passes."""

    def aloud(line: str) -> None:
        with capsys.disabled():
            print(f"\n{line}", end="")  # noqa: T201  (the table is the point)

    return aloud


def print_beside(say: Say, name: str, table: Table, published: str) -> None:
    say(f"{published}")
    say(table.row(name))
    say(table.ranked(1).row("  odd ranks"))
    say(table.ranked(0).row("  even ranks"))


@pytest.fixture(scope="module")
def city(data_sets: Path) -> Place:
    return ottawa_reasons(data_sets)


def test_the_city_has_24_reasons_of_6_contacts_a_day_and_more_and_lacks_two_days(city: Place) -> None:
    known = [[figure for figure in figures if figure is not None] for figures in city.reasons.values()]
    a_day = [sum(figures) / len(figures) for figures in known]
    assert (len(a_day), round(min(a_day)), round(max(a_day))) == (24, 6, 53)
    missing = [day for day, value in zip(city.starts, city.anybody, strict=True) if value is None]
    assert missing == [date(2014, 5, 30), date(2014, 5, 31)]


def test_a_city_without_any_initiative_is_rarely_told_of_a_saving(city: Place, say: Say) -> None:
    table = by_days(city, go_lives(city, date(2014, 1, 1), 14))
    published = "Ottawa, published: cover .909  false saving .064  half width 30 %  power .33 .52 .85"
    print_beside(say, "Ottawa by days", table, published)
    assert len(table.windows) == 264
    assert table.cover >= 0.88
    assert table.false_saving <= 0.09
    assert table.half_width <= 0.32
    assert table.power == pytest.approx([0.33, 0.52, 0.85], abs=0.06)


def test_a_city_by_weeks_is_told_of_a_saving_a_little_more_often(city: Place, say: Say) -> None:
    table = by_weeks(city, go_lives(city, date(2014, 1, 1), 14))
    print_beside(say, "Ottawa by weeks", table, "Ottawa by weeks, published: cover .88  false saving .10  mde 31 %")
    assert table.cover == pytest.approx(0.88, abs=0.02)
    assert table.false_saving == pytest.approx(0.10, abs=0.02)
    assert table.minimum_detectable == pytest.approx(0.31, abs=0.02)


def test_an_ambulance_service_without_any_initiative_is_rarely_told_of_a_saving(data_sets: Path, say: Say) -> None:
    place = wales_reasons(data_sets)
    assert (len(place.reasons), len(place.starts)) == (27, 1400)
    table = by_days(place, go_lives(place, place.starts[0] + timedelta(days=365), 28))
    published = "Wales, published: cover .898  false saving .038  half width 16 %  power .66 .87 .99"
    print_beside(say, "Wales by days", table, published)
    assert len(table.windows) == 918
    assert table.cover >= 0.88
    assert table.false_saving <= 0.05
    assert table.half_width <= 0.18
    assert table.power == pytest.approx([0.66, 0.87, 0.99], abs=0.05)
