import itertools
import random
from dataclasses import dataclass

import pytest

from app import charts
from app.charts.content import Kind
from app.charts.drawings.frame import Frame
from app.charts.drawings.line_ends import EndLabel, along, arrange
from app.charts.drawings.sheet import Box, Type
from app.charts.scale import Axis
from tests.charts.builders import drawing, make_savings, places, seen, text_at, words

PROJECTED = {"stroke": "var(--chart-rest)", "stroke_dasharray": "2 4"}
REALISED = {"stroke": "var(--chart-1)", "stroke_width": "2.5"}


def test_lines_pass_through_their_values() -> None:
    svg = drawing(charts.savings_by_month(make_savings()))
    projected = places(seen(svg, "path", **PROJECTED)[0])
    realised = places(seen(svg, "path", **REALISED)[0])
    # The axis runs from 0 at 310 to the goal of 50,000 with 4 % of air, 52,000, at 44: 1,000 dollars are 5.115 units.
    assert [y for _, y in projected] == pytest.approx([310, 310 - 51.15, 310 - 127.9, 310 - 204.6], abs=0.1)
    assert [y for _, y in realised] == pytest.approx([310, 310 - 25.6, 310 - 51.15], abs=0.1)
    assert [x for x, _ in realised] == [x for x, _ in projected[:3]]


def test_the_goal_is_a_line_across_with_its_name_at_the_end() -> None:
    svg = drawing(charts.savings_by_month(make_savings()))
    (left, y), (right, end) = places(seen(svg, "path", stroke="var(--ink)")[0])
    assert y == end == pytest.approx(310 - 50 * 5.115, abs=0.2)
    assert (left, right) == (52, 838)
    assert text_at(svg, "$50k goal")[0] > right


def test_today_is_an_upright_line_at_its_month() -> None:
    svg = drawing(charts.savings_by_month(make_savings()))
    line = places(seen(svg, "path", stroke_dasharray="2 3")[0])
    assert {x for x, _ in line} == {places(seen(svg, "path", **PROJECTED)[0])[2][0]}
    assert "today" in words(svg)


def test_every_month_is_named_when_there_is_room() -> None:
    assert [word for word in words(drawing(charts.savings_by_month(make_savings()))) if len(word) == 3][-4:] == [
        "Jan", "Feb", "Mar", "Apr",
    ]  # fmt: skip


def test_the_axis_is_written_by_the_caller() -> None:
    said = words(drawing(charts.savings_by_month(make_savings())))
    assert [word for word in said if word.endswith("0k") or word == "$0k"] == [
        "$0k", "$10k", "$20k", "$30k", "$40k", "$50k",
    ]  # fmt: skip


def test_without_goal_and_today_neither_is_drawn() -> None:
    svg = drawing(charts.savings_by_month(make_savings(goal=None, today=None)))
    assert not seen(svg, "path", stroke="var(--ink)")
    assert not seen(svg, "path", stroke_dasharray="2 3")
    assert "$50k goal" not in words(svg)


def test_a_line_with_nothing_in_it_has_no_name() -> None:
    empty = charts.Line("realised", (None,) * 4, charts.Words("$0 realised"))
    svg = drawing(charts.savings_by_month(make_savings(lines=(empty,))))
    assert "$0 realised" not in words(svg)


def test_money_below_zero_lies_below_the_zero_line() -> None:
    line = charts.Line("realised", (0, -2_000_000, 1_000_000, None), charts.Words("$10k realised"))
    svg = drawing(charts.savings_by_month(make_savings(lines=(line,))))
    zero = places(seen(svg, "path", stroke="var(--control)")[0])[0][1]
    assert places(seen(svg, "path", **REALISED)[0])[1][1] > zero


def test_a_line_for_other_months_is_refused() -> None:
    line = charts.Line("realised", (1, 2), charts.Words("x"))
    with pytest.raises(ValueError, match="2 values for 4 months"):
        charts.savings_by_month(make_savings(lines=(line,)))


@dataclass(frozen=True)
class Trial:
    frame: Frame
    lines: list[list[tuple[float, float]]]
    labels: list[EndLabel]


def make_trial(seed: int) -> Trial:
    """Up to four lines that end anywhere and a goal, as a year may bring them."""
    generator = random.Random(seed)
    frame = Frame(52, 812, 44, 310, 12, Axis(0, 100, ()))
    lines, labels = [], []
    for kind in ("projected", "forecast", "realised", "validated")[: generator.randint(1, 4)]:
        end, level = generator.randint(1, 12), generator.uniform(0, 90)
        line = frame.runs([min(100, max(0, level + generator.uniform(-9, 9) * month)) for month in range(end)])[0]
        lines.append(line)
        labels.append(EndLabel(f"$1,234,500 {kind}", Type(13, "ink", bold=True), line[-1]))
    goal = [(frame.left, frame.y(90)), (frame.right, frame.y(90))]
    labels.append(EndLabel("$600k goal", Type(13, "ink", bold=True), goal[-1]))
    return Trial(frame, [*lines, goal], labels)


def overlap(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height


def test_names_at_line_ends_never_overlap() -> None:
    for seed in range(300):
        trial = make_trial(seed)
        obstacles = [place for line in trial.lines for place in along(line)]
        placed = [label.box(start) for label, start in arrange(trial.labels, obstacles, trial.frame)]
        assert len(placed) == len(trial.labels)
        pairs = [(one, other) for n, one in enumerate(placed) for other in placed[:n]]
        assert not [pair for pair in pairs if overlap(*pair)], seed


def test_names_inside_the_frame_lie_on_no_line() -> None:
    for seed in range(300):
        trial = make_trial(seed)
        obstacles = [place for line in trial.lines for place in along(line)]
        for label, start in arrange(trial.labels, obstacles, trial.frame):
            box = label.box(start)
            if box.x < trial.frame.right:
                on_it = [x for x, y in obstacles if overlap(box, Box(x, y, 0.1, 0.1))]
                assert not on_it, seed


def test_equal_lines_have_their_names_one_below_the_other() -> None:
    kinds: tuple[Kind, ...] = ("projected", "forecast", "realised", "validated")
    lines = tuple(charts.Line(kind, (1, 2, 3, 4), charts.Words(f"{kind} words")) for kind in kinds)
    svg = drawing(charts.savings_by_month(make_savings(lines=lines, goal=4)))
    heights = sorted(text_at(svg, said)[1] for said in [*(f"{kind} words" for kind in kinds), "$50k goal"])
    assert all(after - before >= 17 for before, after in itertools.pairwise(heights))


def test_no_name_stands_among_the_months_below_the_axis() -> None:
    """Four lines that end one below the other near zero, in the drawing that has no room beside them."""
    lines = (
        charts.Line("projected", (0, 2_000_000, 3_000_000, 3_300_000), charts.Words("$33k projected")),
        charts.Line("forecast", (None, 250_000, 600_000, None), charts.Words("$6k forecast")),
        charts.Line("realised", (0, 250_000, None, None), charts.Words("$2k measured")),
        charts.Line("validated", (0, 150_000, None, None), charts.Words("$1k validated")),
    )
    svg = drawing(charts.savings_by_month(make_savings(lines=lines)), "chart-narrow")
    months = text_at(svg, "Apr")[1]
    heights = {line.words.full: text_at(svg, line.words.full)[1] for line in lines}
    assert {name for name, height in heights.items() if height > months - 14} == set()
