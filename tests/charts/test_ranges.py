import pytest

from app import charts
from tests.charts.builders import drawing, make_range, make_ranges, places, seen, text_at, words


def test_a_range_runs_from_low_to_high_with_a_dot_at_the_likely_figure() -> None:
    svg = drawing(charts.ranges(make_ranges()))
    line = places(seen(svg, "path", stroke="var(--ink-2)")[0])
    dot = seen(svg, "circle", fill="var(--ink-2)")[0]
    # The axis runs from 0 at 190 to 60,000 with 4 % of air, 62,400, at 700: 10,000 dollars are 81.73 units.
    assert [x for x, _ in line] == pytest.approx([190 + 2 * 81.73, 190 + 6 * 81.73], abs=0.1)
    assert float(dot.attrib["cx"]) == pytest.approx(190 + 4 * 81.73, abs=0.1)


def test_what_is_realised_is_the_subject() -> None:
    svg = drawing(charts.ranges(make_ranges()))
    assert len(seen(svg, "circle", fill="var(--chart-1)")) == 1


def test_a_figure_without_a_range_is_a_dot_alone() -> None:
    svg = drawing(charts.ranges(make_ranges(make_range("realised", None, 5, None))))
    assert len(seen(svg, "circle")) == 1
    assert not seen(svg, "path", stroke="var(--chart-1)")


def test_a_loss_lies_left_of_zero() -> None:
    svg = drawing(charts.ranges(make_ranges(make_range("realised", -1_000_000, 3_000_000, 5_000_000))))
    zero = places(seen(svg, "path", stroke="var(--control)")[0])[0][0]
    assert places(seen(svg, "path", stroke="var(--chart-1)")[0])[0][0] < zero


def test_the_narrow_drawing_has_names_above_the_ranges() -> None:
    svg = drawing(charts.ranges(make_ranges()), "chart-narrow")
    _, y = text_at(svg, "Projected")
    assert y < float(seen(svg, "circle", fill="var(--ink-2)")[0].attrib["cy"])


def test_axis_texts_that_would_touch_are_thinned_and_zero_stays() -> None:
    chart = make_ranges(money_text=lambda minor: f"CA${minor / 100:,.2f} a year")
    narrow = [text for text in words(drawing(charts.ranges(chart), "chart-narrow")) if text.startswith("CA$")]
    wide = [text for text in words(drawing(charts.ranges(chart))) if text.startswith("CA$")]
    assert len(narrow) < len(wide)
    assert narrow[0] == wide[0] == "CA$0.00 a year"


def test_figures_that_are_all_zero_are_drawn_at_zero() -> None:
    svg = drawing(charts.ranges(make_ranges(make_range("realised", 0, 0, 0))))
    assert float(seen(svg, "circle")[0].attrib["cx"]) == 190
