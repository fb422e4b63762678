from math import inf

import pytest

from app import charts
from tests.charts.builders import drawing, make_step, make_waterfall, places, seen, text_at, words


def bars(markup: str, css_class: str = "chart-wide") -> list[tuple[float, float]]:
    """Where each bar begins at its left, and how long it is."""
    rects = seen(drawing(markup, css_class), "rect")
    return [(float(rect.attrib["x"]), float(rect.attrib["width"])) for rect in rects]


def test_each_bar_begins_where_the_one_above_it_ends() -> None:
    # From 0 at the left edge to 100 at 358: 3.58 units each.
    assert bars(charts.waterfall(make_waterfall()), "chart-narrow") == [
        (0, 358),
        (286.4, 71.6),
        (250.6, 35.8),
        (0, 250.6),
        (143.2, 107.4),
        (0, 143.2),
    ]


def test_the_wide_drawing_leaves_room_for_names_and_values() -> None:
    wide = bars(charts.waterfall(make_waterfall()))
    assert wide[0][0] == 190
    assert wide[0][0] + wide[0][1] < 1000 - len("(100)") * 7
    whole = wide[0][1]
    assert [round(length / whole, 2) for _, length in wide] == [1.0, 0.2, 0.1, 0.7, 0.3, 0.4]


def test_sums_stand_out_and_the_last_one_is_the_subject() -> None:
    for css_class in ("chart-wide", "chart-narrow"):
        svg = drawing(charts.waterfall(make_waterfall()), css_class)
        fills = [rect.get("fill") for rect in seen(svg, "rect")]
        grey, sum_, subject = "var(--chart-rest)", "var(--ink-2)", "var(--chart-1)"
        assert fills == [sum_, grey, grey, sum_, grey, subject]
        bold = [text.text for text in svg.iter("text") if text.get("font-weight") == "600"]
        assert bold == ["Headline claim", "100", "Measured", "70", "Validated", "40"]


def test_what_takes_away_stands_in_brackets_and_is_read_aloud() -> None:
    for css_class in ("chart-wide", "chart-narrow"):
        svg = drawing(charts.waterfall(make_waterfall()), css_class)
        assert "(20)" in words(svg)
        links = list(svg.iter("a"))
        assert len(links) == 6
        assert links[1].get("aria-label") == "Channel shift (20)"
        assert links[1][0].text == "Channel shift: (20)"


def test_a_line_joins_the_end_of_each_bar_to_the_next() -> None:
    svg = drawing(charts.waterfall(make_waterfall()))
    joints = [places(path) for path in seen(svg, "path", stroke="var(--control)")]
    ends = [text_x for (text_x, _), _ in joints]
    begun = bars(charts.waterfall(make_waterfall()))
    assert len(joints) == 5
    assert ends[0] == pytest.approx(begun[1][0] + begun[1][1], abs=0.2)
    assert ends[1] == pytest.approx(begun[1][0], abs=0.2)


def test_a_rule_stands_above_every_sum_but_the_first() -> None:
    for css_class in ("chart-wide", "chart-narrow"):
        assert len(seen(drawing(charts.waterfall(make_waterfall()), css_class), "path", stroke="var(--ink)")) == 2


def test_a_step_that_adds_runs_to_the_right() -> None:
    steps = (make_step("a", "start", 50), make_step("b", "change", 50), make_step("c", "total", 100))
    assert bars(charts.waterfall(make_waterfall(*steps)), "chart-narrow") == [(0, 179), (179, 179), (0, 358)]


def test_a_sum_below_nothing_runs_to_the_left_of_nothing() -> None:
    steps = (make_step("a", "start", 100), make_step("b", "change", -200), make_step("c", "total", -100))
    markup = charts.waterfall(make_waterfall(*steps))
    assert bars(markup, "chart-narrow") == [(179, 179), (0, 358), (0, 179)]
    upright = places(seen(drawing(markup), "path", stroke="var(--control)")[0])
    assert upright[0][0] == upright[1][0] == pytest.approx(bars(markup)[0][0], abs=0.1)


def test_steps_of_nothing_can_still_be_seen() -> None:
    steps = (make_step("a", "start", 0), make_step("b", "change", 0), make_step("c", "total", 0))
    assert bars(charts.waterfall(make_waterfall(*steps)), "chart-narrow") == [(0, 1.5)] * 3


def test_a_long_name_is_cut_before_its_value() -> None:
    name = "Re-labelled into reasons whose names are much longer than any drawing has room for"
    steps = (make_step("a", "start", 100), make_step(name, "change", -10), make_step("c", "total", 90))
    for css_class in ("chart-wide", "chart-narrow"):
        svg = drawing(charts.waterfall(make_waterfall(*steps)), css_class)
        assert any(word.startswith("Re-labelled") and word.endswith("…") for word in words(svg))
        assert text_at(svg, "(10)")[0] == (1000 if css_class == "chart-wide" else 358)


def test_no_number_is_no_step() -> None:
    with pytest.raises(ValueError, match="finite"):
        charts.waterfall(make_waterfall(make_step("a", "start", inf)))
