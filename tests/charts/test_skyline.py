import pytest

from app import charts
from tests.charts.builders import make_skyline, read, seen, words


def bars(chart: charts.Skyline) -> list[tuple[float, str]]:
    """Height and colour of each bar."""
    svg = read(charts.skyline(chart))[0]
    shown = [rect for rect in seen(svg, "rect") if rect.get("fill") != "var(--chart-band)"]
    return [(float(rect.attrib["height"]), rect.attrib["fill"]) for rect in shown]


def test_bars_are_as_high_as_their_counts() -> None:
    # The highest fills the room from 9.5 to 98.
    assert [height for height, _ in bars(make_skyline(80, 40, 20))] == [88.5, 44.2, 22.1]


def test_the_last_bar_is_coloured_only_outside_routine_variation() -> None:
    within, outside = bars(make_skyline()), bars(make_skyline(is_outside=True))
    assert {colour for _, colour in within[:-1]} == {"var(--chart-rest)"}
    assert within[-1][1] == "var(--ink-2)"
    assert outside[-1][1] == "var(--chart-1)"
    assert outside[:-1] == within[:-1]


def test_the_band_covers_routine_variation_and_may_be_missing() -> None:
    svg = read(charts.skyline(make_skyline(100, 50, low=40, high=60)))[0]
    band = seen(svg, "rect", fill="var(--chart-band)")[0]
    assert float(band.attrib["y"]) == pytest.approx(98 - 0.6 * 88.5, abs=0.1)
    assert float(band.attrib["height"]) == pytest.approx(0.2 * 88.5, abs=0.1)
    assert not seen(read(charts.skyline(make_skyline(100, 50)))[0], "rect", fill="var(--chart-band)")


def test_a_band_above_every_bar_stays_in_the_drawing() -> None:
    svg = read(charts.skyline(make_skyline(10, 10, low=50, high=100)))[0]
    assert float(seen(svg, "rect", fill="var(--chart-band)")[0].attrib["y"]) == 9.5


def test_seven_bars_fill_the_width() -> None:
    svg = read(charts.skyline(make_skyline()))[0]
    first, *_, last = seen(svg, "rect")
    assert float(first.attrib["x"]) == 0
    assert float(last.attrib["x"]) + float(last.attrib["width"]) == pytest.approx(160, abs=0.2)
    assert float(first.attrib["width"]) == pytest.approx(17, abs=0.1)


def test_a_missing_week_leaves_its_place_empty() -> None:
    assert len(bars(make_skyline(5, None, 6))) == 2


def test_weeks_without_contacts_have_no_height() -> None:
    assert [height for height, _ in bars(make_skyline(0, 0, 0))] == [0, 0, 0]


def test_it_names_its_first_and_last_week() -> None:
    assert words(read(charts.skyline(make_skyline()))[0]) == ["W1", "W7"]


def test_a_count_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="below zero"):
        charts.skyline(make_skyline(1, -1))
