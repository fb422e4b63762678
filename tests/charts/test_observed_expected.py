import itertools

import pytest

from app import charts
from tests.charts.builders import drawing, make_observed_expected, make_points, places, seen, text_at, words

OBSERVED = {"stroke": "var(--chart-1)", "stroke_width": "2.5"}
EXPECTED = {"stroke": "var(--ink-2)", "stroke_dasharray": "5 4"}


def test_lines_pass_through_their_values() -> None:
    svg = drawing(charts.observed_expected(make_observed_expected()))
    observed = places(seen(svg, "path", **OBSERVED)[0])
    expected = places(seen(svg, "path", **EXPECTED)[0])
    # The axis runs from 0 at 300 to 110 with 4 % of air, 114.4, at 44: a contact is 256 / 114.4 = 2.238 units.
    assert [y for _, y in expected] == pytest.approx([300 - 100 * 256 / 114.4] * 6, abs=0.1)
    assert observed[0][1] == expected[0][1]
    assert observed[-1][1] == pytest.approx(300 - 60 * 256 / 114.4, abs=0.1)
    assert observed[0][0] == 44
    assert observed[-1][0] == pytest.approx(1000 - 12 - 130, abs=0.1)


def test_a_missing_figure_breaks_the_line() -> None:
    points = make_points([10, 12, None, 11, 13, 12])
    svg = drawing(charts.observed_expected(make_observed_expected(points=points, go_live=None)))
    assert [len(places(path)) for path in seen(svg, "path", **OBSERVED)] == [2, 3]


def test_a_figure_alone_between_two_gaps_is_a_dot() -> None:
    points = make_points([10, None, 12, None, 11, 13])
    svg = drawing(charts.observed_expected(make_observed_expected(points=points, go_live=None)))
    assert len(seen(svg, "circle", r="2.5")) == 2


def test_what_is_expected_may_begin_at_go_live() -> None:
    points = make_points([10, 12, 11, 8, 7, 7], [None, None, None, 12, 12, 12])
    svg = drawing(charts.observed_expected(make_observed_expected(points=points)))
    assert len(places(seen(svg, "path", **EXPECTED)[0])) == 3


def test_the_band_runs_along_its_high_end_and_back_along_its_low_one() -> None:
    svg = drawing(charts.observed_expected(make_observed_expected()))
    band = places(seen(svg, "path", fill="var(--chart-band)")[0])
    assert len(band) == 12
    assert band[0][1] == pytest.approx(300 - 110 * 256 / 114.4, abs=0.1)
    assert band[-1][1] == pytest.approx(300 - 90 * 256 / 114.4, abs=0.1)


def test_a_band_with_one_end_missing_is_left_out() -> None:
    points = (charts.Point(label="W1", observed=1, high=2), charts.Point(label="W2", observed=1, high=2))
    svg = drawing(charts.observed_expected(make_observed_expected(points=points, go_live=None)))
    assert not seen(svg, "path", fill="var(--chart-band)")


def test_go_live_is_a_line_and_the_ramp_is_shaded() -> None:
    svg = drawing(charts.observed_expected(make_observed_expected()))
    line = places(seen(svg, "path", stroke="var(--ink)")[0])
    observed = places(seen(svg, "path", **OBSERVED)[0])
    assert {x for x, _ in line} == {observed[3][0]}
    ramp = seen(svg, "rect", fill="var(--ink)")[0]
    assert float(ramp.attrib["x"]) == observed[3][0]
    assert float(ramp.attrib["width"]) == pytest.approx(observed[4][0] - observed[3][0], abs=0.2)
    assert {"go-live 2026-W04", "full from W5"} <= set(words(svg))


def test_the_area_between_the_lines_begins_at_go_live() -> None:
    svg = drawing(charts.observed_expected(make_observed_expected()))
    area = places(seen(svg, "path", fill="var(--chart-1)", opacity="0.2")[0])
    assert len(area) == 6
    assert min(x for x, _ in area) == places(seen(svg, "path", **OBSERVED)[0])[3][0]


def test_the_gap_is_named_where_its_name_fits() -> None:
    weeks, before = 30, 10
    points = make_points([100] * before + [40] * (weeks - before), [100] * weeks)
    mark = charts.Mark(before, charts.Words("go-live"))
    chart = make_observed_expected(points=points, go_live=mark, gap="1,200 did not come")
    svg = drawing(charts.observed_expected(chart))
    _, y = text_at(svg, "1,200 did not come")
    expected = places(seen(svg, "path", **EXPECTED)[0])[-1][1]
    observed = places(seen(svg, "path", **OBSERVED)[0])[-1][1]
    assert expected + 12 < y < observed
    assert "1,200 did not come" not in words(drawing(charts.observed_expected(chart), "chart-narrow"))


def test_a_gap_too_thin_for_its_name_stays_unnamed() -> None:
    points = make_points([100] * 10 + [97] * 20, [100] * 30)
    chart = make_observed_expected(points=points, go_live=charts.Mark(10, charts.Words("go-live")), gap="60 fewer")
    assert "60 fewer" not in words(drawing(charts.observed_expected(chart)))


def test_a_go_live_beside_the_points_is_not_drawn() -> None:
    svg = drawing(charts.observed_expected(make_observed_expected(go_live=charts.Mark(6, charts.Words("go-live")))))
    assert "go-live" not in words(svg)


def test_a_go_live_at_the_left_edge_is_named_at_its_right() -> None:
    svg = drawing(charts.observed_expected(make_observed_expected(go_live=charts.Mark(0, charts.Words("go-live")))))
    text = next(text for text in svg.iter("text") if text.text == "go-live")
    assert text.get("text-anchor") is None
    assert float(text.attrib["x"]) > 44


def test_names_at_the_line_ends_stand_clear_of_each_other() -> None:
    points = tuple(
        charts.Point(label=f"W{week}", observed=100, expected=101, low=99.5, high=101.5) for week in range(1, 7)
    )
    svg = drawing(charts.observed_expected(make_observed_expected(points=points)))
    heights = sorted(text_at(svg, words)[1] for words in ("60 observed", "100 expected", "90 to 110, 90 %"))
    assert heights[1] - heights[0] >= 17
    assert heights[2] - heights[1] >= 17


def test_the_narrow_drawing_uses_the_short_words_and_leaves_the_band_unnamed() -> None:
    said = words(drawing(charts.observed_expected(make_observed_expected()), "chart-narrow"))
    assert {"observed", "expected", "go-live"} <= set(said)
    assert not {"60 observed", "90 to 110, 90 %", "full from W5"} & set(said)


def test_the_first_and_the_last_of_many_days_are_named_and_no_two_names_touch() -> None:
    points = tuple(charts.Point(label=f"day {n}", observed=n % 7) for n in range(400))
    for css_class, most in (("chart-wide", 6), ("chart-narrow", 3)):
        svg = drawing(charts.observed_expected(make_observed_expected(points=points, go_live=None)), css_class)
        starts = [float(t.attrib["x"]) for t in svg.iter("text") if (t.text or "").startswith("day ")]
        said = [text for text in words(svg) if text.startswith("day ")]
        assert (said[0], said[-1]) == ("day 0", "day 399")
        assert len(said) <= most
        assert all(after - before > 55 for before, after in itertools.pairwise(starts))


def test_one_point_stands_in_the_middle() -> None:
    svg = drawing(charts.observed_expected(make_observed_expected(points=make_points([5]), go_live=None)))
    dot = seen(svg, "circle", r="4")[0]
    assert float(dot.attrib["cx"]) == pytest.approx((44 + 858) / 2, abs=0.1)


def test_points_without_any_figure_leave_an_empty_frame() -> None:
    svg = drawing(charts.observed_expected(make_observed_expected(points=make_points([None, None]), go_live=None)))
    assert not seen(svg, "path", **OBSERVED)
    assert "0" in words(svg)


def test_days_that_count_on_neither_side_are_shaded_and_named() -> None:
    excluded = (charts.Stretch(1, 2, charts.Words("left out: Phone line down", "left out")),)
    markup = charts.observed_expected(make_observed_expected(excluded=excluded))
    svg = drawing(markup)
    shade = next(one for one in seen(svg, "rect") if one.get("fill") == "var(--chart-rest)")
    # From half a step before the second point to half a step behind the third.
    observed = places(seen(svg, "path", **OBSERVED)[0])
    step = observed[1][0] - observed[0][0]
    assert float(shade.attrib["x"]) == pytest.approx(observed[1][0] - step / 2, abs=0.2)
    assert float(shade.attrib["width"]) == pytest.approx(2 * step, abs=0.2)
    assert "left out: Phone line down" in words(svg)
    assert "left out" in words(drawing(markup, "chart-narrow"))


def test_a_shade_ends_where_the_drawing_ends() -> None:
    excluded = (charts.Stretch(0, 0, charts.Words("First")), charts.Stretch(5, 5, charts.Words("Last")))
    svg = drawing(charts.observed_expected(make_observed_expected(excluded=excluded)))
    first, last = (one for one in seen(svg, "rect") if one.get("fill") == "var(--chart-rest)")
    assert float(first.attrib["x"]) == 44
    assert float(last.attrib["x"]) + float(last.attrib["width"]) == pytest.approx(1000 - 12 - 130, abs=0.1)


def test_each_name_has_a_line_below_the_axis_and_what_is_too_many_is_counted() -> None:
    excluded = tuple(charts.Stretch(2, 2, charts.Words(f"left out: Outage {one}")) for one in range(5))
    three = drawing(charts.observed_expected(make_observed_expected(excluded=excluded[:3])))
    heights = [text_at(three, f"left out: Outage {one}")[1] for one in range(3)]
    # The axis stays where it is without names, at 300, and its own words 20 below it; 17 is a line.
    assert heights == [300 + 20 + 17, 300 + 20 + 34, 300 + 20 + 51]
    assert three.get("viewBox") == f"0 0 1000 {330 + 3 * 17}"
    five = drawing(charts.observed_expected(make_observed_expected(excluded=excluded)))
    assert [one for one in words(five) if "out" in one.lower() or "more" in one] == [
        "left out: Outage 0",
        "left out: Outage 1",
        "and 3 more",
    ]


def test_a_single_day_among_half_a_year_can_still_be_seen() -> None:
    points = make_points([10.0] * 800)
    excluded = (charts.Stretch(400, 400, charts.Words("One day")),)
    svg = drawing(charts.observed_expected(make_observed_expected(points=points, go_live=None, excluded=excluded)))
    shade = next(one for one in seen(svg, "rect") if one.get("fill") == "var(--chart-rest)")
    assert float(shade.attrib["width"]) >= 3
