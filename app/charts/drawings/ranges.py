"""Low, likely and high of each row on one axis."""

from functools import lru_cache
from math import ceil

from markupsafe import Markup

from app.charts.content import Kind, Range, Ranges
from app.charts.drawings.sheet import NARROW, WIDE, Anchor, Sheet, Stroke, Type, both
from app.charts.fitting import fit, width
from app.charts.scale import Axis, Scale
from app.charts.svg import Colour

ROW, NARROW_ROW = 44, 54
NAMES_LEAST, NAMES_MOST = 190, 300
AXIS_END, VALUES_START = 700, 720
NARROW_END = 350
NAME = Type(14, "ink", bold=True)
COLOURS: dict[Kind, Colour] = {
    "projected": "ink-2",
    "forecast": "chart-rest",
    "realised": "chart-1",
    "validated": "good",
}


@lru_cache(maxsize=64)
def draw(chart: Ranges, axis: Axis) -> Markup:
    """Both drawings."""
    return both(chart, _wide(chart, axis), _narrow(chart, axis))


def _wide(chart: Ranges, axis: Axis) -> Sheet:
    sheet = Sheet(WIDE, ROW * len(chart.rows) + 28)
    names = max(width(row.name, NAME.size, bold=True) for row in chart.rows) + 16
    across = axis.scale(min(max(names, NAMES_LEAST), NAMES_MOST), AXIS_END)
    _draw_axis(sheet, axis, across)
    for number, row in enumerate(chart.rows):
        y = ROW * number + 22
        sheet.text((0, y + 5), fit(row.name, across.start - 10, NAME.size, bold=True), NAME)
        sheet.text((VALUES_START, y + 5), fit(row.likely_text, WIDE - VALUES_START, 14), Type(14, "ink-2"))
        _draw_range(sheet, row, across, y)
    return sheet


def _narrow(chart: Ranges, axis: Axis) -> Sheet:
    sheet = Sheet(NARROW, NARROW_ROW * len(chart.rows) + 28)
    across = axis.scale(8, NARROW_END)
    _draw_axis(sheet, axis, across)
    for number, row in enumerate(chart.rows):
        y = NARROW_ROW * number + 38
        room = NARROW - width(row.likely_text, 12.5) - 12
        sheet.text((0, y - 14), fit(row.name, room, 13, bold=True), Type(13, "ink", bold=True))
        sheet.text((NARROW, y - 14), row.likely_text, Type(12.5, "ink-2"), "right")
        _draw_range(sheet, row, across, y)
    return sheet


def _draw_axis(sheet: Sheet, axis: Axis, across: Scale) -> None:
    """An upright line for every marked value, and as many of the values as stand clear of each other."""
    bottom = sheet.height - 22
    places = [across(tick) for tick, _ in axis.ticks]
    room = max(width(text, 12) for _, text in axis.ticks) + 10
    stride = ceil(room / (places[1] - places[0])) if len(places) > 1 else 1
    zero = [tick for tick, _ in axis.ticks].index(0)
    for number, (tick, text) in enumerate(axis.ticks):
        x = places[number]
        sheet.line([(x, 4), (x, bottom)], Stroke("chart-grid" if tick else "control"))
        if (number - zero) % stride == 0:
            half = width(text, 12) / 2
            anchor: Anchor = "left" if x < half else "right" if x + half > sheet.width else "center"
            start = {"left": 0, "center": x, "right": sheet.width}[anchor]
            sheet.text((start, bottom + 16), text, Type(), anchor)


def _draw_range(sheet: Sheet, row: Range, across: Scale, y: float) -> None:
    stroke = Stroke(COLOURS[row.kind], 2)
    ends = [across(value) for value in (row.low, row.high) if value is not None]
    if ends:
        sheet.line([(min([*ends, across(row.likely)]), y), (max([*ends, across(row.likely)]), y)], stroke)
    for x in ends:
        sheet.line([(x, y - 6), (x, y + 6)], stroke)
    sheet.dot((across(row.likely), y), 6, stroke.colour)
