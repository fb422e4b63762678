import pytest

from app import charts
from tests.charts.builders import drawing, make_bar, make_pareto, places, seen, text_at, words


def test_bars_are_as_long_as_their_values() -> None:
    markup = charts.pareto(make_pareto([make_bar("a", 400), make_bar("b", 100), make_bar("c", 30), make_bar("d", 0)]))
    wide = [float(rect.attrib["width"]) for rect in seen(drawing(markup), "rect")]
    # "400" needs 8 + 3 x .63 x 13.5 x 1.08 = 35.6 beside the longest bar; names get 150, no shares stand at the right.
    assert wide == [814.4, 203.6, 61.1, 0]
    narrow = [float(rect.attrib["width"]) for rect in seen(drawing(markup, "chart-narrow"), "rect")]
    assert narrow == [290, 72.5, 21.8, 0]  # 290 of 358 units for the longest


def test_bars_that_are_all_zero_have_no_length() -> None:
    svg = drawing(charts.pareto(make_pareto([make_bar("a", 0), make_bar("b", 0)])))
    assert [rect.attrib["width"] for rect in seen(svg, "rect")] == ["0", "0"]


def test_subjects_are_coloured_others_are_grey_and_the_rest_is_an_outline() -> None:
    for css_class in ("chart-wide", "chart-narrow"):
        subject, other, rest = seen(drawing(charts.pareto(make_pareto()), css_class), "rect")
        assert subject.get("fill") == "var(--chart-1)"
        assert other.get("fill") == "var(--chart-rest)"
        assert (rest.get("fill"), rest.get("stroke")) == ("none", "var(--chart-rest)")


def test_each_bar_is_one_link_with_its_name_read_aloud() -> None:
    bars = [make_bar("One", 9, href="/contacts?reason=1&from=2026-W40"), make_bar("Two", 3, href="?reason=2#bars")]
    for css_class in ("chart-wide", "chart-narrow"):
        first, second = drawing(charts.pareto(make_pareto(bars)), css_class).iter("a")
        assert first.get("href") == "/contacts?reason=1&from=2026-W40"
        assert first.get("aria-label") == "One, 9 contacts"
        assert first[0].tag == "title"
        assert first[0].text == "One: 9"
        assert second.get("href") == "?reason=2#bars"


def test_two_bars_that_lead_to_the_same_page_stay_two_links() -> None:
    svg = drawing(charts.pareto(make_pareto([make_bar("One", 2), make_bar("Two", 1)])))
    assert len(list(svg.iter("a"))) == 2


def test_a_long_name_is_cut_and_whole_in_the_title() -> None:
    name = "Roads and transportation > Pavement > Pothole on a residential street"
    svg = drawing(charts.pareto(make_pareto([make_bar(name, 5)])))
    assert name not in words(svg)
    assert any(text.startswith("Roads and transportation > ") and text.endswith("…") for text in words(svg))
    assert next(svg.iter("a"))[0].text == f"{name}: 5"


def test_shares_lie_on_the_rows_of_their_bars() -> None:
    svg = drawing(charts.pareto(make_pareto()))
    dots = [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in svg.iter("circle")]
    # From 740 at no share to 950 at all of them; rows of 31 from 30 on, a dot in the middle of its bar.
    assert dots == [(845, 46), (908, 77), (950, 108)]
    curve = seen(svg, "path", stroke="var(--ink-3)", stroke_width="1.25")[0]
    assert places(curve) == [(740, 30), *dots]


def test_the_share_that_the_subjects_reach_is_the_strong_one() -> None:
    svg = drawing(charts.pareto(make_pareto()))
    strong = [text.text for text in svg.iter("text") if text.get("font-size") == "15"]
    assert strong == ["50 %"]
    assert "100 %" in words(svg)


def test_a_dotted_rule_closes_the_subjects() -> None:
    svg = drawing(charts.pareto(make_pareto()))
    rule = seen(svg, "path", stroke_dasharray="1 4")[0]
    assert places(rule) == [(0, 63), (1000, 63)]  # below the first row of 31, which starts at 30


def test_no_rule_is_drawn_when_a_subject_stands_among_the_others() -> None:
    bars = [make_bar("a", 3), make_bar("b", 2, is_subject=True), make_bar("c", 1)]
    assert not seen(drawing(charts.pareto(make_pareto(bars))), "path", stroke_dasharray="1 4")


def test_without_shares_there_is_no_second_column() -> None:
    svg = drawing(charts.pareto(make_pareto([make_bar("a", 3), make_bar("b", 2)])))
    assert "share" not in words(svg)
    assert not list(svg.iter("circle"))


def test_a_missing_share_leaves_its_row_without_a_dot() -> None:
    bars = [make_bar("a", 3, cumulative_share=0.6, share_text="60 %"), make_bar("b", 2)]
    assert len(list(drawing(charts.pareto(make_pareto(bars))).iter("circle"))) == 1


def test_long_values_do_not_reach_the_shares() -> None:
    value = "$1,467,200 / yr"
    svg = drawing(charts.pareto(make_pareto([make_bar("a", 3, value_text=value, cumulative_share=1.0)])))
    x, _ = text_at(svg, value)
    assert x + len(value) * 8 < 740


def test_a_value_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="below zero"):
        charts.pareto(make_pareto([make_bar("a", -1)]))


def test_sixteen_bars_lengthen_the_drawing() -> None:
    svg = drawing(charts.pareto(make_pareto([make_bar(f"Reason {n}", 20 - n) for n in range(16)])))
    assert svg.get("viewBox") == "0 0 1000 532"  # 30 above, 16 rows of 31, 6 below


def test_a_rest_that_is_more_than_the_largest_reason_is_cut_and_leaves_the_scale_to_the_reasons() -> None:
    bars = [make_bar("a", 100), make_bar("b", 50), make_bar("12 smaller reasons", 400, is_rest=True)]
    svg = drawing(charts.pareto(make_pareto(bars)))
    longest, half = (float(rect.attrib["width"]) for rect in seen(svg, "rect"))
    assert half == pytest.approx(longest / 2, abs=0.1)
    open_bar = next(path for path in seen(svg, "path") if path.get("stroke") == "var(--chart-rest)")
    points = places(open_bar)
    assert points[0][0] == points[3][0] == pytest.approx(points[1][0] + longest, abs=0.2)
    assert points[1][0] == points[2][0]
