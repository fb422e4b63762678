"""Seven weeks of one reason, small; only a last week outside routine variation is coloured."""

from functools import lru_cache

from markupsafe import Markup

from app.charts.content import Skyline
from app.charts.drawings.sheet import Box, Sheet, Stroke, Type
from app.charts.scale import Scale, finite
from app.charts.svg import Colour

WIDTH, HEIGHT = 160, 122
TOP, BOTTOM = 9.5, 98
GAP_SHARE = 0.287  # of the distance from bar to bar


@lru_cache(maxsize=512)
def draw(chart: Skyline) -> Markup:
    """The drawing; raises ValueError for a count below zero."""
    shown = finite([*chart.values, chart.low, chart.high])
    if any(value < 0 for value in finite(chart.values)):
        raise ValueError("A skyline shows no count below zero.")
    up = Scale(0, max([*shown, 0]) or 1, BOTTOM, TOP)
    sheet = Sheet(WIDTH, HEIGHT)
    if chart.low is not None and chart.high is not None:
        bottom, top = up(max(chart.low, 0)), up(chart.high)
        sheet.rect(Box(0, top, WIDTH, bottom - top), "chart-band")
    apart = WIDTH / (len(chart.values) - GAP_SHARE)
    for week, value in enumerate(chart.values):
        if value is not None:
            box = Box(week * apart, up(value), apart * (1 - GAP_SHARE), BOTTOM - up(value))
            sheet.rect(box, _colour(chart, week))
    sheet.line([(0, BOTTOM), (WIDTH, BOTTOM)], Stroke("control"))
    sheet.text((0, 117), chart.first_label, Type())
    sheet.text((WIDTH, 117), chart.last_label, Type(), "right")
    return sheet.markup(chart)


def _colour(chart: Skyline, week: int) -> Colour:
    if week < len(chart.values) - 1:
        return "chart-rest"
    return "chart-1" if chart.is_outside else "ink-2"
