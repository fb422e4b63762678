"""Values in, markup out: each chart is drawn twice, for wide and narrow pages, and `<figure class="chart">` holds it.

A chart of nothing is the empty string, so that a page can ask `{% if chart %}` and say in words what is missing.
Importing this costs nothing: matplotlib comes with the first drawing.
"""

from markupsafe import Markup

from app.charts.content import (
    Bar,
    Line,
    Mark,
    ObservedExpected,
    Pareto,
    Point,
    Range,
    Ranges,
    SavingsByMonth,
    Skyline,
    Step,
    Stretch,
    Waterfall,
    Words,
)
from app.charts.scale import axis

__all__ = [
    "Bar",
    "Line",
    "Mark",
    "ObservedExpected",
    "Pareto",
    "Point",
    "Range",
    "Ranges",
    "SavingsByMonth",
    "Skyline",
    "Step",
    "Stretch",
    "Waterfall",
    "Words",
    "observed_expected",
    "pareto",
    "ranges",
    "savings_by_month",
    "skyline",
    "warm",
    "waterfall",
]
NOTHING = Markup()


def pareto(chart: Pareto) -> Markup:
    """Horizontal bars that lead to what they count, with the cumulative share on the same rows."""
    if not chart.bars:
        return NOTHING
    from app.charts.drawings.pareto import draw

    return draw(chart)


def observed_expected(chart: ObservedExpected) -> Markup:
    """What came, what was expected and how sure that is, before and after go-live."""
    if not chart.points:
        return NOTHING
    from app.charts.drawings.observed_expected import draw

    shown = [figure for point in chart.points for figure in (point.observed, point.expected, point.low, point.high)]
    return draw(chart, axis(shown, chart.number_text))


def savings_by_month(chart: SavingsByMonth) -> Markup:
    """Projected and realised money by month on its way to the goal."""
    if not chart.months:
        return NOTHING
    from app.charts.drawings.savings_by_month import draw

    shown = [chart.goal, *(figure for line in chart.lines for figure in line.values)]
    return draw(chart, axis(shown, chart.money_text))


def ranges(chart: Ranges) -> Markup:
    """Low, likely and high of each row on one axis."""
    if not chart.rows:
        return NOTHING
    from app.charts.drawings.ranges import draw

    shown = [figure for row in chart.rows for figure in (row.low, row.likely, row.high)]
    return draw(chart, axis(shown, chart.money_text))


def skyline(chart: Skyline) -> Markup:
    """A reason's last weeks as a small drawing, the same on wide and narrow pages."""
    if not chart.values:
        return NOTHING
    from app.charts.drawings.skyline import draw

    return draw(chart)


def waterfall(chart: Waterfall) -> Markup:
    """What was added and taken off between a first and a last sum, each bar a link to what made it."""
    if not chart.steps:
        return NOTHING
    from app.charts.drawings.waterfall import draw

    return draw(chart)


def warm() -> None:
    """Load what drawing needs and draw once, so that the first visitor does not wait for it."""
    pareto(Pareto(key="warm", title="", description="", value_caption="", share_caption="", bars=(
        Bar(name="", value=1, value_text="1", href="#", label=""),
    )))  # fmt: skip
